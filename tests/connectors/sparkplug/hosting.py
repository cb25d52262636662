"""A host application under test: messages in, events out, time as the test says."""

from typing import Any, TypeVar

from linewright.connectors.sparkplug.datatypes import DataType
from linewright.connectors.sparkplug.host import begin, step
from linewright.connectors.sparkplug.node import (
    Asked,
    Event,
    Message,
    Node,
    Reading,
    Rules,
    Told,
)
from linewright.connectors.sparkplug.payload import Metric, Payload
from linewright.connectors.sparkplug.topics import Kind

E = TypeVar("E", bound=Event)

S = 1_000_000_000


def metric(name: str, value: object = 0, **fields: Any) -> Metric:  # noqa: ANN401 - of any datatype
    """A metric of a whole number, where nothing else is said."""
    return Metric(name=name, value=value, **{"datatype": DataType.INT32, **fields})


def bd_seq(number: int) -> Metric:
    """The number that joins a death to its birth."""
    return Metric(name="bdSeq", value=number, datatype=DataType.UINT64)


REBIRTH = Metric(name="Node Control/Rebirth", value=False, datatype=DataType.BOOLEAN)


class Host:
    """One node, and what its host application made of it so far."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.now_ns = 0
        self.node = begin(Node(wanted=frozenset({None, "D1"})), 0)
        self.events: list[Event] = []

    def hear(
        self, kind: Kind, *metrics: Metric, seq: int | None = None, ms: int = 1, device: str = "D1"
    ) -> list[Event]:
        """Hear a message of the node, or of one of its devices."""
        payload = Payload(seq=seq, timestamp_ms=ms, metrics=metrics)
        return self._step(Message(kind, device if kind.startswith("D") else None, payload))

    def wait(self, seconds: float) -> list[Event]:
        """Let time go on."""
        events: list[Event] = []
        for _ in range(round(seconds / 0.25)):
            self.now_ns += S // 4
            events += self._step(None)
        return events

    def born(self, *, bd: int = 0) -> "Host":
        """Let the node and its device be born; n has the alias 1, m of the device the alias 2."""
        self.hear("NBIRTH", metric("n", 5, alias=1), bd_seq(bd), REBIRTH, seq=0)
        self.hear("DBIRTH", metric("m", 6, alias=2), seq=1)
        return self

    def told(self) -> list[Reading]:
        """All data so far."""
        return [one for event in self.events if isinstance(event, Told) for one in event.readings]

    def of(self, kind: type[E]) -> list[E]:
        """Events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def asked(self) -> int:
        """How often the births were asked for."""
        return len(self.of(Asked))

    def _step(self, message: Message | None) -> list[Event]:
        self.node, events = step(self.node, message, self.now_ns, self.rules)
        self.events += events
        return list(events)
