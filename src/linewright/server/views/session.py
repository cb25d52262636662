"""What a browser sends to sign in, and to change people: the bodies of these routes."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

__all__ = [
    "FirstRun",
    "KeyGiven",
    "LinkFollowed",
    "PasswordChanged",
    "PersonAdded",
    "PersonChanged",
    "Preferred",
    "SignIn",
]

Login = Annotated[str, Meta(max_length=200, description="name by which a person signs in")]
Password = Annotated[str, Meta(max_length=1024)]
Token = Annotated[str, Meta(max_length=200, description="of a link; it works once")]
RolesGiven = Annotated[
    Mapping[Annotated[str, Meta(max_length=100)], Annotated[str, Meta(max_length=40)]],
    Meta(max_length=200, description="role by site; `*`: all sites"),
]


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person signs in.

    Examples
    --------
    >>> SignIn(person="ana", password="a long phrase").person
    'ana'
    """

    person: Login
    password: Password


class FirstRun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first admin, by the link that `linewright up` prints."""

    token: Token
    person: Login
    name: Annotated[str, Meta(max_length=200, description="as others see it")]
    password: Password


class KeyGiven(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The local key, for a session of whoever runs `linewright up`."""

    key: Annotated[str, Meta(max_length=200)]


class LinkFollowed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A one-time link of an admin, and the password that is chosen with it."""

    token: Token
    password: Password


class Preferred(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a person wants to see things; what is left out stays, empty is as the browser has it."""

    language: Annotated[str, Meta(max_length=35)] | None = None
    locale: Annotated[str, Meta(max_length=35)] | None = None
    units: Literal["si", "us"] | None = None
    time_zone: Annotated[str, Meta(max_length=64)] | None = None


class PasswordChanged(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new password of who is signed in; all other sessions of that person end."""

    old: Password
    new: Password


class PersonAdded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person who may sign in from now on."""

    person: Login
    name: Annotated[str, Meta(max_length=200)]
    roles: RolesGiven = {}


class PersonChanged(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is changed of a person; what is left out stays."""

    person: Login | None = None
    name: Annotated[str, Meta(max_length=200)] | None = None
    roles: RolesGiven | None = None
    disabled: bool | None = None
