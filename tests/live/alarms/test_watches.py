"""What the plant file has watched."""

from linewright.live.alarms import watched
from linewright.plant.records import AlarmKind
from tests.live.alarms.floor import TEMP, machine
from tests.live.floor import MILL, SITE, bracket


def test_limits_come_from_the_plant_file() -> None:
    """Limit, deadband, delay and priority as written; high for the outer limits, else medium."""
    high, high_high = watched(bracket(), "r1", SITE).tags[TEMP].limits
    assert (high.limit, high.deadband, high.delay_ns) == (70.0, 2.0, 10 * 10**9)
    assert (high.priority.value, high_high.priority.value) == ("medium", "critical")
    level = watched(bracket(), "r1", SITE).tags[MILL.with_tag("coolant_level")]
    assert [(each.alarm, each.priority.value) for each in level.limits] == [
        ("low_low", "high"),
        ("low", "medium"),
    ]


def test_labels_and_actions_go_with_them() -> None:
    """The limit's own text, or that of its tag, in every language of the plant file."""
    layout = watched(bracket(), "r1", SITE)
    high, far = layout.tags["nogales/machining/bracket/saw#blade_temp"].limits
    assert high.label["es"] == "Temperatura de la cinta"
    assert far.label["en"] == "Blade far too hot"
    assert far.action["en"].startswith("Stop the saw")
    assert layout.limits["nogales/machining/bracket/saw#blade_temp!high"] == high


def test_a_machine_s_own_alarms_are_watched_by_role() -> None:
    """A tag of role `alarm` without a limit reports codes; one with a limit is judged by it."""
    layout = watched(machine(), "r1", SITE)
    assert [tag for tag, each in layout.tags.items() if each.reports] == [f"{MILL}#fault"]
    [door] = layout.tags[f"{MILL}#door"].limits
    assert door.kind is AlarmKind.DISCRETE
    assert f"{MILL}#fault" not in layout.quiet


def test_within_quiet_bounds_nothing_can_change() -> None:
    """The bounds of a tag are those of all its limits and deadbands; of a yes or no tag none."""
    layout = watched(bracket(), "r1", SITE)
    assert layout.quiet[TEMP] == (float("-inf"), 68.0)
    assert layout.quiet[MILL.with_tag("coolant_level")] == (25.0, float("inf"))
    low, high = watched(machine(), "r1", SITE).quiet[f"{MILL}#door"]
    assert low > high


def test_a_limit_is_beyond_and_back() -> None:
    """On the limit is neither beyond nor, with a deadband, back."""
    high = watched(bracket(), "r1", SITE).tags[TEMP].limits[0]
    assert [high.beyond(value) for value in (70.0, 70.1)] == [False, True]
    assert [high.back(value) for value in (68.1, 68.0)] == [False, True]
