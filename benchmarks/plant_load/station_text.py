"""The lines of one station of the generated plant: behaviour, connection, tags, commands."""

import random
from collections.abc import Iterator
from typing import NamedTuple

STATES = "{1: running, 2: idle, 3: blocked, 4: starved, 5: set_up, 6: down, 0: off}"
PROTOCOLS = ("opcua",) * 6 + ("modbus", "s7", "mqtt", "gateway")
INDENT = " " * 16
HOSTS = 250
"""Stations in one part of a network."""

SENSORS: tuple[tuple[str, str, int, int], ...] = (
    ("temp", "degC", 60, 95),
    ("pressure", "bar", 5, 9),
    ("vibration", "mm/s", 3, 8),
    ("current", "A", 12, 30),
    ("torque", "N*m", 20, 60),
    ("flow", "l/min", 8, 25),
    ("speed", "rpm", 900, 3200),
    ("level", "%", 40, 95),
)
"""Name, unit, where the high limit begins and where it ends."""

COUNTED: tuple[str, ...] = (
    f"role: state, map: {STATES}",
    "role: parts.good",
    "role: parts.scrap, rolls_over: 65536",
    "role: permit.remote_enabled",
    "role: cycle_time, unit: s, deadband: 0.1",
)
COUNTED_NAMES = ("state", "good", "scrap", "remote", "cycle_time")
PERMIT = COUNTED_NAMES.index("remote")
"""A station with more tags than this one has the permit that a command needs."""


def likely(rng: random.Random, share: float) -> bool:
    """Return true in this share of the cases."""
    return rng.random() < share


class Who(NamedTuple):
    """A station: names of its group, itself and its operation, index of its site, its number."""

    group: str
    name: str
    operation: str
    site: int
    number: int

    @property
    def host(self) -> str:
        """Network address, which no other station has."""
        return f"10.{self.site + 1}.{self.number // HOSTS}.{self.number % HOSTS + 1}"


def station_lines(rng: random.Random, who: Who, tags: int) -> Iterator[str]:
    """Yield the lines below a station's name.

    Parameters
    ----------
    rng
        Where chance comes from.
    who
        The station.
    tags
        How many tags it has.
    """
    name, operation = who.name, who.operation
    protocol = rng.choice(PROTOCOLS)
    yield f"{INDENT}use: machine"
    yield f"{INDENT}make: {rng.choice(('Haas VF-2', 'Mazak QT-200', 'Fanuc R-2000', 'Kuka KR 60'))}"
    yield f"{INDENT}does: {{{operation}: {_cycle(rng)}}}"
    yield from _failures(rng)
    if name.startswith(("mill", "turn", "mould")):
        yield f"{INDENT}setup: change_over"
        yield f"{INDENT}setup_crew: set_up"
    yield f"{INDENT}operators: {{machinist: {rng.choice(('0.25', '0.5', '1'))}}}"
    yield f"{INDENT}connect: {_connect(rng, protocol, who.host)}"
    if tags:
        yield f"{INDENT}tags:"
        for index in range(tags):
            yield f"{INDENT}  {_tag(rng, who, protocol, index)}"
    if protocol == "opcua" and tags > PERMIT and likely(rng, 0.3):  # some take a command
        yield f"{INDENT}commands:"
        yield (
            f"{INDENT}  feed: {{node: ns=2;s={name}.Feed, unit: '%', range: [50, 120], "
            "validated: [80, 110], readback: true, permit: remote, idempotent: true}"
        )


def _cycle(rng: random.Random) -> str:
    seconds = rng.randint(20, 90)
    return rng.choice(
        (
            f"{seconds} s",
            f"{seconds} s gamma cv 0.{rng.randint(1, 4)}",
            f"'triangular {seconds} s, {seconds + 4} s, {seconds + 15} s'",
            f"{{time: {seconds} s, pieces: {rng.randint(2, 4)}, scrap: 0.{rng.randint(2, 9)} %}}",
        )
    )


def _failures(rng: random.Random) -> Iterator[str]:
    every_h, repair_min = rng.randint(12, 90), rng.randint(8, 60)
    single = f"{{every: {every_h} h, repair: {repair_min} min, crew: repair, reason: mechanical}}"
    if likely(rng, 0.7):  # most have one failure mode
        yield f"{INDENT}fails: {single}"
        return
    yield f"{INDENT}fails:"
    yield f"{INDENT}  jam: {single}"
    yield (
        f"{INDENT}  spindle: {{every: {every_h * 9} h weibull cv 0.6, "
        "repair: 4 h lognormal cv 0.5, crew: repair, causes: [bearing], "
        "symptoms: {cycle: rises}, reason: mechanical}"
    )
    yield f"{INDENT}wears:"
    yield (
        f"{INDENT}  bearing: {{life: {rng.randint(1500, 6000)} h, slows: 4 %, scraps: 1 %, "
        "fails_factor: 5, change: 90 min, symptoms: {power: rises}}"
    )


def _connect(rng: random.Random, protocol: str, host: str) -> str:
    if protocol == "opcua":
        return (
            f"{{opcua: opc.tcp://{host}:4840, user: linewright, "
            "password: {secret: CELL_PASSWORD}, security: basic256sha256}"
        )
    if protocol == "modbus":
        return f"{{modbus: {host}:502, unit_id: {rng.randint(1, 30)}, every: 500 ms}}"
    if protocol == "s7":
        return f"{{s7: {host}, rack: 0, slot: 1, every: 250 ms}}"
    if protocol == "mqtt":
        return f"{{mqtt: 'mqtt://{host}:1883', stale: 30 s}}"
    return "{gateway: cell}"


def _tag(rng: random.Random, who: Who, protocol: str, index: int) -> str:
    group, name = who.group, who.name
    if index < len(COUNTED):
        tag = COUNTED_NAMES[index]
        return f"{tag}: {{{_source(protocol, f'{group}.{name}.{tag}', index)}, {COUNTED[index]}}}"
    kind, unit, low, high = SENSORS[(index - len(COUNTED)) % len(SENSORS)]
    tag = f"{kind}_{(index - len(COUNTED)) // len(SENSORS) + 1}"
    limit = rng.randint(low, high)
    limits = f"high: {limit}, high_high: {{limit: {limit * 2}, delay: {rng.randint(1, 9)} s}}"
    if likely(rng, 0.4):  # fewer limits
        limits = f"high: {limit}"
    quoted = f"'{unit}'" if unit == "%" else unit
    source = _source(protocol, f"{group}.{name}.{tag}", index)
    return f"{tag}: {{{source}, unit: {quoted}, {limits}}}"


def _source(protocol: str, path: str, index: int) -> str:
    if protocol == "opcua":
        return f"node: ns=2;s={path}"
    if protocol == "modbus":
        return f"register: holding {40001 + index * 2}, type: float32"
    if protocol == "s7":
        return f"db: DB10.DBD{index * 4}, type: float32"
    return f"topic: {path.replace('.', '/')}"
