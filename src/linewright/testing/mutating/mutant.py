"""A broken plant file and what is known about it."""

from typing import Literal

import msgspec

Span = tuple[int, int]
"""First and last line, from 1, both included."""


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """A text that was made from a valid plant file by one change.

    Parameters
    ----------
    kind
        Name of the change.
    raw
        The file.
    verdict
        `invalid`: whatever it is, it must be refused; `valid`: it says the same as before;
        `any`: it may be either.
    spans
        For an invalid one the lines that an error must name, at least one of them.
    what
        What was changed, to find it again.
    secret
        A password that the change put into the file; no message may show it.
    """

    kind: str
    raw: bytes
    verdict: Literal["invalid", "valid", "any"] = "any"
    spans: tuple[Span, ...] = ()
    what: str = ""
    secret: str = ""

    def names(self, line: int) -> bool:
        """Whether a line is one that an error may name."""
        return any(low <= line <= high for low, high in self.spans)


def invalid(kind: str, text: str, spans: tuple[Span, ...], what: str, secret: str = "") -> Mutant:
    """Return a mutant that must be refused at one of these lines."""
    assert spans, f"{kind} names no line"
    raw = text.encode("utf-8", "surrogatepass")
    return Mutant(kind=kind, raw=raw, verdict="invalid", spans=spans, what=what, secret=secret)
