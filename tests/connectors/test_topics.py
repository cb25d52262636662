"""Devices may use the topics that the plant declares, and no others."""

from linewright.connectors import device_topics
from linewright.plant.language import load_text

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
          cells:
            stations:
              gauge:
                does: {mill: 40 s}
                connect: {mqtt: cells/gauge}
                tags:
                  seat: {topic: result, path: $.seat, unit: mm}
                  state: {topic: cells/gauge/state, role: state, map: {1: running}}
                  remote: {topic: remote, role: permit.remote_enabled}
                commands:
                  limit: {topic: set, range: [1, 2], permit: remote, unit: mm}
              rig:
                does: {mill: 40 s}
                connect: {sparkplug: plant/rig, broker: "mqtt://10.0.0.9"}
                tags: {torque: {metric: Torque, unit: N*m}}
              far:
                does: {mill: 40 s}
                connect: {mqtt: cells/far, broker: "mqtt://10.0.0.9"}
                tags: {seat: {topic: result, unit: mm}}
operations: {mill: {}}
products: {bracket: {route: [mill]}}
"""


def test_the_topics_of_the_own_listener_are_those_of_the_plant_file() -> None:
    """Topics are whole, an external broker's are not ours, and Sparkplug nodes may be played."""
    found = device_topics(load_text(PLANT), "reno")
    assert {"cells/gauge/result", "cells/gauge/state"} < set(found.publish)
    assert "cells/gauge/set" in found.subscribe
    assert not any("far" in topic for topic in (*found.publish, *found.subscribe))
    assert {"spBv1.0/plant/NBIRTH/rig", "spBv1.0/plant/DDATA/rig/+"} < set(found.publish)
    assert {"spBv1.0/plant/NCMD/rig", "spBv1.0/STATE/+"} < set(found.subscribe)
    assert not any(topic.endswith("#") for topic in (*found.publish, *found.subscribe))


def test_another_site_has_none() -> None:
    """Sites share no topics."""
    assert device_topics(load_text(PLANT), "tulsa").is_empty
