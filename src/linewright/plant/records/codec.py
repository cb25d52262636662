"""Codec: contracts to canonical JSON and back, and the subjects that records travel on.

Canonical JSON has its keys sorted and no spaces, and leaves out what equals its default; equal
values give equal bytes. `decode` refuses a wrong class, type, length or id. Fields that it does
not know it passes over, on purpose: sites are upgraded one at a time and history keeps years, so
a newer writer may add a field that an older reader ignores. A door for people or foreign systems
asks for `strict=True`, which refuses them, because there an unknown field is a misspelt one.

>>> from linewright.plant.records.examples import example
>>> data = encode(example(Reason))
>>> decode(data, Reason) == example(Reason)
True
>>> subject_of(example(Reason))
'lw.reason.nogales.machining.bracket.mill'
"""

import functools
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, Union

import msgspec

from linewright.plant.address import Address, AddressInvalid, Level, valid_name
from linewright.plant.records.base import ID_CHARS, Record, RecordInvalid, class_of, kebab, plain
from linewright.plant.records.classes.acts import Ack, Change, Command, TemporaryChange
from linewright.plant.records.classes.attention import Alarm, Call
from linewright.plant.records.classes.cases import Case
from linewright.plant.records.classes.inspection import Approval, Measurement
from linewright.plant.records.classes.ledger import Audit, Correction, Gap
from linewright.plant.records.classes.material import Hold, Material, Unit
from linewright.plant.records.classes.planning import Forecast, Order
from linewright.plant.records.classes.production import Job, Parts, Reason, SignOn, State
from linewright.plant.records.classes.upkeep import Calibration, Maintenance, Tool
from linewright.plant.records.grants import Ceiling, Grant, Permits, Usage
from linewright.plant.records.line_state import LineState, Trace

__all__ = [
    "CONTRACTS",
    "JSON_BYTES_MAX",
    "RECORDS",
    "RecordSubject",
    "address_from_json",
    "decode",
    "decode_from",
    "encode",
    "parse_subject",
    "subject_of",
]

T = TypeVar("T", bound=msgspec.Struct)

JSON_BYTES_MAX = 1_000_000
"""Largest encoded contract: what a NATS server takes by default, less the headers."""

_RECORD_TYPES: tuple[type[Record], ...] = (
    State,
    Parts,
    Job,
    Material,
    SignOn,
    Reason,
    Tool,
    Measurement,
    Approval,
    Hold,
    Maintenance,
    Calibration,
    Correction,
    Alarm,
    Call,
    Order,
    Forecast,
    Command,
    Ack,
    TemporaryChange,
    Case,
    Audit,
    Gap,
)

RECORDS: Mapping[str, type[Record]] = MappingProxyType(
    {class_of(each): each for each in _RECORD_TYPES}
)
"""The closed set of record classes, by their name on the bus."""

CONTRACTS: Mapping[str, type[msgspec.Struct]] = MappingProxyType(
    {
        **RECORDS,
        "line-state": LineState,
        "change": Change,
        "trace": Trace,
        "unit": Unit,
        "grant": Grant,
        "usage": Usage,
        "permits": Permits,
        "ceiling": Ceiling,
    }
)
"""Every type with a published schema: the records, and what is kept or passed beside them."""

_CASE_ID = re.compile(rf"[a-z2-7]{{{ID_CHARS}}}")
_WHERE = re.compile(r" - at `\$\.?(?P<where>[^`]*)`$")


class RecordSubject(msgspec.Struct, frozen=True, kw_only=True):
    """What the subject of a record says.

    Examples
    --------
    >>> parse_subject("lw.state.nogales.machining").record_class
    'state'
    """

    record_class: str
    """Class of the record."""
    address: Address
    """Where; of a tag's record the tag's owner, of a case its site."""
    case: str | None = None
    """Id of the case, for cases only."""


def address_from_json(wanted: type, value: object) -> object:
    """Build an `Address` from text, for decoders; the `dec_hook` of msgspec.

    Raises
    ------
    AddressInvalid
        The text is no address.
    TypeError
        It is no text.

    Examples
    --------
    >>> address_from_json(Address, "nogales")
    Address('nogales')
    """
    assert wanted is Address, f"no contract holds a {wanted.__name__}"
    if not isinstance(value, str):
        raise TypeError("an address is a text")
    return Address(value)


_ENCODER = msgspec.json.Encoder(enc_hook=plain, order="sorted")


def encode(contract: msgspec.Struct) -> bytes:
    """Canonical JSON of a record or another contract.

    Parameters
    ----------
    contract
        A record, or another type of `CONTRACTS` or a part of one.

    Returns
    -------
    bytes
        UTF-8. `decode` gives an equal value back: this is checked here, so that nothing leaves
        that nobody could read.

    Raises
    ------
    RecordInvalid
        A field has a wrong type, length or value (a NaN, say), or the whole is too large.

    Notes
    -----
    Linear in the size; some twenty microseconds for a record.

    Examples
    --------
    >>> from linewright.plant.records.line_state import WearNow
    >>> encode(WearNow(part="blade", used_ratio=0.5))
    b'{"part":"blade","used_ratio":0.5}'
    """
    name = _name_of(type(contract))
    try:
        data = _ENCODER.encode(contract)
    except (UnicodeEncodeError, TypeError, NotImplementedError) as error:
        raise RecordInvalid(name, "", str(error)) from error
    back = decode(data, type(contract))
    if back != contract:
        fields = contract.__struct_fields__
        where = next(each for each in fields if getattr(back, each) != getattr(contract, each))
        raise RecordInvalid(name, where, f"{getattr(contract, where)!r} does not survive encoding")
    return data


def decode(data: bytes, expected: type[T], *, strict: bool = False) -> T:
    """Read one contract from JSON.

    Parameters
    ----------
    data
        UTF-8 JSON, canonical or not.
    expected
        Type that it must be; `Record` takes any class of the closed set.
    strict
        Also refuse fields that the type does not have.

    Returns
    -------
    Struct
        A value of the expected type, or of a class below it.

    Raises
    ------
    RecordInvalid
        The text is no JSON, too large, or breaks the contract; it says where.

    Examples
    --------
    >>> from linewright.plant.records.line_state import WearNow
    >>> decode(b'{"part":"blade","used_ratio":0.5,"new":1}', WearNow)
    WearNow(part='blade', used_ratio=0.5)
    >>> decode(b'{"part":"blade","used_ratio":0.5,"new":1}', WearNow, strict=True)
    Traceback (most recent call last):
    linewright.plant.records.base.RecordInvalid: wear-now.new: no such field
    """
    name = _name_of(expected)
    if len(data) > JSON_BYTES_MAX:
        raise RecordInvalid(name, "", f"{len(data)} bytes, more than {JSON_BYTES_MAX}")
    try:
        contract: T = _decoder(expected).decode(data)
    except msgspec.ValidationError as error:
        raise _invalid(name, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RecordInvalid(name, "", f"no JSON: {error}") from error
    if strict:
        for where in _unknown_fields(msgspec.json.decode(data), contract):
            raise RecordInvalid(name, where, "no such field")
    return contract


def decode_from(subject: str, data: bytes) -> Record:
    """Read the record that came on `subject`, and check that it belongs there.

    Parameters
    ----------
    subject
        Subject of the message.
    data
        Its payload.

    Returns
    -------
    Record
        Of the class that the subject names.

    Raises
    ------
    RecordInvalid
        The subject is none of a record, the record breaks its contract, or it was published on
        the subject of another.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> record = example(Alarm)
    >>> decode_from(subject_of(record), encode(record)) == record
    True
    """
    record = decode(data, RECORDS[parse_subject(subject).record_class])
    if subject_of(record) != subject:
        raise RecordInvalid(class_of(record), "address", f"{subject} is not its subject")
    return record


def subject_of(record: Record) -> str:
    """Subject that a record is published on.

    ``lw.<class>.<site>[.<area>[.<line>[.<station>]]]``; a buffer stands in the station's place, a
    tag's record goes to its owner's subject. Cases alone use ``lw.case.<site>.<id of the case>``.

    Parameters
    ----------
    record
        A record.

    Returns
    -------
    str
        Tokens parted by dots, all valid for NATS and MQTT.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> subject_of(example(Alarm))
    'lw.alarm.nogales.machining.bracket.saw'
    """
    if isinstance(record, Case):
        return f"lw.case.{record.address.site}.{record.case_id}"
    return f"lw.{class_of(record)}.{record.address.subject()}"


def parse_subject(subject: str) -> RecordSubject:
    """Class and address that a record's subject names.

    Parameters
    ----------
    subject
        Subject of a message.

    Returns
    -------
    RecordSubject
        Class, address and, of a case, its id.

    Raises
    ------
    RecordInvalid
        The subject is none of a record.

    Examples
    --------
    >>> parse_subject("lw.parts.nogales.machining.bracket.mill").address
    Address('nogales/machining/bracket/mill')
    """
    prefix, _, rest = subject.partition(".")
    name, _, place = rest.partition(".")
    if prefix != "lw" or name not in RECORDS:
        raise RecordInvalid(name or "record", "subject", f"{subject!r} is no subject of a record")
    if name == class_of(Case):
        site, _, case = place.partition(".")
        if not valid_name(site) or _CASE_ID.fullmatch(case) is None:
            raise RecordInvalid(name, "subject", f"{subject!r} is no subject of a case")
        return RecordSubject(record_class=name, address=Address(site), case=case)
    try:
        address = Address.from_subject(place)
    except AddressInvalid as error:
        raise RecordInvalid(name, "subject", str(error)) from error
    assert address.level is not Level.TAG, "a subject has no tag"
    return RecordSubject(record_class=name, address=address)


@functools.cache
def _decoder(expected: type[msgspec.Struct]) -> msgspec.json.Decoder[Any]:
    """Decoder of a type, made once: making one takes longer than using it."""
    wanted: Any = expected
    if expected is Record:
        wanted = Union[_RECORD_TYPES]  # noqa: UP007 - the operator takes no tuple
    return msgspec.json.Decoder(wanted, dec_hook=address_from_json)


def _name_of(contract: type[msgspec.Struct]) -> str:
    """Name of a contract in errors: its class on the bus, or its type's name in that form."""
    if issubclass(contract, Record):
        return class_of(contract)
    return kebab(contract.__name__)


def _invalid(name: str, error: msgspec.ValidationError) -> RecordInvalid:
    """Typed error for what msgspec refuses."""
    cause, text = error.__cause__, str(error)
    match = _WHERE.search(text)
    path = "" if match is None else match["where"]
    if isinstance(cause, RecordInvalid):
        where = f"{path}.{cause.where}" if path else cause.where
        return RecordInvalid(name if path else cause.record_class, where, cause.what)
    return RecordInvalid(name, path, text if match is None else text[: match.start()])


def _unknown_fields(raw: object, known: object, where: str = "") -> Iterator[str]:
    """Paths in `raw` JSON that the decoded value `known` has no field for."""
    if isinstance(known, msgspec.Struct) and isinstance(raw, dict):
        tag_field = known.__struct_config__.tag_field
        for key, value in raw.items():
            path = f"{where}.{key}" if where else key
            if key in known.__struct_fields__:
                yield from _unknown_fields(value, getattr(known, key), path)
            elif key != tag_field:
                yield path
    elif isinstance(known, tuple) and isinstance(raw, list):
        for index, (value, item) in enumerate(zip(raw, known, strict=True)):
            yield from _unknown_fields(value, item, f"{where}[{index}]")
