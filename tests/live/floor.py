"""A small floor for the tests of live: the bracket plant, a job shop's station, and frames."""

import functools
from collections.abc import Iterable, Sequence
from pathlib import Path

from linewright.live import LiveFold, begin, step
from linewright.live.recent import STEP
from linewright.plant import Address, Plant, PlantBuilder, load
from linewright.plant.records import Parts, Record, State, order_of
from linewright.plant.samples import Columns, Frame, FrameHeader, frame

SITE = "nogales"
LINE = Address("nogales/machining/bracket")
MILL = LINE.child("mill")
S = 10**9
SIX = 1_785_157_200 * S
"""Monday 2026-07-27 06:00 in Hermosillo, where the production day begins."""

Sample = tuple[str, float, float | str | None, int]
"""Tag below the line, seconds after six, value, quality."""


@functools.cache
def bracket() -> Plant:
    """The bracket plant of this repository."""
    return load(Path(__file__).resolve().parents[2] / "plants" / "bracket")


@functools.cache
def totals(*roles: str) -> Plant:
    """A line of one station, one piece in 10 s, with counters of these roles."""
    plant = PlantBuilder("acme")
    site = plant.site(SITE, timezone="America/Hermosillo", currency="MXN", day_starts="06:00")
    line = site.area("machining").line("bracket", flow=["mill"])
    tags = {
        role.partition(".")[2]: {"node": f"ns=2;s={role}", "role": role, "rolls_over": 1000}
        for role in roles
    }
    line.station("mill", does={"mill": "10 s"}, connect={"opcua": "opc.tcp://mill"}, tags=tags)
    return plant.done()


LAMPS = "'down' if red else ('idle' if yellow else ('running' if green else 'off'))"


@functools.cache
def lamps(debounce: str = "5 s", **more: str) -> Plant:
    """A line of one station with a stack light and a counter of cycles, two pieces each."""
    plant = PlantBuilder("acme")
    site = plant.site(SITE, timezone="America/Hermosillo", currency="MXN", day_starts="06:00")
    line = site.area("machining").line("bracket", flow=["mill"])
    tags: dict[str, dict[str, object]] = {
        name: {"input": f"1000{n}", "type": "bool", "role": "stack_light"}
        for n, name in enumerate(("green", "yellow", "red"), 1)
    }
    tags["cycles"] = {"register": "30001", "type": "uint16", "role": "cycle"}
    tags |= {name: {"derive": text} for name, text in more.items()}
    tags["state"] = {"role": "state", "derive": more.get("state", LAMPS), "debounce": debounce}
    does = {"mill": {"time": "10 s", "pieces": 2}}
    connect = {"modbus": "tcp://mill:502"}
    line.station("mill", does=does, connect=connect, tags=tags)
    return plant.done()


def batch(n: int, samples: Sequence[Sample], *, source: str = "mill", epoch: int = 1) -> Frame:
    """A frame of samples; whole numbers are sent as integers too, as a PLC does."""
    values = [value for _, _, value, _ in samples]
    times = [SIX + int(at_s * S) for _, at_s, _, _ in samples]
    columns = Columns(
        tag=[f"{LINE}/{tag}" for tag, _, _, _ in samples],
        t_ns=times,
        seen_ns=[t_ns + 5 for t_ns in times],
        value=[_number(value) for value in values],
        quality=[quality for *_, quality in samples],
        integer=[_whole(value) for value in values],
        text=[value if isinstance(value, str) else None for value in values],
    )
    return frame(FrameHeader(site=SITE, source=source, epoch=epoch, n=n), columns)


def _number(value: float | str | None) -> float:
    return float("nan") if value is None or isinstance(value, str) else float(value)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def fresh(plant: Plant | None = None) -> LiveFold:
    """A fold of the plant, or of bracket, that has heard nothing."""
    return begin(plant or bracket(), "r1", SITE)


def play(
    fold: LiveFold, frames: Iterable[Frame], *, first: int = 0
) -> tuple[LiveFold, list[Record]]:
    """The fold after these frames, and all records on the way; the first came as that many."""
    records: list[Record] = []
    for number, each in enumerate(frames, first):
        fold, new = step(fold, each, SIX + number)
        records += new
    return fold, records


def heard(samples: Sequence[Sample], plant: Plant | None = None) -> tuple[LiveFold, list[Record]]:
    """The fold after one frame for each sample, and all records on the way."""
    return play(fresh(plant), [batch(n, [sample]) for n, sample in enumerate(samples)])


def standing(records: Iterable[Record]) -> list[Record]:
    """What holds in the end: of each id the highest revision, without what was taken back."""
    highest: dict[str, Record] = {}
    for each in records:
        before = highest.get(each.id)
        assert before is None or each.rev == before.rev + STEP, (
            "each correction is the next revision"
        )
        highest[each.id] = each
    return sorted((each for each in highest.values() if not each.void), key=order_of)


def states(records: Iterable[Record]) -> list[State]:
    """The state records among these."""
    return [each for each in records if isinstance(each, State)]


def parts(records: Iterable[Record]) -> list[Parts]:
    """The parts records among these."""
    return [each for each in records if isinstance(each, Parts)]
