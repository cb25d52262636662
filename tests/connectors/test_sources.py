"""What is read where, and under which name."""

from linewright.connectors import source_of, sources_of
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
    assert (point.node, point.low, point.high, point.sample_s) == ("ns=2;s=one.Temp", 0.0, 90.0, 1)


def test_an_emulated_plant_is_reached_nowhere_but_at_its_own_endpoints() -> None:
    """Of an emulated plant no address of the plant file is ever connected."""
    place = Address("reno/east/mills/two")
    (only,) = sources_of(plant(), "reno", {place: "opc.tcp://127.0.0.1:5"})
    assert (only.address, only.endpoint.url) == (place, "opc.tcp://127.0.0.1:5")
    assert sources_of(plant(), "reno", {}) == ()
