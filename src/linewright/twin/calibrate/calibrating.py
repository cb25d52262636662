"""A plant fitted to its records: each parameter with its interval, and the plant with them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from linewright.numeric import base_of, stream, uniform
from linewright.plant import Address, Plant
from linewright.plant.model import Cycle, Distribution, Duration, FailureMode, Lifetime, Station
from linewright.plant.records import Record
from linewright.twin.calibrate.fitting.cycles import CYCLES_LEAST, fit_cycles
from linewright.twin.calibrate.fitting.fit import (
    EVENTS_LEAST,
    Fit,
    Interval,
    fit_spells,
    share_interval,
)
from linewright.twin.calibrate.seeing.observe import (
    Observations,
    Seen,
    Spell,
    modes_of,
    observe,
    stations_at,
)
from linewright.twin.calibrate.settings import Setting, changed, distribution, rounded
from linewright.twin.engines import np, special
from linewright.twin.faults import TwinFault

__all__ = ["Calibration", "CalibrationInvalid", "Estimate", "calibrate", "drawn"]

NS_PER_H = 3600 * 10**9
PARTS_LEAST = 50
"""Parts below which shares of bad ones are kept as they are."""
DRAWING = 71
"""Number of the stream of random numbers from which parameters are drawn."""
UNSURE = 0.01
"""p-value below which a law is said not to fit."""
HALF_LIFE = 0.5
"""Mean share of life used of a wear that is renewed at its end."""


class CalibrationInvalid(TwinFault):
    """What a calibration is asked for does not exist, or has no length."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter of a station.

    Parameters
    ----------
    address, parameter
        Such as `fails.jam.every.mean`; in the spelling of the plant file.
    unit
        `s`, or empty for shares and coefficients of variation.
    plant
        What the plant file says; None: nothing.
    value, low, high
        What the records say, with its interval; None: too little for an estimate.
    n
        Events, cycles or parts behind it.
    censored
        Share of the observations that were cut off.
    differs
        Whether the plant's value lies outside the interval.
    note
        What is to be known with it.
    needed
        Events, cycles or parts that an estimate needs, where there are fewer; else 0.
    """

    address: Address
    parameter: str
    unit: str
    plant: float | None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    censored: float = 0.0
    differs: bool = False
    note: str = ""
    needed: int = 0


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """A plant fitted to what was seen of it.

    Parameters
    ----------
    at, since_ns, until_ns, level
        As asked.
    estimates
        In the order of the flow.
    settings
        What they change in the plant; `plant` is the plant with them.
    seen
        The observations behind them.
    """

    at: Address
    since_ns: int
    until_ns: int
    level: float
    estimates: tuple[Estimate, ...]
    settings: tuple[Setting, ...]
    plant: Plant
    seen: Observations

    def left_out(self) -> Mapping[str, int]:
        """Return what was repaired or left out, and how often, over all stations."""
        total: dict[str, int] = {}
        for one in self.seen.stations:
            for what, count in one.left.items():
                total[what] = total.get(what, 0) + count
        return dict(sorted(total.items()))

    @property
    def hours_more(self) -> float:
        """Hours that must still be seen until nothing that was seen at all is too rare; 0: none."""
        hours = (self.until_ns - self.since_ns) / NS_PER_H
        return max((hours * (one.needed / one.n - 1.0) for one in self.rare if one.n), default=0.0)

    @property
    def rare(self) -> tuple[Estimate, ...]:
        """Parameters of which too little was seen."""
        return tuple(one for one in self.estimates if one.n < one.needed)

    def of(self, address: Address | str, parameter: str) -> Estimate:
        """Return one estimate; `KeyError` when it is not among them."""
        for one in self.estimates:
            if (one.address, one.parameter) == (address, parameter):
                return one
        raise KeyError(address, parameter)


def calibrate(  # the window is two numbers
    plant: Plant,
    at: Address | str,
    records: Iterable[Record],
    *,
    since_ns: int,
    until_ns: int,
    level: float = 0.9,
) -> Calibration:
    """Return a plant fitted to the records of a time.

    Parameters
    ----------
    plant
        As it is described now: families, modes, and what is kept where little was seen.
    at
        Line, work centre, area, site or station.
    records
        State, parts, reason, maintenance and gap records in any order; others are passed over.
    since_ns, until_ns
        Event time, ns.
    level
        Nominal coverage of each interval.

    Raises
    ------
    CalibrationInvalid
        When nothing stands there, the time has no length, or the level is no probability.

    Notes
    -----
    Fitted: time of a cycle by operation, time between failures and to repair by mode, shares of
    scrap and rework. See `fit_spells` and `fit_cycles` for the methods. Micro-stops are part
    of the cycle. Not fitted: set-ups (told as seen), wear, crews, arrivals. Cost: linear in the
    records, plus some 0.1 s for a random law of two parameters.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> made = calibrate(plant.done(), "reno/shop/pump", [], since_ns=0, until_ns=3600 * 10**9)
    >>> [one.note for one in made.estimates]
    ['0 cycles: too few, the plant file holds', '0 parts: too few, the plant file holds']
    """
    stations = stations_at(plant, at)
    if not stations:
        do = "give the address of a line, work centre or station"
        raise CalibrationInvalid(str(at), "no station stands there", do)
    if until_ns <= since_ns:
        raise CalibrationInvalid(str(at), "the time ends before it begins", "give a later end")
    if not 0.0 < level < 1.0:
        raise CalibrationInvalid(str(at), f"level {level} is no probability", "give 0.9")
    seen = observe(plant, at, records, since_ns, until_ns)
    estimates: list[Estimate] = []
    settings: list[Setting] = []
    for one in seen.stations:
        for told, setting in _of_station(plant, stations[one.address], one, level):
            estimates += told
            settings += [setting] if setting is not None else []
    return Calibration(
        at=Address(at),
        since_ns=since_ns,
        until_ns=until_ns,
        level=level,
        estimates=tuple(estimates),
        settings=tuple(settings),
        plant=changed(plant, settings),
        seen=seen,
    )


Found = tuple[list[Estimate], Setting | None]


def _of_station(plant: Plant, station: Station, seen: Seen, level: float) -> Iterator[Found]:
    for operation, cycle in station.does.items():
        yield _cycle(station, seen, operation, cycle, level)
    yield from _shares(plant, station, seen, level)
    for name, mode in modes_of(station).items():
        yield from _mode(station, seen, name, mode, level)
    if seen.set_ups:
        yield _set_ups(seen, level), None


def _estimate(
    name: tuple[Address, str, str], plant: float | None, found: Interval, n: int, **more: object
) -> Estimate:
    address, parameter, unit = name
    outside = plant is not None and not found.low <= plant <= found.high
    return Estimate(
        address=address,
        parameter=parameter,
        unit=unit,
        plant=plant,
        value=found.value,
        low=found.low,
        high=found.high,
        n=n,
        differs=outside or plant is None,
        **more,  # type: ignore[arg-type]  # fields of the estimate
    )


def _cycle(station: Station, seen: Seen, operation: str, cycle: Cycle, level: float) -> Found:
    time, key = cycle.time, f"does.{operation}.time"
    groups = seen.cycles.get(operation, ())
    found = fit_cycles(groups, time, level)
    mean_name = (seen.address, f"{key}.mean", "s")
    if found is None:
        count = sum(one.count for one in groups)
        note = f"{count} cycles: too few, the plant file holds"
        return [_kept(mean_name, time.expected_s, count, note, CYCLES_LEAST)], None
    slower = 1.0 + HALF_LIFE * sum(wear.slows_share for wear in station.wears.values())
    pieces = cycle.per_piece.expected_s * cycle.pieces_per_cycle if cycle.per_piece else 0.0
    mean = Interval(*(each / slower - pieces for each in _ends(found.mean)))
    notes = [f"{found.outliers} counts left out as no cycles"] if found.outliers else []
    notes += ["less what wear slows on the average"] if slower > 1.0 else []
    notes += [f"{seen.micro_stops} micro-stops are part of it"] if seen.micro_stops else []
    told = [_estimate(mean_name, time.expected_s, mean, found.n, note=_joined(found.family, notes))]
    cv = found.cv.value if found.cv else 0.0
    if found.cv is not None and found.family != "exponential":
        told.append(_estimate((seen.address, f"{key}.cv", ""), _cv(time), found.cv, found.n))
    value = distribution(Duration, found.family, mean.value, cv, time)
    return told, Setting(address=seen.address, key=key, value=value)


def _ends(one: Interval) -> tuple[float, float, float]:
    return one.value, one.low, one.high


def _joined(first: str, notes: Sequence[str]) -> str:
    return "; ".join([first, *notes])


def _cv(one: Distribution | None) -> float | None:
    """Return the spread that the plant file says."""
    if one is None:
        return None
    if one.cv is not None:
        return one.cv
    family = one.family or ("constant" if isinstance(one, Duration) else "exponential")
    return {"constant": 0.0, "exponential": 1.0}.get(family)


def _kept(
    name: tuple[Address, str, str], plant: float | None, n: int, note: str, needed: int
) -> Estimate:
    address, parameter, unit = name
    known = {"plant": plant, "n": n, "note": note, "needed": needed}
    return Estimate(address=address, parameter=parameter, unit=unit, **known)  # type: ignore[arg-type]  # fields of the estimate


def _shares(plant: Plant, station: Station, seen: Seen, level: float) -> Iterator[Found]:
    """Yield the share of scrap, and that of rework where there is any."""
    of = seen.good + seen.scrap + seen.rework
    if len(station.does) != 1:
        return
    operation, cycle = next(iter(station.does.items()))
    step = _step_scrap(plant, operation)
    worn = HALF_LIFE * sum(wear.scraps_share for wear in station.wears.values())
    for key, count, share, more in (
        ("scrap", seen.scrap, cycle.scrap_share, (step, worn)),
        ("rework", seen.rework, cycle.rework_share, (0.0, 0.0)),
    ):
        if key == "rework" and not (count or share):
            continue
        name = (seen.address, f"does.{operation}.{key}", "")
        if of < PARTS_LEAST:
            note = f"{of} parts: too few, the plant file holds"
            yield [_kept(name, share, of, note, PARTS_LEAST)], None
            continue
        found = share_interval(count, of, level)
        ends = Interval(*(_own(each, more) for each in _ends(found)))
        note = "besides step and wear" if any(more) else ""
        setting = Setting(
            address=seen.address, key=f"does.{operation}.{key}", value=rounded(ends.value)
        )
        same = setting.value == share
        yield [_estimate(name, share, ends, of, note=note)], None if same else setting


def _own(share: float, more: tuple[float, float]) -> float:
    """Return the share of the station itself, besides that of the step and of its wear."""
    step, worn = more
    return min(1.0, max(0.0, 1.0 - (1.0 - max(0.0, share - worn)) / (1.0 - min(step, 0.999))))


def _step_scrap(plant: Plant, operation: str) -> float:
    """Return the greatest scrap share that a route says for an operation."""
    return max(
        (
            step.scrap_share
            for name in plant.products
            for route in plant.routes_of(name).values()
            for step in route.steps
            if step.operation == operation
        ),
        default=0.0,
    )


class _Law(msgspec.Struct, frozen=True, kw_only=True):
    """A law of the plant file that is to be fitted, and what is to be said of it."""

    key: str
    plant: Lifetime | None
    explained: float = 1.0
    note: str = ""


def _mode(
    station: Station, seen: Seen, name: str, mode: FailureMode, level: float
) -> Iterator[Found]:
    lives, repairs = seen.lives.get(name, ()), seen.repairs.get(name, ())
    told = name in station.fails
    if not told and not any(one.ended for one in lives):
        return
    if mode.every is not None or not told:
        every = _Law(key=f"fails.{name}.every", plant=mode.every, explained=seen.explained)
        yield _law(seen, every, lives, level)
    waits = seen.waits.get(name, ())
    note = f"waiting for a crew taken out, {len(waits)} times" if waits else ""
    if mode.crew and not waits:
        note = "may hold waiting for the crew: the records do not tell it apart"
    repair = _Law(key=f"fails.{name}.repair", plant=mode.repair, note=note)
    yield _law(seen, repair, repairs, level)


def _law(seen: Seen, law: _Law, spells: Sequence[Spell], level: float) -> Found:
    plant, explained = law.plant, law.explained
    mean_name = (seen.address, f"{law.key}.mean", "s")
    known = plant.expected_s if plant is not None else None
    family = (plant.family if plant is not None else None) or "exponential"
    cv = _cv(plant)
    found = fit_spells(spells, family=family, cv=cv, level=level)
    if found is None:
        n = sum(one.ended for one in spells)
        note = f"{n} events: too few, the plant file holds"
        return [_kept(mean_name, known, n, note, EVENTS_LEAST)], None
    mean = Interval(*(each * explained for each in _ends(found.mean)))
    notes = [law.note] if law.note else []
    notes += [f"{explained:.0%} of the stops have a known mode"] if explained < 1.0 else []
    if found.p_value is not None and found.p_value < UNSURE:
        notes.append(f"no family fits well, p = {found.p_value:.2g}")
    if found.cv is None and found.family != "exponential":
        notes.append("spread of the plant file kept")
    more = {"censored": found.censored, "note": _joined(found.family, notes)}
    told = [_estimate(mean_name, known, mean, found.n, **more)]
    if found.cv is not None:
        name = (seen.address, f"{law.key}.cv", "")
        told.append(_estimate(name, cv, found.cv, found.n, censored=found.censored))
    value = distribution(Lifetime, found.family, mean.value, _spread(found, cv), plant)
    return told, Setting(address=seen.address, key=law.key, value=value)


def _spread(found: Fit, plant: float | None) -> float:
    if found.cv is not None:
        return found.cv.value
    return plant if plant is not None else 1.0


def _set_ups(seen: Seen, level: float) -> list[Estimate]:
    """Return what set-ups took; no setting follows, for times of set-ups go from key to key."""
    found = fit_spells(seen.set_ups, family="lognormal", level=level)
    name = (seen.address, "set_up.mean", "s")
    n = sum(one.ended for one in seen.set_ups)
    if found is None:
        return [_kept(name, None, n, f"{n} set-ups: too few to tell", EVENTS_LEAST)]
    return [_estimate(name, None, found.mean, found.n, note="seen; changes nothing")]


def drawn(calibration: Calibration, replication: int, plant: Plant | None = None) -> Plant:
    """Return a plant whose parameters are drawn from what is known of them.

    Parameters
    ----------
    calibration
        The estimates; of each a value is drawn whose logarithm is normal, of the width of
        its interval.
    replication
        Number of the draw; equal numbers give equal plants.
    plant
        A changed plant to put the values into; left out: the calibrated one.

    Notes
    -----
    Parameters are drawn independently. Used so that a forecast has the uncertainty of the
    parameters beside that of the run.
    """
    known = {(one.address, one.parameter): one for one in calibration.estimates}
    wide = float(special.ndtri((1.0 + calibration.level) / 2.0))
    settings = []
    for k, one in enumerate(calibration.settings):
        key = stream(base_of(DRAWING, replication), k, 0)
        if isinstance(one.value, Distribution):
            mean = known[one.address, f"{one.key}.mean"]
            cv = known.get((one.address, f"{one.key}.cv"))
            value: Distribution | float = msgspec.structs.replace(
                one.value,
                mean_s=_draw(one.value.expected_s, mean, wide, uniform(key, 0)),
                cv=one.value.cv
                if cv is None or one.value.cv is None
                else min(20.0, _draw(one.value.cv, cv, wide, uniform(key, 1))),
            )
        else:
            value = min(0.99, _draw(one.value, known[one.address, one.key], wide, uniform(key, 0)))
        settings.append(msgspec.structs.replace(one, value=value))
    return changed(plant or calibration.plant, settings)


def _draw(value: float, estimate: Estimate, wide: float, u: float) -> float:
    low, high = estimate.low, estimate.high
    if not low or not high or value <= 0.0 or low <= 0.0:
        return value
    deviation = float(np.log(high / low)) / (2.0 * wide)
    return value * float(np.exp(deviation * special.ndtri(u)))
