"""What people report at a station, on a real bus: stored, audited, counted, refused, taken back."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from linewright.plant.records import Correction, How, Job, Parts, Presence, Role, SignOn
from linewright.server.book.entries.listing import entries_view
from linewright.server.book.entries.reporting import Reporting
from linewright.server.book.reckoning.figures import figures
from linewright.server.book.reckoning.windows import period_of
from linewright.server.desk import Refusal
from linewright.server.views.entries import JobReported, PartsReported, SignedOn
from tests.server.book.onbus import Scene, scene, state
from tests.server.book.played import BEGIN_NS, LINE, S_NS
from tests.server.book.test_acting import stored

MILL = str(LINE.child("mill"))
NOW_S = 7200
"""It is 08:00."""

Story = Callable[[Scene], Awaitable[None]]


def at_ms(second: int) -> int:
    """Return the time so many seconds after 06:00."""
    return (BEGIN_NS + second * S_NS) // 10**6


def counted(second: int, good: int, **more: object) -> Parts:
    """Return pieces that a counter of the mill told."""
    t_ns = BEGIN_NS + second * S_NS
    head = {"address": LINE.child("mill"), "t_ns": t_ns, "seen_ns": t_ns, "plant_rev": "r1"}
    head |= {"how": How.MACHINE, "source": "live", "counter": "good", "good": good}
    return Parts(**(head | more))  # type: ignore[arg-type]  # fields of a record by name


def play(folder: Path, story: Story) -> None:
    """Play a story at 08:00; the mill has made 10 pieces at 06:30, 07:00 and 07:30."""

    async def told() -> None:
        async with scene(folder) as found:
            await found.at(BEGIN_NS + NOW_S * S_NS)
            await found.heard([state(0, "running"), *(counted(s, 10) for s in (1800, 3600, 5400))])
            await story(found)

    asyncio.run(told())


def by(found: Scene, person: str = "p7", role: Role = Role.OPERATOR) -> Reporting:
    """Return what a person reports."""
    return found.acting(person, role).reporting


def made(found: Scene, window: str = "shift") -> tuple[int, int]:
    """Return good and scrapped pieces of the mill, as its ledger counts them."""
    moment = found.book.moment()
    counts = figures(found.book.kept, moment, MILL, period_of(window, moment)).ledger.counts
    return sum(one.good for one in counts), sum(one.scrap for one in counts)


def listed(found: Scene) -> dict[str, Any]:
    """Return the entries at the mill."""
    view = entries_view(found.book.kept, found.book.moment(), MILL, "shift")
    return dict(view.entries)


async def refused(doing: Awaitable[object]) -> Refusal:
    """Return the refusal of what must not be done."""
    with pytest.raises(Refusal) as told:
        await doing
    return told.value


def test_pieces_count_at_the_time_at_which_they_were_made(tmp_path: Path) -> None:
    """Reported now for 06:10: the hour of 06:10 has them, and record and audit say who told it."""

    async def story(found: Scene) -> None:
        hour = f"{at_ms(0)}..{at_ms(3600)}"
        before = made(found, hour)
        said = PartsReported(address=MILL, at_ms=at_ms(600), good=4, scrap=1, cause="burr")
        entry = await by(found).parts(said)
        good, scrap = made(found, hour)
        assert (good - before[0], scrap - before[1]) == (4, 1)
        record = next(one for one in await stored(found, "parts") if one.how is How.PERSON)
        assert isinstance(record, Parts)
        assert (record.by, record.cause, record.t_ns // 10**6) == ("p7", "burr", at_ms(600))
        [audit] = await found.audits()
        assert (audit.action, audit.of, audit.by) == ("parts.reported", record.id, "p7")
        assert listed(found) == {entry.id: entry}

    play(tmp_path, story)


def test_a_report_that_is_sent_again_counts_once(tmp_path: Path) -> None:
    """A tablet repeats what it got no answer to; another count of the same millisecond is one."""

    async def story(found: Scene) -> None:
        before = made(found)[0]
        said = PartsReported(address=MILL, at_ms=at_ms(600), good=4)
        one, again = await by(found).parts(said), await by(found).parts(said)
        assert one == again
        await by(found).parts(PartsReported(address=MILL, at_ms=at_ms(600), good=2))
        await by(found, "p8").parts(said)
        assert made(found)[0] - before == 4 + 2 + 4

    play(tmp_path, story)


def test_an_entry_is_taken_back_by_its_author_or_by_who_may_correct(tmp_path: Path) -> None:
    """Its pieces are gone, another operator is refused, twice is 404, and it can be said anew."""

    async def story(found: Scene) -> None:
        before = made(found)
        said = PartsReported(address=MILL, at_ms=at_ms(600), good=4)
        entry = await by(found).parts(said)
        assert (await refused(by(found, "p8").undo(entry.id))).status == 403
        assert made(found)[0] == before[0] + 4
        assert (await by(found).undo(entry.id)).undone
        assert (made(found), listed(found)) == (before, {})
        assert (await refused(by(found).undo(entry.id))).status == 404
        entry = await by(found).parts(said)
        assert made(found)[0] == before[0] + 4
        assert (await by(found, "p9", Role.SUPERVISOR).undo(entry.id)).undone
        assert made(found) == before

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("fields", "status", "what"),
    [
        ({"address": "nogales/machining/bracket/lathe", "good": 1}, 404, "nothing at"),
        ({"address": str(LINE), "good": 1}, 404, "no station"),
        ({"address": "reno/a/b/c", "good": 1}, 404, "nothing at"),
        ({"good": 1, "at_ms": at_ms(NOW_S + 3)}, 422, "lies ahead"),
        ({"good": 1, "at_ms": at_ms(NOW_S - 25 * 3600)}, 403, "may not"),
        ({"good": 1, "at_ms": at_ms(NOW_S - 15 * 24 * 3600)}, 422, "longer ago"),
        ({}, 422, "no piece"),
        ({"good": 1, "cause": "burr"}, 422, "no defect code"),
        ({"good": 1, "product": "spaceship"}, 422, "no product"),
        ({"good": 1, "operation": "fly"}, 422, "no operation"),
        ({"good": 1, "found": True}, 422, "only scrap and rework"),
        ({"scrap": 31, "found": True}, 409, "1 fewer"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    fields: dict[str, Any], status: int, what: str, tmp_path: Path
) -> None:
    """Unknown places and names, times ahead and too far back, nothing, and more than there is."""

    async def story(found: Scene) -> None:
        before = made(found)
        told = await refused(by(found).parts(PartsReported(**({"address": MILL} | fields))))
        assert (told.status, what in told.what) == (status, True), told
        assert (made(found), await found.audits()) == (before, [])

    play(tmp_path, story)


def test_good_pieces_that_turned_out_bad_change_the_counts_of_their_time(tmp_path: Path) -> None:
    """12 of the pieces up to 07:00: all of 07:00 and two of 06:30; undone, all is as it was."""

    async def story(found: Scene) -> None:
        half = f"{at_ms(1800)}..{at_ms(1801)}"
        before = made(found), made(found, half)
        said = PartsReported(address=MILL, at_ms=at_ms(3600), scrap=12, cause="pores", found=True)
        entry = await by(found).parts(said)
        assert (entry.kind, entry.scrap, entry.cause) == ("found", 12, "pores")
        good, scrap = made(found)
        assert (good, scrap) == (before[0][0] - 12, before[0][1] + 12)
        assert made(found, half) == (8, 2)
        told = await stored(found, "correction")
        assert [one.changes[0].before for one in told if isinstance(one, Correction)] == ["0"] * 2
        assert listed(found) == {entry.id: entry}
        assert (await refused(by(found, "p8").undo(entry.id))).status == 403
        assert (await by(found).undo(entry.id)).undone
        assert ((made(found), made(found, half)), listed(found)) == (before, {})
        assert (await refused(by(found).undo(entry.id))).status == 404

    play(tmp_path, story)


def test_a_job_goes_its_way_and_gives_its_pieces_their_product(tmp_path: Path) -> None:
    """Begun on paper at 06:05 and entered later, paused and finished; nothing out of its order."""

    async def story(found: Scene) -> None:
        told, product = by(found), next(iter(found.book.moment().plant.products))

        def job(act: str, second: int, **more: object) -> JobReported:
            said = {"address": MILL, "job": "J1", "act": act, "at_ms": at_ms(second)}
            return msgspec.convert(said | more, JobReported)

        assert (await refused(told.job(job("finish", 300)))).status == 409
        begun = await told.job(job("start", 300, product=product, order="4711", quantity=40))
        assert (await told.job(job("start", 400))) == begun
        assert (await told.job(job("pause", 900))).product == product
        assert (await refused(told.job(job("pause", 200)))).status == 409
        ended = await told.job(job("finish", 5000))
        assert (ended.status, ended.order) == ("finished", "4711")
        jobs = [one for one in await stored(found, "job") if isinstance(one, Job)]
        assert [one.status.value for one in jobs] == ["started", "paused", "finished"]
        moment = found.book.moment()
        ledger = figures(found.book.kept, moment, MILL, period_of("shift", moment)).ledger
        assert [(one.product, one.good) for one in ledger.counts] == [(product, 30)]
        assert (await told.undo(ended.id)).undone
        assert (await told.job(job("resume", 5000))).status == "resumed"

    play(tmp_path, story)


def test_who_signs_on_is_there_until_the_shift_ends(tmp_path: Path) -> None:
    """Oneself; somebody else only who may correct; off only who is on; twice is once."""

    async def story(found: Scene) -> None:
        on = SignedOn(address=MILL, presence="on", at_ms=at_ms(60), skill="milling")
        entry = await by(found).sign_on(on)
        assert (entry.person, entry.presence) == ("p7", "on")
        assert await by(found).sign_on(SignedOn(address=MILL, presence="on")) == entry
        other = SignedOn(address=MILL, presence="on", person="p8")
        assert (await refused(by(found).sign_on(other))).status == 403
        await by(found, "p9", Role.SUPERVISOR).sign_on(other)
        off = await by(found).sign_on(SignedOn(address=MILL, presence="off"))
        assert (
            await refused(by(found).sign_on(SignedOn(address=MILL, presence="off")))
        ).status == 409
        records = [one for one in await stored(found, "sign-on") if isinstance(one, SignOn)]
        assert [(one.person, one.presence, one.shift) for one in records] == [
            ("p7", Presence.ON, "day"), ("p8", Presence.ON, "day"), ("p7", Presence.OFF, "day")
        ]  # fmt: skip
        assert records[0].until_ns is not None
        assert records[0].until_ns > BEGIN_NS + NOW_S * S_NS
        assert set(listed(found)) >= {entry.id, off.id}

    play(tmp_path, story)


def test_pieces_of_a_person_do_not_make_a_silent_machine_run(tmp_path: Path) -> None:
    """The mill's last word was that it ran; that somebody counts later tells nothing of it."""

    async def story(found: Scene) -> None:
        kept = found.book.kept
        told_ns = kept.book_of(MILL).told_ns
        await by(found).parts(PartsReported(address=MILL, good=3))
        assert kept.book_of(MILL).parts[-1].t_ns > told_ns
        assert kept.book_of(MILL).told_ns == told_ns == BEGIN_NS + 5400 * S_NS

    play(tmp_path, story)
