"""Time categories: the closed set of names under which a station's time is booked.

Every nanosecond of a window is in exactly one category. The categories stand in the order of
the loss waterfall, from calendar time down to production. `docs/kpi.md` maps each one to the
time elements of ISO 22400-2.
"""

import enum
from typing import Self

__all__ = ["CategoryUnknown", "Group", "TimeCategory"]


class Group(enum.StrEnum):
    """What a category is in the time model; the word before ``/`` in a reason's bucket.

    Examples
    --------
    >>> TimeCategory.MEAL.group
    <Group.PLANNED: 'planned'>
    """

    UNSCHEDULED = "unscheduled"
    PLANNED = "planned"
    UNPLANNED = "unplanned"
    MICRO_STOP = "micro_stop"
    BLOCKED = "blocked"
    STARVED = "starved"
    SET_UP = "set_up"
    UNKNOWN = "unknown"
    PRODUCING = "producing"


class TimeCategory(enum.StrEnum):
    """Where a stretch of a station's time is booked; the order is that of the waterfall.

    Examples
    --------
    >>> TimeCategory("breakdown").bucket
    'unplanned/breakdown'
    """

    NO_SHIFT = "no_shift"
    NO_ORDER = "no_order"
    NO_OPERATOR = "no_operator"

    MEAL = "meal"
    MEETING = "meeting"
    MAINTENANCE = "maintenance"
    CLEANING = "cleaning"
    CHANGE_OVER = "change_over"
    TRIAL = "trial"
    APPROVAL = "approval"

    BREAKDOWN = "breakdown"
    TOOLING = "tooling"
    MATERIAL = "material"
    QUALITY = "quality"
    PROGRAM = "program"
    UTILITIES = "utilities"
    OTHER = "other"
    NO_REASON = "no_reason"

    MICRO_STOP = "micro_stop"
    BLOCKED = "blocked"
    STARVED = "starved"
    SET_UP = "set_up"
    UNKNOWN = "unknown"
    PRODUCING = "producing"

    @property
    def group(self) -> Group:
        """The category's place in the time model."""
        return _GROUPS[self]

    @property
    def bucket(self) -> str:
        """The spelling in the plant file's reason tree: ``group/name``, or the name alone.

        Examples
        --------
        >>> TimeCategory.CHANGE_OVER.bucket, TimeCategory.STARVED.bucket
        ('planned/change_over', 'starved')
        """
        return self.value if self.value == self.group.value else f"{self.group}/{self}"

    @classmethod
    def of_bucket(cls, bucket: str) -> Self:
        """Return the category of a downtime reason's bucket in the plant file.

        Parameters
        ----------
        bucket
            ``group/name`` such as ``planned/meal``, a single name such as ``starved``, or
            ``unplanned`` alone, which is `OTHER`: a reason was given, no finer cause. A stop
            without any reason is `NO_REASON` instead.

        Raises
        ------
        CategoryUnknown
            When no category has this bucket.

        Examples
        --------
        >>> TimeCategory.of_bucket("planned/change_over"), TimeCategory.of_bucket("unplanned")
        (<TimeCategory.CHANGE_OVER: 'change_over'>, <TimeCategory.OTHER: 'other'>)
        """
        found = _BUCKETS.get(bucket)
        if found is None:
            raise CategoryUnknown(bucket)
        return cls(found)


_OF_SEVERAL = {
    Group.UNSCHEDULED: (TimeCategory.NO_SHIFT, TimeCategory.NO_ORDER, TimeCategory.NO_OPERATOR),
    Group.PLANNED: (
        TimeCategory.MEAL,
        TimeCategory.MEETING,
        TimeCategory.MAINTENANCE,
        TimeCategory.CLEANING,
        TimeCategory.CHANGE_OVER,
        TimeCategory.TRIAL,
        TimeCategory.APPROVAL,
    ),
    Group.UNPLANNED: (
        TimeCategory.BREAKDOWN,
        TimeCategory.TOOLING,
        TimeCategory.MATERIAL,
        TimeCategory.QUALITY,
        TimeCategory.PROGRAM,
        TimeCategory.UTILITIES,
        TimeCategory.OTHER,
        TimeCategory.NO_REASON,
    ),
}
_GROUPS = {member: group for group, members in _OF_SEVERAL.items() for member in members}
# The remaining six are groups of their own, of the same name.
_GROUPS |= {one: Group(one.value) for one in TimeCategory if one not in _GROUPS}
_BUCKETS = {category.bucket: category for category in TimeCategory} | {
    # A reason tree may stop at "unplanned": a reason was given, a finer cause was not asked for.
    Group.UNPLANNED.value: TimeCategory.OTHER,
}


class CategoryUnknown(ValueError):
    """A bucket that no time category has.

    Parameters
    ----------
    bucket
        What was written.

    Examples
    --------
    >>> try:
    ...     TimeCategory.of_bucket("planned/siesta")
    ... except CategoryUnknown as error:
    ...     error.bucket
    'planned/siesta'
    """

    def __init__(self, bucket: str) -> None:
        super().__init__(bucket)
        self.bucket = bucket

    def __str__(self) -> str:
        return f"{self.bucket!r} is no ledger bucket; write one of {', '.join(sorted(_BUCKETS))}"
