"""What the page shows, as plain data: a pure function of what is known at a moment."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from linewright.plant import Address, Plant, model
from linewright.plant.model import Line, Station, label_in, seconds_per_piece
from linewright.plant.records import (
    Ack,
    Audit,
    BufferNow,
    Candidate,
    Case,
    CaseStage,
    Cause,
    Change,
    Effect,
    LineState,
    Quality,
    StationNow,
)
from linewright.server.known import Known, Moment

NO_DOUBT = Quality.SIMULATED | Quality.INITIAL | Quality.ESTIMATED
"""Bits that tell where a value comes from, and nothing against it."""

MEASURES = {"good": "good parts", "scrap": "bad parts"}
"""Words for counts of a line; other measures are their own."""

__all__ = ["case_view", "change_words", "picture"]

Plain = dict[str, Any]

LANGUAGE = "en"
"""Language of labels; where the plant file has none in it, any other is taken."""

ALIVE_S = 1.75
"""A service that was not heard of for so long is down: it speaks twice a second."""

FRESH_S = 2.5
"""Data older than this is not shown as good; the page says so within 3 s of a loss."""

AUDITS_SHOWN = 12
"""Last lines of the audit on the page."""

CASES_SHOWN = 20
"""Latest cases on the page."""


def picture(known: Known, moment: Moment, services: Iterable[str]) -> Plain:
    """Return the whole state of the site as the page shows it.

    Parameters
    ----------
    known
        What has been heard.
    moment
        The plant in force and the clocks.
    services
        Names of the services that should run.

    Returns
    -------
    dict
        Ready for JSON; times in ms since 1970 UTC, ages in seconds.
    """
    lines = [
        _line(Address(address), line, known.lines.get(address), moment)
        for address, line in _lines(moment)
    ]
    ages = [line["age_s"] for line in lines if line["age_s"] is not None]
    cases = [case_view(case, known, moment) for case in reversed(known.cases.values())]
    return {
        "site": moment.site,
        "plant": label_in(moment.plant.label, LANGUAGE, moment.plant.enterprise),
        "rev": moment.rev,
        "simulated": moment.emulated,
        "clock": {
            "t_ms": _ms(moment.t_ns) if moment.t_ns else None,
            "speed": moment.speed,
            "timezone": _zone(moment).key,
        },
        "data": {"age_s": max(ages, default=None), "fresh_s": FRESH_S},
        "lines": lines,
        "services": [_service(name, known, moment) for name in services],
        "cases": cases[:CASES_SHOWN],
        "stop": {
            "stopped": known.stop.stopped,
            "by": known.stop.by,
            "at": _clock(known.stop.at_ns, moment) if known.stop.at_ns else "",
        },
        "audit": [_audit(one, moment) for one in list(known.audits)[-AUDITS_SHOWN:]],
    }


def _lines(moment: Moment) -> list[tuple[str, Line]]:
    return [
        (address, group)
        for address, group in moment.plant.groups()
        if isinstance(group, Line) and address.site == moment.site
    ]


def _line(address: Address, line: Line, state: LineState | None, moment: Moment) -> Plain:
    now = {each.address: each for each in state.stations} if state else {}
    counts = {each.address: each for each in state.buffers} if state else {}
    seen_ns = max((each.seen_ns for each in now.values() if each.seen_ns), default=None)
    stations = [
        _station(address.child(name), line.stations[name], now.get(address.child(name)), moment)
        for name in line.flow
    ]
    last = now.get(address.child(line.flow[-1])) if line.flow else None
    return {
        "address": str(address),
        "label": label_in(line.label, LANGUAGE, address.name),
        "stations": stations,
        "buffers": _buffers(address, line, counts),
        "counted_since": _since(state, moment),
        "good": last.good if last else None,
        "scrap": sum(each.scrap for each in now.values()) if now else None,
        "age_s": None if seen_ns is None else max(0.0, (moment.wall_ns - seen_ns) / 1e9),
        "pace": _pace(line),
    }


def _since(state: LineState | None, moment: Moment) -> str:
    at_ns = state.counted_since_ns if state else None
    return "" if at_ns is None else _clock(at_ns, moment)


def _station(address: Address, station: Station, now: StationNow | None, moment: Moment) -> Plain:
    plain: Plain = {
        "address": str(address),
        "name": address.name,
        "label": label_in(station.label, LANGUAGE, address.name),
        "state": "unknown",
    }
    if now is None:
        return plain
    age_s = max(0.0, (moment.wall_ns - now.seen_ns) / 1e9) if now.seen_ns else None
    return plain | {
        "state": now.state.value,
        "since_ms": _ms(now.since_ns),
        "good": now.good,
        "scrap": now.scrap,
        "reason": now.reason or "",
        "doubts": _doubts(now.quality),
        "age_s": age_s,
        "wear": [
            {"label": _part_label(address, each.part, moment), "used": each.used_ratio}
            for each in now.wear
        ],
    }


def _doubts(quality: int) -> list[str]:
    """Return in words what speaks against a value."""
    return [
        (bit.name or "").lower().replace("_", " ")
        for bit in Quality
        if quality & bit and bit not in NO_DOUBT
    ]


def _part_label(address: Address, part: str, moment: Moment) -> str:
    """Return what wears in words: the tool, where the wear is that of one."""
    station = dict(moment.plant.stations_in(address))[address]
    tools = moment.plant.sites[address.site].tools
    wear = station.wears.get(part)
    name = wear.tool if wear is not None and wear.tool is not None else part
    return label_in(tools[name].label, LANGUAGE, name) if name in tools else part.replace("_", " ")


def _buffers(address: Address, line: Line, counts: dict[Address, BufferNow]) -> list[Plain]:
    return [
        {
            "from": upstream,
            "to": downstream,
            "places": buffer.places,
            "count": found.count if found else None,
            "about": found is not None and bool(found.quality & Quality.ESTIMATED),
        }
        for upstream, downstream, buffer in line.links()
        for found in [counts.get(address.child(f"{upstream}-{downstream}"))]
    ]


def _pace(line: Line) -> Plain | None:
    """Return what the line makes on paper: the pace of its slowest station, without losses."""
    times = {name: seconds_per_piece(line.stations[name]) or 0.0 for name in line.flow}
    slowest = max(times, key=lambda name: times[name], default="")
    if not slowest or not times[slowest]:
        return None
    label = label_in(line.stations[slowest].label, LANGUAGE, slowest)
    return {"per_h": 3600.0 / times[slowest], "station": label, "cycle_s": times[slowest]}


def _service(name: str, known: Known, moment: Moment) -> Plain:
    heard = known.alive.get(name)
    if heard is None:
        return {"name": name, "state": "not heard yet"}
    age_s = moment.mono_s - heard.heard_s
    up_s = (moment.wall_ns - heard.since_ns) / 1e9
    state = "up" if age_s <= ALIVE_S else "down"
    return {"name": name, "state": state, "pid": heard.pid, "age_s": age_s, "up_s": up_s}


def case_view(case: Case, known: Known, moment: Moment) -> Plain:
    """Return one case as the page and the command line show it.

    Parameters
    ----------
    case
        A folded case.
    known
        For its commands and what became of them.
    moment
        For names, units and local times.
    """
    return {
        "id": case.case_id,
        "title": case.title,
        "kind": case.kind or "",
        "address": str(case.address),
        "stage": case.stage.value,
        "passed": [stage.value for stage in _passed(case, known)],
        "outcome": case.outcome.value if case.outcome else "",
        "at": _clock(case.t_ns, moment),
        "can_confirm": case.stage is CaseStage.PROPOSED and bool(case.proposal),
        "by": case.by or "",
        "causes": [_cause(each, moment.plant, case.address) for each in case.causes],
        "candidates": [_candidate(each, moment) for each in case.candidates],
        "proposal": [_change(each, moment) for each in case.proposal],
        "advice": case.advice,
        "expected": [_effect(each, moment) for each in case.expected],
        "measured": [_effect(each, moment) for each in case.measured],
        "verify_until": _clock(case.verify_until_ns, moment) if case.verify_until_ns else "",
        "lesson": case.lesson,
        "commands": [_command(each, known, moment) for each in case.commands],
    }


def _passed(case: Case, known: Known) -> list[CaseStage]:
    """Return the stages that a case has been in: one that was refused was never granted."""
    signs = {
        CaseStage.OPEN: True,
        CaseStage.DIAGNOSED: bool(case.causes),
        CaseStage.REHEARSED: bool(case.candidates),
        CaseStage.PROPOSED: bool(case.advice or case.proposal),
        CaseStage.GRANTED: case.grant_id is not None,
        CaseStage.ACTING: any(each in known.acks for each in case.commands),
        CaseStage.VERIFYING: case.verify_until_ns is not None,
    }
    return [stage for stage, was in signs.items() if was and stage is not case.stage]


def _cause(cause: Cause, plant: Plant, address: Address) -> Plain:
    station = dict(plant.stations_in(address)).get(address)
    name, _, why = cause.text.partition(". ")
    words = name.rstrip(".") or cause.cause.replace("_", " ")
    labels: dict[str, str] = {}
    for table in (station.wears, station.fails) if station is not None else ():
        if cause.cause in table:
            labels = dict(table[cause.cause].label)
            words = label_in(labels, LANGUAGE, words)
    return {
        "cause": cause.cause,
        "words": words,
        "label": labels,
        "why": why or ("" if name.rstrip(".") == words else name),
        "probability": cause.probability,
    }


def _measure(measure: str, moment: Moment) -> str:
    """Return what an effect is about in words: a count of the line, or a tag of a station."""
    place, is_tag, name = measure.partition("#")
    if not is_tag:
        return MEASURES.get(measure, measure.replace("_", " "))
    stations = {str(address): each for address, each in moment.plant.stations()}
    station = stations.get(place)
    if station is None:
        return measure.replace("_", " ")
    tag = station.tags.get(name)
    words = name.replace("_", " ")
    words = words if tag is None else label_in(tag.label, LANGUAGE, words)
    return f"{label_in(station.label, LANGUAGE, place)}: {words.lower()}"


def _candidate(candidate: Candidate, moment: Moment) -> Plain:
    return {
        "name": candidate.name,
        "words": candidate.text or candidate.name.replace("_", " "),
        "chosen": candidate.chosen,
        "call": (candidate.call or "").replace("_", " "),
        "call_at": _planned(candidate.call_at_ns, moment) if candidate.call_at_ns else "",
        "effects": [_effect(each, moment) for each in candidate.effects],
    }


def _effect(effect: Effect, moment: Moment) -> Plain:
    return {
        "measure": effect.measure,
        "words": _measure(effect.measure, moment),
        "unit": "" if effect.unit == "1" else effect.unit,
        "mean": effect.mean,
        "low": effect.low,
        "high": effect.high,
        "level": effect.level,
    }


def _change(change: Change, moment: Moment) -> Plain:
    label, command, unit = _names(change, moment.plant)
    return {
        "address": str(change.address),
        "station": label,
        "parameter": command,
        "label": _labels(change, moment.plant),
        "value": change.value,
        "unit": unit,
        "at": _clock(change.at_ns, moment),
        "until": "" if change.until_ns is None else _planned(change.until_ns, moment),
        "words": change_words(change, moment),
    }


def change_words(change: Change, moment: Moment) -> str:
    """Return a proposed change as a sentence that names value, unit, station and until when.

    Parameters
    ----------
    change
        Of the proposal of a case.
    moment
        For names, units and local times.
    """
    label, command, unit = _names(change, moment.plant)
    value = change.value
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    end = "until it is changed back"
    if change.until_ns is not None:
        end = f"until {_planned(change.until_ns, moment)}"
    return f"Set {command.lower()} of {label} to {shown} {unit}".rstrip() + f" {end}."


def _labels(change: Change, plant: Plant) -> dict[str, str]:
    """Return the labels of what is changed, by language; none where the plant file has none."""
    command = _command_of(change, plant)
    return {} if command is None else dict(command.label)


def _command_of(change: Change, plant: Plant) -> model.Command | None:
    """Return the command that makes a change, by its name, else by what it sets."""
    station = dict(plant.stations_in(change.address)).get(change.address)
    commands = station.commands if station is not None else {}
    setters = [each for each in commands.values() if each.sets == change.parameter]
    return commands.get(change.parameter) or next(iter(setters), None)


def _names(change: Change, plant: Plant) -> tuple[str, str, str]:
    """Return the labels of station and command, and the unit."""
    name = change.address.name
    station = dict(plant.stations_in(change.address)).get(change.address)
    command = _command_of(change, plant)
    if station is None or command is None:
        return name, change.parameter.replace("_", " "), ""
    label = label_in(station.label, LANGUAGE, name)
    return label, label_in(command.label, LANGUAGE, change.parameter), command.unit or ""


def _command(command_id: str, known: Known, moment: Moment) -> Plain:
    command = known.commands.get(command_id)
    plain: Plain = {"id": command_id, "outcome": "", "words": "not sent yet"}
    if command is not None:
        plain |= {"parameter": command.parameter, "value": command.value, "words": "sent"}
    ack = known.acks.get(command_id)
    return plain if ack is None else plain | _ack(ack, moment)


def _ack(ack: Ack, moment: Moment) -> Plain:
    return {
        "outcome": ack.outcome.value,
        "reason": ack.reason or "",
        "words": "" if ack.explanation == ack.outcome.value else ack.explanation,
        "before": ack.before,
        "after": ack.after,
        "at": _clock(ack.t_ns, moment),
    }


def _audit(audit: Audit, moment: Moment) -> Plain:
    return {
        "at": _clock(audit.t_ns, moment),
        "action": audit.action,
        "outcome": audit.outcome,
        "by": audit.by or audit.source,
        "words": audit.text,
    }


def _zone(moment: Moment) -> ZoneInfo:
    return ZoneInfo(moment.plant.sites[moment.site].timezone)


def _clock(t_ns: int, moment: Moment) -> str:
    """Return a time on the clock of the site, with the date where it is another day than now."""
    zone = _zone(moment)
    at = dt.datetime.fromtimestamp(t_ns // 1_000_000_000, zone)
    today = dt.datetime.fromtimestamp(moment.t_ns // 1_000_000_000, zone).date()
    return f"{at:%H:%M:%S}" if at.date() == today else f"{at:%Y-%m-%d %H:%M:%S}"


def _planned(t_ns: int, moment: Moment) -> str:
    """Return a time that somebody planned: without seconds where it is a full minute."""
    return _clock(t_ns, moment).removesuffix(":00")


def _ms(t_ns: int) -> int:
    return t_ns // 1_000_000
