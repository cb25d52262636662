"""What a person asked for and does not get, with the HTTP status that says so."""

from pathlib import Path

__all__ = ["CertificateInvalid", "SigningRefused"]


class SigningRefused(Exception):
    """A request of signing in, of authority or of people that is not granted.

    Parameters
    ----------
    status
        HTTP status: 400 not readable, 401 not signed in, 403 not allowed, 404 not there, 409 in
        conflict, 413 too large, 422 not usable, 429 too many, 503 too much at once.
    what
        What is wrong, one sentence without a full stop.
    where
        Person, permission or field that it is about.
    to_do
        What to do.
    wait_s
        After how many seconds to ask again; 0: no time mends it.

    Examples
    --------
    >>> str(SigningRefused(401, "nobody is signed in", "/api/line", "sign in"))
    '/api/line: nobody is signed in (sign in)'
    """

    def __init__(
        self, status: int, what: str, where: str, to_do: str, *, wait_s: float = 0.0
    ) -> None:
        super().__init__(status, what, where, to_do)
        self.status = status
        self.what = what
        self.where = where
        self.to_do = to_do
        self.wait_s = wait_s

    def __str__(self) -> str:
        return f"{self.where}: {self.what} ({self.to_do})"


class CertificateInvalid(ValueError):
    """A certificate that was brought cannot be used: what is wrong, and where."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why
