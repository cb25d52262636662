"""Records of planning: orders from outside, and forecasts with intervals.

>>> OrderKind("purchase")
<OrderKind.PURCHASE: 'purchase'>
"""

import enum
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar

from msgspec import Meta

from linewright.plant.money import Money
from linewright.plant.records.base import (
    Key,
    Natural,
    Part,
    Probability,
    Record,
    RecordId,
    Text,
    TimeNs,
)

__all__ = ["Forecast", "ForecastKind", "Order", "OrderKind", "OrderStatus", "Quantile"]


class OrderKind(enum.StrEnum):
    """Who wants what from whom.

    Examples
    --------
    >>> OrderKind("customer")
    <OrderKind.CUSTOMER: 'customer'>
    """

    CUSTOMER = "customer"
    PRODUCTION = "production"
    PURCHASE = "purchase"
    TRANSPORT = "transport"
    STOCK = "stock"


class OrderStatus(enum.StrEnum):
    """What has become of an order.

    Examples
    --------
    >>> OrderStatus("released")
    <OrderStatus.RELEASED: 'released'>
    """

    QUOTED = "quoted"
    PLANNED = "planned"
    RELEASED = "released"
    STARTED = "started"
    ON_HOLD = "on_hold"
    FINISHED = "finished"
    SHIPPED = "shipped"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ForecastKind(enum.StrEnum):
    """What is foreseen.

    Examples
    --------
    >>> ForecastKind("remaining_life")
    <ForecastKind.REMAINING_LIFE: 'remaining_life'>
    """

    DEMAND = "demand"
    OUTPUT = "output"
    COMPLETION = "completion"
    REMAINING_LIFE = "remaining_life"
    FAILURE = "failure"
    BAD_PART = "bad_part"
    STOCK = "stock"
    ENERGY = "energy"
    TAG = "tag"


class Quantile(Part, frozen=True, kw_only=True):
    """One point of a forecast distribution.

    Examples
    --------
    >>> Quantile(p=0.9, value=412.0).value
    412.0
    """

    p: Annotated[Probability, Meta(description="probability of this value or less")]
    value: Annotated[float, Meta(description="value, in the unit of the forecast")]


class Order(Record, frozen=True, kw_only=True):
    """One item of an order as it is now known, usually from an ERP system.

    Every change there is a new record with a later `t_ns`; the last one holds. `t_ns` is the time
    of the change where it was made, `external_rev` its number there.
    """

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("kind", "order", "item", "external_rev", "status")

    kind: Annotated[OrderKind, Meta(description="who wants what from whom")]
    order: Annotated[Key, Meta(description="number of the order where it was made")]
    item: Annotated[Natural, Meta(description="item in that order")] = 0
    status: Annotated[OrderStatus, Meta(description="what has become of it")]
    product: Annotated[Key, Meta(description="product or material")]
    product_rev: Annotated[Key | None, Meta(description="drawing or design revision")] = None
    options: Annotated[
        tuple[Key, ...], Meta(max_length=200, description="configuration, as option=value")
    ] = ()
    quantity: Annotated[Decimal, Meta(description="amount wanted, exact, as text")]
    quantity_unit: Annotated[
        Key | None, Meta(description="unit of the amount; left out: pieces")
    ] = None
    delivered: Annotated[
        Decimal | None, Meta(description="amount made or delivered so far, exact, as text")
    ] = None
    earliest_ns: Annotated[TimeNs | None, Meta(description="not before: material is there")] = None
    due_ns: Annotated[TimeNs | None, Meta(description="when it is wanted")] = None
    promised_ns: Annotated[TimeNs | None, Meta(description="when it was promised")] = None
    priority: Annotated[int, Meta(ge=0, le=9, description="9 goes first")] = 0
    parent: Annotated[Key | None, Meta(description="order that this one is made for")] = None
    partner: Annotated[Key | None, Meta(description="customer, supplier or carrier")] = None
    partner_order: Annotated[Key | None, Meta(description="the partner's own number")] = None
    price: Annotated[Money | None, Meta(description="price of the whole item")] = None
    late_per_day: Annotated[Money | None, Meta(description="agreed penalty per day late")] = None
    external_rev: Annotated[Key | None, Meta(description="revision in the source system")] = None
    comment: Annotated[Text, Meta(description="anything else, in words")] = ""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: amounts are not negative, and what is wanted is not due before it can begin.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Order).faults())
        []
        """
        yield from super().faults()
        for name in ("quantity", "delivered"):
            if (getattr(self, name) or 0) < 0:
                yield name, "an amount is never negative"


class Forecast(Record, frozen=True, kw_only=True):
    """What is expected for the time from `for_ns` to `until_ns`, made at `t_ns`.

    A forecast without quantiles is none: a lone number hides how sure it is. A model that is
    stale or outside what it has seen says so in `valid` and `caveat`. When the time is over, a
    revision adds `actual`, so that every score can be worked out from the record alone.
    """

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("kind", "subject", "for_ns", "until_ns", "model")

    kind: Annotated[ForecastKind, Meta(description="what is foreseen")]
    subject: Annotated[
        Key | None, Meta(description="product, order, component or tag it is about")
    ] = None
    for_ns: Annotated[TimeNs, Meta(description="start of the time foreseen")]
    until_ns: Annotated[TimeNs, Meta(description="end of the time foreseen")]
    unit: Annotated[Key, Meta(description="unit of all values, `1` for probabilities")]
    mean: Annotated[float | None, Meta(description="expected value")] = None
    quantiles: Annotated[
        tuple[Quantile, ...],
        Meta(min_length=1, max_length=100, description="distribution, p and value rising"),
    ]
    model: Annotated[Key, Meta(description="model that made it, with its revision")]
    trained_until_ns: Annotated[
        TimeNs | None, Meta(description="latest data that the model has learnt from")
    ] = None
    naive: Annotated[
        float | None,
        Meta(description="what a plain rule says, named in `caveat`; the model must beat it"),
    ] = None
    actual: Annotated[
        float | None, Meta(description="what came, in the unit of the forecast; told by a revision")
    ] = None
    valid: Annotated[bool, Meta(description="false: the model says not to rely on it")] = True
    caveat: Annotated[Text, Meta(description="why not, or what was assumed")] = ""
    basis: Annotated[
        tuple[RecordId, ...], Meta(max_length=1000, description="records it rests on")
    ] = ()

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: time runs forward, quantiles rise, and a refusal says why.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Forecast).faults())
        []
        """
        yield from super().faults()
        if self.until_ns < self.for_ns:
            yield "until_ns", "the time foreseen ends before it begins"
        pairs = zip(self.quantiles, self.quantiles[1:], strict=False)
        if any(low.p >= high.p or low.value > high.value for low, high in pairs):
            yield "quantiles", "probabilities and values do not rise"
        if not self.valid and not self.caveat:
            yield "caveat", "an invalid forecast says why"
        if self.actual is not None and self.rev == 0:
            yield "actual", "only a revision knows what came"
