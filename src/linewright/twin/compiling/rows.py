"""What a model is put together from, before it becomes numbers: one row for each thing."""

from typing import Any, dataclass_transform

import msgspec

from linewright.numeric import draws
from linewright.plant import Address, Plant
from linewright.plant.model import Site, Station
from linewright.twin.kernel import layout as at
from linewright.twin.model import UNBOUNDED

Numbers = tuple[int, float, float, float]
"""A distribution for `linewright.numeric.draw`: family and three parameters."""

AT_ONCE: Numbers = (draws.CONSTANT, 0.0, 0.0, 0.0)


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """A working time that stations follow: names of shifts of the site."""

    shifts: tuple[str, ...]


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """People or things that are counted.

    Parameters
    ----------
    name, kind
        As in the plant file; kind: crew, transport, fixture, tool.
    count
        How many, where no shift says otherwise.
    shifts
        When they are there; empty: always.
    by_shift
        How many, in shifts where it differs.
    """

    name: str
    kind: str
    count: int
    shifts: tuple[str, ...] = ()
    by_shift: tuple[tuple[str, int], ...] = ()


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """So many thousandths of any one of some pools."""

    amount: int
    pools: tuple[int, ...]


@dataclass_transform(kw_only_default=True)
class Row:
    """Something that is filled in step by step while a model is put together."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401  # each row says what it takes
        wanted = {
            name for each in type(self).__mro__ for name in vars(each).get("__annotations__", {})
        }
        missing = {name for name in wanted - given.keys() if not hasattr(type(self), name)}
        assert not missing, f"{type(self).__name__} lacks {missing}"
        assert given.keys() <= wanted, f"{type(self).__name__} has no {given.keys() - wanted}"
        for name, value in given.items():
            setattr(self, name, value)


class StationRow(Row):
    """A station, or what moves parts along a buffer."""

    address: Address
    station: Station
    queue: int
    calendar: int
    element: int
    servers: int = 1
    batch: int = 1
    least: int = 1
    flags: int = 0
    setup: str = ""
    setup_needs: tuple[Need, ...] = ()


class QueueRow(Row):
    """A queue in front of stations."""

    name: str
    places: int = UNBOUNDED
    element: int = -1
    rule: int = at.FIFO
    flags: int = 0
    source: int = -1
    travel: Numbers = AT_ONCE
    servers: int = 0
    loop: int = -1


class WorkRow(Row):
    """What a station does with a part at a step."""

    station: int
    times: tuple[tuple[Numbers, bool], ...]
    pieces: int = 0
    attend_ns: int = 0
    needs: tuple[Need, ...] = ()
    attendant: tuple[Need, ...] = ()
    scrap: float = 0.0
    rework: float = 0.0
    defects: float = 0.0
    detects: float = 0.0
    false_alarms: float = 0.0
    succeeds: float = 1.0
    mean_s: float = 0.0


class StepRow(Row):
    """Where a part may be on its way."""

    product: int
    queue: int = -1
    works: tuple[WorkRow, ...] = ()
    choices: tuple[int, ...] = ()
    after: int = -1
    rework: int = -1
    limit: int = 0
    takes: tuple[tuple[int, int], ...] = ()
    gives: tuple[tuple[int, int], ...] = ()
    wait: Numbers | None = None
    rest_s: float = 0.0
    left: bool = False
    queue_limit_ns: int = 0


class ProductRow(Row):
    """Something that is made here."""

    name: str
    step: int = -1
    loop: int = -1
    priority: int = 1
    lead_ns: int = 0
    size: int = 1
    store: int = -1
    weight: float = 1.0
    lot: int = 1
    made: bool = True
    held: int = 0
    hold: int = -1


class SourceRow(Row):
    """Where parts come from."""

    kind: int
    queue: int
    element: int
    products: tuple[int, ...] = ()
    gap: Numbers = AT_ONCE
    orders: tuple[int, int] = (0, 0)


class LoopRow(Row):
    """Parts that may be inside at once."""

    name: str
    limit: int
    queue: int


class OrderRow(Row):
    """An order to be made."""

    name: str
    t_ns: int
    product: int
    pieces: int
    due_ns: int
    priority: int
    size: int


class Draft:
    """A model while it is put together.

    Parameters
    ----------
    plant, place, site
        The plant, what of it is in the model, and the site that it stands at.
    """

    def __init__(self, plant: Plant, place: Address, site: Site) -> None:
        self.plant = plant
        self.place = place
        self.site = site
        self.calendars: list[Calendar] = []
        self.stations: list[StationRow] = []
        self.queues: list[QueueRow] = []
        self.steps: list[StepRow] = []
        self.products: list[ProductRow] = []
        self.pools: list[Pool] = []
        self.sources: list[SourceRow] = []
        self.loops: list[LoopRow] = []
        self.orders: list[OrderRow] = []
        self.buffers: list[Address] = []
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Keep something that is not simulated as the plant file says it, once."""
        if text not in self.notes:
            self.notes.append(text)
