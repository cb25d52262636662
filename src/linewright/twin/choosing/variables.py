"""What may be chosen: variables, limits on their sums, and the space of designs they span."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from linewright.twin.faults import TwinFault

Value = int | float | str
Design = Mapping[str, Value]
"""A value for each variable."""

VALUES_MAX = 1_000_000
"""Values of one variable; a finer step tells nothing that a run could see."""
RESOLUTION = 100
"""Steps of a continuous variable that names no step."""


class SpaceInvalid(TwinFault):
    """Variables or limits that span no designs: where, what, and what to do."""


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """Something that may be chosen; made by `integer`, `real` or `choice`.

    Parameters
    ----------
    name
        What it is called in a design.
    low, step
        Its first value and the step between values; of a choice 0 and 1.
    count
        How many values it has.
    labels
        The values of a choice, in no order; empty for numbers.
    is_whole
        Whether its values are whole numbers.
    """

    name: str
    low: Fraction
    step: Fraction
    count: int
    labels: tuple[str, ...] = ()
    is_whole: bool = True

    def value(self, index: int) -> Value:
        """Return value number `index`."""
        if self.labels:
            return self.labels[index]
        found = self.low + index * self.step
        return int(found) if self.is_whole else float(found)

    def index(self, value: Value) -> int:
        """Return the number of a value; of a continuous variable that of the nearest one.

        Raises
        ------
        SpaceInvalid
            When it is none of its values.
        """
        if self.labels:
            found = self.labels.index(str(value)) if value in self.labels else -1
        else:
            steps = (_exact(self.name, value) - self.low) / self.step
            found = round(steps) if steps.denominator == 1 or not self.is_whole else -1
        if not 0 <= found < self.count:
            raise SpaceInvalid(self.name, f"{value} is none of its values", f"use {self.said()}")
        return found

    def said(self) -> str:
        """Return its values in a few words."""
        if self.labels:
            return " or ".join(self.labels)
        by = "" if self.step == 1 else f" in steps of {float(self.step):g}"
        last = self.low + (self.count - 1) * self.step
        return f"{float(self.low):g} to {float(last):g}{by}"


def integer(name: str, low: int, high: int, *, step: int = 1) -> Variable:
    """Return a whole number to choose, from `low` to `high`, both included.

    Parameters
    ----------
    name
        What it is called in a design.
    low, high
        The bounds.
    step
        Only every so many.

    Raises
    ------
    SpaceInvalid
        When there is no such number.

    Examples
    --------
    >>> integer("places", 1, 19).said()
    '1 to 19'
    """
    if step < 1 or high < low:
        raise SpaceInvalid(name, f"{low} to {high} in steps of {step} is empty", "turn it round")
    count = (high - low) // step + 1
    return _bounded(Variable(name=name, low=Fraction(low), step=Fraction(step), count=count))


def real(name: str, low: float, high: float, *, step: float | None = None) -> Variable:
    """Return a number to choose between bounds, looked at on a grid.

    Parameters
    ----------
    name
        What it is called in a design.
    low, high
        The bounds.
    step
        Finest difference that counts; left out: a hundredth of the range.

    Raises
    ------
    SpaceInvalid
        When the range is empty or the step is not above 0.

    Examples
    --------
    >>> real("speed", 0.8, 1.2, step=0.1).said()
    '0.8 to 1.2 in steps of 0.1'
    """
    first, last = _exact(name, low), _exact(name, high)
    by = (last - first) / RESOLUTION if step is None else _exact(name, step)
    if by <= 0 or last < first:
        raise SpaceInvalid(name, f"{low} to {high} is empty", "give low < high and a step above 0")
    count = int((last - first) / by) + 1
    return _bounded(Variable(name=name, low=first, step=by, count=count, is_whole=False))


def choice(name: str, *labels: str) -> Variable:
    """Return a choice among values without order, for example dispatch rules.

    Parameters
    ----------
    name
        What it is called in a design.
    *labels
        The values.

    Raises
    ------
    SpaceInvalid
        When there is none, or one twice.

    Examples
    --------
    >>> choice("dispatch", "fifo", "edd").said()
    'fifo or edd'
    """
    if not labels or len(set(labels)) < len(labels):
        raise SpaceInvalid(name, "a choice has different values", "name each once")
    zero, one = Fraction(0), Fraction(1)
    return Variable(name=name, low=zero, step=one, count=len(labels), labels=tuple(labels))


class Limit(msgspec.Struct, frozen=True):
    """A weighted sum of variables that is at most, or equal to, a number.

    Parameters
    ----------
    weights
        By name of the variable; at least is at most with the signs turned round.
    total
        The number.
    is_equal
        Whether the sum must equal it.
    """

    weights: Mapping[str, float]
    total: float
    is_equal: bool = False


class Row(msgspec.Struct, frozen=True):
    """A limit in whole numbers: sum of weight times index is at most, or equals, `total`."""

    weights: tuple[tuple[int, int], ...]
    total: int
    is_equal: bool


class Space(msgspec.Struct, frozen=True):
    """All designs there are to choose from.

    Parameters
    ----------
    variables
        What may be chosen.
    limits
        What every design keeps to.

    Raises
    ------
    SpaceInvalid
        When a name comes twice, or a limit names something else than a number to choose.
    """

    variables: tuple[Variable, ...]
    limits: tuple[Limit, ...] = ()

    def __post_init__(self) -> None:
        """Check the names."""
        names = [one.name for one in self.variables]
        for name in names:
            if names.count(name) > 1:
                raise SpaceInvalid(name, "comes twice", "name each variable once")
        ordered = {one.name for one in self.variables if not one.labels}
        for limit in self.limits:
            for name in limit.weights:
                if name not in ordered:
                    known = ", ".join(sorted(ordered)) or "none"
                    raise SpaceInvalid(name, "is no number to choose", f"there are: {known}")

    def design(self, point: Sequence[int]) -> dict[str, Value]:
        """Return the design whose values have these numbers."""
        return {one.name: one.value(k) for one, k in zip(self.variables, point, strict=True)}

    def point(self, design: Design) -> tuple[int, ...]:
        """Return the numbers of a design's values; `SpaceInvalid` when one is none of them."""
        for one in self.variables:
            if one.name not in design:
                raise SpaceInvalid(one.name, "the design does not say it", "give it a value")
        return tuple(one.index(design[one.name]) for one in self.variables)

    def rows(self) -> tuple[Row, ...]:
        """Return the limits in whole numbers of steps."""
        return tuple(self._row(limit) for limit in self.limits)

    def _row(self, limit: Limit) -> Row:
        weights: dict[int, Fraction] = {}
        total = _exact("limit", limit.total)
        for i, one in enumerate(self.variables):
            weight = _exact(one.name, limit.weights.get(one.name, 0.0))
            total -= weight * one.low
            if weight:
                weights[i] = weight * one.step
        scale = math.lcm(*(weight.denominator for weight in weights.values()))
        total *= scale
        if limit.is_equal and total.denominator != 1:
            raise SpaceInvalid(
                " + ".join(limit.weights), f"cannot equal {limit.total:g}", "fit total and steps"
            )
        whole = tuple((i, int(weight * scale)) for i, weight in weights.items())
        return Row(whole, total.numerator // total.denominator, limit.is_equal)


def _bounded(variable: Variable) -> Variable:
    if variable.count > VALUES_MAX:
        what = f"has {variable.count:,} values"
        raise SpaceInvalid(variable.name, what, f"take larger steps; {VALUES_MAX:,} are too many")
    return variable


def _exact(name: str, value: Value) -> Fraction:
    try:
        return Fraction(str(value))
    except ValueError:
        raise SpaceInvalid(name, f"{value} is no number", "give a finite number") from None
