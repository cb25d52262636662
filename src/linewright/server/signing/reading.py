"""How a program comes in: by a token that reads a few things, over TLS or on this machine."""

from collections.abc import Callable

from linewright.server.signing.faults import SigningRefused
from linewright.server.signing.guard import Ask, is_loopback
from linewright.server.signing.keeping.people import Deed
from linewright.server.signing.keeping.programs import Program, Programs
from linewright.server.signing.limits import Buckets, place_of

__all__ = ["Reading"]

TRIES_PER_S = 0.2
TRIES = 10
"""Refused tokens of one place before it has to wait; nobody guesses 256 bits, trying costs us."""

AUDITED_PER_S = 1 / 600
AUDITED = 3
"""Refusals of one place and token that are audited: a program goes on asking for ever."""

UNKNOWN = "unknown"
"""Stands in the audit for a token that nobody has; what was sent is kept nowhere."""


class Reading:
    """Checks the tokens of programs.

    Parameters
    ----------
    programs
        The tokens there are.
    note
        Takes what the audit is to hear.
    """

    def __init__(self, programs: Programs, note: Callable[[Deed], None]) -> None:
        self._programs = programs
        self._note = note
        self._tries = Buckets(per_s=TRIES_PER_S, burst=TRIES)
        self._audited = Buckets(per_s=AUDITED_PER_S, burst=AUDITED)

    def checked(self, secret: str, ask: Ask, *, now_ms: int, now_s: float) -> Program:
        """Return whose a token is.

        Parameters
        ----------
        secret
            As it came.
        ask
            The request that brings it.
        now_ms, now_s
            Wall clock and steady clock.

        Raises
        ------
        SigningRefused
            401: nobody's, or it has ended. 403: it came in the clear from another machine. 429:
            too many from there.
        """
        client = ask.client
        is_safe = ask.is_tls or is_loopback(client)
        found = self._programs.find(secret, client=client, now_ms=now_ms, is_use=is_safe)
        if is_safe and found is not None and found.lives(now_ms):
            return found
        if is_safe:
            wait_s = self._tries.wait_s(place_of(client), now_s=now_s)
            if wait_s > 0:
                what, to_do = "there were too many wrong tokens", f"wait {wait_s:.0f} s"
                raise SigningRefused(429, what, ask.path, to_do, wait_s=wait_s)
        what = "this token is not known" if found is None else "this token has ended"
        if not is_safe:
            what = "a token is taken over TLS only"
        self._audit(found, what, client, now_ms=now_ms, now_s=now_s)
        if is_safe:
            raise SigningRefused(401, what, ask.path, "ask an admin of this site for a new one")
        to_do = "it went over the network in the clear: have it revoked, and use a new one by https"
        raise SigningRefused(403, what, ask.path, to_do)

    def _audit(
        self, found: Program | None, why: str, client: str, *, now_ms: int, now_s: float
    ) -> None:
        of, place = UNKNOWN if found is None else found.id, place_of(client)
        if self._audited.wait_s(f"{place} {of}", now_s=now_s) > 0:
            return
        deed = Deed(
            action="tokens.refused",
            of=of,
            of_class="token",
            by=of,
            outcome="not_done",
            text=f"{why}, from {place}",
            t_ms=now_ms,
        )
        self._note(deed)
