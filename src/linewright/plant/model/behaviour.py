"""How equipment behaves over time: durations, failures, wear, maintenance, remedies, power."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from linewright.plant.frozen import EMPTY
from linewright.plant.model.markers import (
    Element,
    InUnitOf,
    LabelText,
    Number,
    Positive,
    Quantity,
    Ref,
    Share,
)

Family = Literal[
    "constant",
    "exponential",
    "gamma",
    "lognormal",
    "normal",
    "weibull",
    "triangular",
    "uniform",
]


class Distribution(Element, frozen=True, kw_only=True):
    """A duration, constant or random, given by its mean and spread or by its corners."""

    SHORT_GRAMMAR: ClassVar[str] = "distribution"

    mean_s: Annotated[Positive | None, "mean; left out where the corners give it"] = None
    family: Annotated[Family | None, "shape of the spread; left out: constant or exponential"] = (
        None
    )
    cv: Annotated[
        float | None, Number(low=0.0, high=20.0), "coefficient of variation: deviation over mean"
    ] = None
    low_s: Annotated[
        Annotated[float, Quantity("s")] | None, "least value (triangular, uniform)"
    ] = None
    mode_s: Annotated[Annotated[float, Quantity("s")] | None, "most likely value (triangular)"] = (
        None
    )
    high_s: Annotated[
        Annotated[float, Quantity("s")] | None, "greatest value (triangular, uniform)"
    ] = None

    @property
    def expected_s(self) -> float:
        """Mean of the distribution in seconds, from the mean or from the corners."""
        if self.mean_s is not None:
            return self.mean_s
        low, high = self.low_s or 0.0, self.high_s or 0.0
        if self.family == "triangular":
            return (low + (self.mode_s or 0.0) + high) / 3.0
        return (low + high) / 2.0


class Duration(Distribution, frozen=True, kw_only=True):
    """A working time: constant unless said otherwise."""


class Lifetime(Distribution, frozen=True, kw_only=True):
    """A time to failure or to repair: exponential unless said otherwise."""


class Remedy(Element, frozen=True, kw_only=True):
    """What helps against a failure mode: a command within a grant, or a call to a person."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    command: Annotated[Annotated[str, Ref("command")] | None, "command of the station to give"] = (
        None
    )
    value: Annotated[float | None, Number(), "value of that command, in its unit"] = None
    call: Annotated[
        Literal["operator", "maintenance", "quality", "logistics", "supervisor"] | None,
        "whom to call; a person does it, nothing is written to a machine",
    ] = None
    takes: Annotated[Duration | None, "how long it takes"] = None
    skill: Annotated[Annotated[str, Ref("skill")] | None, "skill needed"] = None
    parts: Annotated[
        Mapping[Annotated[str, Ref("material")], Annotated[int, Number(low=1)]],
        "spare parts needed, and how many",
    ] = EMPTY
    reason: Annotated[Annotated[str, Ref("reason")] | None, "downtime reason it is booked on"] = (
        None
    )


class Symptom(Element, frozen=True, kw_only=True):
    """How a cause shows on one signal: which way, how far, how soon."""

    SHORT: ClassVar[str] = "kind"

    kind: Annotated[
        Literal["rises", "falls", "jumps", "drifts", "noisy", "stuck", "silent"], "which way"
    ]
    by: Annotated[
        float | None, Number(), "how far at full effect, in the signal's unit; `cycle`: a share"
    ] = None
    over: Annotated[Duration | None, "how long until full effect"] = None


class Cause(Element, frozen=True, kw_only=True):
    """What brings a failure mode on: a wear or another mode of the same station."""

    SHORT: ClassVar[str] = "mode"

    mode: Annotated[Annotated[str, Ref("mode")], "the mode or wear"]
    probability_share: Annotated[Share, "how likely it leads to this mode"] = 1.0
    delay: Annotated[Duration | None, "how long after"] = None


class FailureMode(Element, frozen=True, kw_only=True):
    """One way in which a station fails: its clock, its repair, its symptoms and remedies.

    The failure modes of a station are a small cause-effect graph: `causes`
    points to the modes and wears of the same station that bring this one on,
    `symptoms` to the tags on which it shows.
    """

    SINGLE: ClassVar[tuple[str, str]] = ("every", "failure")

    label: Annotated[LabelText, "what people read"] = EMPTY
    every: Annotated[Lifetime | None, "time between failures; left out: only by a cause"] = None
    repair: Annotated[Lifetime | None, "time to repair"] = None
    clock: Annotated[
        Literal["operation", "calendar"],
        "which time ages it: `operation` only while working, `calendar` always",
    ] = "operation"
    crew: Annotated[Annotated[str, Ref("crew")] | None, "crew that repairs"] = None
    causes: Annotated[tuple[Cause, ...], "modes or wears of this station that lead to it"] = ()
    symptoms: Annotated[
        Mapping[Annotated[str, Ref("signal")], Symptom],
        "how it shows, per tag of the station or per `cycle`, `scrap`, `power`, `micro_stops`",
    ] = EMPTY
    remedies: Annotated[Mapping[str, Remedy], "what helps, by name"] = EMPTY
    reason: Annotated[Annotated[str, Ref("reason")] | None, "downtime reason it is booked on"] = (
        None
    )
    parts: Annotated[
        Mapping[Annotated[str, Ref("material")], Annotated[int, Number(low=1)]],
        "spare parts that a repair takes",
    ] = EMPTY


class Wear(Element, frozen=True, kw_only=True):
    """Something that wears with work: what it slows, scraps and breaks at the end of its life."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    tool: Annotated[Annotated[str, Ref("tool")] | None, "the tool that wears"] = None
    life_s: Annotated[Positive | None, "life in operating time"] = None
    life_parts: Annotated[Annotated[int, Number(low=1)] | None, "life in parts"] = None
    slows_share: Annotated[
        float, Quantity("1", high=10.0), "longer cycle at the end of life, as a share"
    ] = 0.0
    scraps_share: Annotated[Share, "share of bad parts at the end of life"] = 0.0
    speed_exponent: Annotated[
        float,
        Number(low=0.0, high=20.0),
        "wear in a second grows with speed to this power (Taylor: 1/n, carbide about 4)",
    ] = 1.0
    counter: Annotated[
        Annotated[str, Ref("tag")] | None,
        "tag on which the machine itself counts the life used, in %: its work, not its state",
    ] = None
    fails_factor: Annotated[
        float,
        Number(low=1.0, high=1e6),
        "failure rate of the modes that this wear causes, at the end of life over the new one's",
    ] = 1.0
    symptoms: Annotated[Mapping[Annotated[str, Ref("signal")], Symptom], "how it shows"] = EMPTY
    change: Annotated[Duration | None, "time to change or renew it"] = None
    remedies: Annotated[Mapping[str, Remedy], "what helps, by name"] = EMPTY


class Maintenance(Element, frozen=True, kw_only=True):
    """Work that keeps a station from failing: what it makes as new, and when it is due."""

    SINGLE: ClassVar[tuple[str, str]] = ("takes", "service")

    label: Annotated[LabelText, "what people read"] = EMPTY
    renews: Annotated[
        tuple[Annotated[str, Ref("mode")], ...],
        "failure modes and wears of the station that are as new afterwards; left out: all",
    ] = ()
    every_s: Annotated[Positive | None, "due so long after the last one"] = None
    clock: Annotated[
        Literal["operation", "calendar"],
        "which time `every` counts: `operation` only while working, `calendar` always",
    ] = "operation"
    at_share: Annotated[
        Annotated[float, Quantity("1", above=0.0, high=1.0)] | None,
        "due when any of its wears has used this share of its life",
    ] = None
    opportunity_share: Annotated[
        Share | None,
        "from this share of `every` or `at` on, a stop for another reason is used for it; left"
        " out: never",
    ] = None
    takes: Annotated[Duration, "how long it takes"]
    crew: Annotated[Annotated[str, Ref("crew")] | None, "crew that does it"] = None
    reason: Annotated[Annotated[str, Ref("reason")] | None, "downtime reason it is booked on"] = (
        None
    )


class Power(Element, frozen=True, kw_only=True):
    """Electrical power of one place, by machine state."""

    running_kw: Annotated[Annotated[float, Quantity("kW")] | None, "while producing"] = None
    idle_kw: Annotated[
        Annotated[float, Quantity("kW")] | None, "while idle, blocked or starved"
    ] = None
    set_up_kw: Annotated[Annotated[float, Quantity("kW")] | None, "during set-up"] = None
    down_kw: Annotated[Annotated[float, Quantity("kW")] | None, "while down"] = None
    off_kw: Annotated[Annotated[float, Quantity("kW")] | None, "switched off"] = None


Priority = Literal["low", "medium", "high", "critical"]


class AlarmLimit(Element, frozen=True, kw_only=True):
    """A limit on a tag and the alarm it raises (ISA-18.2)."""

    SHORT: ClassVar[str] = "limit"

    limit: Annotated[float, InUnitOf("unit"), "the limit, in the tag's unit"]
    priority: Annotated[Priority | None, "left out: high for the outer limits, else medium"] = None
    deadband: Annotated[
        Annotated[float, InUnitOf("unit", difference=True)] | None,
        "how far back before it returns to normal",
    ] = None
    delay_s: Annotated[
        Annotated[float, Quantity("s")] | None, "how long beyond before it is raised"
    ] = None
    label: Annotated[LabelText, "alarm text"] = EMPTY
    action: Annotated[LabelText, "what the operator should do"] = EMPTY
