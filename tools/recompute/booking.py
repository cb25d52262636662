"""What each stretch without production is booked on: who said what of it, last."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from tools.recompute.day import KINDS, STANDING, Booked, Event, Interval, Piece
from tools.recompute.plantfile import Station

CATEGORY_OF_GROUP = {"unplanned": "other", "": "other", "set_up": "set_up"}
"""Category of a bucket that names no finer one."""


def category_of(bucket: str) -> str:
    """Time category of a bucket of the reason tree.

    >>> category_of("planned/meal")
    'meal'
    """
    return bucket.split("/")[1] if "/" in bucket else CATEGORY_OF_GROUP.get(bucket, bucket)


def found_code(code: str, tree: Mapping[str, str]) -> tuple[str, str]:
    """Path and category of a code: a path, or a name that is unique in the tree."""
    if code in tree:
        return code, category_of(tree[code])
    named = [path for path in tree if path.split("/")[-1] == code]
    if len(named) == 1:
        return named[0], category_of(tree[named[0]])
    return code, "other"


def spoken(
    records: Sequence[dict[str, Any]], pieces: Sequence[Piece]
) -> list[tuple[int, int, dict[str, Any]]]:
    """What people said, the later given last; without an end it holds until the state ends."""
    replaced = {
        of
        for record in records
        if record["how"] == "person"
        for of in record.get("replaces", [])
        if of != record["id"]
    }
    found = []
    for record in records:
        if record["how"] != "person" or record["id"] in replaced:
            continue
        until = record.get("until_ns")
        if until is None:
            until = next(
                (p.until_ns for p in pieces if p.until_ns > record["t_ns"]), record["t_ns"]
            )
        found.append((record["t_ns"], until, record))
    return sorted(found, key=lambda one: (one[2]["seen_ns"], one[2]["seq"]))


def book(
    station: Station,
    events: Iterable[Event],
    said: Sequence[tuple[int, int, dict[str, Any]]],
    tree: Mapping[str, str],
) -> list[Booked]:
    """Every event in parts, each booked by the first that says something."""
    found: list[Booked] = []
    for number, event in enumerate(events):
        a, b = event.from_ns, event.until_ns
        near = [one for one in said if one[1] > a and one[0] < b]
        is_micro = (
            event.state in STANDING and not near and 0 <= event.working_ns < station.micro_stop_ns
        )
        times = {a, b, *(t for one in near for t in one[:2] if a < t < b)}
        machine = {piece.reason for piece in event.pieces if piece.reason}
        if len(machine) > 1:
            times |= {piece.from_ns for piece in event.pieces}
        cuts = sorted(times)
        for x, y in pairwise(cuts):
            over = [one for one in near if one[0] <= x < one[1]]
            code, by = "", ""
            if over:
                code, by = over[-1][2]["code"], over[-1][2].get("by", "")
            elif machine and not is_micro:
                piece = next(p for p in event.pieces if p.from_ns <= x < p.until_ns)
                code = piece.reason if len(machine) > 1 else next(iter(machine))
                by = "machine" if code else ""
            category = "micro_stop" if is_micro else KINDS.get(event.state, "no_reason")
            if code:
                code, category = found_code(code, tree)
            last = found[-1] if found else None
            is_same = last is not None and (last.event, last.category, last.code) == (
                number,
                category,
                code,
            )
            if is_same:
                found.pop()
            begin = last.from_ns if is_same and last else x
            found.append(
                Booked(
                    from_ns=begin,
                    until_ns=y,
                    state=event.worst(begin, y),
                    category=category,
                    code=code,
                    by=by,
                    event=number,
                )
            )
    return found


def gaps_of(station: Station, records: Iterable[dict[str, Any]]) -> list[Interval]:
    """When nothing is known of the station's state."""
    tag = station.tag("state")
    found = []
    for record in records:
        own = station.address.rsplit("/", maxsplit=1)[-1]  # played, each station is one by itself
        if record.get("filled") or record["of_source"] not in (station.source, own):
            continue
        tags = record.get("tags", [])
        if tags and (tag is None or not any(t.split("#")[-1] == tag.name for t in tags)):
            continue
        if tag is not None and tag.through:
            continue
        found.append((record["t_ns"], record["until_ns"]))
    return found
