"""What a kernel sees of memory: numbers by position, whatever holds them."""

from typing import Protocol


class Ints(Protocol):
    """Integers of 64 bits by position: a `memoryview`, or a numpy array under the JIT."""

    def __getitem__(self, at: int, /) -> int:
        """Return one."""

    def __setitem__(self, at: int, value: int, /) -> None:
        """Set one."""


class Floats(Protocol):
    """Floating-point numbers of 64 bits by position."""

    def __getitem__(self, at: int, /) -> float:
        """Return one."""

    def __setitem__(self, at: int, value: float, /) -> None:
        """Set one."""


BYTES = 8
"""Bytes of one number."""


Block = bytearray | memoryview
"""Memory that numbers stand in."""


def views(block: Block, ints: int) -> tuple[Ints, Floats]:
    """Return the integers and the floating-point numbers of a block, without copying.

    Parameters
    ----------
    block
        First `ints` integers, then floating-point numbers, of eight bytes each.
    ints
        How many integers.

    Examples
    --------
    >>> whole, real = views(bytearray(24), 2)
    >>> whole[1], real[0] = 7, 0.5
    >>> whole[1], real[0]
    (7, 0.5)
    """
    memory = memoryview(block)
    return memory[: ints * BYTES].cast("q"), memory[ints * BYTES :].cast("d")
