"""How alarm records are made."""

import msgspec

from linewright.live.alarms.condition import Change
from linewright.live.alarms.making import Told, of_change, of_occurrence
from linewright.plant.records import AlarmEvent, AlarmState
from tests.live.alarms.floor import TEMP, at, heard, quiet, temps


def _change(event: AlarmEvent, seconds: float, *, latches: bool = False) -> Change:
    watch = msgspec.structs.replace(quiet().layout.tags[TEMP].limits[1], latches=latches)
    return Change(
        alarm="high_high",
        event=event,
        t_ns=at(seconds),
        seen_ns=at(seconds),
        watch=watch,
        raised_ns=at(0),
        value=90.0,
    )


def test_a_return_names_the_record_that_raised_it() -> None:
    """By its id, which follows from the time when it was raised, known here or not."""
    fold = quiet()
    watch = fold.layout.tags[TEMP]
    first = of_change(fold, {}, watch, _change(AlarmEvent.RAISED, 0))
    end = of_change(fold, {}, watch, _change(AlarmEvent.RETURNED, 5))
    assert end.occurrence == first.id
    assert (first.occurrence, first.state) == (None, AlarmState.UNACKNOWLEDGED)
    assert end.state is AlarmState.RETURNED_UNACKNOWLEDGED


def test_a_latched_alarm_waits_for_its_reset() -> None:
    """Its return says that it is latched."""
    fold = quiet()
    change = _change(AlarmEvent.RETURNED, 5, latches=True)
    end = of_change(fold, {}, fold.layout.tags[TEMP], change)
    assert end.state is AlarmState.LATCHED_UNACKNOWLEDGED


def test_what_follows_from_something_else_says_so() -> None:
    """Inferred, with the occurrence, its limit and the reason in words."""
    fold, [first] = heard(temps((0, 90)))
    now = fold.alarms[f"{TEMP}!high_high"]
    assert now.current is not None
    told = Told(event=AlarmEvent.SUPPRESSED, t_ns=at(5), seen_ns=at(5), comment="off")
    made = of_occurrence(fold, now, now.current, told)
    assert (made.how.value, made.occurrence, made.comment) == ("inferred", first.id, "off")
    assert made.limit == first.limit
