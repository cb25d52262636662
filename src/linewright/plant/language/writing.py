"""A plant back to text: what was read and written again reads back equal.

Stations are written against the types they use, so that reuse survives;
everything at its default is left out; quantities get their most readable unit.
"""

import datetime as dt
from typing import Any

import yaml

from linewright.plant.language.shapes.compiler import element_shape, plant_shape
from linewright.plant.model.enterprise import Plant
from linewright.plant.model.markers import Element

WIDTH = 100
"""Columns after which a line of the written file is wrapped."""


def to_plain(plant: Plant) -> dict[str, Any]:
    """Return the plant as plain data in the shape of the plant file.

    Returns
    -------
    dict
        Text, numbers, dates, lists and dicts only, in the order of the
        language; equal plants give equal data.

    Examples
    --------
    >>> from linewright.plant.language.load import load_text
    >>> to_plain(load_text("{linewright: 1, enterprise: acme, sites: {}}"))
    {'linewright': 1, 'enterprise': 'acme', 'sites': {}}
    """
    plain = plant_shape().write(plant)
    assert isinstance(plain, dict), "a plant is written as a map"
    types = {name: _long(body) for name, body in plain.get("types", {}).items()}
    own: dict[str, dict[str, Any]] = {}
    for name in types:
        _own_body(name, types, own)
    if types:
        plain["types"] = {name: _short(own[name]) for name in types}
    for station in _stations(plain):
        body = _short(_against(types, own, _long(station)))
        station.clear()
        station.update(body)
    return plain


_SINGLE = {"fails": ("every", "failure"), "maintenance": ("takes", "service")}
"""Keys whose lone form stands for a map of one; compared in their long form."""


def _long(body: dict[str, Any]) -> dict[str, Any]:
    long = dict(body)
    for key, (mark, name) in _SINGLE.items():
        if mark in long.get(key, {}):
            long[key] = {name: long[key]}
    return long


def _short(body: dict[str, Any]) -> dict[str, Any]:
    short = dict(body)
    for key, (mark, name) in _SINGLE.items():
        lone = (short.get(key) or {}).get(name)
        if list(short.get(key) or {}) == [name] and isinstance(lone, dict) and mark in lone:
            short[key] = lone
    return short


def _own_body(name: str, types: dict[str, Any], own: dict[str, dict[str, Any]]) -> None:
    """Find what a type says beyond those it uses, after the same was done for these."""
    if name in own or name not in types:
        return
    own[name] = {}  # a circle ends here; a plant has none
    for used in types[name].get("use", []):
        _own_body(used, types, own)
    own[name] = _against(types, own, types[name])


def _order(types: dict[str, Any], names: list[str], order: dict[str, None]) -> dict[str, None]:
    """Return types and what they use, bases first, each once: the order of merging."""
    for name in names:
        if name in types and name not in order:
            _order(types, types[name].get("use", []), order)
            order[name] = None
    return order


def _stations(plain: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        station
        for site in plain.get("sites", {}).values()
        for area in site.get("areas", {}).values()
        for level in ("lines", "work_centres")
        for group in area.get(level, {}).values()
        for station in group.get("stations", {}).values()
    ]


def _against(
    types: dict[str, Any], own: dict[str, dict[str, Any]], body: dict[str, Any]
) -> dict[str, Any]:
    """Return what a body says beyond the types that it uses; what they have too much is `None`."""
    used = body.get("use", [])
    if not used:
        return dict(body)
    base: dict[str, Any] = {}
    for name in _order(types, used, {}):
        base = _joined(base, {key: value for key, value in own[name].items() if key != "use"})
    return {"use": used[0] if len(used) == 1 else used, **_less(base, body)}


def _joined(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    joined = dict(base)
    for key, value in over.items():
        mine = joined.get(key)
        if value is None:
            joined.pop(key, None)
        elif isinstance(mine, dict) and isinstance(value, dict):
            joined[key] = _joined(mine, value)
        else:
            joined[key] = value
    return joined


def _less(base: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    short: dict[str, Any] = {}
    for key, value in body.items():
        if key == "use":
            continue
        mine = base.get(key)
        if key not in base:
            short[key] = value
        elif isinstance(mine, dict) and isinstance(value, dict):
            below = _less(mine, value)
            if below:
                short[key] = below
        elif mine != value:
            short[key] = value
    for key in base:
        if key not in body:
            short[key] = None
    return short


def to_text(plant: Plant) -> str:
    """Return the plant as YAML text in one file.

    Examples
    --------
    >>> from linewright.plant.language.load import load_text
    >>> text = to_text(load_text('''
    ... linewright: 1
    ... enterprise: acme
    ... sites: {reno: {timezone: America/Los_Angeles, currency: USD}}
    ... '''))
    >>> print(text)
    linewright: 1
    enterprise: acme
    sites:
      reno: {timezone: America/Los_Angeles, currency: USD}
    <BLANKLINE>
    """
    return _dumped(to_plain(plant))


def element_text(element: Element) -> str:
    """Return one element of a plant as YAML text, as it stands after its types were merged.

    Examples
    --------
    >>> from linewright.plant.model.equipment import Buffer
    >>> print(element_text(Buffer(places=4, batch=2)), end="")
    {places: 4, batch: 2}
    """
    return _dumped(element_shape(type(element)).write(element))


def _dumped(plain: object) -> str:
    return yaml.dump(
        plain,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=WIDTH,
    )


class _Dumper(yaml.CSafeDumper):
    """YAML as people write it here: no anchors, empty for null."""

    def ignore_aliases(self, data: object) -> bool:
        """Write every value out."""
        del data
        return True


def _represent_none(dumper: yaml.CSafeDumper, _value: None) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:null", "~")


def _represent_date(dumper: yaml.CSafeDumper, value: dt.date) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", value.isoformat())


_Dumper.add_representer(type(None), _represent_none)
_Dumper.add_representer(dt.date, _represent_date)
