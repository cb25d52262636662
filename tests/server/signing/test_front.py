"""The front desk: how sessions begin, whom a request is of, and what keeps others out."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from linewright.plant.records import Role
from linewright.server.signing import Named, SigningRefused
from linewright.server.signing.front import CHECKS_WAITING_MAX, LINK_TRIES, Front, Signed
from linewright.server.signing.keeping.links import FIRST_S
from linewright.server.signing.keeping.passwords import Hashing
from linewright.server.signing.limits import FREE_TRIES
from tests.server.signing.conftest import (
    BETTER,
    GOOD,
    KEY,
    QUICK,
    Time,
    add,
    ask,
    now_ms,
    with_cookie,
)

MARIA = Named("maria", "Maria")


def refused(work: Any) -> SigningRefused:  # noqa: ANN401  # a coroutine, or what calls
    """Return the refusal in which some work ends."""
    run = (lambda: asyncio.run(work)) if asyncio.iscoroutine(work) else work
    with pytest.raises(SigningRefused) as caught:
        run()
    return caught.value


def test_a_person_signs_in_and_is_known(front: Front, clock: Time) -> None:
    """Name and password begin a session; its cookie is the person with the roles of now."""
    person = add(front, clock, reno=Role.OPERATOR)
    opened = asyncio.run(front.sign_in("MARIA", GOOD, ask("POST", "/api/sign-in")))
    found = front.signed(with_cookie(front, opened))
    assert found == opened.signed
    assert (found.person, found.roles, found.via) == (person, {"reno": Role.OPERATOR}, "password")
    with_role = lambda p: msgspec.structs.replace(p, roles={"*": Role.ADMIN})  # noqa: E731  # short
    front.people.change(person, "people.roles", with_role, by="local", now_ms=now_ms(clock))
    now = front.signed(with_cookie(front, opened))
    assert now is not None
    assert now.may("people", "nogales")


def test_wrong_and_unknown_are_told_the_same(front: Front, clock: Time) -> None:
    """A wrong password, nobody of the name, a disabled and a passwordless person: one answer."""
    add(front, clock)
    off = add(front, clock, "juan")
    front.people.change(
        off, "x", lambda p: msgspec.structs.replace(p, disabled=True), by="", now_ms=1
    )
    front.people.add(Named("new", "New"), {}, by="", now_ms=1)
    asked = ask("POST", "/api/sign-in")
    tried = [("maria", "wrong"), ("nobody", GOOD), ("juan", GOOD), ("new", ""), ("", "")]
    found = [refused(front.sign_in(login, given, asked)) for login, given in tried]
    assert {(each.status, each.what, each.where, each.to_do) for each in found} == {
        (401, found[0].what, "/api/sign-in", found[0].to_do)
    }


def test_many_wrong_ones_wait_and_the_right_one_too(front: Front, clock: Time) -> None:
    """After the free tries even the right password waits, for as long as it is told."""
    add(front, clock)
    for _ in range(FREE_TRIES):
        assert refused(front.sign_in("maria", "wrong", ask("POST"))).status == 401
    found = refused(front.sign_in("Maria", GOOD, ask("POST")))
    assert (found.status, found.wait_s) == (429, 1.0)
    asyncio.run(front.sign_in("maria", GOOD, ask("POST", client="127.0.0.2")))
    clock.s += found.wait_s
    asyncio.run(front.sign_in("maria", GOOD, ask("POST")))


def test_a_changing_request_needs_the_token(front: Front, clock: Time) -> None:
    """With the cookie alone one reads; what changes something needs the CSRF token and our page."""
    add(front, clock, reno=Role.OPERATOR)
    opened = asyncio.run(front.sign_in("maria", GOOD, ask("POST")))
    assert front.signed(with_cookie(front, opened, "POST")) is not None
    bare = dict(with_cookie(front, opened).headers)
    del bare["x-linewright-csrf"]
    assert front.signed(ask(headers=bare)) is not None
    assert refused(lambda: front.signed(ask("POST", headers=bare))).status == 403
    foreign = {**with_cookie(front, opened).headers, "sec-fetch-site": "cross-site"}
    assert refused(lambda: front.signed(ask("POST", headers=foreign))).status == 403


def test_sessions_end(front: Front, clock: Time) -> None:
    """Signing out, disabling and the clock each end a session at once."""
    person = add(front, clock)

    def opened() -> tuple[Any, Signed]:
        found = asyncio.run(front.sign_in("maria", GOOD, ask("POST")))
        return with_cookie(front, found), found.signed

    asked, signed = opened()
    front.sign_out(signed)
    assert front.signed(asked) is None
    asked, signed = opened()
    assert front.again(signed, asked) == signed
    front.people.change(
        person, "x", lambda p: msgspec.structs.replace(p, disabled=True), by="", now_ms=1
    )
    assert front.signed(asked) is None
    assert front.again(signed, asked) is None
    front.people.change(
        person,
        "x",
        lambda p: msgspec.structs.replace(p, disabled=False, epoch=p.epoch + 1),
        by="",
        now_ms=1,
    )
    assert front.signed(asked) is None, "enabling opens no session of before"
    asked, _ = opened()
    clock.s += 12 * 3600
    assert front.signed(asked) is None


def test_sessions_outlive_a_restart(make_front: Callable[..., Front], clock: Time) -> None:
    """A server that was started again knows who is signed in, by the same cookie."""
    front = make_front()
    add(front, clock, reno=Role.OPERATOR)
    asked = with_cookie(front, asyncio.run(front.sign_in("maria", GOOD, ask("POST"))))
    again = make_front()
    assert again.signed(asked) == front.signed(asked)
    assert make_front(idle_h=1.0).sessions.idle_s == 3600


def test_the_first_admin(front: Front, clock: Time) -> None:
    """The first link makes one admin, once, with a password that does, while there is nobody."""
    token = front.links.make("first", now_ms=now_ms(clock))
    asked = ask("POST", "/api/first")
    assert refused(front.first(token, MARIA, "short", asked)).status == 422
    assert refused(front.first("A" * 43, MARIA, GOOD, asked)).status == 401
    opened = asyncio.run(front.first(token, MARIA, GOOD, asked))
    assert opened.signed.roles == {"*": Role.ADMIN}
    assert refused(front.first(token, Named("eve", "Eve"), GOOD, asked)).status == 401
    another = front.links.make("first", now_ms=now_ms(clock))
    assert refused(front.first(another, Named("eve", "Eve"), GOOD, asked)).status == 401
    asyncio.run(front.sign_in("maria", GOOD, asked))


def test_the_first_link_ends(front: Front, clock: Time) -> None:
    """An hour later the link makes nobody admin; two at once make one."""
    token = front.links.make("first", now_ms=now_ms(clock))
    clock.s += FIRST_S
    assert refused(front.first(token, MARIA, GOOD, ask("POST"))).status == 401
    token = front.links.make("first", now_ms=now_ms(clock))

    async def both() -> list[Any]:
        tries = [front.first(token, Named(f"p{n}", "P"), GOOD, ask("POST")) for n in range(2)]
        return await asyncio.gather(*tries, return_exceptions=True)

    ended = asyncio.run(both())
    assert sum(isinstance(each, SigningRefused) for each in ended) == 1
    assert len(front.people.everyone()) == 1


def test_a_link_sets_a_password(front: Front, clock: Time) -> None:
    """A link lets a person choose a password, once; older sessions end, the old password too."""
    person = add(front, clock)
    old = with_cookie(front, asyncio.run(front.sign_in("maria", GOOD, ask("POST"))))
    token = front.links.make("sign_in", now_ms=now_ms(clock), person=person)
    assert front.link_for(token, "sign_in", ask()) == Named("maria", "Maria")
    assert refused(front.use_link(token, "maria1234567", ask("POST"))).status == 422
    opened = asyncio.run(front.use_link(token, BETTER, ask("POST")))
    assert front.signed(old) is None
    assert front.signed(with_cookie(front, opened)) is not None
    assert refused(front.use_link(token, BETTER, ask("POST"))).status == 401
    assert refused(front.sign_in("maria", GOOD, ask("POST"))).status == 401
    asyncio.run(front.sign_in("maria", BETTER, ask("POST")))


def test_links_and_keys_are_not_tried_for_ever(front: Front, clock: Time) -> None:
    """Who tries tokens waits after some; others do not."""
    statuses = [
        refused(lambda: front.link_for("x", "sign_in", ask())).status for _ in range(LINK_TRIES + 1)
    ]
    assert statuses == [401] * LINK_TRIES + [429]
    found = refused(lambda: front.exchange("wrong", ask(client="127.0.0.9")))
    assert found.status == 401
    clock.s += 5
    assert refused(lambda: front.link_for("x", "sign_in", ask())).status == 401


def test_the_key_is_of_this_machine(front: Front) -> None:
    """The key acts for the person of `--as`, from loopback alone, as bearer or as a session."""
    bearer = {"authorization": f"Bearer {KEY}"}
    found = front.signed(ask("POST", headers=bearer))
    assert found == Signed(person="local", roles={"*": Role.SUPERVISOR}, via="key")
    assert refused(lambda: front.signed(ask(headers=bearer, client="192.0.2.1"))).status == 403
    assert refused(lambda: front.exchange(KEY, ask("POST", client="192.0.2.1"))).status == 403
    wrong = {"authorization": "Bearer wrong"}
    assert refused(lambda: front.signed(ask(headers=wrong))).status == 401
    opened = front.exchange(KEY, ask("POST"))
    asked = with_cookie(front, opened)
    assert front.signed(asked) == opened.signed
    far = msgspec.structs.replace(asked, client="192.0.2.1")
    assert front.signed(far) is None


def test_a_key_session_has_the_role_of_now(make_front: Callable[..., Front]) -> None:
    """Started again as somebody with another role, the same session has that role."""
    asked = with_cookie(front := make_front(), front.exchange(KEY, ask("POST")))
    found = make_front(role=Role.OPERATOR).signed(asked)
    assert found is not None
    assert found.roles == {"*": Role.OPERATOR}


def test_changing_the_own_password(front: Front, clock: Time) -> None:
    """It takes the old one; all sessions end and the new one begins; wrong ones wait."""
    add(front, clock)
    opened = asyncio.run(front.sign_in("maria", GOOD, ask("POST")))
    asked = with_cookie(front, opened)
    signed = opened.signed
    assert refused(front.change_password(signed, "wrong", BETTER, asked)).status == 401
    assert refused(front.change_password(signed, GOOD, "password1234", asked)).status == 422
    new = asyncio.run(front.change_password(signed, GOOD, BETTER, asked))
    assert front.signed(asked) is None
    assert front.signed(with_cookie(front, new)) is not None
    local = front.exchange(KEY, ask("POST")).signed
    assert refused(front.change_password(local, "", BETTER, asked)).status == 409


def test_sessions_are_listed_and_ended(front: Front, clock: Time) -> None:
    """A person ends own sessions; those of others only who is admin where they have roles."""
    maria = add(front, clock, reno=Role.OPERATOR)
    add(front, clock, "juan", reno=Role.MANAGER)
    add(front, clock, "ana", reno=Role.ADMIN)
    maria_s, juan, ana = (
        asyncio.run(front.sign_in(login, GOOD, ask("POST"))).signed
        for login in ("maria", "juan", "ana")
    )
    listed = [session.id for session in front.sessions.of_person(maria)]
    assert listed == [maria_s.session]
    for person_id in ("", maria):
        work = lambda p=person_id: front.end_session(listed[0], signed=juan, person_id=p)  # noqa: E731  # short
        assert refused(work).status in {403, 404}
    front.end_session(listed[0], signed=ana, person_id=maria)
    assert front.sessions.of_person(maria) == ()


def test_an_old_hash_is_made_anew(make_front: Callable[..., Front], clock: Time) -> None:
    """Who signs in with a hash of a lower cost has one of today's after it, and stays signed in."""
    front = make_front()
    person = add(front, clock)
    front._hashing = Hashing(time_cost=2, memory_kib=64, lanes=1)
    opened = asyncio.run(front.sign_in("maria", GOOD, ask("POST")))
    found = front.people.get(person)
    assert found is not None
    assert ",t=2," in found.hash
    assert front.signed(with_cookie(front, opened)) is not None


def test_a_crowd_is_asked_to_come_again(front: Front, clock: Time) -> None:
    """More passwords at once than may wait are refused with 503; the others are checked."""
    add(front, clock)

    async def crowd() -> list[Any]:
        tries = [
            front.sign_in("maria", GOOD, ask("POST", client=f"192.0.2.{n}"))
            for n in range(CHECKS_WAITING_MAX + 8)
        ]
        return await asyncio.gather(*tries, return_exceptions=True)

    ended = asyncio.run(crowd())
    assert [each.status for each in ended if isinstance(each, SigningRefused)] == [503] * 8


def test_a_check_does_not_hold_up_the_loop(make_front: Callable[..., Front], clock: Time) -> None:
    """While a real argon2id check runs, the event loop goes on."""
    front = make_front()
    add(front, clock)
    front._hashing = Hashing()

    async def beside() -> int:
        checking = asyncio.create_task(front.sign_in("maria", GOOD, ask("POST")))
        turns = 0
        while not checking.done():
            turns += 1
            await asyncio.sleep(0)
        await checking
        return turns

    assert asyncio.run(beside()) > 10


def test_the_audit_hears_of_all(front: Front, clock: Time) -> None:
    """Sign-ins, refusals and changes wait for the audit with ids alone, and go when it has them."""
    person = add(front, clock)
    asyncio.run(front.sign_in("maria", GOOD, ask("POST")))
    for _ in range(30):
        refused(front.sign_in("my secret password", "x", ask("POST")))
        clock.s += 1
    deeds = front.unpublished()
    assert [(d.action, d.of) for d in deeds[:2]] == [
        ("people.added", person),
        ("session.begun", person),
    ]
    assert {d.of for d in deeds[2:]} == {"unknown"}
    assert len(deeds) < 20, "an attacker cannot fill the audit"
    heard: list[Any] = []

    async def publish(deed: Any) -> None:  # noqa: ANN401  # a deed
        heard.append(deed)
        if len(heard) == 2:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        asyncio.run(front.keep(publish))
    assert front.unpublished() == deeds[1:]
    front.published(deeds)
    assert front.unpublished() == ()
    assert QUICK is front._hashing
