"""Each feature of the twin as machines show it: their counters are the twin's, piece by piece."""

from collections import Counter

from linewright.emulate.flows.book import Book
from linewright.emulate.flows.flow import Done, Flow
from linewright.emulate.flows.models import Given, models
from linewright.emulate.following import Track
from linewright.plant import Plant
from linewright.twin import begin, outcome
from tests.emulate.flows.shops import MONDAY_NS, NO_ORDERS, order, shop, shown
from tests.emulate.playing import S

CENTRE = """
    areas:
      shop:
        work_centres:
          lathes:
            stations:
              one: {use: machine, does: {turn: 40 s}, setup: by_family}
              two: {use: machine, does: {turn: 50 s}, setup: by_family}
setups: {by_family: {default: 10 min}}
operations: {turn: {}}
products:
  pin: {route: [{operation: turn, scrap: 20 %}], lot_size: 5}
  bolt: {route: [{operation: turn, rework_to: turn, rework: 20 %}], lot_size: 8}
"""


def test_a_work_centre_makes_two_products_in_lots() -> None:
    """Two lathes count the pieces of lots, lost ones and whole lots sent back apart."""
    counts, out = shown(shop(CENTRE), 5)
    assert {one.name for one in out.products if one.good > 0} == {"pin", "bolt"}
    assert all(good > 30 for good, _, _ in counts.values())
    assert sum(bad for _, bad, _ in counts.values()) > 0
    assert sum(again for _, _, again in counts.values()) >= 8


ASSEMBLY = """
    areas:
      shop:
        lines:
          feed:
            flow: [mill]
            stations: {mill: {use: machine, does: {mill: 30 s}}}
          pump:
            flow: [press, 2, test]
            stations:
              press: {use: machine, does: {press: 60 s}}
              test: {use: machine, does: {test: {time: 40 s, scrap: 5 %}}}
operations: {mill: {}, press: {}, test: {}}
products:
  cover: {route: [mill]}
  pump: {route: [{operation: press, takes: {cover: 1}}, test]}
"""


def test_an_assembly_takes_components_from_their_store() -> None:
    """Both lines are one model: the mill stops when the store is full, and goes on with it."""
    counts, out = shown(shop(ASSEMBLY), 4)
    store = next(one for one in out.stores if one.name == "store of cover")
    assert store.entered > 0
    assert abs(counts["mill"][0] - counts["press"][0]) <= 2
    assert counts["press"][0] > 200


SHOP = """
    shifts: {day: Mon-Fri 06:00-22:00 break 15:00-15:30}
    crews: {hands: {people: 1, skills: [turning], shifts: [day]}}
    areas:
      shop:
        work_centres:
          lathes:
            stations:
              one: {use: machine, does: {turn: 60 s}, operators: {turning: 1}}
              two: {use: machine, does: {turn: 60 s}, operators: {turning: 1}}
          washers: {stations: {wash: {use: machine, does: {wash: 10 min}, batch: 40}}}
skills: {turning: {label: Turning}}
operations: {turn: {}, wash: {}}
products: {pin: {route: [turn, wash], lot_size: 20, arrives: 30 min}}
"""


def test_a_shop_that_moves_in_lots_with_a_crew_on_shifts() -> None:
    """One pair of hands for two lathes: a lot of 20 at a time, and nothing in the break."""
    counts, out = shown(shop(SHOP), 8)
    assert 300 <= counts["one"][0] + counts["two"][0] <= 450
    assert counts["one"][0] % 20 == counts["two"][0] % 20 == 0
    (hands,) = (one for one in out.crews if one.name == "hands")
    assert 0.0 < hands.busy <= hands.present


LANES = """
    transport: {cart: {kind: cart, count: 1, carries: 6, takes: 2 min}}
    areas:
      shop:
        lines:
          pump:
            flow: [mill, drill, wash]
            buffers:
              mill-drill: {places: 12, by: cart, batch: 6}
              drill-wash: {places: 4, travel: 30 s}
            stations:
              mill: {use: machine, does: {mill: 40 s}}
              drill: {use: machine, does: {drill: 45 s}}
              wash: {use: machine, does: {wash: 30 s}, places: 2}
operations: {mill: {}, drill: {}, wash: {}}
products: {pump: {route: [mill, drill, wash]}}
"""


def test_parts_go_by_cart_and_on_a_conveyor() -> None:
    """The cart brings six at a time; the stations behind it make what it brings."""
    counts, out = shown(shop(LANES), 4)
    assert counts["mill"][0] - counts["drill"][0] <= 12 + 12 + 6
    assert counts["drill"][0] > 250
    (cart,) = (one for one in out.crews if one.name == "cart")
    assert cart.busy > 0.0


def test_orders_are_made_and_told_when_they_are_done() -> None:
    """Two orders, a later one first by its priority: only their pieces are made."""
    orders = [order("o1", "pin", 200), order("o2", "bolt", 8, after_s=600, priority=9)]
    counts, out = shown(shop(CENTRE), 6, Book(tuple(orders), beside=False))
    total = sum(good for good, _, _ in counts.values())
    assert total == sum(one.good for one in out.products)
    ends = {one.name: one.done_ns for one in out.orders}
    assert ends["o1"] is not None
    assert ends["o2"] is not None
    assert ends["o2"] < ends["o1"]


def test_a_rush_order_comes_beside_what_is_made_anyway() -> None:
    """Sixteen bolts at 30 min go before all others, and pins and bolts go on being made."""
    rush = order("rush", "bolt", 16, after_s=1800, priority=9)
    _, out = shown(shop(CENTRE), 5, Book((rush,)))
    (done,) = out.orders
    assert done.good == 16
    assert done.done_ns is not None
    assert done.done_ns < MONDAY_NS + 2 * 3600 * S
    assert {one.name for one in out.products if one.good > 50} == {"pin", "bolt"}


SHARED = """
    shifts: {day: Mon-Fri 06:00-22:00 break 15:00-15:30}
    crews: {hands: {people: 1, skills: [turning], shifts: [day]}, fixers: {people: 1}}
    areas:
      shop:
        lines:
          pump:
            flow: [mill, 2, drill]
            stations:
              mill: {use: machine, does: {mill: 60 s}, operators: {turning: 1}, fails: {jam: {
                every: 20 min, repair: 4 min, crew: fixers}}}
              drill: {use: machine, does: {drill: 45 s}, operators: {turning: 1}}
skills: {turning: {label: Turning}}
operations: {mill: {}, drill: {}}
products: {pump: {route: [mill, drill]}}
"""


def test_machines_stand_and_go_on_at_the_instant() -> None:
    """Their time in each state, by what is shown, is the twin's to the nanosecond."""
    plant, end_ns = shop(SHARED), MONDAY_NS + 10 * 3600 * S
    flow = flow_of(plant)
    since = dict.fromkeys(flow.tracks, (MONDAY_NS, "idle"))
    spent = {one: Counter[str]() for one in flow.tracks}
    for now_ns in range(MONDAY_NS + 7 * S, end_ns + 7 * S, 7 * S):
        for address, found in flow.advance(min(now_ns, end_ns)):
            for state in (one for one in found if one.what == "state"):
                from_ns, former = since[address]
                spent[address][former] += state.t_ns - from_ns
                since[address] = (state.t_ns, str(state.value))
    stations = outcome(flow.model, flow.state).stations
    for one in stations:
        from_ns, former = since[one.address]
        spent[one.address][former] += end_ns - from_ns
        told = {str(state): round(seconds * S) for state, seconds in one.seconds.items()}
        assert {name: ns for name, ns in spent[one.address].items() if ns} == {
            name: ns for name, ns in told.items() if ns
        }
    assert sum(one.waiting_s for one in stations) > 3600.0


def flow_of(plant: Plant, book: Book = NO_ORDERS) -> Flow:
    """Return the one model of a plant."""
    given = Given(at_ns=MONDAY_NS, seed=1, book=book)
    ((_, playing),) = models(plant, list(dict(plant.stations())), given)
    state = begin(playing.model, at_ns=MONDAY_NS, seed=1)
    return Flow(
        playing, state, {one.address: Track(since_ns=MONDAY_NS) for one in playing.stations}
    )


BOLTS = Book((order("o1", "bolt", 16),), beside=False)


def test_an_order_that_is_done_is_told_once() -> None:
    """It is among the orders done after its end began, and no more after it."""
    flow = flow_of(shop(CENTRE), BOLTS)
    list(flow.advance(MONDAY_NS + 4 * 3600 * S))
    (done,) = flow.done(MONDAY_NS)
    assert (done.name, done.good) == ("o1", 16)
    assert isinstance(done, Done)
    assert flow.done(done.t_ns) == ()


def test_what_goes_round_without_end_stands_and_says_why() -> None:
    """A step with more events than allowed stops the model; nothing more happens there."""
    flow = flow_of(shop(CENTRE), BOLTS)
    flow.events_max = 3
    assert list(flow.advance(MONDAY_NS + 4 * 3600 * S)) == []
    assert "events have brought it" in flow.stopped
    assert list(flow.advance(MONDAY_NS + 5 * 3600 * S)) == []
