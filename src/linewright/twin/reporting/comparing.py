"""Scenarios side by side, and what one more of something is worth."""

from collections.abc import Sequence

from linewright.twin.reporting.charts import whisker
from linewright.twin.reporting.html import Child, Html, fragment, tag
from linewright.twin.reporting.numbers import decimals_of, interval, number, percent
from linewright.twin.reporting.study import Difference, Figure, Scenario, Study, Value
from linewright.twin.reporting.tables import spelt, table
from linewright.twin.reporting.words import Words

__all__ = ["scenarios", "signed", "worth"]

SHARE_DIGITS_MAX = 3
"""Decimals of a difference in per cent."""

ROOM = 1.1
"""A chart of differences is so much wider than its widest interval."""


def scenarios(study: Study, words: Words, language: str) -> Html | None:
    """Return the comparison of scenarios, or None where there is nothing to compare.

    Parameters
    ----------
    study
        Its scenarios; the first is the basis.
    words, language
        In which it speaks.
    """
    if not study.scenarios:
        return None
    real = [
        f"{each.name}: {words(one.figure)} {_said(one, words, language)}"
        for each in study.scenarios
        for one in each.differences
        if one.is_real
    ]
    said = words("real_words") if real else words("none_real")
    basis = study.scenarios[0]
    content: list[Child] = [tag("p", said, class_="sentence")]
    if real:
        content.append(tag("ul", *[tag("li", each) for each in real], class_="told"))
    content.append(tag("p", words("pairs_words"), class_="quiet"))
    names = dict.fromkeys(one.figure for each in study.scenarios for one in each.differences)
    content += [_differences(name, study.scenarios, words, language) for name in names]
    content.append(_figures(basis, study.scenarios, words, language))
    heading = tag("h2", words("scenarios"), id="scenarios-title")
    return tag("section", heading, *content, id="scenarios", aria_labelledby="scenarios-title")


def worth(study: Study, words: Words, language: str) -> Html | None:
    """Return what is worth most, best first, or None where it was not asked.

    Parameters
    ----------
    study
        Its list of changes with their gains.
    words, language
        In which it speaks.
    """
    if not study.worth:
        return None
    low, high = _span([one.gain for one in study.worth])
    rows = []
    for one in study.worth:
        said = signed(one.gain, one.unit, language)
        sure = _sure(one.gain, words, is_real=one.is_real)
        title = f"{one.change}: {said} {words(one.unit)}, {sure}"
        drawn = whisker(one.gain, low, high, title=title, is_real=one.is_real)
        numbers = tag("span", f"{said}\u202f{words(one.unit)}", tag("small", sure))
        rows.append(fragment(tag("dt", one.change), tag("dd", drawn, numbers)))
    heading = tag("h2", words("worth"), id="worth-title")
    said = tag("p", words("worth_words"), class_="quiet")
    listed = tag("dl", *rows, class_="bars")
    return tag("section", heading, said, listed, id="worth", aria_labelledby="worth-title")


def signed(value: Value, unit: str, language: str) -> str:
    """Return a difference with its sign.

    Parameters
    ----------
    value
        The difference.
    unit
        `share` is written in per cent.
    language
        Of the number.

    Examples
    --------
    >>> signed(Value(1.25, 0.5, 2.0), "1/h", "en"), signed(Value(-0.02), "share", "en")
    ('+1.25', '\u22122.0\u202f%')
    """
    if unit == "share":
        text = percent(value.mean, language, _digits(value))
    else:
        text = spelt(value, language, "")
    return f"+{text}" if value.mean > 0.0 else text


def _digits(share: Value) -> int:
    """Return the decimals of a difference of shares, in per cent: those its interval is worth."""
    ends = (None if end is None else end * 100.0 for end in (share.low, share.high))
    return min(SHARE_DIGITS_MAX, max(1, decimals_of(Value(share.mean * 100.0, *ends))))


def _differences(name: str, all_: Sequence[Scenario], words: Words, language: str) -> Html:
    found = [(each, one) for each in all_ for one in each.differences if one.figure == name]
    low, high = _span([one.value for _, one in found])
    rows = [
        fragment(
            tag("dt", each.name),
            tag("dd", *_difference(each, one, (low, high), words, language)),
        )
        for each, one in found
    ]
    unit = words(found[0][1].unit) if found[0][1].unit != "share" else "%"
    caption = f"{words(name)}, {words('difference').lower()} ({unit})"
    return tag("figure", tag("figcaption", caption), tag("dl", *rows, class_="bars"))


def _difference(
    scenario: Scenario,
    one: Difference,
    span: tuple[float, float],
    words: Words,
    language: str,
) -> tuple[Html, Html]:
    said = signed(one.value, one.unit, language)
    sure = _sure(one.value, words, is_real=one.is_real)
    title = f"{scenario.name}: {said} ({_interval(one, words, language)}), {sure}"
    drawn = whisker(one.value, *span, title=title, is_real=one.is_real)
    ends = _interval(one, words, language)
    return drawn, tag("span", said, tag("small", ", ".join(each for each in (ends, sure) if each)))


def _said(one: Difference, words: Words, language: str) -> str:
    text = signed(one.value, one.unit, language)
    return text if one.unit == "share" else f"{text}\u202f{words(one.unit)}"


def _sure(value: Value, words: Words, *, is_real: bool) -> str:
    if value.mean == value.low == value.high == 0.0:
        return words("same")
    return words("real") if is_real else words("chance")


def _interval(one: Difference, words: Words, language: str) -> str:
    low, high = one.value.low, one.value.high
    if low is None or high is None or low == high == 0.0:
        return ""
    if one.unit == "share":
        digits = _digits(one.value)
        ends = [percent(end, language, digits) for end in (low, high)]
        return f" {words('to')} ".join(ends)
    return interval(one.value, language, words("to"))


def _figures(basis: Scenario, all_: Sequence[Scenario], words: Words, language: str) -> Html:
    names = [(one.name, one.unit) for one in basis.figures]
    units = [words(unit) if unit != "share" else "%" for _, unit in names]
    head = [words("scenario"), words("changes")]
    head += [
        f"{words(name)}, {unit}" if unit else words(name)
        for (name, _), unit in zip(names, units, strict=True)
    ]
    rows: list[Sequence[Child]] = []
    for k, each in enumerate(all_):
        known = {one.name: one for one in each.figures}
        changes = "; ".join(each.changes) or (words("basis") if k == 0 else "\u2013")
        cells = [_cell(known.get(name), words, language) for name, _ in names]
        rows.append([each.name, changes, *cells])
    return table(words("scenarios"), head, rows)


def _cell(figure: Figure | None, words: Words, language: str) -> Child:
    if figure is None:
        return "\u2013"
    value = figure.value
    if figure.unit != "share":
        ends = interval(value, language, words("to"))
        return fragment(spelt(value, language), tag("small", ends) if ends else None)
    text = number(value.mean * 100.0, 1, language)
    if value.low is None or value.high is None:
        return text
    low, high = (number(each * 100.0, 1, language) for each in (value.low, value.high))
    return fragment(text, tag("small", f"{low} {words('to')} {high}"))


def _span(values: Sequence[Value]) -> tuple[float, float]:
    lows = [value.mean if value.low is None else value.low for value in values]
    highs = [value.mean if value.high is None else value.high for value in values]
    return min([0.0, *lows]) * ROOM, max([0.0, *highs]) * ROOM
