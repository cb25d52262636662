"""What is made and how: operations, products, routes, bills of material, options, quality."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from linewright.plant.frozen import EMPTY
from linewright.plant.model.behaviour import Duration
from linewright.plant.model.governance import Controlled
from linewright.plant.model.markers import (
    CountFrom1,
    Element,
    Formula,
    InUnitOf,
    Key,
    LabelText,
    Name,
    Number,
    Per,
    Positive,
    Quantity,
    Ref,
    Share,
    Special,
    Text,
)
from linewright.plant.money import Money


class Operation(Element, frozen=True, kw_only=True):
    """A step of work that stations can do (ISA-95: process segment)."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    skill: Annotated[Annotated[str, Ref("skill")] | None, "skill needed"] = None
    people: Annotated[float, Number(low=0.0, high=20.0), "people attending"] = 0.0
    tools: Annotated[tuple[Annotated[str, Ref("tool")], ...], "tools needed"] = ()
    fixture: Annotated[Annotated[str, Ref("fixture")] | None, "fixture needed"] = None
    batch: Annotated[
        Annotated[int, Number(low=1)] | None,
        "pieces treated together, where the station does not say its own `batch`",
    ] = None
    outside: Annotated[
        Annotated[str, Ref("supplier")] | None, "done by this supplier, not by a station"
    ] = None
    takes: Annotated[Duration | None, "lead time of outside processing"] = None
    instruction: Annotated[Text | None, "document with the work instruction"] = None
    controlled: Annotated[Controlled | None, "export control or customer restriction"] = None


class Program(Element, frozen=True, kw_only=True):
    """A machine program as a protected asset: its revision, where it runs, who may see it."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    revision: Annotated[Text | None, "current revision"] = None
    at: Annotated[tuple[Annotated[str, Ref("address")], ...], "machines it is written for"] = ()
    operation: Annotated[Annotated[str, Ref("operation")] | None, "operation it does"] = None
    controlled: Annotated[Controlled | None, "export control or customer restriction"] = None


class Approval(Element, frozen=True, kw_only=True):
    """Leave to make a product in one way: by whom, on which machine, with which program."""

    customer: Annotated[Text | None, "who approved; left out: own quality"] = None
    station: Annotated[Annotated[str, Ref("address")] | None, "the machine it holds for"] = None
    program: Annotated[Text | None, "the program it holds for"] = None
    revision: Annotated[Text | None, "the program's revision"] = None
    since: Annotated[dt.date | None, "valid from"] = None
    until: Annotated[dt.date | None, "valid until"] = None


class Step(Element, frozen=True, kw_only=True):
    """One step of a route: an operation, or one of several, with where and how."""

    SHORT: ClassVar[str] = "operation"

    operation: Annotated[Annotated[str, Ref("operation")], "what is done"]
    at: Annotated[
        tuple[Annotated[str, Ref("address")], ...],
        "only there: stations, work centres or lines; left out: wherever it can be done",
    ] = ()
    alternatives: Annotated[
        tuple[Annotated[str, Ref("operation")], ...], "operations that do as well"
    ] = ()
    rework_to: Annotated[
        Annotated[str, Ref("operation")] | None, "earlier operation to which bad pieces go back"
    ] = None
    rework_via: Annotated[
        tuple[Annotated[str, Ref("operation")], ...],
        "operations that only bad pieces pass on their way back: tear-down, stripping",
    ] = ()
    rework_share: Annotated[Share, "share of pieces sent back"] = 0.0
    rework_limit: Annotated[
        int, Number(low=0, high=100), "how often one piece may come back; then it is scrap"
    ] = 1
    scrap_share: Annotated[Share, "share of pieces scrapped here"] = 0.0
    takes: Annotated[
        Mapping[Annotated[str, Ref("item")], Annotated["Amount", Special("amount")]],
        "components and material taken at this step; where no step says it, the first one takes"
        " the whole `bom`",
    ] = EMPTY
    gives: Annotated[
        Mapping[Annotated[str, Ref("product")], CountFrom1],
        "taking apart: the piece ends here and becomes these products, so many of each",
    ] = EMPTY
    defects_share: Annotated[
        Share, "share of pieces made bad here that nobody notices here; a later step may find them"
    ] = 0.0
    detects_share: Annotated[
        Share, "share of the bad pieces, arriving or made here, that this step finds"
    ] = 0.0
    false_alarms_share: Annotated[Share, "share of good pieces that it takes for bad ones"] = 0.0
    wait: Annotated[Duration | None, "least wait after the step: cooling, curing"] = None
    queue_limit_s: Annotated[Positive | None, "longest wait before the step"] = None
    program: Annotated[Text | None, "machine program"] = None
    when: Annotated[
        Annotated[str, Formula("options")] | None, "only for these choices of options"
    ] = None


class Route(Element, frozen=True, kw_only=True):
    """A way to make a product: its steps in order, and who approved it."""

    SHORT_LIST: ClassVar[tuple[str, ...]] = ("steps",)
    SINGLE: ClassVar[tuple[str, str]] = ("steps", "standard")

    steps: Annotated[tuple[Step, ...], "the steps in order"]
    approved: Annotated[bool | tuple[Approval, ...], "whether, or how, it is approved"] = True
    label: Annotated[LabelText, "what people read"] = EMPTY
    preference: Annotated[int, Number(low=1, high=1000), "1 is tried first"] = 1


class Characteristic(Element, frozen=True, kw_only=True):
    """A quality characteristic: nominal value with limits, or an attribute checked by eye."""

    SHORT_GRAMMAR: ClassVar[str] = "tolerance"

    unit: Annotated[str | None, Special("unit"), "unit of measure"] = None
    nominal: Annotated[Annotated[float, InUnitOf("unit")] | None, "target value"] = None
    lower: Annotated[Annotated[float, InUnitOf("unit")] | None, "lower specification limit"] = None
    upper: Annotated[Annotated[float, InUnitOf("unit")] | None, "upper specification limit"] = None
    kind: Annotated[
        Literal["variable", "attribute"], "measured on a scale, or counted good and bad"
    ] = "variable"
    importance: Annotated[
        Literal["normal", "significant", "critical"], "special characteristic class"
    ] = "normal"
    operation: Annotated[
        Annotated[str, Ref("operation")] | None, "operation that makes or checks it"
    ] = None
    tag: Annotated[Annotated[str, Ref("address")] | None, "tag that measures it"] = None
    label: Annotated[LabelText, "what people read"] = EMPTY


class Control(Element, frozen=True, kw_only=True):
    """One line of a control plan: what is checked, how often, on which chart, and then what."""

    characteristic: Annotated[
        Annotated[str, Ref("characteristic")], "characteristic of the product"
    ]
    operation: Annotated[Annotated[str, Ref("operation")] | None, "where it is checked"] = None
    sample: Annotated[CountFrom1, "pieces in one sample"] = 1
    every_parts: Annotated[Annotated[int, Number(low=1)] | None, "a sample each so many parts"] = (
        None
    )
    every_s: Annotated[Positive | None, "a sample each so long"] = None
    chart: Annotated[
        Literal["xbar_r", "xbar_s", "i_mr", "ewma", "cusum", "p", "np", "c", "u", "none"],
        "control chart",
    ] = "none"
    gauge: Annotated[Text | None, "gauge or method"] = None
    reaction: Annotated[LabelText, "what to do when it is out of control"] = EMPTY
    fixed: Annotated[
        tuple[Annotated[str, Ref("address")], ...],
        "tags and commands that only quality may move, inside their validated window",
    ] = ()


class Option(Element, frozen=True, kw_only=True):
    """A choice that a customer makes on a configurable product."""

    SHORT_LIST: ClassVar[tuple[str, ...]] = ("values",)

    values: Annotated[tuple[Text, ...], "what can be chosen"]
    default: Annotated[Text | None, "chosen when nothing is said"] = None
    adds: Annotated[Mapping[str, Annotated[Money, Per("")]], "what a value adds to the price"] = (
        EMPTY
    )
    label: Annotated[LabelText, "what people read"] = EMPTY


class ProductFamily(Element, frozen=True, kw_only=True):
    """Products that are made alike: shared route, set-up key and defaults."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    routes: Annotated[
        Mapping[str, Route], Key("route"), "route of products that have none of their own"
    ] = EMPTY
    setup: Annotated[Text | None, "key in the set-up matrices; left out: the family's name"] = None


class Product(Element, frozen=True, kw_only=True):
    """Something that is made (ISA-95: product definition)."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    revision: Annotated[Text | None, "current revision"] = None
    revisions: Annotated[Mapping[str, dt.date], "revisions and when each came into force"] = EMPTY
    family: Annotated[Annotated[str, Ref("family")] | None, "family it belongs to"] = None
    routes: Annotated[
        Mapping[str, Route], Key("route"), "how it is made: a list of steps, or named routes"
    ] = EMPTY
    bom: Annotated[
        Mapping[Annotated[str, Ref("item")], Annotated["Amount", Special("amount")]],
        "bill of material: what one piece takes",
    ] = EMPTY
    units_per_pack: Annotated[Annotated[int, Number(low=1)] | None, "pieces in a pack"] = None
    lot_size: Annotated[Annotated[int, Number(low=1)] | None, "usual pieces in a lot"] = None
    customer: Annotated[Text | None, "whose product it is"] = None
    demand_per_week: Annotated[
        float | None, Number(low=0.0), "usual demand in pieces a week, to judge takt and capacity"
    ] = None
    priority: Annotated[int, Number(low=1, high=1000), "which goes first: 1 before 2"] = 1
    arrives: Annotated[
        Duration | None, "time between releases; left out: material is always there"
    ] = None
    lead: Annotated[Duration | None, "promised time from release; it gives due dates"] = None
    price: Annotated[Annotated[Money, Per("")] | None, "price of a piece"] = None
    scrap_cost: Annotated[Annotated[Money, Per("")] | None, "loss when a piece is scrapped"] = None
    weight_kg: Annotated[Annotated[float, Quantity("kg")] | None, "weight of a piece"] = None
    characteristics: Annotated[Mapping[str, Characteristic], "what is measured on it"] = EMPTY
    control_plan: Annotated[tuple[Control, ...], "how it is kept in control"] = ()
    options: Annotated[Mapping[str, Option], "what a customer can choose"] = EMPTY
    constraints: Annotated[
        tuple[Annotated[str, Formula("options")], ...], "which choices go together"
    ] = ()
    controlled: Annotated[Controlled | None, "export control or customer restriction"] = None
    was: Annotated[tuple[Text, ...], "former names"] = ()


class Amount(Element, frozen=True, kw_only=True):
    """How much of a material or product: a number of pieces, or a quantity with its unit."""

    value: Annotated[float, Number(low=0.0), "how much"]
    unit: Annotated[str, Name("text"), "unit; empty for pieces"] = ""
    when: Annotated[
        Annotated[str, Formula("options")] | None, "only for these choices of options"
    ] = None


class StandardTime(Element, frozen=True, kw_only=True):
    """A standard time for an operation on a product at a station, with its dates."""

    operation: Annotated[Annotated[str, Ref("operation")], "what is done"]
    product: Annotated[Annotated[str, Ref("product")] | None, "on what; left out: all"] = None
    at: Annotated[Annotated[str, Ref("address")] | None, "where; left out: everywhere"] = None
    time: Annotated[Duration, "time for one cycle, or for one piece"]
    per: Annotated[
        Literal["cycle", "piece"], "whether the time is for a cycle with all its pieces, or a piece"
    ] = "cycle"
    since: Annotated[dt.date | None, "valid from"] = None
    until: Annotated[dt.date | None, "valid until"] = None
    basis: Annotated[
        Literal["measured", "estimated", "quoted", "engineered"] | None, "where it comes from"
    ] = None


class SetupTable(Element, frozen=True, kw_only=True):
    """Set-up times between keys, from (row) to (column)."""

    by: Annotated[Literal["family", "product"], "what the keys are"] = "family"
    keys: Annotated[tuple[Text, ...], "the keys; left out: those that the table names"] = ()
    times: Annotated[
        Mapping[str, Mapping[str, Annotated[float, Quantity("s")]]],
        "times from key to key; `any` stands for every other one",
    ] = EMPTY
    same_s: Annotated[Annotated[float, Quantity("s")], "time between two of the same key"] = 0.0
    default_s: Annotated[
        Annotated[float, Quantity("s")] | None, "time where the table is silent"
    ] = None
    first_s: Annotated[Annotated[float, Quantity("s")] | None, "time from an unknown set-up"] = None
