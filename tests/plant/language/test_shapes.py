"""Shapes: what one value may be, and what is said when it is not."""

import pytest

from linewright.plant.language.load import check_text

HEAD = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: UTC
    currency: USD
    areas: {shop: {work_centres: {mills: {stations: {one: {does: {mill: 60 s}, KEYS}}}}}}
"""


@pytest.mark.parametrize(
    ("keys", "code", "says"),
    [
        ("places: two", "number-invalid", "`two` is not a number"),
        ("places: 1.5", "number-invalid", "whole"),
        ("places: 0", "out-of-range", "at least 1"),
        ("places: [1]", "wrong-kind", "a list stands where"),
        ("manual: perhaps", "value-invalid", "neither yes nor no"),
        ("rate: 45 USD", "unit-missing", "per h"),
        ("rate: -45 USD/h", "out-of-range", "negative"),
        ("power: 4 kW", "wrong-kind", "running"),
        ("power: {running: 4 kg}", "unit-dimension", "kW"),
        ("power: {running: -4 kW}", "out-of-range", "too small"),
        ("wears: {t: {life: 0 s}}", "out-of-range", "more than 0"),
        ("wears: {t: {life: 6 h, scraps: 140 %}}", "out-of-range", "at most 1"),
        ("tags: {Temp: {}}", "name-invalid", "`temp`"),
        ("tags: {t: {node: a, register: b}}", "keys-exclusive", "cannot both"),
        ("tags: {t: {role: parts.god}}", "choice-unknown", "parts.good"),
        ("tags: {t: {unit: degC, high: 80 bar}}", "unit-dimension", "pressure"),
        ("tags: {t: {high: 80 degC}}", "unit-missing", "unit:"),
        ("tags: {t: {range: 80}}", "wrong-kind", "[50, 120]"),
        ('connect: {opcva: "opc.tcp://x"}', "key-unknown", "opcua"),
        ("connect: {user: x}", "connection-incomplete", "opcua"),
        ("connect: {gateway: box}", "reference-dangling", "no gateway"),
        (
            'connect: {opcua: "opc.tcp://x", password: {secret: low}}',
            "name-invalid",
            "SAW_PASSWORD",
        ),
        ("<<: {a: b}", "yaml-feature", "use:"),
        ("unit: degC", "key-unknown", "is a key of"),
        ("does: {mill: {}}", "key-missing", "`time`"),
        ("does: {mill: }", "value-empty", "mill"),
    ],
)
def test_a_wrong_value_is_named(keys: str, code: str, says: str) -> None:
    """Each wrong value gives its code on its line, and says what is possible."""
    text = HEAD.replace(
        "does: {mill: 60 s}, KEYS", keys + (", does: {mill: 60 s}" * ("does" not in keys))
    )
    problems = [problem for problem in check_text(text).problems if problem.severity == "error"]
    assert [problem.code for problem in problems] == [code]
    assert says in problems[0].message + problems[0].hint
    assert problems[0].line == 8


def test_a_number_may_carry_another_unit_than_its_tag() -> None:
    """A limit in another unit of the same dimension is converted to the tag's."""
    text = HEAD.replace("KEYS", "tags: {t: {unit: degC, high: 176 degF, range: [0, 100]}}")
    plant = check_text(text).plant
    assert plant is not None
    ((_, station),) = plant.stations()
    high = station.tags["t"].high
    assert high is not None
    assert high.limit == 80.0
