"""A forecast of the played bracket line: made from its live state, kept, and held against it."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from linewright.history import open_history
from linewright.plant import Address, load
from linewright.plant.records import Forecast, Parts
from linewright.testing.scenes import Scene
from linewright.twin import advance, begin, compile_line
from linewright.twin.forecasting import score, standing

pytestmark = pytest.mark.xdist_group("forecast")

PLANT = Path(__file__).resolve().parents[2] / "plants" / "bracket"
LINE = Address("nogales/machining/bracket")
SPEED = 60.0
"""A quarter of an hour in a quarter of a minute."""
WAIT_S = 90.0

Left = tuple[list[Forecast], list[Parts], list[dict[str, object]], str]


def _ran(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "linewright", "forecast", str(PLANT), "bracket"]
    return subprocess.run(
        [*command, "--data", str(folder), *words],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """Forecasts and parts that a demo left which ran until two were scored, and what was told."""
    model = compile_line(load(PLANT), LINE)
    advance(model, begin(model, at_ns=0, seed=1), 10**9)  # the kernel is compiled once, not twice
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINEWRIGHT_FORECAST_MINUTES", "5")
        with Scene(tmp_path_factory.mktemp("forecast"), speed=SPEED) as scene:
            scene.wait_for_data()
            until_s = time.monotonic() + WAIT_S
            told: list[dict[str, object]] = []
            while not told or int(str(told[0]["count"])) < 2:
                assert time.monotonic() < until_s, "nothing was scored in time"
                said = _ran(scene.folder, "--scores", "--json").stdout
                told = json.loads(said) if said.startswith("[") else []
            live = _ran(scene.folder, "--hours", "1", "--replications", "20")
    assert live.returncode == 0, live.stderr
    with open_history(scene.folder / "history") as history:
        forecasts = [one for one in history.records("forecast") if isinstance(one, Forecast)]
        parts = [one for one in history.records("parts") if isinstance(one, Parts)]
    return forecasts, parts, told, live.stdout


def test_forecasts_are_kept_as_they_were_made(left: Left) -> None:
    """Some of the line at each horizon, each once, with quantiles that rise."""
    forecasts = left[0]
    first = [one for one in forecasts if one.rev == 0 and one.address == LINE]
    assert len({one.for_ns for one in first}) >= 3
    assert len({one.id for one in first}) == len(first)
    assert all(len(one.quantiles) == 19 for one in first)


def test_what_came_is_what_the_plant_made(left: Left) -> None:
    """Each score is of the parts that the last station counted in the time foreseen."""
    forecasts, parts, _, _ = left
    done = [one for one in forecasts if one.actual is not None and one.address == LINE]
    assert len(done) >= 2
    latest = {one.id: one for one in parts if one.address == LINE.child("inspect")}
    for one in done:
        came = sum(p.good for p in latest.values() if one.for_ns < p.t_ns <= one.until_ns)
        assert one.actual == came


def test_the_forecast_was_near(left: Left) -> None:
    """Over a quarter of an hour the mean is within three parts of what came, some 13."""
    done = [one for one in left[0] if one.actual is not None and one.address == LINE]
    found = standing(score(one) for one in done)
    assert found.mean_actual > 5
    assert abs(found.bias) < 3


def test_people_are_told(left: Left) -> None:
    """How past forecasts did, and the next hour from the live state with its age."""
    _, _, told, live = left
    assert told[0]["of"] == LINE
    assert str(told[0]["words"]).startswith("of ")
    assert live.startswith(f"{LINE} from ")
    assert "old" in live.splitlines()[0]
    assert "mill: bottleneck with" in live
