"""Derived tags that alarms watch: from the samples of a frame, samples of what follows from them.

As everywhere with alarms, late samples change nothing: an expression is asked with what each of
its tags said last, at each time at which one of them says something new.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby

import msgspec

from linewright.live.fold import rows_of
from linewright.live.layout import DerivedValue, InputTag, input_of, values_of
from linewright.live.memory import InputMemory
from linewright.live.station import Row, value_of
from linewright.plant import Address, Plant
from linewright.plant.expressions import evaluate
from linewright.plant.model import FrozenMap
from linewright.plant.records import Quality, Severity, severity
from linewright.plant.samples import FRAME_ROWS_MAX, Columns, Frame, frame

__all__ = ["Formulas", "follow", "formulas_of"]

_INITIAL = int(Quality.INITIAL)
_UNKNOWN = int(Quality.BAD | Quality.ESTIMATED)


class _Formula(msgspec.Struct, frozen=True, kw_only=True):
    """One derived tag of one station."""

    tag: Address
    value: DerivedValue


class Formulas(msgspec.Struct, frozen=True, kw_only=True):
    """What is derived for alarms, and what the tags that it is derived from said last."""

    watched: tuple[_Formula, ...] = ()
    inputs: Mapping[str, InputTag] = FrozenMap()
    said: Mapping[str, InputMemory] = FrozenMap()
    """By the address of the tag."""
    given: Mapping[str, InputMemory] = FrozenMap()
    """What each derived tag was last, by its address."""


class _Derived(msgspec.Struct, frozen=True, kw_only=True):
    """A sample of a derived tag."""

    tag: str
    t_ns: int
    seen_ns: int
    value: bool | int | float | str | None
    quality: int


def formulas_of(plant: Plant, site: str, watched: Mapping[str, object]) -> Formulas:
    """Compile the derived tags among those that alarms watch; linear in the tags of the site."""
    found: list[_Formula] = []
    inputs: dict[str, InputTag] = {}
    for number, (address, station) in enumerate(plant.stations_in(Address(site))):
        for name, tag in station.tags.items():
            if tag.formula is None or address.with_tag(name) not in watched:
                continue
            value = values_of(station, tag.formula)
            found.append(_Formula(tag=address.with_tag(name), value=value))
            for each in value.inputs:
                inputs[address.with_tag(each)] = input_of(number, each, station.tags[each])
    return Formulas(watched=tuple(found), inputs=FrozenMap(inputs))


def follow(known: Formulas, heard: Frame) -> tuple[Formulas, tuple[Frame, ...]]:
    """Fold a frame.

    Parameters
    ----------
    known
        What is known.
    heard
        The next frame of any source.

    Returns
    -------
    Formulas
        What is known then.
    tuple of Frame
        Samples of derived tags, where one of them changed.
    """
    rows = list(rows_of(heard, known.inputs))
    if not rows:
        return known, ()
    said, given = dict(known.said), dict(known.given)
    made: list[_Derived] = []
    rows.sort(key=lambda pair: pair[1].t_ns)
    for _, group in groupby(rows, key=lambda pair: pair[1].t_ns):
        moved = {name: row for name, row in group if _take(said, known.inputs[name], name, row)}
        for each in known.watched:
            names = {str(each.tag.owner.with_tag(name)): name for name in each.value.inputs}
            if moved.keys() & names.keys():
                now = _asked(each, names, said)
                seen_ns = max(row.seen_ns for row in moved.values())
                before = given.get(each.tag)
                if before is None or (before.value, before.quality) != (now.value, now.quality):
                    given[str(each.tag)] = now
                    made.append(
                        _Derived(
                            tag=str(each.tag),
                            t_ns=now.t_ns,
                            seen_ns=seen_ns,
                            value=now.value,
                            quality=now.quality,
                        )
                    )
    after = msgspec.structs.replace(known, said=FrozenMap(said), given=FrozenMap(given))
    return after, tuple(_frames(heard, made))


def _take(said: dict[str, InputMemory], tag: InputTag, name: str, row: Row) -> bool:
    """Remember a sample; returns False for one that is late."""
    before = said.get(name)
    newest_ns = -1 if before is None else before.t_ns
    was_bad = before is not None and severity(before.quality) is Severity.BAD
    if row.t_ns < newest_ns and not (row.initial or (row.usable and was_bad)):
        return False
    said[name] = InputMemory(
        tag=name, value=value_of(tag, row), quality=row.quality, t_ns=max(row.t_ns, newest_ns)
    )
    return True


def _asked(
    formula: _Formula, names: Mapping[str, str], said: Mapping[str, InputMemory]
) -> InputMemory:
    """Ask an expression with what is known now."""
    inputs = {name: said[tag] for tag, name in names.items() if tag in said}
    values: dict[str, bool | int | float | str | None] = {n: e.value for n, e in inputs.items()}
    for name, expression in formula.value.steps:
        values[name] = evaluate(expression, values)
    value = evaluate(formula.value.expression, values)
    quality = _UNKNOWN if value is None else int(Quality.ESTIMATED)
    for each in inputs.values():
        if value is None or severity(each.quality) is not Severity.BAD:
            quality |= each.quality & ~_INITIAL
    t_ns = max(each.t_ns for each in inputs.values())
    return InputMemory(tag=str(formula.tag), value=value, quality=quality, t_ns=t_ns)


def _frames(heard: Frame, made: list[_Derived]) -> Iterator[Frame]:
    for at in range(0, len(made), FRAME_ROWS_MAX):
        rows = made[at : at + FRAME_ROWS_MAX]
        columns = Columns(
            tag=[each.tag for each in rows],
            t_ns=[each.t_ns for each in rows],
            seen_ns=[each.seen_ns for each in rows],
            value=[_number(each) for each in rows],
            quality=[each.quality for each in rows],
            text=[each.value if isinstance(each.value, str) else None for each in rows],
        )
        yield frame(heard.header, columns)


def _number(sample: _Derived) -> float:
    value = sample.value
    return float("nan") if value is None or isinstance(value, str) else float(value)
