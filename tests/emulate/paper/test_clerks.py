"""What people of a play have to enter: stations on paper, and scrap that no machine knows."""

import contextlib
import json
from pathlib import Path

from linewright.emulate.folder import Folder
from linewright.emulate.paper.clerks import HOUR_NS, PEOPLE, Clerks, Entry
from linewright.emulate.play import Options, Play, set_up
from linewright.plant import Address, Plant, PlantBuilder
from linewright.plant.language import load_text
from linewright.plant.scenario import Scenario, check_scenario_text

SHOP = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: UTC
    currency: USD
    shifts: {day: "daily 06:00-14:00"}
    areas:
      shop:
        work_centres:
          lathes:
            stations:
              paper: {does: {turn: 40 s}}
              total:
                does: {turn: 40 s}
                connect: {opcua: "opc.tcp://m1:4840"}
                tags: {n: {role: parts.total, node: ns=2;s=N}}
              good:
                does: {turn: 40 s}
                connect: {opcua: "opc.tcp://m2:4840"}
                tags: {n: {role: parts.good, node: ns=2;s=N}}
              both:
                does: {turn: 40 s}
                connect: {opcua: "opc.tcp://m3:4840"}
                tags:
                  n: {role: parts.good, node: ns=2;s=N}
                  b: {role: parts.scrap, node: ns=2;s=B}
operations: {turn: {}}
products: {pin: {route: [turn]}}
"""
LATHES = Address("reno/shop/lathes")
PAPER = LATHES.child("paper")
SIX_NS = 1_795_413_600 * 10**9
"""2026-11-23, 06:00 UTC."""


def shop() -> Plant:
    """Return a shop with a machine of each kind."""
    return load_text(SHOP)


def told(plant: Plant, people: str) -> Scenario:
    """Return a scenario of people."""
    text = f"""{{scenario: s, plant: acme, seed: 1, starts: 2026-11-23 00:00, lasts: 3 d,
      people: {{{people}}}}}"""
    found = check_scenario_text(text, plant).scenario
    assert found is not None
    return found


def day(people: str = "") -> list[Entry]:
    """Return what is entered of a day on which each machine makes ten good and one bad an hour."""
    plant = shop()
    scenario = told(plant, people) if people else None
    clerks = Clerks(plant, "reno", scenario=scenario, seed=3)
    found: list[Entry] = []
    for n in range(25):
        made = min(max(0, n - 6), 8)
        names = ("paper", "total", "good", "both")
        counts = {LATHES.child(name): (10 * made, made) for name in names}
        found += clerks.look(SIX_NS + (n - 6) * HOUR_NS, counts)
    return found


def test_people_count_what_no_machine_counts() -> None:
    """All of a station on paper; of a machine that counts no bad ones these, as it counts."""
    parts = [one for one in day() if one.kind in {"parts", "found"}]
    sums: dict[tuple[str, str], list[int]] = {}
    for one in parts:
        row = sums.setdefault((one.address.name, one.kind), [0, 0])
        row[0] += one.good
        row[1] += one.scrap
    assert sums == {
        ("paper", "parts"): [80, 8],
        ("total", "found"): [0, 8],
        ("good", "parts"): [0, 8],
    }
    assert all(one.t_ns < one.enter_ns < one.t_ns + HOUR_NS // 3 for one in parts)
    assert len({one.id for one in parts}) == len(parts)


def test_a_job_of_paper_lasts_a_shift_and_so_does_who_works_there() -> None:
    """From 06:00 to the last second before 14:00, at the station without a wire alone."""
    rows = [one for one in day() if one.kind in {"job", "sign_on"}]
    ends = {(one.act or one.presence): (one.t_ns - SIX_NS) / HOUR_NS for one in rows}
    assert {one.address for one in rows} == {PAPER}
    assert (ends["start"], ends["on"]) == (0.0, 0.0)
    assert 7.99 < ends["finish"] < 8.0
    assert len(rows) == 4
    assert len({one.job for one in rows if one.job}) == 1


def test_what_the_scenario_says_of_people_becomes_of_their_entries() -> None:
    """Late ones come later of the same time, lost ones say so, wrong ones say what was so."""
    people = "a: {counts: wrong, wrong_by: 40 %}, b: {scrap: late, delay: 2 d}, "
    found = day(f"{people} c: {{jobs: missing}}")
    counts = [one for one in found if one.good]
    assert any(one.true == 10 != one.good for one in counts)
    assert all(6 <= one.good <= 14 for one in counts)
    late = [one for one in found if one.scrap]
    assert late
    assert all(one.enter_ns - one.t_ns > 48 * HOUR_NS for one in late)
    assert {one.fate for one in found if one.kind == "job"} == {"missing"}


def test_the_first_look_has_nothing() -> None:
    """What was made before is nobody's to enter."""
    plant = PlantBuilder("acme")
    shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    _ = shop.work_centre("lathes").station("paper", does={"turn": "40 s"})
    clerks = Clerks(plant.done(), "reno")
    assert clerks.look(SIX_NS, {PAPER: (500, 20)}) == ()
    (one,) = (e for e in clerks.look(SIX_NS + HOUR_NS, {PAPER: (503, 20)}) if e.kind == "parts")
    assert (one.good, one.scrap) == (3, 0)


def test_a_play_writes_down_what_its_people_have_to_enter(tmp_path: Path) -> None:
    """Each whole hour, of what the station on paper truly made; nothing twice over a restart."""
    setup = set_up(SHOP, None, "", Options(from_ns=SIX_NS))
    for hours in (2, 4):
        with contextlib.closing(Folder(tmp_path)) as folder:
            play = Play(setup, folder)
            if play.is_fresh:
                play.begin()
            while play.t_ns < SIX_NS + hours * HOUR_NS:
                play.step(play.t_ns + HOUR_NS // 4)
    rows = [json.loads(line) for line in (tmp_path / PEOPLE).read_bytes().splitlines()]
    assert len({one["id"] for one in rows}) == len(rows)
    hours_told = [one["t_ns"] // HOUR_NS for one in rows if one.get("good")]
    # Of the hour after the restart nobody knows where counting began.
    assert hours_told == [SIX_NS // HOUR_NS + n for n in (0, 1, 3)]
    assert all(0 < one["good"] <= 90 for one in rows if one.get("good"))
