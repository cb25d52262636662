"""Small random plants with one feature each, and with each pair of features that meet.

A plant begins as a line of three stations; each feature then changes the draft, mostly at its
second station, so that two features meet there. Parameters are drawn from the seed.
"""

from collections.abc import Callable
from random import Random
from typing import Any

import yaml

HORIZON_S = 10_000.0
"""How long each plant is run, from empty."""
WARM_UP_S = 2_000.0
"""From when on it counts."""

Keys = dict[str, Any]
Named = tuple[str, str, str]
"""Name, text of the plant file, and the place in it that is run."""


class Draft:
    """A plant on its way: the parts of the plant file that features change."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.flow: list[str | int] = ["a", chance.randint(1, 3), "b", chance.randint(1, 4), "c"]
        power = {"running": "5 kW", "idle": "2 kW", "set_up": "3 kW", "down": "1 kW", "off": "0 kW"}
        self.stations: dict[str, Keys] = {
            name: {"does": {work: {"time": self.time(mean)}}, "power": power}
            for name, work, mean in (("a", "cut", 9.0), ("b", "mill", 10.0), ("c", "wash", 8.5))
        }
        self.buffers: dict[str, Keys] = {}
        self.steps: list[Keys] = [{"operation": name} for name in ("cut", "mill", "wash")]
        self.products: dict[str, Keys] = {"p": {}}
        self.line: Keys = {}
        self.site: Keys = {}
        self.top: Keys = {}
        self.centres: dict[str, Keys] = {}

    def time(self, mean_s: float) -> str:
        """Return a random time with about this mean."""
        mean = round(mean_s * self.chance.uniform(0.9, 1.1), 2)
        shapes = ("exponential", "gamma cv 0.5", "lognormal cv 0.4", "weibull cv 0.7")
        return f"{mean} s {self.chance.choice(shapes)}"

    def cycle(self, station: str) -> Keys:
        """Return the cycle of a station's only operation."""
        found: Keys = next(iter(self.stations[station]["does"].values()))
        return found

    def step(self, operation: str) -> Keys:
        """Return the step of the route with an operation."""
        return next(one for one in self.steps if one["operation"] == operation)

    def crew(self, name: str, people: int, skill: str | None = None) -> None:
        """Have a crew, with a skill of its own."""
        crew: Keys = {"people": people}
        if skill is not None:
            crew["skills"] = [skill]
            self.top.setdefault("skills", {})[skill] = {}
        self.site.setdefault("crews", {})[name] = crew

    def slower(self, factor: float, *stations: str) -> None:
        """Make all cycles of stations longer."""
        for name in stations:
            cycle = self.cycle(name)
            mean, rest = cycle["time"].split(" ", 1)
            cycle["time"] = f"{float(mean) * factor:.2f} {rest}"

    def text(self) -> Named:
        """Return the plant file, and the place that is run."""
        stations = {k: one for k, one in self.stations.items() if not self._in_centre(k)}
        line = {"flow": self._flow(), "stations": stations, **self.line}
        if self.buffers:
            line["buffers"] = self.buffers
        area: Keys = {"lines": {"line": line}}
        if self.centres:
            area["work_centres"] = self.centres
        site = {"timezone": "UTC", "currency": "USD", "areas": {"shop": area}, **self.site}
        products = {
            name: {**({} if "route" in one else {"route": self.steps}), **one}
            for name, one in self.products.items()
        }
        plant = {
            "linewright": 1,
            "enterprise": "acme",
            "sites": {"reno": site},
            "products": products,
            **self.top,
        }
        at = "reno/shop" if self.centres else "reno/shop/line"
        return "", yaml.dump(plant, Dumper=_NoAliases, sort_keys=False), at

    def _flow(self) -> list[str | int]:
        """Return the flow without the places of buffers that have an entry of their own."""
        links = zip([*self.flow, ""], ["", *self.flow], ["", "", *self.flow], strict=False)
        named = {k - 1 for k, (down, _, up) in enumerate(links) if f"{up}-{down}" in self.buffers}
        return [one for k, one in enumerate(self.flow) if k not in named or isinstance(one, str)]

    def _in_centre(self, name: str) -> bool:
        return any(name in one["stations"] for one in self.centres.values())


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def _places(draft: Draft) -> None:
    draft.stations["b"]["places"] = 2
    draft.slower(1.9, "b")


def _zero(draft: Draft) -> None:
    draft.flow = [0 if isinstance(one, int) else one for one in draft.flow]


def _before(draft: Draft) -> None:
    for name in ("a", "b"):
        draft.stations[name]["blocking"] = "before_service"


def _slotted(draft: Draft) -> None:
    for name in ("a", "b", "c"):
        share = draft.chance.randint(55, 85)
        draft.cycle(name).update({"time": "6 s", "succeeds": f"{share} %"})


def _fails(every_s: float, repair_s: float, **more: str) -> Keys:
    return {"every": f"{every_s} s", "repair": f"{repair_s} s gamma cv 0.6", **more}


def _failures(draft: Draft) -> None:
    for name in ("a", "b"):
        draft.stations[name].setdefault("fails", {})["jam"] = _fails(
            draft.chance.randint(150, 300), draft.chance.randint(20, 40)
        )


def _calendar(draft: Draft) -> None:
    draft.crew("fixers", 1)
    for name, priority in (("b", 2), ("c", 1)):
        mode = _fails(draft.chance.randint(150, 250), 28, clock="calendar", crew="fixers")
        draft.stations[name].setdefault("fails", {})["trip"] = mode
        draft.stations[name]["priority"] = priority


def _caused(draft: Draft) -> None:
    fails = draft.stations["b"].setdefault("fails", {})
    fails["clog"] = _fails(draft.chance.randint(120, 200), 25)
    cause = {"mode": "clog", "probability": "60 %", "delay": "40 s gamma cv 0.7"}
    fails["burst"] = {"repair": "35 s gamma cv 0.5", "causes": [cause]}


def _wear(draft: Draft) -> None:
    station = draft.stations["b"]
    station.setdefault("wears", {})["tool"] = {
        "life": f"{draft.chance.randint(300, 500)} s", "slows": "30 %", "scraps": "10 %",
    }  # fmt: skip
    broken = {"causes": ["tool"], "repair": "40 s gamma cv 0.5"}
    station.setdefault("fails", {})["broken"] = broken


def _change(draft: Draft) -> None:
    belt = {"life": f"{draft.chance.randint(200, 400)} s", "slows": "40 %", "change": "30 s"}
    draft.stations["b"].setdefault("wears", {})["belt"] = belt


def _maintenance(draft: Draft) -> None:
    draft.crew("keepers", 1)
    for name in ("a", "b"):
        station = draft.stations[name]
        station.setdefault("fails", {})["worn"] = {
            "every": "400 s weibull cv 0.4", "repair": "60 s",
        }  # fmt: skip
        station["maintenance"] = {
            "service": {
                "every": f"{draft.chance.randint(200, 300)} s",
                "takes": "20 s gamma cv 0.3",
                "renews": ["worn"],
                "crew": "keepers",
            }
        }


def _opportune(draft: Draft) -> None:
    _maintenance(draft)
    draft.stations["b"]["maintenance"]["service"]["opportunity"] = "60 %"
    draft.stations["b"]["fails"]["stop"] = _fails(120, 15)


def _shifts(draft: Draft) -> None:
    draft.site["shifts"] = {
        "early": "daily 00:00-01:00 break 00:20-00:24, 00:45-00:50",
        "late": "daily 01:10-05:30 break 01:30-01:34, 02:00-02:12, 02:30-02:32",
    }


def _unattended(draft: Draft) -> None:
    _shifts(draft)
    draft.stations["b"]["unattended"] = True
    draft.slower(3.0, "b")
    draft.stations["b"]["places"] = 3


def _people(draft: Draft) -> None:
    draft.crew("turners", 2, "turning")
    for name, share in (("a", 1), ("b", 1), ("c", 0.5)):
        draft.stations[name]["operators"] = {"turning": share}
    draft.stations["c"]["priority"] = 2


def _attends(draft: Draft) -> None:
    draft.crew("loaders", 1, "loading")
    for name in ("a", "b", "c"):
        draft.cycle(name)["operator"] = "3 s"
        draft.stations[name]["operators"] = {"loading": 1}


def _fixtures(draft: Draft) -> None:
    draft.site["fixtures"] = {"vise": {"count": 1}}
    draft.site["tools"] = {"gauge": {"count": 1}}
    draft.cycle("a")["tools"] = ["gauge"]
    draft.cycle("b")["fixture"] = "vise"
    draft.cycle("c").update({"fixture": "vise", "tools": ["gauge"]})


def _setups(draft: Draft) -> None:
    draft.crew("setters", 1)
    between = draft.products["p"].get("arrives")
    if between is None:
        draft.products["p"]["lot_size"] = draft.chance.randint(4, 6)
        draft.products["q"] = {"lot_size": draft.chance.randint(3, 5)}
    elif "q" not in draft.products:
        draft.products["p"]["arrives"] = "40 s exponential"
        draft.products["q"] = {"arrives": "40 s exponential"}
    times = {"p": {"q": "12 s"}, "q": {"p": "18 s"}}
    table = {"by": "product", "times": times, "default": "10 s"}
    draft.top["setups"] = {"kinds": table}
    for name in ("a", "b"):
        draft.stations[name].update({"setup": "kinds", "setup_crew": "setters"})


def _batch(draft: Draft) -> None:
    draft.stations["b"].update({"batch": 3, "batch_least": 2})
    draft.cycle("b")["per_piece"] = "3 s"
    draft.slower(1.6, "b")
    if isinstance(draft.flow[1], int):
        draft.flow[1] = 4


def _scrap(draft: Draft) -> None:
    draft.step("cut")["scrap"] = "8 %"
    draft.cycle("b")["scrap"] = "5 %"


def _rework(draft: Draft) -> None:
    draft.stations["a"]["does"]["strip"] = {"time": "5 s exponential"}
    draft.top.setdefault("operations", {})["strip"] = {}
    again = {"rework_to": "cut", "rework_via": ["strip"], "rework": "12 %", "rework_limit": 2}
    draft.steps[-1].update(again)


def _inspection(draft: Draft) -> None:
    draft.step("cut")["defects"] = "10 %"
    draft.steps[-1].update({"detects": "80 %", "false_alarms": "4 %"})


def _assembly(draft: Draft) -> None:
    draft.stations["side"] = {"does": {"press": {"time": draft.time(4.5)}}}
    draft.buffers["side-b"] = {"places": 3}
    draft.step("mill")["takes"] = {"pin": 2}
    draft.products["pin"] = {"route": ["press"]}


def _apart(draft: Draft) -> None:
    draft.stations["d"] = {"does": {"pack": {"time": draft.time(2.5)}}}
    draft.flow += [3, "d"]
    draft.steps[-1]["gives"] = {"half": 2, "rest": 1}
    draft.products["half"] = {"route": ["pack"]}
    draft.products["rest"] = {"route": ["pack"]}


def _conwip(draft: Draft) -> None:
    draft.line.update({"release": "conwip", "wip": draft.chance.randint(4, 6)})


def _kanban(draft: Draft) -> None:
    draft.line.update({"release": "kanban", "wip": draft.chance.randint(3, 4)})


def _arrivals(draft: Draft) -> None:
    draft.products["p"]["arrives"] = "16 s exponential"


def _conveyor(draft: Draft) -> None:
    draft.buffers["a-b"] = {"places": 4, "travel": "20 s"}


def _vehicles(draft: Draft) -> None:
    draft.site["transport"] = {"cart": {"kind": "cart", "count": 1, "carries": 3}}
    draft.buffers["b-c"] = {"places": 3, "by": "cart", "batch": 2, "travel": "14 s gamma cv 0.4"}


def _outside(draft: Draft) -> None:
    draft.top.setdefault("suppliers", {})["coater"] = {}
    coat = {"outside": "coater", "takes": "60 s gamma cv 0.5"}
    draft.top.setdefault("operations", {})["coat"] = coat
    draft.steps.insert(2, {"operation": "coat"})


def _wait(draft: Draft) -> None:
    draft.step("mill")["wait"] = "25 s"


def _centre(draft: Draft, **keys: str) -> None:
    """Put a work centre of two mills in the place of the second station."""
    draft.stations["b2"] = {"does": {"mill": {"time": draft.time(22.0)}}}
    draft.slower(1.7, "b")
    draft.flow = ["a", "c"]
    draft.buffers = {"a-c": {"places": 2}}
    both = {name: draft.stations[name] for name in ("b", "b2")}
    draft.centres["mills"] = {"stations": both, **keys}
    draft.products["p"]["arrives"] = "16 s exponential"


def _dispatch(draft: Draft) -> None:
    _centre(draft, dispatch=draft.chance.choice(["spt", "edd", "slack", "critical_ratio", "fifo"]))
    draft.products["p"].update({"arrives": "32 s exponential", "lead": "100 s to 300 s"})
    short = draft.steps[1:]
    draft.products["q"] = {"arrives": "36 s exponential", "lead": "80 s", "route": short}
    draft.products["r"] = {"arrives": "130 s exponential", "route": short}
    for name in ("p", "q"):
        draft.products[name]["priority"] = 2


def _alternatives(draft: Draft) -> None:
    _centre(draft)
    ways = {name: {"stations": {name: draft.stations[name]}} for name in ("b", "b2")}
    draft.centres = {f"way_{name}": one for name, one in ways.items()}


FEATURES: dict[str, Callable[[Draft], None]] = {
    "dispatch": _dispatch,
    "alternatives": _alternatives,
    "outside": _outside,
    "places": _places,
    "before": _before,
    "slotted": _slotted,
    "failures": _failures,
    "calendar": _calendar,
    "caused": _caused,
    "wear": _wear,
    "change": _change,
    "maintenance": _maintenance,
    "opportune": _opportune,
    "shifts": _shifts,
    "unattended": _unattended,
    "people": _people,
    "attends": _attends,
    "fixtures": _fixtures,
    "setups": _setups,
    "batch": _batch,
    "zero": _zero,
    "scrap": _scrap,
    "rework": _rework,
    "inspection": _inspection,
    "assembly": _assembly,
    "apart": _apart,
    "conwip": _conwip,
    "kanban": _kanban,
    "arrivals": _arrivals,
    "conveyor": _conveyor,
    "vehicles": _vehicles,
    "wait": _wait,
}
"""What changes a draft for each feature, in the order in which they are applied."""

PAIRS: dict[str, str] = {
    "failures": "calendar wear maintenance opportune shifts unattended people attends fixtures"
    " setups batch zero before slotted conwip conveyor vehicles rework assembly places",
    "calendar": "wear maintenance shifts unattended people attends fixtures setups batch zero"
    " before slotted conwip places alternatives dispatch",
    "caused": "calendar shifts people setups batch zero places",
    "wear": "change maintenance shifts people setups batch scrap places slotted",
    "change": "failures maintenance shifts batch zero",
    "maintenance": "shifts unattended people setups batch zero before kanban places",
    "opportune": "shifts calendar batch",
    "shifts": "people attends fixtures setups batch zero before slotted arrivals conveyor vehicles"
    " outside wait dispatch alternatives places assembly conwip",
    "unattended": "people fixtures setups batch",
    "people": "attends fixtures setups batch zero before rework assembly conwip dispatch"
    " alternatives places",
    "attends": "setups batch zero places",
    "fixtures": "setups batch zero rework",
    "setups": "batch kanban conwip zero before rework alternatives dispatch places assembly",
    "batch": "before scrap rework inspection conwip conveyor vehicles arrivals wait apart places"
    " dispatch alternatives",
    "zero": "before slotted scrap places assembly",
    "before": "scrap rework conveyor conwip assembly places",
    "slotted": "scrap conwip rework places",
    "scrap": "rework inspection assembly conwip apart",
    "rework": "inspection conwip kanban arrivals outside wait alternatives",
    "inspection": "assembly conwip",
    "assembly": "kanban arrivals conveyor vehicles",
    "apart": "conwip arrivals vehicles",
    "conveyor": "vehicles conwip wait arrivals",
    "vehicles": "conwip wait arrivals",
    "outside": "wait arrivals",
}
"""The pairs that meet, each once."""


def _made(name: str, features: tuple[str, ...], seed: int) -> Named:
    draft = Draft(Random(f"{seed}/{name}"))  # noqa: S311  # chance, no secret
    for feature, change in FEATURES.items():
        if feature in features:
            change(draft)
    return (name, *draft.text()[1:])


def single_plants(seed: int = 1) -> list[Named]:
    """Return the plain line, and one plant for each feature."""
    plain = _made("plain", (), seed)
    return [plain, *(_made(name, (name,), seed) for name in FEATURES)]


def pair_plants(seed: int = 1) -> list[Named]:
    """Return one plant for each pair of features that meet."""
    pairs = [(one, other) for one, others in PAIRS.items() for other in others.split()]
    return [_made(f"{one}+{other}", (one, other), seed) for one, other in pairs]
