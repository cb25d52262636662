"""Plants for the commands: read, or a reason that people can mend; and what is in them."""

from collections import Counter

from linewright.cli.ending import Failed, counted
from linewright.cli.terminal import joined, safe, say
from linewright.plant import Checked, Plant, check

__all__ = ["contents", "plant_of", "problem_counts", "read"]


def read(source: str) -> Checked:
    """Return a plant that can be used.

    Raises
    ------
    Failed
        When it has errors; the first is told, with how to see the others.
    """
    checked = check(source)
    if checked.plant is None:
        first = next(problem for problem in checked.problems if problem.severity == "error")
        say(safe(str(first)), err=True)
        what = f"`{source}` has {problem_counts(checked)}, so it cannot be used"
        raise Failed(what, f"mend what `linewright check {source}` says")
    return checked


def plant_of(checked: Checked) -> Plant:
    """Return the plant of a check without errors."""
    assert checked.plant is not None, "`read` gives no other"
    return checked.plant


def problem_counts(checked: Checked) -> str:
    """Return how many errors and warnings there are, in words; empty for none."""
    counts = Counter(problem.severity for problem in checked.problems)
    return joined([counted(count, noun) for noun, count in sorted(counts.items())])


def contents(plant: Plant) -> str:
    """Return what is in a plant, in one line.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("x", flow=["a"])
    >>> _ = line.station("a", does={"cut": "48 s"}, tags={"kw": {}})
    >>> contents(plant.done())
    '1 site, 1 line, 1 station, 1 tag'
    """
    groups = [group for _, group in plant.groups()]
    stations = [station for _, station in plant.stations()]
    lines = sum(hasattr(group, "flow") for group in groups)
    counts = {
        "site": len(plant.sites),
        "line": lines,
        "work centre": len(groups) - lines,
        "station": len(stations),
        "tag": sum(len(station.tags) for station in stations),
        "product": len(plant.products),
    }
    return joined([counted(count, noun) for noun, count in counts.items() if count])
