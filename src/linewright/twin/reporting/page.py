"""The report of a run: one page, complete in itself."""

import datetime as dt
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from linewright.twin.reporting.charts import band_chart, bar, patterns
from linewright.twin.reporting.comparing import scenarios, worth
from linewright.twin.reporting.drawing import flow, key, level_of, rows_of, title_of
from linewright.twin.reporting.html import Child, Html, document, fragment, tag
from linewright.twin.reporting.numbers import decimals_of, interval, number, percent, short
from linewright.twin.reporting.study import Asked, Figure, Series, StoreFigures, Study
from linewright.twin.reporting.tables import folded, series_table, stations_table, stores_table
from linewright.twin.reporting.words import Words, words_of

__all__ = ["local_time", "report", "style_of"]

NS = 10**9
LEVEL = 0.95

ORDER = ("throughput", "good_parts", "wip", "lead_time", "scrap", "scrap_share")
"""Figures that stand first, and are told even where they are 0."""
FULLEST = 3
"""Queues that are named where nothing leaves; of equally full ones the last of the flow first."""
RACK = 0.1
"""How full a queue without a limit counts for that."""


def report(study: Study, *, language: str = "en") -> str:
    """Return the report of a study as one HTML page that needs nothing else.

    Parameters
    ----------
    study
        What is told; sections without content are left out.
    language
        `en` or `es`; `fr` and `zh` are given in English.

    Notes
    -----
    No script, nothing fetched: a policy in the page forbids both. All text is escaped, since
    names come from plant files of other people. Cost: linear in what is told; series are
    thinned to 600 points.

    Examples
    --------
    >>> from linewright.twin.reporting import Asked, Study
    >>> page = report(Study(asked=Asked(plant="acme", address="reno/shop/<pump>", hours=8.0)))
    >>> "&lt;pump&gt;" in page, "<pump>" in page
    (True, False)
    """
    words = words_of(language)
    place = title_of(study.asked.address, study.asked.label)
    title = f"{words('simulation')}: {place}"
    sections = (
        _head(study, title, words, language),
        _figures(study, words, language),
        _line(study, words, language),
        _over_time(study, words, language),
        _shares(study, words, language),
        _levels(study, words, language),
        _energy(study, words, language),
        scenarios(study, words, language),
        worth(study, words, language),
        _forecast(study, words, language),
        _notes(study, words),
        _asked(study.asked, words, language),
    )
    skip = tag("a", words("skip"), href="#figures", class_="skip")
    footer = tag("footer", tag("p", f"{words('made_by')} {study.asked.version}".rstrip()))
    body = fragment(skip, patterns(), tag("main", *sections), footer)
    return document(body, title=title, language=language[:2], style=style_of("report.css"))


@lru_cache(maxsize=8)
def style_of(*names: str) -> str:
    """Return style sheets or scripts of this room, one after the other.

    Examples
    --------
    >>> "prefers-color-scheme: dark" in style_of("base.css")
    True
    """
    folder = files("linewright.twin.reporting") / "static"
    whole = ("base.css", *names) if names[0].endswith(".css") and names[0] != "base.css" else names
    return "\n".join((folder / name).read_text("utf-8") for name in whole)


def local_time(t_ns: int, timezone: str) -> str:
    """Return an instant as the clock of a site shows it.

    Examples
    --------
    >>> local_time(1_795_438_800 * 10**9, "America/Hermosillo")
    '2026-11-23 06:00:00'
    """
    moment = dt.datetime.fromtimestamp(t_ns // NS, ZoneInfo(timezone))
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _section(name: str, title: str, *content: Child, class_: str | None = None) -> Html:
    heading = tag("h2", title, id=f"{name}-title")
    return tag(
        "section",
        heading,
        *content,
        id=name,
        class_=class_,
        aria_labelledby=f"{name}-title",
        tabindex="-1",
    )


def _head(study: Study, title: str, words: Words, language: str) -> Html:
    asked = study.asked
    place = " \u00b7 ".join(each for each in (asked.plant, asked.address, asked.product) if each)
    warnings = [tag("p", tag("b", f"{words('warnings')}: "), each) for each in study.warnings]
    trouble = tag("div", *warnings, class_="care", role="note") if warnings else None
    return tag(
        "header",
        tag("h1", title),
        tag("p", place, class_="quiet"),
        _sentence(study, words, language),
        tag("p", _how(asked, words, language), class_="quiet"),
        trouble,
    )


def _how(asked: Asked, words: Words, language: str) -> str:
    return words(
        "run_words",
        replications=number(asked.replications, 0, language),
        hours=short(asked.hours, language),
        began=local_time(asked.began_ns, asked.timezone)[:16],
        warm_up=short(asked.warm_up_h, language),
        seed=asked.seed,
    )


def _sentence(study: Study, words: Words, language: str) -> Html | None:
    found = next((one for one in study.figures if one.name == "throughput"), None)
    if found is None:
        return None
    span = interval(found.value, language, words("to"))
    span = f" ({percent(study.asked.confidence, language, 0)}: {span})" if span else ""
    text = words(
        "main_words",
        place=title_of(study.asked.address, study.asked.label),
        value=number(found.value.mean, decimals_of(found.value), language),
        interval=span,
    )
    if found.value.mean == 0.0:
        return _nothing(study, words, language)
    narrow = [title_of(one.name, one.label) for one in study.stations if one.is_bottleneck]
    if narrow:
        text = f"{text} {words('limits', station=', '.join(narrow))}"
    elif len(study.stations) > 1:
        text = f"{text} {words('no_bottleneck')}"
    return tag("p", text, class_="sentence")


def _nothing(study: Study, words: Words, language: str) -> Html:
    """Return the sentence of a run in which nothing good leaves: where its parts are."""
    known = [one for one in study.stores if _fullness(one) > 0.0]
    known.reverse()
    fullest = sorted(known, key=lambda each: -round(_fullness(each), 1))[:FULLEST]
    named = [_of(one, words, language) for one in fullest]
    place = title_of(study.asked.address, study.asked.label)
    why = words("nothing_why", places="; ".join(named)) if named else ""
    text = f"{words('nothing_words', place=place)} {why}".rstrip()
    return tag("p", text, class_="sentence care", role="note")


def _fullness(store: StoreFigures) -> float:
    """Return the share of the places that are taken; a queue without a limit is never full."""
    level = store.level.mean if store.level is not None else 0.0
    return level / store.places if store.places else RACK * (level > 0.0)


def _of(store: StoreFigures, words: Words, language: str) -> str:
    return f"{title_of(store.name, store.label)} {level_of(store, words, language)}"


def _is_told(figure: Figure) -> bool:
    """Return whether a figure is worth a card: a certain 0 of what may happen is not."""
    value = figure.value
    return figure.name in ORDER or any((value.mean, value.low, value.high))


def _rank(figure: Figure) -> int:
    return ORDER.index(figure.name) if figure.name in ORDER else len(ORDER)


def _figures(study: Study, words: Words, language: str) -> Html | None:
    if not study.figures:
        return None
    told = sorted(filter(_is_told, study.figures), key=_rank)
    cards = [_figure(one, words, language) for one in told]
    if study.asked.replications > 1:
        level = percent(study.asked.confidence, language, 0)
        said = words("within", level=level)
    else:
        said = words("one_run")
    measured_h = study.asked.hours - study.asked.warm_up_h
    if any(one.unit == "pieces" and one.name != "wip" for one in told):
        said = f"{words('measured_words', hours=short(measured_h, language))} {said}"
    figures = tag("ul", *cards, class_="figures")
    return _section("figures", words("figures"), figures, tag("p", said, class_="quiet"))


def _figure(figure: Figure, words: Words, language: str) -> Html:
    value, unit, span = figure.value, words(figure.unit), ""
    if figure.unit == "share":
        text, unit = number(value.mean * 100.0, 1, language), "%"
        if value.low is not None and value.high is not None:
            ends = (percent(value.low, language), percent(value.high, language))
            span = f" {words('to')} ".join(ends)
    else:
        text = number(value.mean, decimals_of(value), language)
        span = interval(value, language, words("to"))
    return tag(
        "li",
        tag("h3", words(figure.name)),
        tag("p", tag("b", text), f" {unit}" if unit else None, class_="value"),
        tag("p", span or "\u2013", class_="quiet"),
        tag("p", words(figure.note), class_="quiet") if figure.note else None,
    )


def _line(study: Study, words: Words, language: str) -> Html | None:
    if not study.stations:
        return None
    return _section(
        "line",
        words("line"),
        tag("p", words("line_words"), class_="quiet"),
        flow(study, words, language),
        key(study, words),
    )


def _chart(series: Series, study: Study, words: Words, language: str) -> Html:
    title = f"{words(series.name)}, {words(series.unit)}"
    drawn = band_chart(
        series,
        title=title,
        axis=words("hours_axis"),
        cut=(study.asked.warm_up_h, words("cut")),
        end_h=study.asked.hours,
        language=language,
    )
    numbers = folded(words("table"), series_table(series, words, language))
    return tag("figure", tag("figcaption", title), drawn, numbers)


def _over_time(study: Study, words: Words, language: str) -> Html | None:
    if not study.series:
        return None
    charts = [_chart(one, study, words, language) for one in study.series if any(one.mean)]
    if not charts:
        return None
    return _section("time", words("over_time"), *charts)


def _forecast(study: Study, words: Words, language: str) -> Html | None:
    if not study.forecast:
        return None
    charts = [_chart(one, study, words, language) for one in study.forecast]
    said = tag("p", words("forecast_words"), class_="quiet")
    return _section("forecast", words("forecast"), said, *charts)


def _shares(study: Study, words: Words, language: str) -> Html | None:
    if not study.stations:
        return None
    numbers = folded(words("table"), stations_table(study, words, language))
    drawn = rows_of(study.stations, words, language)
    return _section("shares", words("shares"), drawn, key(study, words), numbers)


def _levels(study: Study, words: Words, language: str) -> Html | None:
    known = [one for one in study.stores if one.level is not None]
    if not known:
        return None
    top = max(max(one.places or 0, one.level.high or one.level.mean) for one in known if one.level)
    rows = []
    for one in known:
        assert one.level is not None, "only known ones are drawn"
        name = title_of(one.name, one.label or study.labels.get(one.name, ""))
        said = level_of(one, words, language)
        drawn = bar(one.level, top, title=f"{name}: {said}", limit=one.places)
        rows.append(fragment(tag("dt", name), tag("dd", drawn, tag("span", said))))
    numbers = folded(words("table"), stores_table(study, words, language))
    return _section("levels", words("levels"), tag("dl", *rows, class_="bars"), numbers)


def _energy(study: Study, words: Words, language: str) -> Html | None:
    known = [one for one in study.stations if one.energy_kwh is not None]
    top = max((one.energy_kwh.mean for one in known if one.energy_kwh), default=0.0)
    if top <= 0.0:
        return None
    rows = []
    for one in known:
        assert one.energy_kwh is not None, "only known ones are drawn"
        name = title_of(one.name, one.label)
        decimals = min(1, decimals_of(one.energy_kwh))
        said = f"{number(one.energy_kwh.mean, decimals, language)}\u202fkWh"
        drawn = bar(one.energy_kwh, 1.1 * top, title=f"{name}: {said}")
        rows.append(fragment(tag("dt", name), tag("dd", drawn, tag("span", said))))
    return _section("energy", words("energy"), tag("dl", *rows, class_="bars"))


def _notes(study: Study, words: Words) -> Html | None:
    if not study.notes:
        return None
    rows = [tag("li", each) for each in study.notes]
    return _section("notes", words("notes"), tag("ul", *rows, class_="told"))


def _asked(asked: Asked, words: Words, language: str) -> Html:
    hours = f"{number(asked.hours, 1, language)}\u202fh"
    warm_up = f"{number(asked.warm_up_h, 1, language)}\u202fh"
    began = f"{local_time(asked.began_ns, asked.timezone)} ({asked.timezone})"
    pairs = (
        ("plant", asked.plant),
        ("place", asked.address),
        ("revision", asked.plant_rev),
        ("product", asked.product),
        ("began", began),
        ("hours", hours),
        ("warm_up", warm_up),
        ("replications", number(asked.replications, 0, language)),
        ("seed", str(asked.seed)),
        ("confidence", percent(asked.confidence, language, 0)),
        ("version", asked.version),
    )
    rows = [fragment(tag("dt", words(name)), tag("dd", value)) for name, value in pairs if value]
    command = fragment(
        tag("h3", words("reproduce")),
        tag("pre", tag("code", asked.command), tabindex="0"),
        tag("p", words("reproduce_why"), class_="quiet"),
    )
    listed = tag("dl", *rows, class_="pairs")
    return _section("asked", words("asked"), listed, command if asked.command else None)
