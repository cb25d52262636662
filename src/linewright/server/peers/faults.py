"""Why another server could not be heard: one word that pages translate, and what it was."""

from typing import Literal

__all__ = ["PeerFault", "Why"]

Why = Literal[
    "unreachable", "slow", "certificate", "token", "bad_answer", "too_large", "redirect", "site"
]
"""`unreachable`, `slow`: nobody answers, or not in time. `certificate`: it shows another one than
the one we trust. `token`: it does not take ours. `bad_answer`, `too_large`, `redirect`: what it
says cannot be used. `site`: it answers for another site by now."""


class PeerFault(Exception):
    """Another server was not heard.

    Parameters
    ----------
    why
        The word.
    text
        What was seen, in English, without a secret.

    Examples
    --------
    >>> str(PeerFault("token", "it answered 401"))
    'token: it answered 401'
    """

    def __init__(self, why: Why, text: str) -> None:
        super().__init__(why, text)
        self.why = why
        self.text = text[:200]

    def __str__(self) -> str:
        return f"{self.why}: {self.text}"
