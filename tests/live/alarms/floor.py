"""A small floor for the tests of alarms: bracket, a machine with codes, and what comes."""

import functools
from collections.abc import Iterable, Sequence

from linewright.live import LiveFold
from linewright.live import step as live_step
from linewright.live.alarms import AlarmFold, Tick, begin, step
from linewright.plant import Plant, PlantBuilder
from linewright.plant.records import Alarm, AlarmEvent, AlarmPriority, AlarmState, How, Record
from linewright.plant.samples import Frame
from tests.live.floor import MILL, SITE, SIX, S, Sample, batch, bracket, fresh

TEMP = MILL.with_tag("spindle_temp")
"""High 70 degC after 10 s, 2 degC of deadband; high high 85 degC, critical."""
BAD = 2


@functools.cache
def machine() -> Plant:
    """A line of one station that reports its own alarms, tells its state and guards a door."""
    plant = PlantBuilder("acme")
    site = plant.site(SITE, timezone="America/Hermosillo", currency="MXN", day_starts="06:00")
    line = site.area("machining").line("bracket", flow=["mill"])
    states = {each: each for each in ("running", "idle", "off", "planned_stop")}
    tags = {
        "state": {"node": "ns=2;s=State", "role": "state", "map": states},
        "fault": {"node": "ns=2;s=Fault", "type": "uint16", "role": "alarm"},
        "door": {"node": "ns=2;s=Door", "type": "bool", "alarm": {"limit": 1, "priority": "low"}},
        "heat": {"node": "ns=2;s=Heat", "unit": "degC", "high": 80},
    }
    line.station("mill", does={"mill": "10 s"}, connect={"opcua": "opc.tcp://mill"}, tags=tags)
    return plant.done()


def quiet(plant: Plant | None = None) -> AlarmFold:
    """A fold of the plant, or of bracket, that has heard nothing."""
    return begin(plant or bracket(), "r1", SITE)


def at(seconds: float) -> int:
    """Plant time so many seconds after six."""
    return SIX + round(seconds * S)


def tick(seconds: float, settled_s: float | None = None) -> Tick:
    """A tick; everything older has come unless said otherwise."""
    return Tick(now_ns=at(seconds), settled_ns=at(seconds if settled_s is None else settled_s))


def play(fold: AlarmFold, given: Iterable[Frame | Record | Tick]) -> tuple[AlarmFold, list[Alarm]]:
    """The fold after all of these, and the records on the way."""
    records: list[Alarm] = []
    for each in given:
        fold, made = step(fold, each)
        records += made
    return fold, records


def heard(samples: Sequence[Sample], plant: Plant | None = None) -> tuple[AlarmFold, list[Alarm]]:
    """The fold after one frame for each sample, and the records on the way."""
    return play(quiet(plant), [batch(n, [sample]) for n, sample in enumerate(samples)])


def temps(*values: tuple[float, float]) -> list[Sample]:
    """Spindle temperatures: seconds after six, degC."""
    return [("mill#spindle_temp", at_s, value, 0) for at_s, value in values]


def worked(
    live: LiveFold, fold: AlarmFold, frames: Iterable[Frame]
) -> tuple[AlarmFold, list[Alarm]]:
    """Frames through live and alarms together, as the shell feeds them."""
    records: list[Alarm] = []
    for each in frames:
        live, new = live_step(live, each, SIX)
        mixed: list[Frame | Record] = [*new, each]
        for given in mixed:
            fold, made = step(fold, given)
            records += made
    return fold, records


def both(plant: Plant | None = None) -> tuple[LiveFold, AlarmFold]:
    """Both folds of the plant, which have heard nothing."""
    return fresh(plant), quiet(plant)


def told(records: Iterable[Alarm]) -> list[tuple[str, str, float]]:
    """Alarm, event and seconds after six of each record."""
    return [(each.alarm, each.event.value, (each.t_ns - SIX) / S) for each in records]


def raised(
    seconds: float, *, alarm: str = "high", priority: AlarmPriority = AlarmPriority.MEDIUM
) -> Alarm:
    """A record that raises an alarm of the spindle temperature."""
    return Alarm(
        address=TEMP,
        t_ns=at(seconds),
        seen_ns=at(seconds),
        plant_rev="r1",
        how=How.MACHINE,
        source="live",
        alarm=alarm,
        event=AlarmEvent.RAISED,
        state=AlarmState.UNACKNOWLEDGED,
        priority=priority,
    )


def after(first: Alarm, event: AlarmEvent, seconds: float, **fields: object) -> Alarm:
    """A later record of the same occurrence, by a person where it says so."""
    given: dict[str, object] = {
        "address": first.address,
        "t_ns": at(seconds),
        "seen_ns": at(seconds),
        "plant_rev": "r1",
        "how": How.PERSON if fields.get("by") else How.MACHINE,
        "source": "server" if fields.get("by") else "live",
        "alarm": first.alarm,
        "event": event,
        "state": AlarmState.NORMAL,
        "priority": first.priority,
        "occurrence": first.id,
    }
    return Alarm(**{**given, **fields})  # type: ignore[arg-type]  # fields by name, checked by Alarm
