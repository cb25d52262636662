"""Orders and jobs: what is to be made, out and in."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from linewright.plant.address import Address
from linewright.plant.cmsd.elements import Notes, own, owned, reference, said, tag
from linewright.plant.markup import Node
from linewright.plant.records import How, Order, OrderKind, OrderStatus

__all__ = ["orders_in", "orders_out"]

STATUS = {
    OrderStatus.QUOTED: "created",
    OrderStatus.PLANNED: "created",
    OrderStatus.RELEASED: "released",
    OrderStatus.STARTED: "released",
    OrderStatus.ON_HOLD: "released",
    OrderStatus.FINISHED: "completed",
    OrderStatus.SHIPPED: "shipped",
    OrderStatus.CLOSED: "completed",
    OrderStatus.CANCELLED: "cancelled",
}
"""Our words for what has become of an order, and those of CMSD."""

BACK = {
    "created": OrderStatus.PLANNED,
    "released": OrderStatus.RELEASED,
    "started": OrderStatus.STARTED,
    "completed": OrderStatus.FINISHED,
    "shipped": OrderStatus.SHIPPED,
    "cancelled": OrderStatus.CANCELLED,
    "blocked": OrderStatus.ON_HOLD,
}

EXACT = ("kind", "status", "earliest_ns", "due_ns", "priority")
"""What stands in a property of our own as well, because CMSD says it less exactly."""

PRIORITY_MAX = 9
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def orders_out(orders: Sequence[Order]) -> Iterator[Node]:
    """Yield an `Order` with its lines for each order."""
    lines: dict[str, list[Order]] = {}
    for order in orders:
        lines.setdefault(order.order, []).append(order)
    for name, items in lines.items():
        due = min((each.due_ns for each in items if each.due_ns is not None), default=None)
        yield tag(
            "Order",
            tag("Identifier", text=name),
            tag("Status", text=STATUS[items[0].status]),
            said("DueDate", "" if due is None else _text(due)),
            *[_line(each) for each in items],
        )


def _line(order: Order) -> Node:
    return tag(
        "OrderLine",
        tag("Identifier", text=str(order.item)),
        tag("Status", text=STATUS[order.status]),
        tag("ItemQuantity", text=format(order.quantity, "f")),
        tag("PartDescription", reference("PartType", "PartType", order.product)),
        own("order", {key: told for key in EXACT if (told := getattr(order, key)) is not None}),
    )


def _text(t_ns: int) -> str:
    return (EPOCH + dt.timedelta(microseconds=t_ns // 1000)).isoformat()


def orders_in(
    nodes: dict[str, list[Node]], products: dict[str, str], site: str, notes: Notes
) -> tuple[Order, ...]:
    """Return the orders and jobs of a file as records.

    Parameters
    ----------
    nodes
        Entities by the name of their element.
    products
        Our names of products, by identifier of their part type.
    site
        Where they are made.
    notes
        Gets what is left out.
    """
    found: list[Order] = []
    for order in nodes.get("Order", []):
        for k, line in enumerate(order.all("OrderLine")):
            wanted = [part.say("PartTypeIdentifier") for part in _inside(line, "PartType")]
            given = owned(line, notes).get("order", {})
            said_here = {"quantity": line.say("ItemQuantity") or "1", "order": order, "line": line}
            for part in wanted:
                item = line.say("Identifier")
                number = int(item) if item.isdigit() else k
                found += _order(products.get(part), site, number, {**said_here, **given}, notes)
    for job in nodes.get("Job", []):
        efforts = job.all("PlannedEffort")
        groups = [(each, group) for each in efforts for group in each.all("PartsProduced")]
        for k, (effort, group) in enumerate(groups):
            part = next((each.say("PartTypeIdentifier") for each in group.all("PartType")), "")
            wish = {"quantity": group.say("PartQuantity") or "1", "order": job, "line": effort}
            found += _order(products.get(part), site, k, {**wish, "kind": "production"}, notes)
    return tuple(found)


def _inside(node: Node, name: str) -> list[Node]:
    return [found for part in node.all("PartDescription") for found in part.all(name)]


def _order(
    product: str | None, site: str, item: int, given: dict[str, Any], notes: Notes
) -> list[Order]:
    order, line = given["order"], given["line"]
    name = order.say("Identifier") or "order"
    try:
        quantity = Decimal(given["quantity"])
    except InvalidOperation:
        quantity = Decimal(0)
    if product is None or not quantity.is_finite() or quantity <= 0:
        notes.add("an order for nothing that is made here is left out", name)
        return []
    word = line.say("Status") or order.say("Status")
    due = line.say("DueDate") or order.say("DueDate")
    return [
        Order(
            address=Address(site),
            t_ns=0,
            seen_ns=0,
            plant_rev="cmsd",
            how=How.IMPORT,
            source="cmsd",
            kind=OrderKind(given.get("kind", "customer")),
            order=name[:128],
            item=item,
            status=OrderStatus(given.get("status", BACK.get(word, OrderStatus.RELEASED))),
            product=product,
            quantity=quantity,
            earliest_ns=given.get("earliest_ns", _instant(line.say("ReleaseDate"), notes)),
            due_ns=given.get("due_ns", _instant(due, notes)),
            priority=given.get("priority", _priority(order.say("Priority"), notes)),
        )
    ]


def _priority(text: str, notes: Notes) -> int:
    if text:
        notes.add("the priority of an order is taken with 9 first", text)
    return int(text) if text.isdigit() and int(text) <= PRIORITY_MAX else 0


def _instant(text: str, notes: Notes) -> int | None:
    if not text:
        return None
    try:
        when = dt.datetime.fromisoformat(text)
    except ValueError:
        notes.add("a date that is none is left out", text[:40])
        return None
    if when.tzinfo is None:
        notes.add("a date without a time zone is taken for UTC", text[:40])
        when = when.replace(tzinfo=dt.UTC)
    since = when - EPOCH
    return max(0, (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1000)
