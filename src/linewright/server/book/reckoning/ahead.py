"""The twin's next hours of a line beside the real ones, and what it expected an hour ago."""

from collections.abc import Iterable, Sequence

from linewright.live.day import output_of
from linewright.plant.records import Forecast, ForecastKind
from linewright.server.book.keeping import Kept
from linewright.server.book.reckoning.figures import lines_of
from linewright.server.book.reckoning.plain import NS_PER_H, NS_PER_S, address_of, ms, spread
from linewright.server.book.reckoning.windows import settled_ns
from linewright.server.desk import Refusal
from linewright.server.known import Moment
from linewright.server.views.base import Number
from linewright.server.views.line import AheadView

__all__ = ["ahead_view"]

PAST_NS = 2 * NS_PER_H
"""How much of what was made stands beside the forecast."""

STEP_NS = 300 * NS_PER_S
"""Time between two points of what was made."""

AGO_NS = NS_PER_H
"""Age of the forecast that is held against what came."""

AGO_MOST_NS = 2 * NS_PER_H
"""A forecast older than this is not held against the last hour."""

LOW, HIGH = 0.1, 0.9
"""Ends of the interval of 80 %."""

JUDGED = (0.05, 0.95)
"""Ends of the interval of 90 %, which is judged."""

CLOSE = 1e-9


def ahead_view(kept: Kept, moment: Moment, address: str) -> AheadView:
    """Return what a line made in the last hours and what the twin expects of the next.

    All are good parts of the line, counted from the first time of `past`. A forecast counts from
    when it was made; what was made until then is added, so that it begins on the real curve.

    Raises
    ------
    Refusal
        There is no such line, or the place has several.
    """
    place = address_of(address, moment)
    lines = lines_of(kept, place)
    if len(lines) != 1:
        what = f"{place} has {len(lines)} lines, and a forecast is that of one"
        raise Refusal(422, what, "address", "ask for one line")
    line, now_ns = lines[0], settled_ns(moment)
    from_ns = (now_ns - PAST_NS) // STEP_NS * STEP_NS
    made = _Made(kept, line, from_ns)
    own = [each for each in kept.day.station(line).forecasts if _is_output(each)]
    newest = _made_at(own, max((each.t_ns for each in own), default=0))
    before = [each.t_ns for each in own if now_ns - AGO_MOST_NS <= each.t_ns <= now_ns - AGO_NS]
    was = _made_at(own, max(before, default=-1))
    times = [*range(from_ns, now_ns, STEP_NS), now_ns]
    return AheadView(
        address=str(line),
        made_ms=ms(newest[0].t_ns) if newest else None,
        valid=all(each.valid for each in newest),
        caveat=newest[0].caveat if newest and not newest[0].valid else "",
        past=tuple((ms(t_ns), float(made.until(t_ns))) for t_ns in times),
        ahead=tuple(_points(made, [each for each in newest if each.until_ns > now_ns])),
        was=tuple(_points(made, [each for each in was if each.for_ns >= from_ns])),
        scores=_scores(own),
    )


class _Made:
    """Good parts of a line since a time."""

    def __init__(self, kept: Kept, line: str, from_ns: int) -> None:
        self._plan, self._line, self._from_ns = kept.plan, line, from_ns
        self._books = {str(each): kept.day.station(each) for each in kept.plan.lines[line].stations}

    def until(self, t_ns: int) -> int:
        """Return those up to and with a time; negative before the first time."""
        if t_ns < self._from_ns:
            return -self._good(t_ns + 1, self._from_ns)
        return self._good(self._from_ns, t_ns + 1)

    def _good(self, from_ns: int, until_ns: int) -> int:
        return output_of(self._plan, self._line, self._books, from_ns, until_ns).good


def _is_output(forecast: Forecast) -> bool:
    return forecast.kind is ForecastKind.OUTPUT and forecast.subject is None


def _made_at(own: Iterable[Forecast], t_ns: int) -> list[Forecast]:
    """Return the forecasts that were made at a time, one for each time ahead."""
    return sorted((each for each in own if each.t_ns == t_ns), key=lambda each: each.until_ns)


def _points(made: _Made, own: Sequence[Forecast]) -> list[tuple[int, Number]]:
    found = []
    for each in own:
        base = made.until(each.for_ns)
        low, high = _quantile(each, LOW), _quantile(each, HIGH)
        found.append(
            (
                ms(each.until_ns),
                spread(
                    None if each.mean is None else base + each.mean,
                    None if low is None else base + low,
                    None if high is None else base + high,
                ),
            )
        )
    return found


def _quantile(forecast: Forecast, p: float) -> float | None:
    return next((one.value for one in forecast.quantiles if abs(one.p - p) < CLOSE), None)


def _scores(own: Iterable[Forecast]) -> str:
    """Return how often what came lay in the interval of 90 %, of how many; empty: none is over."""
    held = count = 0
    for each in own:
        low, high = (_quantile(each, p) for p in JUDGED)
        if each.actual is not None and low is not None and high is not None:
            count += 1
            held += low <= each.actual <= high
    return f"{held}/{count}" if count else ""
