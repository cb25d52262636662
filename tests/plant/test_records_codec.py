"""Claims about linewright.plant.records.codec and .chain: what is read, written and refused."""

import json
from decimal import Decimal

import msgspec
import pytest

from linewright.plant.address import Address
from linewright.plant.money import Money
from linewright.plant.records import (
    RECORDS,
    Alarm,
    Audit,
    Case,
    CaseOutcome,
    CaseStage,
    Command,
    Forecast,
    LineState,
    Material,
    Order,
    Record,
    RecordInvalid,
    State,
    chain_break,
    check_step,
    decode,
    decode_from,
    encode,
    link,
    parse_subject,
    subject_of,
)
from linewright.plant.records.codec import JSON_BYTES_MAX
from linewright.plant.records.examples import EXAMPLES, example


def edited(name: str, **changes: object) -> bytes:
    """JSON of an example with some fields set, or left out where the value is ``...``."""
    shown = json.loads(encode(EXAMPLES[name])) | changes
    return json.dumps({key: value for key, value in shown.items() if value is not ...}).encode()


SPARE = "spares[0].quantity"
WRONG: list[tuple[str, dict[str, object], str, str]] = [
    ("state", {"t_ns": "noon"}, "t_ns", "Expected `int`"),
    ("state", {"t_ns": -1}, "t_ns", ">= 0"),
    ("state", {"t_ns": 2**63}, "t_ns", "<= 9223372036854775807"),
    ("state", {"t_ns": ...}, "", "missing required field `t_ns`"),
    ("state", {"state": "sleeping"}, "state", "Invalid enum value"),
    ("state", {"address": "nogales/Machining"}, "address", "write 'nogales/machining'"),
    ("state", {"address": 5}, "address", "an address is a text"),
    ("state", {"source": "Mill 1"}, "source", "matching regex"),
    ("state", {"source": "mill\n"}, "source", "matching regex"),
    ("state", {"source": "mill.*"}, "source", "matching regex"),
    ("state", {"id": "a" * 26}, "id", "should be"),
    ("state", {"id": "short"}, "id", "matching regex"),
    ("state", {"quality": 65536}, "quality", "<= 32767"),
    ("state", {"class": "parts"}, "class", "Invalid value 'parts'"),
    ("state", {"class": "nonsense"}, "class", "Invalid value 'nonsense'"),
    ("state", {"product": ""}, "product", "length >= 1"),
    ("state", {"product": "a\tb"}, "product", "matching regex"),
    ("state", {"void": True}, "void", "only a revision"),
    ("parts", {"good": 1.5}, "good", "Expected `int`"),
    ("parts", {"good": True}, "good", "Expected `int`"),
    ("material", {"units": [{"id": "U1"}, {}]}, "units[1]", "missing required field `id`"),
    ("order", {"quantity": "many"}, "quantity", "Invalid decimal"),
    ("maintenance", {"spares": [{"part": "p", "quantity": "Infinity"}]}, SPARE, "finite"),
    ("order", {"quantity": "NaN"}, "quantity", "no finite number"),
    ("order", {"price": {"amount": "NaN", "currency": "USD"}}, "price", "not finite"),
    ("order", {"price": {"amount": "1", "currency": "usd"}}, "price.currency", "matching regex"),
    ("forecast", {"quantiles": []}, "quantiles", "length >= 1"),
]


@pytest.mark.parametrize(("name", "change", "where", "what"), WRONG)
def test_a_broken_record_is_refused_where_it_breaks(
    name: str, change: dict[str, object], where: str, what: str
) -> None:
    """The error names class, field and fault; nothing half right comes through."""
    with pytest.raises(RecordInvalid) as caught:
        decode(edited(name, **change), RECORDS[name])
    assert caught.value.record_class == name
    assert caught.value.where == where
    assert what in caught.value.what


@pytest.mark.parametrize("data", [b"", b"{", b"null", b"[]", b"\xff", b"{}", b"[" * 100_000])
def test_what_is_no_record_is_refused(data: bytes) -> None:
    """Broken JSON, other JSON and deep nesting give the same typed error."""
    with pytest.raises(RecordInvalid):
        decode(data, State)
    with pytest.raises(RecordInvalid):
        decode(data, Record)


def test_size_is_bounded_both_ways() -> None:
    """Nothing larger than a message is read or written."""
    with pytest.raises(RecordInvalid, match="bytes, more than"):
        decode(b" " * (JSON_BYTES_MAX + 1), State)
    state = example(LineState)
    huge = msgspec.structs.replace(state, stations=state.stations * 2000)
    with pytest.raises(RecordInvalid, match=r"bytes, more than|length <= 1000"):
        encode(huge)


def test_unknown_fields_pass_on_the_bus_and_stop_at_the_door() -> None:
    """A newer writer's field is ignored; at a strict door it is refused, however deep."""
    data = edited("state", newer=1)
    assert decode(data, State) == example(State)
    with pytest.raises(RecordInvalid, match=r"state\.newer: no such field"):
        decode(data, State, strict=True)
    units = [{"id": "U1"}, {"id": "U2", "colour": "red"}]
    with pytest.raises(RecordInvalid, match=r"material\.units\[1\]\.colour"):
        decode(edited("material", units=units, id=...), Material, strict=True)


def test_a_left_out_id_is_computed() -> None:
    """A foreign system need not know how ids are made."""
    assert decode(edited("order", id=...), Order) == example(Order)


def test_explicit_defaults_change_no_byte() -> None:
    """Saying what is the default gives the same record and the same canonical bytes."""
    data = edited("state", rev=0, void=False, program=None, quality=4)
    assert encode(decode(data, State)) == encode(example(State))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_none_never_leave(value: float) -> None:
    """JSON has no NaN: a record with one is refused instead of becoming another record."""
    for record in (
        msgspec.structs.replace(example(Command), id="", value=value),
        msgspec.structs.replace(example(Alarm), value=value),
        msgspec.structs.replace(example(Forecast), mean=value),
    ):
        with pytest.raises(RecordInvalid):
            encode(record)


def test_what_was_made_with_wrong_types_never_leaves() -> None:
    """Types are checked on the way out too: a record that nobody could read is not written."""
    for change in ({"product": 5}, {"product": "\ud800"}, {"product": "x" * 200}, {"t_ns": 2.5}):
        record = msgspec.structs.replace(example(State), id="", **change)
        with pytest.raises(RecordInvalid):
            encode(record)
    with pytest.raises(RecordInvalid):
        encode(msgspec.structs.replace(example(State), product=object()))


def test_money_stays_exact() -> None:
    """Amounts travel as text, digit by digit, trailing zeros included."""
    order = msgspec.structs.replace(example(Order), price=Money(Decimal("0.10"), "USD"))
    again = decode(encode(order), Order)
    assert again.price is not None
    assert str(again.price.amount) == "0.10"


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "lw",
        "lw.state",
        "lw.state.",
        "lw.samples.nogales.saw",
        "lw.clock.nogales",
        "lw.State.nogales",
        "xx.state.nogales",
        "lw.state.nogales.*",
        "lw.state.>",
        "lw.state.nogales.a.b.c.d",
        "lw.case.nogales",
        "lw.case.nogales.short",
        "lw.case.Nogales." + "a" * 26,
        "lw.case.nogales.machining." + "a" * 26,
    ],
)
def test_other_subjects_are_no_records(subject: str) -> None:
    """Only subjects of the closed set with a valid place are a record's."""
    with pytest.raises(RecordInvalid) as caught:
        parse_subject(subject)
    assert caught.value.where == "subject"


def test_a_record_under_a_foreign_subject_is_refused() -> None:
    """What is published under another class or place is not taken."""
    data = encode(example(State))
    for subject in ("lw.parts.nogales.machining.bracket.mill", "lw.state.nogales.machining"):
        with pytest.raises(RecordInvalid):
            decode_from(subject, data)


def test_all_steps_of_a_case_share_its_subject() -> None:
    """Cases alone go by id, so that a stream can expect the last step of just this case."""
    opened = example(Case)
    step = msgspec.structs.replace(
        opened, id="", stage=CaseStage.DIAGNOSED, case=opened.id, t_ns=opened.t_ns + 1
    )
    assert subject_of(opened) == subject_of(step) == f"lw.case.nogales.{opened.id}"
    found = parse_subject(subject_of(step))
    assert (found.record_class, found.address, found.case) == ("case", "nogales", opened.id)


def test_a_tags_record_goes_to_its_owner() -> None:
    """The subject has no tag; the record itself keeps the whole address."""
    alarm = example(Alarm)
    assert parse_subject(subject_of(alarm)).address == alarm.address.owner
    again = decode_from(subject_of(alarm), encode(alarm))
    assert again.address == Address("nogales/machining/bracket/saw#blade_temp")


def audits(count: int) -> list[Audit]:
    """A chain of audit records, a second apart."""
    chain: list[Audit] = []
    for number in range(count):
        audit = msgspec.structs.replace(example(Audit), id="", t_ns=number * 10**9)
        chain.append(link(audit, chain[-1] if chain else None))
    return chain


def test_an_audit_chain_holds_and_survives_the_codec() -> None:
    """Links read back from JSON still fit, also when only the tail is checked."""
    chain = audits(5)
    again = [decode(encode(each), Audit) for each in chain]
    assert chain_break(again) is None
    assert chain_break(again[3:], again[2]) is None
    assert [each.n for each in again] == [0, 1, 2, 3, 4]


def test_every_tampering_inside_the_chain_is_found() -> None:
    """Changing, removing, inserting, exchanging or relinking is found at its place."""
    chain = audits(5)
    changed = [*chain[:2], msgspec.structs.replace(chain[2], text="nothing"), *chain[3:]]
    relinked = [*chain[:2], link(changed[2], chain[1]), *chain[3:]]
    assert chain_break(changed) == 2
    assert chain_break(relinked) == 3
    assert chain_break([*chain[:2], *chain[3:]]) == 2
    assert chain_break([*chain[:2], chain[1], *chain[2:]]) == 2
    assert chain_break([chain[0], chain[2], chain[1], *chain[3:]]) == 1
    assert chain_break(chain[1:]) == 0


def step(stage: CaseStage, outcome: CaseOutcome | None = None) -> Case:
    """A later step of the example's case."""
    opened = example(Case)
    return msgspec.structs.replace(
        opened, id="", stage=stage, case=opened.id, outcome=outcome, kind=None
    )


def test_a_case_goes_its_whole_way() -> None:
    """Open, diagnosed, rehearsed, proposed, granted, acting, verifying, closed: each follows."""
    last = example(Case)
    check_step(None, last)
    for stage in list(CaseStage)[1:]:
        outcome = CaseOutcome.EFFECTIVE if stage is CaseStage.CLOSED else None
        after = step(stage, outcome)
        check_step(last, after)
        last = after


def test_a_case_takes_no_short_cut() -> None:
    """Nothing acts without a grant, nothing is effective unverified, nothing follows the end."""
    closed = step(CaseStage.CLOSED, CaseOutcome.FALSE)
    for before, after, where in (
        (None, step(CaseStage.ACTING), "stage"),
        (step(CaseStage.PROPOSED), step(CaseStage.ACTING), "stage"),
        (step(CaseStage.DIAGNOSED), step(CaseStage.GRANTED), "stage"),
        (step(CaseStage.ACTING), step(CaseStage.CLOSED, CaseOutcome.EFFECTIVE), "outcome"),
        (example(Case), step(CaseStage.CLOSED, CaseOutcome.REFUSED), "outcome"),
        (closed, step(CaseStage.DIAGNOSED), "stage"),
        (closed, closed, "stage"),
        (step(CaseStage.ACTING), example(Case), "stage"),
    ):
        with pytest.raises(RecordInvalid) as caught:
            check_step(before, after)
        assert caught.value.where == where
