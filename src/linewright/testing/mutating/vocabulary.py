"""What the mutations know of the plant language, written down apart from the language itself.

An oracle that asked the reader which keys exist would agree with it on every slip. These
tables say only what a mutation needs: which maps hold names, which keys must be there, which
values are references, choices, numbers or free text.
"""

import re


def words(text: str) -> frozenset[str]:
    """Return the words of a text.

    Examples
    --------
    >>> sorted(words("saw mill saw"))
    ['mill', 'saw']
    """
    return frozenset(text.split())


NAMED = words("""
    sites areas lines work_centres stations buffers types operations families products materials
    programs setups skills suppliers lanes tariffs authority shifts holidays crews transport
    fixtures tools gateways obligations tags commands does operators wears symptoms remedies parts
    map choices capabilities bom characteristics options revisions times periods fails route
    reasons connections by_shift adds maintenance gives
""")
"""Maps whose keys are names; every other key is the language's own."""

LABELS = frozenset({"label", "action", "reaction"})
"""Maps from languages to texts."""

ADDRESSED = frozenset({"sites", "areas", "lines", "work_centres", "stations", "tags", "commands"})
"""Maps whose names become parts of addresses."""

REQUIRED: dict[str, frozenset[str]] = {
    "": frozenset({"linewright", "enterprise", "sites"}),
    "sites": frozenset({"timezone", "currency"}),
    "lines": frozenset({"flow", "stations"}),
    "work_centres": frozenset({"stations"}),
    "lanes": frozenset({"origin", "destination"}),
    "tariffs": frozenset({"price"}),
    "periods": frozenset({"hours", "price"}),
    "authority": frozenset({"actions", "at"}),
    "crews": frozenset({"people"}),
    "obligations": frozenset({"rule"}),
    "options": frozenset({"values"}),
    "controlled": frozenset({"regime"}),
    "standard_times": frozenset({"operation", "time"}),
    "control_plan": frozenset({"characteristic"}),
    "steps": frozenset({"operation"}),
    "causes": frozenset({"mode"}),
    "maintenance": frozenset({"takes"}),
}
"""Keys that must be there, by the key that holds the map, or the map or list of such maps."""

REFERENCES = words("""
    use tariff crew setup_crew skill supplier outside origin destination fixture skills serves at
    fixed operation alternatives rework_to command reason permit gateway station tag tool causes
    product flow steps route through rework_via renews
""")
"""Keys whose value, or each text of whose list, names something else."""

REFERRING = frozenset({"operators", "bom", "parts", "symptoms", "by_shift", "gives"})
"""Maps whose keys name something else."""

CHOICES = words("""
    clock release dispatch kind importance priority chart role type sets security bucket basis call
    blocking
""")
"""Keys whose value is one of a few words."""

NUMERIC = words("""
    pieces blocked preference unit_id rack slot rolls_over lot_size units_per_pack sample
    every_parts life_parts wip queue renew_months latitude longitude carries rework_limit
    batch_least
""")
"""Keys whose value is a plain number, in every place where they can stand."""

SIGNED = frozenset({"latitude", "longitude"})
"""Of these, the keys whose number may be negative."""

DATES = frozenset({"since", "until", "revisions"})

FREE = words("""
    label action reaction departs capabilities instruction serial hs address certificate gauge make
    border carbon_source rule customer owner namespace path region obligations was program revision
    programs certificates regime people values choices options
""")
"""Keys below which a text means nothing to the language."""

LIMITS = frozenset({"low_low", "low", "high", "high_high", "limit", "deadband", "range", "step"})
"""Keys whose number may stand without a unit."""

DIMENSIONS: dict[str, str] = {
    "ms": "time",
    "s": "time",
    "min": "time",
    "h": "time",
    "d": "time",
    "W": "power",
    "kW": "power",
    "kg": "mass",
    "m": "length",
    "km": "length",
    "m/s": "speed",
    "%": "share",
}
"""What the units of our texts measure."""

QUANTITY = re.compile(r"(?P<number>[+-]?\d+(?:\.\d+)?) (?P<unit>[A-Za-z%/]+)")
MONEY = re.compile(r"(?P<number>\d+(?:\.\d+)?) (?P<currency>[A-Z]{3})(?:/(?P<per>\w+))?")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
