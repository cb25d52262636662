"""asyncua, imported here alone: a session is opened, asked and closed.

The URL of the plant file is what is reached, whatever host a server gives in its endpoints. What
asyncua would do by itself (come back, publish one request at a time, watch) is switched off; see
`linewright.connectors.opcua.session`.
"""

import asyncio
import contextlib
import datetime as dt
import ipaddress
import logging
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec
from asyncua import Client, ua
from asyncua.crypto import security_policies, uacrypto
from asyncua.ua import ua_binary

from linewright.connectors.faults import LinkLost
from linewright.connectors.opcua.certificates import (
    APPLICATION,
    CertificateUnfit,
    Own,
    first_of,
    own_certificate,
    read_pem,
    shown_of,
)
from linewright.connectors.opcua.trust import Trusted
from linewright.connectors.sources import Endpoint
from linewright.connectors.values import Raw

__all__ = [
    "TROUBLE",
    "Former",
    "LinkRefused",
    "Opening",
    "Wire",
    "abort",
    "ask",
    "asked_bytes",
    "close",
    "code_of",
    "node_id",
    "ns_of",
    "open_client",
    "raw_of",
    "ua",
    "words",
]

POLICIES = {
    "none": "None",
    "basic256sha256": "Basic256Sha256",
    "aes128sha256rsaoaep": "Aes128Sha256RsaOaep",
    "aes256sha256rsapss": "Aes256Sha256RsaPss",
}
"""Security of the plant file, spelled without case and signs, and asyncua's name of the policy."""

SESSION_MS = 30_000
"""How long a server keeps a session of ours that fell silent."""

CLOSE_S = 2.0
"""Longest goodbye."""

NEVER_S = 86_400.0
"""How often asyncua looks whether the server lives: the session does it, and faster."""

TROUBLE = (ua.UaError, OSError, EOFError, ValueError, AttributeError, TypeError, KeyError)
"""What asyncua raises where a server is gone, refuses, or answers nonsense."""

_REFUSED = {
    0x801F0000: "user or password is wrong",  # BadUserAccessDenied
    0x80210000: "user or password is wrong",  # BadIdentityTokenRejected
    0x80200000: "this kind of login is not offered",  # BadIdentityTokenInvalid
    0x80130000: "the server refuses our certificate",  # BadSecurityChecksFailed
    0x80120000: "the server refuses our certificate",  # BadCertificateInvalid
    0x801A0000: "the server does not trust our certificate yet",  # BadCertificateUntrusted
    0x80170000: "the server refuses the name in our certificate",  # BadCertificateUriInvalid
    0x80550000: "the server refuses this security",  # BadSecurityPolicyRejected
    0x80540000: "the server refuses this security",  # BadSecurityModeRejected
}
_LOGIN = frozenset({0x801F0000, 0x80210000, 0x80200000})
_TOO_MANY_SESSIONS = 0x80560000
_NONE_URI = "http://opcfoundation.org/UA/SecurityPolicy#None"

# Each loss would bring four warnings of what the link says once, and better.
logging.getLogger("asyncua.client").setLevel(logging.ERROR)

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_I64 = 2**63

Wire = Any
"""What asyncua passes around: it has no types for us."""

_unpack_array = ua_binary.unpack_uatype_array


def _unpack_array_of_something(kind: Wire, data: Wire) -> Wire:
    """Array of a variant; one of nothing but a length would have asyncua count to it.

    Its elements have no bytes, so no end of the answer stops it: minutes, and gigabytes.
    """
    if kind is ua.VariantType.Null:
        if ua_binary.Primitives.Int32.unpack(data) > 0:
            raise ua.UaError("the answer holds an array of values without a type")
        return []
    return _unpack_array(kind, data)


# asyncua has no setting for it.
ua_binary.unpack_uatype_array = _unpack_array_of_something


class LinkRefused(LinkLost):
    """The server is there, and a person must do something before it is read.

    Parameters
    ----------
    url
        Its endpoint.
    what
        Why, one sentence without a full stop.
    next_step
        What to do.
    state
        `untrusted` where its certificate is not taken, else `refused`.
    """

    def __init__(
        self,
        url: str,
        what: str,
        next_step: str,
        *,
        state: Literal["refused", "untrusted"] = "refused",
    ) -> None:
        super().__init__(url, what)
        self.next_step = next_step
        self.state = state

    def __str__(self) -> str:
        return f"{self.url}: {self.what}; {self.next_step}"


class Former:
    """A session that was lost and may live on at the server: taken up again instead of leaked."""

    def __init__(self, client: Wire, subscriptions: tuple[int, ...]) -> None:
        self.token = client.uaclient.session.authentication_token
        self.nonce = client._server_nonce  # noqa: SLF001 - asyncua gives no other way
        self.policies = client._policy_ids  # noqa: SLF001 - likewise
        self.certificate = client.security_policy.peer_certificate
        self.subscriptions = subscriptions
        self.is_spent = self.token.is_null()
        """Whether it was taken up, or the server has no such session any more."""


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What a session is opened with, besides its endpoint."""

    password: str | None = None
    pki: Path | None = None
    """Folder of our certificate; without one, nothing is encrypted."""

    certificate: Path | None = None
    """PEM file that the plant file names instead."""

    trusted: Trusted = msgspec.field(default_factory=lambda: Trusted(None))
    now_ns: Callable[[], int] = lambda: 0
    former: Former | None = None


class _Client(Client):  # type: ignore[misc]  # asyncua is not typed for us
    """asyncua's client that looks at the server before it sends a password."""

    former: Former | None = None
    resumed = False
    is_local = False
    admit: Callable[[bytes], None] = staticmethod(lambda _: None)

    def _try_load_persisted_session(self) -> bool:
        former, self.former = self.former, None
        if former is None or former.is_spent:
            return False
        self.uaclient.session.restore_authentication_token(former.token)
        self._server_nonce, self._policy_ids = former.nonce, former.policies
        if self.security_policy.peer_certificate is None:
            self.security_policy.peer_certificate = former.certificate
        return True

    async def _try_resume_persisted_session(self) -> bool:
        self.resumed = bool(await super()._try_resume_persisted_session())
        return self.resumed

    async def create_session(self) -> Wire:
        try:
            return await super().create_session()
        except BaseException:
            await self._close_session_quiet()
            raise

    def _add_user_auth(self, params: Wire, username: str | None, password: str | None) -> None:
        policy = self.server_policy(ua.UserTokenType.UserName)
        is_bare = not policy.SecurityPolicyUri or policy.SecurityPolicyUri == _NONE_URI
        is_open = self.security_policy.Mode != ua.MessageSecurityMode.SignAndEncrypt
        url = self.server_url.geturl()
        if is_bare and is_open and password and not self.is_local:
            raise LinkRefused(
                url,
                "the password would go over the network in the clear",
                "give the connection `security: Basic256Sha256`, or let the server encrypt"
                " passwords",
            )
        if not is_bare:
            if not self.security_policy.peer_certificate:
                raise LinkRefused(
                    url,
                    "the server wants an encrypted password and shows no certificate",
                    "give the connection `security: Basic256Sha256`",
                )
            self.admit(self.security_policy.peer_certificate)
        super()._add_user_auth(params, username, password)


async def open_client(endpoint: Endpoint, opening: Opening) -> Wire:
    """Connect, with the security and the login of the endpoint.

    Raises
    ------
    LinkRefused
        A person must do something first.
    LinkLost
        The server is not there, or broke off.
    """
    url = endpoint.url
    client = _Client(url, timeout=endpoint.timeout_s, watchdog_intervall=NEVER_S)
    client.name = client.description = "linewright"
    client.product_uri = "urn:linewright"
    client.application_uri = APPLICATION.format(host="any")
    client.session_timeout = SESSION_MS
    client._stale_check_interval = NEVER_S  # noqa: SLF001 - no other way; we watch ourselves
    client.is_local = _is_local(client.server_url.hostname)
    client.former = opening.former
    admitted: list[bytes] = []

    def admit(der: bytes) -> None:
        _judge(endpoint, opening, der)
        admitted.append(der)

    client.admit = admit
    _identify(client, endpoint, opening)
    try:
        await _secure(client, endpoint, opening, admit)
        await client.connect()
    except LinkLost:
        await close(client, broken=True)
        raise
    except CertificateUnfit as error:
        await close(client, broken=True)
        raise LinkRefused(url, str(error), "put the certificate right") from error
    except Exception as error:  # what asyncua raises for a broken server is not one family
        await close(client, broken=True)
        hung_up = isinstance(error, ConnectionError | AssertionError)
        if admitted and hung_up and _has_no_session(client):
            # asyncua cannot read such a refusal.
            raise LinkRefused(
                url,
                "the server hung up when the secure channel was opened",
                "accept the certificate of `Linewright connect` at the server: most hang up on"
                " one that they do not know",
            ) from error
        raise _lost(endpoint, error) from error
    except BaseException:
        await close(client, broken=True)
        raise
    if opening.former is not None:
        opening.former.is_spent = True
    # Pinned only now: the server has shown that the key is its own.
    for der in admitted:
        shown = shown_of(der)
        if opening.trusted.taken(url) is None:
            opening.trusted.pin(url, shown, now_ns=opening.now_ns())
    return client


def _has_no_session(client: Wire) -> bool:
    return bool(client.uaclient.session.authentication_token.is_null())


def _identify(client: Wire, endpoint: Endpoint, opening: Opening) -> None:
    if endpoint.user is None:
        return
    if opening.password is None:
        name = endpoint.secret or "the password"
        raise LinkRefused(
            endpoint.url,
            f"the password of {endpoint.user} is missing",
            f"give the secret {name}",
        )
    client.set_user(endpoint.user)
    client.set_password(opening.password)


async def _secure(
    client: Wire,
    endpoint: Endpoint,
    opening: Opening,
    admit: Callable[[bytes], None],
) -> None:
    """Set the security that the plant file asks for; never another one."""
    wanted = POLICIES.get(endpoint.security.lower().replace("_", "").replace("-", ""))
    if wanted is None:
        known = ", ".join(("none", *tuple(POLICIES.values())[1:]))
        raise LinkRefused(
            endpoint.url, f"security {endpoint.security} is not supported", f"use one of {known}"
        )
    if wanted == "None":
        return
    policy = getattr(security_policies, f"SecurityPolicy{wanted}")
    offered = await client.connect_and_get_server_endpoints()
    mode = ua.MessageSecurityMode.SignAndEncrypt
    found = [
        each
        for each in offered
        if each.SecurityPolicyUri == policy.URI and each.SecurityMode == mode
    ]
    if not found or not found[0].ServerCertificate:
        names = sorted({_name(each) for each in offered})
        raise LinkRefused(
            endpoint.url,
            f"the server does not offer {wanted} with encryption",
            f"it offers {', '.join(names) or 'nothing'}: set `security` to one of them, or"
            " switch it on at the server",
        )
    certificate = first_of(found[0].ServerCertificate)
    admit(certificate)
    own = await asyncio.to_thread(_own, endpoint, opening)
    client.application_uri = own.uri
    await client.set_security(
        policy,
        uacrypto.CertProperties(own.certificate, "der"),
        uacrypto.CertProperties(own.key, "der"),
        server_certificate=uacrypto.CertProperties(certificate, "der"),
        mode=mode,
    )


def _own(endpoint: Endpoint, opening: Opening) -> Own:
    if opening.certificate is not None:
        return read_pem(opening.certificate)
    if opening.pki is None:
        raise LinkRefused(
            endpoint.url, "there is no folder for our certificate", "start the whole service"
        )
    return own_certificate(opening.pki, now_ns=opening.now_ns())


def _judge(endpoint: Endpoint, opening: Opening, der: bytes) -> None:
    shown = shown_of(der)
    found = opening.trusted.judge(
        endpoint.url, shown, policy=endpoint.trust, now_ns=opening.now_ns()
    )
    if not found.taken:
        raise LinkRefused(endpoint.url, found.why, found.next_step, state="untrusted")


def _lost(endpoint: Endpoint, error: Exception) -> LinkLost:
    code, url = code_of(error), endpoint.url
    if code == _TOO_MANY_SESSIONS:
        return LinkRefused(
            url,
            "the server has no session left",
            "close other clients of it; old sessions of ours end within half a minute",
        )
    if code in _LOGIN:
        return LinkRefused(
            url, _REFUSED[code], f"look at user {endpoint.user or '(none)'} and its secret"
        )
    if code in _REFUSED:
        return LinkRefused(
            url,
            _REFUSED[code],
            "accept the certificate of `Linewright connect` at the server"
            if endpoint.security.lower() != "none"
            else "set `security` to what the server asks for",
        )
    return LinkLost(url, words(error))


def _name(offered: Wire) -> str:
    policy = str(offered.SecurityPolicyUri).rpartition("#")[2].replace("_", "")
    mode = offered.SecurityMode
    is_whole = mode in {ua.MessageSecurityMode.SignAndEncrypt, ua.MessageSecurityMode.None_}
    return policy if is_whole else f"{policy} ({mode.name} only)"


def _is_local(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


async def ask(client: Wire, request: Wire, answer: Wire, *, longest_s: float | None = None) -> Wire:
    """Answer to one request, checked; raises what `TROUBLE` lists."""
    response = ua_binary.struct_from_binary(answer, await _send(client, request, longest_s))
    response.ResponseHeader.ServiceResult.check()
    return response


async def asked_bytes(client: Wire, request: Wire) -> bytes:
    """Answer as it came, unread; the caller bounds the wait."""
    return bytes(await _send(client, request, 0))


async def _send(client: Wire, request: Wire, longest_s: float | None) -> Wire:
    protocol = client.uaclient.protocol
    if protocol is None:
        raise ConnectionError("the connection is closed")
    # Past asyncua's client: its session would begin a publish loop of its own.
    return await protocol.send_request(request, longest_s)


async def close(client: Wire, *, broken: bool) -> None:
    """End a session; one that is broken is dropped without waiting for an answer."""
    if broken:
        abort(client)
    with contextlib.suppress(*TROUBLE):
        async with asyncio.timeout(CLOSE_S):
            await client.disconnect()
    abort(client)


def abort(client: Wire) -> None:
    """Drop the connection now, also where the other side takes nothing more."""
    protocol = client.uaclient.protocol
    if protocol is not None and protocol.transport is not None:
        protocol.transport.abort()


def node_id(text: str, spaces: list[str], fixed: int | None) -> Wire:
    """Node id of a plant file at this server.

    Parameters
    ----------
    text
        `ns=2;s=Count`, or `nsu=urn:press;s=Count`.
    spaces
        The server's namespaces, by their numbers today.
    fixed
        Number that stands for every `ns=` but 0, where the plant file gives the URI apart.

    Raises
    ------
    ValueError
        It is none, or its namespace is not there.
    """
    if text.startswith("nsu="):
        uri, _, rest = text[4:].partition(";")
        uri = urllib.parse.unquote(uri)
        if uri not in spaces:
            raise ValueError(f"the server has no namespace {uri}")
        text = f"ns={spaces.index(uri)};{rest}"
        fixed = None
    try:
        found = ua.NodeId.from_string(text)
    except ua.UaError as error:
        raise ValueError(f"{text} is no node id") from error
    if fixed is not None and found.NamespaceIndex:
        return ua.NodeId(found.Identifier, fixed, found.NodeIdType)
    return found


def raw_of(value: Wire) -> Raw:
    """Value, status and time of a data value; what no sample can hold becomes None."""
    status = 0 if value.StatusCode is None else int(value.StatusCode.value)
    found = None if value.Value is None else value.Value.Value
    if not isinstance(found, bool | int | float | str):
        found = None
    elif isinstance(found, int) and not isinstance(found, bool):
        found = int(found)
    source = value.SourceTimestamp or value.ServerTimestamp
    return Raw(value=found, status=status, source_ns=None if source is None else ns_of(source))


def ns_of(moment: dt.datetime) -> int | None:
    """Nanoseconds since 1970; None before, and beyond what 64 bits hold."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)
    found = (aware - _EPOCH) // _MICROSECOND * 1000
    return found if 0 <= found < _I64 else None


def code_of(error: BaseException) -> int:
    """Status code of an error without its low bits, 0 where it has none."""
    return int(getattr(error, "code", 0) or 0) & 0xFFFF0000


def words(error: BaseException) -> str:
    """One short sentence about an error."""
    text = str(error).strip() or type(error).__name__
    return text[:200]
