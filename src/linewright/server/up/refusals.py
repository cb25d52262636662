"""What the NATS server refused, for people: who tried what, how often, and what to do.

A device is acknowledged what it may not publish, and one with a wrong password hears no reason:
that somebody reads of it here is the only way in which it comes out.

>>> from types import SimpleNamespace
>>> odd = SimpleNamespace(
...     t_ns=7, account="DEVICES", who="press-1", what="publish", topic="cells/x"
... )
>>> refusals = Refusals(Path("data"))
>>> for line in refusals.look([odd, odd], now_s=0.0):
...     print(line)
device press-1 may not publish on cells/x: declare it in the plant file or correct the device
>>> refusals.look([odd], now_s=2.0)
()
>>> [(each.who, each.topic, each.count) for each in refusals.kept]
[('press-1', 'cells/x', 3)]
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import msgspec

__all__ = ["REFUSALS_KEPT", "Refusal", "Refusals", "Refused"]

REFUSALS_KEPT = 20
"""Refusals that `up.json` holds, each of another user or topic, the newest last."""

AGAIN_S = 60.0
"""Each user and topic is told once in this time at most: a device repeats itself every second."""

LINES_MAX = 10
"""Lines in that time; what is more is counted in one line, so that no device floods a terminal."""

SHOWN_CHARS = 100
"""How much of a name that a device chose is shown."""

_DEVICES = "DEVICES"

_PERSON = "person"
"""User of programs that look on, which are not ours alone."""

_Key = tuple[str, str, str]


class Refused(Protocol):
    """One thing that the server refused, as `NatsServer.violations` gives it."""

    @property
    def t_ns(self) -> int:
        """Wall time."""

    @property
    def account(self) -> str:
        """Account of the server: that of devices, or of services."""

    @property
    def who(self) -> str:
        """Client id of a device, or the user of a service."""

    @property
    def what(self) -> str:
        """Which kind of refusal it is."""

    @property
    def topic(self) -> str:
        """What it was about."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was refused, or could not be stored, and how often it was.

    Examples
    --------
    >>> Refusal(what="publish", who="press-1", topic="a/b", t_ns=0, count=2, to_do="").count
    2
    """

    what: str
    """``publish``, ``subscribe``, ``topic``, ``login`` or ``store``."""
    who: str
    """Client id of a device, or the user of a service."""
    topic: str
    """Topic or subject; the user of a ``login``, the stream of a ``store``."""
    t_ns: int
    """Wall time of the last one."""
    count: int
    """How often since it is kept here."""
    said: str = ""
    """What happened, in words."""
    to_do: str
    """What to do about it."""


class Refusals:
    """Which refusals are told now, and which are kept to be looked at later.

    Parameters
    ----------
    data
        Data folder, for the file that is named where a password was wrong.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._kept: dict[_Key, Refusal] = {}
        self._told_s: dict[_Key, float] = {}
        self._untold = 0
        self._more_s = -AGAIN_S

    @property
    def kept(self) -> tuple[Refusal, ...]:
        """The newest refusals, the newest last."""
        return tuple(self._kept.values())

    def look(self, found: Iterable[Refused], *, now_s: float) -> tuple[str, ...]:
        """Take what was refused since the last look, and return the lines that are to be told.

        Parameters
        ----------
        found
            In order of time.
        now_s
            On a steady clock.
        """
        self._told_s = {key: at for key, at in self._told_s.items() if now_s - at < AGAIN_S}
        lines = []
        for each in found:
            refusal = self._keep(each)
            key = refusal.what, refusal.who, refusal.topic
            if key in self._told_s:
                continue
            if len(self._told_s) >= LINES_MAX:
                self._untold += 1
                continue
            self._told_s[key] = now_s
            lines.append(f"{refusal.said}: {refusal.to_do}")
        if self._untold and now_s - self._more_s >= AGAIN_S:
            lines.append(f"{self._untold} further refusals: see `linewright status`")
            self._untold, self._more_s = 0, now_s
        return tuple(lines)

    def _keep(self, violation: Refused) -> Refusal:
        who, topic = _shown(violation.who), _shown(violation.topic)
        key = violation.what, who, topic
        before = self._kept.pop(key, None)
        said, to_do = self._words(violation, who, topic)
        refusal = Refusal(
            what=violation.what,
            who=who,
            topic=topic,
            t_ns=violation.t_ns,
            count=1 if before is None else before.count + 1,
            said=said,
            to_do=to_do,
        )
        self._kept[key] = refusal
        if len(self._kept) > REFUSALS_KEPT:
            del self._kept[next(iter(self._kept))]
        return refusal

    def _words(self, violation: Refused, who: str, topic: str) -> tuple[str, str]:
        """What happened, and what to do."""
        is_device = violation.account == _DEVICES
        is_person = not is_device and who == _PERSON
        kind = "device" if is_device else "the user" if is_person else "the service"
        whoever = f"{kind} {who}"
        if violation.what == "login":
            keys = self._data / "bus" / "device.json"
            said = f"{whoever} has a wrong user or password (user {topic})"
            return said, f"give it mqtt_user and mqtt_password of {keys}"
        if violation.what == "topic":
            said = f"{whoever} was cut off for a topic with a space or another odd sign"
            return said, "rename the topic at the device"
        if violation.what == "store":
            return f"the stream {topic} cannot be stored", "see whether the disk is full"
        verb = "publish on" if violation.what == "publish" else "read"
        to_do = "declare it in the plant file or correct the device"
        if not is_device:
            to_do = "it only reads and asks" if is_person else "please report it"
        return f"{whoever} may not {verb} {topic}", to_do


def _shown(name: str) -> str:
    """Return a foreign name as it may be shown: of bounded length, on one line."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in name)
    return plain if len(plain) <= SHOWN_CHARS else f"{plain[:SHOWN_CHARS]}..."
