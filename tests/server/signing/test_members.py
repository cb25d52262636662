"""People changed by people: nobody gives what they do not have."""

import asyncio

import pytest

from linewright.plant.records import Role
from linewright.server.signing import OWNER, Named, Preferences, SigningRefused
from linewright.server.signing.front import Front
from linewright.server.signing.members import Actor
from tests.server.signing.conftest import BETTER, GOOD, Time, add, ask, now_ms, with_cookie

RENO_ADMIN = Actor("p-reno", {"reno": Role.ADMIN})
BOSS = Named("boss", "Boss")


def test_an_owner_adds_a_person_who_chooses_a_password(front: Front, clock: Time) -> None:
    """Whoever is added gets a link, and is who was meant once a password is chosen."""
    made, token = front.members.add(BOSS, {"*": Role.ADMIN}, actor=OWNER, now_ms=now_ms(clock))
    assert not made.can_sign_in
    opened = asyncio.run(front.use_link(token, BETTER, ask("POST")))
    assert opened.signed.person == made.id
    assert opened.signed.actor == Actor(made.id, {"*": Role.ADMIN})


def test_an_admin_of_a_site_ends_there(front: Front, clock: Time) -> None:
    """Admin of one site gives no role at another nor at all, and touches nobody who has one."""
    members, ms = front.members, now_ms(clock)
    made, _ = members.add(BOSS, {"reno": Role.MANAGER}, actor=RENO_ADMIN, now_ms=ms)
    for roles in ({"nogales": Role.OPERATOR}, {"*": Role.OPERATOR}):
        with pytest.raises(SigningRefused):
            members.add(Named("x", "X"), roles, actor=RENO_ADMIN, now_ms=ms)
        with pytest.raises(SigningRefused):
            members.set_roles(made.id, roles, actor=RENO_ADMIN, now_ms=ms)
    top = add(front, clock, "top", nogales=Role.ADMIN)
    for work in (
        lambda: members.link(top, actor=RENO_ADMIN, now_ms=ms),
        lambda: members.erase(top, actor=RENO_ADMIN, now_ms=ms),
        lambda: members.set_disabled(top, is_disabled=True, actor=RENO_ADMIN, now_ms=ms),
        lambda: members.rename(top, BOSS, actor=RENO_ADMIN, now_ms=ms),
    ):
        with pytest.raises(SigningRefused) as caught:
            work()
        assert caught.value.status == 403


def test_a_role_at_one_site_leaves_the_others(front: Front, clock: Time) -> None:
    """An admin of a site adds a role there to somebody who has one elsewhere, and takes none."""
    person = add(front, clock, nogales=Role.OPERATOR)
    wanted = {"nogales": Role.OPERATOR, "reno": Role.ENGINEER}
    ms = now_ms(clock)
    assert front.members.set_roles(person, wanted, actor=RENO_ADMIN, now_ms=ms).roles == wanted
    with pytest.raises(SigningRefused):
        front.members.set_roles(person, {"reno": Role.OPERATOR}, actor=RENO_ADMIN, now_ms=ms)
    with pytest.raises(SigningRefused, match="no name of a site"):
        front.members.set_roles(person, {"a b": Role.OPERATOR}, actor=OWNER, now_ms=ms)


def test_nobody_without_the_permission(front: Front, clock: Time) -> None:
    """A manager changes nobody, not even somebody without any role."""
    person = add(front, clock)
    manager = Actor("p-m", {"*": Role.MANAGER})
    for work in (
        lambda: front.members.set_roles(person, {}, actor=manager, now_ms=1),
        lambda: front.members.erase(person, actor=manager, now_ms=1),
        lambda: front.members.add(BOSS, {}, actor=manager, now_ms=1),
    ):
        with pytest.raises(SigningRefused):
            work()


def test_disabling_ends_links_and_sessions(front: Front, clock: Time) -> None:
    """A disabled person is out at once; the open link is dead; enabling needs a new sign-in."""
    add(front, clock, "boss", **{"*": Role.ADMIN})
    person, ms = add(front, clock), now_ms(clock)
    asked = with_cookie(front, asyncio.run(front.sign_in("maria", GOOD, ask("POST"))))
    token = front.members.link(person, actor=OWNER, now_ms=ms)
    front.members.set_disabled(person, is_disabled=True, actor=OWNER, now_ms=ms)
    assert front.signed(asked) is None
    with pytest.raises(SigningRefused):
        front.link_for(token, "sign_in", ask())
    with pytest.raises(SigningRefused, match="disabled"):
        front.members.link(person, actor=OWNER, now_ms=ms)
    front.members.set_disabled(person, is_disabled=False, actor=OWNER, now_ms=ms)
    assert front.signed(asked) is None
    with pytest.raises(SigningRefused):
        front.link_for(token, "sign_in", ask())
    asyncio.run(front.sign_in("maria", GOOD, ask("POST")))


def test_preferences(front: Front, clock: Time) -> None:
    """A person keeps language, locale, units and zone; what is none of these is refused."""
    person = add(front, clock)
    wanted = Preferences(language="es", locale="es-MX", units="us", time_zone="America/Hermosillo")
    kept = front.members.prefer(person, wanted, now_ms=now_ms(clock))
    assert (kept.language, kept.locale, kept.units) == ("es", "es-MX", "us")
    assert kept.time_zone == "America/Hermosillo"
    for change in ({"language": "e s"}, {"locale": "x" * 65}, {"time_zone": "a;b"}):
        with pytest.raises(SigningRefused):
            front.members.prefer(person, Preferences(**change), now_ms=1)  # type: ignore[arg-type]  # by name


def test_every_change_has_its_deed(front: Front) -> None:
    """Whatever is done to a person is told to the audit, with who did it."""
    made, _ = front.members.add(BOSS, {}, actor=OWNER, now_ms=1)
    members = front.members
    members.set_roles(made.id, {"reno": Role.OPERATOR}, actor=OWNER, now_ms=2)
    members.rename(made.id, Named("b", "B"), actor=OWNER, now_ms=3)
    members.link(made.id, actor=OWNER, now_ms=4)
    members.set_disabled(made.id, is_disabled=True, actor=OWNER, now_ms=5)
    members.set_disabled(made.id, is_disabled=False, actor=OWNER, now_ms=6)
    members.erase(made.id, actor=OWNER, now_ms=7)
    words = "added roles renamed link disabled enabled erased"
    assert [d.action for d in front.people.deeds()] == [f"people.{w}" for w in words.split()]
    assert {d.by for d in front.people.deeds()} == {"local"}
    assert [d.rev for d in front.people.deeds()] == list(range(7))
