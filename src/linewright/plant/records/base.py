"""What all records share: header, deterministic id, revision, order, and the error for bad ones.

>>> from linewright.plant.records.examples import example
>>> from linewright.plant.records.classes.production import State
>>> state = example(State)
>>> state.id == record_id(state)
True
>>> revise(state, seen_ns=state.seen_ns + 1, how=How.PERSON, by="p7", reason="jam").rev
1
"""

import base64
import enum
import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, TypeVar

import msgspec
from msgspec import Meta

from linewright.plant.address import NAME_PATTERN, Address
from linewright.plant.records.quality import QUALITY_MAX

__all__ = [
    "ID_CHARS",
    "How",
    "Key",
    "Natural",
    "NonNegative",
    "Ordinal",
    "Part",
    "PersonId",
    "Positive",
    "Probability",
    "Record",
    "RecordId",
    "RecordInvalid",
    "Role",
    "SiteKind",
    "SourceName",
    "Text",
    "TimeNs",
    "Value",
    "class_of",
    "kebab",
    "order_of",
    "plain",
    "record_id",
    "revise",
]

R = TypeVar("R", bound="Record")

ID_CHARS = 26
"""Characters of an id: 130 bits, so that two records of all plants ever never meet."""

# Python's `$` also matches before a last newline; a name with one would break a subject.
_END = r"$(?!\n)"
_I64_MAX = 2**63 - 1

TimeNs = Annotated[int, Meta(ge=0, le=_I64_MAX)]
"""Nanoseconds since 1970-01-01 UTC, or a duration in them. JavaScript loses digits above 2**53."""

RecordId = Annotated[str, Meta(pattern=rf"^[a-z2-7]{{{ID_CHARS}}}{_END}")]
"""Deterministic id of a record: 26 characters of base 32."""

Key = Annotated[str, Meta(min_length=1, max_length=128, pattern=rf"^[^\x00-\x1f\x7f]+{_END}")]
"""Name given by somebody else: an order, lot, unit, product, program or gauge."""

Text = Annotated[str, Meta(max_length=2000)]
"""Free text for people, in the language of who wrote it."""

Natural = Annotated[int, Meta(ge=0, le=_I64_MAX)]
"""A count or number from 0."""

Ordinal = Annotated[int, Meta(ge=1, le=_I64_MAX)]
"""A count or number from 1."""

NonNegative = Annotated[float, Meta(ge=0)]
"""A measured amount that is never negative."""

Positive = Annotated[float, Meta(gt=0)]
"""A measured amount above zero."""

Probability = Annotated[float, Meta(ge=0, le=1)]
"""A probability or a share."""

SourceName = Annotated[str, Meta(pattern=rf"^{NAME_PATTERN}{_END}")]
"""Name of a source: a token of a subject."""

PersonId = Annotated[str, Meta(pattern=rf"^[A-Za-z0-9._-]{{1,64}}{_END}")]
"""Id of a person; the name behind it lives in an erasable store and never in a record."""

Value = float | bool | str
"""What a parameter can be: a number, yes or no, or a text such as a program's name."""


class How(enum.StrEnum):
    """How a record came about.

    Examples
    --------
    >>> How("scan")
    <How.SCAN: 'scan'>
    """

    MACHINE = "machine"
    SCAN = "scan"
    PERSON = "person"
    IMPORT = "import"
    INFERRED = "inferred"


class SiteKind(enum.StrEnum):
    """Whether a site is real or simulated; a grant works on one kind only.

    Examples
    --------
    >>> SiteKind("simulated")
    <SiteKind.SIMULATED: 'simulated'>
    """

    REAL = "real"
    SIMULATED = "simulated"


class Role(enum.StrEnum):
    """In which role a person grants, confirms or approves.

    Examples
    --------
    >>> Role("quality")
    <Role.QUALITY: 'quality'>
    """

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ENGINEER = "engineer"
    QUALITY = "quality"
    MANAGER = "manager"
    ADMIN = "admin"


class RecordInvalid(ValueError):
    """A record that breaks its contract.

    Parameters
    ----------
    record_class
        Class of the record as on the bus, such as ``sign-on``.
    where
        Path of the field, such as ``units[3].id``; empty for the whole record.
    what
        What is wrong there, one sentence without a full stop.

    Examples
    --------
    >>> from linewright.plant.records.codec import decode
    >>> from linewright.plant.records.classes.production import State
    >>> try:
    ...     decode(b'{"class":"state","t_ns":"noon"}', State)
    ... except RecordInvalid as error:
    ...     error.record_class, error.where, error.what
    ('state', 't_ns', 'Expected `int`, got `str`')
    """

    def __init__(self, record_class: str, where: str, what: str) -> None:
        super().__init__(record_class, where, what)
        self.record_class = record_class
        self.where = where
        self.what = what

    def __str__(self) -> str:
        place = f"{self.record_class}.{self.where}" if self.where else self.record_class
        return f"{place}: {self.what}"


def kebab(type_name: str) -> str:
    """Spelling on the bus of a Python type's name.

    Examples
    --------
    >>> kebab("SignOn")
    'sign-on'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type_name).lower()


def _not_finite(fields: msgspec.Struct) -> Iterator[tuple[str, str]]:
    """Decimal fields that no sum could use, as (field, sentence)."""
    for name in fields.__struct_fields__:
        value = getattr(fields, name)
        if type(value) is Decimal and not value.is_finite():
            yield name, f"{value} is no finite number"


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of what stands inside a record and has no header of its own.

    Raises
    ------
    RecordInvalid
        A decimal field is not finite.

    Examples
    --------
    >>> Part()
    Part()
    """

    def __post_init__(self) -> None:
        """Refuse amounts that no sum could use."""
        for where, what in _not_finite(self):
            raise RecordInvalid(kebab(type(self).__name__), where, what)


class Record(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="class",
    tag=kebab,
):
    """Base of every record: where, when, by what and how known.

    The id is computed where it is left out. A record of revision 0 with another id than the
    computed one is refused; a later revision keeps the id of revision 0, whatever it corrects.

    Raises
    ------
    RecordInvalid
        The fields contradict each other or the id.

    Notes
    -----
    Types and lengths are checked where a record enters or leaves (`encode`, `decode`); making
    one checks only what holds between fields, about ten microseconds.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> from linewright.plant.records.classes.production import Parts
    >>> example(Parts).good
    3
    """

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ()
    """Fields that, with class, address, time and source, make the record itself and no other."""

    address: Annotated[Address, Meta(description="where it happened")]
    t_ns: Annotated[TimeNs, Meta(description="when it happened: event time at the source, UTC")]
    seen_ns: Annotated[TimeNs, Meta(description="when it arrived here, UTC")]
    plant_rev: Annotated[
        str,
        Meta(
            pattern=rf"^[A-Za-z0-9._-]{{1,64}}{_END}",
            description="revision of the plant file that was in force",
        ),
    ]
    how: Annotated[How, Meta(description="how it is known")]
    source: Annotated[SourceName, Meta(description="source or program that made the record")]
    by: Annotated[PersonId | None, Meta(description="person who entered it")] = None
    id: Annotated[
        str,
        Meta(
            pattern=rf"^([a-z2-7]{{{ID_CHARS}}})?{_END}",
            description="deterministic id; computed where left out",
        ),
    ] = ""
    rev: Annotated[int, Meta(ge=0, le=_I64_MAX, description="revision of this record, from 0")] = 0
    quality: Annotated[int, Meta(ge=0, le=QUALITY_MAX, description="quality bits, 0 is good")] = 0
    raw_t_ns: Annotated[
        TimeNs | None, Meta(description="time as the source gave it, where `t_ns` is corrected")
    ] = None
    void: Annotated[
        bool, Meta(description="a revision that takes the record back: it never happened")
    ] = False

    def __post_init__(self) -> None:
        """Compute the id, or check it, and what must hold between the fields."""
        computed = record_id(self) if self.rev == 0 else ""
        if self.id == "" and computed:
            msgspec.structs.force_setattr(self, "id", computed)
        elif self.id == "":
            raise RecordInvalid(class_of(self), "id", "a revision keeps the id of revision 0")
        elif computed and computed != self.id:
            raise RecordInvalid(class_of(self), "id", f"{self.id!r} should be {computed!r}")
        for where, what in self.faults():
            raise RecordInvalid(class_of(self), where, what)

    def natural_key(self) -> tuple[object, ...]:
        """Values of the fields named in `NATURAL_KEY`.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> from linewright.plant.records.classes.production import Reason
        >>> example(Reason).natural_key()
        (1717431540000000000, 'mechanical/jam')
        """
        return tuple(getattr(self, name) for name in self.NATURAL_KEY)

    def faults(self) -> Iterator[tuple[str, str]]:
        """What contradicts between the fields, as (field, sentence); a class adds its own rules.

        Examples
        --------
        >>> from linewright.plant.records.examples import example
        >>> from linewright.plant.records.classes.production import State
        >>> list(example(State).faults())
        []
        """
        yield from _not_finite(self)
        if self.void and self.rev == 0:
            yield "void", "only a revision can take a record back"


def class_of(record: Record | type[Record]) -> str:
    """Class of a record on the bus: ``sign-on`` for a `SignOn`.

    Parameters
    ----------
    record
        A record or its type.

    Returns
    -------
    str
        One of the keys of `RECORDS`.

    Examples
    --------
    >>> from linewright.plant.records.classes.production import SignOn
    >>> class_of(SignOn)
    'sign-on'
    """
    tag = record.__struct_config__.tag
    assert isinstance(tag, str), "every record type has a text as its class"
    return tag


def plain(value: object) -> str:
    """Text of an `Address` for the encoders, which know only exact types.

    Raises
    ------
    NotImplementedError
        The value has a type that no contract uses.

    Examples
    --------
    >>> type(plain(Address("nogales"))).__name__
    'str'
    """
    if isinstance(value, Address):
        return str(value)
    raise NotImplementedError(f"no contract holds a {type(value).__name__}")


_KEY_ENCODER = msgspec.json.Encoder(enc_hook=plain, order="sorted")


def record_id(record: Record) -> str:
    """Id that revision 0 of a record must have; the same event replayed gives the same id.

    Parameters
    ----------
    record
        A record; its `id` and `rev` are not looked at.

    Returns
    -------
    str
        26 characters of ``a-z2-7``, also a NATS token and a name.

    Notes
    -----
    The first 130 bits of SHA-256 over the canonical JSON of the array
    ``[class, address, t_ns, source, ...natural key]``, in base 32 (RFC 4648), small letters.
    The natural key of a class is part of its contract and never changes.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> from linewright.plant.records.classes.production import State
    >>> len(record_id(example(State)))
    26
    """
    parts = (
        class_of(record),
        record.address,
        record.t_ns,
        record.source,
        *record.natural_key(),
    )
    digest = hashlib.sha256(_KEY_ENCODER.encode(parts)).digest()
    return base64.b32encode(digest)[:ID_CHARS].decode("ascii").lower()


def revise(record: R, *, seen_ns: int, how: How, by: str | None = None, **changes: object) -> R:
    """Next revision of a record: same id, `rev` raised by one, the given fields changed.

    Late data, a split stop and a correction by a person are all revisions. What was wrong, and
    why, is told by a `Correction` record beside it.

    Parameters
    ----------
    record
        Latest revision.
    seen_ns
        When the change came to be known here.
    how, by
        How it is known now, and who said so.
    **changes
        New values of other fields; `id`, `rev` and `source` stay.

    Returns
    -------
    Record
        Of the same class.

    Raises
    ------
    RecordInvalid
        The new fields contradict each other, or a field is changed that must stay.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> from linewright.plant.records.classes.production import Parts
    >>> parts = example(Parts)
    >>> later = revise(parts, seen_ns=parts.seen_ns + 5, how=How.PERSON, by="p7", scrap=2)
    >>> later.id == parts.id, later.rev, later.scrap
    (True, 1, 2)
    """
    for name in ("id", "rev", "source"):
        if name in changes:
            raise RecordInvalid(class_of(record), name, "a revision does not change it")
    unknown = set(changes) - set(record.__struct_fields__)
    if unknown:
        raise RecordInvalid(class_of(record), min(unknown), "the record has no such field")
    return msgspec.structs.replace(
        record, rev=record.rev + 1, seen_ns=seen_ns, how=how, by=by, **changes
    )


def order_of(record: Record) -> tuple[int, str, int]:
    """Key by which records are sorted: event time, then id, then revision.

    It is total over distinct records and does not depend on the order of arrival, so that a
    replay sees what the first run saw.

    Parameters
    ----------
    record
        A record.

    Returns
    -------
    tuple[int, str, int]
        (`t_ns`, `id`, `rev`).

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> from linewright.plant.records.classes.production import State
    >>> order_of(example(State))[2]
    0
    """
    return record.t_ns, record.id, record.rev
