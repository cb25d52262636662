"""What the comparison of two plants tells, and how."""

import json

import pytest

from linewright.plant import Plant
from linewright.plant.difference import Difference, describe, difference
from linewright.plant.difference.pairs import pair_up
from linewright.plant.language.load import load_text

TEXT = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: America/Los_Angeles
    currency: USD
    shifts: {day: Mon-Fri 06:00-14:00}
    holidays: {2026-11-26: Thanksgiving}
    crews: {fitters: {people: 2}}
    areas:
      shop:
        lines:
          pump:
            flow: [saw, 4, mill, wash]
            stations:
              saw:
                label: {en: Saw, es: Sierra}
                does: {cut: {time: 48 s, scrap: 1 %}}
                fails: {every: 30 h, repair: 20 min}
                tags:
                  temp: {unit: "%", high: 80, range: [0, 120]}
                  state: {role: state, map: {1: running, 2: down}}
                commands:
                  speed: {node: s=1, unit: "%", range: [50, 120], readback: temp}
              mill: {does: {mill: 52 s}, rate: 45 USD/h, wears: {cutter: {life: 90 h}},
                maintenance: {renews: cutter, every: 200 h, at: 90 %, takes: 1 h}}
              wash: {does: {wash: 50 s}}
products:
  p1: {route: [cut, {operation: mill, at: reno/shop/pump/mill}, wash]}
"""
PLANT = load_text(TEXT)
SAW, MILL, KW = "reno/shop/pump/saw", "reno/shop/pump/mill", "{idle: 2 kW}"


def _edited(*edits: tuple[str, str]) -> Plant:
    text = TEXT
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return load_text(text)


def _found(*edits: tuple[str, str]) -> Difference:
    return difference(PLANT, _edited(*edits))


def test_spelling_makes_no_difference() -> None:
    """Other units, other order and a longer form mean the same plant."""
    found = _found(
        ("48 s", "0.8 min"),
        ("{en: Saw, es: Sierra}", "{es: Sierra, en: Saw}"),
        ("wash: {does: {wash: 50 s}}", "wash: {does: {wash: {time: {mean: 50 s}}}}"),
    )
    assert found.empty
    assert describe(found) == "no difference"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("48 s", "45 s", "reno/shop/pump/saw does.cut.time.mean_s: 48 s -> 45 s"),
        ("1 %", "2.5 %", "reno/shop/pump/saw does.cut.scrap_share: 1 % -> 2.5 %"),
        ("30 h", "40 h", "reno/shop/pump/saw fails.failure.every.mean_s: 30 h -> 40 h"),
        ("high: 80", "high: 85", "reno/shop/pump/saw#temp high.limit: 80 % -> 85 %"),
        ("[0, 120]", "[0, 130]", "reno/shop/pump/saw#temp range.high: 120 % -> 130 %"),
        ("[50, 120]", "[60, 120]", "reno/shop/pump/saw commands.speed.range.low: 50 % -> 60 %"),
        ("saw, 4,", "saw, rack,", "reno/shop/pump/saw-mill places: 4 -> rack"),
        ("45 USD/h", "46 USD/h", "reno/shop/pump/mill rate_per_h: 45 USD/h -> 46 USD/h"),
        ("es: Sierra", "es: Cierra", "reno/shop/pump/saw label.es: Sierra -> Cierra"),
        ("06:00-14", "06:00-15", "reno shifts.day: Mon-Fri 06:00-14:00 -> Mon-Fri 06:00-15:00"),
        ("Thanksgiving", "T", "reno holidays.2026-11-26: Thanksgiving -> T"),
        ("people: 2", "people: 3", "reno crews.fitters.people: 2 -> 3"),
        ("2: down", "2: idle", "reno/shop/pump/saw#state map.2: down -> idle"),
        ("readback: temp", "readback: true", f"{SAW} commands.speed.readback: temp -> true"),
        ("{mill: 52 s}", "{mill: 52 s}, power: " + KW, f"{MILL} power: none -> " + KW),
        ("48 s, sc", "48 s, succeeds: 90 %, sc", f"{SAW} does.cut.succeeds_share: none -> 90 %"),
        ("{wash: 50 s}}", "{wash: 50 s}, priority: 3}", "reno/shop/pump/wash priority: 1 -> 3"),
        ("every: 200 h", "every: 240 h", f"{MILL} maintenance.service.every_s: 200 h -> 10 d"),
        ("at: 90 %", "at: 80 %", f"{MILL} maintenance.service.at_share: 90 % -> 80 %"),
        ("p1: {route", "p1: {lead: 5 d, route", "products.p1 lead: none -> 5 d"),
        ("enterprise: acme", "enterprise: apex", "plant enterprise: acme -> apex"),
    ],
)  # fmt: skip
def test_a_value_is_told_as_people_write_it(old: str, new: str, told: str) -> None:
    """One changed value is one line: where, which attribute, and both values with their units."""
    found = _found((old, new))
    assert found.elements == ()
    (value,) = found.values
    assert f"{value.where or 'plant'} {value.attribute}: {value.old} -> {value.new}" == told


def test_the_page_for_people() -> None:
    """The text names what came and went, groups values under their element, and counts."""
    found = _found(
        ("wash: {does: {wash: 50 s}}", "wash: {does: {wash: 51 s}}\n              dry: {}"),
        ("48 s", "45 s"),
        ("1 %", "2 %"),
        ("fails: {every: 30 h, repair: 20 min}", "manual: true"),
        ("mill, wash]", "mill, wash, 3, dry]"),
    )
    assert describe(found).splitlines() == [
        "removed failure mode reno/shop/pump/saw: fails.failure",
        "added buffer reno/shop/pump/wash-dry",
        "added station reno/shop/pump/dry",
        "changed line reno/shop/pump",
        "    flow: [saw, mill, wash] -> [saw, mill, wash, dry]",
        "changed station reno/shop/pump/saw",
        "    does.cut.time.mean_s: 48 s -> 45 s",
        "    does.cut.scrap_share: 1 % -> 2 %",
        "    manual: false -> true",
        "changed station reno/shop/pump/wash",
        "    does.wash.time.mean_s: 50 s -> 51 s",
        "1 removed, 2 added, 5 values changed",
    ]


def test_what_stands_inside_is_counted() -> None:
    """A new line is one line of text, with the number of things in it; each has its entry."""
    other = """
          valve:
            flow: [press, 2, pack]
            stations:
              press: {does: {press: 9 s}, tags: {kn: {unit: kN}}}
              pack: {does: {pack: 9 s}}
products:"""
    found = _found(("\nproducts:", other))
    assert describe(found) == (
        "added line reno/shop/valve with 1 buffer, 2 stations, 1 tag\n5 added"
    )
    assert {each.after for each in found.of_kind("added")} == {
        "reno/shop/valve",
        "reno/shop/valve/press",
        "reno/shop/valve/pack",
        "reno/shop/valve/press-pack",
        "reno/shop/valve/press#kn",
    }


RENAMED = (
    ("mill: {does: {mill: 52 s}, rate", "mazak: {was: mill, does: {mill: 52 s}, rate"),
    ("saw, 4, mill, wash]", "saw, 4, mazak, wash]"),
    ("reno/shop/pump/mill", "reno/shop/pump/mazak"),
)


def test_a_renamed_station_is_the_same() -> None:
    """With `was:` only the new name is told: flow, buffers and references follow it."""
    found = _found(*RENAMED)
    assert describe(found) == (
        "renamed station reno/shop/pump/mill -> reno/shop/pump/mazak\n1 renamed"
    )
    back = difference(_edited(*RENAMED), PLANT)
    assert describe(back) == (
        "renamed station reno/shop/pump/mazak -> reno/shop/pump/mill\n1 renamed"
    )


def test_a_renamed_station_keeps_its_children() -> None:
    """Tags and buffers of a renamed station are compared with their former selves."""
    found = _found(*RENAMED, ("saw, 4, mazak", "saw, 6, mazak"), ("52 s", "50 s"))
    assert [each.kind for each in found.elements] == ["renamed"]
    assert [(value.where, value.old, value.new) for value in found.values] == [
        ("reno/shop/pump/saw-mazak", "4", "6"),
        ("reno/shop/pump/mazak", "52 s", "50 s"),
    ]


def test_without_was_it_is_another_station() -> None:
    """A station under another name is removed and added, with its buffer, and the flow differs."""
    edits = [(old, new.replace("was: mill, ", "")) for old, new in RENAMED]
    found = _found(*edits)
    assert [(each.kind, each.what, each.before or each.after) for each in found.elements] == [
        ("removed", "buffer", "reno/shop/pump/saw-mill"),
        ("removed", "buffer", "reno/shop/pump/mill-wash"),
        ("added", "buffer", "reno/shop/pump/saw-mazak"),
        ("added", "buffer", "reno/shop/pump/mazak-wash"),
        ("removed", "station", "reno/shop/pump/mill"),
        ("added", "station", "reno/shop/pump/mazak"),
    ]
    assert {value.attribute for value in found.values} == {"flow", "routes.standard.steps.mill.at"}


def test_renaming_a_site_moves_nothing() -> None:
    """Everything below a renamed site keeps its identity, and addresses elsewhere follow."""
    found = _found(
        ("  reno:\n", "  elko:\n    was: reno\n"), ("reno/shop/pump/mill", "elko/shop/pump/mill")
    )
    assert describe(found) == "renamed site reno -> elko\n1 renamed"


def test_a_station_moved_to_another_line() -> None:
    """A former address in `was:` makes a station the same one at another place."""
    other = """
          valve:
            flow: [wash]
            stations: {wash: {was: reno/shop/pump/wash, does: {wash: 50 s}}}
products:"""
    found = _found(
        ("\nproducts:", other), ("mill, wash]", "mill]"), ("wash: {does: {wash: 50 s}}\n", "\n")
    )
    moved = found.of_kind("moved")
    assert [(each.before, each.after) for each in moved] == [
        ("reno/shop/pump/wash", "reno/shop/valve/wash")
    ]
    assert not any(each.what == "station" for each in found.of_kind("added"))


def test_renamed_products_and_tags() -> None:
    """Products and tags follow `was:` too; what names them follows."""
    found = _found(
        ("  p1: {", "  p2: {was: p1, "),
        ("temp: {unit", "blade: {was: temp, unit"),
        ("readback: temp", "readback: blade"),
    )
    assert [(each.what, each.before, each.after) for each in found.elements] == [
        ("tag", "reno/shop/pump/saw#temp", "reno/shop/pump/saw#blade"),
        ("product", "products.p1", "products.p2"),
    ]
    assert found.values == ()


def test_two_names_exchanged() -> None:
    """An exchange of names, each with its `was:`, is two renamings and no new values."""
    assert pair_up({"a": (), "b": ()}, {"a": ("b",), "b": ("a",)}, {"": ""}) == {
        "a": "b",
        "b": "a",
    }
    assert pair_up({"a": (), "b": ()}, {"a": (), "b": ("a",)}, {"": ""}) == {"a": "a", "b": "b"}


def test_steps_are_known_by_what_they_do() -> None:
    """A step put in front moves no other step; another order is told as one value."""
    added = _found(
        ("[cut, {op", "[saw_off, cut, {op"), ("does: {cut:", "does: {saw_off: 1 s, cut:")
    )
    assert ("added", "step", "products.p1: routes.standard.steps.saw_off") in [
        (each.kind, each.what, each.after) for each in added.elements
    ]
    assert not added.values
    other = _edited(
        ("[saw, 4, mill, wash]", "[mill, 4, saw, wash]"),
        ("[cut, {operation: mill, at: reno/shop/pump/mill}, wash]", "[mill, cut, wash]"),
    )
    told = {value.attribute: value.new for value in difference(PLANT, other).values}
    assert told["routes.standard.steps"] == "[mill, cut, wash]"


def test_a_line_that_becomes_a_work_centre() -> None:
    """The line goes and the work centre comes; the stations in it stay what they are."""
    one = load_text(
        TEXT.replace("[cut, {operation: mill, at: reno/shop/pump/mill}, wash]", "[mill]")
    )
    text = TEXT.replace("        lines:", "        work_centres:")
    text = text.replace("            flow: [saw, 4, mill, wash]\n", "")
    two = load_text(
        text.replace("[cut, {operation: mill, at: reno/shop/pump/mill}, wash]", "[mill]")
    )
    kinds = [(each.kind, each.what) for each in difference(one, two).elements]
    assert ("removed", "line") in kinds
    assert ("added", "work centre") in kinds
    assert not any(what == "station" for _, what in kinds)


def test_changes_for_a_scenario() -> None:
    """Numbers at addresses become changes, in the unit of the attribute; texts do not."""
    found = _found(("48 s", "0.75 min"), ("1 %", "2 %"), ("es: Sierra", "es: S"))
    changes = found.changes(at_ns=60, until_ns=90)
    assert [(change.address, change.parameter, change.value) for change in changes] == [
        ("reno/shop/pump/saw", "does.cut.time.mean_s", 45.0),
        ("reno/shop/pump/saw", "does.cut.scrap_share", 0.02),
    ]
    assert {(change.at_ns, change.until_ns) for change in changes} == {(60, 90)}


def test_plain_data_is_json() -> None:
    """The plain form holds every key and is JSON as it is."""
    plain = json.loads(json.dumps(_found(("48 s", "45 s"), *RENAMED).plain()))
    assert plain["elements"] == [
        {
            "kind": "renamed",
            "what": "station",
            "before": "reno/shop/pump/mill",
            "after": "reno/shop/pump/mazak",
        }
    ]
    assert plain["values"][0] == {
        "what": "station",
        "where": "reno/shop/pump/saw",
        "attribute": "does.cut.time.mean_s",
        "old": "48 s",
        "new": "45 s",
        "address": "reno/shop/pump/saw",
        "number": 45.0,
    }
