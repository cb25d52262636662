"""Levels of escalation: who is asked first, and who next when nobody answers.

The plant file has no levels yet, so these are named defaults.
"""

from collections.abc import Mapping

import msgspec

from linewright.plant.model import FrozenMap
from linewright.plant.records import CallKind, Role

__all__ = ["FIRST", "LEVELS", "Level", "levels_of"]


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """A level of escalation.

    Examples
    --------
    >>> Level(after_s=300, to=Role.SUPERVISOR).to.value
    'supervisor'
    """

    after_s: int
    """Time since the call was raised after which it is reached if nobody has acknowledged."""
    to: Role
    """Role that is asked then."""


FIRST: Mapping[CallKind, Role] = FrozenMap(
    {
        CallKind.MATERIAL: Role.OPERATOR,
        CallKind.MAINTENANCE: Role.ENGINEER,
        CallKind.QUALITY: Role.QUALITY,
        CallKind.ENGINEERING: Role.ENGINEER,
        CallKind.LOGISTICS: Role.OPERATOR,
        CallKind.SUPERVISOR: Role.SUPERVISOR,
        CallKind.SAFETY: Role.SUPERVISOR,
    }
)
"""Role that is asked first, where the call names none."""

LEVELS: tuple[Level, ...] = (
    Level(after_s=300, to=Role.SUPERVISOR),
    Level(after_s=900, to=Role.MANAGER),
)
"""Five minutes without an answer and the supervisor is asked, a quarter of an hour: the manager."""

SAFETY_LEVELS: tuple[Level, ...] = (
    Level(after_s=60, to=Role.MANAGER),
    Level(after_s=180, to=Role.ADMIN),
)
"""A call for safety waits for a minute only, and begins with the supervisor."""


def levels_of(kind: CallKind) -> tuple[Level, ...]:
    """Levels above the first one of a kind of call, level 1 in front.

    Examples
    --------
    >>> [each.after_s for each in levels_of(CallKind.QUALITY)]
    [300, 900]
    """
    return SAFETY_LEVELS if kind is CallKind.SAFETY else LEVELS
