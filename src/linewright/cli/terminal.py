"""What is written to a terminal or a pipe: safe to print, coloured only where wanted."""

import os
import sys
import unicodedata
from collections.abc import Sequence

import click

__all__ = [
    "as_json",
    "colours_wanted",
    "example",
    "is_terminal",
    "joined",
    "prepare",
    "safe",
    "say",
    "width_of",
]

HIDDEN = frozenset(
    "\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
"""Characters that show nothing and turn what stands around them."""


def prepare() -> None:
    """Make standard output and error take every character, whatever their encoding is."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def colours_wanted() -> bool:
    """Whether output goes to a terminal whose user wants colours (no-color.org)."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and is_terminal()


def is_terminal() -> bool:
    """Whether people look at the output; it is none when standard output is closed."""
    return sys.stdout is not None and sys.stdout.isatty()


def say(text: str = "", *, err: bool = False) -> None:
    """Write a line; colours are left out where they are not wanted."""
    click.echo(text, err=err, color=None if colours_wanted() else False)


def safe(text: str) -> str:
    r"""Return a text that cannot steer a terminal: control characters are spelled out.

    Examples
    --------
    >>> safe("\x1b[2Jsaw\tlabel")
    '\\x1b[2Jsaw\\tlabel'
    """
    if text.isprintable():
        return text
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if char in HIDDEN or unicodedata.category(char) in ("Cc", "Cs")
        else char
        for char in text
    )


def width_of(text: str) -> int:
    """Return how many columns a text takes; Chinese characters take two, accents none.

    Examples
    --------
    >>> width_of("saw"), width_of("铣床")
    (3, 4)
    """
    wide = sum(unicodedata.east_asian_width(char) in ("W", "F") for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)


def as_json(value: object) -> str:
    """Return a value as JSON in ASCII, the same bytes on every machine."""
    import json  # noqa: PLC0415  # not needed for `--help`

    return json.dumps(value, indent=2)


def example(*lines: str) -> str:
    """Return examples as the end of a help text, which click then leaves as they are."""
    title = "Example" if len(lines) == 1 else "Examples"
    return "\b\n" + f"{title}:\n" + "\n".join(f"  {line}" for line in lines)


def joined(parts: Sequence[str]) -> str:
    """Return texts with commas between them.

    Examples
    --------
    >>> joined(["a", "", "b"])
    'a, b'
    """
    return ", ".join(part for part in parts if part)
