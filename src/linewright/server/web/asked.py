"""What a route is asked: who asks, for what, with which body; and what it may say besides JSON."""

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from linewright.server.book.keeping import Kept
from linewright.server.desk import Refusal
from linewright.server.known import Moment
from linewright.server.signing.front import Signed
from linewright.server.signing.guard import Ask

if TYPE_CHECKING:
    from linewright.server.web.site import Site

__all__ = ["Asked", "Said", "must_may"]


def must_may(
    signed: Signed | None, permission: str, site: str, where: str, *, scope: str = ""
) -> None:
    """Refuse whoever may not.

    Parameters
    ----------
    signed
        Who asks; None: nobody is signed in.
    permission
        Word of the table of permissions; empty: everybody may.
    site
        At which site.
    where
        Route that it is about.
    scope
        Word by which the token of a program may; empty: none may.

    Raises
    ------
    Refusal
        401: nobody is signed in. 403: the role, or the token, does not give it.

    Examples
    --------
    >>> must_may(None, "", "reno", "GET /api/session")
    """
    if signed is not None and signed.is_program:
        if not (scope and signed.may_read(scope, site)):
            to_do = "tokens read what docs/signing.md tells, and nothing else"
            raise Refusal(403, "this token was not made for this", where, to_do)
        return
    if not permission:
        return
    if signed is None:
        to_do = "sign in, or send the key that `linewright up` prints"
        raise Refusal(401, "nobody is signed in", where, to_do)
    if not signed.may(permission, site):
        to_do = "ask somebody with another role; docs/routes.md tells which"
        raise Refusal(403, f"your role does not give `{permission}`", where, to_do)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One question to a route, all of it checked."""

    site: "Site"
    signed: Signed | None
    where: str
    """Method and path of the route, for what is refused."""
    query: Mapping[str, Any] = {}
    """Parameters of the query by name; those that were left out have their default."""
    path: Mapping[str, str] = {}
    """Parameters of the path by name."""
    body: Any = None
    """As the struct of the row."""
    ask: Ask | None = None
    """The request; None where a resource is watched."""

    @property
    def who(self) -> Signed:
        """Who asks; the permission of the row was checked."""
        assert self.signed is not None, "rows without a permission use `signed`"
        return self.signed

    @property
    def request(self) -> Ask:
        """The request of a row that cannot be watched."""
        assert self.ask is not None, "it is watched, and has no request"
        return self.ask

    def now(self) -> tuple[Kept, Moment]:
        """Return the book of now and the clocks: what most views are made from."""
        return self.site.book.kept, self.site.moment()

    def place(self) -> str:
        """Return the address that is asked for; the site where it is left out."""
        return str(self.query["address"] or self.site.name)

    def must_may(self, permission: str) -> None:
        """Refuse who may not what this request needs besides the permission of its row.

        Raises
        ------
        Refusal
            The role does not give it.
        """
        must_may(self.signed, permission, self.site.name, self.where)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is more than a struct: a status, a header, another form.

    Examples
    --------
    >>> Said(body={"what": "gone"}, status=409).media
    'application/json'
    """

    body: object = None
    """Struct, list or dict for JSON; bytes as they are."""
    status: int = 200
    headers: Mapping[str, str] = {}
    cookies: tuple[str, ...] = ()
    """Values of `Set-Cookie`."""
    media: str = "application/json"
    stream: AsyncIterator[bytes] | None = None
    """Sent instead of the body, piece by piece."""
