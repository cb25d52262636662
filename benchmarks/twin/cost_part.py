"""Part 5: what features cost that a line does not use.

The ten stations run in the general kernel and in `bare_line`, which knows nothing else; both draw
from the same streams, so they make the same parts at the same instants, to the last one.
"""

from benchmarks.measure import Claim, interleaved, note
from benchmarks.twin.foreign.bare_line import EVENTS, SHIPPED, BareLine
from benchmarks.twin.line import LIFE_S, PLACES, REPAIR_S, STATIONS, ten_stations
from linewright.twin import advance, begin, outcome

NS = 10**9
ROUNDS = (5, 9)
"""Quick and full."""


def measure_cost(*, quick: bool, seed: int, seconds: int = 400_000) -> list[Claim]:
    """Return the claim: the share of the general kernel's time that features unused take."""
    model = ten_stations()
    state = begin(model, at_ns=0, seed=seed)
    bare = BareLine(STATIONS, PLACES, (1.0, LIFE_S, REPAIR_S), seed)
    at_s = {"general": 0, "bare": 0}

    def general() -> None:
        nonlocal state
        at_s["general"] += seconds
        state = advance(model, state, at_s["general"] * NS)

    def only_this() -> None:
        at_s["bare"] += seconds
        bare.advance(at_s["bare"] * NS)

    times = interleaved({"general": general, "bare": only_this}, ROUNDS[not quick])
    found = outcome(model, state)
    same = (found.good, found.events) == (bare.head(SHIPPED), bare.head(EVENTS))
    same = same and abs(found.products[0].lead_s - bare.lead_s) <= 1e-9 * bare.lead_s
    share = 1.0 - times["bare"].cpu_s_median / times["general"].cpu_s_median
    rounds = at_s["bare"] // seconds
    rates = {name: found.events / rounds / one.cpu_s_median for name, one in times.items()}
    told = ", ".join(f"{name} {rate:,.0f} events/s" for name, rate in rates.items())
    note(f"unused features: {told}; the same {found.good:,} parts: {same}")
    return [
        Claim(
            name="all_unused_features_cost",
            value=share,
            unit="share",
            peer="a kernel for this line only",
            peer_value=rates["bare"],
            correct=same,
        )
    ]
