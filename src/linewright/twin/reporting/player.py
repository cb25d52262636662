"""The replay of a film: one page, with the script that plays it."""

from collections.abc import Iterator, Mapping
from statistics import median

import msgspec

from linewright.plant import Address
from linewright.plant.model import label_in
from linewright.twin.reporting.charts import patterns
from linewright.twin.reporting.film import (
    BEGAN,
    ENDED,
    STATE,
    STATE_CODES,
    STRIDE,
    Film,
    FilmBuffer,
)
from linewright.twin.reporting.html import Html, data_island, document, fragment, tag
from linewright.twin.reporting.numbers import number, percent
from linewright.twin.reporting.page import local_time, style_of
from linewright.twin.reporting.tables import folded, table
from linewright.twin.reporting.words import Words, words_of

__all__ = ["replay"]

NS_PER_H = 3600 * 10**9
NS_PER_MS = 10**6
MS_PER_S = 1000

SPEEDS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
CYCLE_S = 1.0
"""At the first speed a usual cycle takes about so long."""

AHEAD = ("queue", "store", "outside")
"""Cards that stand in front of all stations of a group."""

SHUT_MIN = 0.001
"""Closed time below this share of a film is neither drawn nor skipped."""

LETTERS = ("R", "U", "B", "S", "W", "D", "P", "C")
"""Letter of each state, beside its word and its pattern."""


def replay(film: Film, *, language: str = "en") -> str:
    """Return a page in which a film can be played, stopped, stepped and searched.

    Parameters
    ----------
    film
        What `linewright.twin.reporting.film.film` recorded.
    language
        `en` or `es`; `fr` and `zh` are given in English.

    Notes
    -----
    One file that fetches nothing: its policy lets only its own script run. Parts stand as dots
    on a canvas, states as words, letters and patterns, and a table tells without any script what
    happened. Cost: linear in the events.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import begin, compile_line
    >>> from linewright.twin.reporting import film
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> page = replay(film(model, begin(model, at_ns=0, seed=1), 100 * 10**9, jit=False))
    >>> page.count("<script"), "http://" in page, "https://" in page
    (2, False, False)
    """
    words = words_of(language)
    named = {
        address: label_in(label, language, address.name) for address, label in film.labels.items()
    }
    film = msgspec.structs.replace(film, names=named)
    title = f"{words('replay')}: {_name(film, film.address)}"
    body = fragment(
        patterns(),
        _head(film, title, words),
        _cut(film, words, language),
        _controls(film, words),
        tag("main", tag("div", _flow(film, words), _canvas(), class_="stage", id="stage")),
        _told(film, words, language),
        tag("footer", tag("p", words("keys")), tag("p", _whole(film, words, language))),
        data_island("film", _data(film, words)),
    )
    return document(
        body,
        title=title,
        language=language[:2],
        style=style_of("replay.css"),
        script=style_of("replay.js"),
    )


def _name(film: Film, address: Address) -> str:
    return film.names.get(address, address.name)


def _head(film: Film, title: str, words: Words) -> Html:
    figures = [
        tag("div", tag("dt", words(word)), tag("dd", start, id=name), class_=name)
        for name, word, start in (
            ("clock", "clock", local_time(film.since_ns, film.timezone)),
            ("good", "good_parts", 0),
            ("wip", "wip", len(film.there)),
            ("scrap", "scrapped", 0),
        )
    ]
    return tag(
        "header",
        tag(
            "div",
            tag("h1", title),
            tag("p", f"{film.address} \u00b7 {film.timezone}", class_="quiet"),
            class_="what",
        ),
        tag("dl", *figures, class_="now"),
    )


def _cut(film: Film, words: Words, language: str) -> Html | None:
    if film.until_ns >= film.asked_ns:
        return None
    said = words(
        "cut_words",
        kept=number(film.recorded, 0, language),
        events=number(film.happened, 0, language),
        end=local_time(film.until_ns, film.timezone),
        until=local_time(film.asked_ns, film.timezone),
    )
    return tag("p", said, class_="care", role="note")


def _controls(film: Film, words: Words) -> Html:
    first = min(SPEEDS, key=lambda each: abs(each - _cycle_ms(film) / MS_PER_S / CYCLE_S))
    speeds = [
        tag("option", f"{_lasting(each)}/s", value=each, selected=each == first) for each in SPEEDS
    ]
    moment = tag(
        *("input",), type="range", id="moment", min=0, max=1000, value=0, aria_label=words("moment")
    )
    return fragment(
        tag(
            "div",
            tag(
                "button",
                _icon("M12 2L5 8L12 14ZM2 2H4V14H2Z"),
                type="button",
                id="back",
                aria_label=words("back"),
            ),
            tag("button", words("play"), type="button", id="play"),
            tag(
                "button",
                _icon("M4 2L11 8L4 14ZM12 2H14V14H12Z"),
                type="button",
                id="step",
                aria_label=words("step"),
            ),
            tag(
                "label",
                tag("span", words("speed")),
                tag("select", *speeds, id="speed"),
                class_="speed",
            ),
            tag(
                "label",
                tag("span", words("moment")),
                tag("span", moment, _rail(film, words), class_="rail"),
                class_="moment",
            ),
            tag(
                "label",
                tag("input", type="checkbox", id="jump", checked=True),
                words("jump"),
                class_="quick",
            )
            if shut(film)
            else None,
            tag("p", "", id="news", class_="skip", role="status", aria_live="polite"),
            class_="bar",
            id="controls",
            role="group",
            aria_label=words("replay"),
            hidden=True,
        ),
        tag("noscript", tag("p", words("needs_script"), class_="care")),
    )


def _lasting(seconds: int) -> str:
    """Return some seconds in the largest unit that they fill.

    Examples
    --------
    >>> _lasting(30), _lasting(300), _lasting(3600)
    ('30\u202fs', '5\u202fmin', '1\u202fh')
    """
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size}\u202f{unit}"
    return f"{seconds}\u202fs"


def shut(film: Film) -> list[tuple[float, float]]:
    """Return when every station is closed, as shares of the film from its beginning.

    Parameters
    ----------
    film
        What is played.
    """
    closed = STATE_CODES.index("closed")
    state = list(film.start)
    whole = max(1.0, (film.until_ns - film.since_ns) / NS_PER_MS)
    found: list[tuple[float, float]] = []
    since = 0 if all(each == closed for each in state) else None
    for t_ms, code, place, value in _events(film):
        if code not in {STATE, BEGAN} or place >= len(state):
            continue
        state[place] = value if code == STATE else 0
        is_shut = all(each == closed for each in state)
        if is_shut and since is None:
            since = t_ms
        elif not is_shut and since is not None:
            found.append((since / whole, t_ms / whole))
            since = None
    if since is not None:
        found.append((since / whole, 1.0))
    return [(low, high) for low, high in found if high - low >= SHUT_MIN]


def _rail(film: Film, words: Words) -> Html | None:
    """Return the time of a film as a strip on which closed time is hatched."""
    closed = shut(film)
    if not closed:
        return None
    drawn = [
        tag("rect", x=f"{low:.2%}", width=f"{high - low:.2%}", height="100%", class_="shut")
        for low, high in closed
    ]
    ground = tag("rect", width="100%", height="100%", class_="open")
    title = tag("title", words("closed"))
    return tag("svg", title, ground, *drawn, class_="strip", aria_hidden="true")


def _icon(path: str) -> Html:
    drawn = tag("path", d=path, class_="icon")
    return tag("svg", drawn, width="16", height="16", aria_hidden="true", focusable="false")


def _canvas() -> Html:
    return tag("canvas", id="parts", aria_hidden="true")


def _flow(film: Film, words: Words) -> Html:
    """Return the cards in the order of the flow; of an area or a site a box for each group."""
    groups = [address.parent or film.address for address in film.stations]
    found = list(dict.fromkeys(groups))
    ahead: dict[Address, list[int]] = {group: [] for group in found}
    away: list[int] = []
    for j, one in enumerate(film.buffers):
        if one.kind in AHEAD:
            (ahead[groups[one.after]] if one.after >= 0 else away).append(j)
    made = []
    for group in found:
        cards = [_pair(film, k, words) for k, each in enumerate(groups) if each == group]
        is_line = any(groups[one.after] == group for one in film.buffers if one.kind == "buffer")
        heading = tag("h2", _name(film, group), title=str(group)) if len(found) > 1 else None
        flow = tag("ol", *cards, class_="flow")
        waits = _ahead(film, ahead[group], words)
        made.append(tag("li", heading, waits, flow, class_="box is-wide" if is_line else "box"))
    if away:
        heading = tag("h2", words("outside"))
        made.append(tag("li", heading, _ahead(film, away, words), class_="box"))
    return tag("ol", *made, class_="boxes")


def _pair(film: Film, k: int, words: Words) -> Html:
    """Return the card of a station with those of what stands behind it."""
    behind = [
        _store(film, j, words)
        for j, one in enumerate(film.buffers)
        if one.after == k and one.kind not in AHEAD
    ]
    drawn = _station(film, k, film.stations[k], words)
    return tag("li", drawn, *behind, class_="pair" if behind else "pair is-alone")


def _ahead(film: Film, found: list[int], words: Words) -> Html | None:
    """Return the row of what waits in front of the stations of a group, if anything does."""
    if not found:
        return None
    return tag("div", *[_store(film, j, words) for j in found], class_="ahead")


def _store_name(film: Film, one: FilmBuffer, words: Words) -> str:
    """Return what a card is called: a buffer by its address, all else by what it is."""
    if one.kind == "queue":
        return words("front_of", place=_name(film, film.stations[one.after].parent or film.address))
    if one.kind in {"store", "outside"}:
        return one.address.removeprefix("store of ")
    address = Address(one.address)
    return _name(film, address)


def _kind(one: FilmBuffer, words: Words) -> str:
    """Return what stands before the count of a card; nothing for a plain buffer."""
    return "" if one.kind == "buffer" else words(f"card_{one.kind}")


def _station(film: Film, k: int, address: Address, words: Words) -> Html:
    state = STATE_CODES[film.start[k]]
    chip = tag("rect", width="100%", height="100%", class_=f"s-{state}")
    return tag(
        "div",
        tag("h3", _name(film, address), title=str(address)),
        tag(
            "p",
            tag("svg", chip, class_="chip", aria_hidden="true"),
            tag("b", LETTERS[film.start[k]], aria_hidden="true"),
            tag("span", words(state)),
            class_="state",
        ),
        tag("div", class_="track"),
        tag("p", f"{words('done_parts')} 0", class_="said"),
        class_="station is-down" if state == "down" else "station",
    )


def _store(film: Film, j: int, words: Words) -> Html:
    buffer = film.buffers[j]
    if buffer.places == 0:
        drawn = tag("p", words("hand_over"), class_="said")
        slots = tag("div", class_="slots")
        return tag("div", drawn, slots, class_="store direct", data_store=j)
    named = _store_name(film, buffer, words)
    title = f"{_kind(buffer, words) or words('buffer')} {named}"
    kind = words("in_line") if buffer.kind == "queue" else _kind(buffer, words)
    if buffer.kind in {"store", "outside"}:
        kind = f"{kind} {named}"
    return tag(
        "div",
        tag("p", kind, class_="kind") if buffer.kind != "buffer" else None,
        tag("p", "0", class_="said"),
        tag("div", class_="slots"),
        class_=f"store is-{buffer.kind}",
        data_store=j,
        title=title,
        role="group",
        aria_label=title,
    )


def _data(film: Film, words: Words) -> Mapping[str, object]:
    buffers = [
        {
            "name": _store_name(film, one, words),
            "places": -1 if one.places is None else one.places,
        }
        for one in film.buffers
    ]
    spoken = (*STATE_CODES, "play", "pause", "good", "scrap", "done_parts")
    spoken_too = ("part", "lot_pieces", "in_lots")
    return {
        "since": film.since_ns // NS_PER_MS,
        "length": max(1, (film.until_ns - film.since_ns) // NS_PER_MS),
        "timezone": film.timezone,
        "cycle": _cycle_ms(film),
        "stations": [_name(film, each) for each in film.stations],
        "buffers": buffers,
        "states": STATE_CODES,
        "letters": LETTERS,
        "start": film.start,
        "there": film.there,
        "lots": {str(unit): pieces for unit, pieces in film.lots.items()},
        "words": {each: words(each) for each in (*spoken, *spoken_too)},
        "events": film.events,
    }


def _cycle_ms(film: Film) -> float:
    """Return the planned time of a usual cycle; a minute where there is none."""
    planned = [value for _, code, _, value in _events(film) if code == BEGAN]
    return max(1.0, median(planned)) if planned else 60_000.0


def _whole(film: Film, words: Words, language: str) -> str:
    hours = (film.until_ns - film.since_ns) / NS_PER_H
    return words(
        "whole", events=number(film.recorded, 0, language), hours=number(hours, 2, language)
    )


def _told(film: Film, words: Words, language: str) -> Html:
    """Return the fallback: how long each station was in which state, and what it made."""
    spent, ended, failed = _sums(film)
    whole = max(1.0, (film.until_ns - film.since_ns) / NS_PER_MS)
    used = [k for k in range(len(STATE_CODES)) if any(row[k] > 0.0 for row in spent)]
    head = [words("station"), words("done_parts"), words("stops")]
    head += [words(STATE_CODES[k]) for k in used]
    rows = [
        [
            _name(film, address),
            number(ended[i], 0, language),
            number(failed[i], 0, language),
            *[percent(spent[i][k] / whole, language) for k in used],
        ]
        for i, address in enumerate(film.stations)
    ]
    legend = [
        tag(
            "li",
            tag(
                "svg",
                tag("rect", width="100%", height="100%", class_=f"s-{STATE_CODES[k]}"),
                class_="chip",
            ),
            f"{LETTERS[k]} {words(STATE_CODES[k])}",
        )
        for k in range(len(STATE_CODES))
    ]
    keyed = tag("ul", *legend, class_="key", aria_label=words("legend"))
    told = folded(words("told"), table(words("told"), head, rows))
    return tag("section", keyed, told, class_="more")


def _sums(film: Film) -> tuple[list[list[float]], list[int], list[int]]:
    """Return milliseconds by station and state, cycles ended, and failures."""
    count = len(film.stations)
    spent = [[0.0] * len(STATE_CODES) for _ in range(count)]
    state, since = list(film.start), [0.0] * count
    ended, failed = [0] * count, [0] * count
    for t_ms, code, place, value in _events(film):
        if place >= count or code not in {STATE, BEGAN, ENDED}:
            continue
        if code == ENDED:
            ended[place] += 1
            continue
        spent[place][state[place]] += t_ms - since[place]
        since[place] = t_ms
        state[place] = value if code == STATE else 0
        failed[place] += code == STATE and STATE_CODES[value] == "down"
    end_ms = (film.until_ns - film.since_ns) / NS_PER_MS
    for k in range(count):
        spent[k][state[k]] += end_ms - since[k]
    return spent, ended, failed


def _events(film: Film) -> Iterator[tuple[int, int, int, int]]:
    t_ms = 0
    for n in range(0, len(film.events), STRIDE):
        passed, code, place, _, value = film.events[n : n + STRIDE]
        t_ms += passed
        yield t_ms, code, place, value
