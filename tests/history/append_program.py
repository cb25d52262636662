"""Appends without a pause, from where the file stands: `append_program.py FOLDER`; to be killed."""

import sys
from pathlib import Path

from linewright.history import Writer, take_in
from tests.history.building import audit, framed, published, samples

BATCH = 7
LOST = frozenset([100, 101, 1000])
STEPS = 4000


def main(folder: Path) -> None:
    """One frame and one audit record a step, some steps in a transaction."""
    with Writer.open(folder) as writer:
        while (at := writer.position("records")) < STEPS:
            steps = range(at, min(at + BATCH, STEPS))
            frames = [framed(n) for n in steps if n not in LOST]
            audits = [audit("case.opened", f"c{n}", at=n) for n in steps]
            arrived = samples(frames, after=writer.position("samples"))
            arrivals = [*arrived, *published(audits, after=at)]
            writer.append(take_in(arrivals), plant_rev="r1")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
