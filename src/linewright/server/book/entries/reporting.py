"""What people report at a station, checked against the book as it is now, and stored.

For a time of up to `OWN_BACK_NS` ago whoever works there; for an earlier one, up to `BACK_NS` ago,
who may correct counts. The book of that time is read from history where it is not in memory.
"""

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec

from linewright.live.day import shift_at
from linewright.plant import Address
from linewright.plant.records import (
    How,
    Parts,
    Presence,
    RecordInvalid,
    SignOn,
    revise,
)
from linewright.server.book.entries.listing import (
    entry_view,
    found_view,
    is_entry,
    is_overtaken,
    is_standing,
)
from linewright.server.book.entries.storing import Storing
from linewright.server.book.entries.told import (
    ByPerson,
    Entered,
    acts_of,
    found_bad,
    job_told,
    next_status,
    parts_told,
    sign_on_told,
    taken_back,
)
from linewright.server.book.keeping import Kept
from linewright.server.book.reckoning.plain import (
    NS_PER_H,
    NS_PER_MS,
    address_of,
    ms,
    station_of,
)
from linewright.server.desk import Refusal
from linewright.server.views.entries import EntryView, JobReported, PartsReported, SignedOn

__all__ = ["BACK_NS", "OWN_BACK_NS", "Reporting"]

AHEAD_NS = 2 * 1_000_000_000
"""A tablet's clock may be so far ahead of ours; what it says then is now."""

OWN_BACK_NS = 24 * NS_PER_H
"""How far back anybody reports: the shift before, and the paper of the night."""

BACK_NS = 14 * 24 * NS_PER_H
"""How far back who may correct counts reports: what a customer sends back comes later than that,
and is another record."""

FOUND_NS = 24 * NS_PER_H
"""How long before the time told good pieces are looked for that turned out bad."""

REVISED_MAX = 500
"""Most counts that one report revises: a machine counts piece by piece."""

UNTIL_NS = 12 * NS_PER_H
"""A sign-on outside of shifts ends by itself after so long."""

CORRECT = "correct_parts"
NO_SENSE = 422

T = TypeVar("T")


class Reporting:
    """What one person reports.

    Parameters
    ----------
    storing
        How it is stored, and who it is.
    """

    def __init__(self, storing: Storing) -> None:
        self._storing = storing
        self._book = storing.book

    async def parts(self, said: PartsReported) -> EntryView:
        """Report pieces; the same report again changes nothing.

        Raises
        ------
        Refusal
            There is no such station or product, the time lies ahead or too far back, nothing is
            reported, or fewer good pieces stand there than were found bad.
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        place = self._station(said.address)
        if said.found:
            return await self._found(place, said)
        if not said.good + said.scrap + said.rework:
            raise Refusal(NO_SENSE, "no piece is reported", str(place), "say how many of what")
        if said.cause and not said.scrap + said.rework:
            what = "good pieces have no defect code"
            raise Refusal(NO_SENSE, what, str(place), "leave `cause` out, or say how many are bad")
        self._known(said.product, said.operation, place)
        by = self._by(place, said.at_ms)
        async with self._book.acting:
            kept = await self._kept(by.t_ns)
            record = _checked(place, lambda: parts_told(said, by))
            for one in kept.day.station(place).parts:
                if said.at_ms is not None and _is_same(one, record):
                    return entry_view(one)
            counts = f"{said.good} good, {said.scrap} scrap, {said.rework} rework {said.cause}"
            await self._storing.store([record], "parts.reported", counts.strip())
        return entry_view(record)

    async def job(self, said: JobReported) -> EntryView:
        """Report what has become of a job; saying again what it is already changes nothing.

        Raises
        ------
        Refusal
            There is no such station or product, the time lies ahead or too far back, or the job
            cannot be this after what it was.
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        place = self._station(said.address)
        self._known(said.product, said.operation, place)
        by = self._by(place, said.at_ms)
        async with self._book.acting:
            kept = await self._kept(by.t_ns)
            own = [each for each in kept.day.station(place).jobs if each.job == said.job]
            before = next((each for each in reversed(own) if each.t_ns <= by.t_ns), None)
            was_status = None if before is None else before.status
            status, fits = next_status(said.act, was_status)
            if before is not None and status is was_status:
                return entry_view(before)
            if not fits:
                was = "was not begun here" if before is None else f"was {before.status.value}"
                what = f"the job {said.job!r} {was} at that time"
                raise Refusal(409, what, str(place), "look at /api/entries")
            record = _checked(place, lambda: job_told(said, status, before, by))
            await self._storing.store([record], f"job.{status.value}", said.job)
        return entry_view(record)

    async def sign_on(self, said: SignedOn) -> EntryView:
        """Sign on or off; for somebody else with `correct_parts`.

        Raises
        ------
        Refusal
            There is no such station, the time lies ahead or too far back, the role does not allow
            it, or who signs off is not there.
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        place = self._station(said.address)
        person = said.person or self._storing.person.id
        if person != self._storing.person.id:
            self._storing.must(CORRECT, str(place))
        by = self._by(place, said.at_ms)
        presence = Presence(said.presence)
        async with self._book.acting:
            kept = await self._kept(by.t_ns)
            on = _signed_on(kept, place, person, by.t_ns)
            if on is not None and presence is Presence.ON:
                return entry_view(on)
            if on is None and presence is Presence.OFF:
                what = f"{person} is not signed on there at that time"
                raise Refusal(409, what, str(place), "look at /api/entries")
            record = _checked(place, lambda: sign_on_told(said, by, *self._until(by.t_ns)))
            await self._storing.store([record], f"sign_on.{presence.value}", person)
        return entry_view(record)

    async def undo(self, entry: str) -> EntryView:
        """Take back an entry; that of somebody else with `correct_parts`.

        Raises
        ------
        Refusal
            There is no such entry any more, it is too old, the role does not allow it, or a count
            has been changed again since.
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        station, name = station_of(entry)
        async with self._book.acting:
            for kept in (self._book.kept, *self._book.past):
                found = next((each for each in _entries(kept, station) if each.id == name), None)
                if found is not None:
                    return await self._void(found, entry)
                view = await self._take_back(kept, station, name)
                if view is not None:
                    return view
        what = "there is no such entry any more"
        raise Refusal(404, what, entry[:200], "look at /api/entries again")

    # --- inside

    async def _found(self, place: Address, said: PartsReported) -> EntryView:
        """Make good pieces bad that a counter or a person has counted as good."""
        if said.good or not said.scrap + said.rework:
            what = "only scrap and rework can be found among good pieces"
            raise Refusal(NO_SENSE, what, str(place), "leave `good` out, or leave `found` out")
        by = self._by(place, said.at_ms)
        async with self._book.acting:
            kept = await self._kept(by.t_ns - FOUND_NS, by.t_ns)
            early_ns = by.t_ns - FOUND_NS
            counted = [each for each in kept.day.station(place).parts if each.t_ns >= early_ns]
            now_ns = self._book.moment().t_ns
            records, missing = _checked(place, lambda: found_bad(counted, said, by, now_ns))
            if missing:
                what = f"{missing} fewer good pieces stand there in the day before that time"
                raise Refusal(409, what, str(place), "say when they left the station")
            if len(records) > 2 * REVISED_MAX:
                what = f"that changes more than {REVISED_MAX} counts"
                raise Refusal(NO_SENSE, what, str(place), "report it in parts")
            text = f"{said.scrap} scrap, {said.rework} rework {said.cause}".strip()
            await self._storing.store(records, "parts.found_bad", text)
            after = await self._kept(early_ns, by.t_ns)
            held = {each.id: each for each in after.day.station(place).parts}
            made = [each for each in records if not isinstance(each, Parts)]
            return found_view(tuple(sorted(made, key=lambda each: each.id)), held)

    async def _take_back(self, kept: Kept, station: str, name: str) -> EntryView | None:
        """Undo what was found bad; None: there is no such act, or its counts have changed since."""
        acts = acts_of(each for each in kept.corrections if each.address == station)
        act = next((each for each in acts if each[0].id == name), None)
        held = {each.id: each for each in kept.day.station(station).parts}
        if act is None:
            return None
        if is_overtaken(act, held, kept.corrections):
            what = "a late reading of the machine has counted these pieces anew"
            raise Refusal(409, what, name, "look at the count, and report what is to be changed")
        if not is_standing(act, held):
            return None
        view = found_view(act, held)
        self._may_undo(act[0].by, held[act[0].of].t_ns, view.id)
        records = taken_back(act, held, self._by(Address(station), None))
        await self._storing.store(records, "parts.undone", f"{len(act)} counts")
        return msgspec.structs.replace(view, undone=True)

    async def _void(self, record: Entered, entry: str) -> EntryView:
        self._may_undo(record.by, record.t_ns, entry)
        by = self._storing.person.id
        back = revise(record, seen_ns=time.time_ns(), how=How.PERSON, by=by, void=True)
        await self._storing.store(
            [back], "entry.undone", f"{entry_view(record).kind} of {record.by}"
        )
        return entry_view(back)

    def _may_undo(self, by: str | None, t_ns: int, entry: str) -> None:
        if by != self._storing.person.id:
            self._storing.must(CORRECT, entry[:200])
        self._in_time(t_ns, entry[:200])

    def _station(self, text: str) -> Address:
        moment = self._book.moment()
        place = address_of(text, moment)
        if place.station is None:
            raise Refusal(404, f"{str(place)!r} is no station", "address", "see /api/plant")
        return place

    def _known(self, product: str, operation: str, place: Address) -> None:
        plant = self._book.moment().plant
        for kind, name, there in (
            ("product", product, plant.products),
            ("operation", operation, plant.operations),
        ):
            if name and name not in there:
                what = f"the plant has no {kind} {name!r}"
                raise Refusal(NO_SENSE, what, str(place), "see /api/plant, or leave it out")

    def _by(self, place: Address, at_ms: int | None) -> ByPerson:
        """Return who says it of when: of the time told, or of now.

        Two reports of one millisecond are told apart by the rest of the clock's digits.
        """
        now_ns, wall_ns = self._book.moment().t_ns, time.time_ns()
        if not now_ns:
            what = "the plant clock is not known yet"
            raise Refusal(503, what, str(place), "try again in some seconds")
        t_ns = now_ns
        if at_ms is not None:
            if at_ms * NS_PER_MS > now_ns + AHEAD_NS:
                what = "the time lies ahead"
                raise Refusal(NO_SENSE, what, "at_ms", f"it is {ms(now_ns)} now, in plant time")
            t_ns = min(at_ms * NS_PER_MS + wall_ns % NS_PER_MS, now_ns)
            self._in_time(t_ns, "at_ms")
        return ByPerson(
            by=self._storing.person.id,
            address=place,
            t_ns=t_ns,
            seen_ns=wall_ns,
            plant_rev=self._storing.applied.rev,
        )

    def _in_time(self, t_ns: int, where: str) -> None:
        """Refuse what lies too far back for who asks."""
        ago_ns = self._book.moment().t_ns - t_ns
        if ago_ns > BACK_NS:
            what = f"it is longer ago than {BACK_NS // (24 * NS_PER_H)} days"
            raise Refusal(NO_SENSE, what, where, "reports of such a time are not changed any more")
        if ago_ns > OWN_BACK_NS:
            self._storing.must(CORRECT, where)

    async def _kept(self, from_ns: int, until_ns: int | None = None) -> Kept:
        """Return the book of a time: that of now, or one of history."""
        return await self._book.of(f"{ms(from_ns)}..{ms(until_ns or from_ns) + 1}")

    def _until(self, t_ns: int) -> tuple[int, str]:
        """Return when a sign-on ends by itself, and the shift that it is in."""
        calendar = self._book.kept.plan.calendar
        shift = shift_at(calendar, t_ns)
        return (t_ns + UNTIL_NS, "") if shift is None else (shift.end_ns, shift.shift or "")


def _checked(place: Address, made: Callable[[], T]) -> T:
    """Return what is made, or refuse what no record can hold."""
    try:
        return made()
    except RecordInvalid as error:
        raise Refusal(
            NO_SENSE, str(error), str(place), "write it shorter, in plain signs"
        ) from error


def _entries(kept: Kept, station: str) -> Iterator[Entered]:
    """Yield what people entered at a station."""
    book = kept.day.station(station)
    made: tuple[Entered, ...] = (*book.parts, *book.jobs)
    yield from (each for each in made if is_entry(each))
    yield from (each for each in kept.sign_ons if each.address == station and is_entry(each))


def _signed_on(kept: Kept, place: Address, person: str, t_ns: int) -> SignOn | None:
    """Return the sign-on of a person that holds at a time; None: the person is not there."""
    own = [
        each
        for each in kept.sign_ons
        if (each.address, each.person) == (place, person) and each.t_ns <= t_ns
    ]
    if not own or own[-1].presence is not Presence.ON:
        return None
    return own[-1] if own[-1].until_ns is None or t_ns <= own[-1].until_ns else None


def _is_same(one: Parts, record: Parts) -> bool:
    """Whether two reports say the same of the same millisecond."""
    fields = ("by", "good", "scrap", "rework", "cause", "product", "operation", "job", "lot")
    return ms(one.t_ns) == ms(record.t_ns) and all(
        getattr(one, name) == getattr(record, name) for name in fields
    )
