"""A past that is gone through in memory."""

from pathlib import Path
from typing import NamedTuple

from linewright.emulate.folder import Folder
from linewright.emulate.machines import Sample
from linewright.emulate.past import People, Recorder
from linewright.emulate.play import Play, Setup
from linewright.plant.records import Record
from linewright.plant.samples import Frame

STEP_NS = 60 * 1_000_000_000
REV = "r1"


class Gone(NamedTuple):
    """What came of a past: the play at its end, what was shown, and what was made of it."""

    play: Play
    shown: list[Sample]
    frames: list[Frame]
    records: list[Record]
    entered: list[Record]
    recorder: Recorder


def gone(setup: Setup, path: Path, until_ns: int) -> Gone:
    """Go through a past minute by minute."""
    folder = Folder(path)
    play = Play(setup, folder)
    recorder = Recorder(
        setup.plant, REV, setup.site, machines=play.machines, reached=play.is_reached
    )
    span_ns = (setup.start_ns, until_ns)
    people = People(
        setup.plant, REV, setup.site, span_ns=span_ns, seed=setup.seed, strikes=play.strikes
    )
    found = Gone(play, [], [], [], [*people.signed_on()], recorder)
    for t_ns, samples in play.past(until_ns):
        heard = recorder.take(samples, t_ns)
        found.shown.extend(samples)
        found.frames.extend(heard.frames)
        found.records.extend(heard.records)
        found.entered.extend(people.take(heard.records, play.kernels.failing(), t_ns))
    folder.close()
    return found
