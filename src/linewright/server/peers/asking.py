"""One connection to another server, for one question after the other: bounded in size and time.

Redirects are not followed, proxies are not asked, and what comes is taken as JSON or not at all.
"""

import asyncio
import contextlib
import hashlib
import ssl
from typing import NamedTuple
from urllib.parse import urlsplit

import h11

from linewright import __version__
from linewright.server.peers.faults import PeerFault

__all__ = ["ANSWER_BYTES_MAX", "ANSWER_S", "Answer", "Ear"]

ANSWER_S = 2.0
"""How long one answer may take, the connection included: a site that is slower is not live."""

ANSWER_BYTES_MAX = 256 * 1024
"""Largest answer: one site at a glance has some hundred bytes."""

HEAD_BYTES_MAX = 16 * 1024
"""Largest head of an answer."""

PIECE_BYTES = 64 * 1024


class Answer(NamedTuple):
    """Status, media type and body."""

    status: int
    media: str
    body: bytes


class Ear:
    """A connection to one server; opened at the first question, and anew after a fault.

    Parameters
    ----------
    url
        Scheme, host and port.
    context
        What TLS trusts; None: without TLS, on this machine.
    leaf
        SHA-256 in hex of the one certificate that is taken; empty: as the context says.

    Examples
    --------
    >>> Ear("http://127.0.0.1:1", None).shown
    b''
    """

    def __init__(self, url: str, context: ssl.SSLContext | None, *, leaf: str = "") -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if context else 80)
        self._named = parts.netloc
        self._context = context
        self._leaf = leaf
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._talk = h11.Connection(h11.CLIENT)
        self.shown = b""
        """The certificate that the server showed last, DER."""

    async def get(self, path: str, *, token: str = "") -> Answer:
        """Ask for a path; a connection that was idle for too long is opened anew once.

        Parameters
        ----------
        path
            Of the server.
        token
            Sent as bearer; empty: none.

        Raises
        ------
        PeerFault
            It was not heard in time, or what it said is no answer.
        """
        try:
            async with asyncio.timeout(ANSWER_S):
                try:
                    return await self._get(path, token)
                except _Closed:
                    await self.close()
                    return await self._get(path, token)
        except TimeoutError as error:
            await self.close()
            raise PeerFault("slow", f"no answer within {ANSWER_S:g} s") from error
        except (_Closed, h11.RemoteProtocolError) as error:
            await self.close()
            raise PeerFault("bad_answer", str(error) or "it closed the connection") from error
        except ssl.SSLError as error:
            await self.close()
            raise PeerFault("certificate", _said(error)) from error
        except OSError as error:
            await self.close()
            raise PeerFault("unreachable", error.strerror or str(error)) from error
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Let the connection go."""
        writer, self._writer, self._reader = self._writer, None, None
        if writer is not None:
            writer.transport.abort()
            with contextlib.suppress(OSError, ssl.SSLError):
                await writer.wait_closed()

    async def _get(self, path: str, token: str) -> Answer:
        is_fresh = self._writer is None
        reader, writer = await self._opened()
        try:
            return await self._asked(reader, writer, path, token)
        except (ConnectionError, _Closed) as error:
            if is_fresh:
                raise PeerFault("unreachable", "it closed the connection") from error
            raise _Closed from error

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is not None and self._writer is not None:
            return self._reader, self._writer
        name = self._host if self._context is not None else None
        reader, writer = await asyncio.open_connection(
            self._host, self._port, ssl=self._context, server_hostname=name
        )
        self._reader, self._writer = reader, writer
        self._talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES_MAX)
        tls = writer.get_extra_info("ssl_object")
        self.shown = (tls.getpeercert(binary_form=True) or b"") if tls else b""
        if self._leaf and hashlib.sha256(self.shown).hexdigest() != self._leaf:
            raise PeerFault("certificate", "it shows another certificate than the one we trust")
        return reader, writer

    async def _asked(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, token: str
    ) -> Answer:
        headers = [("host", self._named), ("user-agent", f"linewright/{__version__}")]
        headers += [("accept", "application/json"), ("accept-encoding", "identity")]
        headers += [("authorization", f"Bearer {token}")] if token else []
        talk = self._talk
        request = h11.Request(method="GET", target=path, headers=headers)
        writer.write((talk.send(request) or b"") + (talk.send(h11.EndOfMessage()) or b""))
        await writer.drain()
        head, body = None, b""
        while True:
            event = talk.next_event()
            if event is h11.NEED_DATA:
                data = await reader.read(PIECE_BYTES)
                if not data and head is None:
                    raise _Closed
                talk.receive_data(data)
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > ANSWER_BYTES_MAX:
                    what = f"its answer has more than {ANSWER_BYTES_MAX} bytes"
                    raise PeerFault("too_large", what)
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                break
            elif isinstance(event, h11.ConnectionClosed):
                raise _Closed
        if talk.our_state is h11.DONE and talk.their_state is h11.DONE:
            talk.start_next_cycle()
        else:
            await self.close()
        media = next((value for name, value in head.headers if name == b"content-type"), b"")
        return Answer(head.status_code, media.decode("latin-1"), bytes(body))


class _Closed(Exception):
    """The server closed the connection before it answered."""


def _said(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return error.reason or "TLS failed"
