"""`linewright people`: who may sign in at a plant, and in which role.

Whoever can write the data folder may do all of this, whether the plant runs or not: a running
server sees a change at its next request, and the audit hears of it as soon as it can.
"""

from typing import NamedTuple

import click

from linewright.cli.access.folder import DATA, Place, now_ms, placed
from linewright.cli.ending import Failed, only_after_yes
from linewright.cli.terminal import example, safe, say
from linewright.plant.language import nearest
from linewright.plant.records import Role
from linewright.server.signing import (
    EVERYWHERE,
    OWNER,
    Links,
    Members,
    Named,
    People,
    Person,
)

__all__ = ["command"]

NO_PAGE = "behind the address of the page, which `linewright up` prints:"


class _Desk(NamedTuple):
    """The people of one data folder, and the address of its page where it runs."""

    members: Members
    site: str
    url: str


HELP = """\
Say who may sign in at a plant, and in which role.

Works on the data folder of a plant, whether it runs or not. A ROLE is
operator, supervisor, engineer, quality, manager or admin, at all sites of the
folder; SITE=ROLE at one. PERSON is the sign-in name, or the id.
"""

command = click.Group(
    "people",
    help=HELP,
    epilog=example("linewright people add maria --role supervisor", "linewright people list"),
)


_ROLE = click.option("--role", "roles", multiple=True, help="ROLE or SITE=ROLE; repeatable.")


@command.command("list")
@DATA
@placed
def listed(place: Place) -> None:
    """List the people: id, sign-in name, display name, roles, what they can do."""
    desk = _desk(place)
    people = desk.members.people
    everyone = people.everyone()
    if not everyone:
        say("there is nobody yet; `linewright up` prints a link for the first admin")
    for person in everyone:
        named = people.named(person.id)
        roles = " ".join(f"{site}={role.value}" for site, role in sorted(person.roles.items()))
        login, name = (named.login, named.name) if named else ("-", "-")
        say(safe(f"{person.id}  {login:16} {name:24} {roles or '-':24} {_state(person)}"))


@command.command("add")
@click.argument("login")
@click.option("--display-name", default="", help="As pages show it; the sign-in name otherwise.")
@_ROLE
@DATA
@placed
def added(place: Place, login: str, display_name: str, roles: tuple[str, ...]) -> None:
    """Add a person who signs in as LOGIN, and print the link to choose a password."""
    desk = _desk(place)
    made, token = desk.members.add(
        Named(login, display_name or login),
        _roles(desk, roles),
        actor=OWNER,
        now_ms=now_ms(),
    )
    say(safe(f"added    {made.id}"))
    _say_link(desk, token)


@command.command("role")
@click.argument("person")
@click.argument("roles", nargs=-1)
@DATA
@placed
def roled(place: Place, person: str, roles: tuple[str, ...]) -> None:
    """Give PERSON these ROLES instead of those of before; without any: none."""
    desk = _desk(place)
    found = _found(desk, person)
    desk.members.set_roles(found.id, _roles(desk, roles), actor=OWNER, now_ms=now_ms())
    say(safe(f"roles    {' '.join(roles) or 'none'}"))


@command.command("disable")
@click.argument("person")
@DATA
@placed
def disabled(place: Place, person: str) -> None:
    """Keep PERSON from signing in; what is open ends at once."""
    desk = _desk(place)
    found = _found(desk, person)
    desk.members.set_disabled(found.id, is_disabled=True, actor=OWNER, now_ms=now_ms())
    say(f"disabled {found.id}")


@command.command("enable")
@click.argument("person")
@DATA
@placed
def enabled(place: Place, person: str) -> None:
    """Let PERSON sign in again."""
    desk = _desk(place)
    found = _found(desk, person)
    desk.members.set_disabled(found.id, is_disabled=False, actor=OWNER, now_ms=now_ms())
    say(f"enabled  {found.id}")


@command.command("link")
@click.argument("person")
@DATA
@placed
def linked(place: Place, person: str) -> None:
    """Print a link by which PERSON chooses a password; one use, within a day."""
    desk = _desk(place)
    _say_link(desk, desk.members.link(_found(desk, person).id, actor=OWNER, now_ms=now_ms()))


@command.command("erase")
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask.")
@DATA
@placed
def erased(place: Place, person: str, *, yes: bool) -> None:
    """Erase names and password of PERSON; the id stays in records, and names nobody."""
    desk = _desk(place)
    found = _found(desk, person)
    if not yes:
        only_after_yes(f"Erase {person} for good?")
    desk.members.erase(found.id, actor=OWNER, now_ms=now_ms())
    say(f"erased   {found.id}")


def _desk(place: Place) -> _Desk:
    """Return the people of a data folder."""
    members = Members(People(place.private), Links(place.private / "links.json"))
    return _Desk(members, place.site, place.url)


def _found(desk: _Desk, person: str) -> Person:
    people = desk.members.people
    found = people.by_login(person) or people.get(person)
    if found is None or found.erased:
        logins = [named.login for each in people.everyone() if (named := people.named(each.id))]
        near = nearest(person, logins)
        to_do = f"did you mean `{near}`?" if near else "`linewright people list` lists all"
        raise Failed(f"there is no person `{person}`", to_do)
    return found


def _roles(desk: _Desk, given: tuple[str, ...]) -> dict[str, Role]:
    found: dict[str, Role] = {}
    names = [role.value for role in Role]
    for text in given:
        site, _, word = text.rpartition("=")
        if word not in names:
            raise Failed(f"`{word}` is no role", f"there are: {', '.join(names)}")
        if site not in {"", EVERYWHERE, desk.site}:
            raise Failed(f"there is no site `{site}` here", f"there is: {desk.site}")
        found[site or EVERYWHERE] = Role(word)
    return found


def _say_link(desk: _Desk, token: str) -> None:
    if not desk.url:
        say(NO_PAGE)
    say(f"link     {desk.url}/#link={token}")


def _state(person: Person) -> str:
    if person.erased:
        return "erased"
    if person.disabled:
        return "disabled"
    return "active" if person.can_sign_in else "has no password yet"
