"""Address: the one spelling of where something is.

Hides how a place is written, checked and mapped to a subject of the bus.
The verbs: make (``Address(text)``), go down (``child``, ``with_tag``), go up
(``parent``), compare (``contains``), publish (``subject``, ``from_subject``).

>>> mill = Address("nogales/machining/bracket/mill")
>>> mill.line, mill.parent
('bracket', Address('nogales/machining/bracket'))
>>> mill.with_tag("blade_temp")
Address('nogales/machining/bracket/mill#blade_temp')
>>> mill.subject()
'nogales.machining.bracket.mill'
"""

from __future__ import annotations

import enum
import re
import unicodedata
from typing import Self

__all__ = [
    "NAME_CHARS_MAX",
    "NAME_PATTERN",
    "Address",
    "AddressInvalid",
    "Level",
    "suggest_name",
    "valid_name",
]

NAME_CHARS_MAX = 63
"""Longest name: the limit of a DNS label, so that a name can also be part of a host name."""

NAME_PATTERN = r"[a-z0-9][a-z0-9_]{0,62}"
"""What one level is called: a NATS token and an MQTT level without any escaping."""

_BUFFER_PATTERN = rf"{NAME_PATTERN}-{NAME_PATTERN}"
ADDRESS_PATTERN = (
    rf"{NAME_PATTERN}(?:/{NAME_PATTERN}(?:/{NAME_PATTERN}"
    rf"(?:/(?:{_BUFFER_PATTERN}|{NAME_PATTERN}))?)?)?(?:#{NAME_PATTERN})?"
)
"""The whole grammar, also printed into the JSON Schema of every record."""

_NAME = re.compile(NAME_PATTERN, re.ASCII)
_BUFFER = re.compile(_BUFFER_PATTERN, re.ASCII)
_ADDRESS = re.compile(ADDRESS_PATTERN, re.ASCII)
_NO_NAME = re.compile(r"[^a-z0-9_]+")

_LEVELS_MAX = 4
_LINE_SEGMENTS = 3


class Level(enum.StrEnum):
    """What an address names, from the top of the hierarchy down (ISA-95 in the glossary).

    Examples
    --------
    >>> Address("nogales/machining/bracket/saw-mill").level
    <Level.BUFFER: 'buffer'>
    """

    SITE = "site"
    AREA = "area"
    LINE = "line"
    STATION = "station"
    BUFFER = "buffer"
    TAG = "tag"


_LEVEL_OF_DEPTH = (Level.SITE, Level.AREA, Level.LINE, Level.STATION)


class AddressInvalid(ValueError):
    """A text that is no address, why not, and what was probably meant.

    Parameters
    ----------
    text
        What was written.
    reason
        What is wrong with it, one sentence without a full stop.
    suggestion
        The nearest right spelling, itself valid.

    Examples
    --------
    >>> try:
    ...     Address("nogales/machining/haas/VF-2#Temp")
    ... except AddressInvalid as error:
    ...     error.suggestion
    'nogales/machining/haas/vf_2#temp'
    """

    def __init__(self, text: str, reason: str, suggestion: str) -> None:
        super().__init__(text, reason, suggestion)
        self.text = text
        self.reason = reason
        self.suggestion = suggestion

    def __str__(self) -> str:
        return f"{self.text!r} is no address: {self.reason}; write {self.suggestion!r}"


def valid_name(text: str) -> bool:
    """Whether `text` can be one level of an address, or a tag's name.

    A name is 1 to 63 characters of ``a-z``, ``0-9`` and ``_`` and does not begin with ``_``.

    Examples
    --------
    >>> valid_name("vf_2"), valid_name("VF-2")
    (True, False)
    """
    return _NAME.fullmatch(text) is not None


def suggest_name(text: str) -> str:
    """Nearest valid name to `text`; a valid name is returned as it is.

    Accents fall away, letters become small, everything else between letters becomes one ``_``.
    A letter without a Latin form is written ``u`` and its code point, so that two names in
    another script stay two names. Without any letter: ``unnamed``.

    Returns
    -------
    str
        A valid name. Two texts may get the same suggestion; the caller looks for clashes.

    Examples
    --------
    >>> [suggest_name(text) for text in ("VF-2", "Línea 1", "铣床", "--")]
    ['vf_2', 'linea_1', 'u94e3_u5e8a', 'unnamed']
    """
    if valid_name(text):
        return text
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    letters = (
        f" u{ord(char):x} " if char.isalnum() and not char.isascii() else char
        for char in folded
        if not unicodedata.combining(char)
    )
    joined = _NO_NAME.sub("_", "".join(letters)).strip("_")
    return joined[:NAME_CHARS_MAX].rstrip("_") or "unnamed"


class Address(str):
    """Where something is: ``site[/area[/line[/station]]]``, a buffer, or a tag of either.

    A buffer stands in the place of a station and is called ``<upstream>-<downstream>`` after the
    two stations it joins; ``-`` occurs nowhere else. A work centre stands at line level. A tag is
    ``#name`` behind the address of what it belongs to. An address has one spelling only, so two
    places are equal exactly if their texts are; it is a `str` and sorts, hashes and prints as one.

    Parameters
    ----------
    text
        The address; another `Address` is taken as it is.

    Raises
    ------
    AddressInvalid
        The text does not follow the grammar. The error carries the nearest right spelling.

    Notes
    -----
    One match of a regular expression, linear in the length, about a microsecond.

    Examples
    --------
    >>> Address("nogales/machining/bracket/saw-mill").ends
    ('saw', 'mill')
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Check `text` once; later uses need no check."""
        if type(text) is not cls and _ADDRESS.fullmatch(text) is None:
            raise AddressInvalid(str(text), _reason(text), _suggest_address(text))
        return super().__new__(cls, text)

    @classmethod
    def from_subject(cls, subject: str) -> Self:
        """Address whose `subject` is the given one; a tag cannot be recovered.

        Raises
        ------
        AddressInvalid
            The subject is no address with dots.

        Examples
        --------
        >>> Address.from_subject("nogales.machining.bracket.saw-mill")
        Address('nogales/machining/bracket/saw-mill')
        """
        if "/" in subject or "#" in subject:
            right = _suggest_address(subject).partition("#")[0].replace("/", ".")
            raise AddressInvalid(subject, "a subject has dots and no tag", right)
        return cls(subject.replace(".", "/"))

    def __repr__(self) -> str:
        return f"Address({str.__repr__(self)})"

    @property
    def _segments(self) -> list[str]:
        return self.partition("#")[0].split("/")

    def _segment(self, index: int) -> str | None:
        segments = self._segments
        return segments[index] if index < len(segments) else None

    @property
    def site(self) -> str:
        """Name of the site.

        Examples
        --------
        >>> Address("nogales/machining#kw").site
        'nogales'
        """
        return self._segments[0]

    @property
    def area(self) -> str | None:
        """Name of the area, or None above it.

        Examples
        --------
        >>> Address("nogales/machining").area
        'machining'
        """
        return self._segment(1)

    @property
    def line(self) -> str | None:
        """Name of the line or work centre, or None above it.

        Examples
        --------
        >>> Address("nogales/machining/bracket/mill").line
        'bracket'
        """
        return self._segment(2)

    @property
    def station(self) -> str | None:
        """Name of the station, or None above it and for a buffer.

        Examples
        --------
        >>> Address("nogales/machining/bracket/mill").station
        'mill'
        """
        last = self._segment(3)
        return None if last is None or "-" in last else last

    @property
    def buffer(self) -> str | None:
        """Name of the buffer, ``<upstream>-<downstream>``, or None.

        Examples
        --------
        >>> Address("nogales/machining/bracket/saw-mill").buffer
        'saw-mill'
        """
        last = self._segment(3)
        return last if last is not None and "-" in last else None

    @property
    def ends(self) -> tuple[str, str] | None:
        """Names of the stations before and behind the buffer, or None where it is none.

        Examples
        --------
        >>> Address("nogales/machining/bracket/saw-mill").ends
        ('saw', 'mill')
        """
        if self.buffer is None:
            return None
        upstream, _, downstream = self.buffer.partition("-")
        return upstream, downstream

    @property
    def tag(self) -> str | None:
        """Name of the tag, or None where the address is no tag.

        Examples
        --------
        >>> Address("nogales/machining/bracket/mill#kw").tag
        'kw'
        """
        return self.partition("#")[2] or None

    @property
    def owner(self) -> Address:
        """What a tag belongs to; any other address is its own owner.

        Examples
        --------
        >>> Address("nogales/machining#kw").owner
        Address('nogales/machining')
        """
        return Address(self.partition("#")[0])

    @property
    def level(self) -> Level:
        """What the address names.

        Examples
        --------
        >>> Address("nogales/machining/bracket#kw").level
        <Level.TAG: 'tag'>
        """
        if self.tag is not None:
            return Level.TAG
        if self.buffer is not None:
            return Level.BUFFER
        return _LEVEL_OF_DEPTH[len(self._segments) - 1]

    @property
    def name(self) -> str:
        """Last part: of a tag its own name, else the name of the lowest level.

        Examples
        --------
        >>> Address("nogales/machining/bracket").name
        'bracket'
        """
        return self.tag or self._segments[-1]

    @property
    def parent(self) -> Address | None:
        """What stands directly above: of a tag its owner, of a site None.

        Examples
        --------
        >>> Address("nogales/machining#kw").parent
        Address('nogales/machining')
        """
        if self.tag is not None:
            return self.owner
        above = self.rpartition("/")[0]
        return Address(above) if above else None

    def child(self, name: str) -> Address:
        """Address of `name` one level down; below a line also a buffer's name.

        Raises
        ------
        AddressInvalid
            The name is none, or nothing stands below this address.

        Examples
        --------
        >>> Address("nogales/machining").child("bracket")
        Address('nogales/machining/bracket')
        """
        text = f"{self}/{name}"
        if self.tag is not None or len(self._segments) == _LEVELS_MAX:
            raise AddressInvalid(text, f"nothing stands below a {self.level}", str(self))
        if valid_name(name):
            return Address(text)
        if len(self._segments) == _LINE_SEGMENTS and _BUFFER.fullmatch(name):
            return Address(text)
        # The name is given as one level: a `/` or `#` inside it must not go further down.
        raise AddressInvalid(text, _name_reason(name), f"{self}/{suggest_name(name)}")

    def with_tag(self, name: str) -> Address:
        """Address of the tag `name` that belongs to this address.

        Raises
        ------
        AddressInvalid
            The name is none, or this is a tag already.

        Examples
        --------
        >>> Address("nogales").with_tag("grid_kw")
        Address('nogales#grid_kw')
        """
        text = f"{self}#{name}"
        if self.tag is not None:
            raise AddressInvalid(text, "a tag has no tags", str(self))
        if not valid_name(name):
            raise AddressInvalid(text, _name_reason(name), f"{self}#{suggest_name(name)}")
        return Address(text)

    def contains(self, other: Address) -> bool:
        """Whether `other` is this address or stands anywhere below it, its tags included.

        A line contains its buffers; a station does not contain the buffers beside it.

        Examples
        --------
        >>> mill = Address("nogales/machining/bracket/mill")
        >>> mill.contains(mill.with_tag("kw")), mill.contains(Address(mill + "_2"))
        (True, False)
        """
        return other == self or other.startswith((f"{self}/", f"{self}#"))

    def subject(self) -> str:
        """Address as tokens of a bus subject: ``site.area.line.station``.

        A buffer stands in the station's place, ``site.area.line.saw-mill``. A tag has no subject
        of its own: it is published on the subject of what it belongs to, and the record or sample
        itself carries the whole address (``#`` is a wildcard in MQTT).

        Examples
        --------
        >>> Address("nogales/machining/bracket/mill#kw").subject()
        'nogales.machining.bracket.mill'
        """
        return self.partition("#")[0].replace("/", ".")


def _name_reason(name: str) -> str:
    """Say what keeps `name` from being a name."""
    if not name:
        return "a level is empty"
    if len(name) > NAME_CHARS_MAX:
        return f"{name!r} is longer than {NAME_CHARS_MAX} characters"
    if name.startswith("_"):
        return f"{name!r} begins with '_'"
    if name.isascii() and name != name.lower() and valid_name(name.lower()):
        return f"{name!r} has capital letters"
    if "-" in name:
        return f"{name!r} has a '-', which only joins the two stations of a buffer"
    return f"{name!r} has characters other than a-z, 0-9 and _"


def _reason(text: str) -> str:
    """First thing that is wrong with `text` as an address."""
    place, hash_mark, tag = text.partition("#")
    segments = place.split("/")
    if len(segments) == 1 and "." in place:
        return "levels are separated by '/', not by '.'"
    if len(segments) > _LEVELS_MAX:
        return f"it has {len(segments)} levels, more than {_LEVELS_MAX}"
    for index, segment in enumerate(segments):
        if index == _LINE_SEGMENTS and _BUFFER.fullmatch(segment):
            continue
        if not valid_name(segment):
            return _name_reason(segment)
    assert hash_mark, "an address without tag and with valid levels is valid"
    return f"the tag is empty or wrong: {_name_reason(tag)}"


def _suggest_address(text: str) -> str:
    """Nearest valid address to `text`, never empty."""
    place, _, tag = text.partition("#")
    if "/" not in place and " " not in place:
        place = place.replace(".", "/")
    segments = [segment for segment in place.split("/") if segment.strip()][:_LEVELS_MAX]
    names = [
        segment if index == _LINE_SEGMENTS and _BUFFER.fullmatch(segment) else suggest_name(segment)
        for index, segment in enumerate(segments)
    ]
    return "/".join(names or ["unnamed"]) + (f"#{suggest_name(tag)}" if tag.strip() else "")
