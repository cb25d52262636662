"""State of a line now, from which the twin starts, and the trace that a kernel gives.

>>> TraceKind.FAILED
<TraceKind.FAILED: 5>
"""

import enum
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from linewright.plant.address import Address
from linewright.plant.records.base import (
    Key,
    Natural,
    NonNegative,
    Part,
    SourceName,
    TimeNs,
)
from linewright.plant.records.classes.material import Unit
from linewright.plant.records.classes.planning import OrderStatus
from linewright.plant.records.classes.production import StationState
from linewright.plant.records.quality import QUALITY_MAX

__all__ = [
    "BufferNow",
    "CrewNow",
    "InputSequence",
    "LineState",
    "OrderNow",
    "StationNow",
    "Trace",
    "TraceKind",
    "WearNow",
]


class TraceKind(enum.IntEnum):
    """What happened in a kernel; the numbers are those in its ring and never change.

    Examples
    --------
    >>> TraceKind(7).name
    'SET_UP_BEGAN'
    """

    BEGAN = 1
    """A station began a cycle; value: its planned time in s."""
    ENDED = 2
    """A station ended a cycle; value: good pieces."""
    BLOCKED = 3
    """A station is done and has no place behind."""
    STARVED = 4
    """A station is free and has no part in front."""
    FAILED = 5
    """A station failed; value: number of the failure mode. Others may have struck before."""
    REPAIRED = 6
    """A failure mode was repaired; value: its number. Others may still wait for their repair."""
    SET_UP_BEGAN = 7
    """A set-up began; value: its planned time in s."""
    SET_UP_ENDED = 8
    """A set-up ended."""
    ENTERED = 9
    """A unit entered a buffer; value: units there afterwards."""
    LEFT = 10
    """A unit left a buffer; value: units there afterwards."""
    CREATED = 11
    """A unit came into being."""
    SCRAPPED = 12
    """A unit was scrapped, or some pieces of it; value: how many."""
    REWORKED = 13
    """A unit was sent to rework."""
    SHIPPED = 14
    """A unit left the line."""
    CALENDAR = 15
    """Working time began (value 1) or ended (value 0)."""
    CHANGED = 16
    """A change took hold or ended; value: the new value of the parameter."""
    RENEWED = 17
    """A tool or component was renewed; value: life used before."""
    STANDS = 18
    """A station stands, with its unit; value: 0 closed, 1 waits for people or things, 2 waits for
    those who maintain it."""
    GOES_ON = 19
    """A station goes on with a cycle that had stopped; value: what is left of it in s."""


class InputSequence(Part, frozen=True, kw_only=True):
    """How far one input has been read: everything up to and including this.

    Examples
    --------
    >>> InputSequence(source="saw", epoch=1, n=41).n
    41
    """

    source: Annotated[SourceName, Meta(description="source, or name of a stream")]
    epoch: Annotated[Natural, Meta(description="epoch; of a stream: 0")]
    n: Annotated[Natural, Meta(description="last batch, or sequence in the stream")]


class WearNow(Part, frozen=True, kw_only=True):
    """How much of its life a tool or component has used.

    Examples
    --------
    >>> WearNow(part="blade", used_ratio=0.4).used_ratio
    0.4
    """

    part: Annotated[Key, Meta(description="tool or component, as in the plant file")]
    used_ratio: Annotated[NonNegative, Meta(description="life used over life expected")]


class StationNow(Part, frozen=True, kw_only=True):
    """A station now.

    Examples
    --------
    >>> mill = Address("nogales/machining/bracket/mill")
    >>> StationNow(address=mill, state=StationState.DOWN, since_ns=0, seen_ns=9).product is None
    True
    """

    address: Annotated[Address, Meta(description="the station")]
    state: Annotated[StationState, Meta(description="what it does")]
    since_ns: Annotated[TimeNs, Meta(description="since when, event time")]
    seen_ns: Annotated[TimeNs, Meta(description="when anything was last heard of it")]
    quality: Annotated[
        int, Meta(ge=0, le=QUALITY_MAX, description="quality bits of the state, 0 is good")
    ] = 0
    reason: Annotated[Key | None, Meta(description="why it does not run, where known")] = None
    job: Annotated[Key | None, Meta(description="job being worked on")] = None
    product: Annotated[Key | None, Meta(description="product being made")] = None
    operation: Annotated[Key | None, Meta(description="operation being done")] = None
    set_up: Annotated[Key | None, Meta(description="what it is set up for")] = None
    good: Annotated[
        Natural, Meta(description="good parts since `counted_since_ns` of the line")
    ] = 0
    scrap: Annotated[Natural, Meta(description="scrapped parts since then")] = 0
    cycle_began_ns: Annotated[
        TimeNs | None, Meta(description="when the running cycle began, where known")
    ] = None
    wear: Annotated[
        tuple[WearNow, ...], Meta(max_length=1000, description="wear of tools and components")
    ] = ()
    units: Annotated[
        tuple[Unit, ...], Meta(max_length=10_000, description="units inside, first to leave first")
    ] = ()


class BufferNow(Part, frozen=True, kw_only=True):
    """A buffer now.

    Examples
    --------
    >>> buffer = Address("nogales/machining/bracket/saw-mill")
    >>> BufferNow(address=buffer, count=3).units
    ()
    """

    address: Annotated[Address, Meta(description="the buffer")]
    count: Annotated[Natural, Meta(description="units in it")]
    units: Annotated[
        tuple[Unit, ...],
        Meta(max_length=10_000, description="those whose identity is known, first to leave first"),
    ] = ()
    quality: Annotated[
        int, Meta(ge=0, le=QUALITY_MAX, description="quality bits of the count, 0 is good")
    ] = 0


class CrewNow(Part, frozen=True, kw_only=True):
    """A crew now: how many, never who.

    Examples
    --------
    >>> CrewNow(crew="setters", present=2).busy
    0
    """

    crew: Annotated[Key, Meta(description="crew of the plant file")]
    present: Annotated[Natural, Meta(description="people signed on")]
    busy: Annotated[Natural, Meta(description="of these, at work on a set-up or repair")] = 0


class OrderNow(Part, frozen=True, kw_only=True):
    """An open order of the line now.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> example(LineState).orders[0].done
    Decimal('12')
    """

    order: Annotated[Key, Meta(description="number of the order")]
    product: Annotated[Key, Meta(description="product")]
    status: Annotated[OrderStatus, Meta(description="what has become of it")]
    quantity: Annotated[Decimal, Meta(description="amount wanted, as text")]
    done: Annotated[Decimal, Meta(description="good amount made, as text")]
    due_ns: Annotated[TimeNs | None, Meta(description="when it is wanted")] = None
    priority: Annotated[int, Meta(ge=0, le=9, description="9 goes first")] = 0


class LineState(Part, frozen=True, kw_only=True):
    """A line at one moment, as far as it is known; written by `live` alone.

    Two states with the same `inputs` are equal: the state is a function of what was read.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> [station.state.value for station in example(LineState).stations]
    ['running', 'down']
    """

    address: Annotated[Address, Meta(description="line or work centre")]
    as_of_ns: Annotated[TimeNs, Meta(description="event time up to which everything is counted")]
    plant_rev: Annotated[Key, Meta(description="revision of the plant file in force")]
    counted_since_ns: Annotated[
        TimeNs | None, Meta(description="since when parts are counted: start of the production day")
    ] = None
    inputs: Annotated[
        tuple[InputSequence, ...], Meta(max_length=10_000, description="how far inputs were read")
    ] = ()
    stations: Annotated[
        tuple[StationNow, ...], Meta(max_length=1000, description="in the order of the flow")
    ] = ()
    buffers: Annotated[
        tuple[BufferNow, ...], Meta(max_length=1000, description="in the order of the flow")
    ] = ()
    crews: Annotated[tuple[CrewNow, ...], Meta(max_length=1000, description="crews")] = ()
    orders: Annotated[
        tuple[OrderNow, ...], Meta(max_length=10_000, description="open orders of the line")
    ] = ()


class Trace(Part, frozen=True, kw_only=True):
    """One event of a kernel, readable: its ring holds the same with numbers for element and unit.

    Examples
    --------
    >>> mill = Address("nogales/machining/bracket/mill")
    >>> Trace(t_ns=60, kind=TraceKind.ENDED, element=mill, unit="SN-1", value=1.0).kind.name
    'ENDED'
    """

    t_ns: Annotated[TimeNs, Meta(description="plant time")]
    kind: Annotated[TraceKind, Meta(description="what happened, by its number")]
    element: Annotated[Address, Meta(description="station or buffer")]
    unit: Annotated[Key | None, Meta(description="unit concerned")] = None
    value: Annotated[float, Meta(description="see the kind")]
