"""What all views share: times, labels, a number with its doubt."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

__all__ = ["MS_MAX", "Labels", "Ms", "Number", "View"]

MS_MAX = 9_000_000_000_000
"""Latest time that is told or taken, in the year 2255: clocks of 64 bits in ns go so far."""

Ms = Annotated[int, Meta(ge=0, le=MS_MAX, description="ms since 1970-01-01 UTC")]

Labels = Annotated[Mapping[str, str], Meta(description="text by language; the browser picks")]


class View(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Part of an answer; what equals its default is left out.

    Examples
    --------
    >>> msgspec.json.encode(Number(value=1.0))
    b'{"value":1.0}'
    """


class Number(View, frozen=True, kw_only=True):
    """A number, how sure it is, and what speaks against it.

    Examples
    --------
    >>> Number(value=3.0, low=1.0, high=4.0).high
    4.0
    """

    value: float | None = None
    low: Annotated[float | None, Meta(description="lower end of the interval of 80 %")] = None
    high: Annotated[float | None, Meta(description="upper end of the interval of 80 %")] = None
    doubts: Annotated[tuple[str, ...], Meta(description="quality words against it")] = ()
