"""The one file of this room that knows numpy and numba: plain functions, compiled.

A kernel is written as plain functions over `Ints` and `Floats`. `compiled` makes a second,
compiled copy of such a function and of all that it calls; the plain ones stay as they are, so
both run side by side from one source.
"""

import hashlib
import inspect
import logging
import os
import shutil
import threading
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core.registry import cpu_target

from linewright.numeric.arrays import Floats, Ints
from linewright.numeric.counters import word

Function = Callable[..., Any]

OURS = "linewright."
"""Modules whose constants a kernel reads begin so."""

VERSIONS_KEPT = 8
"""Versions of the kernel whose machine code is kept: some of each checkout that is worked on."""

_naming = threading.Lock()
"""Numba's cache folder is one setting of the whole process: one thread at a time changes it."""

_log = logging.getLogger(__name__)


def arrays(block: bytearray, ints: int) -> tuple[Ints, Floats]:
    """Return what `linewright.numeric.views` returns, as numpy arrays on the same memory."""
    whole: Ints = np.frombuffer(block, np.int64, ints)
    real: Floats = np.frombuffer(block, np.float64, offset=8 * ints)
    return whole, real


def compiled(function: Function) -> Function:
    """Return a compiled copy of a plain function, its machine code kept on disk.

    Numba's own cache misses edits of callees in other files. Here the folder is named by all
    sources and constants that the function reaches, the versions and the processor.

    Parameters
    ----------
    function
        It and what it calls take and return numbers and arrays, and read only functions,
        numbers and modules of their own modules.

    Notes
    -----
    It is compiled when first called: seconds, or tenths of a second from the cache. Where the
    folder cannot be written it is compiled anew in each process, and a warning says so.
    """
    with _naming:
        return _compiled(function)


def _compiled(function: Function) -> Function:
    found = _reached(function)
    folder = cache_folder() / f"kernel-{_fingerprint(found)}"
    cached = _writable(folder)
    former = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder) if cached else former
    try:
        made: dict[Function, Function] = {word: numba.njit(_word)}
        for plain in found:
            if plain is not word:
                made[plain] = numba.njit(
                    _copy(plain, made), cache=cached, error_model="numpy", _nrt=False
                )
    finally:
        numba.config.CACHE_DIR = former
    return made[function]


def cache_folder() -> Path:
    """Return where machine code is kept: `LINEWRIGHT_CACHE`, else the user's cache folder."""
    own = os.environ.get("LINEWRIGHT_CACHE")
    if own:
        return Path(own)
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "linewright"


def _word(x: int) -> Any:  # noqa: ANN401  # numba's own type
    return np.uint64(x)


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.touch()
        _forget_old(folder.parent)
    except OSError as wrong:
        _log.warning("cannot keep machine code in %s: %s", folder, wrong)
        return False
    return os.access(folder, os.W_OK)


def _forget_old(cache: Path) -> None:
    """Keep the machine code of the versions used last; another process compiles its own anew."""
    kept = sorted(cache.glob("kernel-*"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in kept[VERSIONS_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _names(code: types.CodeType) -> set[str]:
    inner = (one for one in code.co_consts if isinstance(one, types.CodeType))
    return set(code.co_names).union(*(_names(one) for one in inner))


def _used(function: Function) -> dict[str, Any]:
    """Return the globals that a function reads, by name in order."""
    known = function.__globals__
    return {name: known[name] for name in sorted(_names(function.__code__)) if name in known}


def _reached(function: Function) -> list[Function]:
    """Return a function and all that it calls, callees first, each once."""
    found: list[Function] = []

    def visit(one: Function) -> None:
        if one in found:
            return
        for value in _used(one).values():
            if isinstance(value, types.FunctionType) and value is not one:
                visit(value)
        if one not in found:
            found.append(one)

    visit(function)
    return found


def _cpu() -> tuple[str, ...]:
    """Return what numba compiles for: platform, processor and its features."""
    found: tuple[str, ...] = cpu_target.target_context.codegen().magic_tuple()
    return found


def _fingerprint(functions: list[Function]) -> str:
    parts = [numba.__version__, np.__version__, repr(_cpu())]
    parts.append(Path(__file__).read_text(encoding="utf-8"))
    for one in functions:
        parts.append(inspect.getsource(one))
        for name, value in _used(one).items():
            if isinstance(value, int | float):
                parts.append(f"{name}={value!r}")
            elif isinstance(value, types.ModuleType) and value.__name__.startswith(OURS):
                parts.append(inspect.getsource(value))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def _copy(plain: Function, made: dict[Function, Function]) -> Function:
    names: dict[str, Any] = {"__name__": plain.__module__, "__builtins__": __builtins__}
    for name, value in _used(plain).items():
        names[name] = made.get(value, value) if isinstance(value, types.FunctionType) else value
    copy = types.FunctionType(plain.__code__, names, plain.__name__)
    copy.__qualname__ = plain.__qualname__
    return copy
