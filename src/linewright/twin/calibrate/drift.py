"""Whether a line has changed since it was calibrated: which parameter, when, by how much."""

from collections.abc import Iterator, Sequence

import msgspec

from linewright.plant import Address
from linewright.twin.calibrate.fitting.cycles import kept
from linewright.twin.calibrate.seeing.observe import Observations, Seen, Spell
from linewright.twin.engines import Array, np

__all__ = ["Drift", "drift"]

SHUFFLES = 1999
"""Random orders against which the order seen is judged."""
OBSERVATIONS_MAX = 300
"""Longer series are taken together in groups of neighbours."""
LEAST = 4
"""Observations on both sides of a change."""
SEED = 73


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter that has moved.

    Parameters
    ----------
    address, parameter
        As in an estimate.
    since_ns
        When it moved, as near as the likelihood tells.
    before, after
        Mean before and after.
    p_value
        How often chance alone gives as much, for this parameter.
    """

    address: Address
    parameter: str
    since_ns: int
    before: float
    after: float
    p_value: float


def drift(
    calibrated: Observations, since: Observations, *, alarm: float = 0.05
) -> tuple[Drift, ...]:
    """Return the parameters that have moved since the calibration, the surest first.

    Parameters
    ----------
    calibrated
        What was seen in the time of the calibration: `Calibration.seen`.
    since
        What was seen after it.
    alarm
        How often an unchanged line gives any alarm at all.

    Notes
    -----
    For each parameter the observations of both times stand in a row; the statistic is the
    largest log-likelihood ratio of a change of the mean at a place in the newer part (Worsley
    1979, on logarithms of times). It is judged against 1,999 random orders of the same
    observations, which is exact where they are exchangeable, whatever their law; m parameters
    share the rate of false alarms by Holm's procedure. Cut-off times are left out. Cost:
    1,999 times the observations, at most 300, of each parameter.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin.calibrate import observe
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> nothing = observe(plant.done(), "reno/shop/pump", [], 0, 3600 * 10**9)
    >>> drift(nothing, nothing)
    ()
    """
    known = {one.address: one for one in calibrated.stations}
    tested: list[Drift] = []
    for one in since.stations:
        if one.address in known:
            for parameter, old, new in _series(known[one.address], one):
                found = _tested(one.address, parameter, old, new)
                tested += [found] if found is not None else []
    tested.sort(key=lambda each: each.p_value)
    found_moved: list[Drift] = []
    for k, each in enumerate(tested):
        if each.p_value > alarm / (len(tested) - k):
            break
        found_moved.append(each)
    return tuple(found_moved)


Series = Sequence[tuple[int, float]]
"""Times and values, in order."""


def _series(old: Seen, new: Seen) -> Iterator[tuple[str, Series, Series]]:
    for operation in new.cycles:
        pair = [
            [(g.t_ns, g.seconds / g.count) for g in kept(one.cycles.get(operation, ()))[0]]
            for one in (old, new)
        ]
        yield f"does.{operation}.time.mean", pair[0], pair[1]
    for name in new.lives:
        yield f"fails.{name}.every.mean", _ended(old.lives.get(name, ())), _ended(new.lives[name])
        repairs = old.repairs.get(name, ()), new.repairs.get(name, ())
        yield f"fails.{name}.repair.mean", _ended(repairs[0]), _ended(repairs[1])


def _ended(spells: Sequence[Spell]) -> Series:
    return [
        (one.t_ns, one.until_s - (one.entry_s or 0.0))
        for one in spells
        if one.ended and not one.entry_s
    ]


def _grouped(series: Series, size: int) -> list[tuple[int, float]]:
    """Return means of neighbours, each at the time of the first."""
    return [
        (series[k][0], sum(value for _, value in series[k : k + size]) / size)
        for k in range(0, len(series) - size + 1, size)
    ]


def _tested(address: Address, parameter: str, old: Series, new: Series) -> Drift | None:
    size = -(-(len(old) + len(new)) // OBSERVATIONS_MAX) or 1
    before, after = _grouped(old, size), _grouped(new, size)
    if len(before) < LEAST or len(after) < LEAST:
        return None
    values = np.log(np.array([max(value, 1e-9) for _, value in [*before, *after]]))
    first = len(before)
    ratios = _ratios(values[np.newaxis, :], first)[0]
    chance = np.random.Generator(np.random.Philox(SEED))
    shuffled = chance.permuted(np.tile(values, (SHUFFLES, 1)), axis=1)
    more = int((_ratios(shuffled, first).max(axis=1) >= ratios.max() - 1e-12).sum())
    place = int(ratios.argmax())
    rows = [*before, *after]
    split = first + place
    return Drift(
        address=address,
        parameter=parameter,
        since_ns=rows[split][0],
        before=sum(value for _, value in rows[:split]) / split,
        after=sum(value for _, value in rows[split:]) / (len(rows) - split),
        p_value=(1 + more) / (1 + SHUFFLES),
    )


def _ratios(values: Array, first: int) -> Array:
    """Return the statistic of a change before each place from `first` on, row by row."""
    n = values.shape[1]
    sums = np.cumsum(values, axis=1)
    places = np.arange(first, n - LEAST + 1)
    left = sums[:, places - 1]
    total = sums[:, -1:]
    apart = left / places - (total - left) / (n - places)
    between = apart**2 * places * (n - places) / n
    whole = ((values - total / n) ** 2).sum(axis=1, keepdims=True)
    found: Array = -n * np.log(np.maximum(1.0 - between / np.maximum(whole, 1e-30), 1e-30))
    return found
