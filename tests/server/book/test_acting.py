"""What people do on the pages, on a real bus: stored, audited, answered with what then holds."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from linewright.bus import Message
from linewright.plant.records import (
    Alarm,
    AlarmEvent,
    Approval,
    Call,
    CallEvent,
    Correction,
    Reason,
    Record,
    Role,
    decode_from,
    encode,
)
from linewright.server.book.acting import Conflicting
from linewright.server.book.attention import alarms_view
from linewright.server.book.days import hours_view, losses_view, stops_view
from linewright.server.book.reports import report_sha256, report_view
from linewright.server.desk import Refusal
from linewright.server.views.attention import AlarmActed, CallActed, CallRaised
from linewright.server.views.day import ReasonGiven, StopMerge, StopSplit, StopsView
from tests.server.book.onbus import Scene, scene, state
from tests.server.book.played import BEGIN_NS, LINE, S_NS
from tests.server.book.test_attention import alarm

MILL = LINE.child("mill")
DOWN_S, UP_S = 3600, 4800
"""The mill is down from 07:00 to 07:20."""

Play = Callable[[Scene], Awaitable[None]]


def play(folder: Path, story: Play) -> None:
    """Play a story at 08:00, when the mill was down for 20 minutes from 07:00 on."""

    async def told() -> None:
        async with scene(folder) as found:
            await found.at(BEGIN_NS + 7200 * S_NS)
            told = [(0, "running"), (DOWN_S, "down"), (UP_S, "running"), (7000, "down")]
            await found.heard(state(at_s, said) for at_s, said in told)
            await story(found)

    asyncio.run(told())


def shown(found: Scene, window: str = "shift") -> StopsView:
    """Return the stops of the mill."""
    return stops_view(found.book.kept, found.book.moment(), MILL, window)


def stop_at(found: Scene, at_s: int) -> str:
    """Return the id of the stop that begins at a time."""
    begun_ms = (BEGIN_NS + at_s * S_NS) // 10**6
    return next(name for name, s in shown(found).stops.items() if s.from_ms == begun_ms)


async def stored(found: Scene, kind: str, station: str = "/mill") -> list[Record]:
    """Return the records of a class at a station, as the stream has them."""
    place = f"{LINE}{station}".replace("/", ".")
    messages: list[Message] = await found.bus.stored(f"lw.{kind}.{place}")
    return [decode_from(each.subject, each.data) for each in messages]


def test_a_reason_is_stored_audited_and_moves_the_time_in_the_waterfall(tmp_path: Path) -> None:
    """20 minutes without a reason become 20 minutes of breakdown; the audit has the hash."""

    async def story(found: Scene) -> None:
        name = stop_at(found, DOWN_S)
        given = ReasonGiven(code="breakdown/spindle", comment="bearing")
        view = await found.acting().reason(name, given)
        assert (view.reason, view.by, view.category, view.unexplained, view.s) == (
            "breakdown/spindle", "p7", "breakdown", False, 1200.0
        )  # fmt: skip
        [reason] = await stored(found, "reason")
        assert isinstance(reason, Reason)
        [audit] = await found.audits()
        assert (audit.action, audit.of, audit.by, audit.outcome) == (
            "stop.explained", reason.id, "p7", "done"
        )  # fmt: skip
        assert audit.content_sha256 == hashlib.sha256(encode(reason)).hexdigest()
        kept, now = found.book.kept, found.book.moment()
        bars = {bar.code: bar.s for bar in losses_view(kept, now, MILL, "shift").bars}
        assert (bars["breakdown"], bars["no_reason"]) == (1200.0, 200.0)

    play(tmp_path, story)


def test_who_is_slower_gets_a_conflict_with_what_holds_now(tmp_path: Path) -> None:
    """Of two operators who explain one stop at once, one is told what the other said."""

    async def story(found: Scene) -> None:
        name = stop_at(found, DOWN_S)
        one, other = (found.acting(person, Role.OPERATOR) for person in ("p1", "p2"))
        answers = await asyncio.gather(
            one.reason(name, ReasonGiven(code="breakdown/spindle")),
            other.reason(name, ReasonGiven(code="no_material")),
            return_exceptions=True,
        )
        assert not isinstance(answers[0], BaseException)
        assert isinstance(answers[1], Conflicting)
        assert answers[1].status == 409
        assert answers[1].state == answers[0]
        assert len(await stored(found, "reason")) == len(await found.audits()) == 1
        corrected = await found.acting("p9").reason(name, ReasonGiven(code="no_material"))
        assert (corrected.reason, corrected.by, corrected.edited) == ("no_material", "p9", True)

    play(tmp_path, story)


def test_splitting_merging_and_undoing_never_change_the_time_stopped(tmp_path: Path) -> None:
    """Cut in two, made one again, and taken back: 20 minutes all along."""

    async def story(found: Scene) -> None:
        name, acting = stop_at(found, DOWN_S), found.acting()
        cut = StopSplit(
            at_ms=(BEGIN_NS + (DOWN_S + 300) * S_NS) // 10**6,
            first=ReasonGiven(code="no_material"),
            second=ReasonGiven(code="breakdown/spindle"),
        )
        both = await acting.split(name, cut)
        assert [each.s for each in both.stops.values()] == [300.0, 900.0]
        assert [each.reason for each in both.stops.values()] == ["no_material", "breakdown/spindle"]
        merged = await acting.merge(
            StopMerge(stops=tuple(both.stops), reason=ReasonGiven(code="breakdown/coolant"))
        )
        assert (merged.s, merged.reason) == (1200.0, "breakdown/coolant")
        back = await acting.undo(stop_at(found, DOWN_S))
        assert [each.reason for each in back.stops.values()] == ["no_material", "breakdown/spindle"]
        again = await acting.undo(next(iter(back.stops)))
        assert [(s.s, s.unexplained) for s in again.stops.values()] == [(1200.0, True)]
        actions = {each.action for each in await found.audits()}
        assert actions == {"stop.split", "stop.merged", "stop.undone"}

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("code", "comment", "status"),
    [("jam", "", 422), ("quality", "", 422), ("quality", "burr", 0), ("breakdown", "", 0)],
)
def test_a_reason_that_is_none_or_lacks_its_comment_is_refused(
    tmp_path: Path, code: str, comment: str, status: int
) -> None:
    """Codes of other trees are refused with those there are; some reasons ask for words."""

    async def story(found: Scene) -> None:
        given = ReasonGiven(code=code, comment=comment)
        work = found.acting().reason(stop_at(found, DOWN_S), given)
        if not status:
            assert (await work).reason == code
            return
        with pytest.raises(Refusal) as refusal:
            await work
        assert refusal.value.status == status
        assert await stored(found, "reason") == await found.audits() == []

    play(tmp_path, story)


def test_an_operator_takes_back_his_own_reason_and_nobody_else_s(tmp_path: Path) -> None:
    """Undoing what somebody else said needs the right to correct."""

    async def story(found: Scene) -> None:
        name = stop_at(found, DOWN_S)
        await found.acting("p9").reason(name, ReasonGiven(code="no_material"))
        with pytest.raises(Refusal) as refusal:
            await found.acting("p1", Role.OPERATOR).undo(name)
        assert refusal.value.status == 403
        own = stop_at(found, 7000)
        await found.acting("p1", Role.OPERATOR).reason(own, ReasonGiven(code="no_material"))
        back = await found.acting("p1", Role.OPERATOR).undo(own)
        assert [each.reason for each in back.stops.values()] == [""]
        with pytest.raises(Refusal) as refusal:
            await found.acting().undo("nogales.machining.bracket.mill~nothing")
        assert refusal.value.status == 409

    play(tmp_path, story)


def test_an_alarm_is_acknowledged_once_and_shelved_only_by_who_may(tmp_path: Path) -> None:
    """A second acknowledgement stores nothing; an operator may not shelve, a reason is needed."""

    async def story(found: Scene) -> None:
        raised = alarm(AlarmEvent.RAISED, 60)
        await found.heard([raised])
        acting = found.acting("p1", Role.OPERATOR)
        for person in ("p1", "p2"):
            view = await found.acting(person, Role.OPERATOR).alarm(
                raised.id, AlarmActed(act="acknowledge")
            )
            assert (view.state, view.acknowledged_by) == ("acknowledged", "p1")
        shelve = AlarmActed(act="shelve", until_ms=(BEGIN_NS + 10_000 * S_NS) // 10**6)
        for who, status in ((acting, 403), (found.acting(), 422)):
            with pytest.raises(Refusal) as refusal:
                await who.alarm(raised.id, shelve)
            assert refusal.value.status == status
        view = await found.acting().alarm(
            raised.id, msgspec.structs.replace(shelve, comment="new blade comes")
        )
        assert (view.state, view.shelved_by) == ("shelved", "p7")
        now = alarms_view(found.book.kept, found.book.moment(), LINE)
        assert now.alarms[raised.id] == view
        records = await stored(found, "alarm", "/saw")
        assert [e.event.value for e in records if isinstance(e, Alarm)] == [
            "raised", "acknowledged", "shelved"
        ]  # fmt: skip
        assert [e.action for e in await found.audits()] == ["alarm.acknowledged", "alarm.shelved"]

    play(tmp_path, story)


def test_a_call_is_raised_once_answered_by_one_and_ends(tmp_path: Path) -> None:
    """Two taps are one call; the second who answers is told who came first."""

    async def story(found: Scene) -> None:
        wanted = CallRaised(address=MILL, kind="maintenance", text="spindle")
        first = await found.acting("p1", Role.OPERATOR).call(wanted)
        assert await found.acting("p1", Role.OPERATOR).call(wanted) == first
        with pytest.raises(Conflicting) as conflict:
            await found.acting("p2", Role.OPERATOR).call(wanted)
        assert conflict.value.state == first
        [raised] = await stored(found, "call")
        taken = await found.acting("p3").call_act(raised.id, CallActed(act="acknowledge"))
        assert (taken.state, taken.acknowledged_by) == ("acknowledged", "p3")
        with pytest.raises(Conflicting):
            await found.acting("p4").call_act(raised.id, CallActed(act="acknowledge"))
        ended = await found.acting("p3").call_act(raised.id, CallActed(act="resolve"))
        assert ended.state == "resolved"
        with pytest.raises(Refusal) as refusal:
            await found.acting("p3").call_act(raised.id, CallActed(act="arrive"))
        assert refusal.value.status == 409
        events = [e.event for e in await stored(found, "call") if isinstance(e, Call)]
        assert events == [CallEvent.RAISED, CallEvent.ACKNOWLEDGED, CallEvent.RESOLVED]

    play(tmp_path, story)


def test_a_report_is_noted_signed_and_says_when_a_figure_changed_since(tmp_path: Path) -> None:
    """The signature holds the hash of what was signed; a late reason shows beside it."""

    async def story(found: Scene) -> None:
        with pytest.raises(Refusal) as refusal:
            await found.acting().sign(LINE, "shift")
        assert refusal.value.status == 409
        window = "2026-11-23/day"
        noted = await found.acting().note(LINE, window, "Spindle stood for 20 min.")
        assert (noted.note, noted.note_by, noted.signed_by) == (
            "Spindle stood for 20 min.", "p7", ""
        )  # fmt: skip
        await found.at(BEGIN_NS + 9 * 3600 * S_NS)
        signed = await found.acting("p9").sign(LINE, window)
        assert (signed.signed_by, signed.changed_since) == ("p9", False)
        assert signed.signed_sha256 == report_sha256(signed)
        [approval] = await stored(found, "approval", "")
        assert isinstance(approval, Approval)
        assert approval.of_rev == signed.signed_sha256
        await found.acting().reason(stop_at_day(found), ReasonGiven(code="no_material"))
        after = report_view(found.book.kept, found.book.moment(), LINE, window)
        assert (after.signed_by, after.changed_since) == ("p9", True)
        assert [e.action for e in await found.audits()] == [
            "report.noted", "report.signed", "stop.explained"
        ]  # fmt: skip

    play(tmp_path, story)


def stop_at_day(found: Scene) -> str:
    """Return the id of the stop of 07:00, asked for after the shift."""
    return next(iter(shown(found, "2026-11-23/day").stops))


def test_the_comment_of_an_hour_stands_beside_it_and_keeps_what_it_was_before(
    tmp_path: Path,
) -> None:
    """Written twice: the second text holds, the record names the first."""

    async def story(found: Scene) -> None:
        hour_ms = (BEGIN_NS + DOWN_S * S_NS) // 10**6
        await found.acting().comment(LINE, hour_ms, "spindle")
        view = await found.acting("p9").comment(LINE, hour_ms, "spindle, 20 min")
        assert view.comment == "spindle, 20 min"
        kept, now = found.book.kept, found.book.moment()
        comments = [each.comment for each in hours_view(kept, now, LINE, "shift").hours]
        assert comments == ["", "spindle, 20 min", *[""] * (len(comments) - 2)]
        records = [e for e in await stored(found, "correction", "") if isinstance(e, Correction)]
        assert [(e.of_rev, e.by, e.changes[0].before) for e in records] == [
            (1, "p7", '""'), (2, "p9", '"spindle"')
        ]  # fmt: skip
        with pytest.raises(Refusal) as refusal:
            await found.acting().comment(LINE, hour_ms + 1, "x")
        assert refusal.value.status == 422

    play(tmp_path, story)


def test_a_comment_of_no_hour_is_refused(tmp_path: Path) -> None:
    """An hour that begins at no hour of a shift, and one at the begin of all calendars."""

    async def story(found: Scene) -> None:
        for hour_ms in (0, BEGIN_NS // 10**6 + 1):
            with pytest.raises(Refusal) as told:
                await found.acting().comment(str(LINE), hour_ms, "x")
            assert told.value.status == 422

    play(tmp_path, story)
