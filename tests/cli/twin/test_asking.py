"""What the options of the twin's commands mean."""

import datetime as dt
import shlex
from pathlib import Path

import pytest

from linewright.cli.ending import Failed
from linewright.cli.twin.asking import asked, scenario_of

GIVEN: dict[str, object] = {
    "hours": 8.0,
    "replications": 5,
    "precision": None,
    "within": None,
    "warm_up": "30min",
    "start": "2026-11-23 06:00",
    "product": "",
    "level": 0.95,
    "seed": 7,
    "workers": 0,
    "wants_json": False,
    "csv_file": None,
    "dry_run": False,
}


def test_options_become_runs(plant: Path) -> None:
    """Spans become hours, a local time an instant, the only line the place."""
    asking = asked(str(plant), None, GIVEN)
    assert asking.at == "reno/shop/pump"
    assert (asking.runs.warm_up, asking.runs.seed) == (0.5, 7)
    at = dt.datetime(2026, 11, 23, 14, tzinfo=dt.UTC)  # six in Los Angeles
    assert asking.runs.at_ns == int(at.timestamp()) * 10**9
    assert asking.local(asking.runs.at_ns) == "2026-11-23 06:00"


@pytest.mark.parametrize(("text", "share"), [("1%", 0.01), ("0.02", 0.02), (" 2.5 % ", 0.025)])
def test_a_precision_is_a_share(plant: Path, text: str, share: float) -> None:
    """With or without the sign of percent."""
    asking = asked(str(plant), "pump", GIVEN | {"precision": text, "within": "2 min"})
    assert asking.runs.precision is not None
    assert asking.runs.precision.relative == pytest.approx(share)
    assert asking.runs.precision.within_s == 120.0


def test_without_a_time_it_begins_on_a_monday(plant: Path) -> None:
    """Monday of this week at midnight on the site's clock."""
    began = asked(str(plant), None, GIVEN | {"start": None})
    local = dt.datetime.fromisoformat(began.local(began.runs.at_ns))
    assert (local.weekday(), local.hour) == (0, 0)


def test_the_command_that_gives_it_again(plant: Path) -> None:
    """It holds everything that the figures depend on, quoted for a shell."""
    asking = asked(str(plant), None, GIVEN | {"precision": "1 %"})
    words = shlex.split(asking.again("simulate", "--set", "a.b=3 s"))
    assert words[:4] == ["linewright", "simulate", str(plant), "reno/shop/pump"]
    assert words[4:6] == ["--set", "a.b=3 s"]
    assert words[words.index("--precision") + 1] == "1 %"
    assert words[words.index("--from") + 1] == "2026-11-23 06:00"
    assert "--replications" not in words


def test_settings_make_one_scenario() -> None:
    """None without settings; a slip is told as a failure of the command."""
    assert scenario_of(()) is None
    one = scenario_of(("a.b=3", "c.d=4"))
    assert one is not None
    assert [each.path for each in one.settings] == ["a.b", "c.d"]
    with pytest.raises(Failed, match="no setting"):
        scenario_of(("a.b",))
