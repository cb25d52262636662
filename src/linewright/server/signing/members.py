"""What an admin, or whoever owns the data folder, does with people; and who may do it to whom.

Nobody gives what they do not have: a role at a site is given and taken by who is admin there, and
a person is disabled, linked or erased by who is admin at every site where that person has a role.
"""

import re
from collections.abc import Mapping

import msgspec

from linewright.plant.records import Role
from linewright.server.signing.faults import SigningRefused
from linewright.server.signing.keeping.links import Links
from linewright.server.signing.keeping.people import (
    Named,
    People,
    Person,
    Units,
    checked_roles,
    spelled,
)
from linewright.server.signing.roles import EVERYWHERE, Roles, must_may

__all__ = ["OWNER", "Actor", "Members", "Preferences"]

_TAG = re.compile(r"[A-Za-z0-9/_+-]{0,64}")
"""What a language, a locale or a time zone looks like."""


class Actor(msgspec.Struct, frozen=True):
    """Who does it: an id, and the roles it is done with."""

    id: str
    roles: Roles


OWNER = Actor("local", {EVERYWHERE: Role.ADMIN})
"""Whoever can write the data folder can do all that is in it."""


class Preferences(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a person wants to see things; empty: as the browser or the site has it.

    Examples
    --------
    >>> Preferences(language="es", locale="es-MX").units
    'si'
    """

    language: str = ""
    locale: str = ""
    units: Units = "si"
    time_zone: str = ""


class Members:
    """The people of a data folder, changed by somebody.

    Parameters
    ----------
    people
        Who they are.
    links
        Their one-time links.
    """

    def __init__(self, people: People, links: Links) -> None:
        self.people = people
        self._links = links

    def add(
        self, named: Named, roles: Mapping[str, Role], *, actor: Actor, now_ms: int
    ) -> tuple[Person, str]:
        """Add a person; return what was made, and the token of a link to choose a password.

        Parameters
        ----------
        named
            Sign-in name and display name.
        roles
            Role at each site.
        actor
            Who adds.
        now_ms
            Wall clock.

        Raises
        ------
        SigningRefused
            The actor may not, or the names are taken or cannot be used.
        """
        _must_command(actor, roles)
        made = self.people.add(named, roles, by=actor.id, now_ms=now_ms)
        return made, self._links.make("sign_in", now_ms=now_ms, person=made.id)

    def set_roles(
        self, person_id: str, roles: Mapping[str, Role], *, actor: Actor, now_ms: int
    ) -> Person:
        """Give a person these roles instead of those of before.

        Raises
        ------
        SigningRefused
            The actor may not, there is no such person, or nobody would be admin any more.
        """
        roles = checked_roles(roles)
        before = self._person(person_id)
        # What stays as it is needs no right: an admin of one site adds a role there.
        touched = {
            site: role
            for site, role in {**before.roles, **roles}.items()
            if before.roles.get(site) != roles.get(site)
        }
        _must_command(actor, touched)

        def with_roles(person: Person) -> Person:
            if person.roles != before.roles:
                what = "the roles of this person have just changed"
                raise SigningRefused(409, what, person_id, "look again, then decide")
            return msgspec.structs.replace(person, roles=roles)

        text = f"roles: {spelled(roles)}"
        return self.people.change(
            person_id, "people.roles", with_roles, by=actor.id, now_ms=now_ms, text=text
        )

    def set_disabled(
        self, person_id: str, *, is_disabled: bool, actor: Actor, now_ms: int
    ) -> Person:
        """Keep a person from signing in, at once and everywhere; or let them again.

        Raises
        ------
        SigningRefused
            The actor may not, there is no such person, or nobody would be admin any more.
        """
        _must_command(actor, self._person(person_id).roles)

        def switched(person: Person) -> Person:
            return msgspec.structs.replace(person, disabled=is_disabled, epoch=person.epoch + 1)

        action = "people.disabled" if is_disabled else "people.enabled"
        changed = self.people.change(person_id, action, switched, by=actor.id, now_ms=now_ms)
        if is_disabled:
            self._links.end("sign_in", person=person_id)
        return changed

    def link(self, person_id: str, *, actor: Actor, now_ms: int) -> str:
        """Return the token of a link by which a person chooses a password; older ones end.

        Raises
        ------
        SigningRefused
            The actor may not, there is no such person, or the person is disabled.
        """
        person = self._person(person_id)
        _must_command(actor, person.roles)
        if not person.is_active:
            raise SigningRefused(409, "this person is disabled", person_id, "enable them first")
        self.people.change(person_id, "people.link", lambda p: p, by=actor.id, now_ms=now_ms)
        return self._links.make("sign_in", now_ms=now_ms, person=person_id)

    def erase(self, person_id: str, *, actor: Actor, now_ms: int) -> Person:
        """Erase the names, the password and the preferences of a person; the id stays.

        Raises
        ------
        SigningRefused
            The actor may not, there is no such person, or nobody would be admin any more.
        """
        _must_command(actor, self._person(person_id).roles)
        erased = self.people.erase(person_id, by=actor.id, now_ms=now_ms)
        self._links.end("sign_in", person=person_id)
        return erased

    def rename(self, person_id: str, named: Named, *, actor: Actor, now_ms: int) -> Person:
        """Give a person other names.

        Raises
        ------
        SigningRefused
            The actor may not, there is no such person, or the names cannot be used.
        """
        _must_command(actor, self._person(person_id).roles)
        return self.people.rename(person_id, named, by=actor.id, now_ms=now_ms)

    def prefer(self, person_id: str, wanted: Preferences, *, now_ms: int) -> Person:
        """Keep how a person wants to see things; each for themselves.

        Raises
        ------
        SigningRefused
            There is no such person, or what is wanted cannot be used.
        """
        for text, where in (
            (wanted.language, "language"),
            (wanted.locale, "locale"),
            (wanted.time_zone, "time_zone"),
        ):
            if not _TAG.fullmatch(text):
                to_do = "write it as es-MX, or as America/Hermosillo"
                raise SigningRefused(422, "this cannot be used", where, to_do)

        def preferring(person: Person) -> Person:
            return msgspec.structs.replace(person, **msgspec.structs.asdict(wanted))

        action = "people.preferences"
        return self.people.change(person_id, action, preferring, by=person_id, now_ms=now_ms)

    def _person(self, person_id: str) -> Person:
        found = self.people.get(person_id)
        if found is None or found.erased:
            raise SigningRefused(404, "there is no such person", person_id, "list them first")
        return found


def _must_command(actor: Actor, roles: Roles) -> None:
    """Refuse an actor who is not admin wherever these roles are held; without any: anywhere."""
    for site in roles:
        must_may(actor.roles, "people", site)
    if not roles and Role.ADMIN not in actor.roles.values():
        must_may(actor.roles, "people", EVERYWHERE)
