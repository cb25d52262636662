"""Tables of the pages, with captions and headings that a screen reader can follow."""

from collections.abc import Iterable, Sequence

from linewright.twin.reporting.drawing import is_used, title_of
from linewright.twin.reporting.html import Child, Html, fragment, tag
from linewright.twin.reporting.numbers import decimals_of, interval, number, percent
from linewright.twin.reporting.study import STATES, Series, Study, Value
from linewright.twin.reporting.words import Words

__all__ = ["folded", "series_table", "spelt", "stations_table", "stores_table", "table"]

ROWS_MAX = 400
"""Most rows of one table of a series; longer ones are thinned."""


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[Child]]) -> Html:
    """Return a table: the first cell of each row is its heading.

    Parameters
    ----------
    caption
        What it is a table of.
    head
        Headings of the columns.
    rows
        Cells; numbers come as text, already spelt.

    Examples
    --------
    >>> '<th scope="row">mill' in table("Stations", ["Station", "Good"], [["mill", "3"]])
    True
    """
    top = tag("tr", *[tag("th", each, scope="col") for each in head])
    body = [
        tag(
            "tr",
            tag("th", row[0], scope="row"),
            *[tag("td", cell, data_label=head[k + 1]) for k, cell in enumerate(row[1:])],
        )
        for row in rows
    ]
    whole = tag("table", tag("caption", caption), tag("thead", top), tag("tbody", *body))
    return tag("div", whole, class_="wide", tabindex="0", role="region", aria_label=caption)


def folded(summary: str, content: Html) -> Html:
    """Return content that opens when it is asked for; on paper it is open."""
    return tag("details", tag("summary", summary), content)


def spelt(value: Value | None, language: str, unit: str = "") -> str:
    """Return a mean with its digits and unit; a dash for nothing.

    Parameters
    ----------
    value
        What is spelt.
    language
        Of the number.
    unit
        `share` is written in per cent.

    Examples
    --------
    >>> spelt(Value(0.0472), "en", "share"), spelt(Value(61.2, 60.4, 62.1), "en", "1/h")
    ('4.7\u202f%', '61.20\u202f1/h')
    """
    if value is None:
        return "\u2013"
    if unit == "share":
        return percent(value.mean, language)
    text = number(value.mean, decimals_of(value), language)
    return f"{text}\u202f{unit}" if unit else text


def stations_table(study: Study, words: Words, language: str) -> Html:
    """Return the states and counts of all stations."""
    used = [s for s in STATES if is_used(study.stations, s)]
    counts = (
        (words("good"), [one.good for one in study.stations]),
        (words("scrap"), [one.scrap for one in study.stations]),
        (words("failures"), [one.failures for one in study.stations]),
        (f"{words('energy')}, kWh", [one.energy_kwh for one in study.stations]),
    )
    known = [(name, values) for name, values in counts if any(values)]
    head = [words("station"), *[words(s) for s in used], *[name for name, _ in known]]
    rows = [
        [
            title_of(one.name, one.label),
            *[_share(one.states.get(s), words, language) for s in used],
            *[spelt(values[k], language) for _, values in known],
        ]
        for k, one in enumerate(study.stations)
    ]
    return table(words("shares"), head, rows)


def stores_table(study: Study, words: Words, language: str) -> Html:
    """Return the levels and places of all buffers."""
    head = [words("buffer"), words("level"), words("interval"), words("places")]
    rows = [
        [
            title_of(one.name, one.label),
            spelt(one.level, language),
            interval(one.level, language, words("to")) if one.level else "",
            words("unlimited") if one.places is None else number(one.places, 0, language),
        ]
        for one in study.stores
    ]
    return table(words("levels"), head, rows)


def series_table(series: Series, words: Words, language: str) -> Html:
    """Return the points of a series."""
    stride = -(-len(series.hours) // ROWS_MAX) or 1
    has_band = bool(series.low and series.high)
    head = [f"{words('time')}, h", words("mean"), *([words("low"), words("high")] * has_band)]
    rows = [
        [
            number(series.hours[k], 2, language),
            number(series.mean[k], 3, language),
            *(
                [number(series.low[k], 3, language), number(series.high[k], 3, language)]
                if has_band
                else []
            ),
        ]
        for k in range(0, len(series.hours), stride)
    ]
    return table(f"{words(series.name)}, {words(series.unit)}", head, rows)


def _share(value: Value | None, words: Words, language: str) -> Child:
    if value is None:
        return "\u2013"
    text = percent(value.mean, language)
    if value.low is None or value.high is None:
        return text
    low, high = percent(value.low, language), percent(value.high, language)
    return fragment(text, tag("small", f"{low} {words('to')} {high}"))
