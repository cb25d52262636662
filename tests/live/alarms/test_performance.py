"""The performance report."""

import math

from linewright.live.alarms import AlarmReport, performance
from linewright.plant import Address
from linewright.plant.records import Alarm, AlarmEvent, AlarmPriority, AlarmState
from tests.live.alarms.floor import after, at, raised

H_S = 3600


def _report(records: list[Alarm], hours: float = 1.0) -> AlarmReport:
    return performance(records, from_ns=at(0), until_ns=at(hours * H_S))


def _figures(report: AlarmReport) -> dict[str, tuple[float, bool]]:
    return {each.name: (each.value, each.met) for each in report.figures}


def test_a_sheet_computed_by_hand() -> None:
    """An hour with 12 alarms in its first ten minutes and 6 in its last: every figure."""
    burst = [raised(n * 40, alarm=f"a{n % 4}") for n in range(12)]
    last = [raised(3000 + n, alarm="b", priority=AlarmPriority.LOW) for n in range(0, 600, 100)]
    found = _report([*burst, *last])
    assert found.per_window == (12, 0, 0, 0, 0, 6)
    figures = _figures(found)
    assert figures["alarms_per_10_min"] == (3.0, False)
    assert figures["peak_per_10_min"] == (12.0, False)
    assert figures["windows_over_10_share"] == (1 / 6, False)
    assert figures["top_ten_share"] == (1.0, False)
    assert figures["low_share"] == (6 / 18, False)
    assert figures["medium_share"] == (12 / 18, False)
    assert (found.top[0].alarm, found.top[0].count) == ("b", 6)
    # The eleventh alarm comes at 400 s; four are left when that of 280 s is ten minutes old.
    assert figures["flood_share"] == ((600 + 280 - 400) / H_S, False)


def test_a_quiet_shift_meets_every_target() -> None:
    """Twenty alarms in ten hours, spread over twenty kinds as they should be."""
    ranks = [AlarmPriority.LOW] * 16 + [AlarmPriority.MEDIUM] * 3 + [AlarmPriority.HIGH]
    records = [raised(n * 1800, alarm=f"a{n}", priority=each) for n, each in enumerate(ranks)]
    met = {name: is_met for name, (_, is_met) in _figures(_report(records, 10.0)).items()}
    assert not met.pop("top_ten_share")
    assert all(met.values())


def test_nothing_raised_is_nothing_to_judge() -> None:
    """Without an alarm the shares of priorities are not numbers, and no target is missed."""
    found = _report([])
    assert math.isnan(found.acknowledge_s_median)
    assert math.isnan(_figures(found)["low_share"][0])
    assert all(each.met for each in found.figures)


def test_how_long_until_somebody_had_seen_it() -> None:
    """Of ten that were acknowledged after 1 to 10 s: the median and the 95 % point."""
    records = []
    for n in range(10):
        first = raised(n * 60, alarm=f"a{n}")
        records += [first, after(first, AlarmEvent.ACKNOWLEDGED, n * 60 + n + 1, by="p7")]
    found = _report([*records, raised(3000, alarm="unseen")])
    assert found.acknowledged_count == 10
    assert (found.acknowledge_s_median, found.acknowledge_s_p95) == (5.5, 10.0)


def test_what_stands_for_a_day_is_stale() -> None:
    """Raised the day before and still there in the time; not one that returned before."""
    old, gone = raised(-30 * H_S, alarm="old"), raised(-30 * H_S, alarm="gone")
    end = after(gone, AlarmEvent.RETURNED, -2 * H_S)
    found = _report([old, gone, end])
    assert [each.alarm for each in found.stale] == ["old"]
    assert found.count == 0


def test_what_was_hidden_is_not_counted() -> None:
    """A suppressed alarm asked nobody for anything; one elsewhere is somebody else's."""
    hidden = raised(0, alarm="h")
    hidden = Alarm(
        **{
            name: getattr(hidden, name)
            for name in hidden.__struct_fields__
            if name not in {"id", "state"}
        },
        state=AlarmState.SUPPRESSED,
    )
    assert _report([hidden]).count == 0
    assert performance([raised(0)], from_ns=at(0), until_ns=at(9), at=Address("reno")).count == 0
