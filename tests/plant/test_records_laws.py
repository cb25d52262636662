"""Laws of linewright.plant.records: codecs round-trip, ids are deterministic, order is total."""

import functools
import json
import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from linewright.plant.records import (
    CONTRACTS,
    RECORDS,
    How,
    Parts,
    Record,
    RecordInvalid,
    State,
    decode,
    decode_from,
    encode,
    order_of,
    parse_subject,
    record_id,
    revise,
    subject_of,
)
from linewright.plant.records.examples import EXAMPLES
from linewright.plant.records.reference import schema
from tests.plant.record_strategies import addresses, contracts

ALL = sorted(CONTRACTS)
SOME = settings(max_examples=30)


@functools.cache
def validator(name: str) -> Draft202012Validator:
    """Validator of a published schema, made once."""
    return Draft202012Validator(schema(name))


@pytest.mark.parametrize("name", ALL)
@given(data=st.data())
@SOME
def test_what_is_encoded_comes_back(name: str, data: st.DataObject) -> None:
    """Decoding gives an equal value, which has the same bytes and fits the published schema."""
    contract = data.draw(contracts(CONTRACTS[name]))
    encoded = encode(contract)
    again = decode(encoded, CONTRACTS[name], strict=True)
    assert again == contract
    assert encode(again) == encoded
    validator(name).validate(json.loads(encoded))


@pytest.mark.parametrize("name", ALL)
def test_canonical_json_can_be_rebuilt(name: str) -> None:
    """Keys are sorted with nothing between them, and their order at the door does not matter."""
    encoded = encode(EXAMPLES[name])
    loaded = json.loads(encoded)
    text = json.dumps(loaded, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert text.encode() == encoded
    backwards = dict(reversed(loaded.items()))
    assert encode(decode(json.dumps(backwards, indent=1).encode(), CONTRACTS[name])) == encoded


@pytest.mark.parametrize("name", sorted(RECORDS))
@given(data=st.data())
@SOME
def test_a_record_says_where_it_belongs(name: str, data: st.DataObject) -> None:
    """Its subject names its class and place, and nothing else can come in under it."""
    record = data.draw(contracts(RECORDS[name]))
    subject = subject_of(record)
    assert parse_subject(subject).record_class == name
    assert parse_subject(subject).address.site == record.address.site
    assert decode_from(subject, encode(record)) == record
    assert decode(encode(record), Record) == record


@pytest.mark.parametrize("name", sorted(RECORDS))
@given(data=st.data(), quality=st.integers(0, 15), seen_ns=st.integers(0, 2**62))
@SOME
def test_ids_do_not_depend_on_the_arrival(
    name: str, data: st.DataObject, quality: int, seen_ns: int
) -> None:
    """The same event replayed, seen later or marked differently, has the same id."""
    record = data.draw(contracts(RECORDS[name]))
    again = msgspec.structs.replace(record, id="", seen_ns=seen_ns, quality=quality)
    assert again.id == record.id == record_id(record)


@given(
    contracts(State),
    addresses(),
    st.integers(0, 2**60),
    st.sampled_from(["address", "t_ns", "source"]),
)
def test_another_event_has_another_id(state: State, place: object, t_ns: int, field: str) -> None:
    """Another place, time or source is another record."""
    value = {"address": place, "t_ns": t_ns, "source": state.source[:40] + "_x"}[field]
    other = msgspec.structs.replace(state, **{"id": "", field: value})
    assert (other.id == state.id) == (getattr(other, field) == getattr(state, field))


@given(contracts(Parts), st.integers(1, 5))
def test_revisions_keep_the_id_and_count_up(parts: Parts, revisions: int) -> None:
    """However often and whatever is corrected, the id stays and the latest revision is last."""
    found = [parts]
    for good in range(1, revisions + 1):
        late = found[-1]
        found.append(
            revise(late, seen_ns=late.seen_ns, how=How.PERSON, by="p7", good=parts.good + good)
        )
    assert {each.id for each in found} == {parts.id}
    assert [each.rev for each in found] == list(range(revisions + 1))
    assert max(found, key=order_of) is found[-1]
    assert decode(encode(found[-1]), Parts) == found[-1]


@given(st.lists(st.one_of(contracts(State), contracts(Parts)), max_size=8), st.randoms())
def test_order_does_not_depend_on_arrival(
    records: list[State | Parts], shuffler: random.Random
) -> None:
    """However records arrive, sorting them gives one sequence."""
    shuffled = list(records)
    shuffler.shuffle(shuffled)
    one, other = (sorted(each, key=order_of) for each in (records, shuffled))
    assert [order_of(each) for each in one] == [order_of(each) for each in other]
    times_ns = [each.t_ns for each in one]
    assert times_ns == sorted(times_ns)


@pytest.mark.parametrize("name", ALL)
@given(edits=st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=4))
@SOME
def test_damage_never_gets_past_the_contract(name: str, edits: list[tuple[int, int]]) -> None:
    """Bytes changed anywhere give the typed error, or a value that keeps every rule."""
    damaged = bytearray(encode(EXAMPLES[name]))
    for position, byte in edits:
        damaged[position % len(damaged)] = byte
    try:
        found = decode(bytes(damaged), CONTRACTS[name])
    except RecordInvalid:
        return
    assert decode(encode(found), CONTRACTS[name]) == found
