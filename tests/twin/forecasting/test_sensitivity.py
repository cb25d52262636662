"""What a minute and a place are worth."""

import msgspec
import pytest

from linewright.plant import PlantBuilder
from linewright.plant.records import BufferNow
from linewright.twin import compile_line
from linewright.twin.forecasting import ForecastInvalid, one_more_place, worth
from tests.twin.forecasting.lives import failing, nothing_known
from tests.twin.lines import line_of


def test_a_minute_of_the_bottleneck_is_worth_its_rate() -> None:
    """With full buffers a minute of a 60 s station costs a part, of one with slack nothing."""
    model = line_of("30 s", "60 s", "30 s", places=40)
    levels = tuple(
        BufferNow(address=each, count=count)
        for each, count in zip(model.buffers, (30, 5), strict=True)
    )
    line = msgspec.structs.replace(nothing_known(model), buffers=levels)
    found = worth(model, line, hours=2, replications=2, seed=1, jit=False)
    by_name = {each.address.name: each.good for each in found}
    assert found[0].address == model.stations[1]
    assert by_name == pytest.approx({"m0": 0.0, "m1": 1.0, "m2": 0.0}, abs=0.11)


def test_a_place_between_failing_stations_is_worth_something() -> None:
    """One more place in a buffer of one place makes more parts, beyond doubt; ranked by worth."""
    plant = PlantBuilder("acme")
    shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    line = shop.line("line", flow=["m0", 1, "m1", "m2"])
    for name in ("m0", "m1", "m2"):
        line.station(name, does={f"do-{name}": "60 s exponential"})
    made = plant.done()
    places = one_more_place(made, "reno/shop/line")
    model = compile_line(made, "reno/shop/line")
    assert [each.name for each in places] == ["m0-m1", "m1-m2"]
    now = nothing_known(model)
    found = worth(model, now, hours=24, replications=20, seed=1, places=places)
    place = next(each for each in found if each.address.name == "m0-m1")
    assert place.is_certain
    assert 5 < place.good < 200
    assert [each.good for each in found] == sorted((each.good for each in found), reverse=True)


def test_a_difference_needs_two_futures() -> None:
    """One future, or no time, is refused."""
    model = failing()
    for hours, replications in ((1.0, 1), (0.0, 2)):
        with pytest.raises(ForecastInvalid, match="tell no difference"):
            worth(model, nothing_known(model), hours=hours, replications=replications, seed=1)
