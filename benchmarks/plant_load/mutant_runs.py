"""Thousands of mutants, each checked in another process that may hang or die without harm."""

import multiprocessing
import time
from multiprocessing.connection import Connection

import msgspec

from linewright.plant.language.load import check_text
from linewright.testing.mutating.marked import Marked
from linewright.testing.mutating.mutants import CHECK_S_MAX, flaws, named, nth

GRACE_S = 20.0
"""Beyond the bound of a check, what starting a process may take on a busy machine."""

SHOWN_MAX = 12
"""Most examples of what went wrong that are printed."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one mutant."""

    index: int
    took_s: float
    kind: str = "?"
    what: str = ""
    invalid: bool = False
    named: bool = False
    taken: bool = False
    flaws: tuple[str, ...] = ()
    raised: str = ""


class Tally:
    """The sum of all outcomes, with some examples."""

    def __init__(self) -> None:
        self.done = self.invalid = self.named = self.taken = self.flawed = 0
        self.raised = self.hung = 0
        self.slowest_s = 0.0
        self._examples: list[tuple[int, str]] = []

    def add(self, outcome: Outcome) -> None:
        """Count one outcome; a check beyond the bound counts as a hang."""
        self.done += 1
        self.invalid += outcome.invalid
        self.named += outcome.invalid and outcome.named
        self.taken += outcome.taken
        self.flawed += bool(outcome.flaws)
        self.raised += bool(outcome.raised)
        self.hung += outcome.took_s > CHECK_S_MAX
        self.slowest_s = max(self.slowest_s, outcome.took_s)
        slow = f"it took more than {CHECK_S_MAX:g} s" if outcome.took_s > CHECK_S_MAX else ""
        unnamed = "the line is not named" if outcome.invalid and not outcome.named else ""
        for rank, wrong in enumerate((slow, outcome.raised, *outcome.flaws[:1], unnamed)):
            if wrong:
                about = f"#{outcome.index} {outcome.kind}: {wrong}; {outcome.what}"
                self._examples.append((rank, about))
                return

    def lines(self) -> list[str]:
        """Return the sum and the first examples, one a line."""
        summary = (
            f"mutants: {self.done:,}, {self.invalid:,} invalid by construction, {self.named:,} of "
            f"them named with the line, {self.taken} taken; {self.raised} tracebacks, "
            f"{self.hung} hangs, {self.flawed} flawed answers, slowest {self.slowest_s:.2f} s"
        )
        worst = sorted(self._examples)[:SHOWN_MAX]
        return [summary, *(ascii(about)[1:300] for _, about in worst)]


def run_mutants(texts: tuple[str, ...], count: int, seed: int) -> Tally:
    """Check so many mutants of valid plants, in turn.

    A process that does not answer in time is ended, the mutant counts as a hang, and the next
    process goes on behind it.
    """
    tally = Tally()
    spawn = multiprocessing.get_context("spawn")
    while tally.done < count:
        ours, theirs = spawn.Pipe(duplex=False)
        process = spawn.Process(target=work, args=(theirs, texts, (tally.done, count, seed)))
        process.start()
        theirs.close()
        _gather(ours, tally, count)
        process.kill()
        process.join()
        ours.close()
    return tally


def _gather(ours: Connection, tally: Tally, count: int) -> None:
    """Add outcomes until all are there, or until the process hangs or dies."""
    patience_s = CHECK_S_MAX + GRACE_S
    while tally.done < count:
        index = tally.done
        if not ours.poll(patience_s):
            tally.add(Outcome(index=index, took_s=patience_s))
            return
        try:
            tally.add(ours.recv())
        except EOFError:
            tally.add(Outcome(index=index, took_s=0.0, raised="the process died"))
            return
        patience_s = CHECK_S_MAX * 2  # started; from here only checks take time


def work(pipe: Connection, texts: tuple[str, ...], span: tuple[int, int, int]) -> None:
    """Check mutants from a first to a last one and send each outcome."""
    first, last, seed = span
    sources = [Marked(text) for text in texts]
    for index in range(first, last):
        pipe.send(outcome_of(sources, seed, index))


def outcome_of(sources: list[Marked], seed: int, index: int) -> Outcome:
    """Return what comes of one mutant."""
    mutant = nth(sources, seed, index)
    about = Outcome(
        index=index,
        took_s=0.0,
        kind=mutant.kind,
        what=mutant.what,
        invalid=mutant.verdict == "invalid",
    )
    begun = time.perf_counter()
    try:
        checked = check_text(mutant.raw, "plant.yaml")
    except BaseException as error:  # noqa: BLE001  # what is counted is that nothing is raised
        raised = f"{type(error).__name__}: {error}"
        took_s = time.perf_counter() - begun
        return msgspec.structs.replace(about, took_s=took_s, raised=raised)
    return msgspec.structs.replace(
        about,
        took_s=time.perf_counter() - begun,
        named=named(mutant, checked),
        taken=about.invalid and checked.plant is not None,
        flaws=tuple(flaws(mutant, checked)),
    )
