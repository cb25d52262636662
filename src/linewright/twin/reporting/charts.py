"""Charts as SVG that fills its frame: lines stretch, letters do not.

A chart has no view box: frames and bars are placed in per cent, letters in pixels, so that a
telephone and a wall show the same letters. Only the inner drawing of a line chart is stretched.
"""

from collections.abc import Sequence

from linewright.twin.reporting.html import Child, Html, fragment, tag
from linewright.twin.reporting.numbers import hour_ticks, short, ticks
from linewright.twin.reporting.study import STATES, Series, Value

__all__ = ["BarRow", "band_chart", "bar", "patterns", "split_bar", "whisker"]

POINTS_MAX = 600
"""Most points of one line; longer series are thinned."""

INNER = 1000.0
"""Width and height of the stretched drawing."""

WORD = 0.15
"""A narrower warm-up has its word behind it."""

LAST = 0.97
"""A number beyond this share of an axis ends at its tick, so that it stays inside."""

BarRow = tuple[str, Value, float | None]
"""Label, value and its limit."""


def band_chart(
    series: Series,
    *,
    title: str,
    axis: str,
    cut: tuple[float, str] = (0.0, ""),
    end_h: float = 0.0,
    language: str = "en",
) -> Html:
    """Return a line with its band over time.

    Parameters
    ----------
    series
        What is drawn.
    title
        Read aloud by screen readers.
    axis
        What stands below the hours.
    cut
        Where the warm-up ends, and its word.
    end_h
        Where the axis ends at least.
    language
        Of the numbers.

    Examples
    --------
    >>> one = Series(name="x", unit="1/h", hours=(0.0, 1.0), mean=(2.0, 3.0))
    >>> "<polyline" in band_chart(one, title="x", axis="hours")
    True
    """
    series = _thinned(series)
    values = (*series.mean, *series.low, *series.high)
    end = max([end_h, *series.hours])
    across = hour_ticks(end)
    upward = ticks(_floor_of(values), max(values, default=1.0))
    x = _Scale(0.0, end)
    y = _Scale(upward[0], upward[-1])
    inner = fragment(
        _cut(x, cut[0]),
        _band(series, x, y),
        tag("polyline", points=_points(series.hours, series.mean, x, y), class_="mean"),
    )
    return tag(
        "svg",
        tag("title", title),
        _frame(_grid(across, upward, (x, y), language), "grid"),
        tag(
            *("svg", inner),
            class_="plot",
            x="3.5rem",
            y="12",
            width="80%",
            height="70%",
            viewBox=f"0 0 {INNER:g} {INNER:g}",
            preserveAspectRatio="none",
        ),
        _frame(_cut_word(x, *cut), "marks"),
        tag("text", axis, x="50%", y="100%", dy="-.4em", class_="axis middle"),
        class_="chart",
        role="img",
        aria_label=title,
    )


def split_bar(shares: Sequence[tuple[str, float]], *, title: str) -> Html:
    """Return one bar, split by states.

    Parameters
    ----------
    shares
        State and share, in order; what is missing to 1 stays empty.
    title
        Read aloud by screen readers.

    Examples
    --------
    >>> split_bar([("running", 0.75)], title="mill").count("<rect")
    2
    """
    drawn: list[Child] = [tag("rect", width="100%", height="100%", class_="ground")]
    left = 0.0
    for state, share in shares:
        assert state in STATES, f"no such state: {state}"
        width = max(0.0, min(share, 1.0 - left))
        if width > 0.0:
            place = {"x": f"{left:.3%}", "width": f"{width:.3%}", "height": "100%"}
            drawn.append(tag("rect", class_=f"s-{state}", **place))
        left += width
    return tag("svg", tag("title", title), *drawn, class_="split", role="img", aria_label=title)


def bar(value: Value, top: float, *, title: str, limit: float | None = None) -> Html:
    """Return a bar from zero with its interval, and the limit that it may not pass.

    Parameters
    ----------
    value
        Mean and interval.
    top
        What the whole width stands for.
    title
        Read aloud by screen readers.
    limit
        Drawn as a frame.

    Examples
    --------
    >>> bar(Value(3.0, 2.0, 4.0), 12.0, title="saw-mill", limit=12.0).count("<line")
    3
    """
    scale = _Scale(0.0, top if top > 0.0 else 1.0)
    drawn: list[Child] = []
    if limit is not None:
        drawn.append(
            tag("rect", width=scale.percent(limit), height="14", y="5", class_="limit", rx="2")
        )
    drawn.append(
        tag("rect", width=scale.percent(value.mean), height="14", y="5", class_="amount", rx="2")
    )
    drawn += _whisker(value, scale)
    return tag("svg", tag("title", title), *drawn, class_="bar", role="img", aria_label=title)


def whisker(value: Value, low: float, high: float, *, title: str, is_real: bool) -> Html:
    """Return a difference as a dot with its interval, and the line of zero.

    Parameters
    ----------
    value
        Mean and interval.
    low, high
        What the width stands for; zero lies within.
    title
        Read aloud by screen readers.
    is_real
        A filled dot; else an open one.

    Examples
    --------
    >>> 'class="dot real"' in whisker(Value(3.0, 2.0, 4.0), -1.0, 5.0, title="x", is_real=True)
    True
    """
    scale = _Scale(low, high)
    zero = scale.percent(0.0)
    return tag(
        "svg",
        tag("title", title),
        tag("line", x1=zero, x2=zero, y1="0", y2="100%", class_="zero"),
        *_whisker(value, scale),
        tag(
            "circle",
            cx=scale.percent(value.mean),
            cy="12",
            r="5",
            class_="dot real" if is_real else "dot",
        ),
        class_="bar",
        role="img",
        aria_label=title,
    )


def patterns() -> Html:
    """Return the patterns of the states; they stand once in a page, and bars name them.

    Examples
    --------
    >>> patterns().count("<pattern")
    5
    """
    size = {"width": "6", "height": "6", "patternUnits": "userSpaceOnUse"}
    wide = {**size, "width": "8", "height": "8"}
    drawn = [
        tag("pattern", _lines("M0 6L6 0M-1 1L1 -1M5 7L7 5"), id="p-blocked", **size),
        tag("pattern", _lines("M0 0L6 6M-1 5L1 7M5 -1L7 1"), id="p-set_up", **size),
        tag("pattern", tag("circle", cx="3", cy="3", r="1"), id="p-starved", **size),
        tag("pattern", _lines("M0 4H8M4 0V8"), id="p-waiting", **wide),
        tag("pattern", _lines("M0 2H6M0 5H6"), id="p-planned_stop", **size),
    ]
    return tag(
        "svg",
        tag("defs", *drawn),
        class_="patterns",
        width="0",
        height="0",
        aria_hidden="true",
        focusable="false",
    )


class _Scale:
    """From a range of values to shares of a width."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.span = low, (high - low) or 1.0

    def share(self, value: float) -> float:
        return max(0.0, min(1.0, (value - self.low) / self.span))

    def percent(self, value: float) -> str:
        return f"{self.share(value):.2%}"

    def up(self, value: float) -> str:
        return f"{1.0 - self.share(value):.2%}"


def _thinned(series: Series) -> Series:
    stride = -(-len(series.hours) // POINTS_MAX) or 1
    if stride == 1:
        return series
    return Series(
        name=series.name,
        unit=series.unit,
        hours=series.hours[::stride],
        mean=series.mean[::stride],
        low=series.low[::stride],
        high=series.high[::stride],
    )


def _floor_of(values: Sequence[float]) -> float:
    """Return where the axis begins: at zero, unless all of it would lie far above."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    return low if low < 0.0 or low > 0.8 * high else 0.0


def _points(hours: Sequence[float], values: Sequence[float], x: _Scale, y: _Scale) -> str:
    pairs = zip(hours, values, strict=False)
    return " ".join(f"{x.share(h) * INNER:.1f},{(1 - y.share(v)) * INNER:.1f}" for h, v in pairs)


def _band(series: Series, x: _Scale, y: _Scale) -> Html | None:
    if not series.low or not series.high:
        return None
    there = _points(series.hours, series.high, x, y)
    back = _points(series.hours[::-1], series.low[::-1], x, y)
    return tag("polygon", points=f"{there} {back}", class_="band")


def _cut(x: _Scale, cut_h: float) -> Html | None:
    if cut_h <= 0.0:
        return None
    return tag("rect", width=f"{x.share(cut_h) * INNER:.1f}", height=f"{INNER:g}", class_="cut")


def _cut_word(x: _Scale, cut_h: float, cut: str) -> Html | None:
    if cut_h <= 0.0:
        return None
    at = x.percent(cut_h)
    place = {"x": "0"} if x.share(cut_h) > WORD else {"x": at}
    word = tag("text", cut, dx="4", y="1.1em", class_="cut-word", **place) if cut else None
    return fragment(tag("line", x1=at, x2=at, y1="0", y2="100%", class_="cut-line"), word)


def _grid(
    across: Sequence[float], upward: Sequence[float], scales: tuple[_Scale, _Scale], language: str
) -> Html:
    x, y = scales
    drawn: list[Child] = []
    for value in upward:
        at = y.up(value)
        drawn.append(tag("line", x1="0", x2="100%", y1=at, y2=at))
        drawn.append(tag("text", short(value, language), x="-6", y=at, dy=".35em", class_="left"))
    for value in across:
        at = x.percent(value)
        anchor = "last" if x.share(value) > LAST else "middle"
        said = short(value, language)
        drawn.append(tag("text", said, x=at, y="100%", dy="1.35em", class_=anchor))
    return fragment(*drawn)


def _frame(content: Html | None, name: str) -> Html:
    return tag(
        *("svg", content),
        class_=f"plot {name}",
        x="3.5rem",
        y="12",
        width="80%",
        height="70%",
        overflow="visible",
        aria_hidden="true",
    )


def _whisker(value: Value, scale: _Scale) -> list[Html]:
    if value.low is None or value.high is None:
        return []
    low, high = scale.percent(value.low), scale.percent(value.high)
    ends = [tag("line", x1=at, x2=at, y1="7", y2="17", class_="whisker") for at in (low, high)]
    return [tag("line", x1=low, x2=high, y1="12", y2="12", class_="whisker"), *ends]


def _lines(path: str) -> Html:
    return tag("path", d=path)
