"""What a comparison of two plants gives: elements and values that differ."""

from typing import Any, Literal

import msgspec

from linewright.plant.address import Address
from linewright.plant.records import Change

__all__ = ["Difference", "ElementDifference", "Kind", "ValueDifference"]

Kind = Literal["added", "removed", "renamed", "moved"]


class ElementDifference(msgspec.Struct, frozen=True, kw_only=True):
    """Something with a name that came, went, moved or got another name.

    `before` and `after` are addresses, or paths such as `products.p1` and
    `reno/shop/pump/saw: fails.blade`; the side where it is not is empty. What
    stands below something that came or went and has an address is listed too.
    """

    kind: Kind
    what: str
    before: str = ""
    after: str = ""


class ValueDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One value that differs, as people write it, with its unit.

    `where` is the address or path of the element after, empty for the plant
    itself; `attribute` is the path below it in dots, as in the model, such as
    `does.cut.time.mean_s`. `number` is the new value in the unit that ends the
    attribute's name (limits and ranges: in the unit of their tag or command),
    where both values are numbers.
    """

    what: str
    where: str
    attribute: str
    old: str
    new: str
    address: Address | None = None
    number: float | None = None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """All differences between two plants; empty when they are equal."""

    elements: tuple[ElementDifference, ...] = ()
    values: tuple[ValueDifference, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether both plants are equal."""
        return not (self.elements or self.values)

    def of_kind(self, kind: Kind) -> tuple[ElementDifference, ...]:
        """Return the elements that were added, removed, renamed or moved."""
        return tuple(element for element in self.elements if element.kind == kind)

    def plain(self) -> dict[str, Any]:
        """Return the same as text, numbers, lists and dicts, ready for JSON; every key is there.

        Examples
        --------
        >>> Difference().plain()
        {'elements': [], 'values': []}
        """
        plain: dict[str, Any] = msgspec.to_builtins(self, enc_hook=str)
        return {name: list(entries) for name, entries in plain.items()}

    def changes(self, at_ns: int, until_ns: int | None = None) -> tuple[Change, ...]:
        """Return the numbers at addresses that differ, in the form of a scenario.

        Parameters
        ----------
        at_ns, until_ns
            When the changes begin and end; without an end they stay.

        Returns
        -------
        tuple of Change
            One for each value that is a number on both sides and stands at an
            address; its `parameter` is the attribute's path. What else differs
            has no such form, so the changes alone need not lead from one plant
            to the other.
        """
        return tuple(
            Change(
                address=value.address,
                parameter=value.attribute,
                value=value.number,
                at_ns=at_ns,
                until_ns=until_ns,
            )
            for value in self.values
            if value.address is not None and value.number is not None
        )
