"""The trace of a run: the latest events, in a ring of fixed size."""

from linewright.numeric import Ints
from linewright.plant.records import Trace, TraceKind
from linewright.twin.kernel import layout as at
from linewright.twin.model import Model


class Ring:
    """The latest events of a run; when it is full, the oldest give way and are counted.

    Parameters
    ----------
    model
        The line; an event is told with its address.
    events
        How many it holds, 40 bytes each.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import advance, begin, compile_plant
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> model = compile_plant(plant.done(), "reno/shop/pump")
    >>> ring = Ring(model, events=4)
    >>> state = begin(model, at_ns=0, seed=1)
    >>> _ = advance(model, state, 60 * 10**9, trace=ring, jit=False)
    >>> [event.kind.name for event in ring.read()], ring.dropped
    (['ENDED', 'SHIPPED', 'CREATED', 'BEGAN'], 2)
    """

    def __init__(self, model: Model, *, events: int = 65_536) -> None:
        assert events > 0, "a ring holds something"
        self.memory = bytearray((at.RING_HEAD + events * at.RING_WIDTH) * 8)
        self._elements = model.elements()
        self._view: Ints = memoryview(self.memory).cast("q")
        self._view[0] = events
        self._read = 0
        self.dropped = 0
        """Events that gave way before they were read."""

    def read(self) -> list[Trace]:
        """Return the events since the last reading, oldest first, and forget them.

        Returns
        -------
        list of Trace
            Element: the station, buffer or line. Value: as the kind says; of a failure mode
            its number among those of the station, -1 where it is not known. Unit: the number of
            the part since the state began. Events of one instant stand in the order of their
            causes.
        """
        written = self._view[1]
        first = max(self._read, written - self._view[0])
        self.dropped += first - self._read
        self._read = written
        return [self._event(n) for n in range(first, written)]

    def _event(self, n: int) -> Trace:
        b = at.RING_HEAD + (n % self._view[0]) * at.RING_WIDTH
        return Trace(
            t_ns=self._view[b],
            kind=TraceKind(self._view[b + 1]),
            element=self._elements[self._view[b + 2]],
            unit=None if self._view[b + 4] < 0 else str(self._view[b + 4]),
            value=self._view[b + 3] / at.NS,
        )
