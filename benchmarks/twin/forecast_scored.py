"""`python -m benchmarks.twin.forecast_scored`: forecasts held against what the emulated plant did.

The bracket plant is played in this process; the samples of its machines are folded by `live`, as
they are in a running house, and the line state that comes out is forecast. Only the way between
is left out: no server, no bus, no clock, so that a day takes a minute. What came is counted from
the parts records of the same fold. Each run of the plant has a seed of its own.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from linewright.emulate import Options, Sample, set_up
from linewright.emulate.folder import Folder
from linewright.emulate.play import Play
from linewright.live import begin, line_states, step
from linewright.plant import Address, load, to_text
from linewright.plant.language import load_text
from linewright.plant.records import Forecast, LineState, Parts
from linewright.plant.samples import Columns, Frame, FrameHeader, frame
from linewright.twin import Model, compile_line
from linewright.twin.forecasting import (
    Made,
    end_of_shift,
    forecast,
    records_of,
    score,
    settled,
    standing,
)
from tools.bench import commit

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "benchmarks" / "results" / "forecast_scored.json"
LINE = Address("nogales/machining/bracket")
LAST = LINE.child("inspect")

NS_PER_S = 10**9
NS_PER_H = 3600 * NS_PER_S
BEGIN_NS = 1_795_438_800 * NS_PER_S
"""Monday 2026-11-23, 06:00 in Nogales: the first shift begins."""

RUN_IN_H = 1
FORECAST_H = 8
AHEAD_H = 4
EVERY_NS = NS_PER_H // 4
TICK_NS = 60 * NS_PER_S
FUTURES = 200
DAYS = 4
AHEAD = (0.25, 1.0, 2.0, 3.0, 4.0)
"""Hours ahead that are told; those to the end of a shift are of a length of their own each time."""

GOOD = 192
"""Quality of a good sample."""
PATH = "emulated machines -> samples -> live fold -> line state -> forecast; counted from parts"


class Ahead(msgspec.Struct, frozen=True):
    """How forecasts of one length did."""

    hours: float
    forecasts: int
    held_80: float
    held_90: float
    crps_pieces: float
    bias_pieces: float
    mean_pieces: float
    skill: float | None
    """1 less the CRPS over that of the naive forecast."""


class Result(msgspec.Struct, frozen=True):
    """What the command stores."""

    command: str
    commit: str
    path: str
    plant: str
    days: int
    futures: int
    cpu_s: float
    ahead: tuple[Ahead, ...]
    note: str = "forecasts of one day overlap, and so are not independent of each other"


class Day:
    """One day of the emulated plant, and all that `live` makes of it."""

    def __init__(self, n: int, folder: Path) -> None:
        text = to_text(load(ROOT / "plants" / "bracket"))
        setup = set_up(text, None, "", Options(from_ns=BEGIN_NS))
        self.plant = load_text(text)
        self._folder = Folder(folder)
        self._play = Play(msgspec.structs.replace(setup, seed=n + 1), self._folder)
        self._play.begin()
        self._play.save()
        self._fold = begin(self.plant, "r1", LINE.site)
        self._frames = 0
        self.made = Made(BEGIN_NS)

    def advance(self, until_ns: int) -> LineState:
        """Go on, and return the state of the line as it is known."""
        while self._play.t_ns < until_ns:
            samples = self._play.step(min(until_ns, self._play.t_ns + TICK_NS))
            parts: list[Parts] = []
            for each in _frames(samples, self._frames):
                self._fold, records = step(self._fold, each, self._play.t_ns)
                parts += (one for one in records if isinstance(one, Parts))
            self._frames += 1
            self.made.add(parts, self._play.t_ns)
        (line,) = line_states(self._fold, self.plant)
        return line

    def close(self) -> None:
        """Close the files of the play."""
        self._folder.close()


def _frames(samples: Sequence[Sample], n: int) -> Iterator[Frame]:
    """Yield what each machine says, as its connector would bring it."""
    by_source: dict[str, list[Sample]] = {}
    for one in samples:
        by_source.setdefault(one.tag.owner.name, []).append(one)
    for source, own in by_source.items():
        values = [one.value for one in own]
        columns = Columns(
            tag=[str(one.tag) for one in own],
            t_ns=[one.t_ns for one in own],
            seen_ns=[one.t_ns for one in own],
            value=[float("nan") if isinstance(one, str) else float(one) for one in values],
            quality=[GOOD] * len(own),
            integer=[one if isinstance(one, int) else None for one in values],
            text=[one if isinstance(one, str) else None for one in values],
        )
        yield frame(FrameHeader(site=LINE.site, source=source, epoch=1, n=n), columns)


def forecasts_of(day: Day, model: Model) -> list[Forecast]:
    """Return the forecasts of a day, each with what came."""
    found: list[Forecast] = []
    at_ns = BEGIN_NS + RUN_IN_H * NS_PER_H
    last_ns = at_ns + FORECAST_H * NS_PER_H
    while at_ns <= last_ns:
        line = day.advance(at_ns)
        made = forecast(
            model,
            line,
            hours=AHEAD_H,
            replications=FUTURES,
            seed=int.from_bytes(hashlib.blake2b(str(at_ns).encode(), digest_size=4).digest()),
            shift_end_ns=end_of_shift(day.plant, LINE, line.as_of_ns),
            now_ns=at_ns,
        )
        rate = day.made.rate_h(LAST, line.counted_since_ns)
        rates = {} if rate is None else {LINE: rate}
        own = records_of(made, seen_ns=at_ns, rates=rates, simulated=True)
        found += [one for one in own if one.address == LINE]
        at_ns += EVERY_NS
    day.advance(max(one.until_ns for one in found))
    return [_held_against(one, day.made) for one in found]


def _held_against(one: Forecast, made: Made) -> Forecast:
    return settled(one, float(made.good(LAST, one.for_ns, one.until_ns)), seen_ns=one.until_ns)


def judged(found: Sequence[Forecast]) -> tuple[Ahead, ...]:
    """Return how forecasts did, by how far ahead they look: whole quarters of an hour."""
    by_hours: dict[float, list[Forecast]] = {}
    for one in found:
        hours = round(4 * (one.until_ns - one.for_ns) / NS_PER_H) / 4
        by_hours.setdefault(hours, []).append(one)
    rows = []
    for hours in AHEAD:
        own = by_hours.get(hours, [])
        all_of = standing(score(one) for one in own)
        (_, (held_80, of_80), (held_90, of_90)) = all_of.held
        rows.append(
            Ahead(
                hours=hours,
                forecasts=all_of.count,
                held_80=round(held_80 / max(1, of_80), 3),
                held_90=round(held_90 / max(1, of_90), 3),
                crps_pieces=round(all_of.crps, 2),
                bias_pieces=round(all_of.bias, 2),
                mean_pieces=round(all_of.mean_actual, 1),
                skill=None if all_of.skill is None else round(all_of.skill, 3),
            )
        )
    return tuple(rows)


def main() -> None:
    """Play the days, and store what came of the forecasts."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--days", type=int, default=DAYS, help="days of the plant, a seed each")
    days = asked.parse_args().days
    begun_s = time.process_time()
    found: list[Forecast] = []
    model = compile_line(load(ROOT / "plants" / "bracket"), LINE, plant_rev="r1")
    for n in range(days):
        with tempfile.TemporaryDirectory() as folder:
            day = Day(n, Path(folder))
            found += forecasts_of(day, model)
            day.close()
    result = Result(
        f"python -m benchmarks.twin.forecast_scored --days {days}",
        commit(ROOT),
        PATH,
        "plants/bracket",
        days,
        FUTURES,
        round(time.process_time() - begun_s, 1),
        judged(found),
    )
    RESULT.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")
    for row in result.ahead:
        sys.stdout.write(f"{row}\n")


if __name__ == "__main__":
    main()
