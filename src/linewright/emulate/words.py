"""What tags say in words, bits and lamps: by the machine's state, its work and its failures.

Many machines have no state of ours: lamps, a status word, a clamp meter. The plant file says how
a state is derived from them; here that formula is gone through backwards, by trying out what the
raw tags may show until each state comes out.

>>> from linewright.plant.model import Tag
>>> lamps = Station(tags={
...     "red": Tag(type="bool"), "green": Tag(type="bool"),
...     "state": Tag(role="state", formula="'down' if red else ('running' if green else 'off')"),
... })
>>> told_by_state(lamps)["running"]
{'red': False, 'green': True}
"""

import itertools
import math
from collections.abc import Iterator, Mapping

import msgspec

from linewright.emulate.machines import NEAREST, Raw, kind_of, limits_of, raw_of
from linewright.plant import Address, Plant
from linewright.plant.expressions import Expression, evaluate, parse
from linewright.plant.model import Station, Tag

__all__ = [
    "STATES",
    "Job",
    "alarm_of",
    "exact_of",
    "job_of",
    "lamp_of",
    "power_kw",
    "told_by_state",
    "word_of",
]

STATES = ("running", "idle", "down", "set_up", "starved", "blocked", "planned_stop", "off")

TRIES_MAX = 4_096
"""Most combinations of raw values that are tried for a formula: six lamps and two words."""

ABOVE, BELOW = 1.5, 0.5
"""Beside a number that a formula compares with, these parts of it are tried."""

LAMPS: Mapping[str, str] = {"running": "green", "down": "red", "off": "off"}
"""Lamp by state; all other states are yellow."""

CODES: Mapping[str, int] = {"off": 0, "green": 1, "yellow": 2, "red": 3}
"""Lamps of a stack light that is a number."""

BITS = 16
"""Failure modes that an alarm word tells apart, where its type has as many bits."""

LOT_PARTS = 100
"""Parts of a lot or order, where machines show one."""


def told_by_state(station: Station) -> dict[str, dict[str, Raw]]:
    """Return what the raw tags of a derived state show in each state of ours.

    Parameters
    ----------
    station
        The station.

    Returns
    -------
    dict
        By state, then by tag: yes, no, a word, or the level of a number. Empty where the state
        is not derived. States that no combination gives show what the nearest one does.
    """
    formula = next((t.formula for t in station.tags.values() if t.role == "state"), None)
    if formula is None:
        return {}
    expression = parse(formula)
    fixed = _echoed(station)
    domains = {
        name: tuple(_domain(name, station.tags[name], expression))
        for name in station.tags
        if name in expression.names and name not in fixed and station.tags[name].role != "power"
    }
    found: dict[str, dict[str, Raw]] = {}
    combined = itertools.islice(itertools.product(*domains.values()), TRIES_MAX)
    for values in combined:
        shown = dict(zip(domains, values, strict=True))
        for state in _states_of(expression, shown, fixed, station):
            found.setdefault(state, shown)
    return {
        state: found[near]
        for state in STATES
        if (near := next((one for one in NEAREST[state] if one in found), None)) is not None
    }


def _states_of(
    expression: Expression, shown: Mapping[str, Raw], fixed: Mapping[str, Raw], station: Station
) -> Iterator[str]:
    """Yield the state that a combination gives; more than one where power tells it."""
    powers = [name for name, tag in station.tags.items() if tag.role == "power"]
    if not any(name in expression.names for name in powers):
        yield str(evaluate(expression, {**fixed, **shown}))
        return
    for state in STATES:
        power = dict.fromkeys(powers, power_kw(station, state))
        if evaluate(expression, {**fixed, **shown, **power}) == state:
            yield state


def _echoed(station: Station) -> dict[str, Raw]:
    """Return what tags show that read a command back, as nobody has written it yet."""
    found: dict[str, Raw] = {}
    for command in station.commands.values():
        window = command.validated or command.range
        if not isinstance(command.readback, bool) and window is not None:
            found[command.readback] = (window.low + window.high) / 2.0
    return found


def exact_of(station: Station) -> frozenset[str]:
    """Return the raw numbers that stand for a state by themselves: status words, not levels.

    Examples
    --------
    >>> from linewright.plant.model import Tag
    >>> state = Tag(role="state", formula="'running' if code == 2 and amps > 4 else 'idle'")
    >>> tags = {"code": Tag(type="uint16"), "amps": Tag(unit="A"), "state": state}
    >>> sorted(exact_of(Station(tags=tags)))
    ['code']
    """
    formula = next((t.formula for t in station.tags.values() if t.role == "state"), None)
    if formula is None:
        return frozenset()
    expression = parse(formula)
    names = (name for name in expression.names if name in station.tags)
    return frozenset(name for name in names if _is_exact(name, station.tags[name], expression))


def _is_exact(name: str, tag: Tag, expression: Expression) -> bool:
    """Whether a number is compared for being equal, or is a whole one that measures nothing."""
    kind = kind_of(tag)
    if kind in {"bool", "text"}:
        return False
    measures = tag.unit is not None or tag.range is not None or tag.scale is not None
    return name in _equalled(expression) or (limits_of(kind) is not None and not measures)


def _equalled(expression: Expression) -> Iterator[str]:
    """Yield the names that are compared with one value for being equal, or with a list."""
    for n, step in enumerate(expression.steps):
        sides = expression.steps[max(0, n - step.takes) : n]
        is_equal = step.operation == "compare" and {"==", "!="} & set(_signs(step.detail))
        if is_equal or step.operation == "in":
            yield from (str(one.detail) for one in sides if one.operation == "name")


def _signs(detail: object) -> tuple[object, ...]:
    return detail if isinstance(detail, tuple) else ()


def _numbers(expression: Expression) -> tuple[int | float, ...]:
    """Return the numbers that a formula names, each once."""
    found: list[object] = []
    for step in expression.steps:
        if step.operation == "value":
            found.append(step.detail)
        elif step.operation == "in":
            found += _signs(step.detail)
    numbers = (one for one in found if isinstance(one, int | float) and not isinstance(one, bool))
    return tuple(dict.fromkeys(numbers))


def _domain(name: str, tag: Tag, expression: Expression) -> Iterator[Raw]:
    kind = kind_of(tag)
    if kind == "bool":
        yield from (False, True)
        return
    details = [step.detail for step in expression.steps if step.operation == "value"]
    if kind == "text":
        yield ""
        yield from (one for one in details if isinstance(one, str) and one not in STATES)
        return
    numbers = _numbers(expression)
    if _is_exact(name, tag, expression):
        low, high = limits_of(kind) or (-math.inf, math.inf)
        beside = (number + step for number in numbers for step in (1, -1))
        yield from (one for one in dict.fromkeys((*numbers, *beside)) if low <= one <= high)
        return
    for number in numbers:
        yield number * BELOW
        yield number * ABOVE


def power_kw(station: Station, state: str) -> float:
    """Return what a station takes in a state, without noise and symptoms.

    Examples
    --------
    >>> power_kw(Station(), "running")
    0.0
    """
    power = station.power
    if power is None:
        return 0.0
    idle = power.idle_kw or 0.0
    by_state = {
        "running": power.running_kw,
        "set_up": idle if power.set_up_kw is None else power.set_up_kw,
        "down": idle if power.down_kw is None else power.down_kw,
        "off": power.off_kw,
    }
    return by_state.get(state, idle) or 0.0


def lamp_of(name: str, tag: Tag, state: str) -> Raw:
    """Return what a stack light shows, or one of its lamps.

    Examples
    --------
    >>> lamp_of("red", Tag(type="bool"), "down"), lamp_of("light", Tag(role="stack_light"), "idle")
    (True, 'yellow')
    """
    lamp = LAMPS.get(state, "yellow")
    kind = kind_of(tag)
    if kind == "bool":
        return lamp in name
    return lamp if kind == "text" else raw_of(tag, CODES[lamp])


def alarm_of(tag: Tag, modes: tuple[str, ...], mode: str) -> Raw:
    """Return what an alarm shows while a failure mode holds; empty: none does.

    Examples
    --------
    >>> alarm_of(Tag(role="alarm", type="uint16"), ("jam", "trip"), "trip")
    2
    >>> alarm_of(Tag(role="alarm", type="text"), ("jam", "trip"), "trip")
    'trip'
    """
    kind = kind_of(tag)
    if kind == "text":
        return mode
    if kind == "bool":
        return bool(mode)
    bounds = limits_of(kind)
    bits = BITS if bounds is None else min(BITS, int(bounds[1]).bit_length())
    return 1 << (modes.index(mode) % bits) if mode in modes else 0


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What a station works on: words that it shows from the beginning of the scenario on."""

    program: str = ""
    product: str = ""
    tool: str = ""

    def lot(self, parts: int) -> str:
        """Return the lot or order of the part that comes after so many.

        Examples
        --------
        >>> Job(product="p1").lot(250)
        'p1-0003'
        """
        return f"{self.product or 'lot'}-{parts // LOT_PARTS + 1:04d}"


def job_of(plant: Plant, station: Station) -> Job:
    """Return what a station works on: its first operation, and the first product that needs it."""
    operation, cycle = next(iter(station.does.items()), ("", None))
    programs = (one.program for one in station.does.values())
    return Job(
        program=next((name for name in programs if name), ""),
        product=next((name for name in plant.products if _needs(plant, name, operation)), ""),
        tool=next(iter(cycle.tools), "") if cycle is not None else "",
    )


def _needs(plant: Plant, product: str, operation: str) -> bool:
    routes = plant.routes_of(product).values()
    return any(
        operation == step.operation or operation in step.alternatives
        for route in routes
        for step in route.steps
    )


def word_of(tag: Address, station: Station, state: str) -> str:
    """Return what a text says that has no role: a word of the plant file's formulas, or the state.

    Examples
    --------
    >>> from linewright.plant.model import Tag
    >>> cutting = Tag(formula="load > 5 and mode == 'AUTOMATIC'")
    >>> station = Station(tags={"mode": Tag(type="text"), "cutting": cutting})
    >>> word_of(Address("reno/shop/lathes/one#mode"), station, "running")
    'AUTOMATIC'
    """
    formulas = [one.formula for one in station.tags.values() if one.formula is not None]
    for expression in map(parse, formulas):
        if tag.tag not in expression.names:
            continue
        for step in expression.steps:
            if step.operation == "value" and isinstance(step.detail, str):
                return step.detail
    return state.upper()
