"""The line as people walk along it: stations and buffers in the order of the flow."""

from collections.abc import Sequence

from linewright.twin.reporting.charts import bar, split_bar
from linewright.twin.reporting.html import Html, fragment, tag
from linewright.twin.reporting.numbers import decimals_of, number, percent
from linewright.twin.reporting.study import STATES, StationFigures, StoreFigures, Study, Value
from linewright.twin.reporting.words import Words

__all__ = ["flow", "is_used", "key", "level_of", "rows_of", "spoken", "title_of"]

TOLD_MIN = 0.02
"""Smaller shares of time are not written beside a station; the table has them."""

ABNORMAL = {"down": "bad"}
"""States that are written in the colour of what is wrong."""

CELLS_MAX = 24
"""Places of a buffer that are drawn one by one; larger ones are a bar."""


def flow(study: Study, words: Words, language: str) -> Html:
    """Return the drawing: a list, so that it wraps on a desk and stands on a telephone.

    Parameters
    ----------
    study
        Stations and stores.
    words, language
        In which it speaks.

    Examples
    --------
    >>> from linewright.twin.reporting.study import Asked, Value
    >>> from linewright.twin.reporting.words import words_of
    >>> mill = StationFigures(name="a/b/c/mill", states={"running": Value(0.9)})
    >>> study = Study(asked=Asked(plant="p", address="a/b/c", hours=8.0), stations=(mill,))
    >>> "mill" in flow(study, words_of("en"), "en")
    True
    """
    first = [_store(one, words, language) for one in study.stores if one.after == -1]
    pairs = [tag("li", *first, class_="pair")] if first else []
    within = f"{study.asked.address}/"
    groups = [
        one.name.rpartition("/")[0] if one.name.startswith(within) else "" for one in study.stations
    ]
    is_many = len(set(groups)) > 1
    for k, station in enumerate(study.stations):
        if is_many and (k == 0 or groups[k] != groups[k - 1]):
            pairs.append(_group(groups[k], study, words, language))
        behind = [_store(one, words, language) for one in study.stores if one.after == k]
        pairs.append(tag("li", _station(station, words, language), *behind, class_="pair"))
    return tag("ol", *pairs, class_="flow")


def _group(address: str, study: Study, words: Words, language: str) -> Html:
    """Return the heading of a line or work centre, with what waits in front of it."""
    queue = next((one for one in study.stores if one.name == address and one.level), None)
    said = None
    if queue is not None and queue.level is not None:
        waiting = number(queue.level.mean, min(1, decimals_of(queue.level)), language)
        said = tag("span", words("in_front", parts=waiting), class_="quiet")
    name = title_of(address, study.labels.get(address, ""))
    return tag("li", tag("h3", name, title=address), said, class_="group")


def key(study: Study, words: Words) -> Html:
    """Return what the patterns mean, for the states that occur."""
    used = [state for state in STATES if is_used(study.stations, state)]
    rows = [
        tag(
            "li",
            tag(
                "svg", tag("rect", width="100%", height="100%", class_=f"s-{state}"), class_="chip"
            ),
            words(state),
        )
        for state in used
    ]
    return tag("ul", *rows, class_="key", aria_label=words("legend"))


def is_used(stations: Sequence[StationFigures], state: str) -> bool:
    """Return whether any station spends time in a state.

    Parameters
    ----------
    stations
        Of the line.
    state
        One of `STATES`.
    """
    return any(state in one.states and one.states[state].mean > 0.0 for one in stations)


def title_of(name: str, label: str) -> str:
    """Return what people call a place: its label, else the last part of its address.

    Examples
    --------
    >>> title_of("nogales/machining/bracket/mill", ""), title_of("a/b/c/m", "Mill")
    ('mill', 'Mill')
    >>> title_of("a/b/c/-mill", "")
    '\u2192 mill'
    """
    last = name.rpartition("/")[2]
    return label or (f"\u2192 {last[1:]}" if last.startswith("-") else last)


def level_of(store: StoreFigures, words: Words, language: str, decimals: int = 2) -> str:
    """Return how full a buffer is, in words.

    Parameters
    ----------
    store
        The buffer.
    words, language
        In which it speaks.
    decimals
        Most decimals of the level.

    Examples
    --------
    >>> from linewright.twin.reporting.study import Value
    >>> from linewright.twin.reporting.words import words_of
    >>> rack = StoreFigures(name="a/b/c/rack", after=None, level=Value(5.25))
    >>> level_of(rack, words_of("en"), "en", 1)
    '5.2, no limit'
    """
    level = "\u2013"
    if store.level is not None:
        level = number(store.level.mean, min(decimals, decimals_of(store.level)), language)
    if store.places is None:
        return words("no_limit", level=level)
    return words("of", level=level, places=number(store.places, 0, language))


def spoken(station: StationFigures, words: Words, language: str) -> str:
    """Return the time of a station in words, as a screen reader says it."""
    parts = [
        f"{words(state)} {percent(station.states[state].mean, language)}"
        for state in STATES
        if state in station.states and station.states[state].mean >= TOLD_MIN / 4
    ]
    return f"{title_of(station.name, station.label)}: {', '.join(parts)}"


def _station(station: StationFigures, words: Words, language: str) -> Html:
    shares = [(state, station.states[state].mean) for state in STATES if state in station.states]
    told = [(state, share) for state, share in shares if share >= TOLD_MIN]
    said = [
        tag(
            "li",
            tag("span", words(state)),
            tag("b", percent(share, language)),
            class_=ABNORMAL.get(state),
        )
        for state, share in told
    ]
    badge = None
    if station.is_bottleneck:
        sign = tag(
            "svg",
            tag("path", d="M1 2H13L9 7L13 12H1L5 7Z"),
            width="14",
            height="14",
            aria_hidden="true",
        )
        badge = tag("p", sign, words("bottleneck"), class_="badge")
    return tag(
        "div",
        tag("h3", title_of(station.name, station.label)),
        badge,
        split_bar(shares, title=spoken(station, words, language)),
        tag("ul", *said, class_="shares"),
        class_="station narrowest" if station.is_bottleneck else "station",
    )


def _store(store: StoreFigures, words: Words, language: str) -> Html:
    title = title_of(store.name, store.label)
    if store.places == 0:
        return tag("div", tag("p", words("hand_over"), class_="said"), class_="store direct")
    said = level_of(store, words, language, 1)
    drawn = _cells(store, f"{title}: {said}")
    return tag("div", drawn, tag("p", said, class_="said"), class_="store", title=title)


def _cells(store: StoreFigures, title: str) -> Html:
    mean = store.level.mean if store.level is not None else 0.0
    if store.places is None or store.places > CELLS_MAX:
        top = float(store.places or max(1.0, 2.0 * mean))
        return bar(
            store.level or Value(0.0), top, title=title, limit=None if not store.places else top
        )
    return _places(store.places, mean, title)


def _places(places: int, mean: float, title: str) -> Html:
    """Return the places of a buffer, filled from the way out as far as it is on average."""
    drawn = []
    for k in range(places):
        left = (places - 1 - k) / places
        box = {"y": "1", "height": "14", "rx": "2"}
        width = 0.8 / places
        drawn.append(tag("rect", x=f"{left:.2%}", width=f"{width:.2%}", class_="cell", **box))
        part = max(0.0, min(1.0, mean - k))
        if part > 0.0:
            at = left + width * (1.0 - part)
            drawn.append(
                tag("rect", x=f"{at:.2%}", width=f"{width * part:.2%}", class_="amount", **box)
            )
    return tag("svg", tag("title", title), *drawn, class_="cells", role="img", aria_label=title)


def rows_of(stations: Sequence[StationFigures], words: Words, language: str) -> Html:
    """Return one bar a station below each other, for comparing how they spend their time."""
    rows = []
    for station in stations:
        shares = [(s, station.states[s].mean) for s in STATES if s in station.states]
        name = title_of(station.name, station.label)
        if station.is_bottleneck:
            name = f"{name} ({words('bottleneck')})"
        rows.append(
            fragment(
                tag("dt", name),
                tag("dd", split_bar(shares, title=spoken(station, words, language))),
            )
        )
    return tag("dl", *rows, class_="bars")
