"""From raw samples to what a station did: states and pieces, each at the time of its source."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tools.recompute.history import History, Sample
from tools.recompute.plantfile import Station, Tag

COUNTED = {"parts.good": "good", "parts.scrap": "scrap", "parts.rework": "rework"}
"""What a counter of this role counts."""

TOTAL = "parts.total"
"""Role of a counter that tells pieces and not whether they are good."""


CYCLE = "cycle"
"""Role of a counter of cycles: each makes the pieces of its operation."""

BACK_FACTOR = 2
"""After a fall of a reading at most so many times the planned pace is believed."""

UNPACED_MAX = 1000
"""Most pieces believed after a fall where the plant file says no pace."""


@dataclass(frozen=True, kw_only=True)
class State:
    """A station's state from `t_ns` on."""

    t_ns: int
    state: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Made:
    """Pieces counted at one instant."""

    t_ns: int
    good: int = 0
    scrap: int = 0
    rework: int = 0
    reworked: int = 0
    unjudged: int = 0
    product: str = ""
    operation: str = ""

    @property
    def produced(self) -> int:
        """All pieces."""
        return self.good + self.scrap + self.rework + self.unjudged


def told(value: float | str | None) -> str:
    """A machine's own state as the plant file spells it.

    >>> told(1.0)
    '1'
    """
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else str(value)
    return str(value)


def states_of(tag: Tag, samples: Iterable[Sample]) -> list[State]:
    """States by event time: what is bad, or not in the map, is unknown."""
    found: list[State] = []
    for sample in samples:
        state = "unknown"
        if not sample.is_bad and sample.value is not None:
            word = told(sample.value)
            state = tag.states.get(word, "unknown") if tag.states else word
        if found and found[-1].t_ns == sample.t_ns:
            found.pop()
        found.append(State(t_ns=sample.t_ns, state=state))
    return found


def increments(
    tag: Tag, samples: Iterable[Sample], standard_ns: int | None
) -> list[tuple[int, int]]:
    """Pieces that a counter counted, each at the time of its reading.

    The first reading is where counting begins. A reading below the one before is a roll-over where
    the plant file gives the number at which the counter begins again and the station could have
    made so many, else a counter that was set back: what it shows was counted since.
    """
    found = []
    before: int | None = None
    before_ns = 0
    for sample in samples:
        if sample.is_bad or not isinstance(sample.value, float):
            continue
        reading = int(sample.value)
        if before is not None and reading != before:
            step = reading - before
            if step < 0:
                over = tag.rolls_over
                ways = [step + over] if over and before < over else []
                elapsed_ns = sample.t_ns - before_ns
                step = next(
                    (way for way in (*ways, reading) if _could(way, elapsed_ns, standard_ns)), 0
                )
            if step:
                found.append((sample.t_ns, step))
        before, before_ns = reading, sample.t_ns
    return found


def _could(pieces: int, elapsed_ns: int, standard_ns: int | None) -> bool:
    """Whether a station makes so many in this time, at twice its pace."""
    if standard_ns is None:
        return pieces <= UNPACED_MAX
    return pieces * standard_ns <= BACK_FACTOR * elapsed_ns


def made_of(station: Station, history: History) -> list[Made]:
    """Pieces of a station from its counters."""
    found: list[Made] = []
    standard_ns = min(station.standard_ns.values(), default=None)
    for tag in station.tags:
        samples = history.samples.get(f"{station.address}#{tag.name}", [])
        if tag.role in COUNTED:
            found += [
                replace(Made(t_ns=t_ns), **{COUNTED[tag.role]: step})  # type: ignore[arg-type] # names of counts alone
                for t_ns, step in increments(tag, samples, standard_ns)
            ]
        elif tag.role == TOTAL:
            found += [
                Made(t_ns=t_ns, good=step) for t_ns, step in increments(tag, samples, standard_ns)
            ]
        elif tag.role == CYCLE and station.cycle_pieces and not _counts_parts(station):
            pieces = station.cycle_pieces
            cycle_ns = None if standard_ns is None else standard_ns * pieces
            found += [
                Made(t_ns=t_ns, good=step * pieces)
                for t_ns, step in increments(tag, samples, cycle_ns)
            ]
    return sorted(found, key=lambda made: made.t_ns)


def corrected(history: History, address: str) -> list[Made]:
    """What people have changed of counts of machines: good pieces that turned out bad, and back."""
    times = {
        record["id"]: record["t_ns"]
        for record in history.of("parts", address)
        if record["source"] == "live"
    }
    found: list[Made] = []
    for record in history.of("correction", address):
        if record["of_class"] != "parts" or record["of"] not in times:
            continue
        steps = {
            change["field"]: json.loads(change["after"]) - json.loads(change["before"])
            for change in record.get("changes", [])
            if change["field"] in ("good", "scrap", "rework")
        }
        found.append(replace(Made(t_ns=times[record["of"]]), **steps))
    return found


def _counts_parts(station: Station) -> bool:
    """Whether a counter tells all pieces, or the good ones."""
    return any(tag.role in (TOTAL, "parts.good") for tag in station.tags)


def said_states(records: Iterable[dict[str, Any]]) -> list[State]:
    """States from records, for stations without a wire, or to be compared."""
    found: list[State] = []
    for record in records:
        if found and found[-1].t_ns == record["t_ns"]:
            found.pop()
        found.append(
            State(t_ns=record["t_ns"], state=record["state"], reason=record.get("reason") or "")
        )
    return found


def said_parts(records: Iterable[dict[str, Any]]) -> list[Made]:
    """Pieces from records: what people counted, or to be compared."""
    return [
        Made(
            t_ns=record["t_ns"],
            good=record.get("good", 0),
            scrap=record.get("scrap", 0),
            rework=record.get("rework", 0),
            reworked=record.get("reworked", 0),
            product=record.get("product") or "",
            operation=record.get("operation") or "",
        )
        for record in records
        if not record.get("quality", 0) & 2
    ]
