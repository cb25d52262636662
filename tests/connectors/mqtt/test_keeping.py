"""Which broker an endpoint means, and what is said where it cannot be reached."""

import pytest

from linewright.bus import BusAddress
from linewright.connectors.mqtt.client import BrokerRefused
from linewright.connectors.mqtt.keeping import broker_of
from linewright.connectors.mqtt.link import link
from linewright.connectors.sources import Endpoint
from tests.connectors.making import run
from tests.connectors.mqtt.brokers import around, feed_of, kept, until

NAME = "S"
WORD = "p"


def test_our_own_listener_is_reached_as_the_host() -> None:
    """With the credentials of the bus, by MQTT 3.1.1, the only one that it speaks."""
    own = BusAddress(
        url="nats://127.0.0.1:1", mqtt="mqtt://127.0.0.1:2", mqtt_user="host", mqtt_password=WORD
    )
    broker = broker_of(Endpoint(protocol="mqtt", url="own"), around(broker=own), is_clean=True)
    assert (broker.url, broker.user, broker.password) == ("mqtt://127.0.0.1:2", "host", WORD)
    assert broker.only_v311


def test_a_broker_of_others_is_reached_as_the_plant_file_says() -> None:
    """User, secret and encryption are those of the connection; the name stays the same."""
    endpoint = Endpoint(protocol="mqtt", url="mqtt://b", user="u", secret=NAME, security="tls")
    broker = broker_of(endpoint, around({NAME: WORD}), is_clean=False)
    assert (broker.user, broker.password, broker.tls) == ("u", WORD, True)
    assert broker.place == ("b", 8883, True)
    assert broker.client_id == broker_of(endpoint, around({NAME: "q"}), is_clean=False).client_id


@pytest.mark.parametrize(
    ("endpoint", "why"),
    [
        (Endpoint(protocol="mqtt", url="own"), "no MQTT listener"),
        (Endpoint(protocol="mqtt", url="mqtt://b", secret=NAME), "the secret S is missing"),
    ],
)
def test_what_is_missing_is_said(endpoint: Endpoint, why: str) -> None:
    """Nothing is connected with less than the plant file asks for."""
    with pytest.raises(BrokerRefused, match=why):
        broker_of(endpoint, around(), is_clean=True)


def test_a_broker_that_is_not_there_is_lost_with_a_next_step() -> None:
    """The link goes on trying, and says so."""

    async def live() -> None:
        endpoint = Endpoint(protocol="mqtt", url="mqtt://127.0.0.1:1")
        made = link(endpoint, [feed_of(endpoint, "a", [])], around())
        async with kept(made):
            await until(lambda: made.report("mill").state == "lost")
            assert made.report("mill").next_step

    run(live())
