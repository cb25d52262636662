"""Signing in: people, passwords, sessions, roles, one-time links, limits, TLS and OpenID Connect.

Hides how people and their names are kept, how passwords are hashed, how sessions and links are
checked, and which certificate the page has. Verbs: a `Front` is opened on the server's private
folder and asked `signed(ask)` for each request, `sign_in`, `first`, `use_link`, `exchange` and
`by_claims` begin sessions; `may` answers who may do what; `listening` says where and how the page
listens. `Gate` puts all of it before an application.

>>> from linewright.plant.records import Role
>>> may({"reno": Role.SUPERVISOR}, "shelve", "reno/shop/pump")
True

What is refused is a `SigningRefused` with the HTTP status, what is wrong, and what to do.
"""

from linewright.server.signing.faults import CertificateInvalid, SigningRefused
from linewright.server.signing.guard import (
    CSRF_HEADER,
    Ask,
    ended_cookie,
    security_headers,
    set_cookie,
)
from linewright.server.signing.keeping.links import Links
from linewright.server.signing.keeping.people import Deed, Named, People, Person
from linewright.server.signing.keeping.programs import SCOPES, Program, Programs, ProgramWanted
from linewright.server.signing.members import OWNER, Members, Preferences
from linewright.server.signing.roles import EVERYWHERE, PERMISSIONS, may
from linewright.server.signing.settings import read_settings
from linewright.server.signing.tls.naming import Wanted

__all__ = [
    "CSRF_HEADER",
    "EVERYWHERE",
    "OWNER",
    "PERMISSIONS",
    "SCOPES",
    "Ask",
    "CertificateInvalid",
    "Deed",
    "Links",
    "Members",
    "Named",
    "People",
    "Person",
    "Preferences",
    "Program",
    "ProgramWanted",
    "Programs",
    "SigningRefused",
    "Wanted",
    "ended_cookie",
    "may",
    "read_settings",
    "security_headers",
    "set_cookie",
]
