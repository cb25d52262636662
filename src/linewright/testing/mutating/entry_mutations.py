"""Changes to one entry of a plant file: a key, its value or its place, taken away or made wrong.

Each mutation takes a marked text and chance and returns a mutant, or None where the text has
nothing to change. What is said to be invalid is so by construction: by the tables of
`vocabulary`, not because the reader refuses it.
"""

import random
from collections.abc import Callable

from linewright.testing.mutating.marked import Entry, Marked
from linewright.testing.mutating.mutant import Mutant, Span, invalid
from linewright.testing.mutating.vocabulary import (
    ADDRESSED,
    CHOICES,
    DATE,
    DATES,
    DIMENSIONS,
    FREE,
    LIMITS,
    MONEY,
    NAMED,
    NUMBER,
    NUMERIC,
    QUANTITY,
    REFERENCES,
    REFERRING,
    REQUIRED,
    SIGNED,
)

Mutation = Callable[[Marked, random.Random], Mutant | None]

UNKNOWN = "zq"
"""Put behind a word it makes one that nothing is called."""

GARBAGE_NUMBERS = (".nan", "nan", "inf", "-inf", ".inf", "1e400", "1,5", "--5", "0x1F", "5 5", "1e")
PASSWORD = "hunter2-Tr0ub4dor"  # noqa: S105  # no one's password: it must never be echoed
DISGUISES = (
    "password: {secret}",
    "password: '{secret}'",
    "password: {{secret: {secret}}}",
    "password: {{value: {secret}}}",
    "password: [{secret}]",
    "password: {{{secret}: NAME}}",
    "password: *{secret}",
    "password: !{secret} x",
    "pasword: {secret}",
    "passwd: {secret}",
    "certificate: {secret}",
)
"""How a password may stand in a connection; none of them is allowed."""


def _pick(source: Marked, rng: random.Random, wanted: Callable[[Entry], bool]) -> Entry | None:
    found = [entry for entry in source.entries if wanted(entry)]
    return rng.choice(found) if found else None


def _line(entry: Entry) -> Span:
    return (entry.line, entry.line)


def _below(entry: Entry, keys: frozenset[str]) -> bool:
    """Whether the entry is, or lies below, a language key of these."""
    return not keys.isdisjoint(entry.path)


def _of(source: Marked, entry: Entry) -> str:
    """Return the key whose value a scalar is: its own, or that of the list it stands in."""
    if entry.role == "item":
        return source.entries[entry.owner].name
    return entry.name


def _swapped(source: Marked, entry: Entry, new: str) -> str:
    """Return the text with another value, on the line of its key."""
    if entry.block and entry.role != "item":
        return source.replaced((entry.key[1], entry.value[1]), f": {new}")
    return source.replaced(entry.value, new)


def _said(entry: Entry, new: str) -> str:
    return f"{'.'.join(entry.path)}: {entry.text[:40]!r} -> {new[:60]!r}"


def _without(source: Marked, entry: Entry) -> str:
    """Return the text without an entry."""
    text = source.text
    if entry.block:
        lines = text.split("\n")
        return "\n".join(lines[: entry.line - 1] + lines[entry.end_line :])
    low, high = entry.key[0], entry.value[1]
    tail = text[high:]
    if tail.lstrip(" ").startswith(","):
        high += len(tail) - len(tail.lstrip(" ")) + 1
    else:
        low = len(text[:low].rstrip(" ").removesuffix(","))
    return text[:low] + text[high:]


def _owner_spans(source: Marked, entry: Entry) -> tuple[Span, ...]:
    """Return where an entry that is gone may be missed: at the key above, or in its map."""
    owner = source.entries[entry.owner] if entry.owner >= 0 else None
    first = source.entries[entry.first]
    above = (owner.line, owner.line) if owner is not None else (1, 1)
    return (above, (first.line, first.line))


def is_required(source: Marked, entry: Entry) -> bool:
    """Return whether the language cannot do without the entry."""
    if entry.role != "key":
        return False
    owner = source.entries[entry.owner] if entry.owner >= 0 else None
    if owner is None:
        return entry.name in REQUIRED[""]
    holder = owner.parent if owner.role in ("name", "item") else owner.name
    return entry.name in REQUIRED.get(holder, frozenset())


def delete_required(source: Marked, rng: random.Random) -> Mutant | None:
    """Take away a key that must be there."""
    entry = _pick(source, rng, lambda e: is_required(source, e) and not source.behind_dash(e))
    if entry is None:
        return None
    text = _without(source, entry)
    return invalid("delete_required", text, _owner_spans(source, entry), ".".join(entry.path))


def delete_entry(source: Marked, rng: random.Random) -> Mutant | None:
    """Take away any entry."""
    entry = rng.choice(source.entries)
    text = _without(source, entry)
    return Mutant(kind="delete_entry", raw=text.encode(), what=".".join(entry.path))


def empty_required(source: Marked, rng: random.Random) -> Mutant | None:
    """Leave a key that must be there without a value."""
    entry = _pick(source, rng, lambda e: is_required(source, e))
    if entry is None:
        return None
    text = _swapped(source, entry, "")
    return invalid("empty_required", text, (_line(entry),), ".".join(entry.path))


def empty_value(source: Marked, rng: random.Random) -> Mutant | None:
    """Leave any key without a value, which for most means: not given."""
    entry = _pick(source, rng, lambda e: e.role != "item")
    if entry is None:
        return None
    new = rng.choice(("", "~", "null"))
    return Mutant(
        kind="empty_value", raw=_swapped(source, entry, new).encode(), what=_said(entry, new)
    )


def duplicate_key(source: Marked, rng: random.Random) -> Mutant | None:
    """Write an entry twice."""
    entry = _pick(source, rng, lambda e: e.role != "item" and not source.behind_dash(e))
    if entry is None:
        return None
    if entry.block:
        lines = source.text.split("\n")
        copy = lines[entry.line - 1 : entry.end_line]
        again = "\n".join(lines[: entry.end_line] + copy + lines[entry.end_line :])
        second = entry.end_line + 1
    else:
        whole = source.text[entry.key[0] : entry.value[1]]
        again = source.replaced((entry.value[1], entry.value[1]), f", {whole}")
        second = entry.line
    spans = (_line(entry), (second, second))
    return invalid("duplicate_key", again, spans, ".".join(entry.path))


def retype(source: Marked, rng: random.Random) -> Mutant | None:
    """Write a list for a map, a map for a list, either for a single value."""
    entry = _pick(source, rng, lambda e: e.kind != "scalar" or e.text != "")
    if entry is None:
        return None
    wrong = {"scalar": ("{x_9: 1}", "[[1]]"), "map": ("[[1]]",), "list": ("{x_9: 1}",)}
    new = rng.choice(wrong[entry.kind])
    text = _swapped(source, entry, new)
    return invalid("retype", text, (_line(entry),), _said(entry, new))


def flatten(source: Marked, rng: random.Random) -> Mutant | None:
    """Write a single value for a map."""
    entry = _pick(source, rng, lambda e: e.kind == "map" and not _below(e, FREE | {"holidays"}))
    if entry is None:
        return None
    text = _swapped(source, entry, '"@@"')
    return invalid("flatten", text, (_line(entry),), _said(entry, "@@"))


def misspell_key(source: Marked, rng: random.Random) -> Mutant | None:
    """Misspell a key of the language."""
    entry = _pick(source, rng, lambda e: e.role == "key")
    if entry is None:
        return None
    at = rng.randrange(1, len(entry.name) + 1)
    new = rng.choice(
        (entry.name[:at] + "q" + entry.name[at:], entry.name + UNKNOWN, entry.name[:at] + "Q9")
    )
    text = source.replaced(entry.key, new)
    return invalid("misspell_key", text, (_line(entry),), f"{'.'.join(entry.path)} -> {new}")


def confuse_letters(source: Marked, rng: random.Random) -> Mutant | None:
    """Write a letter of a key or of an address as another script's that looks the same."""
    looks = {
        "a": "\u0430",
        "e": "\u0435",
        "o": "\u043e",
        "p": "\u0440",
        "c": "\u0441",
        "s": "\u0455",
    }

    def wanted(entry: Entry) -> bool:
        addressed = entry.role == "name" and entry.parent in ADDRESSED
        return (addressed or entry.role == "key") and not looks.keys().isdisjoint(entry.name)

    entry = _pick(source, rng, wanted)
    if entry is None:
        return None
    letter = rng.choice([mine for mine in looks if mine in entry.name])
    new = rng.choice((entry.name.replace(letter, looks[letter], 1), f"{entry.name}\u200b"))
    text = source.replaced(entry.key, new)
    return invalid("confuse_letters", text, (_line(entry),), f"{'.'.join(entry.path)} -> {new!a}")


def bad_name(source: Marked, rng: random.Random) -> Mutant | None:
    """Give something a name that no address can hold."""
    entry = _pick(source, rng, lambda e: e.role == "name" and e.parent in ADDRESSED)
    if entry is None:
        return None
    new = rng.choice(
        (
            *(entry.name.upper() + "X", f"{entry.name}/x", f'"{entry.name} x"', f"{entry.name}.x"),
            *(f"-{entry.name}", "x" * 64, f'"{entry.name}#"', '""', f'"{entry.name}\\n"', "\u0661"),
        )
    )
    text = source.replaced(entry.key, new)
    return invalid("bad_name", text, (_line(entry),), f"{'.'.join(entry.path)} -> {new!a}")


def _is_reference(source: Marked, entry: Entry) -> bool:
    if entry.role == "name":
        return entry.parent in REFERRING
    key = _of(source, entry)
    if entry.kind != "scalar" or key not in REFERENCES or NUMBER.fullmatch(entry.text):
        return False
    inside = entry.path[:-1]
    if entry.text == "rack" or (key == "setup" and "families" in inside):
        return False
    return not (key == "reason" and "reasons" in inside)


def misspell_reference(source: Marked, rng: random.Random) -> Mutant | None:
    """Name something that does not exist."""
    entry = _pick(source, rng, lambda e: _is_reference(source, e))
    if entry is None:
        return None
    old = entry.name if entry.role == "name" else entry.text
    span = entry.key if entry.role == "name" else entry.value
    text = source.replaced(span, old + UNKNOWN)
    return invalid("misspell_reference", text, (_line(entry),), _said(entry, old + UNKNOWN))


def wrong_choice(source: Marked, rng: random.Random) -> Mutant | None:
    """Choose what cannot be chosen."""
    entry = _pick(source, rng, lambda e: e.role == "key" and e.name in CHOICES)
    if entry is None or entry.kind != "scalar" or NUMBER.fullmatch(entry.text):
        return None
    new = rng.choice((entry.text + UNKNOWN, entry.text.upper(), '""', f'"{entry.text}\\e[31m"'))
    text = _swapped(source, entry, new)
    return invalid("wrong_choice", text, (_line(entry),), _said(entry, new))


def _quantity(source: Marked, rng: random.Random) -> Entry | None:
    return _pick(
        source,
        rng,
        lambda e: (
            e.kind == "scalar"
            and not _below(e, FREE)
            and (match := QUANTITY.fullmatch(e.text)) is not None
            and match["unit"] in DIMENSIONS
        ),
    )


def wrong_unit(source: Marked, rng: random.Random) -> Mutant | None:
    """Give a quantity a unit of something else, one that does not exist, or none."""
    entry = _quantity(source, rng)
    if entry is None:
        return None
    match = QUANTITY.fullmatch(entry.text)
    assert match is not None, "a quantity was picked"
    number, dimension = match["number"], DIMENSIONS[match["unit"]]
    others = [unit for unit, measured in DIMENSIONS.items() if measured != dimension]
    new = [f"{number} {rng.choice(others)}", f"{number} {UNKNOWN}x", f"{number} [", f"{number} **"]
    new += [
        f"{number} ({match['unit']}",
        f"{number} 9**9**9**9",
        f"{number} {match['unit']}\\e[31m",
    ]
    if dimension != "share":  # the square of a share is one, and a share may be a bare number
        new += [f"{number} {match['unit']}^2"] + ([] if entry.name in LIMITS else [number])
    wrong = rng.choice(new)
    text = _swapped(source, entry, f'"{wrong}"')
    return invalid("wrong_unit", text, (_line(entry),), _said(entry, wrong))


def wrong_number(source: Marked, rng: random.Random) -> Mutant | None:
    """Write what is no number, or one that cannot be, in a quantity or a count."""
    entry = _quantity(source, rng)
    if entry is None or rng.random() < 0.3:  # noqa: PLR2004  # counts now and then
        entry = _pick(source, rng, lambda e: e.role == "key" and e.name in NUMERIC) or entry
    if entry is None or entry.kind != "scalar":
        return None
    match = QUANTITY.fullmatch(entry.text)
    numbers = GARBAGE_NUMBERS + (("-3",) if entry.name not in SIGNED | LIMITS else ())
    new = rng.choice(numbers) + (f" {match['unit']}" if match else "")
    text = _swapped(source, entry, f'"{new}"')
    return invalid("wrong_number", text, (_line(entry),), _said(entry, new))


def wrong_money(source: Marked, rng: random.Random) -> Mutant | None:
    """Name a currency that does not exist, or money per something else."""
    entry = _pick(
        source, rng, lambda e: not _below(e, FREE) and MONEY.fullmatch(e.text) is not None
    )
    match = MONEY.fullmatch(entry.text) if entry is not None else None
    if entry is None or match is None:
        return None
    rate = f"/{match['per']}" if match["per"] else ""
    number, currency = match["number"], match["currency"]
    other = f"{number} {currency}/A" if rate else f"{number} {currency}/h"
    new = [f"{number} QQQ{rate}", number, f"-{number} {currency}{rate}", other, f"{currency}{rate}"]
    wrong = rng.choice([*new, f"1e400 {currency}{rate}", f"nan {currency}{rate}"])
    text = _swapped(source, entry, wrong)
    return invalid("wrong_money", text, (_line(entry),), _said(entry, wrong))


def wrong_date(source: Marked, rng: random.Random) -> Mutant | None:
    """Write a day that no calendar has."""
    entry = _pick(
        source,
        rng,
        lambda e: (
            ((e.name in DATES or e.parent in DATES) and DATE.fullmatch(e.text) is not None)
            or (e.parent == "holidays" and e.role == "name")
        ),
    )
    if entry is None:
        return None
    new = rng.choice(("2026-02-30", "2026-13-01", "tomorrow", "99999-01-01", "26-1-1"))
    span = entry.key if entry.parent == "holidays" else entry.value
    return invalid("wrong_date", source.replaced(span, new), (_line(entry),), _said(entry, new))


def wrong_place(source: Marked, rng: random.Random) -> Mutant | None:
    """Name a time zone, a currency, a country or a shift that there is not."""
    wrong = {
        "timezone": ("Mars/Base", "America/Hermosilo", '""', "../../etc/passwd", "UTC+25"),
        "currency": ("ZZZ", "usd", "dollar", '""'),
        "country": ("QQ", "mex", '""'),
        "language": ("Klingon", "e", '""'),
        "day_starts": ("25:00", "6", "06:60", '"06:00:99"'),
    }
    shifts = ("Mon-Fry 06:00-14:00", "06:00", "Mon 06:00-06:00", "Mon 99:00-100:00")
    entry = _pick(
        source, rng, lambda e: e.kind == "scalar" and (e.name in wrong or _is_shift(source, e))
    )
    if entry is None:
        return None
    new = rng.choice(wrong.get(entry.name, shifts))
    text = _swapped(source, entry, new)
    return invalid("wrong_place", text, (_line(entry),), _said(entry, new))


def _is_shift(source: Marked, entry: Entry) -> bool:
    return (entry.parent == "shifts" and entry.role == "name") or _of(source, entry) == "hours"


def wrong_flow(source: Marked, rng: random.Random) -> Mutant | None:
    """Make a flow that cannot be: doubled, ending in a buffer, with places below nothing."""
    entry = _pick(source, rng, lambda e: e.role == "key" and e.name == "flow")
    if entry is None or entry.kind != "list":
        return None
    items = [item.text for item in source.children(entry)]
    new = rng.choice(
        (
            [*items, "4"],
            ["4", *items],
            [*items, items[0]],
            [items[0], "-4", *items[1:]],
            [items[0], "1.5", *items[1:]],
            [items[0], "4", "4", *items[1:]],
            [*items, "nowhere_zq"],
            [*items, "~"],
        )
    )
    text = _swapped(source, entry, f"[{', '.join(new)}]")
    return invalid("wrong_flow", text, (_line(entry),), _said(entry, ", ".join(new)))


def wrong_range(source: Marked, rng: random.Random) -> Mutant | None:
    """Turn a range upside down, or give it one end or three."""
    entry = _pick(source, rng, lambda e: e.name in ("range", "validated") and e.kind == "list")
    if entry is None:
        return None
    low, high = (item.text for item in source.children(entry))
    new = rng.choice((f"[{high}, {low}]", f"[{low}]", f"[{low}, {high}, 5]", "[]", f"[{low}, x]"))
    text = _swapped(source, entry, new)
    return invalid("wrong_range", text, (_line(entry),), _said(entry, new))


def forbidden_command(source: Marked, rng: random.Random) -> Mutant | None:
    """Name a command that would move a machine."""
    entry = _pick(source, rng, lambda e: e.role == "name" and e.parent == "commands")
    if entry is None:
        return None
    new = rng.choice(("start", "cycle_start", "reset", "home_axes", "jog_x", "resume"))
    text = source.replaced(entry.key, new)
    return invalid("forbidden_command", text, (_line(entry),), ".".join(entry.path) + f" -> {new}")


def inline_password(source: Marked, rng: random.Random) -> Mutant | None:
    """Write a password into the file, openly or in one of many disguises."""
    entry = _pick(source, rng, lambda e: e.role == "key" and e.name == "password")
    if entry is None:
        return None
    new = rng.choice(DISGUISES).format(secret=PASSWORD)
    text = source.replaced((entry.key[0], entry.value[1]), new)
    return invalid("inline_password", text, (_line(entry),), new, PASSWORD)


def yaml_feature(source: Marked, rng: random.Random) -> Mutant | None:
    """Use what YAML has and the plant language does not: tags, anchors that name nothing."""
    entry = _pick(source, rng, lambda e: e.kind == "scalar" and e.role != "item" and e.text != "")
    if entry is None:
        return None
    new = rng.choice(
        (
            "!!python/object:os.system {}",
            "!!python/object/apply:os.system ['true']",
            f"!!binary {entry.text}",
            f"!<tag:x%0Ay> {entry.text}",
            "*nobody",
            "&me [*me]",
            "&me {me: *me}",
        )
    )
    text = _swapped(source, entry, new)
    return invalid("yaml_feature", text, (_line(entry),), _said(entry, new))


def merge_key(source: Marked, rng: random.Random) -> Mutant | None:
    """Merge a map into another, as YAML 1.1 could."""
    entry = _pick(source, rng, lambda e: _may_merge(source, e))
    if entry is None:
        return None
    lines = source.text.split("\n")
    indent = " " * (len(lines[entry.line - 1]) - len(lines[entry.line - 1].lstrip(" ")))
    lines.insert(entry.line - 1, f"{indent}<<: {rng.choice(('{}', '{a: 1}', '[{}]', '~'))}")
    return invalid("merge_key", "\n".join(lines), (_line(entry),), ".".join(entry.path))


def _may_merge(source: Marked, entry: Entry) -> bool:
    return entry.role == "key" and entry.block and not source.behind_dash(entry)


def rename_defined(source: Marked, rng: random.Random) -> Mutant | None:
    """Rename something, so that whatever names it names nothing."""
    entry = _pick(source, rng, lambda e: e.role == "name" and e.parent in NAMED)
    if entry is None:
        return None
    text = source.replaced(entry.key, entry.name + UNKNOWN)
    return Mutant(kind="rename_defined", raw=text.encode(), what=".".join(entry.path))


ENTRY_MUTATIONS: tuple[Mutation, ...] = (
    delete_required,
    delete_entry,
    empty_required,
    empty_value,
    duplicate_key,
    retype,
    flatten,
    misspell_key,
    confuse_letters,
    bad_name,
    misspell_reference,
    rename_defined,
    wrong_choice,
    wrong_unit,
    wrong_number,
    wrong_money,
    wrong_date,
    wrong_place,
    wrong_flow,
    wrong_range,
    forbidden_command,
    inline_password,
    yaml_feature,
    merge_key,
)
"""All of them; each is as likely as another."""
