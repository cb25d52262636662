"""Sessions are opened with exactly the security that is asked for, or not at all."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua import ua_binary

from linewright.connectors.faults import LinkLost
from linewright.connectors.opcua.certificates import own_certificate
from linewright.connectors.opcua.session import Session
from linewright.connectors.opcua.stack import LinkRefused, Opening, node_id
from linewright.connectors.opcua.trust import Trusted
from linewright.connectors.sources import Endpoint
from tests.connectors.making import run
from tests.connectors.opcua.controller import Controller, Setting, controller
from tests.connectors.opcua.keys import server_keys

SECURED = (
    ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
    ua.SecurityPolicyType.Aes128Sha256RsaOaep_SignAndEncrypt,
    ua.SecurityPolicyType.Aes256Sha256RsaPss_SignAndEncrypt,
)
NAMES = ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256_Sha256_RsaPss")
PASSWORD = "s3cret"  # noqa: S105 - of the test's own servers
FAR = "opc.tcp://plc-17.no-such-place.invalid:4840"


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Controller]:
    """A controller that wants encryption and a login, and advertises a host nobody can reach."""
    keys = server_keys(tmp_path_factory.mktemp("keys"))
    setting = Setting(security=SECURED, certificate=keys, users={"line": PASSWORD}, advertised=FAR)
    with controller(setting=setting) as running:
        yield running


def opening(folder: Path, password: str | None = PASSWORD) -> Opening:
    """What a session is opened with, and a book of certificates."""
    return Opening(
        password=password,
        pki=folder,
        trusted=Trusted(folder / "trusted.json"),
        now_ns=time.time_ns,
    )


def endpoint(there: Controller, security: str = "Basic256Sha256", **more: str) -> Endpoint:
    """The controller with a login."""
    described = {"user": "line", "secret": "LINE"} | more
    return Endpoint(url=there.url, security=security, **described)  # type: ignore[arg-type]  # by name


async def visit(to: Endpoint, with_: Opening) -> int | None:
    """Open a session, ask for the time, and close it."""
    session = await Session.open(to, with_)
    try:
        return await session.server_ns()
    finally:
        await session.close()


@pytest.mark.parametrize("security", NAMES)
def test_every_policy_connects_with_login_and_encryption(
    secured: Controller, tmp_path: Path, security: str
) -> None:
    """The three policies work, at the URL of the plant file and not the advertised one."""
    assert run(visit(endpoint(secured, security), opening(tmp_path))) is not None
    assert (tmp_path / "own.pem").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "trusted.json").stat().st_mode & 0o777 == 0o600


def test_nothing_is_left_of_a_refused_login(secured: Controller, tmp_path: Path) -> None:
    """A wrong password is a refusal that says what to look at, and leaves no session behind."""
    with pytest.raises(LinkRefused, match="look at user line") as caught:
        run(visit(endpoint(secured), opening(tmp_path, "wrong")))
    assert caught.value.state == "refused"
    assert secured.sessions() == 0


def test_a_missing_password_is_asked_for(secured: Controller, tmp_path: Path) -> None:
    """Without the secret nobody knocks."""
    with pytest.raises(LinkRefused, match="give the secret LINE"):
        run(visit(endpoint(secured), opening(tmp_path, None)))


def test_security_is_never_lowered(secured: Controller, tmp_path: Path) -> None:
    """What the server does not offer is refused, with what it does offer."""
    plain = endpoint(secured, "none")
    with pytest.raises(LinkLost):
        run(visit(plain, opening(tmp_path)))
    with controller() as bare:
        with pytest.raises(LinkRefused, match="it offers None"):
            run(visit(endpoint(bare), opening(tmp_path)))
        assert bare.sessions() == 0


def test_an_unknown_certificate_waits_where_only_known_ones_are_taken(
    secured: Controller, tmp_path: Path
) -> None:
    """`trust: known` connects only once a person has accepted the fingerprint."""
    wanted, with_ = endpoint(secured, trust="known"), opening(tmp_path)
    with pytest.raises(LinkRefused, match="no one accepted") as caught:
        run(visit(wanted, with_))
    assert caught.value.state == "untrusted"
    fingerprint = caught.value.next_step.split()[1]
    with pytest.raises(ValueError, match="never showed"):
        with_.trusted.accept(secured.url, "00" * 32, by="p7", now_ns=1)
    with_.trusted.accept(secured.url, fingerprint.upper(), by="p7", now_ns=1)
    assert run(visit(wanted, with_)) is not None


def test_a_server_that_does_not_know_us_says_what_to_do(tmp_path: Path) -> None:
    """Our certificate is not taken there yet: a person accepts it at the server."""
    keys = server_keys(tmp_path / "keys")
    setting = Setting(security=SECURED[:1], certificate=keys, knows_clients=False)
    with controller(setting=setting) as there:
        with pytest.raises(LinkRefused, match="accept the certificate of") as caught:
            run(visit(Endpoint(url=there.url, security="Basic256Sha256"), opening(tmp_path)))
        assert caught.value.state == "refused"


@pytest.mark.faults
def test_a_changed_certificate_is_refused_until_it_is_accepted(tmp_path: Path) -> None:
    """After first use another certificate is no longer taken, not even by first use."""
    with_, port = opening(tmp_path), 0
    for number, taken in enumerate((True, False)):
        keys = server_keys(tmp_path / str(number))
        setting = Setting(security=SECURED[:1], certificate=keys, port=port)
        with controller(setting=setting) as there:
            port = int(there.url.rpartition(":")[2])
            to = Endpoint(url=there.url, security="Basic256Sha256")
            if taken:
                assert run(visit(to, with_)) is not None
                pin = with_.trusted.taken(there.url)
                assert pin is not None
                assert pin.by == "first use"
                continue
            with pytest.raises(LinkRefused, match="another certificate") as caught:
                run(visit(to, with_))
            with_.trusted.accept(there.url, caught.value.next_step.split()[1], by="p7", now_ns=1)
            assert run(visit(to, with_)) is not None


def test_a_password_goes_nowhere_in_the_clear(tmp_path: Path) -> None:
    """Over a channel without security a bare password is sent to this computer alone."""
    with controller(setting=Setting(users={"line": PASSWORD})) as there:
        to = endpoint(there, "none")
        assert run(visit(to, opening(tmp_path))) is not None
        there.url = there.url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 - this computer under another name
        with pytest.raises(LinkRefused, match="in the clear") as caught:
            run(visit(endpoint(there, "none"), opening(tmp_path)))
        assert "security" in caught.value.next_step
        assert there.sessions() == 0


def test_a_certificate_of_the_plant_file_is_used(secured: Controller, tmp_path: Path) -> None:
    """A PEM file that is named takes the place of our own; none is made then."""
    own_certificate(tmp_path / "given", now_ns=time.time_ns())
    given = Opening(
        password=PASSWORD,
        pki=tmp_path / "pki",
        certificate=tmp_path / "given" / "own.pem",
        now_ns=time.time_ns,
    )
    assert run(visit(endpoint(secured), given)) is not None
    assert not (tmp_path / "pki").exists()


def test_an_advertised_host_is_not_followed() -> None:
    """The URL of the plant file is reached, whatever the endpoints say."""
    with controller(setting=Setting(advertised=FAR)) as there:
        assert run(visit(Endpoint(url=there.url), Opening())) is not None


@pytest.mark.parametrize(
    ("text", "fixed", "found"),
    [
        ("ns=2;s=Count", None, "ns=2;s=Count"),
        ("ns=2;s=Count", 1, "ns=1;s=Count"),
        ("i=2258", 1, "i=2258"),
        ("nsu=urn:b;s=Count;1", None, "ns=1;s=Count;1"),
        ("nsu=urn:b;i=7", 5, "ns=1;i=7"),
    ],
)
def test_node_ids_are_found_by_uri(text: str, fixed: int | None, found: str) -> None:
    """`nsu=` is looked up; `ns=` is replaced where the plant file gives the URI apart."""
    assert node_id(text, ["urn:a", "urn:b"], fixed).to_string() == found


@pytest.mark.parametrize("text", ["nsu=urn:c;s=A", "n", "ns=x;s=A"])
def test_what_is_no_node_id_here_is_an_error(text: str) -> None:
    """An unknown namespace and a misspelled id are errors of one kind."""
    with pytest.raises(ValueError, match=r"namespace|no node id"):
        node_id(text, ["urn:a", "urn:b"], None)


def test_an_array_of_nothing_is_not_counted() -> None:
    """Six bytes of a hostile answer would have kept the process busy for minutes."""
    counts = bytes([0x80]) + (2**31 - 1).to_bytes(4, "little")
    with pytest.raises(ua.UaError, match="without a type"):
        ua_binary.variant_from_binary(Buffer(counts))
    none = bytes([0x80]) + (0).to_bytes(4, "little")
    assert ua_binary.variant_from_binary(Buffer(none)).Value == []
    some = bytes([0x81]) + (2).to_bytes(4, "little") + b"\x01\x00"
    assert ua_binary.variant_from_binary(Buffer(some)).Value == [True, False]
