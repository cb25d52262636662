"""`linewright browse`: what a device has to tell, and a `tags:` block to paste."""

import contextlib
import re
from collections.abc import Sequence

import click
import msgspec

from linewright.cli.ending import Failed
from linewright.cli.looking.drawing import print_rows, waiting
from linewright.cli.looking.place import Place, asked, data_option, place_of, reached, run
from linewright.cli.terminal import as_json, example, safe, say
from linewright.plant import suggest_name
from linewright.plant.language import nearest

__all__ = ["command", "tags_block"]

LIMIT = 200
"""Things below one node that are shown when nothing is said."""

LIMIT_MAX = 5000
"""Most that can be asked for."""

TYPES = {
    "boolean": "bool",
    "bool": "bool",
    "sbyte": "int16",
    "byte": "uint16",
    "int8": "int16",
    "uint8": "uint16",
    "int16": "int16",
    "uint16": "uint16",
    "int32": "int32",
    "uint32": "uint32",
    "int64": "int64",
    "uint64": "uint64",
    "float": "float32",
    "double": "float64",
    "string": "text",
    "text": "text",
}
"""Types of devices as a plant file has them."""

UNITS = (
    (r"temp(erature)?", "degC"),
    (r"(power|kw)", "kW"),
    (r"(speed|rpm)", "1/min"),
    (r"(pressure|bar)", "bar"),
    (r"(current|amps?)", "A"),
    (r"(voltage|volts?)", "V"),
    (r"(cycle_?time|duration)", "s"),
)
"""Units that a name suggests; each is a question, not an answer."""


NODE_ID = re.compile(r"(ns=\d+;|nsu=[^;]+;)?[isgb]=.+", re.DOTALL)
"""How the id of a node is written."""


MISSING = re.compile(r"BadNodeId|has no namespace|is no node id")
"""What is said of a node that a machine does not have."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a device has."""

    item: str
    name: str
    type: str = ""
    has_value: bool = True
    has_more: bool = False


class Spoken(msgspec.Struct, frozen=True):
    """What a source speaks, of the report of its link."""

    protocol: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What `connect` says of a device."""

    items: tuple[Found, ...] = ()
    error: str = ""


@click.command(
    "browse",
    epilog=example(
        "linewright browse saw", 'linewright browse saw "ns=2;s=Spindle" --yaml >> plant.yaml'
    ),
)
@click.argument("source")
@click.argument("node", default="")
@click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=LIMIT, help="Most things; 200.")
@click.option("--yaml", "wants_yaml", is_flag=True, help="Print a `tags:` block to paste.")
@click.option("--json", "wants_json", is_flag=True, help="Print JSON.")
@data_option
def command(
    source: str, node: str, *, limit: int, wants_yaml: bool, wants_json: bool, data: str | None
) -> None:
    """Look through what a machine has to tell.

    SOURCE is its name in `linewright status`. Without NODE it begins at the
    top.
    """
    if node and not NODE_ID.fullmatch(node):
        to_do = 'write one such as "ns=2;s=Spindle" or "i=85"; without NODE it begins at the top'
        raise Failed(f"`{node}` is no node id", to_do)
    found = run(_browse, place_of(data), source, node, limit)
    if node and not found:
        what = f"nothing stands below `{node}`: {source} has it, and it is a single thing"
        raise Failed(what, f"`linewright browse {source}` shows what there is")
    if wants_json:
        say(as_json([msgspec.structs.asdict(each) for each in found]))
    elif wants_yaml:
        for line in tags_block(found):
            say(line)
    else:
        rows = [[each.item, each.name, each.type, "..." if each.has_more else ""] for each in found]
        print_rows(("node", "name", "type", "more"), rows)
    if not found:
        say("there is nothing below it", err=True)
    elif len(found) >= limit:
        say(f"cut at {limit}; --limit shows more", err=True)


async def _browse(place: Place, source: str, node: str, limit: int) -> list[Found]:
    async with reached(place) as bus:
        links = await bus.bucket("links")
        names = await links.keys()
        if names and source not in names:
            near = nearest(source, names)
            to_do = f"did you mean `{near}`?" if near else f"there are: {', '.join(names[:10])}"
            raise Failed(f"there is no source `{source}`", to_do)
        _must_be_browsable(source, await links.get(source))
        with waiting("the device is asked"):
            question = {"source": source, "node": node, "limit": limit}
            try:
                data = await asked(bus, "connect", "browse", question)
            except Failed as error:
                if MISSING.search(error.message) is None:
                    raise
                said = error.message.removeprefix("the service connect refuses: ")
                raise Failed(f"{source} has no node `{node}`", said) from error
    try:
        return list(msgspec.json.decode(data, type=Answer).items)
    except msgspec.MsgspecError as error:
        raise Failed(f"what connect answers cannot be read: {error}") from error


def _must_be_browsable(source: str, report: bytes | None) -> None:
    """Refuse a source whose protocol has nothing to look through.

    Raises
    ------
    Failed
        It speaks something else than OPC UA.
    """
    protocol = ""
    with contextlib.suppress(msgspec.MsgspecError):
        protocol = msgspec.json.decode(report or b"{}", type=Spoken).protocol
    if protocol not in {"", "opcua"}:
        what = f"`{source}` speaks {protocol}, and only OPC UA servers can be looked through"
        raise Failed(what, f"`linewright tail {source}` shows what it tells by itself")


def tags_block(found: Sequence[Found]) -> list[str]:
    r"""Return a `tags:` block for a plant file: each value with a name, its node, a unit to check.

    Parameters
    ----------
    found
        What a device has; what holds no value is left out.

    Examples
    --------
    >>> print(*tags_block([Found(item="ns=2;s=T1", name="Spindle Temp", type="Double")]), sep="\n")
    tags:
      spindle_temp: {node: "ns=2;s=T1", type: float64, unit: degC}  # check the unit
    """
    lines = ["tags:"]
    taken: set[str] = set()
    for each in found:
        if not each.has_value:
            continue
        name = _name(each, taken)
        fields = [f"node: {_quoted(each.item)}"]
        kind = TYPES.get(each.type.lower())
        fields += [f"type: {kind}"] if kind else []
        unit = _unit(name) if kind not in {"bool", "text"} else ""
        fields += [f"unit: {unit}"] if unit else []
        note = "  # check the unit" if unit else ""
        lines.append(f"  {name}: {{{', '.join(fields)}}}{note}")
    return lines if len(lines) > 1 else ["tags: {}"]


def _name(found: Found, taken: set[str]) -> str:
    base = suggest_name(found.name.rpartition("/")[2]) or "value"
    name = base
    for number in range(2, len(taken) + 3):
        if name not in taken:
            break
        name = f"{base}_{number}"
    taken.add(name)
    return name


def _unit(name: str) -> str:
    for pattern, unit in UNITS:
        if re.search(rf"(^|_){pattern}($|_)", name):
            return unit
    return ""


def _quoted(text: str) -> str:
    escaped = safe(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
