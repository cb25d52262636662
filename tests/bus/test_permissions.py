"""Rights against the real server: each user does its work, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from linewright.bus import (
    Applied,
    Bus,
    BusAddress,
    BusUnavailable,
    DeviceTopics,
    NatsServer,
    PermissionRefused,
    Stream,
)
from linewright.bus.permissions import USERS, allowed, nats_subjects, topic_rights
from linewright.plant import Address
from linewright.plant.records import Audit, Case, Command, Gap, Record
from linewright.plant.records.examples import example
from linewright.plant.samples import Columns, FrameHeader, frame
from tests.bus.making import SITE, run, state

OF_CONNECT = ["lw.samples.nogales.saw", "lw.ack.nogales.a", "$KV.usage-nogales.x"]
OF_SERVER = ["lw.authority.nogales", "$KV.grants-nogales.stop", "$KV.grants-nogales.grant.x"]
OF_UP = [
    "$KV.plant-nogales.applied",
    "$JS.API.STREAM.CREATE.x",
    "$JS.API.STREAM.UPDATE.records-nogales",
    "$JS.API.STREAM.DELETE.records-nogales",
    "$JS.API.STREAM.PURGE.records-nogales",
    "$JS.API.STREAM.MSG.DELETE.records-nogales",
    "$JS.API.DIRECT.GET.records-nogales.lw.state.nogales",
    "$JS.API.CONSUMER.DELETE.records-nogales.connect",
    "$JS.API.CONSUMER.CREATE.records-nogales.connect.>",
    "$JS.API.STREAM.NAMES",
    "lw.samples.reno.saw",
    "_INBOX.server.x",
]
OF_ONE = {
    **dict.fromkeys(OF_CONNECT, "connect"),
    **dict.fromkeys(OF_SERVER, "server"),
    **dict.fromkeys(OF_UP, "up"),
    "lw.gap.nogales.a": "connect history",
    "lw.command.nogales.a": "server think",
    "lw.case.nogales.x": "server think",
    "lw.state.nogales.a": "live",
    "lw.forecast.nogales.a": "think",
    "lw.call.nogales.a": "live server think",
    "lw.alarm.nogales.a": "live server",
    "lw.approval.nogales.a": "server",
    "lw.reason.nogales.a": "server",
    "lw.job.nogales.a": "server",
    "lw.parts.nogales.a": "live server",
    "lw.sign-on.nogales.a": "server",
    "lw.correction.nogales.a": "server",
    "lw.audit.nogales": "connect server think",
    "lw.clock.nogales": "emulate",
    "lw.alive.nogales.live": "live",
    "$KV.folds-nogales.live": "live",
    "$KV.folds-nogales.think": "think",
    "$KV.folds-nogales.connect.saw": "connect",
    "$KV.line-nogales.a": "live",
    "$KV.cases-nogales.a": "think",
    "$KV.endpoints-nogales.a": "emulate",
    "$KV.links-nogales.a": "connect",
    "lw.ask.nogales.history.read": "server query person think",
    "lw.ask.nogales.think.forecasts": "person",
    "lw.ask.nogales.connect.browse": "server person",
    "lw.ask.nogales.connect.trust": "server",
}
"""Who may publish on a subject, besides `up`."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folder of a server with the users of one site."""
    made = tmp_path_factory.mktemp("users")
    running = asyncio.run(NatsServer.start(made, site=SITE))
    yield made
    asyncio.run(running.stop())


@asynccontextmanager
async def as_user(folder: Path, user: str) -> AsyncIterator[Bus]:
    """A connection with the rights of a user."""
    async with await Bus.connect(BusAddress.read(folder, user), site=SITE, name=user) as bus:
        yield bus


@pytest.mark.parametrize("user", sorted(USERS))
def test_who_may_publish_what(folder: Path, user: str) -> None:
    """Of every subject that matters exactly the users of the table may publish there.

    Each is tried where it does no harm: with a message that is no record and no request.
    """
    refused: set[tuple[str, str]] = set()

    async def story() -> set[str]:
        done = set()
        async with as_user(folder, user) as bus:
            for subject in OF_ONE:
                try:
                    await bus.tell(subject, b"not for reading")
                    done.add(subject)
                except PermissionRefused as error:
                    refused.add((error.where, error.user))
        return done

    answers = {"_INBOX.server.x"} if USERS[user].is_asked else set()
    done = run(story())
    assert done == {s for s, users in OF_ONE.items() if user in users.split()} | answers
    assert refused == {(subject, user) for subject in OF_ONE.keys() - done}


HEARD = {
    "lw.>": "",
    "_INBOX.>": "",
    "_INBOX.server.>": "server",
    "$KV.>": "",
    "$JS.>": "",
    "lw.samples.nogales.*": "",
    "lw.authority.nogales": "connect person",
    "lw.alive.nogales.*": "server person",
    "lw.ask.nogales.history.>": "history",
    "lw.ask.nogales.connect.>": "connect",
    "lw.ask.nogales.think.>": "think",
}


@pytest.mark.parametrize("user", sorted(USERS))
def test_who_may_hear_what(folder: Path, user: str) -> None:
    """Nobody hears the answers to another, the questions to another, or everything at once."""

    async def story() -> set[str]:
        done = set()
        async with as_user(folder, user) as bus:
            for subject in HEARD:
                with suppress(PermissionRefused):
                    made = await bus._wire.subscribe(subject, _nothing, pending_max=1)
                    await bus._wire.unsubscribe(made)
                    done.add(subject)
        return done

    assert run(story()) == {s for s, users in HEARD.items() if user in users.split()}


async def _nothing(_raw: object) -> None:
    return


def _record(kind: type[Record]) -> Record:
    return msgspec.structs.replace(example(kind), id="", address=Address(f"{SITE}/a/b/c"))


@pytest.mark.parametrize("kind", [Case, Command, Gap, Audit])
def test_a_person_publishes_no_record(folder: Path, kind: type[Record]) -> None:
    """What a person may not publish is refused at once, with subject and user, and not stored."""

    async def story() -> None:
        async with as_user(folder, "up") as up, as_user(folder, "person") as person:
            before = await up.end_seq(Stream.RECORDS)
            one = _record(kind)
            for publishing in (person.publish(one), person.append(one, after=0)):
                with pytest.raises(PermissionRefused, match="person may not publish") as found:
                    await publishing
                assert found.value.where.startswith("lw.")
            assert await up.end_seq(Stream.RECORDS) == before

    run(story())


def test_live_publishes_states_and_no_samples(folder: Path) -> None:
    """`live` stores its records; a frame of samples is refused before a second has passed."""
    header = FrameHeader(site=SITE, source="saw", epoch=1, n=1)
    tag = f"{SITE}/machining/bracket/saw#blade_temp"
    one = frame(header, Columns(tag=[tag], t_ns=[1], seen_ns=[1], value=[1.0], quality=[0]))

    async def story() -> None:
        async with as_user(folder, "live") as live, asyncio.timeout(1.0):
            assert await live.publish(state(1)) > 0
            with pytest.raises(PermissionRefused, match=r"lw\.samples\.nogales\.saw: the user"):
                await live.publish_frame(one)
            assert await live.publish(state(2)) > 0

    run(story())


@pytest.mark.parametrize("user", sorted({*USERS} - {"server"}))
def test_nobody_else_grants_or_stops(folder: Path, user: str) -> None:
    """A grant, the stored stop and the spoken authority come from the server alone."""

    async def story() -> None:
        async with as_user(folder, "up") as up, as_user(folder, user) as bus:
            grants = await up.bucket("grants")
            await grants.put("stop", b"stopped")
            made = type(grants)(bus._wire, "grants", SITE)
            for key in ("stop", "grant.z"):
                with pytest.raises(PermissionRefused, match=f"{user} may not publish"):
                    await made.put(key, b"{}")
                with pytest.raises(PermissionRefused, match=f"{user} may not publish"):
                    await made.remove(key)
            with pytest.raises(PermissionRefused, match=f"{user} may not publish"):
                await bus.tell(f"lw.authority.{SITE}", b'{"stop": false}')
            assert await grants.get("stop") == b"stopped"
            assert await grants.get("grant.z") is None

    run(story())


def test_an_answer_forges_nothing(folder: Path) -> None:
    """A question that names a stored subject for its answer does not put our words there."""

    async def story() -> None:
        async with (
            as_user(folder, "up") as up,
            as_user(folder, "live") as live,
            as_user(folder, "history") as history,
        ):
            await (await live.bucket("folds")).put("live", b"forged")
            grants = await up.bucket("grants")
            where = f"$KV.grants-{SITE}.grant.y"
            stored = f"$KV.folds-{SITE}.live"
            asked = msgspec.json.encode({"last_by_subj": stored})
            await history.answer(f"lw.ask.{SITE}.history.echo", _echo)
            wire = live._wire
            await wire.send(f"$JS.API.DIRECT.GET.KV_folds-{SITE}.{stored}", reply=where)
            await up._wire.send(f"lw.ask.{SITE}.history.echo", b"forged", reply=where)
            await wire.send(f"$JS.API.STREAM.MSG.GET.KV_folds-{SITE}", asked, reply=where)
            await asyncio.sleep(0.3)
            found = await grants.get("grant.y")
            assert found != b"forged"
            # What the API says is wrapped, so that no grant and no stop can be read from it.
            assert found is None or b"io.nats.jetstream.api" in found

    run(story())


async def _echo(data: bytes) -> bytes:
    return data


def test_a_consumer_forges_nothing(folder: Path) -> None:
    """A stored message that is delivered to a spoken subject is not heard there."""

    async def story() -> None:
        async with as_user(folder, "up") as up, as_user(folder, "live") as live:
            await (await live.bucket("folds")).put("live", b"forged")
            async with aclosing(up.listen(f"lw.authority.{SITE}")) as heard:
                waiting = asyncio.ensure_future(anext(heard))
                await asyncio.sleep(0.05)
                config = {"name": "push", "deliver_subject": f"lw.authority.{SITE}"}
                config |= {"ack_policy": "none", "filter_subject": f"$KV.folds-{SITE}.live"}
                name = f"KV_folds-{SITE}"
                body = {"stream_name": name, "config": config}
                end = f"{name}.push.$KV.folds-{SITE}.live"
                await live._wire.api(f"CONSUMER.CREATE.{end}", body)
                await asyncio.sleep(0.3)
                await up.tell(f"lw.authority.{SITE}", b"true")
                assert (await waiting).data == b"true"

    run(story())


def test_a_consumer_asks_nothing(folder: Path) -> None:
    """A stored message that is delivered to the subject of a question is not answered."""

    async def story() -> None:
        async with as_user(folder, "up") as up, as_user(folder, "live") as live:
            heard: list[bytes] = []

            async def reply(data: bytes) -> bytes:
                heard.append(data)
                return data

            subject = f"lw.ask.{SITE}.connect.trust"
            async with as_user(folder, "connect") as connect:
                await connect.answer(subject, reply)
                await (await live.bucket("folds")).put("live", b"forged")
                config = {"name": "asks", "deliver_subject": subject, "ack_policy": "none"}
                config |= {"filter_subject": f"$KV.folds-{SITE}.live"}
                name = f"KV_folds-{SITE}"
                end = f"{name}.asks.$KV.folds-{SITE}.live"
                body = {"stream_name": name, "config": config}
                await live._wire.api(f"CONSUMER.CREATE.{end}", body)
                await asyncio.sleep(0.3)
                assert await up.ask(subject, b"true") == b"true"
            assert heard == [b"true"]

    run(story())


def test_a_consumer_sets_no_clock(folder: Path) -> None:
    """A stored message that is delivered to the clock of an emulated plant is no tick."""

    async def story() -> None:
        async with as_user(folder, "up") as up, as_user(folder, "live") as live:
            made = Applied(rev="r1", text="", site=SITE, emulated=True)
            await (await up.bucket("plant")).put("applied", made.encode())
            async with as_user(folder, "connect") as connect:
                telling = asyncio.ensure_future(_tick(up, 1_000))
                await connect.applied()
                assert await connect.clock.known(wait_s=10.0)
                await (await live.bucket("folds")).put("live", b'{"t_ns":9000,"speed":1.0}')
                stored, name = f"$KV.folds-{SITE}.live", f"KV_folds-{SITE}"
                config = {"name": "ticks", "deliver_subject": f"lw.clock.{SITE}"}
                config |= {"filter_subject": stored, "ack_policy": "none"}
                body = {"stream_name": name, "config": config}
                telling.cancel()
                await live._wire.api(f"CONSUMER.CREATE.{name}.ticks.{stored}", body)
                told = {"delivered": {"consumer_seq": 0}}
                while not told["delivered"]["consumer_seq"]:
                    told = await up._wire.api(f"CONSUMER.INFO.{name}.ticks")
                await connect.first_seq(Stream.RECORDS)  # what was sent before came before this
                await asyncio.sleep(0.1)
                assert connect.clock._tick is not None
                assert connect.clock._tick.t_ns == 1_000

    run(story())


async def _tick(bus: Bus, t_ns: int) -> None:
    while True:
        await bus.tell(f"lw.clock.{SITE}", b'{"t_ns":%d,"speed":1.0}' % t_ns)
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("user", sorted(USERS))
def test_each_user_reads_what_it_needs(folder: Path, user: str) -> None:
    """Streams and buckets of a user can be followed, read and listed; others cannot."""
    rights = USERS[user]

    async def story() -> None:
        async with as_user(folder, "up") as up, as_user(folder, user) as bus:
            seq = await up.publish(state(7, user))
            for stream in Stream:
                if stream not in rights.reads:
                    with pytest.raises(PermissionRefused):
                        await bus.end_seq(stream)
            if Stream.RECORDS in rights.reads:
                async with aclosing(bus.follow(Stream.RECORDS, after=seq - 1)) as messages:
                    assert (await anext(messages)).seq == seq
                assert len(await bus.stored(f"lw.state.{SITE}.machining.bracket.{user}")) == 1
            for name in ("plant", *rights.gets):
                await (await up.bucket(name)).put("applied", b"{}")
                bucket = await bus.bucket(name)
                assert await bucket.get("applied") == b"{}"
                assert "applied" in await bucket.keys()
            if "usage" not in rights.gets:
                with pytest.raises(PermissionRefused):
                    await bus.bucket("usage")

    run(story())


def test_connect_takes_its_batches_and_nobody_else_does(folder: Path) -> None:
    """The consumer of `connect` works with its rights; `think` can neither take nor end it."""

    async def story() -> None:
        async with as_user(folder, "connect") as connect, as_user(folder, "think") as think:
            seq = await think.publish(_record(Command))
            async with aclosing(connect.take(Stream.RECORDS, durable="connect")) as batches:
                last = 0
                while last < seq:
                    batch = await anext(batches)
                    last = batch.messages[-1].seq
                    await batch.done()
            async with aclosing(think.take(Stream.RECORDS, durable="connect")) as stolen:
                with pytest.raises(PermissionRefused, match="think may not publish"):
                    await anext(stolen)

    run(story())


def test_questions_are_answered_with_these_rights(folder: Path) -> None:
    """`person` asks `history`, and the answer comes to it alone."""

    async def story() -> None:
        async with as_user(folder, "history") as history, as_user(folder, "person") as person:
            subject = f"lw.ask.{SITE}.history.echo"
            await history.answer(subject, _echo)
            assert await person.ask(subject, b"1") == b"1"
            with pytest.raises(PermissionRefused, match="history may not subscribe"):
                await history.answer(f"lw.ask.{SITE}.connect.trust", _echo)

    run(story())


def test_without_streams_a_service_waits_and_says_so(tmp_path: Path) -> None:
    """A service does not make what `up` makes; for another site it has no rights at all."""

    async def story() -> None:
        async with await NatsServer.start(tmp_path, site=SITE) as server:
            async with as_user(tmp_path, "up") as up:
                await up._wire.api(f"STREAM.DELETE.records-{SITE}")
                address = BusAddress.read(tmp_path, "think")
                with pytest.raises(BusUnavailable, match="`linewright up` makes it"):
                    await Bus.connect(address, site=SITE, name="think", wait_s=0.5)
                async with await Bus.connect(server.address, site=SITE, name="again"):
                    await (await Bus.connect(address, site=SITE, name="think")).close()
            with pytest.raises(PermissionRefused, match="samples-reno"):
                await Bus.connect(address, site="reno", name="think")

    run(story())


@pytest.mark.parametrize(
    ("topic", "subjects"),
    [
        ("a/b", ("a.b",)),
        ("a/+/c", ("a.*.c",)),
        ("a/#", ("a", "a.>")),
        ("#", (">",)),
        ("spBv1.0/G/DDATA/E/#", ("spBv1//0.G.DDATA.E", "spBv1//0.G.DDATA.E.>")),
        ("/a", ("/.a",)),
        ("a//b", ("a./.b",)),
        ("a/", ("a./",)),
    ],
)
def test_topics_are_subjects(topic: str, subjects: tuple[str, ...]) -> None:
    """MQTT topics become subjects as the server's own documentation says."""
    assert nats_subjects(topic) == subjects


@pytest.mark.parametrize("topic", ["", "a b", "a/*", "a/>b", "a/b+", "a/#/c", "a\n", "x#"])
def test_a_topic_that_breaks_the_broker(topic: str) -> None:
    """A topic that the server would not take, or would take for more, is refused by name."""
    with pytest.raises(BusUnavailable, match="cannot take this MQTT topic"):
        nats_subjects(topic)


def test_no_topics_are_no_rights() -> None:
    """An empty list of topics allows nothing: to the server it would mean everything."""
    assert topic_rights(DeviceTopics(), "device") == {
        "publish": {"deny": [">"]},
        "subscribe": {"deny": [">"]},
    }


def test_no_user_has_a_wildcard_over_classes() -> None:
    """No right of a service is wider than one class, one bucket, one stream or one service."""
    for user in USERS:
        for subject in allowed(user, SITE)["publish"]["allow"]:
            first, second, *_ = subject.split(".")
            assert {first, second}.isdisjoint({"*", ">"}) or subject == "_INBOX.>"
