"""Who may sign in: people by id, with their names in a file of their own that can be erased.

Records and the audit hold ids alone. `people.json` holds what belongs to an id; `names.json` holds
the display name and the sign-in name, and nothing else does. Each change stands in the same file,
in the same write, as the deed that the shell publishes as an audit record: neither is without the
other, whoever is killed when.
"""

import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from linewright.plant.records import Role
from linewright.server.signing.faults import SigningRefused
from linewright.server.signing.keeping.locked import LockedFile
from linewright.server.signing.keeping.tokens import new_id
from linewright.server.signing.roles import EVERYWHERE

__all__ = ["Deed", "Named", "People", "Person", "Units", "checked_roles", "folded", "spelled"]

PEOPLE_MAX = 5_000
"""Most people of one store: the whole file is written at each change."""

DEEDS_MAX = 10_000
"""Most deeds that wait for the audit; then nothing is changed until it is there again."""

NAME_CHARS_MAX = 64
"""Longest sign-in name and display name."""

SITE_CHARS_MAX = 64

Units = Literal["si", "us"]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to an id of a person; no name.

    Examples
    --------
    >>> Person(id="p1", made_ms=0, changed_ms=0).can_sign_in
    False
    """

    id: str
    hash: str = ""
    """Argon2id hash of the password; empty: none yet."""
    roles: dict[str, Role] = {}
    """Role at each site; `*` for all."""
    language: str = ""
    """BCP 47, such as es; empty: the browser's."""
    locale: str = ""
    """For numbers and dates, such as es-MX; empty: the browser's."""
    units: Units = "si"
    time_zone: str = ""
    """IANA name; empty: that of the site."""
    disabled: bool = False
    erased: bool = False
    subject: str = ""
    """SHA-256 of issuer and subject at an OpenID provider; empty: none."""
    made_ms: int
    changed_ms: int
    epoch: int = 0
    """Sessions of an earlier number are void: the password or the right to sign in changed."""
    rev: int = 0
    """Number of changes; with the id it names one deed."""

    @property
    def is_active(self) -> bool:
        """Whether the person may act at all."""
        return not self.disabled and not self.erased

    @property
    def can_sign_in(self) -> bool:
        """Whether the person is active and has something to sign in with."""
        return self.is_active and bool(self.hash or self.subject)


class Named(msgspec.Struct, frozen=True):
    """What is erased when a person is: sign-in name and display name."""

    login: str
    name: str


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the shell publishes as an audit record; ids only.

    Examples
    --------
    >>> Deed(action="people.added", of="p1", by="p0", t_ms=0).outcome
    'done'
    """

    action: str
    of: str
    """Id of the person, or of what else, that it was done to."""
    of_class: str = "person"
    by: str
    """Id of the person who did it; `local` for whoever owns the data folder."""
    outcome: str = "done"
    text: str = ""
    rev: int = 0
    """Of the person, after it."""
    t_ms: int


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    people: dict[str, Person] = {}
    deeds: tuple[Deed, ...] = ()


def folded(login: str) -> str:
    """Return a sign-in name as it is compared: one spelling, no capitals.

    Examples
    --------
    >>> folded(" Maria ")
    'maria'
    """
    return unicodedata.normalize("NFKC", login).casefold().strip()


class People:
    """The people of a data folder.

    Parameters
    ----------
    folder
        Private folder of the server.

    Examples
    --------
    >>> People(Path("no/such/folder")).everyone()
    ()
    """

    def __init__(self, folder: Path) -> None:
        self._file = LockedFile(folder / "people.json", _Kept, _Kept())
        self._names = LockedFile(folder / "names.json", dict[str, Named], {})

    def everyone(self) -> tuple[Person, ...]:
        """Return all people, the erased ones too, by the time they were added."""
        return tuple(sorted(self._file.read().people.values(), key=lambda p: (p.made_ms, p.id)))

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody who is not erased."""
        return all(person.erased for person in self._file.read().people.values())

    def get(self, person_id: str) -> Person | None:
        """Return a person; None where there is no such id."""
        return self._file.read().people.get(person_id)

    def named(self, person_id: str) -> Named | None:
        """Return the names of a person; None where they are erased."""
        person = self.get(person_id)
        return None if person is None or person.erased else self._names.read().get(person_id)

    def by_login(self, login: str) -> Person | None:
        """Return who signs in by a name; capitals do not count."""
        wanted = folded(login)
        for person_id, named in self._names.read().items():
            if named.login == wanted:
                found = self.get(person_id)
                return None if found is None or found.erased else found
        return None

    def by_subject(self, subject: str) -> Person | None:
        """Return who has this subject at an OpenID provider."""
        people = self._file.read().people.values()
        return next((p for p in people if p.subject and p.subject == subject), None)

    def add(
        self, named: Named, roles: Mapping[str, Role], *, by: str, now_ms: int, **fields: str
    ) -> Person:
        """Add a person and return what was made.

        Parameters
        ----------
        named
            Sign-in name, which nobody else may have, and display name.
        roles
            Role at each site.
        by
            Id of who adds; empty: the person, who is the first.
        now_ms
            Wall clock.
        fields
            Further fields of the person: `hash`, `subject`, `language`, `locale`.

        Raises
        ------
        SigningRefused
            The names are taken or cannot be used, or there are too many people.
        """
        named = _checked(named)
        made = Person(id=f"p-{new_id()}", made_ms=now_ms, changed_ms=now_ms, **fields)  # type: ignore[arg-type]  # by name
        made = msgspec.structs.replace(made, roles=checked_roles(roles))
        with self._file.lock() as kept:
            names = self._true_names(kept)
            if len(kept.people) >= PEOPLE_MAX:
                what = f"there are {PEOPLE_MAX} people already"
                raise SigningRefused(409, what, "people", "one store holds no more")
            _must_be_free(named, names, made.id)
            # The name first: one without a person is dropped at the next change.
            self._names.write(names | {made.id: named})
            text = f"roles: {spelled(made.roles)}"
            deed = Deed(action="people.added", of=made.id, by=by or made.id, text=text, t_ms=now_ms)
            self._put(kept, made, deed)
        return made

    def change(
        self,
        person_id: str,
        action: str,
        change: Callable[[Person], Person],
        *,
        by: str,
        now_ms: int,
        text: str = "",
    ) -> Person:
        """Change what belongs to a person, and leave a deed for the audit.

        Parameters
        ----------
        person_id
            Whose.
        action
            What it is called in the audit, such as `people.disabled`.
        change
            Gives the person as it will be, from the one of now; may refuse.
        by
            Id of who does it.
        now_ms
            Wall clock.
        text
            The same in words, without names.

        Raises
        ------
        SigningRefused
            There is no such person, or nobody could sign in as admin any more.
        """
        with self._file.lock() as kept:
            before = _there(kept, person_id)
            after = change(before)
            after = msgspec.structs.replace(after, changed_ms=now_ms, rev=before.rev + 1)
            _must_keep_admin(kept, after)
            deed = Deed(action=action, of=person_id, by=by, text=text, rev=after.rev, t_ms=now_ms)
            self._put(kept, after, deed)
        return after

    def rename(self, person_id: str, named: Named, *, by: str, now_ms: int) -> Person:
        """Give a person other names.

        Raises
        ------
        SigningRefused
            They are taken or cannot be used, or there is no such person.
        """
        named = _checked(named)
        with self._file.lock() as kept:
            before = _there(kept, person_id)
            names = self._true_names(kept)
            _must_be_free(named, names, person_id)
            self._names.write(names | {person_id: named})
            after = msgspec.structs.replace(before, changed_ms=now_ms, rev=before.rev + 1)
            action = "people.renamed"
            deed = Deed(action=action, of=person_id, by=by, rev=after.rev, t_ms=now_ms)
            self._put(kept, after, deed)
        return after

    def erase(self, person_id: str, *, by: str, now_ms: int) -> Person:
        """Erase names, password and preferences of a person; the id stays, and names nobody.

        Raises
        ------
        SigningRefused
            There is no such person, or nobody could sign in as admin any more.
        """

        def bare(person: Person) -> Person:
            return Person(
                id=person.id,
                made_ms=person.made_ms,
                changed_ms=now_ms,
                erased=True,
                disabled=True,
                epoch=person.epoch + 1,
                rev=person.rev,
            )

        erased = self.change(person_id, "people.erased", bare, by=by, now_ms=now_ms)
        self.mend()
        return erased

    def mend(self) -> None:
        """Drop names that belong to nobody: whoever was killed between two files left them."""
        with self._file.lock() as kept:
            names = self._names.read()
            true = self._true_names(kept)
            if len(true) != len(names):
                self._names.write(true)

    def deeds(self) -> tuple[Deed, ...]:
        """Return what waits for the audit, the oldest first."""
        return self._file.read().deeds

    def told(self, deeds: tuple[Deed, ...]) -> None:
        """Take away deeds that are in the audit by now."""
        with self._file.lock() as kept:
            left = tuple(deed for deed in kept.deeds if deed not in deeds)
            self._file.write(msgspec.structs.replace(kept, deeds=left))

    def _true_names(self, kept: _Kept) -> dict[str, Named]:
        names = self._names.read()
        return {i: n for i, n in names.items() if i in kept.people and not kept.people[i].erased}

    def _put(self, kept: _Kept, person: Person, deed: Deed) -> None:
        if len(kept.deeds) >= DEEDS_MAX:
            what = f"{DEEDS_MAX} changes wait for the audit"
            raise SigningRefused(503, what, person.id, "see why the bus is away", wait_s=10.0)
        people = kept.people | {person.id: person}
        self._file.write(_Kept(people=people, deeds=(*kept.deeds, deed)))


def _there(kept: _Kept, person_id: str) -> Person:
    person = kept.people.get(person_id)
    if person is None or person.erased:
        raise SigningRefused(404, "there is no such person", person_id, "list them first")
    return person


def _must_keep_admin(kept: _Kept, after: Person) -> None:
    """Refuse a change after which nobody can sign in as admin, where somebody can now."""

    def admins(people: Mapping[str, Person]) -> bool:
        return any(p.can_sign_in and Role.ADMIN in p.roles.values() for p in people.values())

    if admins(kept.people) and not admins(kept.people | {after.id: after}):
        what = "nobody could sign in as admin any more"
        raise SigningRefused(409, what, after.id, "make somebody else admin first")


def _must_be_free(named: Named, names: Mapping[str, Named], person_id: str) -> None:
    if any(n.login == named.login and i != person_id for i, n in names.items()):
        what = "somebody else signs in by this name"
        raise SigningRefused(409, what, "login", "choose another one")


def _checked(named: Named) -> Named:
    login, name = folded(named.login), unicodedata.normalize("NFC", named.name).strip()
    for text, where in ((login, "login"), (name, "name")):
        if not 1 <= len(text) <= NAME_CHARS_MAX or not text.isprintable():
            what = f"a name has 1 to {NAME_CHARS_MAX} characters that can be printed"
            raise SigningRefused(422, what, where, "choose another one")
    return Named(login=login, name=name)


def checked_roles(roles: Mapping[str, Role]) -> dict[str, Role]:
    """Return roles whose sites are names, or `*`.

    Raises
    ------
    SigningRefused
        One is no name.

    Examples
    --------
    >>> checked_roles({"*": Role.ADMIN})
    {'*': <Role.ADMIN: 'admin'>}
    """
    for site in roles:
        is_name = site.replace("-", "").replace("_", "").isalnum()
        if site != EVERYWHERE and (not is_name or len(site) > SITE_CHARS_MAX):
            what = f"`{site[:SITE_CHARS_MAX]}` is no name of a site"
            raise SigningRefused(422, what, "roles", "write SITE=ROLE, or `*=ROLE` for all sites")
    return dict(roles)


def spelled(roles: Mapping[str, Role]) -> str:
    """Return roles in words for people.

    Examples
    --------
    >>> spelled({"reno": Role.ADMIN}), spelled({})
    ('reno=admin', 'none')
    """
    return ", ".join(f"{site}={role.value}" for site, role in sorted(roles.items())) or "none"
