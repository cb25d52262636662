"""Laws of quantities: what is written reads back."""

from hypothesis import given
from hypothesis import strategies as st

from linewright.plant.language.syntax.quantities import format_quantity, parse_quantity


@given(
    st.floats(min_value=0, max_value=1e12, allow_nan=False).map(lambda x: round(x, 4)),
    st.sampled_from(["s", "1", "kW", "degC", "mm", "%"]),
)
def test_a_written_quantity_reads_back_exactly(value: float, unit: str) -> None:
    """Writing and reading gives the same float, bit by bit."""
    assert parse_quantity(format_quantity(value, unit), unit) == value
