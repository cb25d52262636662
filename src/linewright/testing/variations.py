"""Valid plants at random: every key of the language with other values, names, units and texts.

A variation starts from `every_key.yaml` and changes only what may be anything, so that the
result is valid by construction and whatever is written must be read again.

>>> import random
>>> from linewright.plant.language.load import check_root
>>> from linewright.plant.language.builder import to_nodes
>>> check_root(to_nodes(vary(random.Random(1)))).errors
()
"""

import random
from typing import Any

import yaml

from linewright.testing import every_key_text
from linewright.testing.mutating.marked import Path, role_of
from linewright.testing.mutating.vocabulary import DATE, MONEY, QUANTITY, words

Tree = dict[str, Any]

UNITS: dict[str, tuple[str, ...]] = {
    "time": ("ms", "s", "min", "h", "d"),
    "power": ("W", "kW", "MW"),
    "mass": ("g", "kg", "t", "lb"),
    "length": ("mm", "m", "km", "in", "ft"),
    "speed": ("m/s", "km/h", "mm/min"),
}
KINDS = {"s": "time", "min": "time", "h": "time", "d": "time", "ms": "time"}
KINDS |= {"kW": "power", "W": "power", "kg": "mass", "km": "length", "m/s": "speed"}

FIXED = frozenset({"gap", "timeout", "low", "mode", "high", "times", "same", "default", "first"})
"""Keys whose quantities depend on each other, or are bounded closely."""

ABOVE_NOTHING = frozenset({"at", "succeeds"})
"""Keys whose share cannot be 0."""

TEXTS = words("""
    label action reaction make serial instruction certificate gauge rule owner customer address
    region border departs carbon_source program hs namespace
""")
"""Keys whose text may be anything."""

NUMBERS = frozenset({"latitude", "scale", "offset"})
"""Keys whose number may be any."""

FLAGS = frozenset({"manual", "comment", "spare", "idempotent", "unattended"})
"""Keys whose value may be either."""

NAMES = (
    *("north_steel", "north_coating", "bracket-b", "brass", "ferrous", "steel_in", "blade_pack"),
    *("bearing", "mechanic", "tooling", "blade_breaks", "blade_wear", "jam", "peak", "carts"),
    *("weekend", "a1", "saw_speed", "finish", "by_product", "tombstone", "grid", "connected"),
)
"""Names that are no part of an address, each called the same wherever it stands."""

ODD_NAMES = (
    *("1e3", "2026-01-01", "yes", "on", "0x1F", "a.b", "=", "?", "1_000", "null", "12:30", "-"),
    *("\u00e9\u00f1", "\u4e2d\u6587", "\U0001f600", "a~", "x:y", "0", "007", ".inf", "No", "<<x"),
)
ODD_TEXTS = (
    *("", " ", "~", "null", "yes", "2026-01-01", "0x1F", "1e3", "a: b", "# no comment", "- a", "'"),
    *('"', "\\n", "line\nline", "tab\there", " led", "trail ", "{a}", "[a]", "*a", "&a", "!a", "%"),
    *(
        "\u00e9",
        "\u4e2d\u6587",
        "\U0001f600",
        "a" * 400,
        "a " * 200,
        "?",
        "|",
        ">",
        "@",
        "`",
        "<<",
        "=",
    ),
)

MINUS_NAMES_MAX = 4


def vary(rng: random.Random) -> Tree:
    """Return a valid plant as plain data; equal states of `rng` give equal plants."""
    tree = yaml.load(every_key_text(), Loader=yaml.BaseLoader)  # noqa: S506  # texts only, no objects
    assert isinstance(tree, dict), "a plant file is a map"
    varied = _varied(tree, (), rng, _names(rng))
    assert isinstance(varied, dict), "a map stays one"
    _vary_types(varied, rng)
    return varied


def _names(rng: random.Random) -> dict[str, str]:
    chosen = rng.sample(NAMES, MINUS_NAMES_MAX)
    odd = rng.sample(ODD_NAMES, MINUS_NAMES_MAX)
    return dict(zip(chosen, odd, strict=True))


def _varied(value: Any, path: Path, rng: random.Random, names: dict[str, str]) -> Any:  # noqa: ANN401  # plain data
    if isinstance(value, dict):
        return {
            names.get(name, name): _varied(item, (*path, name), rng, names)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_varied(item, (*path, str(at)), rng, names) for at, item in enumerate(value)]
    if value in names:
        return names[value]
    return _value(value, path, rng) if rng.random() < 0.5 else _typed(value)  # noqa: PLR2004  # half


def _is_text(path: Path) -> bool:
    """Whether a scalar may be any text: a label, one of its languages, or a free key."""
    if role_of(path) == "language":
        return True
    return role_of(path) == "key" and path[-1] in TEXTS and "connect" not in path


def _typed(text: str) -> Any:  # noqa: ANN401  # plain data
    """Return a text as YAML would type it, where that says the same."""
    if text in ("true", "false"):
        return text == "true"
    return None if text == "~" else text


def _value(text: str, path: Path, rng: random.Random) -> Any:  # noqa: ANN401  # plain data
    key = path[-1]
    if _is_text(path):
        return rng.choice(ODD_TEXTS)
    if key in NUMBERS:
        return rng.choice((rng.uniform(-80, 80), 0.1, 1e-7, -0.0, 3, 12.000000000000002))
    if key in FLAGS:
        return rng.choice((True, False))
    if path[-2:-1] == ("revisions",) and DATE.fullmatch(text):
        return f"{rng.randint(1970, 2199)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    return _measured(text, path, rng)


def _measured(text: str, path: Path, rng: random.Random) -> Any:  # noqa: ANN401  # plain data
    if match := MONEY.fullmatch(text):
        rate = f"/{match['per']}" if match["per"] else ""
        return f"{_amount(rng)} {match['currency']}{rate}"
    match = QUANTITY.fullmatch(text)
    if match and FIXED.isdisjoint(path) and match["unit"] in KINDS:
        unit = rng.choice(UNITS[KINDS[match["unit"]]])
        return f"{_positive(rng)} {unit}"
    if match and match["unit"] == "%" and path[-1] not in ABOVE_NOTHING:
        return rng.choice(
            (f"{rng.randint(0, 99)} %", rng.random(), f"{rng.uniform(0, 99)} %", 0, 1)
        )
    return _typed(text)


def _positive(rng: random.Random) -> str:
    number = rng.choice((rng.randint(1, 9999), rng.uniform(0.001, 1e4), 10 ** rng.uniform(-6, 6)))
    return rng.choice((repr(number), f"{number:.3g}", f"{number:.6e}"))


def _amount(rng: random.Random) -> str:
    return rng.choice(("0", "0.00", "1e3", "12.50", "1e-7", f"{rng.random():.12f}", "999999999.99"))


def _vary_types(tree: Tree, rng: random.Random) -> None:
    """Let stations that use types say again, say otherwise, or take out what these give them."""
    area = tree["sites"]["nogales"]["areas"]["machining"]
    stations = area["lines"]["bracket"]["stations"]
    stations["saw"]["use"] = rng.choice(("machine", ["machine"], ["machine", "machine"]))
    two = area["work_centres"]["bench"]["stations"]["two"]
    for key, choices in OVERRIDES.items():
        two[key] = rng.choice(choices)
    stations["mill"].setdefault("tags", {})["program"] = rng.choice(TAG_OVERRIDES)


OVERRIDES: dict[str, tuple[Any, ...]] = {
    "power": ({"running": "6 kW"}, {"idle": None}, {"off": "1 W", "running": None}, {}, None),
    "fails": (
        {"every": "9 h", "repair": "4 min"},
        {"failure": {"repair": "90 s"}},
        {"failure": None, "jam": {"every": "12 h", "repair": "4 min"}},
        {"jam": {"every": "12 h", "repair": "4 min"}},
        {"every": "60 h", "repair": "25 min", "crew": None},
        None,
    ),
    "maintenance": (
        {"takes": "2 h", "opportunity": "80 %"},
        {"service": {"clock": "calendar", "every": "30 d"}},
        {"service": None, "greasing": {"every": "40 h", "takes": "5 min"}},
        {"greasing": {"every": "40 h", "takes": "5 min"}},
        {"every": "500 h", "takes": "1 h", "crew": None},
        None,
    ),
    "label": ({"en": "Two", "es": "Dos"}, {"fr": "Deux"}, "Two", None, {"en": None}),
    "reasons": (None, "machine"),
    "micro_stop": (None,),
    "use": ("machine", ["machine"]),
}
"""What a station may say beside its type."""

TAG_OVERRIDES: tuple[Any, ...] = (
    None,
    {"item": "3012"},
    {"item": None, "register": "4"},
    {"role": None},
    {"label": "Program"},
    {"label": {"fr": "Programme"}},
)
"""What a station may say of a tag that its type has."""
