"""Changes to a plant file as text or bytes: cut, torn, turned, grown beyond every bound."""

import random
from collections.abc import Callable

from linewright.testing.mutating.marked import Entry, Marked
from linewright.testing.mutating.mutant import Mutant, Span, invalid

Mutation = Callable[[Marked, random.Random], Mutant | None]

DEEP = 3_000
LONG = 200_000
LAUGHS = 9
"""Levels of the alias bomb; each holds ten times the one below."""


def _scalar(source: Marked, rng: random.Random) -> Entry:
    found = [e for e in source.entries if e.kind == "scalar" and e.role == "key" and e.text]
    return rng.choice(found)


def _from(line: int) -> tuple[Span, ...]:
    return ((line, line),)


def delete_line(source: Marked, rng: random.Random) -> Mutant:
    """Take away a line."""
    lines = source.text.split("\n")
    at = rng.randrange(len(lines))
    return Mutant(
        kind="delete_line", raw="\n".join(lines[:at] + lines[at + 1 :]).encode(), what=f"{at + 1}"
    )


def swap_lines(source: Marked, rng: random.Random) -> Mutant:
    """Exchange two lines."""
    lines = source.text.split("\n")
    one, two = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return Mutant(kind="swap_lines", raw="\n".join(lines).encode(), what=f"{one + 1}, {two + 1}")


def indent_line(source: Marked, rng: random.Random) -> Mutant:
    """Shift a line by a space or two."""
    lines = source.text.split("\n")
    at = rng.randrange(len(lines))
    lines[at] = " " * rng.randint(1, 3) + lines[at] if rng.random() < 0.5 else lines[at][1:]  # noqa: PLR2004  # in or out
    return Mutant(kind="indent_line", raw="\n".join(lines).encode(), what=f"{at + 1}")


def truncate(source: Marked, rng: random.Random) -> Mutant:
    """Cut the file off at any byte."""
    raw = source.text.encode()
    at = rng.randrange(len(raw))
    return Mutant(kind="truncate", raw=raw[:at], what=f"{at}")


def flip_bytes(source: Marked, rng: random.Random) -> Mutant:
    """Change a few bytes to any others."""
    raw = bytearray(source.text.encode())
    places = [rng.randrange(len(raw)) for _ in range(rng.randint(1, 8))]
    for place in places:
        raw[place] = rng.randrange(256)
    return Mutant(kind="flip_bytes", raw=bytes(raw), what=f"{places}")


def splice(source: Marked, rng: random.Random) -> Mutant:
    """Copy a piece of the file to anywhere."""
    text = source.text
    start, at = rng.randrange(len(text)), rng.randrange(len(text))
    piece = text[start : start + rng.randint(1, 400)]
    return Mutant(
        kind="splice", raw=(text[:at] + piece + text[at:]).encode(), what=f"{start}, {at}"
    )


def no_text(source: Marked, rng: random.Random) -> Mutant:
    """Put a byte into a line that no text in UTF-8 has."""
    raw = source.text.encode()
    at = rng.randrange(len(raw))
    byte = rng.choice((b"\x00", b"\x01", b"\x1b", b"\x7f", b"\xff", b"\xc3\x28", b"\xed\xa0\x80"))
    line = raw.count(b"\n", 0, at) + 1
    return Mutant(
        kind="no_text",
        raw=raw[:at] + byte + raw[at:],
        verdict="invalid",
        spans=_from(line),
        what=f"{byte!r} on line {line}",
    )


def barred_character(source: Marked, rng: random.Random) -> Mutant:
    """Put a character into a line that is text, but not for YAML."""
    text = source.text
    at = rng.randrange(len(text))
    letter = rng.choice(("\x80", "\x9f", "\ufffe", "\uffff"))
    line = text.count("\n", 0, at) + 1
    return invalid("barred_character", text[:at] + letter + text[at:], _from(line), f"{letter!a}")


def odd_character(source: Marked, rng: random.Random) -> Mutant:
    """Put a character into the file that few expect."""
    text = source.text
    at = rng.randrange(len(text))
    letter = rng.choice(
        ("\x85", "\u2028", "\u2029", "\ufeff", "\u202e", "\u200b", "\t", "\r", "\U0001f600")
    )
    return Mutant(
        kind="odd_character", raw=(text[:at] + letter + text[at:]).encode(), what=f"{letter!a}"
    )


def other_encoding(source: Marked, rng: random.Random) -> Mutant:
    """Save the file in another encoding than UTF-8."""
    name = rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"))
    text = source.text
    if name != "latin-1":
        return Mutant(
            kind="other_encoding",
            raw=text.encode(name),
            verdict="invalid",
            spans=_from(1),
            what=name,
        )
    entry = _scalar(source, rng)
    letter = rng.choice("\u00e1\u00e9\u00f1\u00fc\u00b0")
    changed = source.replaced(entry.value, f"'{entry.text[:9]}{letter}'")
    raw = changed.encode("latin-1", "replace")
    line = raw.count(b"\n", 0, _foreign(raw)) + 1
    return Mutant(kind="other_encoding", raw=raw, verdict="invalid", spans=_from(line), what=name)


def _foreign(raw: bytes) -> int:
    """Return where the first byte stands that is not UTF-8."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return len(raw)


def same_text(source: Marked, rng: random.Random) -> Mutant:
    """Save the same text as another system would; it must stay valid."""
    text = source.text
    raw = rng.choice(
        (
            text.replace("\n", "\r\n").encode(),
            b"\xef\xbb\xbf" + text.encode(),
            text.rstrip("\n").encode(),
            text.replace("\n", "  \n").encode(),
            text.replace("\n", "\n\n").encode(),
            ("# a comment\n---\n" + text + "...\n").encode(),
        )
    )
    return Mutant(kind="same_text", raw=raw, verdict="valid")


def nothing(_source: Marked, rng: random.Random) -> Mutant:
    """Leave nothing of the file, or nothing that is text or a map."""
    raw = rng.choice(
        (
            *(b"", b"\n\n", b"# only a comment\n", b"---\n...\n", b"~", b"[]", b"plant", b"{"),
            *(b"\xef\xbb\xbf", b"\x89PNG\r\n\x1a\n\x00", rng.randbytes(rng.randint(1, 400))),
        )
    )
    spans = ((1, max(1, raw.count(b"\n") + 1)),)
    return Mutant(kind="nothing", raw=raw, verdict="invalid", spans=spans, what=f"{raw[:20]!r}")


def tab_indent(source: Marked, rng: random.Random) -> Mutant | None:
    """Indent an entry with a tab."""
    found = [e for e in source.entries if e.block and e.role != "item" and len(e.path) > 1]
    entry = rng.choice(found)
    if source.behind_dash(entry):
        return None
    lines = source.text.split("\n")
    lines[entry.line - 1] = "\t" + lines[entry.line - 1].lstrip(" ")
    return invalid("tab_indent", "\n".join(lines), _from(entry.line), ".".join(entry.path))


def unclosed_bracket(source: Marked, rng: random.Random) -> Mutant:
    """Open a bracket that nothing closes; the entry then runs into the next line."""
    entry = _scalar(source, rng)
    new = rng.choice("[{") + entry.text.strip("[]{}")
    text = source.replaced(entry.value, new)
    return invalid("unclosed_bracket", text, ((entry.line, _next_line(source, entry)),), new)


def _next_line(source: Marked, entry: Entry) -> int:
    """Return the next line that says something."""
    lines = source.text.split("\n")
    for number in range(entry.end_line + 1, len(lines) + 1):
        line = lines[number - 1].strip()
        if line and not line.startswith("#"):
            return number
    return len(lines)


def unclosed_quote(source: Marked, rng: random.Random) -> Mutant:
    """Open a quote that nothing closes; the entry then runs to the next quote or the end."""
    entry = _scalar(source, rng)
    quote = rng.choice("'\"")
    text = source.replaced(entry.value, quote + entry.text.replace(quote, ""))
    closing = text.find(quote, entry.value[0] + 1)
    last = text.count("\n", 0, closing if closing >= 0 else len(text)) + 1
    return invalid("unclosed_quote", text, ((entry.line, last),), f"{quote} at {entry.line}")


def second_document(source: Marked, rng: random.Random) -> Mutant:
    """Begin a second document."""
    entry = rng.choice([e for e in source.entries[1:] if len(e.path) == 1])
    lines = source.text.split("\n")
    lines.insert(entry.line - 1, "---")
    return invalid("second_document", "\n".join(lines), _from(entry.line), f"line {entry.line}")


def deep(source: Marked, rng: random.Random) -> Mutant:
    """Nest deeper than any plant."""
    entry = _scalar(source, rng)
    depth = rng.choice((60, 400, DEEP))
    new = rng.choice(("[" * depth + "]" * depth, "{a: " * depth + "b" + "}" * depth, "[" * depth))
    text = source.replaced(entry.value, new)
    return invalid("deep", text, _from(entry.line), f"{new[:4]} x {depth}")


def alias_bomb(source: Marked, rng: random.Random) -> Mutant:
    """Let aliases grow without bound."""
    entry = rng.choice([e for e in source.entries if len(e.path) == 1 and e.kind != "scalar"])
    levels = rng.randint(3, LAUGHS)
    bomb = ["bomb:", "  - &a0 [x, x, x, x, x, x, x, x, x, x]"]
    bomb += [f"  - &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    lines = source.text.split("\n")
    lines[entry.line - 1 : entry.line - 1] = bomb
    span = (entry.line, entry.line + len(bomb) - 1)
    return invalid("alias_bomb", "\n".join(lines), (span,), f"{levels} levels")


def huge(source: Marked, rng: random.Random) -> Mutant:
    """Make a key or a line far longer than any."""
    entry = _scalar(source, rng)
    size = rng.choice((1_100, 70_000, LONG))
    if rng.random() < 0.5:  # noqa: PLR2004  # a key or a value
        text = source.replaced(entry.key, "k" * size)
        return invalid("huge", text, ((entry.line, _next_line(source, entry)),), f"key {size}")
    text = source.replaced(entry.value, rng.choice(("x", "9", "[", "x ")) * size)
    return Mutant(kind="huge", raw=text.encode(), what=f"{entry.name} {size}")


def many_entries(source: Marked, rng: random.Random) -> Mutant:
    """Add thousands of wrong entries, whose report has a bound."""
    found = [e for e in source.entries if e.block and e.role == "key"]
    entry = rng.choice([e for e in found if not source.behind_dash(e)])
    lines = source.text.split("\n")
    line = lines[entry.line - 1]
    indent = " " * (len(line) - len(line.lstrip(" ")))
    extra = [f"{indent}wrong_{index}: {{a: [{index}]}}" for index in range(rng.randint(600, 3000))]
    lines[entry.line - 1 : entry.line - 1] = extra
    span = (entry.line, entry.line + len(extra))
    return invalid("many_entries", "\n".join(lines), (span,), ".".join(entry.path))


TEXT_MUTATIONS: tuple[Mutation, ...] = (
    delete_line,
    swap_lines,
    indent_line,
    truncate,
    flip_bytes,
    splice,
    no_text,
    barred_character,
    odd_character,
    other_encoding,
    same_text,
    nothing,
    tab_indent,
    unclosed_bracket,
    unclosed_quote,
    second_document,
    deep,
    alias_bomb,
    huge,
    many_entries,
)
"""All of them; each is as likely as another."""
