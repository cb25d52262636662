"""When orders are done."""

from decimal import Decimal

import msgspec
import pytest

from linewright.plant.records import OrderNow, OrderStatus
from linewright.twin.forecasting import OrderForecast, forecast
from linewright.twin.forecasting.orders import NS, ORDERS_MAX, Wanted, order_forecast, wanted
from tests.twin.forecasting.lives import nothing_known
from tests.twin.lines import line_of, minutes


def _order(name: str, quantity: str, **keys: object) -> OrderNow:
    given = {"status": OrderStatus.STARTED, "product": "a", "done": Decimal(0), **keys}
    return OrderNow(order=name, quantity=Decimal(quantity), **given)  # type: ignore[arg-type]  # fields


def test_they_are_made_one_after_the_other() -> None:
    """The highest priority first, then the earliest due; each ends when all before it are made."""
    orders = (
        _order("late", "10"),
        _order("due", "20", due_ns=minutes(90), done=Decimal("4.5")),
        _order("first", "5", priority=9),
        _order("planned", "5", status=OrderStatus.PLANNED),
        _order("other", "5", product="b"),
    )
    line = msgspec.structs.replace(nothing_known(line_of("60 s")), orders=orders)
    found, left_out = wanted(line, "a")
    assert [(one.order, one.left) for one in found] == [("first", 5), ("due", 21), ("late", 31)]
    assert left_out == ("open orders of other products are not foreseen: 1",)
    many = msgspec.structs.replace(line, orders=tuple(_order(f"{k}", "1") for k in range(25)))
    known, said = wanted(many, "")
    assert (len(known), said) == (ORDERS_MAX, ("orders after the first 20 are not foreseen: 5",))


def test_an_order_ends_when_its_last_part_is_made() -> None:
    """At a minute a part 30 parts are done after 30 minutes, and 90 not within the hour."""
    model = line_of("60 s")
    orders = (_order("thirty", "30", due_ns=minutes(40)), _order("sixty", "60", due_ns=10**18))
    line = msgspec.structs.replace(nothing_known(model), orders=orders)
    found = forecast(model, line, hours=1, replications=3, seed=1, jit=False).orders
    assert (found[0].done, found[0].in_time) == (1.0, 1.0)
    assert found[0].end_s is not None
    assert found[0].end_s.at(0.5) == pytest.approx(1800, abs=1)
    assert found[1] == OrderForecast(order="sixty", left=90, done=0.0, in_time=None, end_s=None)


def test_an_end_beyond_the_forecast_has_no_quantile() -> None:
    """Of ten futures six end: quantiles up to 0.6 are known, the others are left out."""
    ends = [k * 60 * NS for k in range(6)] + [None] * 4
    found = order_forecast(Wanted("x", 9, 60 * NS), ends, as_of_ns=0, until_ns=900 * NS)
    assert (found.done, found.in_time) == (0.6, 0.2)
    assert found.end_s is not None
    assert [one.p for one in found.end_s.quantiles][-1] == 0.6
    assert found.end_s.at(0.6) == pytest.approx(285, abs=16)
