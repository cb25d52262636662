"""Published form of the contracts: JSON Schema files and the reference page, as texts.

>>> schema("state")["title"]
'State'
>>> reference_page().splitlines()[0]
'# Records'
"""

import enum
import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from linewright.plant.address import ADDRESS_PATTERN, Address
from linewright.plant.records.base import Record
from linewright.plant.records.codec import CONTRACTS, RECORDS, encode, subject_of
from linewright.plant.records.examples import EXAMPLES

__all__ = ["reference_page", "schema", "schema_files"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_HEADER_FIELDS = Record.__struct_fields__

_INTRODUCTION = """\
# Records

What happens in a plant is told by records of a closed set of classes. Each is JSON with a
[published schema](schema/records/), travels on the subject shown, and is frozen: what was wrong
is corrected by a revision. This page is made from the types in `src/linewright/plant/records`.

- **Canonical form.** Keys sorted, no spaces, UTF-8; a field that equals its default is left out.
  Equal records have equal bytes. A default never changes, a field never changes its meaning.
- **Unknown fields** are passed over, so that sites can be upgraded one at a time; where people or
  foreign systems write, they are refused. Unknown classes and unknown words of an enumeration
  are always refused.
- **Identity.** `id` is the first 130 bits of SHA-256 over the canonical JSON of
  `[class, address, t_ns, source, ...natural key]`, in base 32, small letters. The natural key of
  each class is listed with it. The same event replayed gives the same id. A correction keeps the
  id and raises `rev`; the highest `rev` holds, and `void` takes a record back.
- **Order.** By (`t_ns`, `id`, `rev`).
- **Time** is nanoseconds since 1970-01-01 UTC. These integers exceed what a JavaScript number
  holds exactly.
- **Amounts** that must add up exactly are decimal texts; money carries its currency.
- **People** are ids. Their names live in an erasable store.
- **Golden files.** `tests/golden/records` keeps one example of each as bytes, and this page and
  the schemas are compared with the types. After a wanted change, the tests write all of them anew
  where the setting `LINEWRIGHT_WRITE_GOLDEN` is `1`; the difference is reviewed.
- **Quality** is a set of bits, 0 is good: see `linewright.plant.records.quality`.
"""


def schema(name: str) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the contract `name`.

    Parameters
    ----------
    name
        Key of `CONTRACTS`, such as ``state`` or ``line-state``.

    Returns
    -------
    dict
        The schema, ready for `json.dumps`.

    Examples
    --------
    >>> schema("gap")["$id"]
    'https://linewright.dev/schema/records/gap.json'
    """
    contract = CONTRACTS[name]
    (root,), defs = msgspec.json.schema_components(
        [contract], schema_hook=_address_schema, ref_template="#/$defs/{name}"
    )
    own = defs.pop(root["$ref"].rpartition("/")[2])
    own.pop("description", None)
    return {
        "$schema": _DIALECT,
        "$id": f"https://linewright.dev/schema/records/{name}.json",
        "description": inspect.cleandoc(contract.__doc__ or "").splitlines()[0],
        **own,
        **({"$defs": dict(sorted(defs.items()))} if defs else {}),
    }


def schema_files() -> dict[str, str]:
    """Text of every file in ``docs/schema/records``, by its name.

    Examples
    --------
    >>> "sign-on.json" in schema_files()
    True
    """
    return {
        f"{name}.json": json.dumps(schema(name), indent=2, sort_keys=False) + "\n"
        for name in CONTRACTS
    }


def reference_page() -> str:
    """Text of ``docs/records.md``: every contract with subject, key, fields and an example.

    Examples
    --------
    >>> "### sign-on" in reference_page()
    True
    """
    beside = [name for name in CONTRACTS if name not in RECORDS]
    lines = [_INTRODUCTION, "## Every record", "", *_table(schema("state"), header=True)]
    lines += ["## Records by class", ""]
    for name in RECORDS:
        lines += _section(name)
    lines += ["## Beside the records", "", "What is kept in key-value or passed between rooms.", ""]
    for name in beside:
        lines += _section(name)
    lines += ["## Parts", "", "What stands inside the others.", ""]
    lines += _parts()
    return "\n".join(lines).rstrip() + "\n"


def _address_schema(contract: type) -> dict[str, Any]:
    assert contract is Address, f"no contract holds a {contract.__name__}"
    return {"type": "string", "pattern": f"^{ADDRESS_PATTERN}$"}


def _section(name: str) -> list[str]:
    """Lines of one contract."""
    contract, shown = CONTRACTS[name], EXAMPLES[name]
    lines = [f"### {name}", "", *_prose(contract.__doc__), ""]
    if isinstance(shown, Record):
        key = ", ".join(f"`{field}`" for field in shown.NATURAL_KEY)
        lines += [f"Subject of the example: `{subject_of(shown)}`. Natural key: {key}.", ""]
    lines += _table(schema(name), header=False if isinstance(shown, Record) else None)
    lines += ["```json", encode(shown).decode("utf-8"), "```", ""]
    return lines


def _parts() -> list[str]:
    """Lines of all structs and enumerations that stand inside others."""
    defs: dict[str, Mapping[str, Any]] = {}
    for name in CONTRACTS:
        defs |= schema(name).get("$defs", {})
    lines: list[str] = []
    for title in sorted(defs):
        part = defs[title]
        lines += [f"### {title}", ""]
        about = inspect.cleandoc(str(part.get("description", ""))).splitlines()
        lines += [*about[:1], ""] if about else []
        words = _words(title) if "enum" in part else []
        lines += [", ".join(words), ""] if words else _table(part)
    return lines


def _words(title: str) -> list[str]:
    """Words of an enumeration in their own order, which a schema does not keep."""
    for contract in CONTRACTS.values():
        for base in contract.__mro__:
            found = getattr(sys.modules[base.__module__], title, None)
            if isinstance(found, enum.EnumMeta):
                members: Mapping[str, enum.Enum] = found.__members__
                return [_word(member) for member in members.values()]
    raise AssertionError(f"{title} stands in no module of a contract")


def _word(member: enum.Enum) -> str:
    """Word of an enumeration as it is written; a number with its name."""
    return f"`{member.value}`" + (
        "" if isinstance(member.value, str) else f" {member.name.lower()}"
    )


def _prose(doc: str | None) -> Iterator[str]:
    """Lines of a docstring up to its first section."""
    lines = inspect.cleandoc(doc or "").splitlines()
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if below.startswith("---"):
            return
        yield line


def _table(form: Mapping[str, Any], *, header: bool | None = None) -> list[str]:
    """Markdown table of a schema's fields: all, those of every record, or all but these."""
    rows = [
        f"| `{name}` | {_type_text(field)} | {_default(name, form)} | {field['description']} |"
        for name, field in form["properties"].items()
        if name != "class" and (header is None or (name in _HEADER_FIELDS) is header)
    ]
    if not rows:
        return []
    return ["| field | type | if left out | meaning |", "|---|---|---|---|", *rows, ""]


def _default(name: str, form: Mapping[str, Any]) -> str:
    if name in form.get("required", ()):
        return "required"
    default = form["properties"][name].get("default")
    return "" if default in (None, "", []) else f"`{json.dumps(default)}`"


def _type_text(field: Mapping[str, Any]) -> str:
    """Type of a field in words, such as ``list of text``."""
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "anyOf" in field:
        return " or ".join(_type_text(each) for each in field["anyOf"] if each != {"type": "null"})
    if "enum" in field:
        return "one of " + ", ".join(f"`{word}`" for word in field["enum"])
    kind = field.get("type")
    if kind == "array":
        return f"list of {_type_text(field['items'])}"
    if field.get("format") == "decimal":
        return "decimal text"
    return {"string": "text", "integer": "integer", "number": "number", "boolean": "yes or no"}[
        str(kind)
    ]
