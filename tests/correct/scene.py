"""The bracket line's loop, driven by hand: samples in, steps of a case read back as from a bus."""

import datetime as dt
from collections.abc import Iterable

from linewright.correct import Setting
from linewright.correct.thinking import Memory, Thinking, resume
from linewright.correct.watch.cycles import Sample
from linewright.correct.watch.stations import StationView, views_of
from linewright.plant import Address, Plant
from linewright.plant.records import (
    Ack,
    BufferNow,
    Case,
    CaseStage,
    How,
    LineState,
    Outcome,
    Record,
    SiteKind,
    StationNow,
    StationState,
    WearNow,
)
from tests.correct.machine import MILL, NS, Mill, bracket

LINE = Address("nogales/machining/bracket")
DAY = dt.date(2026, 11, 23)
BEFORE_FAULT_S = 3 * 3600.0 - 180.0
"""From 06:00 to three minutes before the fault at 09:00."""

PLANT = bracket()
VIEWS = views_of(PLANT, "nogales", DAY)
SETTING = Setting(plant=PLANT, plant_rev="r1", site_kind=SiteKind.SIMULATED)


def view() -> StationView:
    """Return the mill as the loop sees it."""
    return VIEWS[MILL]


def plant() -> Plant:
    """Return the bracket plant."""
    return PLANT


class Scene:
    """One mill and the loop that watches it."""

    def __init__(self, *, seed: int = 1, noise: float = 0.005) -> None:
        self.mill = Mill(seed=seed, noise=noise)
        self.thinking = Thinking(VIEWS, SETTING, Memory(plant_rev="r1"))
        self.told: list[Record] = []
        self.fault_ns = 0
        self._seq = 0

    def feed(self, samples: Iterable[Sample]) -> list[Case]:
        """Fold samples, each as a message; the cases that they open."""
        opened = []
        for sample in samples:
            self._seq += 1
            opened += self.thinking.take_samples([sample], self._seq)
        return opened

    def read(self, record: Record) -> None:
        """Read a record back from the stream."""
        self.told += self.thinking.take_record(record, self.thinking.records_seq + 1)

    def until_fault(self) -> int:
        """Run up to 09:00, then chip the tool; the time of it."""
        self.mill.skip(BEFORE_FAULT_S)
        assert self.feed(self.mill.run(180)) == []
        self.mill.used, self.mill.faster = 0.70, 4.0
        self.fault_ns = self.mill.t_ns
        return self.fault_ns

    def until_opened(self) -> Case:
        """Run until a case opens, and read its first record."""
        for _ in range(10):
            for opened in self.feed(self.mill.run(1)):
                self.read(opened)
                return opened
        raise AssertionError("no case opened in ten cycles")

    def settle(self) -> list[Record]:
        """Read back what follows, until nothing follows."""
        found: list[Record] = []
        while steps := self.thinking.steps(self.mill.t_ns):
            for _, _, records in steps:
                found += records
                for record in records:
                    self.read(record)
        return found

    def case(self) -> Case:
        """The latest case."""
        return list(self.thinking.cases.values())[-1]

    def grant(self) -> Case:
        """A person confirms: the step that the server would append."""
        case = self.case()
        step = Case(
            address=case.address,
            t_ns=self.mill.t_ns,
            seen_ns=self.mill.t_ns + 5,
            plant_rev="r1",
            how=How.PERSON,
            source="server",
            by="p7",
            stage=CaseStage.GRANTED,
            case=case.case_id,
            grant_id="g-1",
        )
        self.read(step)
        return step

    def answer(
        self,
        command: str,
        outcome: Outcome,
        reason: str | None = None,
        *,
        before: float | None = None,
    ) -> None:
        """The acknowledgement that connect would publish."""
        self.read(
            Ack(
                address=MILL,
                t_ns=self.mill.t_ns,
                seen_ns=self.mill.t_ns,
                plant_rev="r1",
                how=How.MACHINE,
                source="connect",
                command=command,
                outcome=outcome,
                reason=reason,
                before=before,
            )
        )

    def restart(self) -> None:
        """Kill the loop and take it up from its snapshot."""
        memory = resume(self.thinking.snapshot(), "r1")
        self.thinking = Thinking(VIEWS, SETTING, memory)


def line_now(t_ns: int) -> LineState:
    """State of the bracket line, everything running."""
    wears = {"mill": (WearNow(part="end_mill", used_ratio=0.38),)}
    return LineState(
        address=LINE,
        as_of_ns=t_ns,
        plant_rev="r1",
        stations=tuple(
            StationNow(
                address=LINE.child(name),
                state=StationState.RUNNING,
                since_ns=t_ns - NS,
                seen_ns=t_ns,
                wear=wears.get(name, ()),
            )
            for name in ("saw", "mill", "wash", "inspect")
        ),
        buffers=tuple(
            BufferNow(address=LINE.child(name), count=count)
            for name, count in (("saw-mill", 8), ("mill-wash", 0), ("wash-inspect", 0))
        ),
    )
