"""A connection to a real broker."""

import asyncio
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from linewright.connectors.faults import LinkLost
from linewright.connectors.mqtt.client import Broker, BrokerRefused, MqttClient, Will
from tests.connectors.making import run
from tests.connectors.mqtt.brokers import (
    USER,
    Mosquitto,
    client_of,
    cut,
    heard_by,
    mosquitto,
    needs_mosquitto,
    until,
)

pytestmark = needs_mosquitto


def test_messages_come_as_they_were_sent(tmp_path: Path) -> None:
    """Ten thousand messages, each once, in their order, whatever their body."""

    async def live(broker: Mosquitto) -> None:
        async with client_of(broker, "a") as first, client_of(broker, "b") as second:
            assert await first.subscribe([("t/#", 1)]) == ()
            for number in range(10_000):
                second.send("t/n", number.to_bytes(4, "big"))
                if number % 200 == 0:
                    await asyncio.sleep(0)
            await until(lambda: len(heard_by(first)) == 10_000)
            bodies = [int.from_bytes(body, "big") for _, body, _ in heard_by(first)]
            assert bodies == list(range(10_000))
            assert first.version == 5

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_a_wrong_password_is_refused_and_a_right_one_is_not(tmp_path: Path) -> None:
    """A refusal is told apart from a broker that is not there."""

    async def live(broker: Mosquitto) -> None:
        user, password = USER
        for wrong in (None, "wrong"):
            there = Broker(url=broker.url, client_id="a", user=wrong and user, password=wrong)
            with pytest.raises(BrokerRefused):
                await MqttClient.open(there, lambda *_: None)
        async with client_of(broker, "b", user=user, password=password) as client:
            await client.publish("a", b"1", qos=1)

    with mosquitto(tmp_path, password=True) as broker:
        run(live(broker))


def test_a_will_is_said_only_without_a_goodbye(tmp_path: Path) -> None:
    """Closing says goodbye; a cut connection does not."""

    async def live(broker: Mosquitto) -> None:
        async with client_of(broker, "hears") as client:
            await client.subscribe([("will", 1)])
            for goodbye in (True, False):
                will = Will(topic="will", payload=b"gone", qos=1)
                made = await MqttClient.open(
                    Broker(url=broker.url, client_id="goes"), lambda *_: None, will
                )
                if not goodbye:
                    cut(made)
                    await until(made.lost.is_set)
                await made.close()
            await until(lambda: heard_by(client))
            assert [body for _, body, _ in heard_by(client)] == [b"gone"]

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_a_broker_that_is_killed_ends_every_question(tmp_path: Path) -> None:
    """Nothing waits for an answer that cannot come."""

    async def live(broker: Mosquitto) -> None:
        async with client_of(broker) as client:
            broker.signal(signal.SIGSTOP)
            asked = asyncio.create_task(client.publish("a", b"1", qos=1))
            await asyncio.sleep(0.05)
            broker.kill()
            with pytest.raises(LinkLost):
                await asked
            assert client.lost.is_set()
            with pytest.raises(LinkLost):
                client.send("a", b"1")
            with pytest.raises(LinkLost):
                await client.subscribe([("a", 0)])

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_what_is_no_broker_is_a_lost_link() -> None:
    """Nobody at the port, a server of another kind, a URL of none."""

    async def live() -> None:
        async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        for url in (f"mqtt://127.0.0.1:{port}", "mqtt://127.0.0.1:1"):
            with pytest.raises(LinkLost, match="127"):
                await MqttClient.open(Broker(url=url, client_id="a"), lambda *_: None)
        with pytest.raises(ValueError, match="no URL of a broker"):
            await MqttClient.open(Broker(url="http://a", client_id="a"), lambda *_: None)
        server.close()

    run(live())


def test_a_callback_that_fails_ends_the_connection(tmp_path: Path) -> None:
    """A connection on which messages are lost must not look alive."""

    def fail(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    async def live(broker: Mosquitto) -> None:
        made = await MqttClient.open(Broker(url=broker.url, client_id="a"), fail)
        await made.subscribe([("a", 0)])
        made.send("a", b"1")
        await until(made.lost.is_set)
        assert made.lost_because == "a mistake of ours"
        await made.close()

    with mosquitto(tmp_path) as broker:
        run(live(broker))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_tls_takes_only_a_certificate_that_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without trust there is no connection; with it messages flow encrypted."""
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext"
    command = ["openssl", *words.split(), "subjectAltName=DNS:localhost"]
    files = ["-keyout", f"{tmp_path}/broker.key", "-out", f"{tmp_path}/broker.pem"]
    subprocess.run([*command, *files], check=True, capture_output=True)

    async def live(broker: Mosquitto) -> None:
        with pytest.raises(LinkLost, match="certificate verify failed"):
            await MqttClient.open(Broker(url=broker.url, client_id="a"), lambda *_: None)
        monkeypatch.setenv("SSL_CERT_FILE", f"{tmp_path}/broker.pem")
        async with client_of(broker, "b") as client:
            await client.subscribe([("a", 0)])
            for _ in range(500):
                client.send("a", b"x" * 500)
            await until(lambda: len(heard_by(client)) == 500)

    with mosquitto(tmp_path, tls=True) as broker:
        run(live(broker))
