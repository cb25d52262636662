"""A played plant in a book: emulated machines, frames, the live fold, its records."""

import functools
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import msgspec

from linewright.emulate import Options, set_up
from linewright.emulate.folder import Folder
from linewright.emulate.play import Play
from linewright.live import begin, line_states, step
from linewright.plant import Address, Plant, load, to_text
from linewright.plant.language import load_text
from linewright.plant.records import LineState, Record
from linewright.plant.samples import Columns, Frame, FrameHeader, frame
from linewright.server.book.keeping import Kept
from linewright.server.known import Alive, Known, Moment

ROOT = Path(__file__).resolve().parents[3]
LINE = Address("nogales/machining/bracket")
S_NS = 1_000_000_000
H_NS = 3600 * S_NS
BEGIN_NS = 1_795_438_800 * S_NS
"""Monday 2026-11-23, 06:00 in Nogales: the first shift begins."""
TICK_NS = 60 * S_NS


class Said(msgspec.Struct, frozen=True):
    """A sample on its way from a machine."""

    tag: Address
    t_ns: int
    value: float | bool | str
    quality: int = 0


Change = Callable[[Said], Said | None]
"""What becomes of a sample on its way; None: it never comes."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Samples as they came, and what `live` made of them."""

    plant: Plant
    until_ns: int
    samples: tuple[Said, ...]
    frames: tuple[tuple[int, Frame], ...]
    records: tuple[Record, ...]
    lines: tuple[LineState, ...]


@functools.cache
def bracket() -> Plant:
    """Return the bracket plant."""
    return load_text(to_text(load(ROOT / "plants" / "bracket")))


@functools.cache
def ticks(hours: float, seed: int) -> tuple[tuple[int, tuple[Said, ...]], ...]:
    """Return what the machines of the bracket line say, minute by minute; played once."""
    text = to_text(load(ROOT / "plants" / "bracket"))
    setup = set_up(text, None, "", Options(from_ns=BEGIN_NS))
    found = []
    with tempfile.TemporaryDirectory() as place:
        folder = Folder(Path(place))
        play = Play(msgspec.structs.replace(setup, seed=seed), folder)
        play.begin()
        play.save()
        until_ns = BEGIN_NS + round(hours * H_NS)
        while play.t_ns < until_ns:
            samples = play.step(min(until_ns, play.t_ns + TICK_NS))
            said = tuple(Said(one.tag, one.t_ns, one.value) for one in samples)
            found.append((play.t_ns, said))
        folder.close()
    return tuple(found)


def run(hours: float = 4.75, seed: int = 3, change: Change | None = None) -> Run:
    """Return some hours of the bracket line, folded by `live`; samples may be changed before."""
    given = ticks(hours, seed)
    if change is not None:
        given = tuple(
            (t_ns, tuple(one for each in samples if (one := change(each)) is not None))
            for t_ns, samples in given
        )
    return folded(bracket(), LINE.site, given)


def folded(plant: Plant, site: str, given: Sequence[tuple[int, Sequence[Said]]]) -> Run:
    """Return what `live` makes of samples that came in ticks."""
    frames: list[tuple[int, Frame]] = []
    records: list[Record] = []
    fold = begin(plant, "r1", site)
    for n, (t_ns, samples) in enumerate(given):
        for each in _frames(samples, n):
            fold, made = step(fold, each, t_ns)
            frames.append((t_ns, each))
            records += made
    return Run(
        plant=plant,
        until_ns=given[-1][0],
        samples=tuple(one for _, samples in given for one in samples),
        frames=tuple(frames),
        records=tuple(records),
        lines=line_states(fold, plant),
    )


def _frames(samples: Sequence[Said], n: int) -> Iterator[Frame]:
    """Yield what each machine says, as its connector would bring it."""
    by_source: dict[str, list[Said]] = {}
    for one in samples:
        by_source.setdefault(one.tag.owner.name, []).append(one)
    for source, own in by_source.items():
        values = [one.value for one in own]
        columns = Columns(
            tag=[str(one.tag) for one in own],
            t_ns=[one.t_ns for one in own],
            seen_ns=[one.t_ns for one in own],
            value=[float("nan") if isinstance(one, str) else float(one) for one in values],
            quality=[one.quality for one in own],
            integer=[one if isinstance(one, int) else None for one in values],
            text=[one if isinstance(one, str) else None for one in values],
        )
        site = own[0].tag.site
        yield frame(FrameHeader(site=site, source=source, epoch=1, n=n), columns)


def moment_of(plant: Plant, t_ns: int, *, site: str = LINE.site) -> Moment:
    """Return a moment at which wall clock and plant clock say the same."""
    return Moment(
        plant=plant, site=site, rev="r1", emulated=True, t_ns=t_ns, speed=1.0, wall_ns=t_ns,
        mono_s=t_ns / S_NS,
    )  # fmt: skip


def kept_of(played: Run, site: str = LINE.site, *, without: Collection[Record] = ()) -> Kept:
    """Return the book of a play, as the server holds it at its end; some records may be missing."""
    known = Known()
    for line in played.lines:
        known.hear_line(line)
    known.hear_alive("live", Alive(pid=1, since_ns=0, heard_s=played.until_ns / S_NS))
    kept = Kept(played.plant, "r1", site, known)
    missing = {record.id for record in without}
    for record in played.records:
        if record.id in missing:
            continue
        kept.hear(record, 0)
    for t_ns, each in played.frames:
        kept.newest.hear(each, t_ns, t_ns)
    return kept


def alive_at(kept: Kept, t_ns: int) -> None:
    """Let `live` and every source speak at a time."""
    kept.known.hear_alive("live", Alive(pid=1, since_ns=0, heard_s=t_ns / S_NS))
    for source in ("saw", "mill", "wash", "inspect"):
        beat(kept, source, t_ns, t_ns)


def beat(kept: Kept, source: str, wall_ns: int, plant_ns: int) -> None:
    """Let a source say that it lives."""
    columns = Columns(tag=[], t_ns=[], seen_ns=[], value=[], quality=[])
    header = FrameHeader(site=LINE.site, source=source, epoch=1, n=10**6)
    kept.newest.hear(frame(header, columns), wall_ns, plant_ns)
