"""The reference page of the plant file, made from the same annotations that the reader uses."""

from typing import Any

from linewright.plant.language.shapes.compiler import element_shape
from linewright.plant.language.shapes.compounds import ListShape, MapShape, UnionShape
from linewright.plant.language.shapes.elements import ElementShape, Field
from linewright.plant.language.shapes.grammars import GRAMMARS
from linewright.plant.language.shapes.single import (
    BoundsShape,
    ChoiceShape,
    DateShape,
    FlagShape,
    FormulaShape,
    MoneyShape,
    NameShape,
    NumberShape,
    QuantityShape,
    RefShape,
    SecretShape,
    SiblingShape,
)
from linewright.plant.model.enterprise import Plant
from linewright.plant.model.markers import Element

HEAD = """\
# The plant file: every key

Made by `python3 tools/task.py docs` from the annotations in
`src/linewright/plant/model/`; a test keeps it equal. For a first plant, run
`linewright new NAME`; for what goes wrong, see [problems.md](problems.md); for
completion in an editor, [editor.md](editor.md).

**Quantities** carry their unit (`48 s`, `1.5 min`, `4 kW`, `2 %`) in any unit of the
right kind. **Money** is `45 USD` or `45 USD/h`. **Labels** are a text, or one per
language: `{en: Saw, es: Sierra}`. A key without a value counts as left out.
A value's meaning comes from its key, never from YAML's guess: `no`, `06:00` and `01`
are the text that stands there where a text is expected. An entry with `~` takes out what a
type says.

**Units** are those that people write: `s`, `min`, `h`, `d`, `mm`, `in`, `kg`, `lb`, `kW`, `kWh`,
`degC`, `degF`, `bar`, `psi`, `N*m`, `rpm`, `l/min`, `mm/s^2`, `%`, and what can be made of them.

**Shifts** are `DAYS START-END`, then what is needed of `break 10:00-10:30, 12:00-12:10 meeting`,
`week 2 of 3`, `from 2026-01-05`, `until 2026-12-31`. Days are `Mon-Fri`, `Mon,Wed`, `daily`, in
English, Spanish or French. An end that is not after the start is on the next day: `Fri
22:00-06:00` runs into Saturday and belongs to Friday's production day; `06:00-30:00` is a whole
day.

**When clocks change**, shifts begin and end by the clock on the wall: 22:00-06:00 lasts 7 h in the
night that skips an hour, 9 h in the one that repeats it. A break begins by the clock, too, and
keeps its length: `01:30-02:30` is an hour in every night, and in the one that repeats 01:00 to
02:00 it is over when the clock shows 01:30 again. A time that the clock skips is the instant of the
change, one that comes twice is its first pass. A break waits for the end of the one before, and
ends with its shift at the latest.

**Expressions** (`derive`, `when`, `constraints`) compare and combine: `temp > 70 and not door`,
`'running' if status == 'BUSY' else 'idle'`, `implies(motor == 'm2', color != 'red')`,
`min(a, b) * 2`. Text stands in quotes. What is not known gives nothing, never an error.

**Sources** are spelled as the protocol does: `node: ns=2;s=Saw.Temp` (OPC UA), `register: '40001'`
(Modbus), `db: DB10.DBD4` (S7), `query: Q500` (Haas), `topic:` with `path:` (MQTT), `metric:`
(Sparkplug), `item:` (MTConnect). `{station}`, `{line}`, `{area}`, `{site}` and `{tag}` in them
stand for names, so that one type serves many stations; see `plants/taller/types.yaml`.
"""


def reference_page(cls: type[Element] = Plant, head: str = HEAD) -> str:
    """Return the page: a section for each element, in the order in which a reader meets them.

    Parameters
    ----------
    cls
        The element at the top.
    head
        What stands before the sections.

    Examples
    --------
    >>> reference_page().splitlines()[0]
    '# The plant file: every key'
    """
    order = _in_order(element_shape(cls))
    return "\n".join([head, *(_section(shape) for shape in order)]).rstrip() + "\n"


def _in_order(root: ElementShape) -> list[ElementShape]:
    found: list[ElementShape] = []
    waiting = [root]
    while waiting:
        shape = waiting.pop(0)
        if shape in found:
            continue
        found.append(shape)
        waiting += [below for field in shape.fields for below in _elements_in(field.shape)]
    return found


def _elements_in(shape: Any) -> list[ElementShape]:  # noqa: ANN401  # any shape
    if isinstance(shape, ElementShape):
        return [shape]
    if isinstance(shape, ListShape):
        return _elements_in(shape.item)
    if isinstance(shape, MapShape):
        return _elements_in(shape.value)
    if isinstance(shape, UnionShape):
        return _elements_in(shape.other)
    return []


def _section(shape: ElementShape) -> str:
    doc = " ".join((shape.cls.__doc__ or "").split("\n\n")[0].split())
    lines = [f"## {shape.cls.__name__}", "", doc, *_short_words(shape), ""]
    lines += ["| key | value | when left out | meaning |", "|---|---|---|---|"]
    if shape.variants:
        names = ", ".join(f"`{name}`" for name in shape.variants)
        need = "one is needed" if shape.variant_needed else ""
        docs = [field.doc for field in shape.fields if field.whole]
        lines.append(f"| one of {names} | text | {need} | {_cell(docs[-1])} |")
    lines += [_row(field) for field in shape.fields if not field.whole]
    return "\n".join([*lines, ""])


def _short_words(shape: ElementShape) -> list[str]:
    cls = shape.cls
    if cls.SHORT_GRAMMAR:
        examples = ", ".join(f"`{text}`" for text in GRAMMARS[cls.SHORT_GRAMMAR].schema["examples"])
        return ["", f"Short: {examples}."]
    if cls.SHORT or cls.SHORT_LIST:
        what = "list" if cls.SHORT_LIST else "value"
        return ["", f"Short: a lone {what} is its `{shape.short_key}`."]
    return []


def _row(field: Field) -> str:
    if field.required:
        default = "**needed**"
    elif field.default in (None, (), {}) or field.default == "":
        default = ""
    elif isinstance(field.default, bool):
        default = "yes" if field.default else "no"
    else:
        default = f"`{field.shape.write(field.default)}`"
    return f"| `{field.key}` | {_cell(words(field.shape))} | {default} | {_cell(field.doc)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def words(shape: Any) -> str:  # noqa: ANN401  # any shape
    """Return what may be written for a shape, in a few words."""
    if isinstance(shape, ElementShape):
        return f"[{shape.cls.__name__}](#{shape.cls.__name__.lower()})"
    if isinstance(shape, ListShape):
        return f"list of {words(shape.item)}"
    if isinstance(shape, MapShape):
        return f"by name: {words(shape.value)}"
    if isinstance(shape, UnionShape):
        return f"yes, no or {words(shape.other)}"
    if isinstance(shape, ChoiceShape):
        return ", ".join(f"`{choice}`" for choice in shape.choices)
    return _plain_words(shape)


def _plain_words(shape: Any) -> str:  # noqa: ANN401  # any shape
    if isinstance(shape, QuantityShape):
        unit = shape.quantity.unit
        return "share, for example `2 %`" if unit == "1" else f"quantity like `12 {unit}`"
    if isinstance(shape, NumberShape):
        low, high = shape.number.low, shape.number.high
        ends = [f"from {low:g}" if low is not None else "", f"to {high:g}" if high else ""]
        return " ".join(["whole number" if shape.whole else "number", *filter(None, ends)])
    if isinstance(shape, MoneyShape):
        per = {"": "", "=unit": "/unit"}.get(shape.per, f"/{shape.per}")
        return f"money, `45 USD{per}`"
    if isinstance(shape, RefShape):
        return f"name of a {shape.kind.replace('_', ' ')}"
    for kind, text in _WORDS:
        if isinstance(shape, kind):
            return text
    return str(getattr(shape, "words", "text"))


_WORDS: tuple[tuple[type, str], ...] = (
    (BoundsShape, "`[low, high]`"),
    (SiblingShape, "number, in `unit`"),
    (FlagShape, "yes or no"),
    (DateShape, "date"),
    (SecretShape, "`{secret: NAME}`"),
    (FormulaShape, "expression"),
    (NameShape, "name"),
)
