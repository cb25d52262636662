"""Pure cores: no coroutine, no clock and no chance outside the shells."""

import ast

from tools.house.imports import aliases, imports, references
from tools.house.tree import SRC, Finding, Source, Tree

ASYNC_ROOMS = frozenset(["bus", "connectors", "emulate", "server", "cli", "testing"])
"""Rooms that may hold coroutines anywhere: their work is waiting for the world."""

ASYNC_LIBRARIES = frozenset(["asyncio", "anyio", "trio", "curio"])

CLOCK_ROOMS = frozenset(["server", "cli", "testing"])
"""Rooms that may read the clock: the shell of the whole house, and who watches it run."""

ALLOWED = "tests/house/clocks.json"
"""Exceptions to the rule `clocks`, each with its reason: path -> name -> why."""

REASON_WORDS = 3
"""Fewer words are no reason."""

_TIME = "time time_ns monotonic monotonic_ns perf_counter perf_counter_ns process_time sleep"
_TIME += " process_time_ns thread_time thread_time_ns clock_gettime clock_gettime_ns"
_TIME += " localtime gmtime ctime asctime strftime"
CLOCKS = frozenset(
    [f"time.{name}" for name in _TIME.split()]
    + ["datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today"]
    + ["datetime.date.today", "asyncio.sleep", "uuid.uuid1"]
)
"""What reads the wall clock or waits on it."""

CHANCE = frozenset(["uuid.uuid4", "os.urandom", "os.getrandom", "random.SystemRandom"])
"""What takes randomness from the machine; all of `secrets` and of the global generators too."""

SEEDED = frozenset(
    ["random.Random"]
    + [f"numpy.random.{name}" for name in ("default_rng", "SeedSequence", "RandomState")]
    + [f"numpy.random.{name}" for name in ("PCG64", "PCG64DXSM", "Philox", "SFC64", "MT19937")]
)
"""Generators that are our own when they are given a seed."""

TYPES = frozenset(["numpy.random.Generator", "numpy.random.BitGenerator"])
"""Names in the random modules that carry no state of their own."""

QUEUES = frozenset(
    [f"queue.{name}" for name in ("Queue", "LifoQueue", "PriorityQueue")]
    + [f"asyncio.{name}" for name in ("Queue", "LifoQueue", "PriorityQueue")]
    + ["multiprocessing.Queue"]
)


def coroutines(tree: Tree) -> list[Finding]:
    """Coroutines stand only in shells (`service.py`) and in rooms that wait for the world."""
    findings = []
    for source in tree.python(SRC):
        if _may_wait(source):
            continue
        for node in source.nodes:
            if isinstance(node, ast.AsyncFunctionDef):
                what = f"`async def {node.name}` in a pure core; it belongs in service.py"
                findings.append(Finding(source.path, node.lineno, "coroutines", what))
        for found in imports(source):
            if found.module.split(".")[0] in ASYNC_LIBRARIES and not found.typing_only:
                what = f"imports {found.module} in a pure core"
                findings.append(Finding(source.path, found.line, "coroutines", what))
    return findings


def clocks(tree: Tree) -> list[Finding]:
    """No wall clock and no unseeded randomness, but for shells and what `ALLOWED` lists."""
    allowed = tree.entries(ALLOWED)
    used: set[tuple[str, str]] = set()
    findings = []
    for source in tree.python(SRC):
        unseeded = _unseeded(source)
        for node, name in references(source):
            if _is_clock(name) and not _may_read_clock(source):
                kind = "a clock"
            elif _is_chance(name, unseeded=id(node) in unseeded):
                kind = "an rng"
            else:
                continue
            if name in allowed.get(source.path, {}):
                used.add((source.path, name))
            else:
                what = f"`{name}`: take {kind} as an argument"
                findings.append(Finding(source.path, node.lineno, "clocks", what))
    for path, names in allowed.items():
        for name, reason in names.items():
            if (path, name) not in used:
                findings.append(Finding(ALLOWED, 1, "clocks", f"{path}: {name} is not used there"))
            if len(str(reason).split()) < REASON_WORDS:
                findings.append(Finding(ALLOWED, 1, "clocks", f"{path}: {name} has no reason"))
    return findings


def bounds(tree: Tree) -> list[Finding]:
    """Every queue has a bound."""
    findings = []
    for source in tree.python(SRC):
        known = aliases(source)
        names = {id(node): name for node, name in references(source)} if known else {}
        for node in source.nodes:
            if isinstance(node, ast.Call) and not node.args and not node.keywords:
                name = names.get(id(node.func), "")
                if name in QUEUES or name.endswith("queue.SimpleQueue"):
                    what = f"`{name}` without a bound"
                    findings.append(Finding(source.path, node.lineno, "bounds", what))
    return findings


def _may_wait(source: Source) -> bool:
    """Whether coroutines may stand in a file; the rooms of floor 0 have no shell at all."""
    if source.room in ASYNC_ROOMS:
        return True
    if source.room == "history" and source.within.split("/")[0] in {"writer.py", "writer"}:
        return True
    return _is_shell(source)


def _may_read_clock(source: Source) -> bool:
    return source.room in CLOCK_ROOMS or _is_shell(source)


def _is_shell(source: Source) -> bool:
    if source.room == "history" and source.within == "querying/service.py":
        return True  # a process of its own, which shares the files of history and nothing else
    return source.within == "service.py" and source.room not in {"plant", "numeric", None}


def _is_clock(name: str) -> bool:
    return name in CLOCKS


def _is_chance(name: str, *, unseeded: bool) -> bool:
    if name in TYPES:
        return False
    if name in SEEDED:
        return unseeded
    modules = ("random", "numpy.random", "secrets")
    return name in CHANCE or any(name == m or name.startswith(f"{m}.") for m in modules)


def _unseeded(source: Source) -> set[int]:
    """Expressions that are called without a seed, or handed on for somebody else to call."""
    found: set[int] = set()
    for node in source.nodes:
        if isinstance(node, ast.Call):
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            found |= {id(value) for value in values}
            if not _has_seed(node):
                found.add(id(node.func))
    return found


def _has_seed(call: ast.Call) -> bool:
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(not (isinstance(v, ast.Constant) and v.value is None) for v in values)
