"""TypeScript types of the web application, from the structs of `linewright.server.views`.

`python -m tools.contract` writes them; a test keeps the two equal.
"""

import importlib
import pkgutil
import sys
from pathlib import Path

import msgspec
from msgspec import inspect as kinds

ROOT = Path(__file__).resolve().parent.parent
VIEWS = "linewright.server.views"
FILE = ROOT / "web" / "src" / "contract" / "views.ts"

HEAD = """\
// Made by `python -m tools.contract` from src/linewright/server/views: never edited by hand.
// What equals its default is left out of an answer, so such a field is optional here.
"""

PLAIN: dict[type[kinds.Type], str] = {
    kinds.AnyType: "unknown",
    kinds.BoolType: "boolean",
    kinds.FloatType: "number",
    kinds.IntType: "number",
    kinds.NoneType: "null",
    kinds.StrType: "string",
}
"""What each plain type is called there."""

RENAMED = {"Number": "Figure"}
"""Names that mean something else there."""

UNSAID = frozenset(["ms since 1970-01-01 UTC", "text by language; the browser picks"])
"""What the name of a field says already."""


def structs() -> list[type[msgspec.Struct]]:
    """Every struct that a module of the views offers, in order of module and name."""
    package = importlib.import_module(VIEWS)
    found = []
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        module = importlib.import_module(f"{VIEWS}.{info.name}")
        named = [getattr(module, name) for name in module.__all__]
        found += [
            each for each in named if isinstance(each, type) and issubclass(each, msgspec.Struct)
        ]
    return found


def as_text() -> str:
    """Return the whole file."""
    return "\n".join([HEAD, *(_interface(each) for each in structs())])


def _interface(struct: type[msgspec.Struct]) -> str:
    info = kinds.type_info(struct)
    assert isinstance(info, kinds.StructType)
    lines = [
        _comment(struct.__doc__ or "", ""),
        f"export interface {RENAMED.get(struct.__name__, struct.__name__)} {{",
    ]
    for field in info.fields:
        of, said = _without_meta(field.type)
        if said and said not in UNSAID:
            lines.append(_comment(said, "  "))
        mark = "" if field.required else "?"
        lines.append(f"  {field.encode_name}{mark}: {_name(of, optional=not field.required)};")
    return "\n".join([*(line for line in lines if line), "}", ""])


def _comment(text: str, indent: str) -> str:
    first = " ".join(text.partition("\n\n")[0].split())
    return f"{indent}/** {first} */" if first else ""


def _without_meta(of: kinds.Type) -> tuple[kinds.Type, str]:
    if isinstance(of, kinds.Metadata):
        said = (of.extra_json_schema or {}).get("description", "")
        return of.type, str(said)
    return of, ""


def _name(of: kinds.Type, *, optional: bool = False) -> str:
    """Return the type's name in TypeScript; None of an optional field is a field left out."""
    of, _ = _without_meta(of)
    name = PLAIN.get(type(of), "")
    match of:
        case kinds.LiteralType(values=values):
            name = " | ".join(f'"{value}"' for value in values)
        case kinds.UnionType(types=types):
            kept = [each for each in types if not (optional and isinstance(each, kinds.NoneType))]
            name = " | ".join(_name(each) for each in kept)
        case kinds.DictType(key_type=key, value_type=value):
            name = f"Record<{_name(key)}, {_name(value)}>"
        case kinds.TupleType(item_types=items):
            name = f"[{', '.join(_name(each) for each in items)}]"
        case kinds.VarTupleType(item_type=item) | kinds.ListType(item_type=item):
            inner = _name(item)
            name = f"({inner})[]" if " " in inner and inner[0] != "[" else f"{inner}[]"
        case kinds.StructType(cls=cls):
            name = RENAMED.get(cls.__name__, cls.__name__)
        case _ if not name:
            raise TypeError(f"no TypeScript type for {of}")
    return name


def main() -> int:
    """Write the file where it has changed."""
    text = as_text()
    if not FILE.exists() or FILE.read_text(encoding="utf-8") != text:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(text, encoding="utf-8")
        print(f"written: {FILE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
