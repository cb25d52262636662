"""People of the site, as an admin sees and changes them."""

import time
from typing import Any

from linewright.plant.records import Role
from linewright.server.desk import Refusal
from linewright.server.signing.keeping.people import Named
from linewright.server.signing.members import Preferences
from linewright.server.signing.roles import PERMISSIONS, Roles, may
from linewright.server.views.house import (
    OpenSessionsView,
    OpenSessionView,
    PeopleView,
    PermissionView,
    PersonView,
    SessionView,
)
from linewright.server.web.asked import Asked
from linewright.server.web.routes import session
from linewright.server.web.rows import Row

__all__ = [
    "add",
    "change",
    "end_session",
    "erase",
    "everyone",
    "link",
    "permissions_of",
    "prefer",
    "sessions",
]


def everyone(asked: Asked) -> PeopleView:
    """Return the people who may sign in."""
    people = asked.site.front.people
    opened = asked.site.front.sessions
    found = {}
    for person in people.everyone():
        named = people.named(person.id)
        used = [each.used_ms for each in opened.of_person(person.id)]
        found[person.id] = PersonView(
            name=named.name if named else "",
            roles={site: role.value for site, role in person.roles.items()},
            disabled=person.disabled,
            language=person.language,
            seen_ms=max(used, default=None),
        )
    return PeopleView(people=found)


def add(asked: Asked) -> dict[str, Any]:
    """Add a person; the token is of the link by which the person chooses a password."""
    body = asked.body
    named = Named(login=body.person, name=body.name)
    person, token = asked.site.front.members.add(
        named, _roles(asked, body.roles), actor=asked.who.actor, now_ms=_now_ms()
    )
    return {"id": person.id, "link": f"/#link={token}"}


def change(asked: Asked) -> PeopleView:
    """Change roles of a person, or let nobody sign in as that person."""
    members, body, person_id = asked.site.front.members, asked.body, asked.path["person_id"]
    actor, now_ms = asked.who.actor, _now_ms()
    if body.person is not None or body.name is not None:
        before = members.people.named(person_id)
        login = body.person or (before.login if before else "")
        name = body.name or (before.name if before else "")
        members.rename(person_id, Named(login=login, name=name), actor=actor, now_ms=now_ms)
    if body.roles is not None:
        members.set_roles(person_id, _roles(asked, body.roles), actor=actor, now_ms=now_ms)
    if body.disabled is not None:
        members.set_disabled(person_id, is_disabled=body.disabled, actor=actor, now_ms=now_ms)
    return everyone(asked)


def link(asked: Asked) -> dict[str, str]:
    """Make a one-time link by which a person chooses a new password."""
    token = asked.site.front.members.link(
        asked.path["person_id"], actor=asked.who.actor, now_ms=_now_ms()
    )
    return {"link": f"/#link={token}"}


def erase(asked: Asked) -> PeopleView:
    """Erase the name of a person; the id stays in what the person did."""
    asked.site.front.members.erase(asked.path["person_id"], actor=asked.who.actor, now_ms=_now_ms())
    return everyone(asked)


def sessions(asked: Asked) -> OpenSessionsView:
    """Return the open sessions of a person; of who asks where none is named."""
    person_id = asked.path.get("person_id", asked.who.person)
    return OpenSessionsView(
        sessions={
            each.id: OpenSessionView(
                via=each.via,
                made_ms=each.made_ms,
                used_ms=each.used_ms,
                client=each.client,
                agent=each.agent,
                here=each.id == asked.who.session,
            )
            for each in asked.site.front.sessions.of_person(person_id)
        }
    )


def end_session(asked: Asked) -> OpenSessionsView:
    """End a session of a person; of who asks where none is named."""
    person_id = asked.path.get("person_id", "")
    asked.site.front.end_session(asked.path["session_id"], signed=asked.who, person_id=person_id)
    return sessions(asked)


def prefer(asked: Asked) -> SessionView:
    """Keep how a person wants to see things."""
    front, body = asked.site.front, asked.body
    person = front.people.get(asked.who.person)
    if person is None:
        to_do = "sign in as a person of your own"
        raise Refusal(409, "the key of the data folder keeps no preferences", asked.where, to_do)
    wanted = Preferences(
        language=person.language if body.language is None else body.language,
        locale=person.locale if body.locale is None else body.locale,
        units=body.units or person.units,
        time_zone=person.time_zone if body.time_zone is None else body.time_zone,
    )
    front.members.prefer(person.id, wanted, now_ms=_now_ms())
    return session.now(asked)


def permissions_of(rows: tuple[Row, ...]) -> tuple[PermissionView, ...]:
    """Return which role may use which route.

    Parameters
    ----------
    rows
        The route table.
    """
    return tuple(
        PermissionView(
            method=row.method,
            path=row.path,
            permission=row.permission,
            roles=tuple(role.value for role in Role if _may(role, row.permission)),
            scope=row.scope,
        )
        for row in rows
    )


def _may(role: Role, permission: str) -> bool:
    return not permission or (permission in PERMISSIONS and may({"*": role}, permission, "*"))


def _roles(asked: Asked, given: dict[str, str]) -> Roles:
    words = {role.value for role in Role}
    wrong = next((word for word in given.values() if word not in words), None)
    if wrong is not None:
        to_do = f"there are: {', '.join(sorted(words))}"
        raise Refusal(422, f"`{wrong}` is no role", asked.where, to_do)
    return {site: Role(word) for site, word in given.items()}


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
