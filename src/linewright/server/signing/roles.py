"""Who may do what: one table of permissions, and one pure question to it.

The roles stand in an order, operator < supervisor < engineer < manager < admin, each with all
that the ones below it may. `quality` stands beside engineer: what it may is said in each row.
A role is held at a site, or at all sites (`*`).
"""

from collections.abc import Mapping

import msgspec

from linewright.plant.records import Role
from linewright.server.signing.faults import SigningRefused

__all__ = ["EVERYWHERE", "PERMISSIONS", "Permission", "Roles", "may", "must_may", "role_at"]

EVERYWHERE = "*"
"""Stands for all sites in the roles of a person."""

Roles = Mapping[str, Role]
"""Role of a person at each site; `*` for all sites."""

ORDER = (Role.OPERATOR, Role.SUPERVISOR, Role.ENGINEER, Role.MANAGER, Role.ADMIN)
"""Each may what the ones before it may; `quality` is not among them."""


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table.

    Examples
    --------
    >>> PERMISSIONS["shelve"].least.value, PERMISSIONS["shelve"].quality
    ('supervisor', False)
    """

    word: str
    least: Role
    """Lowest role of the order that may."""
    quality: bool
    """Whether quality may."""
    gives: str
    """What it lets a person do."""


def _row(word: str, least: Role, gives: str, *, quality: bool = False) -> Permission:
    return Permission(word=word, least=least, quality=quality, gives=gives)


_ROWS = (
    _row("see", Role.OPERATOR, "read every page of the site", quality=True),
    _row("reason", Role.OPERATOR, "give the reason of a stop", quality=True),
    _row("report", Role.OPERATOR, "report pieces, jobs, and who is at a station", quality=True),
    _row("call", Role.OPERATOR, "raise, acknowledge and resolve an andon call", quality=True),
    _row("acknowledge", Role.OPERATOR, "acknowledge an alarm", quality=True),
    _row("stop", Role.OPERATOR, "stop automatic actions", quality=True),
    _row("shelve", Role.SUPERVISOR, "shelve an alarm for a time, with a reason"),
    _row("correct_event", Role.SUPERVISOR, "split, merge and edit stops"),
    _row("correct_parts", Role.SUPERVISOR, "correct counts of parts", quality=True),
    _row("confirm_case", Role.SUPERVISOR, "confirm or refuse what a case proposes", quality=True),
    _row("stop_clear", Role.SUPERVISOR, "let automatic actions go on after a stop"),
    _row("command", Role.SUPERVISOR, "send one command to one machine"),
    _row("trust", Role.SUPERVISOR, "trust the certificate of a machine"),
    _row("sign_report", Role.SUPERVISOR, "edit and sign a shift report", quality=True),
    _row("audit", Role.SUPERVISOR, "read the audit", quality=True),
    _row("query", Role.ENGINEER, "ask history freely, export", quality=True),
    _row("suppress", Role.ENGINEER, "take an alarm out of service, and back"),
    _row("people", Role.ADMIN, "add and disable people, give roles, make links, erase names"),
    _row("tokens", Role.ADMIN, "make and revoke tokens by which other programs read"),
    _row("peers", Role.ADMIN, "follow the sites of other servers, or no longer"),
)

PERMISSIONS: Mapping[str, Permission] = {row.word: row for row in _ROWS}
"""Every permission by its word: routes, tests and the matrix of the docs come from here."""


def role_at(roles: Roles, site: str) -> tuple[Role, ...]:
    """Return the roles that a person holds at a site: the one for it, and the one for all.

    Examples
    --------
    >>> role_at({"*": Role.OPERATOR, "reno": Role.ADMIN}, "reno")
    (<Role.ADMIN: 'admin'>, <Role.OPERATOR: 'operator'>)
    """
    named = (site,) if site == EVERYWHERE else (site, EVERYWHERE)
    return tuple(roles[each] for each in named if each in roles)


def may(roles: Roles, permission: str, address: str) -> bool:
    """Tell whether roles give a permission at an address.

    Parameters
    ----------
    roles
        What a person holds, by site.
    permission
        A word of `PERMISSIONS`.
    address
        Anything of a site, or the site; `*`: all sites, for which only a role at all sites counts.

    Raises
    ------
    KeyError
        There is no such permission: a mistake of the caller, never a yes.

    Examples
    --------
    >>> may({"reno": Role.OPERATOR}, "reason", "reno/shop/pump/turn")
    True
    >>> may({"reno": Role.OPERATOR}, "reason", "nogales/shop/pump/turn")
    False
    >>> may({"reno": Role.ADMIN}, "people", "*")
    False
    """
    row = PERMISSIONS[permission]
    site = address.partition("/")[0]
    return any(_gives(row, role) for role in role_at(roles, site))


def must_may(roles: Roles, permission: str, address: str) -> None:
    """Refuse what roles do not give.

    Parameters
    ----------
    roles
        What a person holds, by site.
    permission
        A word of `PERMISSIONS`.
    address
        As for `may`.

    Raises
    ------
    SigningRefused
        They do not give it; with the least role that does.

    Examples
    --------
    >>> must_may({"reno": Role.ADMIN}, "people", "reno")
    """
    if not may(roles, permission, address):
        row = PERMISSIONS[permission]
        what = f"your role does not let you {row.gives}"
        to_do = f"ask somebody who is {row.least.value} there"
        raise SigningRefused(403, what, address, to_do)


def _gives(row: Permission, role: Role) -> bool:
    if role is Role.QUALITY:
        return row.quality
    return ORDER.index(role) >= ORDER.index(row.least)
