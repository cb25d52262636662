"""Which certificate of a server is taken: the first one seen, or only one that a person accepted.

The certificate itself says little (most are self-signed); what counts is that it stays the same.
What was taken, when and by whom stands in `pki/trusted.json`, and in the report of the link until
a person looked at it.

>>> shown = Shown(fingerprint="ab12", subject="CN=press", not_before_ns=0, not_after_ns=2 * 10**18)
>>> book = Trusted(None)
>>> book.judge("opc.tcp://a:4840", shown, policy="known", now_ns=10**18).taken
False
>>> book.judge("opc.tcp://a:4840", shown, policy="first_use", now_ns=10**18).taken
True
"""

import datetime as dt
import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

__all__ = ["FIRST_USE", "Judgement", "Pin", "Shown", "Trusted"]

FIRST_USE = "first use"
"""Who accepted a certificate that no person looked at."""

SERVERS_MAX = 10_000
"""Servers that the book holds; a site has hundreds."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate as a server showed it.

    Examples
    --------
    >>> Shown(fingerprint="ab12", subject="CN=a", not_before_ns=5, not_after_ns=9).fault(10)
    'the certificate was valid until 1970-01-01'
    """

    fingerprint: Annotated[str, Meta(description="SHA-256 of the certificate, hexadecimal")]
    subject: str
    not_before_ns: int
    not_after_ns: int

    def fault(self, now_ns: int) -> str:
        """Return what is wrong with its dates, nothing where they are right.

        Examples
        --------
        >>> Shown(fingerprint="ab12", subject="CN=a", not_before_ns=5, not_after_ns=9).fault(7)
        ''
        """
        if now_ns > self.not_after_ns:
            return f"the certificate was valid until {_day(self.not_after_ns)}"
        if now_ns < self.not_before_ns:
            return f"the certificate is valid from {_day(self.not_before_ns)} on"
        return ""


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that is taken for one server: since when, and who accepted it.

    Examples
    --------
    >>> shown = Shown(fingerprint="ab12", subject="CN=a", not_before_ns=5, not_after_ns=9)
    >>> Pin(shown=shown, since_ns=7).by
    'first use'
    """

    shown: Shown
    since_ns: int
    by: str = FIRST_USE

    @property
    def next_step(self) -> str:
        """Return what a person should do about it, nothing where one did.

        Examples
        --------
        >>> shown = Shown(fingerprint="ab12", subject="CN=a", not_before_ns=5, not_after_ns=9)
        >>> Pin(shown=shown, since_ns=7, by="p7").next_step
        ''
        """
        if self.by != FIRST_USE:
            return ""
        return (
            f"taken on first use on {_day(self.since_ns)}: compare {self.shown.fingerprint}"
            f" ({self.shown.subject}, until {_day(self.shown.not_after_ns)}) with the machine's"
            " own display, then `linewright trust`"
        )


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a certificate is taken, and what a person should know.

    Examples
    --------
    >>> Judgement(taken=True).why
    ''
    """

    taken: bool
    is_new: bool = False
    """Whether it is taken for the first time: to be pinned once the server proved it."""

    why: str = ""
    next_step: str = ""


class _Book(msgspec.Struct, frozen=True):
    """What the file holds, by URL of the server."""

    taken: dict[str, Pin] = msgspec.field(default_factory=dict)
    waiting: dict[str, Shown] = msgspec.field(default_factory=dict)


class Trusted:
    """The book of certificates of one connect service.

    Parameters
    ----------
    file
        Where it is kept; None keeps it in memory.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._memory = _Book()
        self._stamp: tuple[int, int] | None = None

    def judge(
        self,
        url: str,
        shown: Shown,
        *,
        policy: Literal["first_use", "known"],
        now_ns: int,
    ) -> Judgement:
        """Rule on a certificate.

        The pinned one is taken also beyond its dates: a plant does not stop at midnight because a
        certificate ran out; the fault is told. One beyond its dates is never taken on first use.

        Parameters
        ----------
        url
            Of the server.
        shown
            What it shows.
        policy
            Of the plant file.
        now_ns
            UTC.

        Returns
        -------
        Judgement
            One that is not taken waits for `accept`.

        Examples
        --------
        >>> old = Shown(fingerprint="a", subject="CN=a", not_before_ns=0, not_after_ns=1)
        >>> Trusted(None).judge("opc.tcp://a", old, policy="first_use", now_ns=2).why
        'the certificate was valid until 1970-01-01'
        """
        book = self._read()
        pin, fault = book.taken.get(url), shown.fault(now_ns)
        if pin is not None and pin.shown.fingerprint == shown.fingerprint:
            if book.waiting.pop(url, None) is not None:  # it was another one for a while
                self._write(book)
            return Judgement(taken=True, why=fault, next_step=pin.next_step)
        if pin is None and policy == "first_use" and not fault:
            return Judgement(taken=True, is_new=True)
        if book.waiting.get(url) != shown:
            book.waiting[url] = shown
            self._write(book)
        if pin is not None:
            why = f"the server shows another certificate than the one taken on {_day(pin.since_ns)}"
        else:
            why = fault or "no one accepted the certificate of this server yet"
        ask = (
            f"compare {shown.fingerprint} ({shown.subject}) with the machine's own display, then"
            " `linewright trust`"
        )
        return Judgement(taken=False, why=why, next_step=ask)

    def pin(self, url: str, shown: Shown, *, now_ns: int, by: str = FIRST_USE) -> None:
        """Take a certificate from now on.

        Examples
        --------
        >>> book = Trusted(None)
        >>> shown = Shown(fingerprint="ab12", subject="CN=a", not_before_ns=0, not_after_ns=9)
        >>> book.pin("opc.tcp://a", shown, now_ns=5)
        >>> book.taken("opc.tcp://a").since_ns
        5
        """
        book = self._read()
        if url not in book.taken and len(book.taken) >= SERVERS_MAX:
            oldest = min(book.taken, key=lambda each: book.taken[each].since_ns)
            del book.taken[oldest]
        book.taken[url] = Pin(shown=shown, since_ns=now_ns, by=by)
        book.waiting.pop(url, None)
        self._write(book)

    def accept(self, url: str, fingerprint: str, *, by: str, now_ns: int) -> str:
        """Take the certificate that waits, or confirm the one taken on first use.

        Parameters
        ----------
        url
            Of the server.
        fingerprint
            Of the certificate that the person compared.
        by
            Who.
        now_ns
            UTC.

        Returns
        -------
        str
            What became of it.

        Raises
        ------
        ValueError
            The server never showed a certificate with this fingerprint.

        Examples
        --------
        >>> Trusted(None).accept("opc.tcp://a", "ab12", by="p7", now_ns=5)
        Traceback (most recent call last):
        ValueError: opc.tcp://a never showed a certificate ab12; look at the link's report
        """
        wanted = fingerprint.replace(":", "").replace(" ", "").lower()
        book = self._read()
        pin = book.taken.get(url)
        known = [book.waiting.get(url), None if pin is None else pin.shown]
        for shown in known:
            if shown is not None and shown.fingerprint == wanted:
                self.pin(url, shown, now_ns=now_ns, by=by)
                return f"{url}: {shown.subject} is taken from now on, accepted by {by}"
        raise ValueError(
            f"{url} never showed a certificate {fingerprint}; look at the link's report"
        )

    def taken(self, url: str) -> Pin | None:
        """Return what is taken for a server.

        Examples
        --------
        >>> Trusted(None).taken("opc.tcp://a") is None
        True
        """
        return self._read().taken.get(url)

    def shown(self, url: str) -> str:
        """Return the fingerprint that a server shows: of the one that waits, else of the taken one.

        Examples
        --------
        >>> Trusted(None).shown("opc.tcp://a")
        ''
        """
        book = self._read()
        pin = book.taken.get(url)
        shown = book.waiting.get(url, None if pin is None else pin.shown)
        return "" if shown is None else shown.fingerprint

    def _read(self) -> _Book:
        """What the file holds; read again only where another link changed it."""
        if self._file is None:
            return self._memory
        try:
            told = self._file.stat()
            stamp = (told.st_mtime_ns, told.st_ino)
            if stamp != self._stamp:
                self._memory = msgspec.json.decode(self._file.read_bytes(), type=_Book)
                self._stamp = stamp
        except FileNotFoundError:
            self._stamp = None
            return _Book()
        except (OSError, msgspec.DecodeError) as error:
            raise ValueError(
                f"{self._file} cannot be read ({error}); put it right, or remove it and accept"
                " the certificates again"
            ) from error
        return self._memory

    def _write(self, book: _Book) -> None:
        if self._file is None:
            self._memory = book
            return
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self._file.with_suffix(".new")
        data = msgspec.json.format(msgspec.json.encode(book), indent=1)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._file)


def _day(moment_ns: int) -> str:
    """Day in UTC; a time beyond the calendar is told as its last day."""
    bounded = min(max(moment_ns, -62_135_596_800 * 10**9), 253_402_300_799 * 10**9)
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return f"{epoch + dt.timedelta(seconds=bounded // 10**9):%Y-%m-%d}"
