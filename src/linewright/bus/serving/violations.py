"""What the server refused or could not store, read from its log: who tried what.

A device that publishes what it may not is acknowledged all the same, and one with a space in its
topic is cut off without a word: the log alone says so.
"""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec

__all__ = ["Violation", "ViolationLog", "topic_of"]

LOOK_BYTES_MAX = 8 << 20
"""Bytes of the log that one look reads: two full files; what is older is passed over."""

VIOLATIONS_MAX = 1000
"""Refusals that one look gives; a device that repeats itself fills no memory."""

DEVICES = "DEVICES"
"""Account of field devices."""

_LINE = re.compile(
    r"^\[\d+\] (?P<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d+) \[ERR\] \S+ - (?P<kind>\w+):\d+ - "
    r'(?:"(?P<who>[^"]*)" - )?(?:"(?P<account>[^"/]*)/user:(?P<user>[^"]*)" - )?(?P<what>.*)$'
)
_UNSTORED = re.compile(
    r"^\[\d+\] (?P<time>\S+ \S+) \[ERR\] JetStream failed to store a msg on stream "
    r"'(?P<account>\S+) > (?P<stream>[^']+)': "
)
_REFUSED = re.compile(r'(Publish|Subscription) Violation\b.* - Subject "([^"]*)"')
_LOGIN = re.compile(r'authentication error - User "([^"]*)"')
_UNSUPPORTED = "not supported for MQTT topics"
_TIME = "%Y/%m/%d %H:%M:%S.%f"
_US_NS = 1_000
_NOWHERE = (0, 0)


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the server refused, or could not store.

    Examples
    --------
    >>> Violation(t_ns=0, account="DEVICES", who="press-1", what="publish", subject="a.b").what
    'publish'
    """

    t_ns: int
    """Wall clock of the server."""
    account: str
    """``DEVICES`` for whoever spoke MQTT, ``LW`` for the rest."""
    who: str
    """Client id of a device, or the user of a service."""
    what: str
    """``publish``, ``subscribe``, ``topic``: its name is none that the server can take, ``login``:
    a wrong user or password, or ``store``: the disk is full or broken."""
    subject: str
    """Subject that was refused, stream that did not store, or user whose password was wrong;
    empty where the log is silent."""

    @property
    def topic(self) -> str:
        """Subject as a device spells it: the MQTT topic or topic filter."""
        return topic_of(self.subject) if self.account == DEVICES else self.subject


def topic_of(subject: str) -> str:
    """Return the MQTT topic filter of a subject of the server.

    Examples
    --------
    >>> topic_of("spBv1//0.plant.NCMD.*.>")
    'spBv1.0/plant/NCMD/+/#'
    >>> topic_of("/.a./.b")
    '/a//b'
    """
    levels = {"/": "", "*": "+", ">": "#"}
    named = (levels.get(token, token.replace("//", ".")) for token in subject.split("."))
    return "/".join(named)


class ViolationLog:
    """Follows the server's log from where it ends now, also when the server begins a new file.

    Parameters
    ----------
    path
        The log; it need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file, self._at = _end_of(path)
        self._rest = b""
        self.passed_over = 0
        """Refusals that were more than a look gives, in all."""

    def look(self) -> list[Violation]:
        """Refusals since the last look, oldest first; a log that cannot be read has none."""
        now, _ = _end_of(self._path)
        data = self._rest
        if now != self._file:
            before = self._renamed()
            if before is not None:
                data += self._read(before)
            data += b"\n"
            self._file, self._at = now, 0
        data += self._read(self._path)
        lines, _, self._rest = data.rpartition(b"\n")
        found = [each for line in lines.split(b"\n") if (each := _violation(line)) is not None]
        self.passed_over += max(0, len(found) - VIOLATIONS_MAX)
        return found[-VIOLATIONS_MAX:]

    def _read(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                end = os.fstat(file.fileno()).st_size
                file.seek(max(self._at, end - LOOK_BYTES_MAX))
                data = file.read(LOOK_BYTES_MAX)
                self._at = file.tell()
        except OSError:
            return b""
        return data

    def _renamed(self) -> Path | None:
        """Return the file that was followed so far, under its new name; None where it is gone."""
        if self._file == _NOWHERE:
            return None
        for each in self._path.parent.glob(f"{self._path.name}*"):
            if _end_of(each)[0] == self._file:
                return each
        return None


def _end_of(path: Path) -> tuple[tuple[int, int], int]:
    """Return which file this is, and where it ends now."""
    try:
        found = path.stat()
    except OSError:
        return _NOWHERE, 0
    return (found.st_dev, found.st_ino), found.st_size


def _violation(line: bytes) -> Violation | None:
    """Read a line of the log; None where it tells of no refusal."""
    text = line.decode("utf-8", "replace")
    unstored = _UNSTORED.match(text)
    if unstored is not None:
        return Violation(
            t_ns=_ns_of(unstored["time"]),
            account=unstored["account"],
            who="",
            what="store",
            subject=unstored["stream"],
        )
    found = _LINE.match(text)
    if found is None:
        return None
    refused = _REFUSED.search(found["what"])
    if refused is not None:
        what, subject = ("publish" if refused[1] == "Publish" else "subscribe"), refused[2]
    elif (login := _LOGIN.match(found["what"])) is not None:
        what, subject = "login", login[1]
    elif _UNSUPPORTED in found["what"]:
        what, subject = "topic", ""
    else:
        return None
    return Violation(
        t_ns=_ns_of(found["time"]),
        account=found["account"] or (DEVICES if found["kind"] == "mid" else "LW"),
        who=found["user"] or found["who"] or "",
        what=what,
        subject=subject,
    )


def _ns_of(text: str) -> int:
    at = datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    seconds = int(at.replace(microsecond=0).timestamp())
    return seconds * 1_000_000_000 + at.microsecond * _US_NS
