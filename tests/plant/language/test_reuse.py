"""`types:` and `use:`: merged key by key, later ones win, `~` takes out."""

from linewright.plant.language.load import check_text, load_text
from linewright.plant.model.equipment import Station

HEAD = """
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
              one: STATION
types:
  base: {places: 1, rate: 30 USD/h, power: {running: 2 kW, idle: 1 kW}, does: {mill: 60 s}}
  big: {use: base, places: 2, power: {running: 9 kW}}
  cheap: {rate: 10 USD/h}
  jam: {fails: {every: 10 h, repair: 1 h}}
"""


def station(text: str) -> Station:
    """Return the one station of the plant, written as the text says."""
    plant = load_text(HEAD.replace("STATION", text))
    return plant.sites["reno"].areas["shop"].work_centres["mills"].stations["one"]


def test_a_type_may_build_on_a_type() -> None:
    """Maps are joined along the chain, single values replaced."""
    one = station("{use: big}")
    assert one.places == 2
    assert one.power is not None
    assert (one.power.running_kw, one.power.idle_kw) == (9.0, 1.0)


def test_of_several_types_the_later_wins_and_own_keys_last() -> None:
    """`use: [base, cheap]` takes the rate of `cheap`; the station's own keys win over both."""
    rate = station("{use: [base, cheap]}").rate_per_h
    assert rate is not None
    assert rate.amount == 10
    own = station("{use: [base, cheap], rate: 7 USD/h}").rate_per_h
    assert own is not None
    assert own.amount == 7


def test_a_lone_failure_and_named_ones_are_joined() -> None:
    """A type's lone failure mode stays beside those that the station names."""
    one = station("{use: [base, jam], fails: {spindle: {every: 900 h, repair: 8 h}}}")
    assert sorted(one.fails) == ["failure", "spindle"]


def test_an_empty_key_takes_out() -> None:
    """`~` removes an entry of a map that the type has, and a whole key."""
    assert station("{use: base, power: ~}").power is None
    removed = check_text(HEAD.replace("STATION", "{use: base, does: {mill: ~, turn: 9 s}}"))
    assert removed.plant is not None
    one = removed.plant.sites["reno"].areas["shop"].work_centres["mills"].stations["one"]
    assert list(one.does) == ["turn"]


def test_types_in_a_circle_are_said_once() -> None:
    """A circle of types is an error with the way around it, and does not hang."""
    text = HEAD.replace("base: {", "base: {use: big, ").replace("STATION", "{use: big}")
    errors = check_text(text).errors
    assert [problem.code for problem in errors] == ["use-cycle"]
    assert "big -> base -> big" in errors[0].message or "base -> big -> base" in errors[0].message
