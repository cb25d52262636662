"""The sites whose figures are compared with the independent script: what is hard about each.

`spring` and `autumn` are the bracket line in Chicago, around the clock, over the night in which
the clocks change; their counters are set back and roll over, and their samples come late, twice,
out of order or never. `taller` is the dirty week of a shop with forty stations, with what its
people enter.
"""

import shutil
from pathlib import Path

import msgspec

from tools.environment import ROOT

__all__ = ["SITES", "Played", "played"]

NIGHTS = """\
      day: daily 06:00-14:30 break 10:00-10:30
      evening: daily 14:30-22:00 break 18:00-18:30, 20:00-20:10 meeting
      night: daily 22:00-06:00 break 01:30-02:30
"""
"""Shifts around the clock, with a meal over the hour that changes."""

SCENARIO = """\
scenario: {name}
plant: borderline
seed: 7
starts: {day} 06:00
lasts: 60 h
speed: 1
machines:
  breakdown: {{fails: failure, at: {line}/saw, from: {night} 00:40, repair: 100 min}}
  trip: {{fails: spindle_trip, at: {line}/mill, from: {night} 05:40, repair: 40 min}}
  jam: {{fails: failure, at: {line}/saw, from: {day} 07:05, repair: 50 s, every: 3 h}}
  bad: {{scraps: 10 %, at: {line}/mill, from: {day} 13:00, for: 30 h}}
signals:
  reset: {{counter: resets, at: {line}/wash, every: 9 h}}
  roll: {{counter: rolls_over, beyond: 255, at: [{line}/saw, {line}/inspect, {line}/mill]}}
  late: {{samples: late, delay: 20 s exponential, share: 8 %, at: {line}/wash}}
  mixed: {{samples: out_of_order, delay: 30 s, share: 5 %, at: {line}/saw}}
  doubled: {{samples: doubled, share: 2 %, at: {line}/saw}}
  lost: {{samples: lost, share: 1 %, at: {line}/wash}}
links:
  cable: {{link: cut, at: {line}/inspect, from: {night} 00:30, for: 50 min}}
"""
"""A bad night on the bracket line."""

LINE = "nogales/machining/bracket"


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """A site with a past: what is applied, and how it is started."""

    name: str
    plant: Path
    words: tuple[str, ...]
    """Of `linewright`, to start it."""
    people: bool = False
    """Whether what its people have to enter is entered."""


SITES = ("spring", "autumn", "taller")
"""Names of the sites, besides the demo."""


def played(name: str, folder: Path) -> Played:
    """Return a site; its plant is written into a folder where it is none of the examples."""
    if name == "taller":
        plant = ROOT / "plants" / "taller"
        words = ("--from", "2026-11-24 23:15", "--past", "41 h")
        return _site(name, plant, plant / "scenarios" / "dirty.yaml", words, people=True)
    day, night = {
        "spring": ("2027-03-13", "2027-03-14"),
        "autumn": ("2026-10-31", "2026-11-01"),
    }[name]
    plant = folder / name
    shutil.copytree(ROOT / "plants" / "bracket", plant)
    (file,) = (one for one in plant.glob("*.yaml") if "sites:" in one.read_text("utf-8"))
    text = file.read_text("utf-8")
    head, _, tail = text.partition("    shifts:\n")
    rest = tail[tail.index("    holidays:") :]
    text = f"{head}    shifts:\n{NIGHTS}{rest}"
    file.write_text(text.replace("America/Hermosillo", "America/Chicago"), "utf-8")
    scenario = plant / f"{name}.scenario"
    scenario.write_text(SCENARIO.format(name=name, day=day, night=night, line=LINE), "utf-8")
    words = ("--from", f"{night} 14:45", "--past", "34 h")
    return _site(name, plant, scenario, words)


def _site(
    name: str, plant: Path, scenario: Path, words: tuple[str, ...], *, people: bool = False
) -> Played:
    start = ("up", str(plant), "--scenario", str(scenario), "--speed", "1", *words)
    return Played(name=name, plant=plant, words=start, people=people)
