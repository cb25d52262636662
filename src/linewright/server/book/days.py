"""Hours, losses, stops, swim lanes and Pareto of a place over a window."""

from linewright.live.day import Period, Stop, timeline, unexplained
from linewright.plant import Address
from linewright.server.book.keeping import Kept
from linewright.server.book.reckoning.figures import course_at, so_far, stops_at, window_of
from linewright.server.book.reckoning.plain import address_of, ms, seconds, stop_id
from linewright.server.book.reckoning.sums import hours_view, losses_view, pareto_view
from linewright.server.book.reckoning.windows import period_of
from linewright.server.desk import Refusal
from linewright.server.known import Moment
from linewright.server.views.day import StopsView, StopView, StripsView

__all__ = [
    "STOPS_MAX",
    "hours_view",
    "lane_of",
    "losses_view",
    "pareto_view",
    "stop_view",
    "stops_of",
    "stops_view",
    "strips_view",
]

STOPS_MAX = 2000
"""Most downtime events of one answer; the latest are told, and that there are more."""

STRETCHES_MAX = 20_000
"""Most stretches of one answer, over all lanes: some 1 MB; a longer window is refused."""

STOP_KINDS = ("stop", "planned_stop", "set_up", "unknown")
"""Kinds of downtime that a person can explain; blocked and starved follow from neighbours."""


def stops_of(kept: Kept, moment: Moment, address: Address, period: Period) -> list[Stop]:
    """Return the downtime events of a place that a person can explain, in order of time."""
    found = [
        stop
        for station in kept.plan.stations_in(address)
        for stop in stops_at(kept, moment, station.address, period)
        if stop.kind in STOP_KINDS
    ]
    return sorted(found, key=lambda stop: (stop.start_ns, stop.address))


def stops_view(
    kept: Kept, moment: Moment, address: str, window: str, *, waiting: bool = False
) -> StopsView:
    """Return the downtime events of a place over a window, by id; micro-stops are counted alone.

    Parameters
    ----------
    kept, moment
        The book, and now.
    address
        A station or what stands above it.
    window
        As `period_of` reads it.
    waiting
        Only those that wait for a reason.

    Raises
    ------
    Refusal
        There is no such place or window.
    """
    place = address_of(address, moment)
    whole = period_of(window, moment)
    period = so_far(kept, moment, place, whole)
    found = stops_of(kept, moment, place, period)
    shown = [each for each in found if not each.is_micro]
    shown = [each for each in shown if each.is_unexplained or not waiting]
    micro: dict[str, int] = {}
    for each in found:
        if each.is_micro:
            micro[str(each.address)] = micro.get(str(each.address), 0) + 1
    kept_back = shown[-STOPS_MAX:]
    return StopsView(
        address=str(place),
        window=window_of(kept, moment, place, whole),
        stops={_id(each): stop_view(each) for each in kept_back},
        waiting=tuple(_id(each) for each in unexplained(kept_back)),
        micro_stops=micro,
        more=len(shown) > len(kept_back),
    )


def stop_view(stop: Stop) -> StopView:
    """Return one downtime event as it is shown."""
    by = {"person": stop.person or "person", "machine": "machine"}.get(stop.by, "")
    return StopView(
        address=str(stop.address),
        from_ms=ms(stop.start_ns),
        until_ms=None if stop.is_open else ms(stop.end_ns),
        s=seconds(stop.end_ns - stop.start_ns),
        state=stop.state.value,
        category=stop.category.value,
        reason=stop.code,
        by=by,
        suggested=stop.suggested,
        suggested_p=stop.chance,
        comment=stop.comment,
        micro=stop.is_micro,
        unexplained=stop.is_unexplained,
        edited=stop.is_edited,
        can_undo=stop.by == "person",
        part_of=stop_id(stop.address, stop.part_of) if stop.part_of else "",
    )


def strips_view(kept: Kept, moment: Moment, address: str, window: str) -> StripsView:
    """Return the stretches of each station of a place, in order and without holes.

    Raises
    ------
    Refusal
        There is no such place or window, or there are more than `STRETCHES_MAX` stretches.
    """
    place = address_of(address, moment)
    whole = period_of(window, moment)
    period = so_far(kept, moment, place, whole)
    lanes = {
        str(station.address): lane_of(kept, moment, station.address, period)
        for station in kept.plan.stations_in(place)
    }
    count = sum(len(lane) for lane in lanes.values())
    if count > STRETCHES_MAX:
        what = f"{count} stretches are more than {STRETCHES_MAX}"
        raise Refusal(422, what, "window", "ask for a shorter window, or for fewer stations")
    return StripsView(address=str(place), window=window_of(kept, moment, place, whole), lanes=lanes)


def lane_of(
    kept: Kept, moment: Moment, station: str, period: Period
) -> tuple[tuple[int, int, str, str], ...]:
    """Return the stretches of one station: from, until, state and time category.

    Stretches side by side with the same state and category are one.
    """
    course = course_at(kept, moment, station)

    def made() -> tuple[tuple[int, int, str, str], ...]:
        found: list[tuple[int, int, str, str]] = []
        for each in timeline(course, period.start_ns, period.end_ns):
            from_ms, until_ms = ms(each.start_ns), ms(each.end_ns)
            said = each.state.value, each.category.value
            if from_ms == until_ms:
                continue  # two changes at one time are told a nanosecond apart
            if found and found[-1][2:] == said:
                from_ms = found.pop()[0]
            found.append((from_ms, until_ms, *said))
        return tuple(found)

    key = "lane", station, period.start_ns, period.end_ns
    return kept.memo(key, (course.book.version, course.until_ns), made)


def _id(stop: Stop) -> str:
    return stop_id(stop.address, stop.id)
