"""A small whole plant that the tests of the language break in one place each."""

import pytest

PLANT = """\
linewright: 1
enterprise: borderline
sites:
  nogales:
    timezone: America/Hermosillo
    currency: MXN
    day_starts: "06:00"
    shifts: {day: Mon-Fri 06:00-14:30 break 10:00-10:30}
    crews: {repair: 2}
    gateways: {box: {modbus: "tcp://10.1.4.9:502", budget: {batch: 60, gap: 20 ms}}}
    areas:
      machining:
        lines:
          bracket:
            flow: [saw, 12, mill, rack, inspect]
            stations:
              saw:
                use: cnc
                does: {cut: 48 s}
                connect: {opcua: "opc.tcp://10.1.4.11:4840", password: {secret: SAW_PASSWORD}}
                tags:
                  state: {node: ns=2;s=S, role: state, map: {1: running, 2: down}}
                  temp: {node: ns=2;s=T, unit: degC, range: [0, 120], high: 80, high_high: 95}
                  remote: {node: ns=2;s=R, role: permit.remote_enabled}
                  hot: {derive: temp > 70, debounce: 2 s}
                commands:
                  speed: {node: ns=2;s=V, unit: "%", range: [50, 120], permit: remote_enabled}
              mill: {use: cnc, does: {mill: {time: 60 s, pieces: 4, blocked: 1}}, setup: mill}
              inspect: {does: {inspect: 30 s}, manual: true}
        work_centres:
          bench: {stations: {one: {does: {deburr: 20 s}}, two: {does: {deburr: 25 s}}}}
types:
  cnc:
    reasons: machine
    micro_stop: 2 min
    fails: {every: 30 h, repair: 20 min, crew: repair}
reasons:
  machine: {breakdown: {bucket: unplanned, label: {en: Breakdown, es: Falla}}}
families: {steel: {}, brass: {}}
setups:
  mill: {times: {steel: {brass: 20 min}, brass: {steel: 15 min}}}
materials: {bar: {unit: m, cost: 4.20 USD/m}}
products:
  bracket-a:
    family: steel
    route: [cut, mill, inspect]
    bom: {bar: 0.32 m}
    characteristics: {bore: 12.000 mm +/- 0.015 mm}
    control_plan: [{characteristic: bore, sample: 5, chart: xbar_r}]
  bracket-b:
    family: brass
    route: [cut, mill, {operation: deburr, at: nogales/machining/bench}]
"""


@pytest.fixture
def plant_text() -> str:
    """Return the text of a plant without a problem."""
    return PLANT
