"""Rules on tags, commands and connections."""

import ast
import re
from itertools import pairwise
from typing import get_args

from linewright.plant.expressions.evaluation import Expression, Kind
from linewright.plant.expressions.text import ExpressionInvalid, parse
from linewright.plant.language.rules.references import find_circle
from linewright.plant.language.rules.scene import Scene, near
from linewright.plant.language.syntax.quantities import unit_of
from linewright.plant.language.syntax.reading import FormulaText, Path, where_of
from linewright.plant.model.equipment import Station
from linewright.plant.model.markers import Bounds
from linewright.plant.model.signals import Command, Connection, State, Tag

FORBIDDEN = re.compile(
    r"(^|[_=.\s])(cycle_?start|start|resume|restart|jog|home|homing|reset|clear_fault|run|arrancar"
    r"|arranque|iniciar|reanudar|reiniciar)($|[_.\s](?!offset))",
    re.IGNORECASE,
)
"""Commands that no product may give to a machine: see docs/authority.md."""

SINGLE_ROLES = frozenset(
    {"state", "parts.total", "parts.good", "parts.scrap", "parts.rework", "cycle", "program"}
)
"""Roles that one tag of a station may have at most."""

LIMITS = ("low_low", "low", "high", "high_high")


ENDPOINTS: dict[str, tuple[str, ...]] = {
    "opcua": ("opc.tcp://", "opc.wss://", "opc.https://"),
    "modbus": ("tcp://", "rtu://", "udp://"),
    "s7": ("tcp://",),
    "mtconnect": ("http://", "https://", "tcp://"),
    "haas": ("tcp://", "http://"),
    "http": ("http://", "https://"),
}
"""How the endpoint of a protocol may begin; a bare host name or address is always possible."""

HOST = re.compile(r"[a-zA-Z0-9][\w.\-]*:\d{1,5}(/\S*)?|[\w\-]*[.\d\-][\w.\-]*(/\S*)?", re.ASCII)
USER_INFO = re.compile(r"//[^/@]*:[^/@]+@")

WAYS: dict[str, tuple[str, ...]] = {
    "opcua": ("node", "method"),
    "modbus": ("register", "input"),
    "s7": ("db",),
    "mqtt": ("topic",),
    "sparkplug": ("metric",),
    "mtconnect": ("item",),
    "haas": ("query", "item"),
    "http": ("query", "item", "input"),
    "replay": ("column",),
}
"""How tags and commands are bound in each protocol; through a gateway, all of them."""


READ = frozenset({"node", "register", "item", "topic", "metric", "db", "query", "input", "column"})
WRITTEN = frozenset({"node", "method", "register", "topic", "metric", "db"})
"""Ways of binding that tags, and that commands, can have."""


def check_connections(scene: Scene) -> None:
    """Report connections without a protocol, and endpoints that a protocol cannot have."""
    for path, _, station in scene.stations:
        if station.connect is not None:
            _check_connection(scene, (*path, "connect"), station.connect)
        for name, connection in station.connections.items():
            _check_connection(scene, (*path, "connections", name), connection)
    for site_name, site in scene.plant.sites.items():
        for name, gateway in site.gateways.items():
            path = ("sites", site_name, "gateways", name)
            _check_connection(scene, path, gateway)
            if gateway.protocol == "gateway":
                message = "a gateway is reached by a protocol, not through a gateway"
                scene.fail("connection-incomplete", (*path, "gateway"), message)


def _check_connection(scene: Scene, path: Path, connection: Connection) -> None:
    if connection.protocol is None:
        hint = f"add one of {', '.join(ENDPOINTS)}, sparkplug, gateway with its endpoint"
        scene.fail("connection-incomplete", path, "nothing says how it is reached", hint)
        return
    starts = ENDPOINTS.get(connection.protocol)
    text = connection.endpoint
    if USER_INFO.search(text):
        scene.fail(
            "password-inline",
            (*path, connection.protocol),
            "a password stands in the endpoint",
            hint="write `user:` and `password: {secret: NAME}` beside it",
        )
        return
    begun = starts is not None and any(
        text.startswith(start) and len(text) > len(start) for start in starts
    )
    if starts is None or begun or HOST.fullmatch(text):
        return
    scene.fail(
        "connection-incomplete",
        (*path, connection.protocol),
        f"`{text[:60]}` is no endpoint of {connection.protocol}",
        hint=f"for example `{starts[0]}10.1.4.11`",
    )


def _check_way(
    scene: Scene, where: Path, way: str | None, connection: Connection, *, written: bool = False
) -> None:
    ways = WAYS.get(connection.protocol or "")
    if ways is not None:
        ways = tuple(one for one in ways if one in (WRITTEN if written else READ))
    if ways is not None and way is not None and way not in ways:
        scene.fail(
            "source-of-other-protocol",
            (*where, way),
            f"`{way}` is not how {connection.protocol} is read",
            hint=f"write {' or '.join(f'`{name}:`' for name in ways)}"
            if ways
            else f"{connection.protocol} takes no commands here",
        )


def check_tags(scene: Scene) -> None:
    """Report tags that are bound twice, not bound, or whose limits cannot be."""
    bound: dict[tuple[str, ...], Path] = {}
    for path, _, station in scene.stations:
        roles: dict[str, str] = {}
        for name, tag in station.tags.items():
            where = (*path, "tags", name)
            _check_limits(scene, where, tag)
            if tag.role == "state" and not tag.map and tag.formula is None:
                _state_map(scene, where, tag)
            if tag.role in SINGLE_ROLES and tag.role in roles:
                message = f"`{roles[tag.role]}` and `{name}` both have the role `{tag.role}`"
                scene.fail("role-doubled", where, message)
            elif tag.role is not None:
                roles[tag.role] = name
            _check_bound(scene, where, station, (tag, bound))


def _state_map(scene: Scene, where: Path, tag: Tag) -> None:
    del tag
    scene.fail(
        "state-map-missing",
        where,
        f"nothing says what the values of `{where[-1]}` mean",
        hint="add `map: {1: running, 2: idle, 3: down}`",
    )


def _check_bound(
    scene: Scene,
    where: Path,
    station: Station,
    tag_and_bound: tuple[Tag, dict[tuple[str, ...], Path]],
) -> None:
    tag, bound = tag_and_bound
    connect = station.connections.get(tag.through) if tag.through else station.connect
    if connect is None or tag.formula is not None:
        return
    if tag.source is None:
        if connect.protocol not in ("replay", "haas", "mtconnect"):
            message = f"nothing says where `{where[-1]}` is read"
            scene.fail(
                "tag-unbound", where, message, hint="add its node, register, topic or metric"
            )
        return
    _check_way(scene, where, tag.via, connect)
    key = (
        where[1],
        connect.protocol or "",
        connect.endpoint,
        str(connect.unit_id),
        tag.via or "",
        tag.source,
        tag.path or "",
    )
    first = bound.setdefault(key, where)
    if first is not where and first[:8] != where[:8]:
        other = "/".join(first[1:8:2])
        scene.fail(
            "tag-bound-twice",
            (*where[:8], "connect"),
            f"`{other}` has the same address and reads the same, such as `{tag.source}`",
            hint="a copied station? give it its own address, or its own sources",
        )
    elif first is not where:
        scene.fail(
            "tag-bound-twice",
            where,
            f"`{where[-1]}` and `{'/'.join(first[1:8:2])}#{first[-1]}` both read `{tag.source}`",
            hint="keep one, and derive the other from it",
        )


def _check_limits(scene: Scene, where: Path, tag: Tag) -> None:
    values = [(name, getattr(tag, name)) for name in LIMITS]
    given = [(name, alarm.limit) for name, alarm in values if alarm is not None]
    for (name, value), (other, beyond) in pairwise(given):
        if value >= beyond:
            message = f"`{name}` {value:g} is not below `{other}` {beyond:g}"
            scene.fail("limits-upside-down", (*where, other), message)
    if tag.range is not None:
        for name, value in given:
            if not tag.range.low <= value <= tag.range.high:
                scene.fail(
                    "window-outside-range",
                    (*where, name),
                    f"`{name}` {value:g} can never be reached: the range is "
                    f"[{tag.range.low:g}, {tag.range.high:g}]",
                )


def check_commands(scene: Scene) -> None:
    """Report commands that may never be given, and those that lack what makes them safe."""
    for path, _, station in scene.stations:
        for name, command in station.commands.items():
            where = (*path, "commands", name)
            if any(FORBIDDEN.search(text) for text in (name, command.target, *command.choices)):
                scene.fail(
                    "command-forbidden",
                    where,
                    f"`{name}` would start, resume, jog, home or reset a machine",
                    hint="that is done at the machine; leave the command out",
                )
            connect = (
                station.connections.get(command.through) if command.through else station.connect
            )
            if connect is not None:
                _check_way(scene, where, command.via, connect, written=True)
            if command.permit is None:
                hint = "add `permit:` with the tag that shows that remote writing is allowed"
                scene.fail("permit-missing", where, f"`{name}` names no permit", hint=hint)
            if command.range is None and not command.choices and command.via != "method":
                hint = "add `range: [50, 120]` or `choices:`"
                scene.fail("command-without-range", where, f"`{name}` has no range", hint=hint)
            _check_window(scene, where, command)
            _check_readback(scene, where, station, command)


def _check_window(scene: Scene, where: Path, command: Command) -> None:
    outer, inner = command.range, command.validated
    if outer is not None and inner is not None and not _inside(inner, outer):
        scene.fail(
            "window-outside-range",
            (*where, "validated"),
            f"the validated window [{inner.low:g}, {inner.high:g}] is not inside the range "
            f"[{outer.low:g}, {outer.high:g}]",
        )


def _check_readback(scene: Scene, where: Path, station: Station, command: Command) -> None:
    tag = station.tags.get(command.readback) if isinstance(command.readback, str) else None
    if tag is None or tag.unit is None or command.unit is None:
        return
    if unit_of(tag.unit).dimension != unit_of(command.unit).dimension:
        message = f"`{command.readback}` is in `{tag.unit}`, the command in `{command.unit}`"
        scene.fail("readback-elsewhere", (*where, "readback"), message)


def _inside(inner: Bounds, outer: Bounds) -> bool:
    return outer.low <= inner.low and inner.high <= outer.high


def check_remedies(scene: Scene) -> None:
    """Report remedies that are neither a command nor a call, or give what a command cannot take."""
    for path, _, station in scene.stations:
        owners = [("fails", name, mode.remedies) for name, mode in station.fails.items()]
        owners += [("wears", name, wear.remedies) for name, wear in station.wears.items()]
        for level, owner, remedies in owners:
            for name, remedy in remedies.items():
                where = (*path, level, owner, "remedies", name)
                if (remedy.command is None) == (remedy.call is None):
                    says = "neither `command` nor `call`" if remedy.call is None else "both"
                    message = f"`{name}` says {says}: it is one of the two"
                    scene.fail("remedy-invalid", where, message)
                command = station.commands.get(remedy.command or "")
                outer = command.range if command is not None else None
                value = remedy.value
                if outer is not None and value is not None and not _within(value, outer):
                    ends = f"[{outer.low:g}, {outer.high:g}]"
                    message = f"{value:g} is outside the range of `{remedy.command}`, {ends}"
                    scene.fail("remedy-invalid", (*where, "value"), message)


def _within(value: float, bounds: Bounds) -> bool:
    return bounds.low <= value <= bounds.high


def check_gateways(scene: Scene) -> None:
    """Report gateways that several stations share and that have no budget."""
    users: dict[tuple[str, str], int] = {}
    for path, _, station in scene.stations:
        for connect in (station.connect, *station.connections.values()):
            if connect is not None and connect.protocol == "gateway":
                key = (path[1], connect.endpoint)
                users[key] = users.get(key, 0) + 1
    for (site, name), count in users.items():
        gateway = scene.plant.sites[site].gateways.get(name)
        if gateway is not None and gateway.budget is None and count > 1:
            scene.fail(
                "gateway-budget-missing",
                ("sites", site, "gateways", name),
                f"{count} stations share `{name}`, and nothing says what it bears",
                hint="add `budget: {connections: 1, batch: 60, gap: 20 ms}`",
            )


def check_formulas(scene: Scene) -> None:
    """Report expressions that cannot be read, name nothing, or need each other in a circle."""
    needs: dict[Path, dict[str, set[str]]] = {}
    for formula in scene.reading.formulas:
        if formula.over == "tags" and formula.path[0] != "sites":
            continue  # a type's formulas are checked in every station that uses it
        expression = _parsed(scene, formula)
        if expression is None:
            continue
        _check_formula(scene, formula, expression)
        if formula.over == "tags":
            graph = needs.setdefault(formula.path[:8], {})
            graph[formula.path[9]] = set(expression.names)
    for path, graph in needs.items():
        circle = find_circle(graph)
        if circle:
            around = " -> ".join(circle)
            longer = len(circle) > 2  # noqa: PLR2004  # a way around, not a tag that needs itself
            message = f"`{circle[0]}` needs itself" + (f": {around}" if longer else "")
            scene.fail("formula-cycle", (*path, "tags", circle[0]), message)


def _check_formula(scene: Scene, formula: FormulaText, expression: Expression) -> None:
    """Report names that there are not; then kinds that do not fit, and texts that cannot be."""
    known = _kinds(scene, formula)
    missing = [name for name in expression.names if name not in known]
    for name in missing:
        what = "tag of the station" if formula.over == "tags" else "option"
        scene.reading.report.add(
            "reference-dangling",
            formula.at,
            f"the expression names `{name}`, which is no {what}",
            where=where_of(formula.path),
            hint=near(name, known),
        )
    if missing:
        return
    _parsed(scene, formula, known)
    if formula.over == "options":
        _check_values(scene, formula, expression)
    else:
        _check_states(scene, formula, expression)


def _check_states(scene: Scene, formula: FormulaText, expression: Expression) -> None:
    """Report results of a derived state that are none of our states."""
    group = scene.group_at(formula.path)
    tags = group.stations[formula.path[7]].tags if group is not None else {}
    tag = tags.get(formula.path[9])
    if tag is None or tag.role != "state":
        return
    states = get_args(State)
    for result in _results(ast.parse(expression.text, mode="eval").body):
        named = tags.get(result.id) if isinstance(result, ast.Name) else None
        if isinstance(result, ast.Constant) and result.value in states:
            continue
        if named is None or not (named.map or named.role == "state"):
            text = ast.unparse(result)
            hint = near(text.strip("'"), states)
            scene.reading.report.add(
                "choice-unknown",
                formula.at,
                f"`{text[:40]}` is none of our states",
                where=where_of(formula.path),
                hint=hint,
            )


def _results(node: ast.expr) -> list[ast.expr]:
    """Return what an expression may give: the branches of its conditions."""
    if isinstance(node, ast.IfExp):
        return [*_results(node.body), *_results(node.orelse)]
    return [node]


def _check_values(scene: Scene, formula: FormulaText, expression: Expression) -> None:
    """Report texts that are no value of any option that the expression names."""
    made = scene.plant.products.get(formula.path[1]) if formula.path[0] == "products" else None
    if made is None:
        return  # a family has no options
    options = made.options
    values = [value for name in expression.names for value in options[name].values]
    for step in expression.steps:
        if step.operation not in ("value", "in", "not in"):
            continue
        listed = step.detail if isinstance(step.detail, tuple) else (step.detail,)
        for text in listed:
            if isinstance(text, str) and text not in values:
                scene.reading.report.add(
                    "choice-unknown",
                    formula.at,
                    f"`{text[:40]}` is no value of {', '.join(expression.names)}",
                    where=where_of(formula.path),
                    hint=near(text, values),
                )


def _parsed(
    scene: Scene, formula: FormulaText, kinds: dict[str, Kind] | None = None
) -> Expression | None:
    try:
        return parse(formula.text, kinds=kinds)
    except ExpressionInvalid as error:
        scene.reading.report.add(
            "formula-invalid",
            formula.at,
            f"`{formula.text[:60]}`: {error.what}",
            where=where_of(formula.path),
            hint=error.suggestion or "",
        )
        return None


def _kinds(scene: Scene, formula: FormulaText) -> dict[str, Kind]:
    """Return the names that an expression may use, with what is known of their kind."""
    path = formula.path
    if formula.over == "options":
        made = scene.plant.products.get(path[1])
        return dict.fromkeys(made.options if made is not None else (), "text")
    group = scene.group_at(path)
    station = group.stations.get(path[7]) if group is not None else None
    tags = station.tags if station is not None else {}
    return {name: _kind(tag) for name, tag in tags.items()}


def _kind(tag: Tag) -> Kind:
    if tag.type == "text" or tag.map:
        return "text"
    if tag.type == "bool":
        return "bool"
    return "number" if tag.unit or tag.type else "unknown"
