"""When the open orders of a line are done."""

import math
from collections.abc import Sequence

import msgspec

from linewright.plant.records import LineState, OrderNow, OrderStatus
from linewright.twin.engine import advance
from linewright.twin.forecasting.results import LEVELS, OrderForecast, Spread, spread_of
from linewright.twin.model import Model
from linewright.twin.outcome import outcome
from linewright.twin.state import State

__all__ = ["Wanted", "ends", "order_forecast", "wanted"]

NS = 10**9
OPEN = (OrderStatus.RELEASED, OrderStatus.STARTED)
ORDERS_MAX = 20
"""Orders that are looked at: a line has few that it works on within hours."""
NEVER_NS = 2**63 - 1


class Wanted(msgspec.Struct, frozen=True):
    """An open order: its number, good parts until it is done, and when it is due."""

    order: str
    left: int
    due_ns: int | None


def wanted(line: LineState, product: str) -> tuple[tuple[Wanted, ...], tuple[str, ...]]:
    """Return the open orders in the order in which they are made, and what is left out.

    Parameters
    ----------
    line
        State of the line.
    product
        What it makes; empty: whatever is ordered.

    Returns
    -------
    tuple
        Orders, highest priority first, then by due date; and a sentence for what is left out.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from linewright.plant import Address
    >>> order = OrderNow(order="7", product="a", status=OrderStatus.STARTED,
    ...     quantity=Decimal(50), done=Decimal(20))
    >>> line = LineState(address=Address("a/b/c"), as_of_ns=0, plant_rev="r1", orders=(order,))
    >>> wanted(line, "a")[0][0].left
    30
    """
    ours = [one for one in line.orders if one.status in OPEN]
    same = [one for one in ours if product in {"", one.product}]
    same.sort(key=lambda one: (-one.priority, one.due_ns or NEVER_NS, one.order))
    found: list[Wanted] = []
    left = 0
    for one in same[:ORDERS_MAX]:
        left += max(0, math.ceil(one.quantity - one.done))
        found.append(Wanted(one.order, left, one.due_ns))
    return tuple(found), tuple(_left_out(ours, same))


def _left_out(ours: Sequence[OrderNow], same: Sequence[OrderNow]) -> list[str]:
    said = []
    if others := len(ours) - len(same):
        said.append(f"open orders of other products are not foreseen: {others}")
    if (more := len(same) - ORDERS_MAX) > 0:
        said.append(f"orders after the first {ORDERS_MAX} are not foreseen: {more}")
    return said


def ends(
    model: Model,
    states: Sequence[State],
    goods: Sequence[int],
    known: Sequence[Wanted],
    *,
    jit: bool,
) -> list[int | None]:
    """Return when each order is done in one future, to a second; None: after its end.

    Parameters
    ----------
    model, states, goods
        The line, its states in order of time, and its good parts at each.
    known
        Orders in the order in which they are made.
    jit
        As for `advance`.

    Notes
    -----
    Between the two states around it by halving: some twelve runs of half an hour an order.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import begin, compile_line
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "60 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> start = begin(model, at_ns=0, seed=1)
    >>> end = advance(model, start, 3600 * 10**9, jit=False)
    >>> [found] = ends(model, [start, end], [0, 60], [Wanted("7", 30, None)], jit=False)
    >>> 1800 <= found / 10**9 <= 1801
    True
    """
    found: list[int | None] = []
    for one in known:
        after = next((k for k, good in enumerate(goods) if good >= one.left), None)
        if after is None:
            found.append(None)
        elif after == 0:
            found.append(states[0].t_ns)
        else:
            around = (states[after - 1], states[after].t_ns)
            found.append(_between(model, around, one.left, jit=jit))
    return found


def _between(model: Model, around: tuple[State, int], left: int, *, jit: bool) -> int:
    low, high_ns = around
    while high_ns - low.t_ns > NS:
        middle = advance(model, low, (low.t_ns + high_ns) // 2, jit=jit)
        if outcome(model, middle).good >= left:
            high_ns = middle.t_ns
        else:
            low = middle
    return high_ns


def order_forecast(
    one: Wanted, found: Sequence[int | None], *, as_of_ns: int, until_ns: int
) -> OrderForecast:
    """Return when an order is expected to be done, of its end in each future.

    Parameters
    ----------
    one
        The order.
    found
        Its end in each future; None: after the forecast.
    as_of_ns, until_ns
        Beginning and end of the forecast.

    Examples
    --------
    >>> found = order_forecast(
    ...     Wanted("7", 30, 3 * NS), [2 * NS, 4 * NS, None, None], as_of_ns=0, until_ns=9 * NS)
    >>> found.done, found.in_time, [one.p for one in found.end_s.quantiles][-1]
    (0.5, 0.25, 0.5)
    """
    known = [each for each in found if each is not None]
    done = len(known) / len(found)
    in_time = None
    if one.due_ns is not None and one.due_ns <= until_ns:
        in_time = sum(each <= one.due_ns for each in known) / len(found)
    return OrderForecast(
        order=one.order,
        left=one.left,
        done=done,
        in_time=in_time,
        end_s=_end_s([(each - as_of_ns) / NS for each in known], done) if known else None,
    )


def _end_s(known: Sequence[float], done: float) -> Spread | None:
    """Return the spread of an end that in a share of the futures lies beyond the forecast."""
    within = spread_of(known)
    quantiles = tuple(
        msgspec.structs.replace(one, value=within.at(p / done))
        for p, one in zip(LEVELS, within.quantiles, strict=True)
        if p <= done
    )
    return Spread(mean=within.mean, quantiles=quantiles) if quantiles else None
