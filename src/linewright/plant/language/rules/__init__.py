"""Rules that look at the whole plant, after every value was read on its own.

A rule is a function of a `Scene`; it reports and never raises. To add one,
write the function in the file of its theme, list it here, and give its code a
line in `problems.CODES` and in `docs/problems.md`.
"""

from collections.abc import Callable

from linewright.plant.language.rules import (
    agreement,
    making,
    references,
    signals,
    sites,
    structure,
    topics,
    upkeep,
)
from linewright.plant.language.rules.scene import Scene
from linewright.plant.language.syntax.reading import Locator, Reading
from linewright.plant.model.enterprise import Plant

RULES: tuple[Callable[[Scene], None], ...] = (
    references.check_references,
    references.check_circles,
    structure.check_lines,
    structure.check_stations,
    structure.check_fixtures,
    upkeep.check_maintenance,
    upkeep.check_loads,
    structure.check_names,
    structure.check_former_names,
    making.check_routes,
    making.check_standard_times,
    making.check_boms,
    making.check_gives,
    making.check_setups,
    making.check_options,
    agreement.check_products,
    agreement.check_rework,
    agreement.check_takt,
    agreement.check_wears,
    agreement.check_fixture_places,
    agreement.check_standard_places,
    agreement.check_ceilings,
    agreement.check_tariff_periods,
    signals.check_connections,
    signals.check_tags,
    signals.check_commands,
    signals.check_remedies,
    signals.check_gateways,
    topics.check_topics,
    signals.check_formulas,
    sites.check_calendars,
    sites.check_tariffs,
    sites.check_lanes,
    sites.check_reasons,
    sites.check_labels,
)

LAST: tuple[Callable[[Scene], None], ...] = (sites.check_unused, sites.check_idle)
"""Rules on what nothing needs; asked only when there is no error, since one may be the reason."""


def check_rules(plant: Plant, reading: Reading, locator: Locator) -> None:
    """Apply every rule; problems go to the reading's report. Cost linear in the plant."""
    scene = Scene(plant, reading, locator)
    for rule in RULES:
        rule(scene)
    if not reading.report.has_errors:
        for rule in LAST:
            rule(scene)
