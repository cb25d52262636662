"""What the recursion knows of a line: chances, places and streams, without addresses or layout."""

import msgspec

from linewright.numeric import Floats, Ints, draws
from linewright.twin.faults import LineInvalid
from linewright.twin.kernel import layout as at
from linewright.twin.model import UNBOUNDED, Model


class Chance(msgspec.Struct, frozen=True, kw_only=True):
    """Durations in seconds, and the random stream that they are drawn from.

    Parameters
    ----------
    family, a, b, c
        As in `linewright.numeric.draw`.
    element, purpose
        As in `linewright.numeric.stream`.
    """

    family: int
    a: float
    b: float
    c: float
    element: int
    purpose: int


class SerialMode(msgspec.Struct, frozen=True):
    """A failure mode: own working time from one repair to the next failure, and the repairs."""

    life: Chance
    repair: Chance


class SerialStation(msgspec.Struct, frozen=True):
    """A station, the places of the buffer behind it, and its failure modes."""

    cycle: Chance
    places: int
    modes: tuple[SerialMode, ...] = ()


class Serial(msgspec.Struct, frozen=True):
    """A line for which the recursion holds; stations in the order of the flow.

    Another number of places is another value: `msgspec.structs.replace`.

    Parameters
    ----------
    address
        The line.
    stations
        At least one; the places behind the last one are not read.
    """

    address: str
    stations: tuple[SerialStation, ...]


def serial_of(model: Model) -> Serial:
    """Return what the recursion needs of a model; the one place that reads its numbers.

    Parameters
    ----------
    model
        From `compile_line`.

    Raises
    ------
    LineInvalid
        When the recursion does not hold for the line; with all reasons.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import compile_line
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> serial_of(compile_line(plant.done(), "reno/shop/pump")).stations[0].cycle.a
    48.0
    """
    s, f = model.views()
    wrong = {what for what, count in UNKNOWN.items() if model.count(count)}
    wrong |= {"loads, set-ups, slots, people or blocking before service"} if _flags(s) else set()
    stations = []
    for i in range(len(model.stations)):
        work = _work(model, s, i)
        if work < 0:
            wrong.add("ways that are not along the line")
            continue
        k, x = s[at.M_WORK] + work * at.MW_WIDTH, s[at.FM_WORK] + work * at.FMW_WIDTH
        several = s[k + at.MW_TIME_END] > s[k + at.MW_TIME] + 1
        wrong |= {"several times in one cycle"} if several else set()
        shares = any(f[x + n] > 0.0 for n in range(at.FMW_SUCCEEDS))
        wrong |= {"scrap, rework or inspection"} if shares else set()
        d = s[k + at.MW_TIME]
        p = s[at.FM_TIME] + d * at.FMD_WIDTH
        cycle = _chance(s[s[at.M_TIME] + d * at.MD_WIDTH], f, p, (i, at.CYCLE))
        stations.append(SerialStation(cycle, _places(model, i), _modes(s, f, i, wrong)))
    if wrong:
        what = f"the recursion does not hold with {', '.join(sorted(wrong))}"
        raise LineInvalid(model.address, what, "use the event kernel")
    return Serial(str(model.address), tuple(stations))


UNKNOWN = {
    "shifts": at.CALENDARS,
    "wear": at.WEARS,
    "maintenance": at.UPKEEPS,
    "limits of parts inside": at.LOOPS,
    "orders": at.ORDERS,
    "crews, vehicles, fixtures or tools": at.POOLS,
}
"""What the recursion does not know, by its count in the head of a model."""

KNOWN_FLAGS = at.WORN | at.UPKEPT_FLAG | at.UNATTENDED | at.NEEDY


def _flags(s: Ints) -> bool:
    """Return whether any server does what the recursion does not know."""
    flags = (s[s[at.M_SERVER] + i * at.MS_WIDTH + at.MS_FLAGS] for i in range(s[at.SERVERS]))
    return any(each & ~KNOWN_FLAGS for each in flags)


def _work(model: Model, s: Ints, i: int) -> int:
    """Return what station `i` does, as step `i` of the only product; -1: it is otherwise."""
    alone = s[at.SERVERS] == s[at.STATIONS] == len(model.stations)
    if (
        not alone
        or s[at.PRODUCTS] != 1
        or s[at.SOURCES] != 1
        or s[at.QUEUES] != len(model.stations)
    ):
        return -1
    if s[s[at.M_SOURCE] + at.ML_KIND] != at.ENDLESS:
        return -1
    step = s[s[at.M_PRODUCT] + at.MO_STEP]
    for _ in range(i):
        step = s[s[at.M_STEP] + step * at.MP_WIDTH + at.MP_AFTER] if step >= 0 else -1
    b = s[at.M_STEP] + step * at.MP_WIDTH
    if step < 0 or s[b + at.MP_WORK_END] != s[b + at.MP_WORK] + 1 or s[b + at.MP_WAIT] >= 0:
        return -1
    work = s[b + at.MP_WORK]
    return work if s[s[at.M_WORK] + work * at.MW_WIDTH + at.MW_STATION] == i else -1


def _places(model: Model, i: int) -> int:
    """Return the places behind a station; the last one has none that count."""
    for store in model.stores:
        if store.element == len(model.stations) + i:
            return UNBOUNDED if store.places is None else store.places
    return 0


def _modes(s: Ints, f: Floats, i: int, wrong: set[str]) -> tuple[SerialMode, ...]:
    """Return the failure modes of station `i`; adds to what is wrong."""
    m = s[at.M_SERVER] + (s[at.SERVERS] - 1 - i) * at.MS_WIDTH
    modes = []
    for j in range(s[m + at.MS_MODE], s[m + at.MS_MODE_END]):
        mode, q = s[at.M_MODE] + j * at.MM_WIDTH, s[at.FM_MODE] + j * at.FMM_WIDTH
        life = _chance(s[mode + at.MM_LIFE], f, q + at.FMM_LIFE, (j, at.LIFE))
        repair = _chance(s[mode + at.MM_REPAIR], f, q + at.FMM_REPAIR, (j, at.REPAIR))
        if s[mode + at.MM_CLOCK] != at.OPERATION:
            wrong.add("failures by another clock than operation")
        elif _is_at_once(life):
            wrong.add("failures after no work at all")
        modes.append(SerialMode(life, repair))
    return tuple(modes)


def _chance(family: int, f: Floats, p: int, named: tuple[int, int]) -> Chance:
    element, purpose = named
    a, b, c = f[p], f[p + 1], f[p + 2]
    return Chance(family=family, a=a, b=b, c=c, element=element, purpose=purpose)


def _is_at_once(life: Chance) -> bool:
    return life.family == draws.CONSTANT and life.a <= 0.0
