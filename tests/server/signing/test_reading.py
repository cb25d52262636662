"""Tokens of programs at the front desk: what they open, and all that they do not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from linewright.server.signing import Ask, ProgramWanted, SigningRefused
from linewright.server.signing.asgi import TOKEN_REQUESTS, Gate
from linewright.server.signing.front import Front
from linewright.server.signing.reading import AUDITED, TRIES
from tests.server.signing.conftest import Time, ask, now_ms

Send = Callable[[Any], Awaitable[None]]


def token(front: Front, clock: Time, *scopes: str) -> str:
    """Have the front desk make a token for reno that holds a day."""
    wanted = ProgramWanted(name=" ".join(scopes), scopes=scopes, site="reno", days=1)
    return front.programs.add(wanted, by="p1", now_ms=now_ms(clock))[1]


def bearing(secret: str, *, client: str = "127.0.0.1", is_tls: bool = False) -> Ask:
    """Return a request with a token."""
    headers = {"authorization": f"Bearer {secret}"}
    return ask(headers=headers, client=client, is_tls=is_tls)


def test_it_reads_its_scopes_at_its_site_and_has_no_role(front: Front, clock: Time) -> None:
    """Scopes and site must both fit; no permission is given, so that no route of people opens."""
    signed = front.signed(bearing(token(front, clock, "metrics", "sites")))
    assert signed is not None
    assert signed.is_program
    assert signed.may_read("metrics", "reno")
    assert not signed.may_read("grafana", "reno")
    assert not signed.may_read("metrics", "nogales")
    assert not signed.may_read("", "reno")
    assert not any(signed.may(word, "reno") for word in ("see", "reason", "people", "tokens"))
    assert (signed.session, signed.csrf, signed.roles) == ("", "", {})


@pytest.mark.parametrize(
    ("client", "scheme", "status"),
    [
        ("127.0.0.1", "http", 200), ("::1", "http", 200), ("192.0.2.1", "https", 200),
        ("192.0.2.1", "http", 403), ("", "http", 403),
    ],
)  # fmt: skip
def test_in_the_clear_it_is_taken_on_this_machine_alone(
    client: str, scheme: str, status: int, front: Front, clock: Time
) -> None:
    """Beyond loopback only over TLS; refused in the clear it is no use, and is audited."""
    asked = bearing(token(front, clock, "metrics"), client=client, is_tls=scheme == "https")
    if status == 200:
        assert front.signed(asked) is not None
        return
    with pytest.raises(SigningRefused) as caught:
        front.signed(asked)
    assert caught.value.status == status
    deed = front.unpublished()[-1]
    assert (deed.action, deed.outcome) == ("tokens.refused", "not_done")
    (made,) = front.programs.everyone(now_ms=now_ms(clock))
    assert front.programs.used(made.id) is None


def test_its_rate_is_bounded_and_others_go_on(front: Front, clock: Time) -> None:
    """Beyond its bucket a token is 429, another one and a second later the same are not."""
    gate = Gate(_nothing, front, mono_s=lambda: clock.s)
    secret, other = token(front, clock, "metrics"), token(front, clock, "sites")
    statuses = [asyncio.run(_asked(gate, secret)) for _ in range(TOKEN_REQUESTS + 1)]
    assert statuses == [200] * TOKEN_REQUESTS + [429]
    assert asyncio.run(_asked(gate, other)) == 200
    clock.s += 1.0
    assert asyncio.run(_asked(gate, secret)) == 200


async def _nothing(_scope: object, _receive: object, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _asked(gate: Gate, secret: str) -> int:
    """Ask the gate as a web server does; returns the status."""
    said: list[Any] = []

    async def send(message: Any) -> None:  # noqa: ANN401  # of ASGI
        said.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {secret}".encode())]
    scope = {"type": "http", "method": "GET", "path": "/metrics", "headers": headers}
    await gate({**scope, "client": ("127.0.0.1", 1), "scheme": "http"}, receive, send)
    return int(said[0]["status"])


def test_one_that_ended_is_told_from_one_that_is_not_known(front: Front, clock: Time) -> None:
    """Both are 401 in words of their own; the right one of somebody else is neither."""
    secret = token(front, clock, "metrics")
    clock.s += 86_400
    for given, what in ((secret, "ended"), (secret[:-1] + "!", "not known"), ("lwt_", "not known")):
        with pytest.raises(SigningRefused, match=what) as caught:
            front.signed(bearing(given))
        assert caught.value.status == 401


def test_trying_is_slowed_and_does_not_fill_the_audit(front: Front, clock: Time) -> None:
    """A place that goes on with a wrong token waits; a right one from there is still taken."""
    right = token(front, clock, "metrics")
    statuses = []
    for n in range(TRIES + 5):
        with pytest.raises(SigningRefused) as caught:
            front.signed(bearing(f"lwt_{n}"))
        statuses.append(caught.value.status)
    assert statuses == [401] * TRIES + [429] * 5
    refused = [deed for deed in front.unpublished() if deed.action == "tokens.refused"]
    assert len(refused) == AUDITED
    assert not any("lwt_" in repr(deed) for deed in refused)
    assert front.signed(bearing(right)) is not None


def test_a_page_elsewhere_cannot_use_it(front: Front, clock: Time) -> None:
    """A browser that another page makes send it is refused as ever."""
    secret = token(front, clock, "metrics")
    headers = {"authorization": f"Bearer {secret}", "sec-fetch-site": "cross-site"}
    with pytest.raises(SigningRefused) as caught:
        front.signed(ask(headers=headers))
    assert caught.value.status == 403


def test_deeds_of_tokens_are_told_once(make_front: Callable[..., Front], clock: Time) -> None:
    """What was made waits for the audit over a restart, and is taken away as it is told."""
    token(make_front(), clock, "metrics")
    again = make_front()
    deeds = again.unpublished()
    assert [deed.action for deed in deeds] == ["tokens.added"]
    again.published(deeds)
    assert make_front().unpublished() == ()
