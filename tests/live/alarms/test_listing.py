"""The list and the journal."""

from linewright.live.alarms import AlarmList, AlarmNow, journal, learn, listing, watched
from linewright.plant import Address
from linewright.plant.records import Alarm, AlarmEvent, AlarmPriority, AlarmState, How, revise
from tests.live.alarms.floor import TEMP, after, at, raised
from tests.live.floor import MILL, SITE, bracket


def _known(*records: Alarm) -> list[AlarmNow]:
    found: dict[str, AlarmNow] = {}
    for each in records:
        key = f"{each.address}!{each.alarm}"
        found[key] = learn(found.get(key), each)
    return list(found.values())


def _list(*records: Alarm, now_s: float = 1000) -> AlarmList:
    return listing(
        _known(*records),
        now_ns=at(now_s),
        recent=records,
        layout=watched(bracket(), "r1", SITE),
    )


def test_the_most_urgent_comes_first_then_the_oldest() -> None:
    """By priority, then by age; what is normal is no row."""
    urgent = [
        raised(5, alarm="b"),
        raised(4, alarm="c"),
        raised(9, alarm="a", priority=AlarmPriority.CRITICAL),
        raised(1, alarm="d", priority=AlarmPriority.LOW),
    ]
    over = raised(0, alarm="e")
    gone = [after(over, AlarmEvent.RETURNED, 1), after(over, AlarmEvent.ACKNOWLEDGED, 2, by="p7")]
    found = _list(*urgent, over, *gone)
    assert [each.alarm for each in found.rows] == ["a", "c", "b", "d"]
    assert found.counts == {"unacknowledged": 4}


def test_a_row_says_what_to_do() -> None:
    """Label and action of the plant file, the person who has it, and how long it stands."""
    first = raised(0)
    seen = after(first, AlarmEvent.ACKNOWLEDGED, 60, by="p7")
    [row] = _list(first, seen, now_s=90000).rows
    assert row.label["en"] == "Spindle temperature"
    assert (row.acknowledged_by, row.age_s, row.is_stale) == ("p7", 90000.0, True)
    assert row.state is AlarmState.ACKNOWLEDGED


def test_what_is_put_aside_is_listed_as_such() -> None:
    """On the shelf: until when, by whom and why; it does not ask for attention."""
    first = raised(0)
    aside = after(
        first, AlarmEvent.SHELVED, 5, by="p7", shelved_until_ns=at(2000), comment="sensor"
    )
    [row] = _list(first, aside).rows
    assert (row.state, row.is_open) == (AlarmState.SHELVED, False)
    assert (row.shelved_until_ns, row.marked_by, row.comment) == (at(2000), "p7", "sensor")


def test_a_flood_is_grouped_and_hides_nothing() -> None:
    """Every alarm is still a row; those of a station are one group; what is critical is in none."""
    burst = [raised(n, alarm=f"a{n}") for n in range(12)]
    critical = raised(3, alarm="x", priority=AlarmPriority.CRITICAL)
    found = _list(*burst, critical, now_s=60)
    assert len(found.rows) == 13
    [group] = found.groups
    assert (group.address, group.count, group.first_ns) == (MILL, 12, at(0))
    assert found.rows[0].alarm == "x"
    assert found.rows[0].group is None
    assert {each.address for each in found.floods} == {
        Address("nogales"),
        Address("nogales/machining"),
    }
    assert _list(*burst, critical, now_s=1200).groups == ()


def test_chattering_is_marked() -> None:
    """The row of an alarm that chatters says so."""
    first, second, third = raised(0), raised(20), raised(40)
    ends = [after(first, AlarmEvent.RETURNED, 10), after(second, AlarmEvent.RETURNED, 30)]
    found = _list(first, second, third, *ends, now_s=50)
    assert [row.is_chattering for row in found.rows] == [True]
    assert [each.address for each in found.chattering] == [TEMP]


def test_the_journal_has_each_record_once() -> None:
    """Newest first, within the time and the place, in the last revision, without what is void."""
    first, other = raised(0), raised(5, alarm="x")
    end = after(first, AlarmEvent.RETURNED, 9)
    void = revise(other, seen_ns=at(9), how=How.PERSON, by="p7", void=True)
    given = [first, end, first, other, void]
    assert journal(given, from_ns=at(0), until_ns=at(100)) == (end, first)
    assert journal(given, from_ns=at(0), until_ns=at(9)) == (first,)
    assert journal(given, from_ns=at(0), until_ns=at(9), at=Address("reno")) == ()
