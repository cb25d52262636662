"""The applied plant survives its bucket, and is read once."""

from pathlib import Path

import pytest

from linewright.bus import Applied
from linewright.bus.applied import decode_applied
from linewright.plant import PlantInvalid


def test_the_plant_of_an_example(checkout: Path) -> None:
    """A whole plant file survives, and gives the same plant object twice."""
    text = (checkout / "plants/bracket/plant.yaml").read_text(encoding="utf-8")
    one = Applied(rev="r1", text=text, site="nogales", emulated=True, scenario="{}")
    back = decode_applied(one.encode())
    assert back == one
    assert back.plant() is one.plant()
    assert "nogales" in one.plant().sites


def test_a_text_that_is_no_plant_is_refused() -> None:
    """An invalid plant is refused when it is asked for."""
    with pytest.raises(PlantInvalid):
        Applied(rev="r1", text="linewright: 1", site="nogales", emulated=False).plant()
