"""What a scenario file says: the scenario, and the events of each list.

Every event has one key that says what happens (`KINDS`), and the keys of all events: where, from
when, how often and for how long. A field is written once, as in the plant model, and reader,
JSON Schema and `docs/scenario.md` follow from it.

>>> MachineFault(slows_share=0.2, at=("reno/shop/lathes",)).happens
'slows'
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from linewright.plant.frozen import EMPTY
from linewright.plant.language.shapes.compiler import element_shape
from linewright.plant.language.shapes.elements import FINISH
from linewright.plant.language.syntax.nodes import Map, Scalar
from linewright.plant.language.syntax.reading import Reading
from linewright.plant.model.behaviour import Duration, Lifetime
from linewright.plant.model.enterprise import Plant
from linewright.plant.model.markers import (
    Element,
    Key,
    LabelText,
    Name,
    Number,
    Positive,
    Quantity,
    Ref,
    Share,
    Special,
    Text,
)
from linewright.plant.model.products import Amount
from linewright.plant.scenario.shapes import Moment, install

__all__ = [
    "LISTS",
    "EnergyPeak",
    "Event",
    "LinkFault",
    "MachineFault",
    "OrderFault",
    "PeopleFault",
    "Scenario",
    "ServiceFault",
    "SignalFault",
    "SupplyFault",
    "Truth",
]

NS_PER_S = 1_000_000_000

Mistake = Literal["missing", "late", "wrong"]
Service = Literal["bus", "connect", "history", "live", "think", "plan", "server", "query"]


class Event(Element, frozen=True, kw_only=True):
    """Something that happens: where, from when, how often and for how long."""

    KINDS: ClassVar[tuple[str, ...]] = ()
    """Keys of which exactly one stands in every event."""
    DETAILS: ClassVar[Mapping[str, tuple[str, ...]]] = EMPTY
    """Further keys, each with the kinds it belongs to: `wears`, or with a value `value: noisy`."""
    NEEDED: ClassVar[frozenset[str]] = frozenset()
    """Those of the further keys without which their kinds say nothing."""
    AT_ONCE: ClassVar[frozenset[str]] = frozenset()
    """Kinds that happen at one moment: repeated, they need no `for`."""

    label: Annotated[LabelText, "what people read in the log of what was true"] = EMPTY
    at: Annotated[
        tuple[Annotated[str, Ref("address")], ...],
        "where, everything below included; left out: the whole plant",
    ] = ()
    begins: Annotated[
        Moment, Special("moment"), Key("from"), "from when; left out: from the start"
    ] = Moment()
    lasts: Annotated[Duration | None, Key("for"), "how long, each time; left out: to the end"] = (
        None
    )
    every: Annotated[
        Lifetime | None, "from the end of one to the next, at each place; left out: once"
    ] = None

    @property
    def happens(self) -> str:
        """What happens: the one key of `KINDS`, with its value where that is a choice."""
        for field in element_shape(type(self)).fields:
            found = getattr(self, field.attribute)
            if field.key in self.KINDS and found is not None:
                return _with_value(field.shape, field.key, found)
        return ""


def _with_value(shape: Any, key: str, found: object) -> str:  # noqa: ANN401  # any shape
    return f"{key}: {found}" if hasattr(shape, "choices") else key


class MachineFault(Event, frozen=True, kw_only=True):
    """Something is wrong with a station itself; nothing announces it but its symptoms."""

    KINDS: ClassVar[tuple[str, ...]] = ("fails", "wears", "slows", "scraps")
    DETAILS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "repair": ("fails",),
        "used": ("wears",),
        "faster": ("wears",),
        "shows": ("fails", "wears"),
    }
    AT_ONCE: ClassVar[frozenset[str]] = frozenset({"fails"})

    fails: Annotated[
        Annotated[str, Ref("mode")] | None, "this failure mode strikes, at `from` or by `every`"
    ] = None
    repair: Annotated[
        Duration | None, "how long its repair takes; left out: as the plant file says"
    ] = None
    wears: Annotated[
        Annotated[str, Ref("wear")] | None, "this wear is further on than anybody knows"
    ] = None
    used_share: Annotated[
        Share | None, "part of its life that is used up at `from`; left out: what it was"
    ] = None
    faster: Annotated[
        float | None, Number(low=0.0, high=1e4), "how many times as fast it wears from then on"
    ] = None
    shows: Annotated[
        Mapping[Annotated[str, Ref("tag")], Annotated[Amount, Special("level")]],
        "how far tags move while it fails, or at the end of the wear's life; left out: as the "
        "symptoms in the plant file say",
    ] = EMPTY
    slows_share: Annotated[
        Annotated[float, Quantity("1", low=-0.9, high=10.0)] | None, "longer cycle, as a share"
    ] = None
    scraps_share: Annotated[Share | None, "share of bad parts that it makes"] = None


class SignalFault(Event, frozen=True, kw_only=True):
    """What the machine does is right, what arrives of it is not."""

    KINDS: ClassVar[tuple[str, ...]] = ("clock", "clock_drift", "counter", "value", "samples")
    DETAILS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "beyond": ("counter: rolls_over",),
        "by": ("value: noisy", "value: drifts", "value: jumps"),
        "delay": ("samples: late", "samples: out_of_order"),
        "share": ("samples: lost", "samples: doubled", "samples: late", "samples: out_of_order"),
    }
    NEEDED: ClassVar[frozenset[str]] = frozenset({"beyond", "by", "delay"})
    AT_ONCE: ClassVar[frozenset[str]] = frozenset({"counter: resets"})

    clock_s: Annotated[
        Annotated[float, Quantity("s", low=None)] | None,
        "how far the source's clock is off: with `from`, a step",
    ] = None
    clock_drift_share: Annotated[
        Annotated[float, Quantity("1", low=-0.5, high=0.5)] | None,
        "how fast it gains or loses: `4 s/d`, `-20 ppm`",
    ] = None
    counter: Annotated[
        Literal["resets", "rolls_over"] | None,
        "what its counters do: begin again at 0, or wrap around",
    ] = None
    beyond: Annotated[
        Annotated[int, Number(low=1)] | None, "highest count before they wrap around"
    ] = None
    value: Annotated[
        Literal["stuck", "noisy", "drifts", "jumps"] | None, "what the values of a tag do"
    ] = None
    by: Annotated[
        Amount | None,
        Special("level"),
        "how far: standard deviation (noisy), in an hour (drifts), at once (jumps)",
    ] = None
    samples: Annotated[
        Literal["silent", "lost", "doubled", "late", "out_of_order"] | None,
        "what happens to samples; `silent` is none at all while the link stands",
    ] = None
    delay: Annotated[Duration | None, "how late they come, or how far they change places"] = None
    share: Annotated[Share | None, "share of the samples; left out: all"] = None


class LinkFault(Event, frozen=True, kw_only=True):
    """The way to a machine, or its server, fails."""

    KINDS: ClassVar[tuple[str, ...]] = ("link", "server")
    DETAILS: ClassVar[Mapping[str, tuple[str, ...]]] = {"renumbered": ("server: restarts",)}
    AT_ONCE: ClassVar[frozenset[str]] = frozenset({"server: restarts"})

    link: Annotated[
        Literal["cut", "half_open"] | None,
        "the network: closed, or open on one side without an answer",
    ] = None
    server: Annotated[
        Literal["restarts", "freezes", "refuses"] | None,
        "the machine's server: restarts, stands still, refuses requests as too many",
    ] = None
    renumbered: Annotated[
        bool | None, "whether its namespaces have other numbers after the restart"
    ] = None
    gateway: Annotated[
        Annotated[str, Ref("gateway")] | None, "only stations behind this gateway"
    ] = None


class PeopleFault(Event, frozen=True, kw_only=True):
    """What people enter is missing, late or wrong; nobody is named."""

    KINDS: ClassVar[tuple[str, ...]] = ("reasons", "counts", "scrap", "sign_ons", "jobs")
    DETAILS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "delay": tuple(f"{kind}: late" for kind in KINDS),
        "wrong_by": ("counts: wrong", "scrap: wrong"),
    }
    NEEDED: ClassVar[frozenset[str]] = frozenset({"delay", "wrong_by"})

    reasons: Annotated[Mistake | None, "reasons of stops"] = None
    counts: Annotated[Mistake | None, "counts of good parts"] = None
    scrap: Annotated[Mistake | None, "counts of bad parts; late: found later"] = None
    sign_ons: Annotated[Mistake | None, "people signing on at a station, and off"] = None
    jobs: Annotated[Mistake | None, "begin and end of jobs"] = None
    share: Annotated[Share | None, "share of the entries; left out: all"] = None
    delay: Annotated[Duration | None, "how late"] = None
    wrong_by_share: Annotated[Share | None, "how far a wrong count is off at most"] = None


class OrderFault(Event, frozen=True, kw_only=True):
    """Orders are not what they seemed."""

    KINDS: ClassVar[tuple[str, ...]] = ("due", "rush")
    DETAILS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "share": ("due",),
        "quantity": ("rush",),
        "due_in": ("rush",),
        "customer": ("rush",),
    }
    NEEDED: ClassVar[frozenset[str]] = frozenset({"quantity", "due_in"})
    AT_ONCE: ClassVar[frozenset[str]] = frozenset({"rush"})

    due_s: Annotated[
        Annotated[float, Quantity("s", low=None)] | None,
        "how much later than the true one the due date on file is; negative: earlier",
    ] = None
    share: Annotated[Share | None, "share of the orders; left out: all"] = None
    rush: Annotated[
        Annotated[str, Ref("product")] | None, "an order for this product comes unforeseen"
    ] = None
    quantity: Annotated[Annotated[int, Number(low=1)] | None, "pieces of the rush order"] = None
    due_in: Annotated[Duration | None, "time from the rush order to its due date"] = None
    customer: Annotated[Text | None, "who wants them"] = None


class SupplyFault(Event, frozen=True, kw_only=True):
    """What was ordered comes late, or not all of it."""

    KINDS: ClassVar[tuple[str, ...]] = ("late", "short")

    late: Annotated[Duration | None, "deliveries come so much later"] = None
    short_share: Annotated[Share | None, "part of the quantity that is missing"] = None
    material: Annotated[
        tuple[Annotated[str, Ref("material")], ...], "only of these; left out: all"
    ] = ()
    supplier: Annotated[
        tuple[Annotated[str, Ref("supplier")], ...], "only from these; left out: all"
    ] = ()
    share: Annotated[Share | None, "share of the deliveries; left out: all"] = None


class EnergyPeak(Event, frozen=True, kw_only=True):
    """Something else at the site takes power: what the stations may use shrinks."""

    KINDS: ClassVar[tuple[str, ...]] = ("peak",)

    peak_kw: Annotated[Annotated[float, Quantity("kW", above=0.0)] | None, "power on top"] = None


class ServiceFault(Event, frozen=True, kw_only=True):
    """A program of Linewright itself fails; for the fault suite, never for a real plant."""

    KINDS: ClassVar[tuple[str, ...]] = ("kill", "freeze", "disk_full", "cut_off")
    AT_ONCE: ClassVar[frozenset[str]] = frozenset({"kill"})

    kill: Annotated[Service | None, "this service is killed"] = None
    freeze: Annotated[Service | None, "this service stands still"] = None
    disk_full: Annotated[Service | None, "this service can write nothing more"] = None
    cut_off: Annotated[
        Annotated[str, Ref("site")] | None, "this site has no link to the others"
    ] = None


class Truth(Element, frozen=True, kw_only=True):
    """What a good answer to an event is; for scoring, never shown to what is scored."""

    of: Annotated[Annotated[str, Ref("event")], "the event: `machines.worn_tool`"]
    cause: Annotated[
        Annotated[str, Ref("cause")] | None, "failure mode or wear that should be named first"
    ] = None
    remedy: Annotated[
        Annotated[str, Ref("remedy")] | None, "remedy of that cause that helps most"
    ] = None
    within_s: Annotated[Positive | None, "time until the case should be closed"] = None
    label: Annotated[LabelText, "what people read"] = EMPTY


class Scenario(Element, frozen=True, kw_only=True):
    """One play of a plant: when it starts, how long and fast it runs, what goes wrong."""

    scenario: Annotated[str, Name("id"), "name of the scenario"]
    plant: Annotated[str, Ref("enterprise"), "enterprise of the plant it is for"]
    label: Annotated[LabelText, "what people read"] = EMPTY
    seed: Annotated[int, Number(low=0, high=1_000_000_000), "same seed, same run"]
    site: Annotated[
        Annotated[str, Ref("site")] | None, "site whose clock is meant; left out: the only one"
    ] = None
    starts: Annotated[dt.datetime, Special("local_time"), "plant time at the start"]
    lasts_s: Annotated[Positive, "plant time that it lasts"]
    speed: Annotated[
        float, Number(low=0.001, high=100_000.0), "plant time over real time; 1 is as it happens"
    ] = 1.0
    machines: Annotated[Mapping[str, MachineFault], "faults of stations, by name"] = EMPTY
    signals: Annotated[Mapping[str, SignalFault], "faults of clocks, counters and samples"] = EMPTY
    links: Annotated[Mapping[str, LinkFault], "faults of connections and servers"] = EMPTY
    people: Annotated[Mapping[str, PeopleFault], "what people enter, late or wrong"] = EMPTY
    orders: Annotated[Mapping[str, OrderFault], "surprises with orders"] = EMPTY
    supply: Annotated[Mapping[str, SupplyFault], "surprises with deliveries"] = EMPTY
    energy: Annotated[Mapping[str, EnergyPeak], "peaks of other loads"] = EMPTY
    services: Annotated[Mapping[str, ServiceFault], "faults of Linewright's own services"] = EMPTY
    truth: Annotated[Mapping[str, Truth], "what good answers are, by name"] = EMPTY

    def events(self) -> Iterator[tuple[str, Event]]:
        """Yield every event with its name, `list.name`, in the order of the lists."""
        for each in LISTS:
            for name, event in getattr(self, each).items():
                yield f"{each}.{name}", event

    def clock_of(self, plant: Plant) -> ZoneInfo:
        """Return the time zone of the scenario's site, or of the plant's first."""
        return ZoneInfo(plant.sites[self.site or next(iter(plant.sites))].timezone)

    def start_ns(self, plant: Plant) -> int:
        """Return the start in ns since 1970 UTC."""
        return _instant_ns(self.starts, self.clock_of(plant))

    def end_ns(self, plant: Plant) -> int:
        """Return the end in ns since 1970 UTC."""
        return self.start_ns(plant) + round(self.lasts_s * NS_PER_S)

    def begins_ns(self, event: Event, plant: Plant) -> int:
        """Return the `from` of an event in ns since 1970 UTC."""
        if event.begins.local is not None:
            return _instant_ns(event.begins.local, self.clock_of(plant))
        return self.start_ns(plant) + round(event.begins.after_s * NS_PER_S)


LISTS: Mapping[str, type[Event]] = {
    "machines": MachineFault,
    "signals": SignalFault,
    "links": LinkFault,
    "people": PeopleFault,
    "orders": OrderFault,
    "supply": SupplyFault,
    "energy": EnergyPeak,
    "services": ServiceFault,
}
"""The lists of a scenario and what stands in them."""


def _instant_ns(local: dt.datetime, zone: ZoneInfo) -> int:
    moment = local.replace(tzinfo=zone).astimezone(dt.UTC)
    since = moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return (since.days * 86_400 + since.seconds) * NS_PER_S + since.microseconds * 1000


def _check_kind(values: dict[str, Any], node: Map, reading: Reading, cls: type[Event]) -> None:
    """Report an event without its one kind or with two, and keys that do not belong to it."""
    del values
    given = {
        key.text: value
        for key, value in zip(node.keys, node.values, strict=True)
        if not (isinstance(value, Scalar) and value.empty)
    }
    kinds = [key for key in given if key in cls.KINDS]
    if not kinds:
        hint = f"one of {', '.join(cls.KINDS)}"
        reading.fail("key-missing", node.at, "nothing says what happens", hint=hint)
        return
    for key in kinds[1:]:
        message = f"`{kinds[0]}` and `{key}` cannot both stand here"
        reading.fail("keys-exclusive", _mark(node, key), message, hint="write two events")
    value = given[kinds[0]]
    chosen = f"{kinds[0]}: {value.text}" if isinstance(value, Scalar) else kinds[0]
    for detail, owners in cls.DETAILS.items():
        fits = chosen in owners or kinds[0] in owners
        if detail in given and not fits:
            listed = " or ".join(f"`{owner}`" for owner in owners)
            message = f"`{detail}` says nothing beside `{chosen}`"
            reading.fail(
                "keys-exclusive", _mark(node, detail), message, hint=f"it belongs to {listed}"
            )
        elif detail not in given and fits and detail in cls.NEEDED:
            reading.fail("key-missing", node.at, f"`{detail}` is missing beside `{chosen}`")


def _mark(node: Map, key: str) -> int:
    found = node.key(key)
    return node.at if found is None else found.at


def _install_kinds() -> None:
    for cls in LISTS.values():

        def check(
            values: dict[str, Any], node: Map, reading: Reading, cls: type[Event] = cls
        ) -> None:
            _check_kind(values, node, reading, cls)

        FINISH[cls] = (check, _as_it_is)


def _as_it_is(value: Any, plain: dict[str, Any]) -> None:  # noqa: ANN401  # any element
    """Leave what is written as it is: nothing was completed when it was read."""
    del value, plain


install()
_install_kinds()
