"""Names that would break a broker are refused when the plant is checked."""

import pytest

from linewright.plant.language.load import check_text

PLANT = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: America/Los_Angeles
    currency: USD
    areas:
      shop:
        work_centres:
          lathes:
            stations:
              one:
                does: {turn: 40 s}
                connect: CONNECT
                tags: {oil: {TAG, unit: degC}}
"""


def _codes(connect: str, tag: str) -> list[str]:
    checked = check_text(PLANT.replace("CONNECT", connect).replace("TAG", tag))
    return [problem.code for problem in checked.problems if not problem.code.startswith("unused")]


@pytest.mark.parametrize(
    "endpoint",
    ["shop/cell", "shop/cell/lathe", "g1/Edge-Node_2/d.3"],
)
def test_sparkplug_names_that_a_broker_carries(endpoint: str) -> None:
    """Group and node, with or without a device; a metric may have any name."""
    assert "broker-name" not in _codes(f"{{sparkplug: {endpoint}}}", 'metric: "Oil temp #1"')


@pytest.mark.parametrize(
    "endpoint",
    ["shop", "a/b/c/d", "STATE/node", "shop/+/one", "shop//one", "shop floor/cell", "$SYS/cell"],
)
def test_sparkplug_names_that_it_does_not(endpoint: str) -> None:
    """Wrong number of levels, wildcards, empty levels, spaces, reserved names."""
    assert "broker-name" in _codes(f'{{sparkplug: "{endpoint}"}}', "metric: oil")


@pytest.mark.parametrize("topic", ["oil/#", "a+b", "", "/", "a//b", "$share/x", "lathe 1/oil"])
def test_topics_that_cannot_be_published_on(topic: str) -> None:
    """Each is refused at the tag, with the place in the file."""
    found = _codes("{mqtt: shop/one}", f'topic: "{topic}"')
    assert {"broker-name", "value-empty"} & set(found), found


def test_another_broker_may_carry_spaces() -> None:
    """Only the plant's own broker refuses them, and the message says so."""
    connect = '{mqtt: "shop floor/one", broker: "mqtt://10.1.4.2:1883"}'
    assert "broker-name" not in _codes(connect, 'topic: "oil temp"')
    assert "broker-name" in _codes('{mqtt: "shop floor/one"}', "topic: oil")


def test_a_broker_is_an_address() -> None:
    """What is no URL of MQTT is refused where it stands."""
    assert "connection-incomplete" in _codes("{mqtt: shop, broker: 10.1.4.2}", "topic: oil")
    assert _codes('{mqtt: "mqtt://10.1.4.2:1883"}', "topic: shop/oil") == []


def test_commands_are_looked_at_too() -> None:
    """A command on a topic with a wildcard is refused."""
    text = PLANT.replace("CONNECT", "{mqtt: shop}").replace("TAG", "topic: oil")
    text += (
        "                commands:\n"
        "                  speed: {topic: 'set/#', range: [50, 110], unit: '%', permit: oil}\n"
    )
    assert "broker-name" in [problem.code for problem in check_text(text).problems]
