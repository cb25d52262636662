"""The link to topics of a real broker: JSON and plain bodies become rows."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from linewright.connectors.enforce import Place, Readings
from linewright.connectors.faults import LinkLost, WriteRefused
from linewright.connectors.mqtt.link import MqttLink, link
from linewright.connectors.sources import Endpoint, Point
from linewright.plant.records import Quality
from tests.connectors.making import run
from tests.connectors.mqtt.brokers import (
    MILL,
    Mosquitto,
    Stored,
    around,
    client_of,
    feed_of,
    heard_by,
    kept,
    mosquitto,
    needs_mosquitto,
    until,
)

pytestmark = needs_mosquitto


def mill(
    broker: Mosquitto, points: tuple[Point, ...] = (), *, user: str | None = None
) -> tuple[MqttLink, Stored]:
    """A link to the mill's topics, and what its feed gives."""
    endpoint = Endpoint(
        protocol="mqtt", url=broker.url, user=user, secret=None if user is None else "PASSWORD"
    )
    feed = feed_of(endpoint, "mill", points or POINTS)
    return link(endpoint, [feed], around({"PASSWORD": "wrong"})), Stored(feed)


POINTS = (
    Point(tag=MILL.with_tag("kw"), item="mill/power", type="float64"),
    Point(tag=MILL.with_tag("rpm"), item="mill/json", path="motor.rpm", type="int32"),
    Point(tag=MILL.with_tag("load"), item="mill/json", path="motor.load"),
)


async def begun(made: MqttLink) -> None:
    """Wait until the link is subscribed."""
    await until(lambda: made._client)


def test_several_tags_of_a_body_and_plain_values(tmp_path: Path) -> None:
    """Each with the time that the body bears, or that of its arrival."""

    async def live(broker: Mosquitto) -> None:
        made, stored = mill(broker)
        async with client_of(broker) as client, kept(made):
            await begun(made)
            assert made.report("mill").state == "connecting"
            moment = time.time_ns() // 1_000_000
            body = {"motor": {"rpm": -12, "load": 0.5}, "ts": moment}
            client.send("mill/json", json.dumps(body).encode())
            client.send("mill/power", b"4.25")
            await until(lambda: stored.values("kw") == [4.25])
            (row,) = stored.of("rpm")
            assert (row["int"], row["t_ns"]) == (-12, moment * 1_000_000)
            assert stored.values("load") == [0.5]
            assert made.report("mill").state == "connected"
            assert made.report("mill").missing == ()

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_garbage_is_a_bad_sample_of_each_tag(tmp_path: Path) -> None:
    """It is stored as bad, and what comes after it is good."""

    async def live(broker: Mosquitto) -> None:
        made, stored = mill(broker)
        async with client_of(broker) as client, kept(made):
            await begun(made)
            client.send("mill/json", b"{oops")
            client.send("mill/power", b"\xff")
            client.send("mill/power", b"1")
            await until(lambda: stored.values("kw") == [1.0])
            for tag in ("rpm", "load", "kw"):
                assert stored.of(tag)[0]["quality"] & Quality.BAD

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_retained_messages_are_first_values_and_told_once(tmp_path: Path) -> None:
    """What the broker kept is a reading, not a change."""

    async def live(broker: Mosquitto) -> None:
        made, stored = mill(broker)
        async with client_of(broker) as client:
            await client.publish("mill/power", b"7", qos=1, retain=True)
            async with kept(made):
                await until(lambda: stored.of("kw"))
                client.send("mill/power", b"8", retain=True)
                await until(lambda: stored.values("kw") == [8.0])
                first, second = stored.of("kw")
                assert first["quality"] == Quality.INITIAL
                assert (first["value"], second["value"]) == (7.0, 8.0)

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_what_was_published_meanwhile_comes_after_a_cut(tmp_path: Path) -> None:
    """The broker keeps our session: with a time of its own late, without one uncertain."""

    async def live(broker: Mosquitto) -> None:
        made, stored = mill(broker)
        async with client_of(broker) as client:
            async with kept(made):
                await begun(made)
                await client.publish("mill/power", b"1", qos=1)
                await until(lambda: stored.values("kw") == [1.0])
            moment = time.time_ns() // 1_000_000
            body = json.dumps({"motor": {"rpm": 5}, "ts": moment}).encode()
            await client.publish("mill/json", body, qos=1)
            await client.publish("mill/power", b"2", qos=1)
            await asyncio.sleep(0.1)
            again, later = mill(broker)
            async with kept(again):
                await until(lambda: later.of("kw") and later.of("rpm"))
            assert later.of("rpm")[0]["t_ns"] == moment * 1_000_000
            assert later.of("kw")[0]["value"] == 2.0
            assert later.of("kw")[0]["quality"] & Quality.UNCERTAIN

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_a_message_that_may_be_a_repeat_is_told_once(tmp_path: Path) -> None:
    """One that is marked as sent again and was here is dropped; one that was not is taken."""

    async def live(broker: Mosquitto) -> None:
        made, stored = mill(broker)
        made.hear("mill/power", b"3", False, False)  # noqa: FBT003 - as the client calls it
        made.hear("mill/power", b"3", False, True)  # noqa: FBT003 - as the client calls it
        made.hear("mill/power", b"4", False, True)  # noqa: FBT003 - as the client calls it
        assert stored.values("kw") == [3.0, 4.0]
        assert broker.port

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_a_loss_of_the_broker_is_told_and_ends_by_itself(tmp_path: Path) -> None:
    """Bad samples at its loss, a gap at its return."""

    async def live(broker: Mosquitto) -> None:
        made, stored = mill(broker)
        async with kept(made):
            async with client_of(broker) as client:
                await begun(made)
                client.send("mill/power", b"1")
                await until(lambda: stored.values("kw") == [1.0])
            broker.kill()
            await until(lambda: made.report("mill").state == "lost")
            assert stored.of("kw")[-1]["quality"] & Quality.NOT_CONNECTED
            assert made.device(MILL) is None
            broker.start()
            await begun(made)
            async with client_of(broker) as client:
                client.send("mill/power", b"2")
                await until(lambda: stored.values("kw") == [1.0, 2.0])
            assert len(stored.gaps) == 1

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_a_write_is_published_and_acknowledged(tmp_path: Path) -> None:
    """Numbers, yes and no, and texts, as plain bodies; a way of another protocol is refused."""

    async def live(broker: Mosquitto) -> None:
        made, _ = mill(broker)
        async with client_of(broker) as client, kept(made):
            await client.subscribe([("mill/set", 1)])
            await begun(made)
            assert made.device(MILL) is None
            client.send("mill/power", b"1")
            await until(lambda: made.device(MILL))
            device = made.device(MILL)
            assert device is not None
            for value in (80.0, True, "slow"):
                await device.write("topic", "mill/set", value)
            with pytest.raises(WriteRefused):
                await device.write("node", "mill/set", 1.0)
            await until(lambda: len(heard_by(client)) == 3)
            assert [body for _, body, _ in heard_by(client)] == [b"80.0", b"true", b"slow"]
            values = await device.read(["mill/power", "mill/json", "mill/json motor.rpm", "no"])
            assert [each.value for each in values] == [1.0, None, None, None]
            broker.kill()
            await until(lambda: made._client is None)
            with pytest.raises(LinkLost):
                await device.read(["mill/power"])

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_a_refusal_needs_a_person(tmp_path: Path) -> None:
    """State, reason and next step are in the report."""

    async def live(broker: Mosquitto) -> None:
        made, _ = mill(broker, user="host")
        async with kept(made):
            await until(lambda: made.report("mill").state == "refused")
            assert "user or password" in made.report("mill").why
            assert "secret" in made.report("mill").next_step

    with mosquitto(tmp_path, password=True) as broker:
        run(live(broker))


def test_a_path_that_is_none_is_reported() -> None:
    """The other tags of the source are read all the same."""
    wrong = Point(tag=MILL.with_tag("x"), item="mill/json", path="a..b")
    endpoint = Endpoint(protocol="mqtt", url="own")
    made = link(endpoint, [feed_of(endpoint, "mill", [wrong, *POINTS])], around())
    made._keeping.state = "connected"
    assert made.report("mill").state == "refused"
    assert "a..b" in made.report("mill").why
    assert set(made._readers) == {"mill/power", "mill/json"}


def test_a_message_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    """A retained one comes again at each connection: it is a bad sample, and ends none."""
    broken = Point(tag=MILL.with_tag("x"), item="mill/x", type="a type that is none")

    async def live(broker: Mosquitto) -> None:
        async with client_of(broker) as client:
            await client.publish("mill/x", b"1", qos=1, retain=True)
            late = b'{"motor": {"load": 1}, "ts": 1' + b"0" * 400 + b"}"
            await client.publish("mill/json", late, qos=1, retain=True)
            made, stored = mill(broker, (broken, *POINTS))
            async with kept(made):
                await until(lambda: stored.of("x") and stored.of("load"))
                client.send("mill/power", b"4.5")
                await until(lambda: stored.values("kw") == [4.5])
                assert made.report("mill").state == "connected"
                assert stored.of("x")[0]["quality"] & Quality.BAD
                assert stored.of("load")[0]["value"] == 1
                assert stored.gaps == []

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_what_came_between_two_links_is_a_gap(tmp_path: Path) -> None:
    """Another plant file ends a link, and the next one goes on with the same feed."""

    async def live(broker: Mosquitto) -> None:
        made, stored = mill(broker)
        async with client_of(broker) as client:
            async with kept(made):
                await begun(made)
                client.send("mill/power", b"1")
                await until(lambda: stored.values("kw") == [1])
            assert stored.gaps == []
            between = time.time_ns()
            feed = stored.feed
            again = link(feed.source.endpoint, [feed], around())
            async with kept(again):
                await begun(again)
                assert again.device(MILL) is None
                client.send("mill/power", b"2")
                await until(lambda: stored.values("kw") == [1, 2])
                assert again.device(MILL) is not None
            (gap,) = stored.gaps
            assert gap.t_ns <= between <= gap.until_ns

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_what_was_kept_comes_late_however_much_it_is(tmp_path: Path) -> None:
    """A broker takes our subscription long before it has sent all: every value has its own time."""
    count = 200

    async def live(broker: Mosquitto) -> None:
        made, _ = mill(broker)
        async with client_of(broker) as client:
            async with kept(made):
                await begun(made)
            moment = time.time_ns() // 1_000_000 - 600_000
            for number in range(count):
                body = {"motor": {"rpm": number}, "ts": moment + number}
                await client.publish("mill/json", json.dumps(body).encode(), qos=1)
            again, later = mill(broker)
            async with kept(again):
                await until(lambda: len(later.of("rpm")) == count)
                now_ms = time.time_ns() // 1_000_000
                body = {"motor": {"rpm": -1}, "ts": now_ms}
                await client.publish("mill/json", json.dumps(body).encode(), qos=1)
                await until(lambda: len(later.of("rpm")) == count + 1)
            times = [row["t_ns"] // 1_000_000 for row in later.of("rpm")]
            assert times == [*(moment + number for number in range(count)), now_ms]
            assert {row["quality"] for row in later.of("rpm")} == {0}

    with mosquitto(tmp_path) as broker:
        run(live(broker))


def test_what_is_known_is_as_old_as_the_last_sign_of_life(tmp_path: Path) -> None:
    """So what was heard before a write never stands for what became of it."""

    async def live(broker: Mosquitto) -> None:
        made, stored = mill(broker)
        place = Place("", "topic", "mill/power")
        async with client_of(broker) as client, kept(made):
            await begun(made)
            client.send("mill/power", b"80")
            await until(lambda: stored.values("kw") == [80.0])
            device = made.device(MILL)
            assert device is not None
            written_ns = time.monotonic_ns()
            before, after = Readings(), Readings()
            found = await device.read(["mill/power"])
            asked_ns = time.monotonic_ns()
            before.read([place], found, steady_ns=asked_ns, since_ns=written_ns)
            assert (found[0].value, before.value(place)) == (80.0, None)
            client.send("mill/power", b"80")
            await until(lambda: len(stored.values("kw")) == 2)
            found = await device.read(["mill/power"])
            asked_ns = time.monotonic_ns()
            after.read([place], found, steady_ns=asked_ns, since_ns=written_ns)
            assert after.value(place) == 80.0

    with mosquitto(tmp_path) as broker:
        run(live(broker))
