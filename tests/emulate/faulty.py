"""A small plant with faults of every kind, for the tests of what arrives of what is true."""

from linewright.emulate.faults.series import Faults, faults_of
from linewright.emulate.faults.way import STORED_MAX, Carried, Way
from linewright.emulate.machines import Machine, Raw, Sample, machines
from linewright.plant import Address, Plant
from linewright.plant.language import load_text
from linewright.plant.scenario import Scenario, check_scenario_text

S = 1_000_000_000
START_NS = 1795413600 * S
"""06:00 UTC on 2026-11-23."""

ONE = Address("reno/shop/lathes/one")
RIG = Address("reno/shop/lathes/rig")
TEMP, GOOD, LOAD = (ONE.with_tag(name) for name in ("temp", "good", "load"))
DRAG = RIG.with_tag("drag")

PLANT = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: UTC
    currency: USD
    areas:
      shop:
        work_centres:
          lathes:
            stations:
              one:
                does: {turn: 40 s}
                fails: {jam: {every: 10 h, repair: 5 min}}
                connect: {opcua: "opc.tcp://one:4840"}
                tags:
                  temp: {node: ns=2;s=Temp, unit: degC, high: 90}
                  good: {node: ns=2;s=Good, role: parts.good}
                  load: {node: ns=2;s=Load, unit: "%", scale: 0.5, type: int16}
                  state: {node: ns=2;s=State, role: state, map: {1: running, 2: idle, 3: down}}
                commands:
                  feed: {method: ns=2;s=SetFeed, unit: "%", range: [50, 120], sets: speed}
              rig:
                does: {test: 60 s}
                connect: {sparkplug: acme/rigs/rig}
                tags:
                  drag: {metric: Drag, unit: N*m, range: [0, 20]}
                  pass: {metric: Pass, role: parts.good}
                commands:
                  limit: {metric: Limit, unit: N*m, range: [1, 5]}
"""

EVENTS = """
signals:
  clock: {clock: 3 s, at: reno/shop/lathes/one, from: 20 s, for: 100 s}
  reset: {counter: resets, at: reno/shop/lathes/one, every: 50 s}
  stuck: {value: stuck, at: "reno/shop/lathes/one#temp", every: 40 s, for: 5 s to 20 s}
  noise: {value: noisy, by: 1 degC, at: "reno/shop/lathes/one#temp"}
  late: {samples: late, delay: 4 s exponential, share: 30 %, at: reno/shop/lathes}
  twice: {samples: doubled, share: 30 %, at: reno/shop/lathes}
  gone: {samples: lost, share: 10 %, at: reno/shop/lathes}
links:
  cable: {link: cut, at: reno/shop/lathes, every: 60 s, for: 10 s}
  boot: {server: restarts, at: reno/shop/lathes/one, every: 70 s}
"""
"""Faults of all kinds, often."""

CUT = "links: {l: {link: cut, at: reno/shop/lathes/rig, from: 60 s, for: 60 s}}"


def plant() -> Plant:
    """Return the plant."""
    return load_text(PLANT)


def text_of(events: str) -> str:
    """Return a scenario of an hour with some events."""
    head = "scenario: s\nplant: acme\nseed: 3\nstarts: 2026-11-23 06:00\nlasts: 1 h\n"
    return f"{head}{events}\n"


def scenario(events: str) -> Scenario:
    """Return a checked scenario."""
    checked = check_scenario_text(text_of(events), plant())
    assert checked.scenario is not None, checked.problems
    return checked.scenario


def played(*, has_broker: bool = True) -> tuple[Machine, ...]:
    """Return the machines."""
    return machines(plant(), has_broker=has_broker)


def faults(events: str) -> Faults:
    """Return the faults of a scenario."""
    return faults_of(scenario(events), plant(), played())


def way(events: str, *, stored_max: int = STORED_MAX) -> Way:
    """Return the way of all samples under a scenario."""
    tags = {
        address.with_tag(name): tag
        for address, station in plant().stations()
        for name, tag in station.tags.items()
    }
    return Way(faults(events), played(), tags, 3, stored_max=stored_max)


def at(tag: Address, second: float, value: Raw) -> Sample:
    """Return a sample of a second after the start."""
    return Sample(tag, START_NS + round(second * S), value)


def begun() -> Carried:
    """Return a way on which nothing is."""
    return Carried(t_ns=START_NS - 1)


def through(events: str, samples: list[Sample], until_s: float = 3000.0) -> list[Sample]:
    """Return what comes out of samples."""
    return list(way(events).carry(begun(), samples, START_NS + round(until_s * S))[1])


def shown(samples: list[Sample]) -> list[tuple[float, Raw]]:
    """Return seconds and values of what was shown."""
    return [((one.t_ns - START_NS) / S, one.value) for one in samples if one.fate == ""]
