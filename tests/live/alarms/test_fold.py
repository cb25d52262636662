"""Frames, states and records through the fold."""

from linewright.live.alarms import Tick, decode_fold, encode_fold, step
from linewright.plant.records import AlarmEvent, AlarmState, Gap, Record
from linewright.plant.records.examples import example
from linewright.plant.samples import Frame
from tests.live.alarms.floor import (
    TEMP,
    after,
    both,
    heard,
    machine,
    play,
    quiet,
    temps,
    tick,
    told,
    worked,
)
from tests.live.floor import SITE, Sample, batch, bracket


def _machine(*rows: Sample) -> list[tuple[str, str, float]]:
    """What a machine with states brings, one frame for each sample."""
    _, records = worked(*both(machine()), [batch(n, [row]) for n, row in enumerate(rows)])
    return told(records)


def test_an_alarm_of_a_station_that_is_off_is_hidden() -> None:
    """Raised while it is off: suppressed; shown when it runs again."""
    rows: list[Sample] = [("mill#state", 0, "off", 0), ("mill#heat", 1, 90, 0)]
    fold, records = worked(*both(machine()), [batch(n, [row]) for n, row in enumerate(rows)])
    [alarm] = records
    assert alarm.state is AlarmState.SUPPRESSED
    [now] = fold.alarms.values()
    assert now.state_at(alarm.t_ns) is AlarmState.SUPPRESSED
    assert _machine(*rows, ("mill#state", 5, "running", 0)) == [
        ("high", "raised", 1.0),
        ("high", "unsuppressed", 5.0),
    ]


def test_an_alarm_is_hidden_when_its_station_goes_off() -> None:
    """Hidden in a planned stop, and gone while hidden it asks nobody for anything."""
    rows: list[Sample] = [("mill#heat", 1, 90, 0), ("mill#state", 2, "planned_stop", 0)]
    frames = [batch(n, [row]) for n, row in enumerate([*rows, ("mill#heat", 3, 20, 0)])]
    fold, records = worked(*both(machine()), frames)
    assert told(records) == [
        ("high", "raised", 1.0),
        ("high", "suppressed", 2.0),
        ("high", "returned", 3.0),
    ]
    [now] = fold.alarms.values()
    assert now.state_at(records[-1].t_ns) is AlarmState.NORMAL


def test_not_knowing_the_state_changes_nothing() -> None:
    """A machine that was switched off and then lost is still off: its alarms stay hidden."""
    rows: list[Sample] = [("mill#state", 0, "off", 0), ("mill#heat", 1, 90, 0)]
    assert _machine(*rows, ("mill#state", 5, "?", 2)) == [("high", "raised", 1.0)]


def test_what_is_critical_is_never_hidden() -> None:
    """Of the same tag of a station that is off the medium alarm is hidden, the critical is not."""
    rows: list[Sample] = [("mill#state", 0, 0, 0), *temps((1, 90), (20, 90))]
    _, records = worked(*both(), [batch(n, [row]) for n, row in enumerate(rows)])
    assert {(each.alarm, each.state.value) for each in records} == {
        ("high", "suppressed"),
        ("high_high", "unacknowledged"),
    }


def test_a_record_of_a_person_is_learned_and_not_repeated() -> None:
    """An acknowledgement changes the alarm; nothing comes out; a repeat changes nothing."""
    fold, [first] = heard(temps((0, 90)))
    record = after(first, AlarmEvent.ACKNOWLEDGED, 5, by="p7")
    fold, made = step(fold, record)
    assert made == ()
    [now] = fold.alarms.values()
    assert now.state_at(record.t_ns) is AlarmState.ACKNOWLEDGED
    assert step(fold, record)[0] is fold


def test_a_return_says_whether_somebody_had_seen_it() -> None:
    """Returned after it was acknowledged: normal. Returned before: it still asks to be seen."""
    fold, [first] = heard(temps((0, 90)))
    back = batch(9, temps((8, 20)))
    [unseen] = step(fold, back)[1]
    assert unseen.state is AlarmState.RETURNED_UNACKNOWLEDGED
    fold, _ = step(fold, after(first, AlarmEvent.ACKNOWLEDGED, 5, by="p7"))
    [seen] = step(fold, back)[1]
    assert seen.state is AlarmState.NORMAL


def test_an_alarm_on_the_shelf_is_not_lost() -> None:
    """On the shelf it is raised and returns on record; afterwards it shows what holds then."""
    fold, [first] = heard(temps((0, 90)))
    shelved = after(
        first, AlarmEvent.SHELVED, 1, by="p7", shelved_until_ns=tick(60).now_ns, comment="known"
    )
    given: list[Frame | Record | Tick] = [
        shelved,
        batch(2, temps((5, 20))),
        batch(3, temps((50, 90))),
        tick(59.9),
    ]
    fold, made = play(fold, given)
    assert told(made)[:2] == [("high_high", "returned", 5.0), ("high_high", "raised", 50.0)]
    now = fold.alarms[f"{TEMP}!high_high"]
    assert now.state_at(tick(59.9).now_ns) is AlarmState.SHELVED
    fold, made = play(fold, [tick(60)])
    assert ("high_high", "unshelved", 60.0) in told(made)
    assert fold.alarms[f"{TEMP}!high_high"].state_at(tick(60).now_ns) is AlarmState.UNACKNOWLEDGED
    assert play(fold, [tick(61)])[1] == []


def test_what_means_nothing_changes_nothing() -> None:
    """Tags that are not watched, and records of other classes, leave the fold as it is."""
    fold = quiet()
    assert step(fold, batch(0, [("mill#good", 0, 5, 0)]))[0] is fold
    assert step(fold, example(Gap))[0] is fold


def test_a_snapshot_is_the_fold() -> None:
    """Written and read again it is the same, with delays that run and alarms that stand."""
    fold, _ = heard(temps((0, 90)))
    again = decode_fold(encode_fold(fold), bracket(), "r1", SITE)
    assert again == fold
    assert play(again, [tick(20)]) == play(fold, [tick(20)])
