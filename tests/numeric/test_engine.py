"""The compiled copy of a plain function."""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from linewright.numeric import Floats, Ints, draw, engine, stream, uniform, views

SCALE = 3.0


def fill(s: Ints, f: Floats, n: int) -> None:
    """Write draws of every family, and some uniform numbers."""
    key = stream(s[0], 5, 2)
    for k in range(n):
        f[k] = SCALE * draw(k % 8, 2.0, 3.0 + k % 3, 9.0 if k % 8 == 6 else 0.25, (key, k))
        f[n + k] = uniform(key, k) + math.log(1.0 + k)


def add_up(a: Ints, b: Floats, c: Ints, d: Ints) -> int:
    """Write sums of arrays into others, from `d[0]` on; return how far it came."""
    first, count = d[0], d[1]
    for k in range(first, first + count):
        c[k] = a[k] + first
        b[k] = SCALE * b[k] + uniform(stream(a[0], 1, 2), k)
        d[k] = c[k] - k
    return first + count


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("LINEWRIGHT_CACHE", str(tmp_path))
    return tmp_path


def test_compiled_gives_the_same_bits(own_cache: Path) -> None:
    """Every family, every bit; and the machine code is kept in a folder named by its sources."""
    n = 400
    plain, fast = bytearray(8 * (1 + 2 * n)), bytearray(8 * (1 + 2 * n))
    s, f = views(plain, 1)
    s[0] = 77
    fill(s, f, n)
    s, f = engine.arrays(fast, 1)
    s[0] = 77
    engine.compiled(fill)(s, f, n)
    assert fast == plain
    assert [each.name[:7] for each in own_cache.iterdir()] == ["kernel-"]
    assert list(own_cache.rglob("*.nbc"))


def test_bare_memory_gives_the_same_bits(own_cache: Path) -> None:
    """A function of four arrays, with and without arrays inside."""
    n = 50
    blocks = []
    for jit in (False, True):
        take = engine.arrays if jit else views
        made = [bytearray(8 * (n + 1)) for _ in range(4)]
        a, c, d = (take(made[k], n + 1)[0] for k in (0, 2, 3))
        b = take(made[1], 0)[1]
        for k in range(n):
            a[k], b[k] = 3 * k + 7, 0.1 * k
        d[0], d[1] = 5, n - 5
        function = engine.bare(add_up) if jit else add_up
        assert function(a, b, c, d) == n
        blocks.append([bytes(one) for one in made])
    assert blocks[0] == blocks[1]
    assert [each.name[:7] for each in own_cache.iterdir()] == ["kernel-"]


def test_a_block_begins_with_a_line_of_the_cache() -> None:
    """The copy has the same bytes at an address of whole lines; what stands so is not copied."""
    block = bytearray(range(256)) * 40
    for first in range(0, 64, 8):
        copy = engine.aligned(memoryview(block)[first:])
        assert bytes(copy) == bytes(block[first:])
        assert engine.aligned(copy) is copy


def test_a_changed_constant_is_another_folder(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Machine code is never taken for a source or constant that has changed, callees included."""
    engine.compiled(fill)
    monkeypatch.setitem(fill.__globals__, "SCALE", 4.0)
    engine.compiled(fill)
    assert len(list(own_cache.iterdir())) == 2


def test_the_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The own setting comes before the user's cache folder."""
    monkeypatch.delenv("LINEWRIGHT_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert engine.cache_folder() == Path("/somewhere/linewright")
    monkeypatch.setenv("LINEWRIGHT_CACHE", "/own")
    assert engine.cache_folder() == Path("/own")


def test_old_versions_are_forgotten(own_cache: Path) -> None:
    """The cache does not grow without bound: the versions used last stay."""
    for n in range(engine.VERSIONS_KEPT + 3):
        old = own_cache / f"kernel-old{n}"
        old.mkdir()
        os.utime(old, (n, n))
    engine.compiled(fill)
    left = {each.name for each in own_cache.iterdir()}
    assert len(left) == engine.VERSIONS_KEPT
    assert "kernel-old0" not in left
    assert f"kernel-old{engine.VERSIONS_KEPT + 2}" in left


def test_threads_leave_nothing_where_the_process_stands(
    own_cache: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of the machine code is one setting of numba's: it is changed by one at a time."""
    here = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(here)
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: engine.compiled(fill), range(40)))
    assert len(made) == 40
    assert list(here.iterdir()) == []
    assert own_cache.is_dir()
