"""What people entered of a place over a window, as views."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import msgspec

from linewright.plant import Address
from linewright.plant.records import Correction, How, Job, Parts, SignOn
from linewright.server.book.entries.told import Entered, acts_of
from linewright.server.book.keeping import Kept
from linewright.server.book.reckoning.figures import window_of
from linewright.server.book.reckoning.plain import address_of, ms, stop_id
from linewright.server.book.reckoning.windows import period_of
from linewright.server.known import Moment
from linewright.server.views.entries import EntriesView, EntryView

__all__ = [
    "ENTRIES_MAX",
    "entries_view",
    "entry_view",
    "found_view",
    "is_entry",
    "is_overtaken",
    "is_standing",
]

ENTRIES_MAX = 2_000
"""Most entries of one answer, the latest ones."""


def is_entry(record: Entered) -> bool:
    """Whether a person made the record; counts of a machine that a person revised are not."""
    return record.how is How.PERSON and getattr(record, "counter", None) is None


def entries_view(kept: Kept, moment: Moment, address: str, window: str) -> EntriesView:
    """Return what people entered of a place over a window.

    Parameters
    ----------
    kept, moment
        The book, and now.
    address
        Station, line, work centre, area or site.
    window
        As `period_of` reads it; what counts is when it happened.

    Raises
    ------
    Refusal
        There is no such place or window.
    """
    place, period = address_of(address, moment), period_of(window, moment)
    found = [
        each
        for each in _entries(kept, place)
        if ms(period.start_ns) <= each.t_ms < ms(period.end_ns)
    ]
    found.sort(key=lambda each: (each.t_ms, each.id), reverse=True)
    return EntriesView(
        address=str(place),
        window=window_of(kept, moment, str(place), period),
        entries={each.id: each for each in islice(found, ENTRIES_MAX)},
        more=len(found) > ENTRIES_MAX,
    )


def entry_view(record: Entered) -> EntryView:
    """Return one record of a person as a view."""
    view = EntryView(
        id=stop_id(str(record.address), record.id),
        kind="sign_on",
        address=str(record.address),
        t_ms=ms(record.t_ns),
        entered_ms=ms(record.seen_ns),
        by=record.by or "",
        undone=record.void,
    )
    if isinstance(record, SignOn):
        return msgspec.structs.replace(view, person=record.person, presence=record.presence.value)
    made = {name: getattr(record, name) or "" for name in ("product", "operation", "job", "lot")}
    if isinstance(record, Job):
        more = {"status": record.status.value, "order": record.order or ""}
        return msgspec.structs.replace(view, kind="job", **made, **more)
    counts = {"good": record.good, "scrap": record.scrap, "rework": record.rework}
    cause = record.cause or ""
    return msgspec.structs.replace(view, kind="parts", cause=cause, **made, **counts)


def found_view(act: tuple[Correction, ...], held: Mapping[str, Parts]) -> EntryView:
    """Return good pieces that turned out bad: an act, and the counts that it revised."""
    first = act[0]
    last = max((held[each.of] for each in act if each.of in held), key=lambda one: one.t_ns)
    return EntryView(
        id=stop_id(str(first.address), first.id),
        kind="found",
        address=str(first.address),
        t_ms=ms(last.t_ns),
        entered_ms=ms(first.seen_ns),
        by=first.by or "",
        cause=first.why.partition(": ")[2],
        scrap=sum(_moved(each, "scrap") for each in act),
        rework=sum(_moved(each, "rework") for each in act),
    )


def is_standing(act: tuple[Correction, ...], held: Mapping[str, Parts]) -> bool:
    """Whether the counts of an act are still as it left them."""
    return all(each.of in held and held[each.of].rev == each.of_rev for each in act)


def is_overtaken(
    act: tuple[Correction, ...], held: Mapping[str, Parts], every: Iterable[Correction]
) -> bool:
    """Whether a late reading of the machine counted anew what an act had changed.

    Not where people changed it again themselves: then it is as they said last.
    """
    now = [(held[each.of], each) for each in act if each.of in held]
    if not any(one.rev > each.of_rev and one.how is not How.PERSON for one, each in now):
        return False
    later = {(each.of, each.of_rev) for each in every}
    return not any((each.of, each.of_rev + 1) in later for each in act)


def _moved(correction: Correction, name: str) -> int:
    change = next((each for each in correction.changes if each.field == name), None)
    if change is None:
        return 0
    before, after = (msgspec.json.decode(text) for text in (change.before, change.after))
    return int(after) - int(before)


def _entries(kept: Kept, place: Address) -> Iterator[EntryView]:
    """Yield what people entered at and below a place, in no order."""
    for station in kept.plan.stations_in(place):
        book = kept.day.station(str(station.address))
        made: tuple[Entered, ...] = (*book.parts, *book.jobs)
        yield from (entry_view(each) for each in made if is_entry(each))
    for signed in kept.sign_ons:
        if place.contains(signed.address) and is_entry(signed):
            yield entry_view(signed)
    own = [each for each in kept.corrections if place.contains(each.address)]
    for act in acts_of(own):
        held = {each.id: each for each in kept.day.station(str(act[0].address)).parts}
        if is_standing(act, held):
            yield found_view(act, held)
        elif is_overtaken(act, held, own):
            yield msgspec.structs.replace(found_view(act, held), overtaken=True)
