"""Small shops for the tests of flows: what is played of them, and the twin beside it."""

from collections.abc import Mapping
from decimal import Decimal

from linewright.emulate.flows.book import Book
from linewright.emulate.flows.models import Given, models
from linewright.emulate.kernels import Kernels
from linewright.emulate.signals import Seen, Voice
from linewright.plant import Address, Plant
from linewright.plant.language import load_text
from linewright.plant.records import How, Order, OrderKind, OrderStatus
from linewright.twin import State, advance, outcome
from linewright.twin.outcome import Outcome
from tests.emulate.playing import S

MONDAY_NS = 1_795_438_800 * S
"""2026-11-23 13:00 UTC, a Monday."""

GRID_NS = 5 * S
HEAD = """
linewright: 1
enterprise: acme
currency: USD
types:
  machine:
    connect: {opcua: "opc.tcp://machine:4840"}
    tags: {good: {role: parts.good}, bad: {role: parts.scrap}, again: {role: parts.rework}}
sites:
  reno:
    timezone: UTC
    currency: USD
"""

NO_ORDERS = Book()

Counts = dict[str, tuple[int, int, int]]
"""Good, bad and reworked pieces, by station."""


def shop(text: str) -> Plant:
    """Return a plant: the keys of its site, indented by four, then those of the plant."""
    return load_text(HEAD + text.lstrip("\n"))


def shown(plant: Plant, hours: float, book: Book = NO_ORDERS) -> tuple[Counts, Outcome]:
    """Return what the counters of all machines say after some hours, and what the twin says.

    The counters begin with the play; where the model was at work before, what it made until then
    is taken off. The twin goes on in one step, from what the play began with.
    """
    stations = [address for address, _ in plant.stations()]
    end_ns = MONDAY_NS + round(hours * 3600 * S)
    kernels = Kernels(plant, stations, kept={}, changes=[], book=book, at_ns=MONDAY_NS, seed=1)
    ((_, playing),) = models(plant, stations, Given(at_ns=MONDAY_NS, seed=1, book=book))
    (kept,) = kernels.keep().values()
    start = State.from_bytes(kept.state)
    before = made(outcome(playing.model, start))
    voices = {one: Voice(one, dict(plant.stations())[one], plant, 1) for one in stations}
    memories = {one: voice.begin("idle", MONDAY_NS) for one, voice in voices.items()}
    for now_ns in range(MONDAY_NS + GRID_NS, end_ns + 1, GRID_NS):
        heard = kernels.advance(now_ns)
        for one, voice in voices.items():
            seen = Seen(used={}, failing={})
            memories[one], _ = voice.samples(memories[one], heard.get(one, ()), seen, now_ns)
    counts = {
        one.name: (memory.good, memory.bad, memory.rework) for one, memory in memories.items()
    }
    out = outcome(playing.model, advance(playing.model, start, end_ns, jit=False))
    after = {
        name: tuple(now - then for now, then in zip(own, before[name], strict=True))
        for name, own in made(out).items()
    }
    assert counts == after, "the counters of the machines are what the twin says"
    return counts, out


def made(out: Outcome) -> Mapping[str, tuple[int, int, int]]:
    """Return what the twin says that each station made: good, bad, reworked."""
    return {one.address.name: (one.good, one.scrap, one.rework) for one in out.stations}


def order(name: str, product: str, quantity: int, *, after_s: int = 0, priority: int = 0) -> Order:
    """Return an open order of the site, released so long after Monday."""
    return Order(
        address=Address("reno"),
        t_ns=MONDAY_NS,
        seen_ns=MONDAY_NS,
        plant_rev="r1",
        how=How.IMPORT,
        source="erp",
        kind=OrderKind.CUSTOMER,
        status=OrderStatus.RELEASED,
        order=name,
        product=product,
        quantity=Decimal(quantity),
        earliest_ns=MONDAY_NS + after_s * S,
        due_ns=MONDAY_NS + 86_400 * S,
        priority=priority,
    )
