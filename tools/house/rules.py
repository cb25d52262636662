"""All rules of the house that read files only."""

from collections.abc import Callable

from tools.house import engines, finish, floors, naming, prose, purity, sizes, suite, surface
from tools.house.docstrings import docstrings
from tools.house.tree import Finding, Tree, syntax

Rule = Callable[[Tree], list[Finding]]

RULES: tuple[Rule, ...] = (
    syntax,
    floors.floors,
    floors.faces,
    floors.rooms,
    floors.wiring,
    purity.coroutines,
    purity.clocks,
    purity.bounds,
    sizes.sizes,
    naming.names,
    naming.units,
    engines.engines,
    engines.dependencies,
    finish.contents,
    finish.unfinished,
    finish.silenced,
    finish.frozen,
    docstrings,
    prose.links,
    prose.decisions,
    prose.fragments,
    prose.machine_paths,
    prose.hosts,
    prose.lock_files,
    surface.settings,
    surface.routes,
    suite.claims,
    suite.skips,
    suite.mocks,
    suite.laws,
    suite.mirrors,
)
