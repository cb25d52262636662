"""Whether one command may be written now, asked again while the reason may still pass.

The rules are `linewright.plant.authority`; here stands what the enforcing process knows (how
fresh permits, stop and grant are), which reasons are waited for, and what only this process
refuses: writing to a real machine, and to what is no node.

>>> from linewright.plant.records.examples import authority_example
>>> facts = Facts(**authority_example())
>>> decide(facts, None).verdict
<Verdict.REFUSE: 'refuse'>
>>> decide(facts, None).reason
'read_only'
"""

import enum
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence

import msgspec

from linewright.connectors.sources import Place
from linewright.connectors.values import Raw, quality_of
from linewright.plant.authority import (
    COMMAND_LIFE_MAX_NS,
    Ceiling,
    Decision,
    DecisionReason,
    Grant,
    NamedPermit,
    Permits,
    Reading,
    Signal,
    Usage,
    authorise,
)
from linewright.plant.model import Command as Writable
from linewright.plant.model import Station, Tag
from linewright.plant.records import Command, Severity, SiteKind, Value, severity

__all__ = [
    "Authority",
    "Facts",
    "Place",
    "PlaceOf",
    "Readings",
    "Ruling",
    "Verdict",
    "agrees",
    "decide",
    "permits_of",
    "places_of",
]

TRANSIENT = frozenset(
    {
        DecisionReason.STOP_UNCONFIRMED,
        DecisionReason.GRANT_UNCONFIRMED,
        DecisionReason.PERMIT_MISSING,
        DecisionReason.PERMIT_STALE,
        DecisionReason.USAGE_UNKNOWN,
        DecisionReason.NO_GRANT,
    }
)
"""Reasons that say what is not known yet; all others are an answer."""

TOLERANCE_SHARE = 0.01
"""How far a value read back may be from the one written, as a share of it."""

TOLERANCE_LEAST = 1e-6
"""The same near zero."""

MESSAGE_BYTES_MAX = 1_000_000
"""Largest message of the server that is read."""


class Verdict(enum.StrEnum):
    """What to do with a command now.

    Examples
    --------
    >>> Verdict("again")
    <Verdict.AGAIN: 'again'>
    """

    WRITE = "write"
    AGAIN = "again"
    REFUSE = "refuse"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All that the decision looks at; see `linewright.plant.authority.authorise`.

    Examples
    --------
    >>> from linewright.plant.records.examples import authority_example
    >>> Facts(**authority_example()).command.parameter
    'speed'
    """

    command: Command
    grant: Grant | None
    usage: Usage | None
    permits: Permits
    now_ns: int
    ceiling: Ceiling | None
    case_closed: bool = False
    """Whether the case that wants it is over."""


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What to do, and why in code and words.

    Examples
    --------
    >>> Ruling(verdict=Verdict.AGAIN, reason="no_grant", explanation="there is no grant").escalate
    False
    """

    verdict: Verdict
    reason: str
    explanation: str
    escalate: bool = False


def decide(facts: Facts, before: Ruling | None) -> Ruling:
    """Rule on a command now.

    Real machines are only read, whatever is granted; this holds until writing to them is a
    decision of its own. What is not known yet is asked again until the command expires, and then
    refused for the reason that held last.

    Parameters
    ----------
    facts
        What is known now.
    before
        The ruling of the last time, if the command was asked about before.

    Returns
    -------
    Ruling
        `WRITE` only where `authorise` allows it, on an emulated site, in time.

    Examples
    --------
    >>> from linewright.plant.records.examples import authority_example
    >>> known = Facts(**authority_example())
    >>> late = msgspec.structs.replace(
    ...     known, now_ns=known.command.expires_ns,
    ...     permits=msgspec.structs.replace(known.permits, site_kind=SiteKind.SIMULATED),
    ... )
    >>> decide(late, None).reason
    'command_expired'
    """
    if facts.permits.site_kind is not SiteKind.SIMULATED:
        return Ruling(
            verdict=Verdict.REFUSE,
            reason="read_only",
            explanation="the machines of a real site are read only in this version",
        )
    if facts.case_closed and not facts.command.is_undo:
        return Ruling(
            verdict=Verdict.REFUSE,
            reason="case_closed",
            explanation="the case that wanted it was closed meanwhile",
        )
    if facts.now_ns >= facts.command.expires_ns:
        return _expired(before)
    if facts.command.expires_ns - facts.now_ns > COMMAND_LIFE_MAX_NS:
        # Before any reason that is waited for: it would be waited for without end.
        return Ruling(
            verdict=Verdict.REFUSE,
            reason=DecisionReason.EXPIRY_TOO_FAR.value,
            explanation="the command would stay valid for longer than any may",
        )
    decision = authorise(
        facts.command,
        facts.grant,
        facts.usage,
        facts.permits,
        facts.now_ns,
        ceiling=facts.ceiling,
    )
    return _ruling(decision)


def _expired(before: Ruling | None) -> Ruling:
    if before is None:
        return Ruling(
            verdict=Verdict.REFUSE,
            reason=DecisionReason.COMMAND_EXPIRED.value,
            explanation="the command had expired when it came",
        )
    return Ruling(
        verdict=Verdict.REFUSE,
        reason=before.reason,
        explanation=f"until the command expired: {before.explanation}",
        escalate=before.escalate,
    )


def _ruling(decision: Decision) -> Ruling:
    verdict = Verdict.REFUSE
    if decision.allowed:
        verdict = Verdict.WRITE
    elif decision.reason in TRANSIENT:
        verdict = Verdict.AGAIN
    return Ruling(
        verdict=verdict,
        reason=decision.reason.value,
        explanation=decision.explanation,
        escalate=decision.escalate,
    )


class Readings:
    """Values of one station as they were last read, and when.

    Examples
    --------
    >>> automatic = Place("", "node", "ns=2;s=Automatic")
    >>> readings = Readings()
    >>> readings.read([automatic], [Raw(value=True)], steady_ns=10)
    >>> readings.yes(automatic, steady_ns=14)
    Reading(value=True, age_ns=4)
    >>> readings.yes(Place("", "node", "ns=2;s=RemoteEnabled"), steady_ns=14) is None
    True
    """

    def __init__(self) -> None:
        self._read: dict[Place, tuple[Raw, int]] = {}

    def read(
        self, places: Sequence[Place], values: Sequence[Raw], *, steady_ns: int, since_ns: int = 0
    ) -> None:
        """Take in what one request brought; `steady_ns` is when it was asked.

        A value that was known from before is as old as the sign of life that stands behind it,
        and is passed over where that is older than `since_ns`.
        A bad value is no value: what was read before it grows old.
        """
        for place, raw in zip(places, values, strict=True):
            if severity(quality_of(raw.status)) is Severity.GOOD and raw.value is not None:
                as_of_ns = steady_ns if raw.as_of_ns is None else min(steady_ns, raw.as_of_ns)
                if as_of_ns >= since_ns:
                    self._read[place] = raw, as_of_ns

    def yes(self, place: Place | None, *, steady_ns: int) -> Reading | None:
        """Yes or no of a place with its age; None where it was never read or is neither."""
        raw, at_ns = self._known(place)
        if not isinstance(raw.value, bool) and raw.value not in (0, 1):
            return None
        return Reading(value=bool(raw.value), age_ns=max(0, steady_ns - at_ns))

    def number(self, place: Place | None, *, steady_ns: int) -> tuple[float, int] | None:
        """Number of a place with its age in ns; None where it was never read or is none."""
        raw, at_ns = self._known(place)
        if isinstance(raw.value, bool | str) or raw.value is None:
            return None
        return float(raw.value), max(0, steady_ns - at_ns)

    def value(self, place: Place | None) -> Value | None:
        """Value of a place as it was last read, or None."""
        raw = self._known(place)[0]
        is_integer = isinstance(raw.value, int) and not isinstance(raw.value, bool)
        return float(raw.value) if is_integer and raw.value is not None else raw.value

    def _known(self, place: Place | None) -> tuple[Raw, int]:
        nothing = Raw(value=None), 0
        return nothing if place is None else self._read.get(place, nothing)


PlaceOf = Callable[[str, Tag | Writable], Place | None]
"""Place of a tag or of a command of one station, by its name; None where it has none."""


def places_of(station: Station, command: Command, place: PlaceOf) -> dict[str, Place]:
    """Places that a command needs: its permits by signal or name, `readback` and `target`.

    Parameters
    ----------
    station
        As the plant file has it.
    command
        The command.
    place
        Knows where a tag or command is.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> places_of(Station(), example(Command), lambda name, one: None)
    {}
    """
    described = station.commands.get(command.parameter)
    if described is None:
        return {}
    tags = {
        (tag.role or "").removeprefix("permit."): (name, tag)
        for name, tag in station.tags.items()
        if (tag.role or "").startswith("permit.")
    }
    for wanted in (described.permit, command.permit):
        if wanted is not None and wanted in station.tags:
            tags.setdefault(wanted, (wanted, station.tags[wanted]))
    if isinstance(described.readback, str) and described.readback in station.tags:
        tags["readback"] = described.readback, station.tags[described.readback]
    found = {key: place(name, tag) for key, (name, tag) in tags.items()}
    target = place(command.parameter, described)
    found["target"] = target
    if described.readback is True and target is not None and target.can_be_read:
        found["readback"] = target
    return {key: where for key, where in found.items() if where is not None}


def permits_of(
    command: Command,
    kind: SiteKind,
    places: Mapping[str, Place],
    readings: Readings,
    *,
    steady_ns: int,
) -> Permits:
    """What the machine said, with how old it is; stop and grant are added by `Authority`.

    Examples
    --------
    >>> from linewright.plant.records.examples import example
    >>> permits_of(example(Command), SiteKind.SIMULATED, {}, Readings(), steady_ns=0).automatic
    """

    def said(signal: Signal) -> Reading | None:
        return readings.yes(places.get(signal.value), steady_ns=steady_ns)

    others = places.keys() - {signal.value for signal in Signal} - {"target", "readback"}
    named = [
        NamedPermit(name=name, reading=reading)
        for name in sorted(others)
        if (reading := readings.yes(places[name], steady_ns=steady_ns)) is not None
    ]
    present = readings.number(places.get("readback"), steady_ns=steady_ns)
    return Permits(
        address=command.address,
        site_kind=kind,
        remote_enabled=said(Signal.REMOTE_ENABLED),
        automatic=said(Signal.AUTOMATIC),
        locked_out=said(Signal.LOCKED_OUT),
        guard_open=said(Signal.GUARD_OPEN),
        maintenance=said(Signal.MAINTENANCE),
        set_up=said(Signal.SET_UP),
        named=tuple(named),
        present=None if present is None else present[0],
        present_age_ns=None if present is None else present[1],
    )


class _Confirmed(msgspec.Struct, frozen=True):
    """What the server says every second on `lw.authority.<site>`."""

    stop: bool
    grants: dict[str, str] = {}


class Authority:
    """What the server last confirmed, and how long ago: the stop, and each grant by its hash.

    Examples
    --------
    >>> authority = Authority()
    >>> authority.hear(b'{"stop": false, "grants": {"g1": "00"}}', steady_ns=5)
    >>> authority.stop(None, steady_ns=7)
    Reading(value=False, age_ns=2)
    >>> authority.age_ns("g1", b"another grant", steady_ns=7) is None
    True
    """

    def __init__(self) -> None:
        self._stop: bool | None = None
        self._stop_ns = 0
        self._grants: dict[str, tuple[str, int]] = {}

    def hear(self, data: bytes, *, steady_ns: int) -> None:
        """Take a message in; a damaged one confirms nothing."""
        try:
            said = msgspec.json.decode(data[:MESSAGE_BYTES_MAX], type=_Confirmed)
        except msgspec.MsgspecError:
            return
        self._stop, self._stop_ns = said.stop, steady_ns
        self._grants = {name: (sha256, steady_ns) for name, sha256 in said.grants.items()}

    def stop(self, stored: bytes | None, *, steady_ns: int) -> Reading | None:
        """Whether automatic actions are stopped, by the message or by what is stored."""
        if self._stop is None:
            return None
        value = self._stop or _stored_stop(stored)
        return Reading(value=value, age_ns=max(0, steady_ns - self._stop_ns))

    def age_ns(self, grant_id: str, stored: bytes | None, *, steady_ns: int) -> int | None:
        """Age of the confirmation of exactly the stored grant; None where there is none."""
        sha256, at_ns = self._grants.get(grant_id, ("", 0))
        if stored is None or hashlib.sha256(stored).hexdigest() != sha256:
            return None
        return max(0, steady_ns - at_ns)


def agrees(wanted: Value, found: Value | None) -> bool:
    """Whether a value read back is the one that was written, within a hundredth of it.

    Examples
    --------
    >>> agrees(80.0, 80.4), agrees(80.0, 81.0), agrees("O1204", "O1204"), agrees(80.0, None)
    (True, False, True, False)
    """
    if isinstance(wanted, bool | str) or isinstance(found, bool | str) or found is None:
        return type(wanted) is type(found) and wanted == found
    tolerance = max(TOLERANCE_LEAST, TOLERANCE_SHARE * abs(wanted))
    return math.isfinite(found) and abs(wanted - found) <= tolerance


def _stored_stop(stored: bytes | None) -> bool:
    """Whether the stored stop says stop; what cannot be read does."""
    if stored is None:
        return False
    try:
        said = msgspec.json.decode(stored)
    except msgspec.MsgspecError:
        return True
    if isinstance(said, dict):
        said = said.get("stopped", True)
    return said is not False
