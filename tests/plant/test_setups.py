"""Set-up tables of the plant file, compiled."""

from linewright.plant.language.load import load_text
from linewright.plant.setups.tables import setup_key, setup_keys, setup_matrix

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
          mills: {stations: {one: {does: {mill: 60 s}, setup: mill}}}
          other: {stations: {one: {does: {wash: 60 s}}}}
families: {steel: {}, brass: {setup: soft}, nylon: {route: [wash]}}
products:
  s1: {family: steel, route: [mill]}
  b1: {family: brass, route: [mill, wash]}
  n1: {family: nylon}
  lone: {route: [mill]}
setups:
  mill: {times: {steel: {any: 20 min}, any: {steel: 15 min, any: 10 min}}, first: 30 min}
"""
MINUTE_NS = 60 * 10**9


def test_keys_are_those_of_the_products_that_come_by() -> None:
    """Families whose products visit a station of the table count, others do not."""
    plant = load_text(TEXT)
    assert setup_key(plant, "b1", "family") == "soft"
    assert setup_key(plant, "lone", "family") == "lone"
    assert set(setup_keys(plant, "mill")) == {"steel", "soft", "lone"}


def test_the_matrix_has_a_time_for_every_pair() -> None:
    """Wildcards fill the matrix; the same key costs nothing; the first set-up has its own time."""
    matrix = setup_matrix(load_text(TEXT), "mill")
    assert matrix.between_ns("steel", "soft") == 20 * MINUTE_NS
    assert matrix.between_ns("soft", "steel") == 15 * MINUTE_NS
    assert matrix.between_ns("soft", "lone") == 10 * MINUTE_NS
    assert matrix.between_ns("soft", "soft") == 0
    assert matrix.between_ns("unknown", "soft") == 30 * MINUTE_NS
