"""What people do on the pages: reasons of stops, alarms, calls, notes and signatures.

Each act is checked against the book as it is now, told to the audit, and stored; then the answer
shows what holds. The audit comes first, so that there is no change without its line; where the
record cannot be stored, a second line says so. One act at a time: who is slower meets the book as
the faster one left it, and gets a conflict with the present state.
"""

import time
from collections.abc import Callable, Iterator, Sequence

import msgspec

from linewright.bus import Applied, Bus
from linewright.live.alarms import AlarmAct, AlarmRefused, AlarmRow
from linewright.live.alarms import act as act_on_alarm
from linewright.live.calls import CallAct, CallRefused, CallRow, raise_call
from linewright.live.calls import act as act_on_call
from linewright.live.day import (
    Course,
    Entry,
    ReasonRefused,
    Said,
    Stop,
    day_at,
    explain,
    merge,
    shifts_of,
    split,
    stops,
    undo,
)
from linewright.plant import Address
from linewright.plant.calendar import CalendarInvalid
from linewright.plant.records import (
    AlarmEvent,
    AlarmState,
    CallEvent,
    CallKind,
    Reason,
)
from linewright.server.book.attention import (
    alarm_id,
    alarm_view,
    alarms_at,
    call_view,
    calls_at,
)
from linewright.server.book.days import stop_view, stops_view
from linewright.server.book.entries.reporting import Reporting
from linewright.server.book.entries.storing import TEXT_MAX, Storing
from linewright.server.book.hearing import Book
from linewright.server.book.keeping import Kept
from linewright.server.book.reckoning.figures import course_at, lines_of
from linewright.server.book.reckoning.notes import (
    Written,
    note_of,
    note_record,
    signature_record,
)
from linewright.server.book.reckoning.plain import NS_PER_MS, address_of, ms, station_of
from linewright.server.book.reckoning.sums import hour_view, hours_at
from linewright.server.book.reckoning.windows import is_open, period_of
from linewright.server.book.reports import report_sha256, report_view
from linewright.server.desk import Refusal
from linewright.server.grants import Person
from linewright.server.views.attention import (
    AlarmActed,
    AlarmView,
    CallActed,
    CallRaised,
    CallView,
)
from linewright.server.views.day import (
    HourView,
    ReasonGiven,
    ReportView,
    StopMerge,
    StopSplit,
    StopsView,
    StopView,
)

__all__ = ["Acting", "Conflicting"]

ALARM_ACTS = {
    "acknowledge": (AlarmEvent.ACKNOWLEDGED, "acknowledge"),
    "reset": (AlarmEvent.RESET, "acknowledge"),
    "shelve": (AlarmEvent.SHELVED, "shelve"),
    "unshelve": (AlarmEvent.UNSHELVED, "shelve"),
    "remove_from_service": (AlarmEvent.REMOVED_FROM_SERVICE, "suppress"),
    "return_to_service": (AlarmEvent.RETURNED_TO_SERVICE, "suppress"),
}
"""What can be done to an alarm, and the permission that it needs."""

CALL_ACTS = {
    "acknowledge": CallEvent.ACKNOWLEDGED,
    "arrive": CallEvent.ARRIVED,
    "resolve": CallEvent.RESOLVED,
    "cancel": CallEvent.CANCELLED,
}
"""What can be done to a call."""

ALARM_STATUS = {"unknown": 404, "not_active": 409, "not_latched": 409}
CALL_STATUS = {"unknown": 404, "ended": 409}
"""HTTP statuses of what `live` refuses; everything else is a mistake in what was asked."""

NO_SENSE = 422


class Conflicting(Refusal):
    """Somebody was faster: what was asked for no longer fits what holds.

    Parameters
    ----------
    what, where, to_do
        As of any refusal; the status is 409.
    state
        What holds now, as a view.
    """

    def __init__(self, what: str, where: str, to_do: str, state: object) -> None:
        super().__init__(409, what, where, to_do)
        self.args = (what, where, to_do, state)
        self.state = state


class Acting:
    """What one person does.

    Parameters
    ----------
    book
        Of the site.
    bus, applied
        Where records go, and the plant in force.
    person
        Who acts, and in which role.

    Attributes
    ----------
    reporting
        What that person reports of pieces, jobs and who is there.
    """

    def __init__(self, book: Book, bus: Bus, applied: Applied, person: Person) -> None:
        self._book = book
        self._applied = applied
        self._person = person
        self._storing = Storing(book, bus, applied, person)
        self.reporting = Reporting(self._storing)

    # --- stops

    async def reason(self, stop: str, given: ReasonGiven) -> StopView:
        """Give a stop its reason.

        Raises
        ------
        Refusal
            There is no such stop or reason, or a comment is asked for.
        Conflicting
            Somebody else gave it one, and the person may not correct that.
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        async with self._book.acting:
            course, found = self._stop(stop)
            is_others = found.by == "person" and found.person != self._person.id
            if is_others and not self._storing.may("correct_event"):
                what = f"{found.person or 'somebody'} gave it a reason meanwhile"
                to_do = "look at it again; a supervisor can correct it"
                raise Conflicting(what, stop, to_do, stop_view(found))
            said = self._said(course, given, stop)
            records = self._refused(stop, lambda: explain(course, found.id, said, self._entry()))
            await self._storing.store(records, "stop.explained", f"{given.code}: {given.comment}")
            return stop_view(self._at(course.plan.address, found.start_ns, stop))

    async def split(self, stop: str, wanted: StopSplit) -> StopsView:
        """Cut a stop in two, each with its reason; returns both.

        Raises
        ------
        Refusal
            There is no such stop or reason, or the cut lies outside.
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        async with self._book.acting:
            course, found = self._stop(stop)
            both = (
                self._said(course, wanted.first, stop),
                self._said(course, wanted.second, stop),
            )
            at_ns = wanted.at_ms * NS_PER_MS
            records = self._refused(
                stop, lambda: split(course, found.id, at_ns, both, self._entry())
            )
            await self._storing.store(records, "stop.split", f"{both[0].code}, then {both[1].code}")
            return self._around(course, found.start_ns, found.end_ns)

    async def merge(self, wanted: StopMerge) -> StopView:
        """Make several stops of one station one, with one reason.

        Raises
        ------
        Refusal
            They are of several stations, one is not there, or the station ran between them.
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        async with self._book.acting:
            where = wanted.stops[0]
            chosen = [self._stop(each) for each in dict.fromkeys(wanted.stops)]
            course = chosen[0][0]
            if len({each.plan.address for each, _ in chosen}) > 1:
                what = "the stops are of several stations"
                raise Refusal(NO_SENSE, what, where, "merge stops of one station")
            said = self._said(course, wanted.reason, where)
            ids = [found.id for _, found in chosen]
            records = self._refused(where, lambda: merge(course, ids, said, self._entry()))
            await self._storing.store(records, "stop.merged", f"{len(ids)} stops: {said.code}")
            first_ns = min(found.start_ns for _, found in chosen)
            return stop_view(self._at(course.plan.address, first_ns, where))

    async def undo(self, stop: str) -> StopsView:
        """Take back the last thing that was said of a stop; returns what stands there then.

        Raises
        ------
        Refusal
            There is no such stop, nobody gave it a reason, or somebody else did and the person may
            not correct that.
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        async with self._book.acting:
            course, found = self._stop(stop)
            if found.by == "person" and found.person != self._person.id:
                self._storing.must("correct_event", stop)
            records = self._refused(stop, lambda: undo(course, found.id, self._entry()))
            from_ns = min([found.start_ns, *(each.t_ns for each in records)])
            ends = [each.until_ns for each in records if each.until_ns is not None]
            await self._storing.store(records, "stop.undone", found.code)
            return self._around(course, from_ns, max([found.end_ns, *ends]))

    # --- alarms and calls

    async def alarm(self, name: str, wanted: AlarmActed) -> AlarmView:
        """Do something to an alarm: acknowledging what is acknowledged changes nothing.

        Raises
        ------
        Refusal
            There is no such alarm, the act is none, the role does not allow it, or a reason or an
            end is missing.
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        where = f"alarm {name[:64]}"
        if wanted.act not in ALARM_ACTS:
            what = f"{wanted.act[:40]!r} is nothing that can be done to an alarm"
            raise Refusal(NO_SENSE, what, where, f"write one of {', '.join(ALARM_ACTS)}")
        event, permission = ALARM_ACTS[wanted.act]
        self._storing.must(permission, where)
        async with self._book.acting:
            moment, kept = self._book.moment(), self._book.kept
            row = next(
                (each for each in alarms_at(kept, moment).rows if alarm_id(kept, each) == name),
                None,
            )
            if row is None:
                raise Refusal(404, "there is no such alarm now", where, "look at the list again")
            if event is AlarmEvent.ACKNOWLEDGED and row.acknowledged_ns is not None:
                return alarm_view(row)
            key = f"{row.address}!{row.alarm}"
            act = AlarmAct(
                event=event,
                by=self._person.id,
                now_ns=moment.t_ns,
                occurrence=row.occurrence,
                until_ns=None if wanted.until_ms is None else wanted.until_ms * NS_PER_MS,
                comment=wanted.comment,
                plant_rev=self._applied.rev,
            )
            limit = kept.watched.limits.get(key)
            priority = None if limit is None else limit.priority
            try:
                record = act_on_alarm(kept.alarm_now[key], act, priority=priority)
            except AlarmRefused as error:
                status = ALARM_STATUS.get(error.code, NO_SENSE)
                raise Refusal(status, error.what, where, "look at the alarm again") from error
            await self._storing.store(
                [record], f"alarm.{event.value}", f"{key} {wanted.comment}".strip()
            )
            return self._alarm(key, row)

    async def call(self, wanted: CallRaised) -> CallView:
        """Call for help; a call of this kind that is open there already is not raised again.

        Raises
        ------
        Refusal
            There is no such place or kind.
        Conflicting
            Somebody else has called already.
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        async with self._book.acting:
            moment, kept = self._book.moment(), self._book.kept
            place = address_of(wanted.address, moment)
            if wanted.kind not in set(CallKind):
                what = f"{wanted.kind[:40]!r} is no kind of call"
                raise Refusal(NO_SENSE, what, "kind", f"write one of {', '.join(CallKind)}")
            kind = CallKind(wanted.kind)
            for row in calls_at(kept, moment):
                if (row.address, row.kind) == (place, kind):
                    if row.raised_by == self._person.id:
                        return call_view(row)
                    what = f"{row.raised_by or 'somebody'} has called already"
                    raise Conflicting(what, str(place), "wait for them", call_view(row))
            act = CallAct(
                event=CallEvent.RAISED,
                by=self._person.id,
                now_ns=moment.t_ns,
                kind=kind,
                text=wanted.text,
                plant_rev=self._applied.rev,
            )
            record = raise_call(place, act)
            await self._storing.store([record], "call.raised", f"{kind.value} at {place}")
            return self._call(record.id, None)

    async def call_act(self, name: str, wanted: CallActed) -> CallView:
        """Acknowledge, arrive at, resolve or cancel a call.

        Raises
        ------
        Refusal
            There is no such call, or the act is none.
        Conflicting
            It has ended, or somebody else has acknowledged it.
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        where = f"call {name[:64]}"
        if wanted.act not in CALL_ACTS:
            what = f"{wanted.act[:40]!r} is nothing that can be done to a call"
            raise Refusal(NO_SENSE, what, where, f"write one of {', '.join(CALL_ACTS)}")
        event = CALL_ACTS[wanted.act]
        async with self._book.acting:
            moment, kept = self._book.moment(), self._book.kept
            row = next((each for each in calls_at(kept, moment) if each.call == name), None)
            if row is not None and event is CallEvent.ACKNOWLEDGED and row.status != "raised":
                if row.acknowledged_by == self._person.id:
                    return call_view(row)
                what = f"{row.acknowledged_by or 'somebody'} has answered already"
                raise Conflicting(what, where, "look at the call again", call_view(row))
            act = CallAct(
                event=event,
                by=self._person.id,
                now_ns=moment.t_ns,
                text=wanted.text,
                plant_rev=self._applied.rev,
            )
            try:
                record = act_on_call(kept.call_now.get(name), act)
            except CallRefused as error:
                status = CALL_STATUS.get(error.code, NO_SENSE)
                raise Refusal(status, error.what, where, "look at the calls again") from error
            await self._storing.store(
                [record], f"call.{event.value}", f"{row.kind.value if row else ''}"
            )
            return self._call(name, row)

    # --- notes and signatures

    async def comment(self, address: str, hour_ms: int, text: str) -> HourView:
        """Write the comment of an hour of a line, the one that begins at a time.

        Raises
        ------
        Refusal
            There is no such line, or no hour begins then.
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        moment = self._book.moment()
        place = address_of(address, moment)
        lines = lines_of(self._book.kept, place)
        if len(lines) != 1:
            raise Refusal(404, f"{place} is no line", "address", "/api/plant lists the lines")
        calendar = self._book.kept.plan.calendar
        try:
            day = day_at(calendar, hour_ms * NS_PER_MS)
        except CalendarInvalid as error:
            raise Refusal(NO_SENSE, error.what, "hour_ms", error.suggestion) from error
        for period in (*shifts_of(calendar, day.day), day):
            kept = await self._book.of(period.name)
            hours = hours_at(kept, moment, lines[0], period).hours
            found = next((each for each in hours if ms(each.start_ns) == hour_ms), None)
            if found is not None:
                window = found.start_ns, found.end_ns
                async with self._book.acting:
                    await self._write(kept, Address(lines[0]), window, text)
                return hour_view(kept, lines[0], found)
        raise Refusal(NO_SENSE, "no hour of a shift begins then", "hour_ms", "see /api/hours")

    async def note(self, address: str, window: str, text: str) -> ReportView:
        """Write the note of a shift report.

        Raises
        ------
        Refusal
            There is no such place or window.
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        moment = self._book.moment()
        place, period = address_of(address, moment), period_of(window, moment)
        kept = await self._book.of(window)
        async with self._book.acting:
            await self._write(kept, place, (period.start_ns, period.end_ns), text)
        return report_view(kept, self._book.moment(), address, window)

    async def sign(self, address: str, window: str) -> ReportView:
        """Sign a shift report as it is now.

        Raises
        ------
        Refusal
            There is no such place or window, or the window still goes on.
        BusUnavailable
            The bus does not answer: it may or may not be stored.
        """
        moment = self._book.moment()
        place, period = address_of(address, moment), period_of(window, moment)
        if is_open(period, moment) or period.start_ns > moment.t_ns:
            what = "the shift still goes on, so its report is not whole"
            raise Refusal(409, what, f"{place} {window[:64]}", "sign it when the shift is over")
        kept = await self._book.of(window)
        async with self._book.acting:
            drawn = report_view(kept, moment, address, window)
            sha256 = report_sha256(drawn)
            if drawn.signed_by == self._person.id and drawn.signed_sha256 == sha256:
                return drawn
            span = period.start_ns, period.end_ns
            record = signature_record(place, span, sha256, self._person.role, self._written())
            await self._storing.store([record], "report.signed", f"{place} {period.name}")
        return report_view(kept, self._book.moment(), address, window)

    # --- inside

    def _books(self) -> Iterator[Kept]:
        yield self._book.kept
        yield from self._book.past

    def _stop(self, stop: str) -> tuple[Course, Stop]:
        """Return a stop and the course of its station, from the book that has it."""
        station, name = station_of(stop)
        moment = self._book.moment()
        for kept in self._books():
            if station in kept.plan.stations:
                course = course_at(kept, moment, station)
                found = next((each for each in stops(course) if each.id == name), None)
                if found is not None:
                    return course, found
        what = "there is no such stop any more: it was split, merged or changed by late data"
        raise Refusal(409, what, stop[:200], "look at the stops again")

    def _at(self, station: str, t_ns: int, where: str) -> Stop:
        """Return the stop that holds an instant now."""
        moment = self._book.moment()
        for kept in self._books():
            course = course_at(kept, moment, station)
            found = next(
                (each for each in stops(course) if each.start_ns <= t_ns < each.end_ns), None
            )
            if found is not None:
                return found
        raise Refusal(409, "the stop is gone", where[:200], "look at the stops again")

    def _around(self, course: Course, from_ns: int, until_ns: int) -> StopsView:
        """Return the stops of a station that lie in a stretch."""
        moment = self._book.moment()
        books = (each for each in self._books() if from_ns >= each.day.since_ns)
        kept = next(books, self._book.kept)
        window = f"{ms(from_ns)}..{ms(until_ns) + 1}"
        return stops_view(kept, moment, str(course.plan.address), window)

    def _said(self, course: Course, given: ReasonGiven, where: str) -> Said:
        meaning = course.plan.meaning(given.code)
        if meaning is not None and meaning.comment and not given.comment.strip():
            what = f"the reason {given.code!r} asks for a comment"
            raise Refusal(NO_SENSE, what, where[:200], "say in some words what it was")
        return Said(given.code, given.comment)

    def _refused(self, where: str, made: Callable[[], Sequence[Reason]]) -> Sequence[Reason]:
        try:
            return made()
        except ReasonRefused as error:
            raise Refusal(NO_SENSE, error.what, where[:200], error.do) from error

    def _entry(self) -> Entry:
        return Entry(by=self._person.id, seen_ns=time.time_ns(), plant_rev=self._applied.rev)

    def _written(self) -> Written:
        return Written(
            by=self._person.id,
            t_ns=self._book.moment().t_ns,
            seen_ns=time.time_ns(),
            plant_rev=self._applied.rev,
        )

    async def _write(
        self, kept: Kept, address: Address, window: tuple[int, int], text: str
    ) -> None:
        before = note_of(kept, address, *window)
        record = note_record(before, address, window, text, self._written())
        await self._storing.store([record], "report.noted", text[:TEXT_MAX])

    def _alarm(self, key: str, before: AlarmRow) -> AlarmView:
        """Return an alarm after an act; one that is normal now is told once more."""
        moment, kept = self._book.moment(), self._book.kept
        for row in alarms_at(kept, moment).rows:
            if f"{row.address}!{row.alarm}" == key:
                return alarm_view(row)
        return msgspec.structs.replace(alarm_view(before), state=AlarmState.NORMAL.value)

    def _call(self, name: str, before: CallRow | None) -> CallView:
        """Return a call after an act; one that has ended is told once more."""
        moment, kept = self._book.moment(), self._book.kept
        for row in calls_at(kept, moment):
            if row.call == name:
                return call_view(row)
        assert before is not None, "a call that was raised just now is open"
        status = kept.call_now[name].status
        return msgspec.structs.replace(call_view(before), state=status)
