"""For other programs: figures for Prometheus, and tables for Grafana."""

from collections.abc import Iterable, Mapping
from typing import Any

from linewright.server.book.attention import alarms_view, calls_view
from linewright.server.book.lines import line_view
from linewright.server.views.line import LineView
from linewright.server.web.asked import Asked, Said
from linewright.server.web.routes import days, lines, signals

__all__ = ["kpis", "metrics", "series", "stops", "tags"]

PREFIX = "linewright_"

ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def metrics(asked: Asked) -> Said:
    """Return figures in the text format of Prometheus."""
    text = "".join(_family(*each) for each in _families(asked))
    return Said(body=text.encode(), media="text/plain; version=0.0.4; charset=utf-8")


Sample = tuple[Mapping[str, str], float]
Family = tuple[str, str, str, Iterable[Sample]]


def _families(asked: Asked) -> Iterable[Family]:
    yield from _house(asked)
    yield from _plant(asked)


def _house(asked: Asked) -> Iterable[Family]:
    site, (kept, _) = asked.site, asked.now()
    seen = lines.sites(asked)
    links = lines.links(asked).links
    yield (
        "service_up", "gauge", "1: the service says that it is alive",
        [({"service": name}, float(each.up)) for name, each in seen.services.items()],
    )  # fmt: skip
    yield (
        "link_connected", "gauge", "1: the source is connected",
        [({"source": name, "protocol": link.protocol}, float(link.state == "connected"))
         for name, link in links.items()],
    )  # fmt: skip
    yield "tags", "gauge", "tags with a value", [({}, float(len(kept.newest)))]
    yield "sample_frames_total", "counter", "frames of samples", [({}, float(kept.newest.version))]
    yield "watch_sockets", "gauge", "open WebSockets", [({}, float(len(site.watching)))]
    yield "watch_resources", "gauge", "resources watched", [({}, float(len(site.hub)))]
    yield "watch_made_total", "counter", "times a resource was made", [({}, float(site.hub.made))]
    stopped: list[Sample] = [({}, float(seen.actions_stopped))]
    yield "actions_stopped", "gauge", "1: automatic actions are stopped", stopped


def _plant(asked: Asked) -> Iterable[Family]:
    site, (kept, moment) = asked.site, asked.now()
    groups = [address for address, _ in moment.plant.groups() if address.site == moment.site]
    now = {str(place): line_view(kept, moment, str(place)) for place in groups}
    yield "oee_ratio", "gauge", "OEE of the open shift so far", _of(now, "oee")
    yield "good_parts", "gauge", "good parts of the open shift", _of(now, "good")
    yield "target_parts", "gauge", "planned good parts of the open shift so far", _of(now, "target")
    yield (
        "station_state", "gauge", "1: the state that the station is in",
        [({"station": f"{place}/{name}", "state": each.state}, 1.0)
         for place, line in now.items() for name, each in line.stations.items()],
    )  # fmt: skip
    alarms = alarms_view(kept, moment, site.name).alarms.values()
    counts: dict[str, int] = {}
    for each in alarms:
        counts[each.priority] = counts.get(each.priority, 0) + 1
    open_ = [({"priority": priority}, float(count)) for priority, count in sorted(counts.items())]
    yield "alarms_open", "gauge", "alarms that are not normal", open_
    calls = calls_view(kept, moment, site.name).calls
    yield "calls_open", "gauge", "andon calls that are open", [({}, float(len(calls)))]


def _of(now: Mapping[str, LineView], name: str) -> list[Sample]:
    found = ((place, getattr(line, name)) for place, line in now.items())
    return [({"line": place}, float(value)) for place, value in found if value is not None]


def _family(name: str, kind: str, words: str, samples: Iterable[Sample]) -> str:
    said = [f"# HELP {PREFIX}{name} {words}\n# TYPE {PREFIX}{name} {kind}\n"]
    for labels, value in samples:
        told = ",".join(f'{key}="{text.translate(ESCAPES)}"' for key, text in labels.items())
        said.append(f"{PREFIX}{name}{{{told}}} {value:.17g}\n")
    return "".join(said)


def tags(asked: Asked) -> list[dict[str, str]]:
    """Return the tags at and below a place, for the variable of a dashboard."""
    return [{"text": tag, "value": tag} for tag in signals.namespace(asked).tags]


async def series(asked: Asked) -> list[dict[str, Any]]:
    """Return tags over time, a row a point: time, tag, value."""
    query = asked.query
    signals.must_be_short(asked)
    found: list[dict[str, Any]] = []
    for tag in query["tag"]:
        view = await asked.site.book.trend(
            tag, query["from_ms"], query["until_ms"], query["points"]
        )
        pairs = zip(view.t_ms, view.value, strict=True)
        found += [{"time": t_ms, "tag": tag, "value": value} for t_ms, value in pairs]
    return found


async def stops(asked: Asked) -> list[dict[str, Any]]:
    """Return the downtime events of a place, a row an event; of people nothing for a program."""
    view = await days.stops(asked)
    return [
        {
            "id": stop_id,
            "station": each.address,
            "time": each.from_ms,
            "until": each.until_ms,
            "seconds": each.s,
            "state": each.state,
            "category": each.category,
            "reason": each.reason,
            "by": "" if asked.who.is_program else each.by,
        }
        for stop_id, each in view.stops.items()
    ]


async def kpis(asked: Asked) -> list[dict[str, Any]]:
    """Return the indicators of a place and its stations, a row an indicator."""
    view = await days.losses(asked)
    places = {view.address: view.kpis, **view.stations}
    return [
        {"address": place, "kpi": name, "value": value}
        for place, found in places.items()
        for name, value in found.items()
    ]
