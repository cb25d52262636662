"""Part 9: ten days of the SMT2020 HVLM fab, from the lots that are inside on the first day.

The answer is checked against what PySCFabSim gives from the same tables (commit 77103ed, its rule
`fifo`, the mean of six seeds): lots finished a day, their time from release to the end, and how
busy the five busiest tool groups are. It is not run here: it has no licence.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Mapping

import msgspec

from benchmarks.measure import Claim, interleaved, note
from benchmarks.twin.smt2020.fab import NS, PLACE, fab
from benchmarks.twin.smt2020.start import first_day
from benchmarks.twin.smt2020.tables import SETTING, folder
from linewright.plant.records import StationState
from linewright.twin import Model, State, advance, compile_plant, outcome

NAME = "smt2020_hvlm_ten_days_cpu"
DAYS = 10
DAY_S = 86_400
ROUNDS = 20
PEER = "PySCFabSim 77103ed, Python"
PEER_CPU_S = 16.8
PEER_LOTS_A_DAY = 60.4
"""Of six seeds from 58.9 to 62.0."""
PEER_LEAD_DAYS = {"part_3": 49.07, "part_4": 27.68}
PEER_BUSY = {
    "lithomet_be_18": 0.949,
    "litho_reg_be_63": 0.926,
    "lithomet_fe_19": 0.914,
    "litho_reg_fe_64": 0.907,
    "litho_be_110": 0.906,
}
LOTS_SHARE = 0.02
LEAD_SHARE = 0.02
BUSY_SHARE = 0.05
"""How far from the peer's: of lots a day, of lead times, of how busy a group is. Without set-ups
the front end is quicker, so that these groups are some 2 points busier than theirs."""


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the rounds: means over all of them."""

    lots_a_day: float
    lead_days: Mapping[str, float]
    busy: Mapping[str, float]
    events: float

    def faults(self) -> list[str]:
        """Return where it is further from the peer than allowed."""
        found = []
        if abs(self.lots_a_day / PEER_LOTS_A_DAY - 1.0) > LOTS_SHARE:
            found.append(f"{self.lots_a_day:.1f} lots a day, not {PEER_LOTS_A_DAY}")
        for name, days in PEER_LEAD_DAYS.items():
            if abs(self.lead_days[name] / days - 1.0) > LEAD_SHARE:
                found.append(f"{name} takes {self.lead_days[name]:.1f} days, not {days}")
        for name, share in PEER_BUSY.items():
            if abs(self.busy[name] - share) > BUSY_SHARE:
                found.append(f"{name} is busy {self.busy[name]:.1%} of the time, not {share:.1%}")
        return found


def measure_fab(seed: int, rounds: int = ROUNDS) -> list[Claim]:
    """Return the claim; without the data it has no value, and says so."""
    tables = folder()
    if tables is None:
        note(f"{NAME}: left out, {SETTING} names no folder with smt2020/HVLM")
        return [Claim(name=NAME, value=None, unit="s", correct=False)]
    begun = time.process_time()
    whole = fab(tables, DAYS)
    model = compile_plant(whole.plant, PLACE, orders=whole.orders)
    begins = [first_day(model, whole, seed=seed, replication=k) for k in range(rounds + 1)]
    note(f"{NAME}: read, compiled and begun in {time.process_time() - begun:.2f} s of CPU")
    waiting, ends = iter(begins), list[State]()
    works = {"ten days": lambda: ends.append(advance(model, next(waiting), DAYS * DAY_S * NS))}
    times = interleaved(works, rounds)["ten days"]
    found = played(model, ends)
    faults = found.faults()
    busy = ", ".join(f"{name} {found.busy[name]:.1%}" for name in PEER_BUSY)
    lead = ", ".join(f"{name} {found.lead_days[name]:.2f} days" for name in PEER_LEAD_DAYS)
    note(
        f"{NAME}: {found.lots_a_day:.2f} lots a day (theirs {PEER_LOTS_A_DAY}), {lead}, {busy}, "
        f"{found.events:,.0f} events; {'WRONG: ' + '; '.join(faults) if faults else 'right'}; "
        f"{times}"
    )
    return [
        Claim(
            name=NAME,
            value=times.cpu_s_median,
            unit="s",
            ratio=PEER_CPU_S / times.cpu_s_median,
            peer=PEER,
            peer_value=PEER_CPU_S,
            correct=not faults,
        )
    ]


def played(model: Model, ends: list[State]) -> Played:
    """Return means over some runs."""
    lots, leads, events = [], defaultdict[str, list[float]](list), []
    ran, all_s = defaultdict[str, float](float), defaultdict[str, float](float)
    for state in ends:
        found = outcome(model, state)
        lots.append(found.good * DAY_S * NS / state.t_ns)
        events.append(state.events)
        for product in found.products:
            leads[product.name].append(product.lead_s / DAY_S)
        for one in found.stations:
            centre = one.address.parent
            assert centre is not None, "a tool stands in a work centre"
            ran[centre.name] += one.seconds.get(StationState.RUNNING, 0.0)
            all_s[centre.name] += sum(one.seconds.values())
    return Played(
        lots_a_day=statistics.mean(lots),
        lead_days={name: statistics.mean(days) for name, days in leads.items()},
        busy={name: ran[name] / all_s[name] for name in ran},
        events=statistics.mean(events),
    )
