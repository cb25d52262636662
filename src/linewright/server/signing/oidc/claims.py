"""What an ID token says of a person, and the roles that their groups give here."""

import hashlib
import unicodedata
from collections.abc import Mapping

import msgspec

from linewright.plant.records import Role
from linewright.server.signing.settings import OidcSettings

__all__ = ["Claims", "claims_of", "roles_of"]

NAME_CHARS_MAX = 64
GROUPS_MAX = 1_000
"""Most groups of a person that are looked at."""

ORDER = (Role.OPERATOR, Role.QUALITY, Role.SUPERVISOR, Role.ENGINEER, Role.MANAGER, Role.ADMIN)
"""Which role counts where two groups give one for the same site: the later one."""


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """A person as an OpenID provider vouches for them.

    Examples
    --------
    >>> Claims(subject="s", login="maria", name="Maria", roles={}).login
    'maria'
    """

    subject: str
    """SHA-256 of issuer and subject: it tells people apart and names nobody."""
    login: str
    name: str
    roles: dict[str, Role]


def claims_of(payload: Mapping[str, object], settings: OidcSettings) -> Claims:
    """Return what a checked ID token says.

    Parameters
    ----------
    payload
        Of the token, whose signature, issuer, audience, time and nonce were checked.
    settings
        Which claims are read, and what groups give.

    Examples
    --------
    >>> settings = OidcSettings(
    ...     issuer="https://login.example", client="us", roles={"leads": {"reno": Role.SUPERVISOR}})
    >>> claims_of({"sub": "17", "name": "Maria", "groups": ["leads"]}, settings).roles
    {'reno': <Role.SUPERVISOR: 'supervisor'>}
    """
    subject = hashlib.sha256(f"{settings.issuer}\n{payload['sub']}".encode()).hexdigest()
    login = _name(payload.get(settings.login)) or f"oidc-{subject[:12]}"
    return Claims(
        subject=subject,
        login=login,
        name=_name(payload.get("name")) or login,
        roles=roles_of(payload.get(settings.groups), settings.roles),
    )


def roles_of(groups: object, given: Mapping[str, Mapping[str, Role]]) -> dict[str, Role]:
    """Return the roles that groups give: the highest of each site.

    Parameters
    ----------
    groups
        The claim: a list of names, or one name; anything else gives nothing.
    given
        Group -> site -> role.

    Examples
    --------
    >>> roles_of("leads", {"leads": {"*": Role.ADMIN}})
    {'*': <Role.ADMIN: 'admin'>}
    """
    listed = [groups] if isinstance(groups, str) else groups
    found: dict[str, Role] = {}
    for group in listed[:GROUPS_MAX] if isinstance(listed, list) else ():
        for site, role in given.get(group, {}).items() if isinstance(group, str) else ():
            found[site] = max(found.get(site, role), role, key=ORDER.index)
    return found


def _name(value: object) -> str:
    """Return a name that can be shown; empty where there is none."""
    if not isinstance(value, str):
        return ""
    text = unicodedata.normalize("NFC", value)
    return "".join(each for each in text if each.isprintable()).strip()[:NAME_CHARS_MAX]
