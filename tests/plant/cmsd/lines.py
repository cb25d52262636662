"""A plant that says most of what goes into a CMSD file."""

from linewright.plant import Plant
from linewright.plant.language import load_text

TEXT = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: America/Los_Angeles
    currency: USD
    shifts:
      day: Mon-Fri 06:00-14:30 break 10:00-10:30
      night: {text}
    crews:
      fitters: {{people: 2, skills: [mechanic], shifts: [day], rate: 30 USD/h}}
      hands: {{people: 1, skills: [handling]}}
    tools: {{bit: {{count: 3}}}}
    areas:
      shop:
        lines:
          pump:
            flow: [saw, 6, mill, rack, wash, test]
            shifts: [day, night]
            stations:
              saw:
                does: {{cut: 48 s gamma cv 0.3}}
                fails: {{every: 3 h weibull cv 0.7, repair: 20 min lognormal cv 0.5, crew: fitters}}
                rate: 18 USD/h
              mill:
                places: 2
                does: {{mill: {{time: 50 s to 70 s, tools: [bit], scrap: 1 %}}}}
                setup: change
                fails:
                  spindle: {{every: 30 h, repair: 1 h, clock: calendar}}
                  chips: {{every: 2 h, repair: 2 min to 6 min}}
                maintenance: {{every: 40 h, takes: 30 min, crew: fitters}}
              wash: {{does: {{wash: 40 s normal cv 0.2}}, operators: {{handling: 0.5}}}}
              test: {{does: {{test: "triangular 30 s, 35 s, 50 s"}}, manual: true}}
skills: {{mechanic: {{}}, handling: {{}}}}
setups: {{change: {{times: {{steel: {{brass: 5 min}}, brass: {{steel: 8 min}}}}}}}}
families: {{steel: {{}}, brass: {{}}}}
materials: {{bar: {{unit: m}}}}
products:
  p1:
    family: steel
    route: [cut, mill, wash, {{operation: test, scrap: 2 %}}]
    bom: {{bar: 0.3 m}}
  p2: {{family: brass, route: [cut, mill, wash, test], lot_size: 20}}
"""


def pump(night: str = "Mon-Thu 22:00-06:00") -> Plant:
    """Return a line with shifts, crews, failures, set-ups, maintenance and two products."""
    return load_text(TEXT.format(text=night))


WHERE = "reno/shop/pump"
