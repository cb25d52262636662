"""A ledger, its indicators and its waterfall, after docs/kpi.md, in whole nanoseconds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

UNSCHEDULED = ("no_shift", "no_order", "no_operator")
PLANNED = ("meal", "meeting", "maintenance", "cleaning", "change_over", "trial", "approval")
UNPLANNED = (
    "breakdown",
    "tooling",
    "material",
    "quality",
    "program",
    "utilities",
    "other",
    "no_reason",
)
REST = ("micro_stop", "blocked", "starved", "set_up", "unknown")
CATEGORIES = (*UNSCHEDULED, *PLANNED, *UNPLANNED, *REST, "producing")
BEFORE_OUTPUT = (*UNSCHEDULED, *PLANNED, *UNPLANNED, *REST)
DELAYS = (*UNPLANNED, "micro_stop")
SECOND = 10**9
HOUR = 3600 * SECOND


@dataclass
class Ledger:
    """Time by category in ns; counts by standard time of a piece; failures."""

    ns: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CATEGORIES, 0))
    counts: dict[int | None, list[int]] = field(default_factory=dict)
    failures: int = 0
    restorations: int = 0
    repair_ns: int = 0
    products: int = 1

    def count(self, standard: int | None, values: Iterable[int]) -> None:
        """Add produced, good, scrap, rework of pieces with this standard time."""
        kept = self.counts.setdefault(standard, [0, 0, 0, 0])
        for index, value in enumerate(values):
            kept[index] += value

    def add(self, other: "Ledger") -> None:
        """Add another one."""
        for category, ns in other.ns.items():
            self.ns[category] += ns
        for standard, values in other.counts.items():
            self.count(standard, values)
        self.failures += other.failures
        self.restorations += other.restorations
        self.repair_ns += other.repair_ns

    def sum(self, names: Iterable[str]) -> int:
        """Time of some categories."""
        return sum(self.ns[name] for name in names)

    def pieces(self, index: int) -> int:
        """Pieces produced (0), good (1), scrap (2), rework (3)."""
        return sum(values[index] for values in self.counts.values())

    def standard(self, index: int) -> int | None:
        """Standard time of these pieces; none where a counted product has none."""
        if any(standard is None and any(values) for standard, values in self.counts.items()):
            return None
        return sum((standard or 0) * values[index] for standard, values in self.counts.items())


def _share(above: int | None, below: int | None) -> Fraction | None:
    if above is None or not below:
        return None
    return Fraction(above, below)


def indicators(ledger: Ledger) -> dict[str, float]:
    """Every indicator that is defined."""
    calendar = ledger.sum(CATEGORIES)
    busy_planned = calendar - ledger.sum(UNSCHEDULED) - ledger.sum(PLANNED)
    producing, set_up = ledger.ns["producing"], ledger.ns["set_up"]
    delay, unknown = ledger.sum(DELAYS), ledger.ns["unknown"]
    processing = producing + set_up
    busy = processing + delay
    made, good, scrap, rework = (ledger.pieces(index) for index in range(4))
    earned, earned_good = ledger.standard(0), ledger.standard(1)
    is_sound = 0 <= good <= made
    found: dict[str, Fraction | None] = {
        "availability": _share(producing, busy_planned),
        "effectiveness": _share(earned, producing) if (earned or 0) >= 0 else None,
        "quality_ratio": _quality(ledger) if is_sound else None,
        "oee": _share(earned_good, busy_planned) if is_sound else None,
        "teep": _share(earned_good, calendar) if is_sound else None,
        "data_coverage": _share(busy_planned - unknown, busy_planned),
        "allocation_efficiency": _share(busy, busy_planned),
        "utilisation_efficiency": _share(producing, busy),
        "technical_efficiency": _share(producing, producing + delay),
        "set_up_ratio": _share(set_up, processing),
        "throughput_rate_per_h": _share(made * HOUR, busy_planned) if made >= 0 else None,
        "scrap_ratio": _share(scrap, made) if 0 <= scrap <= made else None,
        "rework_ratio": _share(rework, made) if 0 <= rework <= made else None,
        "first_pass_yield": (
            _share(good, good + scrap + rework) if 0 <= good <= good + scrap + rework else None
        ),
        "mtbf_h": _share(processing, ledger.failures * HOUR),
        "mttr_h": _share(ledger.repair_ns, ledger.restorations * HOUR),
    }
    found["nee"] = _nee(found, processing, producing, busy_planned, made)
    return {name: float(value) for name, value in found.items() if value is not None}


def _quality(ledger: Ledger) -> Fraction | None:
    made, good = ledger.pieces(0), ledger.pieces(1)
    if made <= 0:
        return None
    if ledger.standard(0) is None and ledger.products == 1:
        return Fraction(good, made)
    return _share(ledger.standard(1), ledger.standard(0))


def _nee(
    found: Mapping[str, Fraction | None], processing: int, producing: int, planned: int, made: int
) -> Fraction | None:
    if found["oee"] is None or not planned:
        return None
    if not made:
        return Fraction(0)
    if not producing:
        return None
    return Fraction(processing, producing) * found["oee"]


def waterfall(ledger: Ledger) -> dict[str, int]:
    """Bars in ns, from calendar time down to what was fully productive."""
    bars = {name: ledger.ns[name] for name in BEFORE_OUTPUT}
    known = [(standard, values) for standard, values in ledger.counts.items() if standard]
    earned = sum(standard * values[0] for standard, values in known)
    is_whole = all(standard for standard, values in ledger.counts.items() if any(values))
    left = ledger.ns["producing"] - earned
    bars["speed_loss"] = left if is_whole else 0
    bars["no_standard_time"] = 0 if is_whole else left
    bars["scrap"] = sum(standard * values[2] for standard, values in known)
    bars["rework"] = sum(standard * values[3] for standard, values in known)
    bars["unjudged"] = sum(
        standard * (values[0] - values[1] - values[2] - values[3]) for standard, values in known
    )
    bars["fully_productive"] = sum(standard * values[1] for standard, values in known)
    return bars


def percents(bars: Mapping[str, int]) -> dict[str, str]:
    """Printed shares, together 100.0: down to a tenth, missing tenths to the largest rests."""
    whole = sum(bars.values())
    if not whole:
        return {}
    exact = {name: Fraction(ns * 1000, whole) for name, ns in bars.items()}
    tenths = {name: value.numerator // value.denominator for name, value in exact.items()}
    missing = 1000 - sum(tenths.values())
    order = sorted(exact, key=lambda name: tenths[name] - exact[name])
    for name in order[:missing]:
        tenths[name] += 1
    return {
        name: f"{'-' if value < 0 else ''}{abs(value) // 10}.{abs(value) % 10}"
        for name, value in tenths.items()
    }
