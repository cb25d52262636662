"""Appends and compacts without a pause, from where the file stands; to be killed.

`compact_program.py FOLDER` stores running numbers of five tags over a day of event time.
"""

import sys
from pathlib import Path

from linewright.history import Arrival, Writer, take_in
from linewright.history.keeping import Compactor, Rule
from linewright.plant.samples import Columns, FrameHeader, encode_frame, frame, samples_subject

SOURCE = "m1"
PLACE = f"reno/shop/machines/{SOURCE}"
TAGS = tuple(f"{PLACE}#v{n}" for n in range(5))
T0_NS = 1_717_401_600_000_000_000
HOUR_NS = 3_600_000_000_000
STEP_NS = HOUR_NS // 10
STEPS = 240
ROWS = 2_000
BATCH = 2


def times(step: int) -> list[int]:
    """Event times of one step, evenly over a tenth of an hour."""
    return [T0_NS + step * STEP_NS + row * (STEP_NS // ROWS) for row in range(ROWS)]


def arrival(step: int) -> Arrival:
    """Message of one step: each tag counts on."""
    at = times(step)
    columns = Columns(
        tag=[TAGS[row % len(TAGS)] for row in range(ROWS)],
        t_ns=at,
        seen_ns=at,
        value=[float(step * ROWS + row) for row in range(ROWS)],
        quality=[0] * ROWS,
    )
    header = FrameHeader(site="reno", source=SOURCE, epoch=1, n=step)
    data = encode_frame(frame(header, columns))
    subject = samples_subject(header)
    return Arrival(stream="samples", subject=subject, data=data, seq=step + 1, stored_ns=T0_NS)


def main(folder: Path) -> None:
    """Some steps in a transaction, then a compaction of what is over."""
    with Writer.open(folder) as writer:
        compactor = Compactor(writer.database.reader())
        compactor.remove_orphans()
        sys.stdout.write("at work\n")
        sys.stdout.flush()
        while (at := writer.position("samples")) < STEPS:
            steps = range(at, min(at + BATCH, STEPS))
            writer.append(take_in([arrival(step) for step in steps]), plant_rev="r1")
            compactor.compact(now_ns=times(steps[-1])[-1], rule=Rule(late_s=60.0, files_kept_s=0))
        while not compactor.compact(now_ns=T0_NS + 100 * HOUR_NS, rule=Rule()).is_done:
            pass
        compactor.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
