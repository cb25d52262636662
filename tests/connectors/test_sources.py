"""What is read where, and under which name."""

from linewright.connectors import source_of, sources_of
from linewright.connectors.sources import OWN, place_of
from linewright.plant import Address, Plant
from linewright.plant.language import load_text

TWINS = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: America/Los_Angeles
    currency: USD
    gateways: {edge: {opcua: "opc.tcp://10.0.0.9:4840"}}
    areas:
      east:
        work_centres:
          mills:
            stations:
              one:
                does: {mill: 40 s}
                connect: {opcua: "opc.tcp://10.0.0.1:4840", every: 500 ms}
                tags:
                  temp: {node: "ns=2;s={station}.Temp", unit: degC, range: [0, 90], every: 1 s}
                  double: {derive: temp * 2}
                  here: {role: parts.good}
              two: {does: {mill: 40 s}, connect: {gateway: edge}, tags: {t: {node: ns=2;s=T}}}
              hand: {does: {mill: 40 s}, manual: true}
      west:
        work_centres:
          mills: {stations: {one: {does: {mill: 40 s}}}}
          lathes: {stations: {one: {does: {mill: 40 s}}}}
operations: {mill: {}}
products: {bracket: {route: [mill]}}
"""


def plant() -> Plant:
    """Three stations of one name in two areas."""
    return load_text(TWINS)


def test_a_source_is_named_as_briefly_as_its_site_allows() -> None:
    """The own name where it is alone, the line where that tells them apart, else the area too."""
    places = ["east/mills/two", "west/lathes/one", "west/mills/one", "east/mills/one"]
    names = [source_of(plant(), Address(f"reno/{place}")) for place in places]
    assert names == ["two", "lathes_one", "west_mills_one", "east_mills_one"]


def test_a_long_name_is_cut_and_stays_its_own() -> None:
    """Two names that are too long for a token end in different digests."""
    area = "a" * 40
    text = TWINS.replace("east:", f"{area}:").replace("west:", f"{area[:-1]}b:")
    long = load_text(text)
    names = {source_of(long, address) for address, _ in long.stations()}
    assert len(names) == len(list(long.stations()))
    assert all(len(name) <= 63 for name in names)


def test_the_plant_file_says_where_a_real_station_is() -> None:
    """Endpoint, gateway and intervals are those of the file; what cannot be read is left out."""
    one, two = sources_of(plant(), "reno")
    assert (one.endpoint.url, one.endpoint.publish_s) == ("opc.tcp://10.0.0.1:4840", 0.5)
    assert two.endpoint.url == "opc.tcp://10.0.0.9:4840"
    (point,) = one.points
    assert (point.item, point.low, point.high, point.sample_s) == ("ns=2;s=one.Temp", 0.0, 90.0, 1)


def test_an_emulated_plant_is_reached_nowhere_but_at_its_own_endpoints() -> None:
    """Of an emulated plant no address of the plant file is ever connected."""
    place = Address("reno/east/mills/two")
    (only,) = sources_of(plant(), "reno", {place: "opc.tcp://127.0.0.1:5"})
    assert (only.address, only.endpoint.url) == (place, "opc.tcp://127.0.0.1:5")
    assert sources_of(plant(), "reno", {}) == ()


SEVERAL = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: America/Los_Angeles
    currency: USD
    areas:
      shop:
        work_centres:
          mills:
            stations:
              one:
                does: {mill: 40 s}
                connect: {opcua: "opc.tcp://10.0.0.1:4840", stale: 5 s}
                connections:
                  meter: {mqtt: mills/one, stale: 30 s}
                  rig: {sparkplug: plant/rig, broker: "mqtt://10.0.0.9", stale: 9 s}
                  old: {replay: old/*.csv, time: when, speed: 10, times: recorded}
                  far: {modbus: "10.0.0.7:502"}
                tags:
                  temp: {node: "ns=2;s=T", unit: degC, deadband: 0.5 K}
                  kw: {topic: power, path: $.kw, through: meter, unit: kW}
                  torque: {metric: Torque, through: rig, unit: N*m}
                  load: {column: load, through: old, unit: "%"}
                  flow: {register: "40001", through: far}
              one_meter: {does: {mill: 40 s}, connect: {sparkplug: plant/two, stale: 60 s,
                broker: "mqtt://10.0.0.9"}, tags: {kw: {metric: P, unit: kW}}}
operations: {mill: {}}
products: {bracket: {route: [mill]}}
"""
ONE = Address("reno/shop/mills/one")


def test_every_connection_of_a_station_is_a_source_of_its_own() -> None:
    """Each with its own points and name; a protocol that is not read has none."""
    sources = {source.connection: source for source in sources_of(load_text(SEVERAL), "reno")[:4]}
    assert list(sources) == [None, "meter", "rig", "old"]
    items = {name: [point.item for point in one.points] for name, one in sources.items()}
    assert items == {
        None: ["ns=2;s=T"],
        "meter": ["mills/one/power"],
        "rig": ["Torque"],
        "old": ["load"],
    }
    assert sources["old"].endpoint.time_column == "when"
    assert (sources["old"].endpoint.speed, sources["old"].endpoint.times) == (10.0, "recorded")
    assert sources[None].points[0].deadband == 0.5


def test_the_name_of_a_further_connection_is_never_that_of_another_station() -> None:
    """A station may be called as another one's meter."""
    plant = load_text(SEVERAL)
    names = [source.name for source in sources_of(plant, "reno")]
    assert len(set(names)) == len(names)
    assert names[0] == "one"
    assert names[1].startswith("one_meter_")
    assert source_of(plant, ONE, "rig") == "one_rig"


def test_stations_of_one_broker_share_its_link() -> None:
    """However patient each of them is: the broker is one endpoint, the own listener another."""
    sources = sources_of(load_text(SEVERAL), "reno")
    rigs = [source for source in sources if source.endpoint.protocol == "sparkplug"]
    assert len({source.endpoint for source in rigs}) == 1
    assert [source.stale_s for source in rigs] == [9.0, 60.0]
    assert [source.root for source in rigs] == ["plant/rig", "plant/two"]
    assert sources[1].endpoint.url == OWN


def test_a_played_station_has_all_its_tags_in_one_place() -> None:
    """Over OPC UA under their names, over Sparkplug as metrics; topics and paths are gone."""
    plant = load_text(SEVERAL)
    (played,) = sources_of(plant, "reno", {ONE: "opc.tcp://127.0.0.1:5"})
    assert [point.item for point in played.points] == [
        "ns=2;s=T",
        "ns=2;s=kw",
        "ns=2;s=torque",
        "ns=2;s=load",
        "ns=2;s=flow",
    ]
    assert {point.path for point in played.points} == {None}
    two = Address("reno/shop/mills/one_meter")
    (own,) = sources_of(plant, "reno", {two: OWN})
    assert (own.endpoint.protocol, own.root, own.points[0].item) == ("sparkplug", "plant/two", "P")


def test_where_a_tag_is_read_and_a_command_is_written() -> None:
    """Real: through its own connection, a path behind its topic; played: at the one server."""
    plant = load_text(SEVERAL)
    tags = dict(plant.stations_in(ONE))[ONE].tags
    kw = place_of(plant, ONE, "kw", tags["kw"])
    assert kw is not None
    assert (kw.through, kw.via, kw.item) == ("meter", "topic", "mills/one/power#$.kw")
    assert not kw.can_be_read
    played = place_of(plant, ONE, "kw", tags["kw"], played="opc.tcp://127.0.0.1:5")
    assert (played and played.item) == "ns=2;s=kw"


def test_a_machine_without_tags_is_a_source_that_can_be_looked_through() -> None:
    """Of OPC UA it is connected, so that `browse` finds what could be read; a topic is not."""
    text = TWINS.replace(", tags: {t: {node: ns=2;s=T}}", "")
    bare = text.replace("manual: true", "connect: {mqtt: shop/hand}")
    assert bare.count("tags:") == 1
    found = {each.name: each for each in sources_of(load_text(bare), "reno")}
    assert set(found) == {"two", "east_mills_one"}
    assert (found["two"].points, found["two"].endpoint.url) == ((), "opc.tcp://10.0.0.9:4840")
