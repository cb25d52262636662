"""Claims about linewright.plant.records: identity, revision, order, and each class's own rules."""

import base64
import enum
import hashlib
import json
import typing
from collections.abc import Iterator
from decimal import Decimal

import msgspec
import pytest
from msgspec import inspect as mi

from linewright.plant.address import Address
from linewright.plant.model.signals import State as StateInPlantFile
from linewright.plant.records import (
    CONTRACTS,
    RECORDS,
    Alarm,
    Call,
    Forecast,
    Gap,
    How,
    Measurement,
    Parts,
    Quality,
    Quantile,
    Reason,
    Record,
    RecordInvalid,
    Severity,
    State,
    StationState,
    class_of,
    encode,
    order_of,
    revise,
    severity,
)
from linewright.plant.records.examples import EXAMPLES, example

DESIGNED = """state, parts, job, material, sign-on, reason, tool, measurement, approval, hold,
maintenance, calibration, correction, alarm, call, order, forecast, command, ack, temporary-change,
case, audit, gap"""


def changed(record: Record, **changes: object) -> Record:
    """Another record of revision 0: the id is computed anew."""
    return msgspec.structs.replace(record, id="", **changes)


def test_the_set_of_classes_is_the_designed_one() -> None:
    """There are exactly the record classes that the design names, each with an example."""
    assert list(RECORDS) == [name.strip() for name in DESIGNED.replace("\n", " ").split(",")]
    assert list(EXAMPLES) == list(CONTRACTS)
    for name, contract in CONTRACTS.items():
        assert type(EXAMPLES[name]) is contract


def test_states_are_those_of_the_plant_file() -> None:
    """A plant file maps machine states to the same words that records use."""
    assert {each.value for each in StationState} == set(typing.get_args(StateInPlantFile))


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_an_id_is_the_documented_hash(name: str) -> None:
    """An id can be computed from the JSON alone, as the reference page tells."""
    record = EXAMPLES[name]
    assert isinstance(record, Record)
    shown = json.loads(encode(record))
    natural = [shown.get(field, _default(type(record), field)) for field in record.NATURAL_KEY]
    key = [name, shown["address"], shown["t_ns"], shown["source"], *natural]
    text = json.dumps(key, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode()).digest()
    assert record.id == base64.b32encode(digest).decode().lower()[:26]


def _default(contract: type[msgspec.Struct], name: str) -> object:
    field = next(each for each in msgspec.structs.fields(contract) if each.name == name)
    return list(field.default) if isinstance(field.default, tuple) else field.default


def test_a_wrong_id_is_refused() -> None:
    """Revision 0 has the id of its event and no other."""
    state = example(State)
    with pytest.raises(RecordInvalid, match=f"should be '{state.id}'"):
        msgspec.structs.replace(state, id="a" * 26)
    with pytest.raises(RecordInvalid, match="should be"):
        msgspec.structs.replace(state, t_ns=state.t_ns + 1)


def test_a_revision_keeps_what_identifies_it() -> None:
    """A correction may move a record in time; id and source stay, and void takes it back."""
    state = example(State)
    moved = revise(state, seen_ns=state.seen_ns, how=How.PERSON, by="p7", t_ns=state.t_ns - 5)
    assert (moved.id, moved.rev, moved.t_ns) == (state.id, 1, state.t_ns - 5)
    gone = revise(moved, seen_ns=state.seen_ns, how=How.PERSON, by="p7", void=True)
    assert (gone.rev, gone.void) == (2, True)
    for field in ("id", "rev", "source", "nonsense"):
        with pytest.raises(RecordInvalid) as caught:
            revise(state, seen_ns=0, how=How.PERSON, **{field: "x"})
        assert caught.value.where == field


def test_a_revision_without_id_and_a_first_void_are_refused() -> None:
    """Only revision 0 computes an id, and only a revision can take a record back."""
    with pytest.raises(RecordInvalid, match="keeps the id"):
        msgspec.structs.replace(example(State), id="", rev=1)
    with pytest.raises(RecordInvalid, match="take a record back"):
        changed(example(State), void=True)


def test_records_sort_by_time_then_id_then_revision() -> None:
    """Event time comes first whatever arrived first; a revision follows what it revises."""
    state, reason = example(State), example(Reason)
    later = revise(state, seen_ns=state.seen_ns, how=How.PERSON, by="p7", reason="jam")
    early = changed(reason, t_ns=state.t_ns - 1)
    twins = sorted([state.id, reason.id])
    found = sorted([later, reason, early, state], key=order_of)
    assert found[0] is early
    assert found.index(state) < found.index(later)
    assert list(dict.fromkeys(each.id for each in found[1:])) == twins


RULES: list[tuple[type[Record], dict[str, object], str]] = [
    (Reason, {"until_ns": 1}, "until_ns"),
    (Parts, {"from_ns": 2**62}, "from_ns"),
    (Parts, {"reworked": 4}, "reworked"),
    (RECORDS["material"], {"product": None, "lot": None, "units": ()}, "lot"),
    (RECORDS["material"], {"quantity": Decimal(-1)}, "quantity"),
    (RECORDS["material"], {"quantity": Decimal("NaN")}, "quantity"),
    (RECORDS["material"], {"quantity": Decimal("Infinity")}, "quantity"),
    (RECORDS["hold"], {"lots": (), "product": None}, "lots"),
    (RECORDS["hold"], {"action": "extended"}, "hold"),
    (RECORDS["approval"], {"by": None}, "by"),
    (RECORDS["approval"], {"decision": "withdrawn"}, "withdraws"),
    (RECORDS["approval"], {"withdraws": "a" * 26}, "withdraws"),
    (Measurement, {"values": (), "verdict": None}, "values"),
    (Measurement, {"units": ("a", "b")}, "units"),
    (Measurement, {"defects": 1}, "inspected"),
    (Measurement, {"inspected": 5, "nonconforming": 6}, "nonconforming"),
    (Measurement, {"lower": 13.0}, "lower"),
    (RECORDS["calibration"], {"suspect_from_ns": 2**62}, "suspect_from_ns"),
    (Alarm, {"event": "acknowledged"}, "occurrence"),
    (Alarm, {"event": "shelved", "occurrence": "a" * 26}, "shelved_until_ns"),
    (Call, {"event": "arrived"}, "call"),
    (Call, {"call": "a" * 26}, "call"),
    (RECORDS["order"], {"quantity": Decimal(-1)}, "quantity"),
    (RECORDS["order"], {"delivered": Decimal(-1)}, "delivered"),
    (Forecast, {"until_ns": 1}, "until_ns"),
    (Forecast, {"valid": False}, "caveat"),
    (
        Forecast,
        {"quantiles": (Quantile(p=0.1, value=2.0), Quantile(p=0.9, value=1.0))},
        "quantiles",
    ),
    (
        Forecast,
        {"quantiles": (Quantile(p=0.5, value=1.0), Quantile(p=0.5, value=2.0))},
        "quantiles",
    ),
    (RECORDS["command"], {"case": None}, "case"),
    (RECORDS["command"], {"origin": "person"}, "by"),
    (RECORDS["command"], {"is_undo": True}, "undo_of"),
    (RECORDS["command"], {"undo_of": "a" * 26}, "undo_of"),
    (RECORDS["ack"], {"outcome": "refused", "reason": None}, "reason"),
    (RECORDS["temporary-change"], {"until_ns": 1}, "until_ns"),
    (RECORDS["audit"], {"n": 3}, "prev_sha256"),
    (RECORDS["audit"], {"sha256": "0" * 64}, "n"),
    (Gap, {"until_ns": 1}, "until_ns"),
    (Gap, {"first_n": None}, "last_n"),
    (Gap, {"last_n": 3}, "last_n"),
    (Gap, {"count": None}, "count"),
    (RECORDS["case"], {"case": "a" * 26}, "case"),
    (RECORDS["case"], {"outcome": "false"}, "outcome"),
    (RECORDS["case"], {"kind": None}, "kind"),
    (RECORDS["case"], {"stage": "diagnosed"}, "case"),
]


@pytest.mark.parametrize(("contract", "change", "where"), RULES)
def test_contradictions_are_refused(
    contract: type[Record], change: dict[str, object], where: str
) -> None:
    """Each rule between fields refuses by name what breaks it, made here or read from JSON."""
    with pytest.raises(RecordInvalid) as caught:
        changed(example(contract), **_as_enums(contract, change))
    assert (caught.value.record_class, caught.value.where) == (class_of(contract), where)
    assert caught.value.what in str(caught.value)


def _as_enums(contract: type[Record], words: dict[str, object]) -> dict[str, object]:
    """Texts as members of the enumeration that the field has, where it has one."""
    found = {}
    for field in mi.type_info(contract).fields:  # type: ignore[attr-defined]  # a struct's
        if field.name not in words:
            continue
        members = [each for each in _enums(field.type) if isinstance(words[field.name], str)]
        found[field.name] = members[0](words[field.name]) if members else words[field.name]
    return found


def _enums(info: mi.Type) -> Iterator[type[enum.Enum]]:
    """Enumerations that a field may hold."""
    if isinstance(info, mi.Metadata):
        yield from _enums(info.type)
    elif isinstance(info, mi.UnionType):
        for each in info.types:
            yield from _enums(each)
    elif isinstance(info, mi.EnumType):
        yield info.cls


def test_every_default_is_one_object() -> None:
    """A default is None, empty, zero, no or a word: only these are left out reliably."""
    below = [msgspec.Struct]
    for each in below:
        below += each.__subclasses__()
    ours = [each for each in below if each.__module__.startswith("linewright.plant.records")]
    assert len(ours) > len(CONTRACTS)
    for contract in ours:
        for field in msgspec.structs.fields(contract):
            default = field.default
            plain = default in (msgspec.NODEFAULT, None, "", 0, ())
            single = plain and not isinstance(default, float | Decimal)
            assert single or isinstance(default, enum.Enum | bool), (contract, field.name)


def test_everything_is_described() -> None:
    """Each field of each contract and of what stands inside them has a description."""
    _, defs = msgspec.json.schema_components(
        CONTRACTS.values(), schema_hook=lambda _: {"type": "string"}
    )
    for name, form in defs.items():
        for field, said in form.get("properties", {}).items():
            assert field == "class" or said.get("description"), (name, field)


def test_contracts_are_frozen() -> None:
    """No contract can be changed in place."""
    for shown in EXAMPLES.values():
        assert shown.__struct_config__.frozen
        with pytest.raises(AttributeError):
            setattr(shown, shown.__struct_fields__[0], None)


def test_quality_bits_say_how_bad_and_why() -> None:
    """Qualities combine by or: the result is as bad as the worst and keeps every reason."""
    both = Quality.UNCERTAIN | Quality.STALE | Quality.BAD | Quality.NOT_CONNECTED
    assert severity(0) is Severity.GOOD
    assert severity(Quality.CLOCK) is Severity.GOOD
    assert severity(Quality.UNCERTAIN) is Severity.UNCERTAIN
    assert severity(both) is Severity.BAD
    assert Quality.STALE in both
    assert [flag.bit_length() for flag in Quality if flag] == list(range(1, 16))


def test_equal_records_from_two_runs_are_one() -> None:
    """Made twice from the same event, a record has the same id and the same bytes."""
    one, other = (
        State(
            address=Address("nogales/machining/bracket/mill"),
            t_ns=5,
            seen_ns=6,
            plant_rev="r1",
            how=How.MACHINE,
            source="mill",
            state=StationState.RUNNING,
        )
        for _ in range(2)
    )
    assert one == other
    assert encode(one) == encode(other)
    assert len({one, other}) == 1
