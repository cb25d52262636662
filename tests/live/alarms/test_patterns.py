"""Floods and chattering."""

from linewright.live.alarms.patterns import chattering, flood_spans, floods, raised_once
from linewright.plant import Address
from linewright.plant.records import Alarm, AlarmEvent, AlarmKind, How, revise
from tests.live.alarms.floor import TEMP, after, at, heard, raised, temps
from tests.live.floor import S


def _burst(count: int, each_s: float = 10.0) -> list[Alarm]:
    return [raised(n * each_s, alarm=f"a{n}") for n in range(count)]


def test_the_eleventh_alarm_in_ten_minutes_begins_a_flood() -> None:
    """Ten are none. Eleven are one for the site and one for its area, until four are left."""
    assert floods(_burst(10), now_ns=at(600)) == ()
    [site, area] = floods(_burst(11), now_ns=at(600))
    assert (site.address, area.address) == (Address("nogales"), Address("nogales/machining"))
    assert (site.from_ns, site.until_ns, site.count) == (at(100), None, 11)
    [site, _] = floods(_burst(11), now_ns=at(3600))
    assert site.until_ns == at(660)


def test_a_flood_counts_until_its_end() -> None:
    """Alarms that come while it lasts belong to it; the peak is that of any ten minutes."""
    [flood] = flood_spans(Address("nogales"), [at(n * 30) for n in range(40)], at(4000))
    assert (flood.from_ns, flood.count, flood.peak) == (at(300), 40, 20)
    assert flood.until_ns == at(35 * 30 + 600)


def test_three_times_in_a_minute_is_chattering() -> None:
    """Raised at 0, 30 and 60 s: chatters. At 0, 31 and 62 s: does not."""
    slow = [raised(n * 31) for n in range(3)]
    assert chattering(slow, now_ns=at(100)) == ()
    [found] = chattering([raised(n * 30) for n in range(3)], now_ns=at(100))
    assert (found.address, found.count, found.goes_on) == (TEMP, 3, True)
    [found] = chattering([raised(n * 30) for n in range(3)], now_ns=at(200))
    assert not found.goes_on


def test_it_says_what_might_end_it() -> None:
    """A deadband wider than what the value swung, and a delay longer than it ever lasted."""
    values = [(n * 10, 86 if n % 2 == 0 else 84.2) for n in range(7)]
    _, records = heard(temps(*values))
    [found] = chattering([e for e in records if e.alarm == "high_high"], now_ns=at(70))
    assert found.deadband is not None
    assert abs(found.deadband - 1.25 * 0.8) < 1e-9
    assert found.delay_s == 10.0


def test_an_alarm_counts_once() -> None:
    """A repeat is no second alarm, and one that was taken back is none."""
    first, second = raised(0), raised(5)
    void = revise(second, seen_ns=at(9), how=How.PERSON, by="p7", void=True)
    assert raised_once([second, first, first, void]) == [first]
    assert raised_once([after(first, AlarmEvent.RETURNED, 7)]) == []
    assert first.kind is AlarmKind.MACHINE
    assert S == 10**9
