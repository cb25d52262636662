"""The comparison itself: two plants side by side, along the shapes that the reader uses."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from linewright.plant.address import Address
from linewright.plant.difference.found import (
    Difference,
    ElementDifference,
    Kind,
    ValueDifference,
)
from linewright.plant.difference.pairs import parent_of
from linewright.plant.difference.places import Same, Tree
from linewright.plant.difference.telling import inline
from linewright.plant.language.shapes.compiler import element_shape, plant_shape
from linewright.plant.language.shapes.compounds import ListShape, MapShape, UnionShape
from linewright.plant.language.shapes.elements import ElementShape
from linewright.plant.language.shapes.single import BoundsShape, MoneyShape, RefShape, SiblingShape
from linewright.plant.language.shapes.specials import (
    FlowShape,
    HolidaysShape,
    LabelShape,
    ShiftsShape,
)
from linewright.plant.model.behaviour import Cause
from linewright.plant.model.enterprise import Plant, Site
from linewright.plant.model.equipment import Area, Line, Station, WorkCentre
from linewright.plant.model.markers import Bounds, Element
from linewright.plant.model.products import Control, Product, StandardTime, Step

__all__ = ["difference"]

PLACES: Mapping[type[Element], tuple[str, ...]] = {
    Plant: ("sites",),
    Site: ("areas",),
    Area: ("lines", "work_centres"),
    Line: ("stations", "buffers"),
    WorkCentre: ("stations",),
    Station: ("tags",),
}
"""Attributes whose entries have addresses; they are compared address by address."""

ABOUT: Mapping[type[Element], tuple[str, ...]] = {
    Step: ("operation",),
    Control: ("characteristic", "operation"),
    StandardTime: ("operation", "product", "at", "since"),
    Cause: ("mode",),
}
"""What an entry of a list is about: lists are compared by that; any other list by numbers."""

RACK, BUFFER_PLACES = "rack", ("buffer", ("places",))
"""A buffer without a number of places is not without places: in a flow it is a `rack`."""

Path = tuple[str, ...]
Both = tuple[Any, Any]


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """The element that values are told of: what it is, and where it stood and stands."""

    what: str
    before: str = ""
    after: str = ""
    address: Address | None = None
    units: tuple[str, str] = ("", "")
    told: bool = False
    """Whether it was told that the element is renamed or moved."""


def difference(before: Plant, after: Plant) -> Difference:
    """Return what differs between two plants.

    Parameters
    ----------
    before, after
        Any two plants; they need not have anything in common.

    Returns
    -------
    Difference
        Empty if and only if the plants are equal. Plants exchanged give the
        same with added and removed, old and new exchanged.

    Notes
    -----
    Cost: linear in the size of both plants, n log n in what is renamed.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> one, two = PlantBuilder("acme"), PlantBuilder("acme")
    >>> for plant in (one, two):
    ...     _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> _ = two.site("elko", timezone="UTC", currency="USD")
    >>> [(each.kind, each.after) for each in difference(one.done(), two.done()).elements]
    [('added', 'elko')]
    """
    if before == after:
        return Difference()
    walk = _Walk(Same(Tree(before), Tree(after)))
    walk.places()
    walk.element(Owner(what="plant"), (), plant_shape(), (before, after))
    return Difference(elements=tuple(walk.elements), values=tuple(walk.values))


class _Walk:
    """One comparison: what is the same on both sides, and what was found."""

    def __init__(self, same: Same) -> None:
        self.same = same
        self.elements: list[ElementDifference] = []
        self.values: list[ValueDifference] = []

    def places(self) -> None:
        """Compare everything that has an address."""
        same = self.same
        parents: Mapping[str, str] = {"": ""}
        for depth, pairs in enumerate(same.levels):
            sides = same.before.levels[depth], same.after.levels[depth]
            # A line that became a work centre went and came; its stations stay what they are.
            kept = {
                old: new for old, new in pairs.items() if type(sides[0][old]) is type(sides[1][new])
            }
            self._pairs(sides, kept, parents)
            if depth == 2:  # noqa: PLR2004  # lines and work centres
                self._buffers(kept)
            parents = pairs
        for old, new in same.stations.items():
            tags = {f"{old}#{one}": f"{new}#{two}" for one, two in same.tags[old].items()}
            sides = same.before.tags(old), same.after.tags(new)
            self._pairs(sides, tags, {old: new})

    def _buffers(self, lines: Mapping[str, str]) -> None:
        for old, new in lines.items():
            pairs = self.same.buffers(old)
            sides = self.same.before.buffers(old), self.same.after.buffers(new)
            self._pairs(sides, pairs, None)

    def _pairs(
        self,
        sides: tuple[Mapping[str, Element], Mapping[str, Element]],
        pairs: Mapping[str, str],
        parents: Mapping[str, str] | None,
    ) -> None:
        """Compare what is paired; what is not came or went. Without parents no name is told."""
        self._came_and_went(sides, pairs)
        for old, new in pairs.items():
            element = sides[0][old]
            what = noun(type(element))
            told = parents is not None and self._told(what, (old, new), parents)
            owner = Owner(what=what, before=old, after=new, address=Address(new), told=told)
            self.element(owner, (), element_shape(type(element)), (element, sides[1][new]))

    def _came_and_went(
        self,
        sides: tuple[Mapping[str, Element], Mapping[str, Element]],
        pairs: Mapping[str, str],
    ) -> None:
        kept = set(pairs.values())
        for key, element in sides[0].items():
            if key not in pairs:
                self._note("removed", noun(type(element)), before=key)
                for what, below in self.same.before.below(key, element):
                    self._note("removed", what, before=below)
        for key, element in sides[1].items():
            if key not in kept:
                self._note("added", noun(type(element)), after=key)
                for what, below in self.same.after.below(key, element):
                    self._note("added", what, after=below)

    def _told(self, what: str, names: tuple[str, str], parents: Mapping[str, str]) -> bool:
        """Tell that something is moved or renamed; return whether it is."""
        above, local = zip(*(_split(name) for name in names), strict=True)
        if parents.get(above[0]) != above[1]:
            self._note("moved", what, *names)
        elif local[0] != local[1]:
            self._note("renamed", what, *names)
        else:
            return False
        return True

    def _note(self, kind: Kind, what: str, before: str = "", after: str = "") -> None:
        self.elements.append(ElementDifference(kind=kind, what=what, before=before, after=after))

    def element(self, owner: Owner, path: Path, shape: ElementShape, both: Both) -> None:
        """Compare two elements of one class, attribute by attribute."""
        old, new = both
        if self.same.all_kept and old == new:
            return
        if shape.has_unit:
            units = (old.unit or "", new.unit or "")
            owner = msgspec.structs.replace(owner, units=units)
        elsewhere = PLACES.get(shape.cls, ())
        for field in shape.fields:
            name = field.attribute
            values = getattr(old, name), getattr(new, name)
            known = name == "was" and not path and owner.told and _follows(owner, *values)
            if name not in elsewhere and not known:
                self.value(owner, (*path, name), field.shape, values)

    def value(self, owner: Owner, path: Path, shape: Any, both: Both) -> None:  # noqa: ANN401  # any
        """Compare two values of one shape."""
        old, new = both
        if self.same.all_kept and old == new:
            return
        if old is None or new is None:
            self._leaf(owner, path, shape, both)
        elif isinstance(shape, MapShape):
            self._map(owner, path, shape, both)
        elif isinstance(shape, ElementShape):
            self.element(owner, path, shape, both)
        elif isinstance(shape, ListShape) and isinstance(shape.item, ElementShape):
            self._list(owner, path, shape.item, both)
        elif isinstance(shape, BoundsShape) and isinstance(old, Bounds):
            for end in ("low", "high"):
                ends = getattr(old, end), getattr(new, end)
                self._leaf(owner, (*path, end), shape.ends, ends)
        elif isinstance(shape, LabelShape | ShiftsShape | HolidaysShape):
            self._texts(owner, path, shape, both)
        else:
            self._leaf(owner, path, shape, both)

    def _map(self, owner: Owner, path: Path, shape: MapShape, both: Both) -> None:
        """Compare two maps: entries by name, or by former name where they have them."""
        old, new = both
        if shape.value is element_shape(Product):
            pairs: Mapping[str, str] = self.same.products
        else:
            named = {key: self._after(owner, shape.key, key) for key in old}
            pairs = {key: now for key, now in named.items() if now in new}
        kept = set(pairs.values())
        for key in old:
            if key in pairs:
                below = (*path, key), (*path, pairs[key])
                inside, way = self._entry(owner, below, shape)
                self.value(inside, way, shape.value, (old[key], new[pairs[key]]))
            else:
                self._one_sided(owner, (*path, key), shape.value, (old[key], None))
        for key in new:
            if key not in kept:
                self._one_sided(owner, (*path, key), shape.value, (None, new[key]))

    def _entry(self, owner: Owner, paths: tuple[Path, Path], shape: MapShape) -> tuple[Owner, Path]:
        """Return who owns the values of an entry: an entry of the plant's tables owns its own."""
        if owner.what != "plant" or not isinstance(shape.value, ElementShape):
            return owner, paths[1]
        before, after = (where_at("", path) for path in paths)
        inside = Owner(what=noun(shape.value.cls), before=before, after=after, told=before != after)
        if inside.told:
            self._note("renamed", inside.what, before, after)
        return inside, ()

    def _one_sided(self, owner: Owner, path: Path, shape: Any, both: Both) -> None:  # noqa: ANN401  # any
        """Tell of something that stands on one side only: an element, or a value."""
        if not isinstance(shape, ElementShape):
            self._leaf(owner, path, shape, both)
        elif both[0] is not None:
            self._note("removed", noun(shape.cls), before=where_at(owner.before, path))
        else:
            self._note("added", noun(shape.cls), after=where_at(owner.after, path))

    def _list(self, owner: Owner, path: Path, shape: ElementShape, both: Both) -> None:
        """Compare two lists of elements, each known by what it is about, not by its number."""
        old = self._about(shape, both[0], lambda ref, name: self._after(owner, ref, name))
        new = self._about(shape, both[1], lambda _, name: name)
        for key, item in old.items():
            if key in new:
                self.element(owner, (*path, key), shape, (item, new[key]))
            else:
                self._one_sided(owner, (*path, key), shape, (item, None))
        for key, item in new.items():
            if key not in old:
                self._one_sided(owner, (*path, key), shape, (None, item))
        order = [key for key in old if key in new], [key for key in new if key in old]
        if order[0] != order[1]:
            self._found(owner, path, (inline(order[0]), inline(order[1])), None)

    def _about(
        self, shape: ElementShape, items: Iterable[Any], after: Callable[[Any, str], str]
    ) -> dict[str, Any]:
        """Return entries of a list by what they are about; the second of a kind gets a number."""
        found: dict[str, Any] = {}
        fields = {field.attribute: field.shape for field in shape.fields}
        for number, item in enumerate(items):
            values = {name: getattr(item, name) for name in ABOUT.get(shape.cls, ())}
            words = [after(fields[name], str(value)) for name, value in values.items() if value]
            key = name = "+".join(words) or str(number)
            count = 1
            while key in found:
                count += 1
                key = f"{name}-{count}"
            found[key] = item
        return found

    def _texts(self, owner: Owner, path: Path, shape: Any, both: Both) -> None:  # noqa: ANN401  # any
        """Compare what is written as texts by name: labels, shifts and holidays."""
        old, new = (shape.write(value) for value in both)
        one, two = (plain if isinstance(plain, dict) else {"": plain} for plain in (old, new))
        for key in dict.fromkeys((*one, *two)):
            if one.get(key) != two.get(key):
                texts = inline(one.get(key)), inline(two.get(key))
                self._found(owner, (*path, str(key)) if key else path, texts, None)

    def _leaf(self, owner: Owner, path: Path, shape: Any, both: Both) -> None:  # noqa: ANN401  # any
        old, new = self._followed(owner, shape, both[0]), both[1]
        if old == new:
            return
        number = float(new) if _is_number(old) and _is_number(new) else None
        texts = [
            _spelled(shape, value, unit)
            for value, unit in zip((old, new), owner.units, strict=True)
        ]
        if (owner.what, path) == BUFFER_PLACES:
            texts = [RACK if text == inline(None) else text for text in texts]
        self._found(owner, path, (texts[0], texts[1]), number)

    def _found(
        self, owner: Owner, path: Path, texts: tuple[str, str], number: float | None
    ) -> None:
        old, new = texts
        self.values.append(
            ValueDifference(
                what=owner.what,
                where=owner.after,
                attribute=".".join(path),
                old=old,
                new=new,
                address=owner.address,
                number=number,
            )
        )

    def _followed(self, owner: Owner, shape: Any, value: Any) -> Any:  # noqa: ANN401  # any value
        """Return a value of the plant before with the names that things have after."""
        if self.same.all_kept or value is None or isinstance(value, bool):
            return value
        if isinstance(shape, RefShape):
            return self._after(owner, shape, value)
        if isinstance(shape, UnionShape):
            return self._followed(owner, shape.other, value)
        if isinstance(shape, ListShape):
            return tuple(self._followed(owner, shape.item, item) for item in value)
        if isinstance(shape, FlowShape):
            return tuple(self.same.station_in(owner.before, name) for name in value)
        return value

    def _after(self, owner: Owner, shape: Any, name: str) -> str:  # noqa: ANN401  # any shape
        """Return the name after of what a reference names before."""
        if self.same.all_kept or not isinstance(shape, RefShape):
            return name
        pairs: Mapping[str, str] = {}
        if shape.kind == "address":
            pairs = self.same.renamed
        elif shape.kind in ("site", "place"):
            pairs = self.same.sites
        elif shape.kind in ("product", "item"):
            pairs = self.same.products
        elif shape.kind in ("tag", "signal", "permit"):
            pairs = self.same.tags.get(owner.before.partition("#")[0], {})
        return pairs.get(name, name)


def noun(cls: type[Element]) -> str:
    """Return what an element of a class is called.

    Examples
    --------
    >>> noun(WorkCentre), noun(Line)
    ('work centre', 'line')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cls.__name__).lower()


def where_at(owner: str, path: Path) -> str:
    """Return a path below an owner as people read it.

    Examples
    --------
    >>> where_at("reno/shop/pump/saw", ("fails", "blade"))
    'reno/shop/pump/saw: fails.blade'
    """
    keys = ".".join(path)
    return f"{owner}: {keys}" if owner else keys


def _split(name: str) -> tuple[str, str]:
    above, mark, local = name.rpartition("#")
    return (above, local) if mark else (parent_of(name), name.rpartition("/")[2])


def _follows(owner: Owner, old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    """Whether the former names differ by nothing but what the renaming tells."""
    names = (owner.before, owner.after)
    if owner.address is None:
        names = (names[0].partition(".")[2], names[1].partition(".")[2])
    before, after = ({name, _split(name)[1]} for name in names)
    more, less = set(new) - set(old), set(old) - set(new)
    return (not less and more <= before) or (not more and less <= after)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _spelled(shape: Any, value: Any, unit: str) -> str:  # noqa: ANN401  # any value
    """Return a value as people write it, with its unit."""
    if value is None:
        return inline(None)
    text = inline(shape.write(value))
    if isinstance(shape, SiblingShape):
        return f"{text} {unit}".rstrip()
    if isinstance(shape, MoneyShape) and shape.per == "=unit" and unit:
        return f"{text}/{unit}"
    return text
