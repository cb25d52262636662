"""Ceilings of the plant file, resolved for one command."""

from decimal import Decimal

import pytest

from linewright.plant import Address
from linewright.plant.authority import Ceiling, Mode, Signal, ceiling_of
from linewright.plant.language.load import load_text
from linewright.plant.money import Money
from linewright.plant.records import ActionKind, Role, SiteKind

TEXT = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: UTC
    currency: USD
    areas:
      shop:
        work_centres:
          mills:
            stations:
              one:
                does: {mill: 60 s}
                tags:
                  remote: {role: permit.remote_enabled}
                  door: {role: permit.guard_open}
                commands:
                  speed: {node: ns=2;s=V, unit: "%", range: [50, 120], validated: [70, 110],
                          sets: speed, permit: remote, step: 10, max_rate_per_h: 6}
                  program: {node: ns=2;s=P, choices: {O1: one, O2: two}, sets: program,
                            permit: remote_enabled}
products:
  p:
    route: [mill]
    characteristics: {d: 1 mm +/- 0.1 mm}
    control_plan: [{characteristic: d, fixed: "reno/shop/mills/one#speed"}]
authority:
  wide: {actions: [speed, call], at: reno, mode: act, range: [60, 120], count: 20, money: 50 USD,
         roles: [supervisor, engineer], longest: 8 h}
  narrow: {actions: [speed], at: reno/shop/mills, mode: confirm, range: [50, 110], rate_per_h: 4,
           roles: [engineer, manager], money: 20 USD, sites: simulated}
"""
ONE = Address("reno/shop/mills/one")


def resolve(text: str, command: str = "speed") -> Ceiling | None:
    """Return the ceiling of a command of the one mill."""
    return ceiling_of(load_text(text), ONE, command, "rev1")


def test_every_ceiling_that_holds_narrows() -> None:
    """Range, mode, count, rate, money, time, roles and sites are those that all allow."""
    ceiling = resolve(TEXT)
    assert ceiling is not None
    assert (ceiling.limit.low, ceiling.limit.high) == (60.0, 110.0)
    assert (ceiling.mode, ceiling.action) == (Mode.CONFIRM, ActionKind.SPEED)
    assert (ceiling.count, ceiling.rate_per_h, ceiling.step) == (20, 4.0, 10.0)
    assert ceiling.money == Money(Decimal(20), "USD")
    assert ceiling.roles == (Role.ENGINEER,)
    assert ceiling.site_kinds == (SiteKind.SIMULATED,)
    assert ceiling.longest_ns == 8 * 3600 * 10**9


def test_the_machine_side_comes_from_its_tags() -> None:
    """A remote permit is always asked for; signals without a tag are absent."""
    ceiling = resolve(TEXT)
    assert ceiling is not None
    assert ceiling.permits == ()
    assert ceiling.absent == (Signal.MAINTENANCE, Signal.SET_UP)


def test_a_control_plan_asks_for_quality() -> None:
    """What a control plan holds fixed is confirmed by quality, inside its validated window."""
    ceiling = resolve(TEXT)
    assert ceiling is not None
    assert ceiling.confirm_by is Role.QUALITY
    assert ceiling.validated is not None
    assert (ceiling.validated.low, ceiling.validated.high) == (70.0, 110.0)


@pytest.mark.parametrize(
    ("old", "new", "command"),
    [
        ("", "", "program"),  # no ceiling names it
        ("", "", "coolant"),  # no such command
        ("roles: [engineer, manager]", "roles: [manager]", "speed"),  # no common role
        ("range: [50, 110]", "range: [50, 55]", "speed"),  # no common value
        ("money: 20 USD", "money: 20 MXN", "speed"),  # no common currency
        ("at: reno, mode: act,", "at: reno, mode: act, sites: real,", "speed"),  # no common site
    ],
)
def test_where_ceilings_do_not_meet_nothing_is_granted(old: str, new: str, command: str) -> None:
    """A command that no ceiling, or no part that all of them allow, has none."""
    assert resolve(TEXT.replace(old, new, 1) if old else TEXT, command) is None


def test_a_choice_is_limited_to_its_values() -> None:
    """A command that is no number may be given its listed values only."""
    text = TEXT + "  programs: {actions: [program], at: reno/shop/mills/one, mode: confirm}\n"
    ceiling = resolve(text, "program")
    assert ceiling is not None
    assert ceiling.limit.choices == ("O1", "O2")
    assert not ceiling.limit.allows("O9")
