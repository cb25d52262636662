"""Scenarios in a file: how a plant could differ, written as people write a plant."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from linewright.plant import Plant
from linewright.plant.language import nearest
from linewright.plant.records import Change
from linewright.twin.experiment.faults import SettingInvalid
from linewright.twin.experiment.results import Scenario, Setting
from linewright.twin.experiment.settings import named

__all__ = ["read_scenarios", "setting_of"]

CHARACTERS_MAX = 1_000_000
"""Longest text of scenarios."""

DEPTH_MAX = 20
"""Deepest nesting of it."""

KEYS = ("label", "set", "changes")
"""What a scenario says."""

CHANGE_KEYS = ("at", "parameter", "value", "from", "until")
"""What a change says."""

SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
"""Units of a time after the start."""

_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h|d|w)\s*")


def read_scenarios(
    text: str, plant: Plant, *, at_ns: int = 0, name: str = "scenarios.yaml"
) -> tuple[Scenario, ...]:
    """Return the scenarios that a text describes, in its order.

    Parameters
    ----------
    text
        YAML: below `scenarios`, by name, each with `label`, `set` (path: value) and `changes`
        (a list of `at`, `parameter`, `value`, `from`, `until`).
    plant
        Names in it are looked up here; the settings themselves are checked when they are made.
    at_ns
        When replications begin: times of changes count from it.
    name
        Of the file, for messages.

    Raises
    ------
    SettingInvalid
        With line, what is wrong there, and the nearest right spelling.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> text = '''
    ... scenarios:
    ...   slow:
    ...     set: {turn.does.turn.time: 60 s}
    ...     changes: [{at: turn, parameter: speed, value: 80, from: 2 h, until: 4 h}]
    ... '''
    >>> one = read_scenarios(text, plant.done())[0]
    >>> one.settings[0].value, one.changes[0].at_ns
    ('60 s', 7200000000000)
    """
    whole = _plain(text, name)
    for key in whole:
        if key != "scenarios":
            raise SettingInvalid(name, f"there is no key `{key}` here", "write `scenarios:`")
    found = _map(whole.get("scenarios"), f"{name}, scenarios")
    return tuple(
        _scenario(each, _map(body, f"{name}, {each}"), plant, (at_ns, f"{name}, {each}"))
        for each, body in found.items()
    )


def setting_of(text: str) -> Setting:
    """Return the setting that `PATH=VALUE` says.

    Raises
    ------
    SettingInvalid
        When it is not written so.

    Examples
    --------
    >>> setting_of("bracket/saw-mill.places = 20")
    Setting(path='bracket/saw-mill.places', value='20')
    """
    path, sign, value = text.partition("=")
    if not sign or not path.strip():
        do = "write PATH=VALUE, such as mill.does.mill.time=60s"
        raise SettingInvalid(text, "it is no setting", do)
    return Setting(path.strip(), _plain_value(value.strip(), text))


def _plain_value(text: str, where: str) -> object:
    """Return what a value would be in a file: texts stay texts, whatever they look like."""
    if text.startswith(("{", "[")):
        return _plain(f"value: {text}", where)["value"]
    return None if text in {"", "~"} else text


def _scenario(
    name: str, body: Mapping[str, Any], plant: Plant, context: tuple[int, str]
) -> Scenario:
    at_ns, where = context
    _check_keys(body, KEYS, where)
    settings = _map(body.get("set") or {}, f"{where}, set")
    changes = body.get("changes") or []
    if not isinstance(changes, list):
        raise SettingInvalid(f"{where}, changes", "it is no list", "begin each with `- `")
    return Scenario(
        name=name,
        label=str(body.get("label") or ""),
        settings=tuple(Setting(path, value) for path, value in settings.items()),
        changes=tuple(
            _change(_map(each, place), plant, (at_ns, place))
            for k, each in enumerate(changes, 1)
            for place in [f"{where}, change {k}"]
        ),
    )


def _change(body: Mapping[str, Any], plant: Plant, context: tuple[int, str]) -> Change:
    at_ns, where = context
    _check_keys(body, CHANGE_KEYS, where)
    for key in ("at", "parameter", "value"):
        if not isinstance(body.get(key), str):
            raise SettingInvalid(where, f"`{key}` is missing", f"write `{key}: ...`")
    until = body.get("until")
    return Change(
        address=named(plant, body["at"], where),
        parameter=body["parameter"],
        value=_number(body["value"]),
        at_ns=at_ns + _span_ns(body.get("from") or "0 s", where),
        until_ns=None if until is None else at_ns + _span_ns(until, where),
    )


def _number(text: str) -> float | str:
    share = text.strip().endswith("%")
    try:
        value = float(text.strip().removesuffix("%"))
    except ValueError:
        return text
    return value / 100.0 if share else value


def _span_ns(text: object, where: str) -> int:
    found = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        what = f"`{text}` is no time after the start"
        raise SettingInvalid(where, what, "write it as `90 s`, `15 min`, `2 h` or `3 d`")
    return round(float(found[1]) * SECONDS[found[2]] * 1e9)


def _check_keys(body: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in body:
        if key not in known:
            near = nearest(key, known)
            do = f"did you mean `{near}`?" if near else f"possible: {', '.join(known)}"
            raise SettingInvalid(where, f"there is no key `{key}` here", do)


def _map(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingInvalid(
            where, "a map of names is expected here", "see docs/twin-experiments.md"
        )
    return value


def _plain(text: str, name: str) -> dict[str, Any]:
    """Return a YAML text as texts, lists and maps; nothing is guessed from how a text looks."""
    if len(text) > CHARACTERS_MAX:
        raise SettingInvalid(name, f"{len(text):,} characters", f"at most {CHARACTERS_MAX:,}")
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark is not None else name
        what = str(getattr(error, "problem", None) or error)
        raise SettingInvalid(
            where, what, "indent with spaces, and quote what holds `: `"
        ) from error
    return _map(None if root is None else _value(root, name, []), name)


def _value(node: yaml.Node, name: str, above: list[yaml.Node]) -> Any:  # noqa: ANN401  # plain data
    where = f"{name}:{node.start_mark.line + 1}"
    if len(above) > DEPTH_MAX:
        raise SettingInvalid(where, "it is nested too deep", f"at most {DEPTH_MAX} levels")
    if isinstance(node, yaml.ScalarNode):
        return None if not node.style and node.value in {"", "~", "null"} else str(node.value)
    inside = [*above, node]
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, name, inside) for each in node.value]
    assert isinstance(node, yaml.MappingNode), "YAML has no other nodes"
    found: dict[str, Any] = {}
    for key, value in node.value:
        text = str(key.value)
        if text in found:
            line = key.start_mark.line + 1
            raise SettingInvalid(f"{name}:{line}", f"`{text}` stands here twice", "keep one")
        found[text] = _value(value, name, inside)
    return found
