"""Rules of the house: reasons for stops, controlled marks, ceilings of authority, evidence."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from linewright.plant.frozen import EMPTY
from linewright.plant.model.markers import (
    Bounds,
    Element,
    LabelText,
    Number,
    Per,
    Positive,
    Ref,
    Special,
    Text,
)
from linewright.plant.money import Money

Bucket = Literal[
    "unscheduled/no_shift",
    "unscheduled/no_order",
    "unscheduled/no_operator",
    "planned/meal",
    "planned/meeting",
    "planned/maintenance",
    "planned/cleaning",
    "planned/change_over",
    "planned/trial",
    "planned/approval",
    "unplanned",
    "unplanned/breakdown",
    "unplanned/tooling",
    "unplanned/material",
    "unplanned/quality",
    "unplanned/program",
    "unplanned/utilities",
    "unplanned/other",
]


class Reason(Element, frozen=True, kw_only=True):
    """One node of a downtime reason tree; the leaves are what an operator picks."""

    label: Annotated[LabelText, "what people read, per language"] = EMPTY
    bucket: Annotated[
        Bucket | None, "ledger bucket (ISO 22400 time model); left out: the parent's"
    ] = None
    reasons: Annotated[Mapping[str, "Reason"], "the finer reasons below this one"] = EMPTY
    comment: Annotated[bool, "whether a comment is asked for"] = False


class Controlled(Element, frozen=True, kw_only=True):
    """A mark that keeps data where it may be: export control or a customer's terms."""

    regime: Annotated[Text, "for example ITAR, EAR, NDA"]
    sites: Annotated[tuple[Annotated[str, Ref("site")], ...], "sites that may hold it"] = ()
    people: Annotated[tuple[Text, ...], "groups of people who may see it"] = ()


class Ceiling(Element, frozen=True, kw_only=True):
    """The most that any grant may allow: authority is grant and ceiling together."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    actions: Annotated[tuple[Annotated[str, Ref("action")], ...], "names of commands, or `call`"]
    at: Annotated[tuple[Annotated[str, Ref("address")], ...], "where; everything below included"]
    mode: Annotated[Literal["observe", "advise", "confirm", "act"], "the most it may be"] = "advise"
    range: Annotated[Bounds | None, Special("plain_range"), "values, in the command's unit"] = None
    rate_per_h: Annotated[float | None, Number(low=0.0), "actions in an hour"] = None
    count: Annotated[Annotated[int, Number(low=0)] | None, "actions in one grant"] = None
    money: Annotated[Annotated[Money, Per("")] | None, "cost of one grant"] = None
    longest_s: Annotated[Positive | None, "longest grant"] = None
    roles: Annotated[
        tuple[Literal["operator", "supervisor", "engineer", "quality", "manager", "admin"], ...],
        "who may grant",
    ] = ()
    sites: Annotated[
        Literal["real", "simulated", "both"], "whether for real or simulated sites"
    ] = "both"


class Obligation(Element, frozen=True, kw_only=True):
    """A duty of the site: what, by which rule, how often evidence is due."""

    SHORT: ClassVar[str] = "rule"

    rule: Annotated[Text, "law, standard or customer requirement"]
    label: Annotated[LabelText, "what people read"] = EMPTY
    every_s: Annotated[Positive | None, "how often evidence is due, for example `12 months`"] = None
    owner: Annotated[Text | None, "role that answers for it"] = None
    since: Annotated[dt.date | None, "in force from"] = None
