"""Elements whose keys depend on each other: checked and completed as they are read.

Each entry of `FINISH` has two halves: one completes the values that were read,
the other undoes it in what is written, so that writing and reading again agree.
"""

from typing import Any

import msgspec

from linewright.plant.frozen import FrozenMap
from linewright.plant.language.shapes.elements import FINISH
from linewright.plant.language.shapes.specials import Gap
from linewright.plant.language.syntax.nodes import Map
from linewright.plant.language.syntax.reading import Reading
from linewright.plant.model.behaviour import Distribution, Duration, Lifetime
from linewright.plant.model.equipment import Buffer, Line

_WITH_CV = ("gamma", "lognormal", "normal", "weibull")


def _complete_line(values: dict[str, Any], node: Map, reading: Reading) -> None:
    """Make buffers of the numbers in the flow, and join them with those given by name."""
    gaps: dict[str, Gap] = reading.gaps if "flow" in values else {}
    reading.gaps = {}
    named: dict[str, Buffer] = dict(values.get("buffers", {}))
    buffers: dict[str, Buffer] = {}
    for name, gap in gaps.items():
        buffer = named.pop(name, None)
        if buffer is None:
            buffers[name] = Buffer(places=gap.places)
        elif buffer.places is None:
            buffers[name] = msgspec.structs.replace(buffer, places=gap.places)
        else:
            buffers[name] = buffer
            if gap.places != 0:
                reading.fail(
                    "buffer-doubled",
                    gap.at,
                    f"the places of `{name}` stand in the flow and in `buffers`",
                    hint="keep one of them",
                )
    del node
    values["buffers"] = FrozenMap({**buffers, **named})


def _shorten_line(line: Line, plain: dict[str, Any]) -> None:
    """Put the places of the flow's buffers between its stations."""
    flow: list[Any] = []
    given = plain.get("buffers", {})
    rest: dict[str, Any] = dict(given)
    for index, name in enumerate(line.flow):
        if index:
            link = f"{line.flow[index - 1]}-{name}"
            buffer = line.buffers.get(link)
            if buffer is not None:
                flow += _written_gap(buffer)
                more = {key: item for key, item in _as_map(given[link]).items() if key != "places"}
                rest.pop(link)
                if more:
                    rest[link] = more
        flow.append(name)
    plain["flow"] = flow
    plain.pop("buffers", None)
    if rest:
        plain["buffers"] = rest


def _written_gap(buffer: Buffer) -> list[Any]:
    if buffer.places is None:
        return ["rack"]
    return [buffer.places] if buffer.places else []


def _as_map(plain: Any) -> dict[str, Any]:  # noqa: ANN401  # plain data
    return plain if isinstance(plain, dict) else {"places": plain}


def _complete_distribution(values: dict[str, Any], node: Map, reading: Reading) -> None:
    """Say what a distribution lacks or has too much."""
    family = values.get("family")
    corners = [values.get(name) for name in ("low_s", "mode_s", "high_s")]
    if family in ("triangular", "uniform"):
        needed = corners if family == "triangular" else [corners[0], corners[2]]
        what = "low, mode and high" if family == "triangular" else "low and high"
        if any(corner is None for corner in needed) or values.get("cv") is not None:
            message = f"a {family} distribution has {what}, and nothing else"
            reading.fail("distribution-invalid", node.at, message)
        elif not _rising([corner for corner in needed if corner is not None]):
            reading.fail("range-upside-down", node.at, f"{what} are not in rising order")
        return
    if any(corner is not None for corner in corners):
        message = "low, mode and high belong to `triangular` and `uniform`"
        reading.fail("distribution-invalid", node.at, message, hint="name the family")
    elif values.get("mean_s") is None:
        reading.fail("distribution-invalid", node.at, "a duration has no mean")
        values["mean_s"] = 1.0
    elif family in _WITH_CV and values.get("cv") is None:
        hint = f"for example `cv 0.5` after `{family}`"
        reading.fail("distribution-invalid", node.at, f"`{family}` needs a spread", hint=hint)
    elif family in ("constant", "exponential") and values.get("cv") is not None:
        message = f"`{family}` has a spread of its own"
        reading.fail("distribution-invalid", node.at, message, hint="leave `cv` out")
    elif family is None and values.get("cv") is not None:
        values["family"] = "gamma"


def _rising(corners: list[float]) -> bool:
    return corners == sorted(corners) and corners[0] < corners[-1]


def _as_it_is(value: Any, plain: dict[str, Any]) -> None:  # noqa: ANN401  # any element
    """Leave what is written as it is."""
    del value, plain


def install() -> None:
    """Register the completions; done once by the loader."""
    FINISH[Line] = (_complete_line, _shorten_line)
    for cls in (Distribution, Duration, Lifetime):
        FINISH[cls] = (_complete_distribution, _as_it_is)
