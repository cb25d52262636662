"""Records of material: units and lots, their parents, where they go, and which are on hold.

>>> Unit(id="SN-1", lot="L7", product="bracket-a", source=UnitSource.READ).parents
()
"""

import enum
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar

from msgspec import Meta

from linewright.plant.address import Address
from linewright.plant.records.base import Key, Part, Record, RecordId, Text, TimeNs

__all__ = [
    "Disposition",
    "Hold",
    "HoldAction",
    "Material",
    "MaterialAction",
    "Unit",
    "UnitSource",
]


class UnitSource(enum.StrEnum):
    """Whether a unit's identity was read from it or inferred from order and time.

    Examples
    --------
    >>> UnitSource("inferred")
    <UnitSource.INFERRED: 'inferred'>
    """

    READ = "read"
    INFERRED = "inferred"


class MaterialAction(enum.StrEnum):
    """What happened to material.

    Examples
    --------
    >>> MaterialAction("consumed")
    <MaterialAction.CONSUMED: 'consumed'>
    """

    RECEIVED = "received"
    LOADED = "loaded"
    CONSUMED = "consumed"
    PRODUCED = "produced"
    MOVED = "moved"
    SPLIT = "split"
    MERGED = "merged"
    COUNTED = "counted"
    SCRAPPED = "scrapped"
    RETURNED = "returned"
    SHIPPED = "shipped"


class HoldAction(enum.StrEnum):
    """Whether a hold is placed, changed or released.

    Examples
    --------
    >>> HoldAction("placed")
    <HoldAction.PLACED: 'placed'>
    """

    PLACED = "placed"
    EXTENDED = "extended"
    RELEASED = "released"


class Disposition(enum.StrEnum):
    """What is done with material after a hold.

    Examples
    --------
    >>> Disposition("sort")
    <Disposition.SORT: 'sort'>
    """

    USE_AS_IS = "use_as_is"
    REWORK = "rework"
    SORT = "sort"
    SCRAP = "scrap"
    RETURN_TO_SUPPLIER = "return_to_supplier"


class Unit(Part, frozen=True, kw_only=True):
    """One unit of product and what it was made from.

    Parents that were inferred are listed apart from those read: the recall of a lot names certain
    and possible units, never both in one list.

    Examples
    --------
    >>> Unit(id="SN-9", parents=("L7", "SN-3")).source
    <UnitSource.READ: 'read'>
    """

    id: Annotated[Key, Meta(description="id of the unit, unique in the enterprise")]
    lot: Annotated[Key | None, Meta(description="lot it belongs to")] = None
    product: Annotated[Key | None, Meta(description="what it is")] = None
    parents: Annotated[
        tuple[Key, ...], Meta(max_length=1000, description="units and lots it was made from")
    ] = ()
    source: Annotated[
        UnitSource, Meta(description="whether identity and parents were read or inferred")
    ] = UnitSource.READ


class Material(Record, frozen=True, kw_only=True):
    """Material came, went, was used, made, split, merged or counted.

    Genealogy follows from these records alone: `units` and `lot` are what the action is about,
    `parents` what it was made from.
    """

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("action", "product", "lot", "units")

    action: Annotated[MaterialAction, Meta(description="what happened")]
    product: Annotated[Key | None, Meta(description="material or product")] = None
    lot: Annotated[Key | None, Meta(description="lot it is about")] = None
    units: Annotated[
        tuple[Unit, ...], Meta(max_length=1000, description="units it is about, each with parents")
    ] = ()
    parents: Annotated[
        tuple[Key, ...], Meta(max_length=1000, description="lots and units the lot was made from")
    ] = ()
    lot_source: Annotated[
        UnitSource, Meta(description="whether the lot and its parents were read or inferred")
    ] = UnitSource.READ
    quantity: Annotated[
        Decimal | None, Meta(description="amount, exact, as text; counted: the amount found")
    ] = None
    quantity_unit: Annotated[
        Key | None, Meta(description="unit of the amount; left out: pieces")
    ] = None
    to: Annotated[Address | None, Meta(description="where it went, if it was moved")] = None
    container: Annotated[Key | None, Meta(description="pallet, tray or bin it is in")] = None
    order: Annotated[Key | None, Meta(description="order it was used or made for")] = None
    job: Annotated[Key | None, Meta(description="job it was used or made in")] = None
    supplier: Annotated[Key | None, Meta(description="supplier, if received")] = None
    supplier_lot: Annotated[Key | None, Meta(description="the supplier's own lot")] = None
    certificate: Annotated[Key | None, Meta(description="material certificate")] = None
    expires_ns: Annotated[TimeNs | None, Meta(description="last moment of use")] = None

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: there is something that it is about, and only counts are ever zero.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Material).faults())
        []
        """
        yield from super().faults()
        if self.product is None and self.lot is None and not self.units:
            yield "lot", "neither product, lot nor unit is named"
        if self.quantity is not None and self.quantity.is_finite() and self.quantity < 0:
            yield "quantity", "an amount is never negative; the action says the direction"


class Hold(Record, frozen=True, kw_only=True):
    """Suspect material is kept from use, or released with a decision.

    Everything the record names is on hold: lots, units, or all of a product made at the address
    from `from_ns` to `to_ns`.
    """

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ("action", "hold", "product", "lots", "units")

    action: Annotated[HoldAction, Meta(description="placed, extended or released")]
    hold: Annotated[
        RecordId | None, Meta(description="id of the record that placed it; none if this one does")
    ] = None
    product: Annotated[Key | None, Meta(description="product on hold")] = None
    lots: Annotated[tuple[Key, ...], Meta(max_length=1000, description="lots on hold")] = ()
    units: Annotated[tuple[Key, ...], Meta(max_length=10_000, description="units on hold")] = ()
    from_ns: Annotated[TimeNs | None, Meta(description="start of the suspect time")] = None
    to_ns: Annotated[TimeNs | None, Meta(description="end of the suspect time")] = None
    cause: Annotated[Key | None, Meta(description="why: a code of the site")] = None
    comment: Annotated[Text, Meta(description="why, in words")] = ""
    case: Annotated[RecordId | None, Meta(description="case that placed it")] = None
    disposition: Annotated[
        Disposition | None, Meta(description="what is done with it, if released")
    ] = None

    def faults(self) -> Iterator[tuple[str, str]]:
        """Add: a release names its hold and a decision, a new hold names what is suspect.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> list(example(Hold).faults())
        []
        """
        yield from super().faults()
        if self.action is HoldAction.PLACED:
            if not (self.lots or self.units or self.product):
                yield "lots", "neither lots, units nor a product are named"
        elif self.hold is None:
            yield "hold", "the hold that this belongs to is not named"
        if self.action is HoldAction.RELEASED and self.disposition is None:
            yield "disposition", "a release says what is done with the material"
