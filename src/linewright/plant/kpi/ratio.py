"""The two quotients all indicators are made of, each with its undefined cases."""

import math

__all__ = ["quotient", "share"]


def quotient(part: int, whole: int) -> float:
    """Return ``part / whole``, correctly rounded; nan unless ``whole > 0`` and ``part >= 0``.

    Examples
    --------
    >>> quotient(3, 2), quotient(1, 0), quotient(-1, 2)
    (1.5, nan, nan)
    """
    return part / whole if whole > 0 and part >= 0 else math.nan


def share(part: int, whole: int) -> float:
    """Return ``part / whole`` in [0, 1]; nan where the part is negative or more than the whole.

    A share outside [0, 1] comes from a correction that belongs to another window: the number
    would be no share, so there is none.

    Examples
    --------
    >>> share(3, 4), share(4, 3), share(0, 0)
    (0.75, nan, nan)
    """
    return quotient(part, whole) if part <= whole else math.nan
