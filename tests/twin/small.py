"""Small plants for tests by hand: constant times, and what happened when."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import yaml

from linewright.plant import Address, Plant
from linewright.plant.language import load_text
from linewright.plant.records import Change, Order, Trace
from linewright.plant.records.examples import example
from linewright.twin import Ring, advance, begin, compile_plant, outcome, with_changes

NS = 10**9
SHOP = "reno/shop"
LINE = f"{SHOP}/line"
Keys = Mapping[str, Any]


def station(given: str | Keys, name: str) -> dict[str, Any]:
    """Return the keys of a station; a lone time, or `cycle`, is that of what it `do_<name>`es."""
    keys: dict[str, Any] = {"cycle": given} if isinstance(given, str) else dict(given)
    if "cycle" in keys:
        keys["does"] = {f"do_{name}": keys.pop("cycle")}
    return keys


def plant_of(
    flow: Sequence[str | int] = (),
    *,
    stations: Keys | None = None,
    centres: Keys | None = None,
    line: Keys | None = None,
    site: Keys | None = None,
    **top: object,
) -> Plant:
    """Return a plant with a line of a flow, or with work centres, in `reno/shop`.

    Parameters
    ----------
    flow, stations, line
        The line; stations by name.
    centres
        Work centres by name, each with its `stations`.
    site, top
        Further keys of the site, and of the plant.
    """
    area: dict[str, Any] = {}
    if flow:
        made = {name: station(keys, name) for name, keys in (stations or {}).items()}
        area["lines"] = {"line": {"flow": [*flow], "stations": made, **(line or {})}}
    for name, keys in (centres or {}).items():
        inside = {each: station(one, each) for each, one in keys["stations"].items()}
        area.setdefault("work_centres", {})[name] = {**keys, "stations": inside}
    place = {"timezone": "UTC", "currency": "USD", "areas": {"shop": area}, **(site or {})}
    whole = {"linewright": 1, "enterprise": "acme", "sites": {"reno": place}, **top}
    return load_text(yaml.dump(whole, sort_keys=False))


class Played:
    """What came of a plant that was played from 0 on, plainly.

    Parameters
    ----------
    plant, until_s
        The plant, and for how long.
    at
        What of it.
    orders
        What is to be made, as for `compile_plant`.
    changes
        Where below the place, what, value, from and until in seconds.
    """

    def __init__(
        self,
        plant: Plant,
        until_s: float,
        *,
        at: str = LINE,
        orders: Iterable[Order] = (),
        changes: Iterable[tuple[str, str, float, float, float | None]] = (),
    ) -> None:
        self.at = at
        self.model = compile_plant(plant, at, orders=tuple(orders))
        ring = Ring(self.model, events=200_000)
        state = begin(self.model, at_ns=0, seed=1)
        state = with_changes(self.model, state, [self._change(*one) for one in changes])
        self.state = advance(self.model, state, round(until_s * NS), trace=ring, jit=False)
        self.out = outcome(self.model, self.state)
        self.trace: list[Trace] = ring.read()

    def _change(
        self, name: str, parameter: str, value: float, from_s: float, until_s: float | None
    ) -> Change:
        return Change(
            address=Address(f"{self.at}/{name}" if name else self.at),
            parameter=parameter,
            value=value,
            at_ns=round(from_s * NS),
            until_ns=None if until_s is None else round(until_s * NS),
        )

    def told(self, kind: str, name: str) -> list[Trace]:
        """Return the events of a kind at a station or buffer."""
        return [e for e in self.trace if e.kind.name == kind and e.element.name == name]

    def times(self, kind: str, name: str) -> list[float]:
        """Return when events of a kind happened at a station or buffer, in s."""
        return [e.t_ns / NS for e in self.told(kind, name)]

    def seconds(self, name: str, state: str) -> float:
        """Return how long a station was in a state."""
        return self.out.at(f"{self.at}/{name}").seconds[state]  # type: ignore[index]  # a StrEnum

    def store(self, name: str) -> Any:  # noqa: ANN401  # the outcome of a queue
        """Return what came of a queue, by the end of its name."""
        return next(one for one in self.out.stores if one.name.endswith(name))

    def product(self, name: str) -> Any:  # noqa: ANN401  # the outcome of a product
        """Return what came of a product."""
        return next(one for one in self.out.products if one.name == name)

    def crew(self, name: str) -> Any:  # noqa: ANN401  # the outcome of a crew
        """Return what came of a crew, a vehicle, a fixture or a tool."""
        return next(one for one in self.out.crews if one.name == name)


def order(name: str, product: str, **keys: object) -> Order:
    """Return an order for a piece of a product, from now on, due never."""
    plain = {"earliest_ns": 0, "due_ns": None, "quantity": 1, "delivered": 0, "priority": 5}
    return msgspec.structs.replace(
        example(Order), id="", order=name, product=product, **{**plain, **keys}
    )
