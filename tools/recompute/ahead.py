"""Where a line ends its window if nothing changes, after docs/live.md: by forecast, or by pace."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tools.recompute import compare
from tools.recompute.calendar import Window
from tools.recompute.day import Course, overlap
from tools.recompute.pages import HOUR, Place, standard_of

MINUTE = HOUR // 60
TWIN_MAX_NS = 45 * MINUTE
"""Age up to which a forecast is believed."""

PACE_MIN_NS = 15 * MINUTE
"""Working time after which the pace so far says something."""

WHOLE_HOURS_MIN = 2
"""Hours that are over before the slowest and the fastest give the band."""

LATE = 2
"""The answer may have been given before the newest forecast had arrived."""

Told = tuple[str, float, float, float]
"""By what, expected, low, high."""


def projections(
    place: Place, window: Window, known_ns: int, forecasts: Sequence[Mapping[str, Any]]
) -> list[Told | None]:
    """What the page may say: by the newest forecast, the one before, or where there is none, pace.

    >>> day = Window(name="d", from_ns=0, until_ns=9)
    >>> projections(Place(address="x", groups={}, courses={}), day, 5, [])
    []
    """
    group = place.line
    if group is None:
        return []
    limits = place.courses[f"{group.address}/{group.bottleneck}"]
    standard = standard_of(limits)
    if not standard:
        return []
    if not window.from_ns < known_ns < window.until_ns:
        return [None]
    last = place.courses[f"{group.address}/{group.flow[-1]}"]
    fresh = [one for one in forecasts if _is_fresh(one, window, known_ns)]
    fresh.sort(key=lambda one: (one["for_ns"], one["seen_ns"], one["id"]))
    found: list[Told | None] = [
        _by_twin(one, last, window.from_ns, known_ns) for one in fresh[-LATE:]
    ]
    if len(fresh) < LATE:
        found.append(_by_pace(limits, last, standard, (window, known_ns)))
    return found


def compare_projection(
    account: compare.Account, where: str, own: Sequence[Told | None], theirs: compare.Answer
) -> None:
    """Compare expectation and band; without any that can be computed there is nothing to say."""
    if not own:
        return
    said = theirs.get("projection")
    told = None
    if said is not None:
        numbers = (said.get(name) for name in ("value", "low", "high"))
        told = (theirs.get("projection_by", ""), *map(_digits, numbers))
    ours = [None if one is None else (one[0], *map(_digits, one[1:])) for one in own]
    account.same(f"{where} projection", told if told in ours else ours, told)


def _digits(value: float | None) -> float | None:
    """A number to twelve digits: sums in another order differ in the last bits."""
    return None if value is None else float(f"{value:.12g}")


def _is_fresh(one: Mapping[str, Any], window: Window, known_ns: int) -> bool:
    return (
        one["kind"] == "output"
        and one.get("subject") is None
        and bool(one.get("valid", True))
        and one["until_ns"] == window.until_ns
        and window.from_ns <= one["for_ns"] <= known_ns <= one["for_ns"] + TWIN_MAX_NS
    )


def _good(course: Course, a: int, b: int) -> int:
    return sum(made.good for made in course.made if a <= made.t_ns < b)


def _at(points: Sequence[Mapping[str, float]], p: float) -> float:
    """The value of a probability, between its neighbours on a straight line."""
    if p <= points[0]["p"]:
        return points[0]["value"]
    for one, next_one in pairwise(points):
        if p <= next_one["p"]:
            share = (p - one["p"]) / (next_one["p"] - one["p"])
            return one["value"] * (1 - share) + next_one["value"] * share
    return points[-1]["value"]


def _by_twin(one: Mapping[str, Any], last: Course, from_ns: int, known_ns: int) -> Told:
    """What was made before the forecast, and what it expects; never less than what is made."""
    made, before = _good(last, from_ns, known_ns), _good(last, from_ns, one["for_ns"])
    low, high = (max(float(made), before + _at(one["quantiles"], p)) for p in (0.1, 0.9))
    mean = one.get("mean")
    expected = before + (_at(one["quantiles"], 0.5) if mean is None else mean)
    return "twin", min(max(low, expected), high), low, high


def _by_pace(limits: Course, last: Course, standard: int, span: tuple[Window, int]) -> Told | None:
    """The pace so far goes on; the band is that of the slowest and the fastest whole hour."""
    window, known_ns = span
    done = overlap(limits.plan.working, window.from_ns, known_ns)
    left = overlap(limits.plan.working, known_ns, window.until_ns)
    if done < PACE_MIN_NS:
        return None
    good = _good(last, window.from_ns, known_ns)
    expected = good + Fraction(good * left, done)
    paces = [
        Fraction(_good(last, a, b), planned)
        for a, b in _hours_over(window, known_ns)
        if (planned := overlap(limits.plan.working, a, b)) >= MINUTE
    ]
    if len(paces) >= WHOLE_HOURS_MIN:
        low, high = good + min(paces) * left, good + max(paces) * left
    else:
        low, high = Fraction(good), good + Fraction(left, standard)
    return "pace", float(expected), float(min(low, expected)), float(max(high, expected))


def _hours_over(window: Window, known_ns: int) -> Iterator[tuple[int, int]]:
    at = window.from_ns
    while at < window.until_ns:
        end = min(at + HOUR, window.until_ns)
        if end <= known_ns:
            yield at, end
        at = end
