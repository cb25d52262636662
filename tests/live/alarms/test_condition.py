"""Deadband, delay, bad and late samples, and what machines report."""

import pytest

from linewright.plant.records import AlarmKind, AlarmPriority, Quality
from tests.live.alarms.floor import BAD, heard, machine, play, temps, tick, told
from tests.live.floor import Sample, batch


def test_a_delay_must_pass_beyond_the_limit() -> None:
    """Above 70 degC for 10 s: raised at the tenth second, with the newest value before it."""
    _, records = heard(temps((0, 60), (5, 71), (9, 72), (15, 73), (16, 74)))
    [alarm] = records
    assert told(records) == [("high", "raised", 15.0)]
    assert (alarm.value, alarm.limit, alarm.unit) == (72.0, 70.0, "degC")
    assert (alarm.kind, alarm.priority) == (AlarmKind.HIGH, AlarmPriority.MEDIUM)


def test_a_short_excursion_raises_nothing() -> None:
    """Back on the limit before the delay has passed: no record, and the next one begins anew."""
    _, records = heard(temps((0, 75), (9.9, 70), (11, 75), (20, 75)))
    assert records == []


def test_a_value_returns_by_its_deadband() -> None:
    """70 degC less 2: at 68.1 the alarm stands, at 68 it returns."""
    _, records = heard(temps((0, 75), (10, 75), (11, 69.9), (12, 68.1), (13, 68)))
    assert told(records) == [("high", "raised", 10.0), ("high", "returned", 13.0)]
    assert records[1].occurrence == records[0].id
    assert records[1].value == 68.0


def test_a_low_limit_is_the_mirror() -> None:
    """Below 25 % and 10 % of coolant, each its alarm; back from the outer one first."""
    levels: list[Sample] = [
        ("mill#coolant_level", n, value, 0) for n, value in enumerate((30, 25, 24, 9, 10, 25))
    ]
    _, records = heard(levels)
    assert told(records) == [
        ("low", "raised", 2.0),
        ("low_low", "raised", 3.0),
        ("low_low", "returned", 4.0),
        ("low", "returned", 5.0),
    ]
    assert [each.priority.value for each in records] == ["medium", "high", "high", "medium"]


@pytest.mark.parametrize("quality", [BAD, BAD | Quality.NOT_CONNECTED])
def test_bad_samples_neither_raise_nor_clear(quality: int) -> None:
    """Bad: 99 degC raises nothing, and 20 degC clears nothing; a running delay is given up."""
    samples: list[Sample] = [("mill#spindle_temp", 0, 99, quality), *temps((1, 86))]
    samples += [("mill#spindle_temp", 5, 20, quality), *temps((20, 86), (29, 86))]
    _, records = heard(samples)
    assert told(records) == [("high_high", "raised", 1.0)]


def test_no_number_is_no_value() -> None:
    """A text, or nothing, on an analogue tag is as a bad sample."""
    samples: list[Sample] = [*temps((0, 86)), ("mill#spindle_temp", 1, "cold", 0)]
    _, records = heard([*samples, ("mill#spindle_temp", 2, None, 0)])
    assert told(records) == [("high_high", "raised", 0.0)]


def test_a_late_sample_changes_nothing() -> None:
    """An older sample after a newer one is passed over; an initial one holds from the newer on."""
    _, records = heard(temps((10, 86), (5, 20), (11, 86)))
    assert told(records) == [("high_high", "raised", 10.0)]
    initial: list[Sample] = [("mill#spindle_temp", 5, 20, int(Quality.INITIAL))]
    _, records = heard([*temps((10, 86)), *initial])
    assert [each.event.value for each in records] == ["raised", "returned"]
    assert records[1].t_ns > records[0].t_ns


def test_a_delay_ends_without_a_sample() -> None:
    """A value that is not sent again raises its alarm once no older sample can come."""
    fold, records = heard(temps((0, 75)))
    fold, early = play(fold, [tick(11.9, 9.9)])
    _, late = play(fold, [tick(12, 10)])
    assert (records, early, told(late)) == ([], [], [("high", "raised", 10.0)])
    _, by_sample = heard(temps((0, 75), (30, 75)))
    assert late == by_sample


def test_a_yes_or_no_tag_has_its_value() -> None:
    """Raised while the door is open, of the priority that the plant file says."""
    doors: list[Sample] = [("mill#door", n, value, 0) for n, value in enumerate((0, 1, 1, 0))]
    _, records = heard(doors, machine())
    assert told(records) == [("alarm", "raised", 1.0), ("alarm", "returned", 3.0)]
    assert {each.priority for each in records} == {AlarmPriority.LOW}


def test_a_machine_reports_one_code_at_a_time() -> None:
    """Another code ends the one before; the alarms stand at the station and carry the code."""
    codes: list[Sample] = [("mill#fault", n, code, 0) for n, code in enumerate((0, 5, 5, 7, 0))]
    _, records = heard(codes, machine())
    assert [(alarm, event, round(at_s, 3)) for alarm, event, at_s in told(records)] == [
        ("fault_5", "raised", 1.0),
        ("fault_5", "returned", 3.0),
        ("fault_7", "raised", 3.0),
        ("fault_7", "returned", 4.0),
    ]
    assert {each.address.tag for each in records} == {None}
    assert {each.code for each in records} == {"5", "7"}


def test_a_machine_tells_ten_alarms_a_minute() -> None:
    """Of 60 in 30 s ten come out; then the one that still stands, and how many went unseen."""
    codes: list[Sample] = [("mill#fault", n / 2, n % 2 * (n + 1), 0) for n in range(120)]
    fold, records = heard(codes[:60], machine())
    assert len([each for each in records if each.event.value == "raised"]) == 10
    frames = [batch(100 + n, [("mill#fault", 30 + n / 10, 99, 0)]) for n in range(3)]
    _, more = play(fold, [*frames, tick(200)])
    assert told(more) == [("fault_99", "raised", 60.5)]
    assert "20 further alarms" in more[0].text
