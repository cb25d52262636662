"""What time alone brings."""

import msgspec

from linewright.live.alarms import Silence, Tick, begin, decode_fold, encode_fold
from linewright.plant import PlantBuilder
from linewright.plant.records import AlarmEvent, AlarmKind, AlarmState
from tests.live.alarms.floor import after, at, heard, play, quiet, raised, temps, tick, told
from tests.live.floor import LINE, MILL, SITE, bracket

SAW = LINE.child("saw")


def _silent(seconds: float, *sources: str) -> Tick:
    found = tuple(Silence(source=name, stations=(LINE.child(name),)) for name in sources)
    return msgspec.structs.replace(tick(seconds), silent=found)


def _heard(seconds: float, *sources: str) -> Tick:
    given = _silent(seconds, *sources)
    return msgspec.structs.replace(given, silent=(), heard=given.silent)


def test_a_silent_source_is_an_alarm_until_it_speaks() -> None:
    """Raised once however long it lasts, returned once it is heard, raised anew the next time."""
    given = [_silent(10, "saw"), _silent(11, "saw"), _heard(20, "saw"), _heard(21, "saw")]
    _, records = play(quiet(), [*given, _silent(30, "saw")])
    assert [(each.event.value, (each.t_ns - at(0)) / 1e9) for each in records] == [
        ("raised", 10.0),
        ("returned", 20.0),
        ("raised", 30.0),
    ]
    assert {(each.address, each.alarm) for each in records} == {(SAW, "silence_saw")}
    assert {each.kind for each in records} == {AlarmKind.SILENCE}


def test_a_source_of_which_nothing_is_known_changes_nothing() -> None:
    """Neither silent nor heard, as after a restart: a silence that was raised stays."""
    _, records = play(quiet(), [_silent(10, "saw"), tick(20), _silent(30, "saw")])
    assert len(records) == 1


def test_a_gateway_is_one_alarm() -> None:
    """The alarm of a source with several stations stands at the lowest place that has them all."""
    gateway = Silence(source="gateway", stations=(SAW, MILL))
    _, [alarm] = play(quiet(), [msgspec.structs.replace(tick(5), silent=(gateway,))])
    assert alarm.address == LINE
    assert Silence(source="g", stations=(SAW, LINE.child("mill"))).address == LINE


def test_a_delay_waits_until_samples_have_settled() -> None:
    """By the clock alone nothing is raised that a sample on its way could still prevent."""
    fold, _ = heard(temps((0, 75)))
    assert play(fold, [tick(30, 9.9)])[1] == []
    assert told(play(fold, [tick(30, 10)])[1]) == [("high", "raised", 10.0)]


def test_an_alarm_that_cannot_stand_returns() -> None:
    """A raised record of ours that the tag does not show, once the tag was heard."""
    fold, _ = play(quiet(), [raised(1), tick(2)])
    assert [each.state_at(at(2)) for each in fold.alarms.values()] == [AlarmState.UNACKNOWLEDGED]
    fold, _ = heard(temps((0, 60)))
    _, records = play(fold, [raised(1), tick(2), tick(3)])
    assert told(records) == [("high", "returned", 2.0)]


def test_an_alarm_that_stands_stays() -> None:
    """Its own record, read again after a restart, ends nothing."""
    fold, [first] = heard(temps((0, 90)))
    again = decode_fold(encode_fold(fold), bracket(), "r1", SITE)
    _, records = play(again, [first, tick(5), tick(6)])
    assert records == []


def test_what_the_plant_no_longer_watches_returns() -> None:
    """Under a plant without the tag the alarm ends, and says why."""
    fold, [first] = heard(temps((0, 90)))
    plant = PlantBuilder("acme")
    _ = plant.site(SITE, timezone="America/Hermosillo", currency="MXN")
    bare = decode_fold(encode_fold(fold), plant.done(), "r2", SITE)
    _, [end] = play(bare, [tick(5), tick(6)])
    assert (end.event, end.occurrence, end.plant_rev) == (AlarmEvent.RETURNED, first.id, "r2")
    assert "not watched" in end.comment
    assert begin(plant.done(), "r2", SITE).layout.tags == {}


def test_a_shelf_that_a_person_ended_does_not_end_again() -> None:
    """Taken from the shelf by hand: nothing comes when its time is over."""
    fold, [first] = heard(temps((0, 90)))
    end_ns = at(60)
    shelved = after(first, AlarmEvent.SHELVED, 1, by="p7", shelved_until_ns=end_ns, comment="known")
    unshelved = after(first, AlarmEvent.UNSHELVED, 5, by="p7")
    _, records = play(fold, [shelved, unshelved, tick(61, 0)])
    assert records == []
