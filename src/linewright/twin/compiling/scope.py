"""What of a plant is in a model: its stations, their queues and working times."""

from collections.abc import Iterator

from linewright.plant import Address, Plant
from linewright.plant.model import Buffer, Line, Station, WorkCentre
from linewright.twin.compiling.numbers import numbers_of
from linewright.twin.compiling.pools import pool_of
from linewright.twin.compiling.rows import (
    AT_ONCE,
    Calendar,
    Draft,
    Need,
    Numbers,
    Pool,
    QueueRow,
    StationRow,
)
from linewright.twin.faults import LineInvalid
from linewright.twin.kernel import layout as at

Group = Line | WorkCentre

RULES = {
    "fifo": at.FIFO,
    "edd": at.EDD,
    "spt": at.SPT,
    "slack": at.SLACK,
    "critical_ratio": at.CRITICAL_RATIO,
    "setup": at.BY_SET_UP,
}
WEARS_MAX = 60
"""Wears, and failure modes, of one station: bits of one integer."""


def groups_at(plant: Plant, place: Address) -> list[tuple[Address, Group]]:
    """Return the lines and work centres of a place: one, those of an area, or of a site."""
    found = [
        (address, group)
        for address, group in plant.groups()
        if address == place or address.startswith(f"{place}/")
    ]
    if not found:
        what = "there is no such line, work centre, area or site with stations"
        raise LineInvalid(place, what, "give the address of one, as `linewright show` lists them")
    return found


def add_groups(draft: Draft) -> None:
    """Put the stations of a place into a draft, each with the queue in front of it."""
    groups = groups_at(draft.plant, draft.place)
    for address, group in groups:
        for name, station in stations_of(group):
            _add_station(draft, Address(f"{address}/{name}"), station, group)
    count = len(draft.stations)
    draft.buffers += [
        Address(f"{address}/{up}-{down}")
        for address, group in groups
        if isinstance(group, Line)
        for up, down in zip(group.flow, group.flow[1:], strict=False)
    ]
    for address, group in groups:
        if isinstance(group, Line):
            _add_line(draft, address, group, count)
        else:
            _add_centre(draft, address, group)


def stations_of(group: Group) -> Iterator[tuple[str, Station]]:
    """Yield the stations of a group by name: those of a flow in order, then the others."""
    flow = group.flow if isinstance(group, Line) else ()
    for name in dict.fromkeys((*flow, *group.stations)):
        yield name, group.stations[name]


def _add_station(draft: Draft, address: Address, station: Station, group: Group) -> None:
    for found, limit, what in (
        (len(station.wears), WEARS_MAX, "wears"),
        (len(station.fails), WEARS_MAX, "failure modes"),
    ):
        if found > limit:
            raise LineInvalid(address, f"{found} {what}", f"use at most {limit}")
    if not station.does:
        raise LineInvalid(address, "it does nothing", "say what it `does`, or leave it out")
    shifts = station.shifts or group.shifts or tuple(draft.site.shifts)
    row = StationRow(
        address=address,
        station=station,
        queue=-1,
        calendar=_calendar(draft, shifts),
        element=len(draft.stations),
        servers=station.places,
        least=station.batch_least,
        setup=station.setup or "",
    )
    row.flags |= at.UNATTENDED if station.unattended else 0
    row.flags |= at.BEFORE if station.blocking == "before_service" else 0
    draft.stations.append(row)


def _calendar(draft: Draft, shifts: tuple[str, ...]) -> int:
    if not shifts:
        return -1
    calendar = Calendar(shifts=shifts)
    if calendar not in draft.calendars:
        draft.calendars.append(calendar)
    return draft.calendars.index(calendar)


def _add_centre(draft: Draft, address: Address, group: WorkCentre) -> None:
    queue = QueueRow(name=str(address), rule=RULES[group.dispatch])
    if group.queue is not None:
        queue.places = group.queue
    draft.queues.append(queue)
    for row in draft.stations:
        if row.address.parent == address:
            row.queue = len(draft.queues) - 1
            queue.servers += row.servers


def _add_line(draft: Draft, address: Address, group: Line, count: int) -> None:
    for row in [one for one in draft.stations if one.address.parent == address]:
        name = row.address.name
        k = group.flow.index(name) if name in group.flow else 0
        if k == 0:
            draft.queues.append(QueueRow(name=f"{address}/-{name}", servers=row.servers))
            row.queue = len(draft.queues) - 1
            continue
        between = Address(f"{address}/{group.flow[k - 1]}-{name}")
        buffer = group.buffers.get(between.name, Buffer(places=0))
        element = count + draft.buffers.index(between)
        row.queue = _add_buffer(draft, between, buffer, (element, row))


def _add_buffer(draft: Draft, name: Address, buffer: Buffer, to: tuple[int, StationRow]) -> int:
    """Put a buffer into a draft, and what moves parts along it; return the queue at its end."""
    element, row = to
    queue = QueueRow(name=str(name), element=element, servers=row.servers)
    if buffer.places is not None:
        queue.places = buffer.places
    elif buffer.unbounded:
        pass
    travel = numbers_of(buffer.travel, "constant")
    if buffer.by is None and (buffer.batch or 1) == 1:
        queue.travel = travel
        queue.flags |= at.DELAYED if buffer.travel is not None else 0
        draft.queues.append(queue)
        return len(draft.queues) - 1
    inner = QueueRow(name=f"{name}+", places=queue.places, servers=row.servers)
    if buffer.by is None:
        inner.travel = travel
        inner.flags |= at.DELAYED if buffer.travel is not None else 0
    queue.servers = 1
    draft.queues += [queue, inner]
    draft.stations.append(_mover(draft, name, buffer, len(draft.queues) - 2))
    return len(draft.queues) - 1


def _mover(draft: Draft, name: Address, buffer: Buffer, queue: int) -> StationRow:
    row = StationRow(
        address=name, station=Station(), queue=queue, calendar=-1, element=-1, flags=at.MOVER
    )
    row.batch = row.least = buffer.batch or 1
    transport = draft.site.transport.get(buffer.by or "")
    if transport is not None:
        pool = Pool(name=buffer.by or "", kind="transport", count=transport.count)
        need = Need(amount=at.MILLI, pools=(pool_of(draft, pool),))
        row.setup_needs = (need,)
        row.servers = transport.count
        row.batch = min(row.batch, transport.carries) if buffer.batch else transport.carries
    room = buffer.places or row.batch
    row.batch = min(row.batch, room) if buffer.batch else row.batch
    row.least = min(row.least, row.batch)
    if buffer.batch and row.batch < buffer.batch:
        draft.note(f"{name}: loads are of {row.batch}, for which there is room, not {buffer.batch}")
    return row


def trip(draft: Draft, row: StationRow) -> Numbers:
    """Return how long what moves parts along a buffer is away with a load."""
    if not row.setup_needs:
        return AT_ONCE
    line = next(group for address, group in draft.plant.groups() if address == row.address.parent)
    assert isinstance(line, Line), "parts are moved along the buffers of a line"
    buffer = line.buffers[row.address.name]
    takes = draft.site.transport[buffer.by or ""].takes
    return numbers_of(buffer.travel or takes, "constant")
