"""The rules on coroutines, clocks, chance and queues, each against a planted breach."""

import json
from pathlib import Path

import pytest

from tests.house.planting import planted, told
from tools.house.purity import ALLOWED, bounds, clocks, coroutines
from tools.house.tree import SRC

WAITS = "async def wait(): ...\n"


def test_coroutines_stand_in_shells_only(tmp_path: Path) -> None:
    """`async def` is found wherever it is not allowed, and nowhere else."""
    allowed = ["bus/core", "connectors/mqtt/client", "emulate/a", "server/a", "cli/a", "testing/a"]
    allowed += ["history/writer", "history/writer/rows", "live/service", "twin/service"]
    refused = ["plant/a", "plant/service", "numeric/service", "history/reader", "live/core"]
    refused += ["live/inner/service", "schedule/a"]
    tree = planted(tmp_path, {f"{SRC}/{name}.py": WAITS for name in allowed + refused})
    assert {f.path for f in coroutines(tree)} == {f"{SRC}/{name}.py" for name in refused}


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    async def g(): ...\n",
        "class A:\n    async def g(self): ...\n",
        "import asyncio\n",
        "from asyncio import run\n",
        "def f():\n    import anyio\n",
    ],
)
def test_hidden_coroutines_are_found(tmp_path: Path, text: str) -> None:
    """Inner coroutines, methods and the libraries that run them are found too."""
    tree = planted(tmp_path, {f"{SRC}/twin/a.py": text})
    assert [f.rule for f in coroutines(tree)] == ["coroutines"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import time\ntime.time()", "time.time"),
        ("import time as t\nf(clock=t.monotonic_ns)", "time.monotonic_ns"),
        ("from time import sleep as nap\nnap(1)", "time.sleep"),
        ("def f(clock=None):\n    import time\n    return time.perf_counter", "time.perf_counter"),
        ("from datetime import datetime\ndatetime.now(UTC)", "datetime.datetime.now"),
        ("import datetime as dt\ndt.datetime.utcnow()", "datetime.datetime.utcnow"),
        ("import datetime\ndatetime.date.today()", "datetime.date.today"),
        ("import random\nrandom.random()", "random.random"),
        ("from random import shuffle\nshuffle(x)", "random.shuffle"),
        ("import random\nrng = random.Random()", "random.Random"),
        ("import random\nf(random)", "random"),
        ("from random import Random\nfield(default_factory=Random)", "random.Random"),
        ("import numpy as np\nnp.random.normal(0, 1)", "numpy.random.normal"),
        ("import numpy as np\nnp.random.default_rng()", "numpy.random.default_rng"),
        ("import numpy as np\nnp.random.default_rng(None)", "numpy.random.default_rng"),
        (
            "from numpy.random import default_rng\ndefault_rng(seed=None)",
            "numpy.random.default_rng",
        ),
        ("import uuid\nuuid.uuid4()", "uuid.uuid4"),
        ("import os\nos.urandom(8)", "os.urandom"),
        ("import secrets\nsecrets.token_hex()", "secrets.token_hex"),
    ],
)
def test_clocks_and_chance_are_found(tmp_path: Path, text: str, name: str) -> None:
    """Every use of the wall clock or of an unseeded generator is found by its true name."""
    found = clocks(planted(tmp_path, {f"{SRC}/twin/a.py": text + "\n"}))
    assert [f.what.split("`")[1] for f in found] == [name]


def test_what_is_passed_in_is_allowed(tmp_path: Path) -> None:
    """Seeded generators, types of generators and arithmetic on dates are no breach."""
    text = """
        import datetime as dt, random, numpy as np
        def f(rng: np.random.Generator, other: random.Random, day: dt.date) -> dt.datetime:
            a = np.random.default_rng(7), np.random.default_rng(seed=other), random.Random(day)
            return dt.datetime(2026, 1, 1) + dt.timedelta(days=1)
        """
    lines = "\n".join(line[8:] for line in text.splitlines())
    clock = "import time\ntime.monotonic()\n"
    files = {f"{SRC}/twin/a.py": lines, f"{SRC}/live/service.py": clock, f"{SRC}/cli/a.py": clock}
    assert told(clocks(planted(tmp_path, files))) == []


def test_shells_may_read_the_clock_but_not_draw(tmp_path: Path) -> None:
    """A shell reads the clock; randomness without a seed is refused there too."""
    text = "import time, os\ntime.time()\nos.urandom(1)\n"
    found = clocks(planted(tmp_path, {f"{SRC}/live/service.py": text}))
    assert [f.what for f in found] == ["`os.urandom`: take an rng as an argument"]


def test_exceptions_need_a_reason_and_a_use(tmp_path: Path) -> None:
    """An exception with a reason counts; one without a reason or without a use is found."""
    file = f"{SRC}/bus/epoch.py"
    listed = {file: {"os.urandom": "an epoch must differ from all others", "time.time": "because"}}
    files = {file: "import os\nos.urandom(8)\n", ALLOWED: json.dumps(listed)}
    assert [f.what for f in clocks(planted(tmp_path, files))] == [
        f"{file}: time.time is not used there",
        f"{file}: time.time has no reason",
    ]


def test_queues_without_a_bound_are_found(tmp_path: Path) -> None:
    """A queue without a size is found, one with a size is not."""
    text = "import asyncio, queue\na = asyncio.Queue()\nb = queue.Queue(maxsize=9)\n"
    text += "c = queue.SimpleQueue()\n"
    found = bounds(planted(tmp_path, {f"{SRC}/bus/a.py": text}))
    assert [(f.line, f.what) for f in found] == [
        (2, "`asyncio.Queue` without a bound"),
        (4, "`queue.SimpleQueue` without a bound"),
    ]
