"""How the plant is read and told: connections, tags and commands."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from linewright.plant.frozen import EMPTY
from linewright.plant.model.behaviour import AlarmLimit
from linewright.plant.model.governance import Controlled
from linewright.plant.model.markers import (
    Bounds,
    Element,
    Formula,
    InUnitOf,
    Key,
    LabelText,
    Number,
    Positive,
    Quantity,
    Ref,
    Secret,
    Special,
    Text,
)

Protocol = Literal[
    "opcua",
    "modbus",
    "s7",
    "mqtt",
    "sparkplug",
    "mtconnect",
    "haas",
    "http",
    "replay",
    "gateway",
]


class Budget(Element, frozen=True, kw_only=True):
    """What one device bears: never more connections, larger reads or faster ones than this."""

    connections: Annotated[int, Number(low=1, high=64), "connections at once"] = 1
    batch: Annotated[Annotated[int, Number(low=1, high=100_000)] | None, "items in one request"] = (
        None
    )
    gap_s: Annotated[
        Annotated[float, Quantity("s", high=60.0)] | None, "least time between two requests"
    ] = None
    timeout_s: Annotated[
        Annotated[float, Quantity("s", high=600.0)] | None, "longest wait for an answer"
    ] = None


class Connection(Element, frozen=True, kw_only=True):
    """How a station is reached: one protocol key with its endpoint, then the details."""

    VARIANT: ClassVar[tuple[str, str]] = ("protocol", "endpoint")

    protocol: Annotated[
        Protocol | None, "one of the keys below; `gateway` names a gateway; a type may leave it out"
    ] = None
    endpoint: Annotated[Text, "URL, topic root, device name or name of a gateway"] = ""
    user: Annotated[Text | None, "user name"] = None
    password: Annotated[Secret | None, "`{secret: NAME}`; a password itself is refused"] = None
    certificate: Annotated[Secret | None, "`{secret: NAME}` of the client certificate"] = None
    security: Annotated[
        Literal[
            "none",
            "basic256sha256",
            "aes128_sha256_rsaoaep",
            "aes256_sha256_rsapss",
            "tls",
        ]
        | None,
        "security policy (OPC UA) or transport security",
    ] = None
    unit_id: Annotated[
        Annotated[int, Number(low=0, high=255)] | None, "Modbus unit behind the endpoint"
    ] = None
    rack: Annotated[Annotated[int, Number(low=0, high=7)] | None, "S7 rack"] = None
    slot: Annotated[Annotated[int, Number(low=0, high=31)] | None, "S7 slot"] = None
    namespace: Annotated[Text | None, "OPC UA namespace URI, found by name on connection"] = None
    every_s: Annotated[
        Positive | None, "polling or publishing interval; left out: the connector's default"
    ] = None
    stale_s: Annotated[Positive | None, "silence after which values are stale"] = None
    budget: Annotated[Budget | None, "what the device bears"] = None
    broker: Annotated[
        Text | None,
        "MQTT broker of an `mqtt` or `sparkplug` connection, such as `mqtt://10.1.4.2:1883`; left"
        " out: the plant's own, which listens on 127.0.0.1 only: devices of the floor need a broker"
        " of their own, named here",
    ] = None
    trust: Annotated[
        Literal["first_use", "known"] | None,
        "which certificate of the server is taken: the first that is seen, which is then kept"
        " (`first_use`, also when left out), or only one that a person accepted (`known`)",
    ] = None
    speed: Annotated[
        Annotated[float, Number(low=0.001, high=1e6)] | None,
        "pace of a `replay` over the recorded one; left out: 1",
    ] = None
    time: Annotated[Text | None, "column of a `replay` that holds the time; left out: `t`"] = None
    times: Annotated[
        Literal["shifted", "recorded"] | None,
        "times of a `replay`: as if the first row were now (`shifted`, also when left out), or as"
        " they were `recorded`",
    ] = None


Role = Literal[
    "state",
    "parts.total",
    "parts.good",
    "parts.scrap",
    "parts.rework",
    "cycle",
    "cycle_time",
    "program",
    "product",
    "order",
    "lot",
    "tool",
    "operator",
    "alarm",
    "energy",
    "power",
    "speed",
    "stack_light",
    "permit.remote_enabled",
    "permit.automatic",
    "permit.maintenance",
    "permit.set_up",
    "permit.guard_open",
    "permit.locked_out",
]

State = Literal[
    "running",
    "idle",
    "blocked",
    "starved",
    "set_up",
    "down",
    "planned_stop",
    "off",
    "unknown",
]


class Tag(Element, frozen=True, kw_only=True):
    """One signal of a station: where it is read, what it means, its unit and its limits."""

    VARIANT: ClassVar[tuple[str, str]] = ("via", "source")

    via: Annotated[
        Literal[
            "node",
            "register",
            "item",
            "topic",
            "metric",
            "db",
            "query",
            "input",
            "column",
        ]
        | None,
        "how it is read; left out: by its name",
    ] = None
    source: Annotated[
        Annotated[str, Special("source")] | None,
        "where it is read, in the protocol's own spelling; `{station}` stands for its name",
    ] = None
    through: Annotated[
        Annotated[str, Ref("connection")] | None,
        "further connection of the station; else `connect`",
    ] = None
    unit: Annotated[str | None, Special("unit"), "unit of the value, for example `degC`"] = None
    role: Annotated[Role | None, "what the product uses it for"] = None
    type: Annotated[
        Literal[
            "bool",
            "int16",
            "uint16",
            "int32",
            "uint32",
            "int64",
            "uint64",
            "float32",
            "float64",
            "text",
        ]
        | None,
        "data type at the source, where the protocol does not say",
    ] = None
    label: Annotated[LabelText, "what people read"] = EMPTY
    path: Annotated[Text | None, "path inside a structured payload"] = None
    map: Annotated[Mapping[Text, State], "machine's own states to ours (role `state`)"] = EMPTY
    scale: Annotated[float | None, Number(), "factor from raw value to unit"] = None
    offset: Annotated[float | None, Number(), "added after the factor"] = None
    rolls_over: Annotated[
        Annotated[int, Number(low=1)] | None, "counter value at which it starts again at 0"
    ] = None
    range: Annotated[
        Annotated[Bounds, InUnitOf("unit")] | None, "what the sensor can show; beyond it is bad"
    ] = None
    low_low: Annotated[AlarmLimit | None, "outer lower limit"] = None
    low: Annotated[AlarmLimit | None, "lower limit"] = None
    high: Annotated[AlarmLimit | None, "upper limit"] = None
    high_high: Annotated[AlarmLimit | None, "outer upper limit"] = None
    alarm: Annotated[AlarmLimit | None, "alarm while a yes/no tag has this value"] = None
    deadband: Annotated[
        Annotated[float, InUnitOf("unit", difference=True)] | None, "smallest change that is kept"
    ] = None
    every_s: Annotated[Positive | None, "sampling interval, where it differs"] = None
    formula: Annotated[
        Annotated[str, Formula("tags")] | None,
        Key("derive"),
        "derived tag: expression over the station's tags; those with a `map` are our state names",
    ] = None
    debounce_s: Annotated[
        Annotated[float, Quantity("s")] | None, "how long a derived value must hold"
    ] = None
    controlled: Annotated[Controlled | None, "export control or customer restriction"] = None
    was: Annotated[tuple[Text, ...], "former names, so that history is found"] = ()


class Command(Element, frozen=True, kw_only=True):
    """Something that may be written to a station, within a grant (never a start or a reset)."""

    VARIANT: ClassVar[tuple[str, str]] = ("via", "target")

    via: Annotated[
        Literal["node", "method", "register", "topic", "metric", "db"], "how it is written"
    ]
    target: Annotated[
        str,
        Special("source"),
        "where it is written, in the protocol's own spelling; `{station}` stands for its name",
    ]
    through: Annotated[
        Annotated[str, Ref("connection")] | None,
        "further connection of the station; else `connect`",
    ] = None
    unit: Annotated[str | None, Special("unit"), "unit of the value"] = None
    label: Annotated[LabelText, "what people read"] = EMPTY
    range: Annotated[Annotated[Bounds, InUnitOf("unit")] | None, "values that may be written"] = (
        None
    )
    validated: Annotated[
        Annotated[Bounds, InUnitOf("unit")] | None, "window that quality has validated"
    ] = None
    choices: Annotated[Mapping[Text, LabelText], "values of a command that is no number"] = EMPTY
    step: Annotated[
        Annotated[float, InUnitOf("unit", difference=True)] | None, "largest change in one command"
    ] = None
    sets: Annotated[
        Literal[
            "speed",
            "setpoint",
            "offset",
            "program",
            "route",
            "sequence",
            "inspect",
            "hold",
            "safe_stop",
        ],
        "kind of action: what it does to the machine, and in the twin",
    ] = "setpoint"
    readback: Annotated[
        bool | Annotated[str, Ref("tag")], "whether, or on which tag, the result is read back"
    ] = False
    permit: Annotated[
        Annotated[str, Ref("permit")] | None,
        "machine-side permit that must be fresh, a tag or a permit role",
    ] = None
    idempotent: Annotated[bool, "whether writing it twice does the same as once"] = False
    max_rate_per_h: Annotated[
        float | None, Number(low=0.0), "how often it may be written in an hour"
    ] = None
    expires_s: Annotated[Positive | None, "how long an order to write stays valid"] = None
    controlled: Annotated[Controlled | None, "export control or customer restriction"] = None
