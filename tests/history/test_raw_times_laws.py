"""Laws of raw times: whatever a machine's clock does, what it said is what history gives back."""

import math
import tempfile
from collections.abc import Iterable
from pathlib import Path

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linewright.connectors.feeding import Batch, Feed, Now, Numbering, Outbox
from linewright.connectors.sources import Endpoint, Point, Source
from linewright.connectors.values import Heard
from linewright.history import Arrival, History, Wanted, Writer, export, take_in
from linewright.history.keeping import Compactor, Rule
from linewright.history.keeping.publishing import Publisher
from linewright.history.published import samples_sql
from linewright.plant import Address
from linewright.plant.records import Quality
from linewright.plant.samples import encode_frame, samples_subject

SAW = Address("nogales/machining/bracket/saw")
TAGS = tuple(SAW.with_tag(name) for name in ("kw", "temp"))
SOURCE = Source(
    name="saw",
    address=SAW,
    endpoint=Endpoint(url="opc.tcp://a"),
    points=tuple(Point(tag=tag, item=f"ns=2;s={tag}") for tag in TAGS),
)
S = 10**9
T0_NS = 1_717_401_600 * S
"""Noon: the day has hours enough for every story."""

offsets = st.one_of(
    st.just(0),
    st.integers(-2 * S, 2 * S),
    st.integers(-90_000 * S, 90_000 * S),
    st.sampled_from([-(2**63), 2**63 - 1, -T0_NS - 5, 2**80, -(2**80)]),
)
messages = st.lists(
    st.tuples(
        st.floats(0.1, 2000.0),  # seconds since the one before
        st.lists(st.tuples(st.integers(0, 1), offsets), min_size=1, max_size=3),
        st.booleans(),  # told late on purpose
    ),
    min_size=1,
    max_size=6,
)
Message = tuple[float, list[tuple[int, int]], bool]
Rows = Iterable[tuple[str, float, int, int, int | None]]


class Machine:
    """A saw that tells each value once, and what it said of its time."""

    def __init__(self) -> None:
        self.feed = Feed(
            SOURCE,
            Outbox(Numbering(site="nogales", source="saw", epoch=1, n=0), T0_NS),
            plant_rev="r1",
            marks=Quality.GOOD,
        )
        self.said: dict[float, int] = {}
        self._now_ns = T0_NS
        self._seq = 0
        self.feed.connected((), asked_ns=T0_NS, now=self._now())

    def _now(self) -> Now:
        return Now(plant_ns=self._now_ns, seen_ns=self._now_ns + 7, steady_ns=self._now_ns)

    def tell(self, message: Message) -> None:
        """Say some values, each with its time on the machine's clock."""
        after_s, spoken, is_late = message
        self._now_ns += round(after_s * S)
        values = [float(len(self.said) + at) for at in range(len(spoken))]
        times = [self._now_ns + offset for _, offset in spoken]
        heard = Heard(
            points=[point for point, _ in spoken],
            values=values,
            statuses=[0] * len(spoken),
            source_ns=times,
            is_historical=is_late,
        )
        self.said |= dict(zip(values, times, strict=True))
        self.feed.take(heard, self._now())

    def arrivals(self) -> list[Arrival]:
        """Everything that it has published since the last call."""
        found: list[Arrival] = []
        while (head := self.feed.box.head()) is not None:
            if isinstance(head, Batch):
                self._seq += 1
                made = head.frame()
                subject, data = samples_subject(made.header), encode_frame(made)
                found.append(Arrival(stream="samples", subject=subject, data=data, seq=self._seq))
            self.feed.box.published(head)
        return found

    def must_stand_in(self, rows: Rows) -> None:
        """Each value once, with the time that was said of it or one that is marked."""
        found = {value: (t_ns, quality, raw_ns) for _, value, t_ns, quality, raw_ns in rows}
        assert found.keys() == self.said.keys()
        for value, (t_ns, quality, raw_ns) in found.items():
            said_ns = self.said[value]
            if quality & Quality.CLOCK:
                assert raw_ns == (said_ns if -(2**63) <= said_ns < 2**63 else None)
            else:
                # Behind another one of its time it is some nanoseconds later.
                assert (raw_ns, 0 <= t_ns - said_ns < len(self.said)) == (None, True)


def read(history: History) -> Rows:
    """All rows as readers get them."""
    for tag in history.tags():
        rows = history.read(tag)
        assert all(math.isfinite(value) for value in rows.value)
        raw_ns = rows.raw_ns or []
        for row in zip(rows.value, rows.t_ns, rows.quality, raw_ns, strict=True):
            yield (tag, *row)


def exported(history: History, path: Path) -> Rows:
    """All rows of an export, read by another program."""
    export(history, path, Wanted())
    sql = f"SELECT tag, value, t_ns, quality, raw_ns FROM '{path}'"  # noqa: S608 - ours
    found: Rows = duckdb.sql(sql).fetchall()
    return found


def queried(publisher: Publisher, folder: Path) -> Rows:
    """All rows as SQL sees them."""
    listing = samples_sql(publisher.refresh(now_ns=1), folder)
    sql = f"SELECT tag, value, t_ns, quality, raw_ns FROM ({listing})"  # noqa: S608 - ours
    found: Rows = duckdb.sql(sql).fetchall()
    return found


def check(saw: Machine, writer: Writer, folder: Path, run_ns: int) -> None:
    """Compare every way out of a history with what the machine said."""
    history = History(writer.database.reader())
    publisher = Publisher(writer.database.reader(), run_ns=run_ns)
    saw.must_stand_in(read(history))
    saw.must_stand_in(exported(history, folder / "all.parquet"))
    saw.must_stand_in(queried(publisher, folder))
    publisher.close()
    history.close()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(before=messages, after=messages)
def test_what_a_machine_said_of_its_time_comes_back(
    before: list[Message], after: list[Message]
) -> None:
    """Fresh, compacted, late, merged, after a restart; what was believed has no raw time."""
    saw = Machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for step, story in enumerate((before, after)):
            for message in story:
                saw.tell(message)
            with Writer.open(folder) as writer:
                writer.append(take_in(saw.arrivals()), plant_rev="r1")
                check(saw, writer, folder, 2 * step)
                compactor = Compactor(writer.database.reader())
                compactor.compact(now_ns=T0_NS + (step + 1) * 3600 * S, rule=Rule(late_s=0.0))
                compactor.compact(now_ns=2**62, rule=Rule())
                compactor.close()
                check(saw, writer, folder, 2 * step + 1)
        with Writer.open(folder) as writer:
            check(saw, writer, folder, 9)
