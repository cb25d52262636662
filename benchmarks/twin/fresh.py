"""Run as a process of its own: from the first import to the throughput of the ten stations."""

import sys

import msgspec

SECONDS = 100_000
NS = 10**9


class First(msgspec.Struct, frozen=True):
    """The first answer of a process: good parts, in so many seconds of plant time."""

    good: int
    seconds: int


def main() -> None:
    """Print one `First` as JSON."""
    from benchmarks.twin.line import ten_stations  # noqa: PLC0415  # the import is measured, too
    from linewright.twin import advance, begin, outcome  # noqa: PLC0415  # likewise

    model = ten_stations()
    state = advance(model, begin(model, at_ns=0, seed=1), SECONDS * NS)
    first = First(outcome(model, state).good, SECONDS)
    sys.stdout.write(msgspec.json.encode(first).decode() + "\n")


if __name__ == "__main__":
    main()
