"""Keys of a plant that are to say something else: found, set, and checked as the file would be."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.language import ELEMENTS, check_root, nearest, to_nodes, to_plain
from linewright.plant.model import Element, Line
from linewright.twin.experiment.faults import SettingInvalid
from linewright.twin.experiment.results import Scenario, Setting

__all__ = ["comparable", "named", "places_of", "with_settings"]

SETTINGS_MAX = 1000
"""Most settings of one scenario."""

SHOWN_MAX = 5
"""Addresses that a message lists."""


class Spot(msgspec.Struct, frozen=True):
    """A place of the plain plant: its holder and key there, and what the plant has there."""

    holder: Any
    key: Any
    value: Any

    @property
    def plain(self) -> Any:  # noqa: ANN401  # plain data
        """What stands there."""
        if isinstance(self.holder, dict):
            return self.holder.get(self.key)
        return self.holder[self.key]


def with_settings(plant: Plant, scenario: Scenario) -> Plant:
    """Return the plant as a scenario has it.

    Parameters
    ----------
    plant
        A checked plant.
    scenario
        Its settings are made one after the other, each a path: an address or the name of a
        table, then keys with points between. The end of an address is enough where only one
        thing has it. Steps of a route are named by their operation, other entries of a list
        by their number from 1.

    Returns
    -------
    Plant
        Checked as if the file said so.

    Raises
    ------
    SettingInvalid
        When a path leads nowhere (the nearest right one is told), or the changed plant has
        errors: those of the plant's own check.

    Notes
    -----
    A name that is not there is only added by a value in braces, so that a slip adds nothing.
    Cost: writing and checking the plant once, some milliseconds for a line.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> slow = Scenario(name="slow", settings=(Setting("turn.does.turn.time", "60 s"),))
    >>> changed = with_settings(plant.done(), slow)
    >>> dict(changed.stations())["reno/shop/pump/turn"].does["turn"].time.mean_s
    60.0
    """
    if not scenario.settings:
        return plant
    if len(scenario.settings) > SETTINGS_MAX:
        what = f"{len(scenario.settings)} settings"
        raise SettingInvalid(scenario.name, what, f"give at most {SETTINGS_MAX}")
    tree = to_plain(plant)
    for setting in scenario.settings:
        _Editor(plant, tree, f"{scenario.name}, {setting.path}").set(setting)
    return _read(tree, scenario.name)


def comparable(plant: Plant, scenario: Scenario) -> Plant:
    """Return the plant unchanged, its stations written as `with_settings` writes them.

    What a scenario changes is the difference between the two: a station that is changed no
    longer says which types it uses, for it says everything itself.

    Parameters
    ----------
    plant, scenario
        As for `with_settings`.

    Raises
    ------
    SettingInvalid
        When a path leads nowhere.
    """
    tree = to_plain(plant)
    for setting in scenario.settings:
        _Editor(plant, tree, f"{scenario.name}, {setting.path}").spot(setting.path)
    return _read(tree, scenario.name)


def _read(tree: Mapping[str, Any], name: str) -> Plant:
    checked = check_root(to_nodes(tree))  # type: ignore[arg-type]  # a map makes a map
    if checked.plant is None:
        first, more = checked.errors[0], len(checked.errors) - 1
        what = f"{first.message} [{first.where}]" if first.where else first.message
        do = first.hint or f"see {first.code} in docs/problems.md"
        what += f" (and {more} more)" if more else ""
        raise SettingInvalid(name, what, do, checked.problems)
    return checked.plant


def places_of(plant: Plant) -> Iterator[Address]:
    """Yield what an address can name: sites, areas, lines and work centres, stations, buffers.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("x", flow=["a"])
    >>> _ = line.station("a", does={"cut": "48 s"})
    >>> [str(each) for each in places_of(plant.done())]
    ['reno', 'reno/shop', 'reno/shop/x', 'reno/shop/x/a']
    """
    for site_name, site in plant.sites.items():
        yield Address(site_name)
        for area_name, area in site.areas.items():
            yield Address(f"{site_name}/{area_name}")
            for name, group in area.groups():
                place = f"{site_name}/{area_name}/{name}"
                yield Address(place)
                yield from (Address(f"{place}/{each}") for each in group.stations)
                if isinstance(group, Line):
                    flow = zip(group.flow, group.flow[1:], strict=False)
                    between = [f"{up}-{down}" for up, down in flow]
                    every = dict.fromkeys([*between, *group.buffers])
                    yield from (Address(f"{place}/{each}") for each in every)


def named(plant: Plant, text: str, where: str) -> Address:
    """Return the address that is meant: a whole one, or the end of one that only one thing has.

    Parameters
    ----------
    plant
        The plant.
    text
        What was written.
    where
        Who asks, for the message.

    Raises
    ------
    SettingInvalid
        When there is no such thing, or there are several.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("x", flow=["a"])
    >>> _ = line.station("a", does={"cut": "48 s"})
    >>> named(plant.done(), "x/a", "here")
    Address('reno/shop/x/a')
    """
    pool = list(places_of(plant))
    if text in pool:
        return Address(text)
    found = [each for each in pool if each.endswith(f"/{text}")]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(found[:SHOWN_MAX]) + (" and more" if len(found) > SHOWN_MAX else "")
        raise SettingInvalid(where, f"{len(found)} things end with `{text}`", f"name one: {listed}")
    depth = text.count("/") + 1
    ends = ["/".join(each.split("/")[-depth:]) for each in pool]
    tables = ELEMENTS[Plant].by_key if depth == 1 else ()
    near = nearest(text, [*ends, *tables, *pool])
    do = f"did you mean `{near}`?" if near else "`linewright show PLANT` lists what there is"
    raise SettingInvalid(where, f"there is nothing called `{text}`", do)


class _Editor:
    """Finds one path in the plain plant, and sets what it leads to."""

    def __init__(self, plant: Plant, tree: dict[str, Any], where: str) -> None:
        self._plant = plant
        self._tree = tree
        self._where = where
        self._gap: tuple[list[Any], int] | None = None
        """Where the places of the buffer stand that a path leads to, in the flow of its line."""

    def set(self, setting: Setting) -> None:
        """Make one setting."""
        keys = setting.path.split(".")[1:]
        if not keys:
            do = "add keys with points between: mill.does.mill.time"
            raise self._fault("it names a thing, not what to change of it", do)
        spot = self.spot(setting.path)
        if keys == ["places"] and self._gap is not None:
            flow, after = self._gap
            flow[after] = "rack" if setting.value is None else setting.value
            return
        for key in keys:
            spot = self._below(spot, key, is_last=key is keys[-1], value=setting.value)
        if setting.value is not None:
            spot.holder[spot.key] = setting.value
        elif isinstance(spot.holder, dict):
            spot.holder.pop(spot.key, None)
        else:
            del spot.holder[spot.key]

    def spot(self, path: str) -> Spot:
        """Return where the first part of a path leads: a table of the plant, or a place."""
        head = path.partition(".")[0].strip()
        field = ELEMENTS[Plant].by_key.get(head)
        if field is not None and head != "sites":
            return Spot(self._tree, head, getattr(self._plant, field.attribute))
        place = named(self._plant, head, self._where)
        names = place.split("/")
        sites = self._tree["sites"]
        if len(names) == 1:
            return Spot(sites, names[0], self._plant.sites[names[0]])
        area = self._plant.sites[names[0]].areas[names[1]]
        areas = sites[names[0]]["areas"]
        if len(names) == 2:  # noqa: PLR2004  # site and area
            return Spot(areas, names[1], area)
        group = dict(area.groups())[names[2]]
        level = "lines" if isinstance(group, Line) else "work_centres"
        groups = areas[names[1]][level]
        if len(names) == 3:  # noqa: PLR2004  # site, area and group
            return Spot(groups, names[2], group)
        if names[3] in group.stations:
            return self._station(groups[names[2]]["stations"], names[3], group.stations[names[3]])
        assert isinstance(group, Line), "only lines have buffers"
        return self._buffer(groups[names[2]], names[3], group)

    def _station(self, holder: dict[str, Any], name: str, station: Element) -> Spot:
        """Write a station in full: what its types say can then be changed like its own."""
        if "use" in (holder[name] or {}):
            full = dict(ELEMENTS[type(station)].write(station))
            full.pop("use", None)
            holder[name] = full
        return Spot(holder, name, station)

    def _buffer(self, line: dict[str, Any], name: str, group: Line) -> Spot:
        """Return where the keys of a buffer stand: beside its line's flow, but for its places."""
        buffers = line.setdefault("buffers", {})
        mine = buffers.setdefault(name, {})
        if not isinstance(mine, dict):
            buffers[name] = {"places": mine}
        flow: list[Any] = line["flow"]
        for up, down in zip(group.flow, group.flow[1:], strict=False):
            if f"{up}-{down}" == name:
                after = flow.index(up) + 1
                if flow[after] == down:
                    flow.insert(after, 0)
                self._gap = (flow, after)
        return Spot(buffers, name, group.buffers.get(name))

    def _below(self, spot: Spot, key: str, *, is_last: bool, value: object) -> Spot:
        """Return where a key of a spot leads."""
        model = spot.value
        if isinstance(model, Element):
            return self._key(spot, key)
        if isinstance(model, Mapping):
            return self._entry(spot, key, may_add=is_last and isinstance(value, dict))
        if isinstance(model, tuple):
            return self._item(spot, key)
        if model is None:
            if not isinstance(spot.plain, dict):
                spot.holder[spot.key] = {}
            return Spot(spot.plain, key, None)
        raise self._fault(f"`{spot.key}` is one value and has no `{key}`", "end the path there")

    def _key(self, spot: Spot, key: str) -> Spot:
        """Return where a key of an element leads; its short form is written out."""
        model = spot.value
        shape = ELEMENTS[type(model)]
        field = shape.by_key.get(key)
        if field is None and shape.cls.SHORT_LIST and isinstance(spot.plain, list):
            steps = getattr(model, shape.cls.SHORT_LIST[0])
            return self._item(Spot(spot.holder, spot.key, steps), key)
        if field is None and key not in shape.variants:
            near = nearest(key, [*shape.by_key, *shape.variants])
            do = f"did you mean `{near}`?" if near else f"it has {', '.join(shape.by_key)}"
            raise self._fault(f"a {shape.spoken} has no key `{key}`", do)
        if not isinstance(spot.plain, dict):
            if not shape.short_key and spot.plain is not None:
                raise self._fault(f"`{spot.key}` stands as one text", "set it as a whole")
            short = {} if spot.plain is None else {shape.short_key: spot.plain}
            spot.holder[spot.key] = short
        return Spot(spot.plain, key, getattr(model, field.attribute) if field else None)

    def _entry(self, spot: Spot, name: str, *, may_add: bool) -> Spot:
        """Return where a name of a table leads; a lone entry may stand without its name."""
        table: Mapping[str, Any] = spot.value
        only = next(iter(table.values()), None) if len(table) == 1 else None
        shape = ELEMENTS.get(type(only)) if only is not None else None
        if shape is not None and shape.single[0] and shape.single[1] in table:
            is_short = not isinstance(spot.plain, dict) or shape.single[1] not in spot.plain
            if is_short and name not in table:
                return self._key(Spot(spot.holder, spot.key, only), name)
            if is_short:
                spot.holder[spot.key] = {shape.single[1]: spot.plain}
        if name not in table and not may_add:
            near = nearest(name, table)
            do = f"did you mean `{near}`?" if near else f"there are {', '.join(table) or 'none'}"
            raise self._fault(f"there is no `{name}` in `{spot.key}`", do)
        if not isinstance(spot.plain, dict):
            spot.holder[spot.key] = {}
        return Spot(spot.plain, name, table.get(name))

    def _item(self, spot: Spot, name: str) -> Spot:
        """Return where an entry of a list leads: by its own name, else by its number from 1."""
        items: Sequence[Any] = spot.value
        if not isinstance(spot.plain, list):
            spot.holder[spot.key] = [spot.plain]
        names = [_name_of(item) for item in items]
        if names.count(name) == 1:
            k = names.index(name)
        elif name.isdecimal() and 1 <= int(name) <= len(items):
            k = int(name) - 1
        else:
            near = nearest(name, [each for each in names if each])
            do = f"did you mean `{near}`?" if near else f"give a number from 1 to {len(items)}"
            many = names.count(name) > 1
            what = f"{'several' if many else 'no'} entries of `{spot.key}` are called `{name}`"
            raise self._fault(what, "give its number, from 1" if many else do)
        return Spot(spot.plain, k, items[k])

    def _fault(self, what: str, do: str) -> SettingInvalid:
        return SettingInvalid(self._where, what, do)


def _name_of(item: object) -> str:
    """Return what an entry of a list is called: itself, or what its short form says."""
    if isinstance(item, Element):
        shape = ELEMENTS[type(item)]
        return str(getattr(item, shape.cls.SHORT, "")) if shape.cls.SHORT else ""
    return str(item)
