"""`python -m benchmarks.web`: the pages in headless Chromium against sites that run.

`--part` names one part alone: 1 what needs no acts on the demo (paint, bundle, figures, axe, rows
after a cut), 2 permissions and killed services on the demo, 3 changes of corridor's machines, 4
fifty clients, 5 2,000 values, 6 a million rows. The quick version takes fewer rounds, and two of
the eight ways in which axe looks at each page.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import Asked, Claim, run
from benchmarks.web.axe_part import measure_axe
from benchmarks.web.change_part import measure_changes, measure_values
from benchmarks.web.kpi_part import measure_kpis
from benchmarks.web.load_part import measure_load
from benchmarks.web.lost_part import measure_backfill, measure_lost
from benchmarks.web.matrix_part import measure_matrix
from benchmarks.web.paint_part import measure_paint
from benchmarks.web.points_part import measure_points
from benchmarks.web.stand import CORRIDOR, DEMO, Stand
from tools import bundle
from tools.visits import Place

FOLDER = Path(__file__).parent

LINE = "nogales/machining/bracket"
STATION = f"{LINE}/mill"
TAG = f"{STATION}#spindle_temp"
LAST_DAY = "2026-11-25"
"""The last whole day of the past of the demo."""


def measure(asked: Asked) -> list[Claim]:
    """Return every claim, of the part that is asked for or of all."""
    bundle.build()
    parts: dict[int, Callable[[], list[Claim]]] = {
        1: lambda: _looked_at(quick=asked.quick),
        2: _acted_on,
        3: _changes,
        4: lambda: measure_load(quick=asked.quick),
        5: measure_values,
        6: lambda: measure_points(quick=asked.quick),
    }
    wanted = [asked.more["part"]] if asked.more["part"] else list(parts)
    return [claim for number in wanted for claim in parts[number]()]


def _looked_at(*, quick: bool) -> list[Claim]:
    place = Place(LINE, STATION, TAG, window=LAST_DAY)
    with tempfile.TemporaryDirectory(prefix="linewright-") as name, Stand(Path(name), DEMO) as demo:
        return [
            *measure_paint(demo),
            *measure_backfill(demo, TAG),
            *measure_axe(demo, place, quick=quick),
            *measure_kpis(demo, quick=quick),
        ]


def _acted_on() -> list[Claim]:
    with tempfile.TemporaryDirectory(prefix="linewright-") as name, Stand(Path(name), DEMO) as demo:
        return [*measure_matrix(demo), *measure_lost(demo)]


def _changes() -> list[Claim]:
    with (
        tempfile.TemporaryDirectory(prefix="linewright-") as name,
        Stand(Path(name), CORRIDOR) as corridor,
    ):
        return measure_changes(corridor)


if __name__ == "__main__":
    sys.exit(run(FOLDER, measure, sys.argv[1:], {"part": 0}))
