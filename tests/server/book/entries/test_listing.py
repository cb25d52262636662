"""What people entered, as views."""

from msgspec.structs import replace

from linewright.live.recent import STEP
from linewright.plant import Address
from linewright.plant.records import Correction, How, Parts, Reason, SignOn, revise
from linewright.plant.records.examples import example
from linewright.server.book.entries.listing import (
    entries_view,
    entry_view,
    found_view,
    is_entry,
    is_overtaken,
    is_standing,
)
from linewright.server.book.entries.told import ByPerson, acts_of, found_bad, taken_back
from linewright.server.book.keeping import Kept
from linewright.server.known import Known
from linewright.server.views.entries import PartsReported
from tests.server.book.played import BEGIN_NS, LINE, S_NS, bracket, moment_of

SAW = LINE.child("saw")


def pieces(second: int, **more: object) -> Parts:
    """Return pieces that a person counted."""
    t_ns = BEGIN_NS + second * S_NS
    fields = {
        "address": SAW, "t_ns": t_ns, "seen_ns": t_ns + 5, "plant_rev": "r1", "good": 3,
        "how": How.PERSON, "by": "p7", "source": "server",
    }  # fmt: skip
    return Parts(**(fields | more))  # type: ignore[arg-type]  # fields of a record by name


def test_only_what_people_made_is_an_entry() -> None:
    """A count of a machine is none, also where a person has revised it."""
    machine = pieces(5, how=How.MACHINE, by=None, counter="good")
    revised = revise(machine, seen_ns=machine.seen_ns, how=How.PERSON, by="p7", good=2)
    assert [is_entry(one) for one in (pieces(5), machine, revised)] == [True, False, False]


def test_a_window_lists_what_happened_in_it_the_latest_first() -> None:
    """At and below the place; what was taken back, and what others did, is not there."""
    kept, plant = Kept(bracket(), "r1", LINE.site, Known()), bracket()
    gone = pieces(40)
    records = [pieces(10), pieces(30), pieces(9000), pieces(20, address=LINE.child("mill"))]
    for one in (*records, gone, revise(gone, seen_ns=1, how=How.PERSON, void=True)):
        kept.hear(one, 0)
    kept.hear(example(Reason), 0)
    window = f"{BEGIN_NS // 10**6}..{BEGIN_NS // 10**6 + 3600_000}"
    moment = moment_of(plant, BEGIN_NS + 9500 * S_NS)
    line = entries_view(kept, moment, str(LINE), window)
    assert [(e.t_ms * 10**6 - BEGIN_NS) // S_NS for e in line.entries.values()] == [30, 20, 10]
    assert len(entries_view(kept, moment, str(SAW), window).entries) == 2
    assert len(entries_view(kept, moment, str(Address(LINE.site)), "day").entries) == 4


def test_a_sign_on_tells_who_came() -> None:
    """And who entered it, which may be somebody else."""
    record = example(SignOn)
    view = entry_view(record)
    assert (view.kind, view.person, view.presence) == ("sign_on", record.person, "on")


def test_what_was_found_bad_stands_until_a_count_is_changed_again() -> None:
    """It is one entry, whatever the number of counts that it changed."""
    counts = [pieces(n, how=How.MACHINE, counter="good") for n in (1, 2)]
    by = ByPerson(by="p7", address=SAW, t_ns=BEGIN_NS + 9 * S_NS, seen_ns=1, plant_rev="r1")
    said = PartsReported(address=str(SAW), scrap=5, cause="burr", found=True)
    records, _ = found_bad(counts, said, by, by.t_ns)
    held = {one.id: one for one in records if isinstance(one, Parts)}
    made = [one for one in records if isinstance(one, Correction)]
    (act,) = acts_of(made)
    view = found_view(act, held)
    assert (view.scrap, view.rework, view.cause, view.by) == (5, 0, "burr", "p7")
    assert is_standing(act, held)
    one = next(iter(held.values()))
    again = revise(one, seen_ns=2, how=How.PERSON, good=one.good)
    assert not is_standing(act, held | {one.id: again})
    assert not is_overtaken(act, held, made)


def test_what_a_late_reading_counts_anew_is_said_of_the_entry() -> None:
    """The machine's number stands above a person's, and the entry tells it; undone it is gone."""
    kept, plant = Kept(bracket(), "r1", LINE.site, Known()), bracket()
    count = pieces(10, how=How.MACHINE, by=None, counter="good")
    by = ByPerson(by="p7", address=SAW, t_ns=BEGIN_NS + 20 * S_NS, seen_ns=1, plant_rev="r1")
    said = PartsReported(address=str(SAW), scrap=2, cause="burr", found=True)
    records, _ = found_bad([count], said, by, by.t_ns)
    moment = moment_of(plant, BEGIN_NS + 100 * S_NS)
    for one in (count, *records):
        kept.hear(one, 0)
    (entry,) = entries_view(kept, moment, str(SAW), "day").entries.values()
    assert (entry.scrap, entry.overtaken) == (2, False)
    kept.hear(replace(count, rev=STEP, good=1), 0)
    (entry,) = entries_view(kept, moment, str(SAW), "day").entries.values()
    assert (entry.scrap, entry.overtaken) == (2, True)
    (parts,) = kept.day.station(str(SAW)).parts
    assert (parts.good, parts.scrap) == (1, 0)


def test_what_was_undone_is_no_entry_whatever_comes_late() -> None:
    """People had the last word of it before the late reading came."""
    count = pieces(10, how=How.MACHINE, by=None, counter="good")
    by = ByPerson(by="p7", address=SAW, t_ns=BEGIN_NS + 20 * S_NS, seen_ns=1, plant_rev="r1")
    said = PartsReported(address=str(SAW), scrap=2, cause="burr", found=True)
    records, _ = found_bad([count], said, by, by.t_ns)
    (act,) = acts_of(one for one in records if isinstance(one, Correction))
    held = {one.id: one for one in records if isinstance(one, Parts)}
    every = [one for one in (*records, *taken_back(act, held, by)) if isinstance(one, Correction)]
    late = {count.id: replace(count, rev=STEP)}
    assert is_overtaken(act, late, act)
    assert not is_overtaken(act, {count.id: count}, act), "its own revision has not come yet"
    assert not is_overtaken(act, late, every)
