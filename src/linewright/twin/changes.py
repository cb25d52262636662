"""Changes put into a state: what will be different, from when and until when."""

from collections.abc import Iterable

from linewright.numeric import Floats, Ints
from linewright.plant import suggest_name
from linewright.plant.records import Change
from linewright.twin.faults import ChangeInvalid
from linewright.twin.kernel import layout as at
from linewright.twin.model import Model
from linewright.twin.state import State, open_up, pack

OF_STATION = {"speed": at.P_SPEED, "cycle_factor": at.P_FACTOR, "scrap_share": at.P_SCRAPS}
OF_WEAR = {"used_": at.P_USED, "faster_": at.P_FASTER, "renew_": at.P_RENEW}

RANGES = {
    at.P_SPEED: (1.0, 1000.0),
    at.P_FACTOR: (0.001, 1000.0),
    at.P_SCRAPS: (0.0, 1.0),
    at.P_FASTER: (0.0, 1.0e4),
    at.P_USED: (0.0, 1000.0),
    at.P_FAIL: (0.0, 1.0),
    at.P_RENEW: (0.0, 1.0),
    at.P_PLACES: (0.0, 1.0e6),
    at.P_PEOPLE: (0.0, 1.0e4),
    at.P_WIP: (1.0, 1.0e6),
}
"""Values that a parameter may have: speed in %, factors and shares as such, yes and no as 1, 0."""


def with_changes(model: Model, state: State, changes: Iterable[Change]) -> State:
    """Return the state with more changes to come.

    Parameters
    ----------
    model, state
        The line.
    changes
        At its stations: `speed` (%), `cycle_factor`, `scrap_share` (in place of the plant's),
        `faster_<wear>` (times as fast) hold until they end, and then what held before holds
        again; a later one without an end stays. `used_<wear>` (share of life) is set once.
        `fail_<mode>` strikes, and is repaired when the change ends or else when drawn.
        `renew_<wear>` takes place as soon as the station does not work. At a buffer: `places`.
        At the place itself: `people_<crew>` (also of vehicles, fixtures, tools), `wip` and
        `wip_<product>` of its loops. One that begins before
        the state's time begins at once; one that has ended by then is left out.

    Raises
    ------
    ChangeInvalid
        For an unknown station or parameter, an impossible value, an end that is not after its
        beginning, or more than 32 changes at once.

    Examples
    --------
    >>> from linewright.plant import Address, PlantBuilder
    >>> from linewright.twin.compiling import compile_plant
    >>> from linewright.twin.state import begin
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> model = compile_plant(plant.done(), "reno/shop/pump")
    >>> change = Change(address=model.stations[0], parameter="sped", value=80.0, at_ns=0)
    >>> with_changes(model, begin(model, at_ns=0, seed=1), [change])
    Traceback (most recent call last):
    linewright.twin.faults.ChangeInvalid: reno/shop/pump/turn, sped: nothing of this name can \
be changed here; use speed, cycle_factor or scrap_share
    """
    work = open_up(model, state)
    for change in changes:
        parameter, targets = _where(model, change)
        value = _value(change, parameter)
        if change.until_ns is None or change.until_ns > state.t_ns:
            for target in targets:
                _put(work.s, work.f, change, (parameter, target, value))
    return pack(model, work.memory)


def _where(model: Model, change: Change) -> tuple[int, list[int]]:
    """Return the kernel's numbers of what a change is about, one for each place of a station."""
    if change.address in model.stations:
        return _at_station(model, change, model.stations.index(change.address))
    if change.address in model.buffers and change.parameter == "places":
        element = len(model.stations) + model.buffers.index(change.address)
        found = [q for q, store in enumerate(model.stores) if store.element == element]
        return at.P_PLACES, found
    if change.address == model.address:
        return _at_place(model, change)
    if change.address in model.buffers:
        raise _invalid(change, "nothing of this name can be changed here", "use places")
    do = f"use a station or a buffer of {model.address}, or {model.address} itself"
    raise _invalid(change, "there is no such station here", do)


def _at_station(model: Model, change: Change, i: int) -> tuple[int, list[int]]:
    if change.parameter in OF_STATION:
        return OF_STATION[change.parameter], [i]
    known = [*OF_STATION]
    for prefix, parameter in OF_WEAR.items():
        for name in dict.fromkeys(name for station, name in model.wears if station == i):
            known.append(f"{prefix}{suggest_name(name)}")
            if change.parameter == known[-1]:
                return parameter, [w for w, one in enumerate(model.wears) if one == (i, name)]
    for j, (station, name) in enumerate(model.modes):
        if station == i:
            known.append(f"fail_{suggest_name(name)}")
            if change.parameter == known[-1]:
                return at.P_FAIL, [j]
    raise _unknown(change, known)


def _at_place(model: Model, change: Change) -> tuple[int, list[int]]:
    known: list[str] = []
    for k, crew in enumerate(model.crews):
        known.append(f"people_{suggest_name(crew.name)}")
        if change.parameter == known[-1]:
            return at.P_PEOPLE, [k]
    for k, name in enumerate(model.loops):
        product = name.rpartition("/")[2]
        known.append(f"wip_{suggest_name(product)}" if product else "wip")
        if change.parameter == known[-1]:
            return at.P_WIP, [k]
    raise _unknown(change, known)


def _unknown(change: Change, known: list[str]) -> ChangeInvalid:
    do = (
        f"use {', '.join(known[:-1])} or {known[-1]}"
        if len(known) > 1
        else f"use {known[0]}"
        if known
        else "change a station or a buffer"
    )
    return _invalid(change, "nothing of this name can be changed here", do)


def _value(change: Change, parameter: int) -> float:
    low, high = RANGES[parameter]
    value = change.value
    if isinstance(value, str):
        raise _invalid(change, f"{value!r} is not a number", f"give {low:g} to {high:g}")
    if not low <= value <= high:
        raise _invalid(change, f"{value:g} is out of range", f"give {low:g} to {high:g}")
    if change.until_ns is not None and change.until_ns <= change.at_ns:
        raise _invalid(change, "it ends before it begins", "give a later end, or none")
    return float(value)


def _invalid(change: Change, what: str, do: str) -> ChangeInvalid:
    return ChangeInvalid(change.address, what, do, parameter=change.parameter)


def _put(s: Ints, f: Floats, change: Change, what: tuple[int, int, float]) -> None:
    """Write a change into the first free entry of the table."""
    for k in range(at.CHANGES_MAX):
        c = s[at.S_CHANGE] + k * at.SC_WIDTH
        if s[c + at.STATUS] == at.FREE_ENTRY:
            s[c + at.STATUS], s[c + at.AT] = at.PENDING, change.at_ns
            s[c + at.UNTIL] = change.until_ns or 0
            s[c + at.PARAMETER], s[c + at.TARGET], f[s[at.FS_CHANGE] + k] = what
            s[at.CHANGES] += 1
            s[c + at.CHANGED_AS] = s[at.CHANGES]
            s[at.NEXT_CHANGE] = min(s[at.NEXT_CHANGE], change.at_ns)
            return
    do = f"let some of the {at.CHANGES_MAX} end first"
    raise _invalid(change, "too many changes are pending or in force", do)
