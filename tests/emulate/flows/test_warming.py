"""Days of work before a play."""

from linewright.emulate.flows.flow import Playing
from linewright.emulate.flows.models import watched
from linewright.emulate.flows.products import doers
from linewright.emulate.flows.warming import STAGES_NS, warmed
from linewright.plant import Address, Plant, PlantBuilder
from linewright.twin import begin, compile_plant
from tests.emulate.flows.shops import MONDAY_NS

SITE = Address("reno")


def valves(arrives: str, *, least: int = 1) -> Plant:
    """Return a lathe and an oven for valves that arrive now and then."""
    builder = PlantBuilder("acme")
    area = builder.site("reno", timezone="UTC", currency="USD").area("shop")
    area.work_centre("lathes").station("one", does={"turn": "5 min"})
    oven = area.work_centre("ovens")
    oven.station("one", does={"bake": "2 h"}, batch=least, batch_least=least)
    for name in ("turn", "bake"):
        builder.operation(name)
    builder.product("valve", route=["turn", "bake"], arrives=arrives)
    return builder.done()


def tried(plant: Plant) -> Playing | None:
    """Return the site at work on Monday morning; None: work does not come to all."""
    model = compile_plant(plant, SITE)
    stations = tuple(watched(plant, one) for one in model.stations)
    return warmed(Playing(model=model, stations=stations), doers(plant, SITE), MONDAY_NS, 1)


def test_the_shortest_stage_in_which_all_have_work_is_taken() -> None:
    """With a valve each 3 h three days are enough; an oven for 30 of them takes two weeks."""
    for arrives, least, stage_ns in (("3 h", 1, STAGES_NS[0]), ("3 h", 30, STAGES_NS[1])):
        found = tried(valves(arrives, least=least))
        assert found is not None
        assert found.begun is not None
        state, tracks = found.begun
        assert state.t_ns == MONDAY_NS
        fresh = begin(found.model, at_ns=MONDAY_NS - stage_ns, seed=1)
        assert fresh.t_ns == MONDAY_NS - stage_ns
        assert len(tracks) == 2


def test_where_work_does_not_come_to_all_there_is_no_such_state() -> None:
    """An oven that waits for a hundred valves has none in two weeks."""
    assert tried(valves("30 h", least=100)) is None


def test_what_takes_too_many_events_is_left() -> None:
    """A valve a second is more than is gone through silently."""
    assert tried(valves("1 s")) is None
