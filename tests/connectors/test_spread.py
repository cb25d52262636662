"""One message reaches each source that it concerns."""

from linewright.connectors.feeding.feed import Feed, Now
from linewright.connectors.feeding.outbox import Batch, Numbering, Outbox
from linewright.connectors.feeding.spread import Spread
from linewright.connectors.sources import Endpoint, Point, Source
from linewright.connectors.values import Heard
from linewright.plant import Address
from linewright.plant.records import Quality

AT = Now(plant_ns=10**18, seen_ns=10**18, steady_ns=0)


def feed(name: str) -> Feed:
    """A feed with two points."""
    station = Address(f"nogales/shop/mills/{name}")
    points = tuple(Point(tag=station.with_tag(tag), item=tag) for tag in ("a", "b"))
    endpoint = Endpoint(url="opc.tcp://a")
    source = Source(name=name, address=station, endpoint=endpoint, points=points)
    box = Outbox(Numbering(site="nogales", source=name, epoch=5, n=0))
    return Feed(source, box, plant_rev="r1", marks=Quality.GOOD)


def test_points_are_counted_feed_by_feed() -> None:
    """Values of two machines in one message part; each keeps its order."""
    one, two = feed("one"), feed("two")
    spread = Spread([one, two])
    assert [point.item for point in spread.points] == ["a", "b", "a", "b"]
    spread.connected([3], asked_ns=10**18, now=AT)
    heard = Heard(
        points=[2, 0, 1], values=[1.0, 2.0, 3.0], statuses=[0] * 3, source_ns=[10**18 + 1] * 3
    )
    spread.heard(heard, AT)
    batches = [each.box.head() for each in (one, two)]
    assert next(each.rows.value for each in batches if isinstance(each, Batch)) == [2.0, 3.0]
    second = batches[1]
    assert isinstance(second, Batch)
    assert (second.rows.tag, two.missing, one.missing) == ([1, 0], ("b",), ())


def test_a_sign_of_life_and_a_loss_concern_all() -> None:
    """One server lives or is gone for all of its machines."""
    feeds = [feed("one"), feed("two")]
    spread = Spread(feeds)
    spread.connected([], asked_ns=10**18, now=AT)
    spread.alive(Now(plant_ns=10**18 + 5, seen_ns=7, steady_ns=5))
    assert [each.heard_ns for each in feeds] == [7, 7]
    spread.lost(AT)
    assert not any(each.is_connected for each in feeds)
