"""Values, times and qualities as people read them."""

import datetime as dt
import math
import re
from collections.abc import Mapping
from typing import Any

from linewright.plant.records import Quality

__all__ = [
    "SEE_CONNECT", "TRUST",
    "advice", "age", "local", "number", "offset", "quality", "short", "to_do", "trust",
]  # fmt: skip

NS_PER_S = 1_000_000_000

SEE_CONNECT = "`connect` does not get on with it: `logs/connect.log` of the data folder says more"

WHY_CHARS = 200
"""Most of a reason that stands in a line; JSON has all of it."""

TRUST = "`linewright trust`"
"""How a report names the command that shows the certificate of its source."""

BESIDE = Quality.SIMULATED | Quality.INITIAL
"""Bits that say where a value comes from, and nothing against it."""

SEVERITIES = {0: "good", 1: "uncertain", 2: "bad", 3: "bad"}

ADVICE = (
    (r"the secret \S+ is missing", "end `up` and start it again with the setting"),
    (
        r"[Cc]ertificate|BadSecurity",
        "`linewright trust` shows its certificate; see `security:` too",
    ),
    (r"TooMany|no session left", "close other clients of it; old sessions end by themselves"),
    (r"UserAccess|IdentityToken|[Pp]assword|login|with code", "look at `user:` and its secret"),
    (r"[Rr]efuse|Connect call failed|Errno 111", "is the machine on, and is the port right?"),
    (r"Name or service|getaddrinfo|name resolution", "is the name in its address right?"),
    (r"says nothing", "look whether the device still sends"),
    (r"No route|nreachable|no answer|silent|[Tt]ime(d ?)?out", "look at cable, firewall, address"),
    (
        r"reset|closed|hung up|[Bb]roken|lost",
        "it broke off: was it started again, or is it too busy?",
    ),
)
"""What a person can do about a source, by what the reason says; the first that fits counts."""

OTHERWISE = {
    "lost": "it is tried again by itself; look at the machine and its network",
    "refused": "correct its connection in the plant file",
    "untrusted": "look at its certificate with `linewright trust`",
    "connecting": "wait some seconds; then look at address and network",
}
"""What to do where the reason says nothing that is known."""

MIN_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0


def number(value: float | None, integer: int | None = None, text: str | None = None) -> str:
    """Return a value as it is read: its text, its exact integer, else up to seven digits.

    Examples
    --------
    >>> number(80.5), number(3.0, integer=3), number(None, text="O1204"), number(math.nan)
    ('80.5', '3', 'O1204', 'no value')
    """
    if text is not None:
        return text
    if integer is not None:
        return str(integer)
    if value is None or not math.isfinite(value):
        return "no value"
    return f"{value:.7g}"


def quality(bits: int) -> str:
    """Return a quality in words.

    Examples
    --------
    >>> quality(0), quality(int(Quality.BAD | Quality.NOT_CONNECTED)), quality(32)
    ('good', 'bad: not connected', 'good')
    """
    why = [
        (bit.name or "").lower().replace("_", " ")
        for bit in Quality
        if bits & bit and bit not in BESIDE | Quality.UNCERTAIN | Quality.BAD
    ]
    return SEVERITIES[bits & 3] + (f": {', '.join(why)}" if why else "")


def advice(state: str, why: str) -> str:
    """Return what a person can do about a source that is not connected.

    Examples
    --------
    >>> advice("lost", "[Errno 111] Connect call failed ('10.1.4.11', 4840)")
    'is the machine on, and is the port right?'
    >>> advice("connected", "")
    ''
    """
    if state not in OTHERWISE:
        return ""
    found = (step for pattern, step in ADVICE if re.search(pattern, why))
    return next(found, OTHERWISE[state])


def short(why: str) -> str:
    """Return a reason as it fits into a line.

    Examples
    --------
    >>> short("no answer"), len(short("x" * 1000))
    ('no answer', 226)
    """
    return why if len(why) <= WHY_CHARS else f"{why[:WHY_CHARS]} ... (--json tells it all)"


def trust(source: str) -> str:
    """Return the command that shows the certificate of a source.

    Examples
    --------
    >>> trust("saw")
    '`linewright trust saw`'
    """
    return f"{TRUST[:-1]} {source}`"


def to_do(link: Mapping[str, Any]) -> str:
    """Return what the report of a link says to do, with commands that name their source.

    Examples
    --------
    >>> to_do({"source": "saw", "next_step": "compare ab12, then `linewright trust`"})
    'compare ab12, then `linewright trust saw`'
    """
    return str(link.get("next_step", "")).replace(TRUST, trust(str(link.get("source", ""))))


def local(t_ns: int, zone: dt.tzinfo, *, with_date: bool = True, digits: int = 3) -> str:
    """Return a time of the site; its zone is told once, by `offset`.

    Examples
    --------
    >>> local(1_500_000_000, dt.UTC)
    '1970-01-01 00:00:01.500'
    """
    at = dt.datetime.fromtimestamp(t_ns // NS_PER_S, zone)
    text = at.strftime("%Y-%m-%d %H:%M:%S" if with_date else "%H:%M:%S")
    return text + (f".{t_ns % NS_PER_S:09d}"[: digits + 1] if digits else "")


def offset(zone: dt.tzinfo, t_ns: int) -> str:
    """Return a time zone with its distance from UTC at a time.

    Examples
    --------
    >>> offset(dt.UTC, 0)
    'UTC (UTC+00:00)'
    """
    at = dt.datetime.fromtimestamp(t_ns // NS_PER_S, zone)
    return f"{getattr(zone, 'key', 'UTC')} (UTC{at.isoformat()[-6:]})"


def age(seconds: float) -> str:
    """Return how long something is ago, short.

    Examples
    --------
    >>> age(0.4), age(90), age(7300), age(200_000)
    ('0.4 s', '90 s', '2.0 h', '2.3 d')
    """
    if seconds < 10:  # noqa: PLR2004  # below ten seconds a tenth is worth telling
        return f"{max(0.0, seconds):.1f} s"
    if seconds < 2 * MIN_S:
        return f"{seconds:.0f} s"
    if seconds < 2 * HOUR_S:
        return f"{seconds / MIN_S:.0f} min"
    if seconds < 2 * DAY_S:
        return f"{seconds / HOUR_S:.1f} h"
    return f"{seconds / DAY_S:.1f} d"
