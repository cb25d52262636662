"""What exists on the floor (ISA-95 equipment): stations, buffers, lines, work centres, areas."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from linewright.plant.address import Address
from linewright.plant.frozen import EMPTY
from linewright.plant.model.behaviour import Duration, FailureMode, Maintenance, Power, Wear
from linewright.plant.model.governance import Controlled
from linewright.plant.model.markers import (
    Count,
    CountFrom1,
    Element,
    Key,
    LabelText,
    Name,
    Number,
    Per,
    Positive,
    Quantity,
    Ref,
    Share,
    Special,
    Text,
)
from linewright.plant.model.signals import Command, Connection, Tag
from linewright.plant.money import Money


class Cycle(Element, frozen=True, kw_only=True):
    """What a station does for one operation: the time of a cycle and the pieces it gives."""

    SHORT: ClassVar[str] = "time"

    time: Annotated[Duration, "machine time of one cycle, whatever the pieces"]
    per_piece: Annotated[Duration | None, "machine time that each piece of the cycle adds"] = None
    pieces: Annotated[CountFrom1, "pieces in one cycle: cavities, places on a tombstone"] = 1
    blocked: Annotated[Count, "of these, places that are blocked now"] = 0
    succeeds_share: Annotated[
        Annotated[float, Quantity("1", above=0.0, high=1.0)] | None,
        "share of tries that succeed: `time` is a slot with one try, and a cycle lasts until one"
        " succeeds; left out: no slots",
    ] = None
    operator: Annotated[Duration | None, "time an operator attends in one cycle"] = None
    fixtures: Annotated[
        tuple[Annotated[str, Ref("fixture")], ...],
        Key("fixture"),
        "fixture it takes: any one of these",
    ] = ()
    tools: Annotated[tuple[Annotated[str, Ref("tool")], ...], "tools it takes"] = ()
    program: Annotated[Text | None, "machine program"] = None
    scrap_share: Annotated[
        Share, "share of bad pieces at this station, besides what the step of the route says"
    ] = 0.0
    rework_share: Annotated[Share, "share of pieces to rework, likewise"] = 0.0

    @property
    def expected_s(self) -> float:
        """Mean time of one cycle in seconds, with the pieces that it gives now."""
        more = self.per_piece.expected_s * self.pieces_per_cycle if self.per_piece else 0.0
        return self.time.expected_s + more

    @property
    def pieces_per_cycle(self) -> int:
        """Pieces that one cycle gives now: those of the cycle less the blocked ones."""
        return max(0, self.pieces - self.blocked)


class StationType(Element, frozen=True, kw_only=True):
    """What stations of a kind share (ISA-95: equipment class); a station takes it by `use`."""

    use: Annotated[
        tuple[Annotated[str, Ref("type")], ...], "types it builds on; later ones win, own keys last"
    ] = ()
    label: Annotated[LabelText, "what people read"] = EMPTY
    make: Annotated[Text | None, "maker and model"] = None
    does: Annotated[
        Mapping[Annotated[str, Ref("operation")], Cycle], "operations it can do, with cycle times"
    ] = EMPTY
    places: Annotated[CountFrom1, "parallel places that work alike"] = 1
    manual: Annotated[bool, "whether people do the work"] = False
    operators: Annotated[
        Mapping[Annotated[str, Ref("skill")], Annotated[float, Number(low=0.0, high=100.0)]],
        "people it needs while running, by skill; below 1: shared with other stations",
    ] = EMPTY
    fails: Annotated[Mapping[str, FailureMode], "failure modes: one, or several by name"] = EMPTY
    wears: Annotated[Mapping[str, Wear], "what wears, by name"] = EMPTY
    maintenance: Annotated[
        Mapping[str, Maintenance], "preventive maintenance: one, or several by name"
    ] = EMPTY
    setup: Annotated[Annotated[str, Ref("setup")] | None, "set-up matrix"] = None
    setup_crew: Annotated[Annotated[str, Ref("crew")] | None, "crew that sets up"] = None
    reasons: Annotated[Annotated[str, Ref("reasons")] | None, "downtime reason tree"] = None
    micro_stop_s: Annotated[
        Positive | None, "stops shorter than this are micro-stops; once per station type"
    ] = None
    power: Annotated[Power | None, "electrical power by state"] = None
    rate_per_h: Annotated[Annotated[Money, Per("h")] | None, "cost of a station hour"] = None
    tags: Annotated[Mapping[Annotated[str, Name("address")], Tag], "signals, by name"] = EMPTY
    commands: Annotated[
        Mapping[Annotated[str, Name("address")], Command], "what may be written, by name"
    ] = EMPTY
    capabilities: Annotated[Mapping[str, Text], "ranges it can hold, for people to read"] = EMPTY
    connect: Annotated[
        Connection | None, "how it is reached; left out: not connected; a type gives defaults"
    ] = None
    connections: Annotated[
        Mapping[str, Connection], "further connections by name: power meter, camera, second control"
    ] = EMPTY
    batch: Annotated[
        Annotated[int, Number(low=1)] | None,
        "most pieces in one load (furnace, washer): a cycle takes those that are there",
    ] = None
    batch_least: Annotated[CountFrom1, "a load waits until so many pieces are there"] = 1
    blocking: Annotated[
        Literal["after_service", "before_service"],
        "what waits for room behind: the finished piece (`after_service`), or the cycle, which"
        " then does not begin (`before_service`)",
    ] = "after_service"
    priority: Annotated[
        int, Number(low=1, high=1000), "whom crews serve first when several wait: 1 is first"
    ] = 1
    unattended: Annotated[
        bool, "whether a cycle that has begun goes on through breaks and after the shift"
    ] = False
    controlled: Annotated[Controlled | None, "export control or customer restriction"] = None


class Station(StationType, frozen=True, kw_only=True):
    """A machine or work place (ISA-95: work unit), with or without any connection."""

    shifts: Annotated[
        tuple[Annotated[str, Ref("shift")], ...], "shifts it runs; left out: the line's"
    ] = ()
    serial: Annotated[Text | None, "maker's serial number"] = None
    was: Annotated[tuple[Text, ...], "former names or addresses, so that history is found"] = ()

    @property
    def connected(self) -> bool:
        """Whether the station has any connection, through a gateway or of its own."""
        return self.connect is not None or bool(self.connections)


class Buffer(Element, frozen=True, kw_only=True):
    """Room for parts between two stations; without `places` it is an unbounded rack.

    Its name says where it stands: `<upstream>-<downstream>`.
    """

    SHORT: ClassVar[str] = "places"

    places: Annotated[Count | None, "places; left out: unbounded"] = None
    label: Annotated[LabelText, "what people read"] = EMPTY
    travel: Annotated[Duration | None, "time from end to end"] = None
    by: Annotated[Annotated[str, Ref("transport")] | None, "transport that moves the parts"] = None
    batch: Annotated[Annotated[int, Number(low=1)] | None, "pieces moved at once"] = None

    @property
    def unbounded(self) -> bool:
        """Whether it never blocks the station before it."""
        return self.places is None


class Line(Element, frozen=True, kw_only=True):
    """Stations in a flow, with buffers between them (ISA-95: production line)."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    flow: Annotated[
        tuple[Annotated[str, Ref("station")], ...],
        Special("flow"),
        "stations in order; a number between two is its buffer's places, `rack` is unbounded",
    ]
    stations: Annotated[Mapping[Annotated[str, Name("address")], Station], "stations, by name"]
    buffers: Annotated[
        Mapping[Annotated[str, Name("buffer")], Buffer],
        "buffers named `<upstream>-<downstream>`: side feeds, or more about those of the flow",
    ] = EMPTY
    shifts: Annotated[
        tuple[Annotated[str, Ref("shift")], ...], "shifts it runs; left out: all of the site"
    ] = ()
    takt_s: Annotated[Positive | None, "time between two parts that customers need"] = None
    target_oee_share: Annotated[Share | None, "target OEE"] = None
    release: Annotated[
        Literal["push", "conwip", "kanban", "orders"], "how work is let into the line"
    ] = "push"
    wip: Annotated[Annotated[int, Number(low=1)] | None, "most parts in the line (CONWIP)"] = None
    was: Annotated[tuple[Text, ...], "former names"] = ()

    def links(self) -> Iterator[tuple[str, str, Buffer]]:
        """Yield upstream station, downstream station and buffer, for each buffer."""
        for name, buffer in self.buffers.items():
            upstream, _, downstream = name.partition("-")
            yield upstream, downstream, buffer


class WorkCentre(Element, frozen=True, kw_only=True):
    """Interchangeable stations with one queue in front of them (ISA-95: work center)."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    stations: Annotated[Mapping[Annotated[str, Name("address")], Station], "stations, by name"]
    queue: Annotated[Count | None, "places in front; left out: an unbounded rack"] = None
    dispatch: Annotated[
        Literal["fifo", "edd", "spt", "slack", "critical_ratio", "setup"],
        "which job is next (scheduling literature)",
    ] = "fifo"
    shifts: Annotated[
        tuple[Annotated[str, Ref("shift")], ...], "shifts it runs; left out: all of the site"
    ] = ()
    target_oee_share: Annotated[Share | None, "target OEE"] = None
    was: Annotated[tuple[Text, ...], "former names"] = ()


class Area(Element, frozen=True, kw_only=True):
    """A part of a site (ISA-95: area)."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    lines: Annotated[Mapping[Annotated[str, Name("address")], Line], "flow lines, by name"] = EMPTY
    work_centres: Annotated[
        Mapping[Annotated[str, Name("address")], WorkCentre], "work centres, by name"
    ] = EMPTY
    was: Annotated[tuple[Text, ...], "former names"] = ()

    def groups(self) -> Iterator[tuple[str, Line | WorkCentre]]:
        """Yield each line and work centre with its name; both stand at line level."""
        yield from self.lines.items()
        yield from self.work_centres.items()


class Transport(Element, frozen=True, kw_only=True):
    """What moves parts: vehicles, forklifts, conveyors, people with carts."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    kind: Annotated[Literal["vehicle", "forklift", "conveyor", "cart", "crane"], "what it is"] = (
        "cart"
    )
    count: Annotated[CountFrom1, "how many"] = 1
    speed_m_per_s: Annotated[
        Annotated[float, Quantity("m/s", above=0.0)] | None, "travelling speed"
    ] = None
    carries: Annotated[CountFrom1, "pieces or boxes at once"] = 1
    serves: Annotated[tuple[Annotated[str, Ref("address")], ...], "where it goes"] = ()
    takes: Annotated[Duration | None, "time of a usual trip"] = None
    connect: Annotated[Connection | None, "how it is reached"] = None


class Fixture(Element, frozen=True, kw_only=True):
    """Work holding: how many there are, how many pieces each holds, which places are blocked."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    count: Annotated[CountFrom1, "how many there are"] = 1
    pieces: Annotated[CountFrom1, "pieces one holds"] = 1
    blocked: Annotated[
        tuple[Annotated[int, Number(low=1)], ...], "numbers of places that are blocked"
    ] = ()
    at: Annotated[tuple[Annotated[str, Ref("address")], ...], "where it fits"] = ()


class Tool(Element, frozen=True, kw_only=True):
    """A tool or mould and its life."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    count: Annotated[CountFrom1, "how many there are"] = 1
    life_s: Annotated[Positive | None, "life in operating time"] = None
    life_parts: Annotated[Annotated[int, Number(low=1)] | None, "life in parts"] = None
    change: Annotated[Duration | None, "time to change it"] = None
    cost: Annotated[Annotated[Money, Per("")] | None, "price of a new one"] = None


class Crew(Element, frozen=True, kw_only=True):
    """People as a pool, never by name: who repairs, sets up, moves or operates."""

    SHORT: ClassVar[str] = "people"

    people: Annotated[CountFrom1, "how many at once"]
    by_shift: Annotated[
        Mapping[Annotated[str, Ref("shift")], Count], "how many, in shifts where it differs"
    ] = EMPTY
    skills: Annotated[tuple[Annotated[str, Ref("skill")], ...], "what they can do"] = ()
    shifts: Annotated[
        tuple[Annotated[str, Ref("shift")], ...], "when they are there; left out: always"
    ] = ()
    serves: Annotated[tuple[Annotated[str, Ref("address")], ...], "where; left out: the site"] = ()
    rate_per_h: Annotated[Annotated[Money, Per("h")] | None, "cost of a person's hour"] = None
    label: Annotated[LabelText, "what people read"] = EMPTY


Placed = tuple[Address, Station]
"""A station with its address."""
