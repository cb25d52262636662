"""Hypothesis strategies for addresses and contracts, made from the types themselves."""

import functools
import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st
from msgspec import inspect as mi

from linewright.plant.address import Address
from linewright.plant.records import RecordInvalid
from linewright.plant.records.examples import example

C = TypeVar("C", bound=msgspec.Struct)

NAMES = st.from_regex(re.compile(r"[a-z0-9][a-z0-9_]{0,8}", re.ASCII), fullmatch=True)


@st.composite
def addresses(draw: st.DrawFn, *, tags: bool = True) -> Address:
    """Draw an address of any level."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4))
    if len(names) == 4 and draw(st.booleans()):
        names[3] += f"-{draw(NAMES)}"
    tag = f"#{draw(NAMES)}" if tags and draw(st.booleans()) else ""
    return Address("/".join(names) + tag)


@st.composite
def contracts(draw: st.DrawFn, contract: type[C]) -> C:
    """Draw a valid value of a contract: its example with up to three fields changed."""
    fields = _fields(contract)
    chosen = draw(st.lists(st.sampled_from(range(len(fields))), max_size=3, unique=True))
    changes = {fields[index][0]: draw(fields[index][1]) for index in chosen}
    if "rev" in contract.__struct_fields__:
        changes["id"] = ""
    shown = example(contract)
    try:
        return msgspec.structs.replace(shown, **changes)
    except RecordInvalid:
        return shown


def _numbers(info: mi.FloatType) -> st.SearchStrategy[Any]:
    low = info.ge if info.ge is not None else info.gt
    return st.floats(
        min_value=low,
        max_value=info.le if info.le is not None else info.lt,
        exclude_min=info.gt is not None,
        exclude_max=info.lt is not None,
        allow_nan=False,
        allow_infinity=False,
    )


def _texts(info: mi.StrType) -> st.SearchStrategy[Any]:
    low, high = info.min_length or 0, min(info.max_length or 40, 40)
    if info.pattern is None:
        return st.text(st.characters(exclude_categories=["Cs"]), min_size=low, max_size=high)
    # Without its anchors the pattern is drawn as a whole, and a last newline cannot slip in.
    body = info.pattern.replace(r"(?!\n)", "").removeprefix("^").removesuffix("$")
    texts = st.from_regex(re.compile(body, re.ASCII), fullmatch=True)
    return texts.filter(lambda text: low <= len(text) <= (info.max_length or 128))


@functools.cache
def _fields(contract: type[msgspec.Struct]) -> list[tuple[str, st.SearchStrategy[Any]]]:
    """Fields of a contract that a drawn value may change, each with a strategy."""
    info = mi.type_info(contract)
    assert isinstance(info, mi.StructType)
    kept = {"id", "rev", "void"} if "rev" in contract.__struct_fields__ else set()
    return [(field.name, _values(field.type)) for field in info.fields if field.name not in kept]


def _values(info: mi.Type) -> st.SearchStrategy[Any]:
    """Strategy for the values of one field."""
    build = _BUILDERS[type(info)]
    return build(info)


def _struct(info: mi.StructType) -> st.SearchStrategy[Any]:
    return st.builds(info.cls, **{field.name: _values(field.type) for field in info.fields})


_BUILDERS: dict[type[mi.Type], Callable[[Any], st.SearchStrategy[Any]]] = {
    mi.Metadata: lambda info: _values(info.type),
    mi.IntType: lambda info: st.integers(info.ge, info.le),
    mi.FloatType: _numbers,
    mi.StrType: _texts,
    mi.BoolType: lambda _: st.booleans(),
    mi.NoneType: lambda _: st.none(),
    mi.DecimalType: lambda _: st.decimals(allow_nan=False, allow_infinity=False, places=3),
    mi.EnumType: lambda info: st.sampled_from(list(info.cls)),
    mi.CustomType: lambda _: addresses(),
    mi.UnionType: lambda info: st.one_of([_values(each) for each in info.types]),
    mi.VarTupleType: lambda info: st.lists(
        _values(info.item_type),
        min_size=info.min_length or 0,
        max_size=min(3, info.max_length or 3),
    ).map(tuple),
    mi.StructType: _struct,
}
