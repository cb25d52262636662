"""Runs of a serial line by recursion: many replications, compiled or by arrays."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from linewright.numeric import base_of
from linewright.twin.faults import LineInvalid
from linewright.twin.model import Model
from linewright.twin.recursion import chain as at
from linewright.twin.recursion.block import block_of
from linewright.twin.recursion.serial import Serial, serial_of

if TYPE_CHECKING:
    from linewright.twin.engines import np, npt

    Whole = npt.NDArray[np.int64]
    Real = npt.NDArray[np.float64]

BYTES = 8
"""Bytes of one number."""
TOLD = at.TOLD_END - at.LEFT
"""Numbers of a station that are told of a run."""


class Sums(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What came of replications; arrays with a row each, of stations a column each.

    Parameters
    ----------
    marked_ns
        When the last part of the warm-up left the line; 0 without a warm-up.
    left_ns
        When the last part left each station.
    worked_ns, down_ns, blocked_ns
        Time of each station until then: in cycles, in repair, with a part that finds no room.
    failures
        Of each station.
    """

    marked_ns: "Whole"
    left_ns: "Whole"
    worked_ns: "Whole"
    down_ns: "Whole"
    blocked_ns: "Whole"
    failures: "Whole"

    @property
    def starved_ns(self) -> "Whole":
        """Time of each station without a part, until the last part left it."""
        return self.left_ns - self.worked_ns - self.down_ns - self.blocked_ns


def serial_throughput(
    line: Model | Serial,
    *,
    parts: int,
    replications: int = 1,
    seed: int = 1,
    warm_up_parts: int = 0,
    jit: bool = True,
) -> "Real":
    """Return the throughput of a serial line, in parts a second, of each replication.

    Parameters
    ----------
    line
        A model, or what `serial_of` makes of it.
    parts
        How many leave the line in each replication, the warm-up included.
    replications
        How many; replication `r` has the random numbers of `begin(model, replication=r)`.
    seed
        As given to `begin`.
    warm_up_parts
        The time is counted from when this part left the line.
    jit
        Whether the compiled recursion runs; else arrays, without numba: as good from some
        1,000 replications on, slow for few.

    Raises
    ------
    LineInvalid
        When the recursion does not hold for the line, or the numbers of parts are impossible.

    Notes
    -----
    Throughput is (parts - warm-up) / (last departure - departure of the warm-up's last part);
    the recursion is that of `departures`. Cost: some 10 ns a part and station compiled, 30 ns
    by arrays; memory does not grow with the parts.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import compile_line
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "50 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> serial_throughput(model, parts=100, replications=2, jit=False).tolist()
    [0.02, 0.02]
    """
    found = serial_sums(
        line,
        parts=parts,
        replications=range(replications),
        seed=seed,
        warm_up_parts=warm_up_parts,
        jit=jit,
    )
    took_ns = found.left_ns[:, -1] - found.marked_ns
    rates: Real = (parts - warm_up_parts) * 1e9 / took_ns
    return rates


def serial_sums(
    line: Model | Serial,
    *,
    parts: int,
    replications: Sequence[int],
    seed: int = 1,
    warm_up_parts: int = 0,
    jit: bool = True,
) -> Sums:
    """Return the last departures and the times of all stations, of each replication.

    Parameters
    ----------
    line, parts, seed, warm_up_parts, jit
        As in `serial_throughput`.
    replications
        Their numbers: a worker runs its own share of them.

    Raises
    ------
    LineInvalid
        As `serial_throughput`.

    Notes
    -----
    The times of a station add up to when its last part left it.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import compile_line
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> line = shop.line("pump", flow=["turn", 1, "test"])
    >>> _ = line.station("turn", does={"turn": "30 s"})
    >>> _ = line.station("test", does={"test": "50 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> found = serial_sums(model, parts=4, replications=[0], jit=False)
    >>> found.left_ns[0] / 1e9, found.blocked_ns[0] / 1e9
    (array([130., 230.]), array([10.,  0.]))
    """
    serial = line if isinstance(line, Serial) else serial_of(line)
    if not (0 <= warm_up_parts < parts and len(replications) > 0):
        what = f"{parts} parts after {warm_up_parts}, {len(replications)} replications"
        raise LineInvalid(serial.address, what, "ask for one replication and more parts than that")
    bases = [base_of(seed, each) for each in replications]
    if jit:
        return _compiled(serial, bases, parts, warm_up_parts)
    from linewright.twin.recursion.vectors import run_vectors  # noqa: PLC0415  # loads numpy, scipy

    return run_vectors(serial, bases, parts, warm_up_parts)


@lru_cache(maxsize=1)
def _kernel() -> Callable[..., None]:
    from linewright.numeric import engine  # noqa: PLC0415  # a second's import, where it is used

    return engine.compiled(at.run_chain)


def _compiled(serial: Serial, bases: Sequence[int], parts: int, mark: int) -> Sums:
    """Run the compiled recursion, one replication after the other in the same memory."""
    from linewright.numeric.engine import arrays  # noqa: PLC0415  # loaded with the kernel

    block, kernel, n = block_of(serial, parts, mark), _kernel(), len(serial.stations)
    s, start, floats = _ints(block.ints), _ints(block.ints), arrays(bytearray(block.floats), 0)[1]
    times, ring, marked = _zeros(n * at.CHUNK), _zeros(block.ring_ints), _zeros(len(bases))
    told = _zeros(len(bases) * n * TOLD).reshape(len(bases), n, TOLD)
    for r, base in enumerate(bases):
        s[:] = start
        ring[:] = 0
        s[at.BASE] = base
        kernel(s, floats, times, ring)
        marked[r] = s[at.MARKED]
        stations = s[at.HEAD : at.HEAD + n * at.STATION_WIDTH].reshape(n, -1)
        told[r] = stations[:, at.LEFT : at.TOLD_END]
    left, worked, down, blocked, failed = (told[:, :, k] for k in range(TOLD))
    return Sums(
        marked_ns=marked,
        left_ns=left,
        worked_ns=worked,
        down_ns=down,
        blocked_ns=blocked,
        failures=failed,
    )


def _zeros(size: int) -> Any:  # noqa: ANN401  # an array, whose type numpy alone knows
    return _ints(bytes(BYTES * size))


def _ints(block: bytes) -> Any:  # noqa: ANN401  # likewise
    from linewright.numeric.engine import arrays  # noqa: PLC0415  # loaded with the kernel

    return arrays(bytearray(block), len(block) // BYTES)[0]
