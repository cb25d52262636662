"""Diagnosis: which cause of the station's graph explains what moved, and what did not.

Each wear and failure mode of the plant file says how far it moves which signal. What is seen is
the shift of every signal between the cycles before the onset and the latest ones, less what the
booked wear explains. The probability of a cause is its rate (1/life or 1/every) times the
likelihood of these shifts, averaged over how severe the cause may be. A signal that did not move
speaks against every cause that would have moved it. What no cause explains is called `unknown`.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean

import msgspec

from linewright.correct.watch.cycles import CycleSeen, expected_s
from linewright.correct.watch.detect import Alarm
from linewright.correct.watch.estimates import slope, spread
from linewright.correct.watch.stations import CYCLE, NS_PER_S, CauseView, StationView
from linewright.plant.records import Cause

__all__ = ["UNDER_WAY_CYCLES", "UNKNOWN", "Diagnosis", "Severity", "Shift", "diagnose", "shifts_of"]

UNKNOWN = "unknown"
"""Name of what the plant file does not list."""

UNKNOWN_SHARE = 0.02
"""Prior of `unknown`, as a share of all: the graph of causes is taken to be nearly complete."""

REFERENCE_CYCLES_MAX = 20
"""Cycles before the onset that say how the signals were."""

NOW_CYCLES = 2
"""Latest cycles that say how the signals are: the two that the detection needs."""

REFERENCE_CYCLES_MIN = 5
"""Cycles before the onset from which on their mean replaces the standard as the reference of the
cycle time."""

FLOOR_SHARE = 0.02
"""Least deviation of a signal in one cycle, as a share of the largest move that any cause makes:
a signal without noise in the few cycles seen is not taken for exact."""

MODEL_SHARE = 0.15
"""How exact the plant file's sizes of symptoms are taken to be, as a share of each."""

SEVERITY_MAX = 1.25
"""Greatest wear considered: tools run on past their rated life before they break."""

SEVERITIES = 200
"""Points of the severity's integral (midpoint rule): its error is far below `MODEL_SHARE`."""

CYCLE_SIGMA = 0.01
"""Deviation of a single cycle, as a share, for the slope of the cycle time."""

UNDER_WAY_CYCLES = 1
"""First cycles since the onset that may show half of it, as they were under way when it came."""

MOVED_ERRORS = 2.0
"""A signal is told as moved when its shift is above so many standard errors."""

CERTAIN = 0.995
"""Above it a probability is told as "over 99 %": no diagnosis is certain."""

SETTLE_CYCLES = 2
"""First cycles since the onset that say nothing about the growth of a signal but the cycle time:
temperatures still follow the onset itself then."""

FASTER_MEDIAN = 3.5
FASTER_FACTOR = 1.6
"""Prior of how much faster than rated a damaged part wears: log-normal, this median, and one
standard deviation is this factor; never slower than rated. A few cycles after an onset the
slopes add little to it."""

FASTER_MAX = 16.0
"""Fastest wear considered."""

FASTER_POINTS = 150
"""Points of the integral over it."""


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """How far a signal has moved, its standard error, and the speed and booked wear it moved at."""

    signal: str
    by: float
    error: float


class Severity(msgspec.Struct, frozen=True, kw_only=True):
    """How far a cause has gone: share of full effect, and how fast it grows (1 is as rated)."""

    used: float
    used_error: float
    faster: float = 1.0
    faster_error: float = 0.0


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """Causes, likeliest first, how severe the likeliest is, and what was seen."""

    causes: tuple[Cause, ...]
    severity: Severity
    shifts: tuple[Shift, ...]
    onset_ns: int = 0
    """When it began, as far as cycles tell."""

    @property
    def best(self) -> str:
        """Name of the likeliest cause.

        Examples
        --------
        >>> likely = Cause(cause="end_mill", probability=0.9)
        >>> how_far = Severity(used=0.7, used_error=0.05)
        >>> Diagnosis(causes=(likely,), severity=how_far, shifts=()).best
        'end_mill'
        """
        return self.causes[0].cause


class _Now(msgspec.Struct, frozen=True, kw_only=True):
    """The conditions under which the shifts were seen."""

    view: StationView
    speed: float
    booked: Mapping[str, float]

    def predicted(self, cause: CauseView, signal: str, severity: float) -> float | None:
        """Shift of a signal if this cause had this severity; None: how far is not known."""
        by = cause.by(signal)
        if by is None or not by:
            return by
        if not cause.is_wear:
            return by * severity
        booked = self.booked.get(cause.name, 0.0)
        if signal != CYCLE:
            return by * (severity - booked) * self.speed / 100.0
        slowed = sum(
            (each.by(CYCLE) or 0.0) * self.booked.get(each.name, 0.0)
            for each in self.view.causes
            if each.is_wear
        )
        return by * (severity - booked) / (1.0 + slowed)


def diagnose(view: StationView, cycles: Sequence[CycleSeen], alarm: Alarm) -> Diagnosis:
    """Find the causes of a deviation.

    Parameters
    ----------
    view
        The station and its graph of causes.
    cycles
        Its cycles up to the alarm, oldest first; later ones are not looked at.
    alarm
        The alarm.

    Returns
    -------
    Diagnosis
        Probabilities add up to 1.

    Notes
    -----
    Cost: causes times signals times `SEVERITIES`.

    Examples
    --------
    >>> from linewright.plant import Address
    >>> mill = Address("a/b/c/mill")
    >>> view = StationView(
    ...     address=mill, label="Mill", standard_s=60.0, cycle_tag=mill.with_tag("cycle_time"),
    ...     speed_tag=None, state_tag=None, states={}, causes=(), units={},
    ... )
    >>> slow = CycleSeen(t_ns=66 * 10**9, seen_ns=0, cycle_s=66.0, speed=100.0, whole=True)
    >>> alarm = Alarm(
    ...     t_ns=slow.t_ns, seen_ns=0, onset_ns=0, cycle_s=66.0, expected_s=60.0,
    ...     sigma_share=0.01, total=7.0,
    ... )
    >>> diagnose(view, [slow], alarm).best
    'unknown'
    """
    whole = [each for each in cycles if each.whole and each.t_ns <= alarm.t_ns]
    onset_ns = onset_of(view, whole, alarm)
    before = [each for each in whole if each.t_ns <= alarm.onset_ns][-REFERENCE_CYCLES_MAX:]
    since = [each for each in whole if each.t_ns > onset_ns]
    shifts = shifts_of(view, before, since[-NOW_CYCLES:], sigma_share=alarm.sigma_share)
    found = explain(view, shifts, since, before)
    return msgspec.structs.replace(found, onset_ns=onset_ns)


def onset_of(view: StationView, cycles: Sequence[CycleSeen], alarm: Alarm) -> int:
    """Beginning of the first cycle that deviates as the latest ones do.

    The sum may have left zero a little earlier, by noise: cycles at its beginning with less than
    half of the latest deviation are not yet of it.
    """
    since = [each for each in cycles if each.t_ns > alarm.onset_ns]
    shares = [each.cycle_s / expected_s(view, each) - 1.0 for each in since]
    now = fmean(shares[-NOW_CYCLES:])
    deviating = [each for each, share in zip(since, shares, strict=True) if share >= now / 2.0]
    return deviating[0].began_ns


def shifts_of(
    view: StationView,
    before: Sequence[CycleSeen],
    now: Sequence[CycleSeen],
    *,
    sigma_share: float,
) -> tuple[Shift, ...]:
    """Shift of each signal from the cycles before to those now, less what booked wear explains.

    A signal that was not seen before is left out; of the cycle time the standard is then the
    reference.
    """
    shares = [each.cycle_s / expected_s(view, each) - 1.0 for each in now]
    reference = [each.cycle_s / expected_s(view, each) - 1.0 for each in before]
    error = sigma_share / math.sqrt(len(now))
    level = 0.0
    if len(reference) >= REFERENCE_CYCLES_MIN:
        level = fmean(reference)
        error = math.hypot(error, sigma_share / math.sqrt(len(reference)))
    found = [Shift(signal=CYCLE, by=fmean(shares) - level, error=error)]
    for tag in view.units:
        old, new = _unbooked(view, before, tag), _unbooked(view, now, tag)
        if old and new:
            sigma = signal_sigma(view, tag, old)
            error = sigma * math.sqrt(1.0 / len(old) + 1.0 / len(new))
            found.append(Shift(signal=tag, by=fmean(new) - fmean(old), error=error))
    return tuple(found)


def signal_sigma(view: StationView, tag: str, values: Sequence[float]) -> float:
    """Deviation of a signal's mean over one cycle: as measured, but not below its floor."""
    return max(spread(values, least=REFERENCE_CYCLES_MIN), FLOOR_SHARE * _size(view, tag))


def explain(
    view: StationView,
    shifts: Sequence[Shift],
    since: Sequence[CycleSeen],
    before: Sequence[CycleSeen] = (),
) -> Diagnosis:
    """Probabilities of the causes for given shifts, and the severity of the likeliest.

    Parameters
    ----------
    view
        The station.
    shifts
        What moved, and what did not.
    since
        Cycles since the onset, at least one: they say the speed, the booked wear, the growth.
    before
        Cycles before it: they say how noisy the signals are.
    """
    now = _Now(view=view, speed=since[-1].speed, booked=since[-1].booked)
    weights: dict[str, list[float]] = {}
    rates = sum(cause.rate_per_h for cause in view.causes)
    for cause in view.causes:
        prior = (1.0 - UNKNOWN_SHARE) * cause.rate_per_h / rates
        likelihoods = [_likelihood(now, cause, shifts, each) for each in _severities(cause)]
        weights[cause.name] = [prior * each / SEVERITIES for each in likelihoods]
    unknown = (UNKNOWN_SHARE if weights else 1.0) * _likelihood_unknown(view, shifts)
    total = sum(map(sum, weights.values())) + unknown
    chances = {name: sum(each) / total for name, each in weights.items()} if total else {}
    chances[UNKNOWN] = 1.0 - sum(chances.values())
    causes = tuple(
        Cause(cause=name, probability=min(1.0, max(0.0, chance)), text=_text(now, name, shifts))
        for name, chance in sorted(chances.items(), key=lambda each: -each[1])
    )
    best = view.cause(causes[0].cause)
    if best is None:
        return Diagnosis(
            causes=causes, severity=Severity(used=0.0, used_error=0.0), shifts=tuple(shifts)
        )
    severity = _severity(best, weights[best.name])
    if best.is_wear:
        severity = _growth(view, best, severity, since, before)
    return Diagnosis(causes=causes, severity=severity, shifts=tuple(shifts))


def _severities(cause: CauseView) -> list[float]:
    most = SEVERITY_MAX if cause.is_wear else 1.0
    return [(each + 0.5) / SEVERITIES * most for each in range(SEVERITIES)]


def _likelihood(now: _Now, cause: CauseView, shifts: Sequence[Shift], severity: float) -> float:
    density = 1.0
    for shift in shifts:
        predicted = now.predicted(cause, shift.signal, severity)
        if predicted is None:  # the way is known, how far is not: anything up to the largest move
            density *= _normal(shift.by, math.hypot(shift.error, _size(now.view, shift.signal)))
        else:
            error = math.hypot(shift.error, MODEL_SHARE * predicted)
            density *= _normal(shift.by - predicted, error)
    return density


def _likelihood_unknown(view: StationView, shifts: Sequence[Shift]) -> float:
    wide = (_normal(s.by, math.hypot(s.error, _size(view, s.signal))) for s in shifts)
    return math.prod(wide)


def _normal(by: float, sigma: float) -> float:
    return math.exp(-0.5 * (by / sigma) ** 2) / (sigma * math.sqrt(2.0 * math.pi))


def _size(view: StationView, signal: str) -> float:
    """Largest move that any cause makes on a signal; for what no cause moves, a share of 10 %."""
    sizes = [abs(cause.by(signal) or 0.0) for cause in view.causes]
    return max(sizes, default=0.0) or 0.1


def _severity(cause: CauseView, weights: Sequence[float]) -> Severity:
    points = _severities(cause)
    used, used_error = _moments(points, weights)
    return Severity(used=used, used_error=max(used_error, points[0]))


def _moments(points: Sequence[float], weights: Sequence[float]) -> tuple[float, float]:
    total = sum(weights)
    mean = sum(p * w for p, w in zip(points, weights, strict=True)) / total
    squares = sum((p - mean) ** 2 * w for p, w in zip(points, weights, strict=True)) / total
    return mean, math.sqrt(squares)


def _growth(
    view: StationView,
    cause: CauseView,
    severity: Severity,
    since: Sequence[CycleSeen],
    before: Sequence[CycleSeen],
) -> Severity:
    """How fast a wear grows, from the slopes of its signals since the onset and the prior."""
    points = [1.0 + (FASTER_MAX - 1.0) * (n + 0.5) / FASTER_POINTS for n in range(FASTER_POINTS)]
    weights = [_prior_of_growth(each) for each in points]
    speed = fmean(each.speed for each in since) / 100.0
    rate = speed**cause.speed_exponent / cause.life_s
    for shows in cause.shows:
        if not shows.by:
            continue
        if shows.signal == CYCLE:
            used, sigma, gain = since[UNDER_WAY_CYCLES:], CYCLE_SIGMA, shows.by * rate
            values = [each.cycle_s * each.speed / 100.0 / view.standard_s for each in used]
        else:
            used = [e for e in since[SETTLE_CYCLES:] if shows.signal in e.levels]
            old = [each.levels[shows.signal] for each in before if shows.signal in each.levels]
            sigma = signal_sigma(view, shows.signal, old)
            gain = shows.by * speed * rate
            values = [each.levels[shows.signal] for each in used]
        found, error = slope([each.t_ns / NS_PER_S for each in used], values, sigma)
        if math.isfinite(error):
            weights = [
                weight * math.exp(-0.5 * ((found - gain * point) / error) ** 2)
                for point, weight in zip(points, weights, strict=True)
            ]
    if not sum(weights):
        return severity
    faster, faster_error = _moments(points, weights)
    return msgspec.structs.replace(severity, faster=faster, faster_error=faster_error)


def _prior_of_growth(faster: float) -> float:
    deviations = math.log(faster / FASTER_MEDIAN) / math.log(FASTER_FACTOR)
    return math.exp(-0.5 * deviations**2) / faster


def _unbooked(view: StationView, cycles: Sequence[CycleSeen], tag: str) -> list[float]:
    """Levels of a signal, less what the booked wear adds to it."""
    wears = [cause for cause in view.causes if cause.is_wear]
    return [
        each.levels[tag]
        - sum((c.by(tag) or 0.0) * each.booked.get(c.name, 0.0) for c in wears) * each.speed / 100.0
        for each in cycles
        if tag in each.levels
    ]


def chance_words(chance: float) -> str:
    """Return a probability in words, never as certain.

    Examples
    --------
    >>> chance_words(0.873), chance_words(0.99999), chance_words(0.0004)
    ('87 %', 'over 99 %', 'below 1 %')
    """
    if chance > CERTAIN:
        return "over 99 %"
    return "below 1 %" if chance < 1.0 - CERTAIN else f"{100.0 * chance:.0f} %"


def _text(now: _Now, name: str, shifts: Sequence[Shift]) -> str:
    """What speaks for a cause and what against it: each signal moved or not, as it would or not."""
    cause = now.view.cause(name)
    if cause is None:
        return "Something that the plant file does not list for this station."
    speaks: dict[bool, list[str]] = {True: [], False: []}
    for shift in shifts:
        label = "cycle time" if shift.signal == CYCLE else shift.signal.partition("#")[2]
        moved = abs(shift.by) > MOVED_ERRORS * shift.error
        unit = "%" if shift.signal == CYCLE else now.view.units[shift.signal]
        by = shift.by * (100.0 if shift.signal == CYCLE else 1.0)
        told = f"{label.replace('_', ' ')} " + (f"{by:+.3g} {unit}" if moved else "unmoved")
        speaks[moved == (cause.by(shift.signal) != 0.0)].append(told)
    sentences = [f"{cause.label}."]
    sentences += [f"Speaks for it: {', '.join(speaks[True])}."] if speaks[True] else []
    sentences += [f"Speaks against it: {', '.join(speaks[False])}."] if speaks[False] else []
    return " ".join(sentences)
