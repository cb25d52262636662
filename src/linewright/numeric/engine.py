"""The one file of this room that knows numpy and numba: plain functions, compiled.

A kernel is written as plain functions over `Ints` and `Floats`. `compiled` makes a second,
compiled copy of such a function and of all that it calls; the plain ones stay as they are, so
both run side by side from one source.
"""

import contextlib
import hashlib
import importlib
import inspect
import logging
import os
import shutil
import subprocess
import sys
import threading
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba import types as nb
from numba.core.codegen import JITCodeLibrary
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from linewright.numeric.arrays import Block, Floats, Ints
from linewright.numeric.counters import word

Function = Callable[..., Any]

OURS = "linewright."
"""Modules whose constants a kernel reads begin so."""

LINE_BYTES = 64
"""What memory is fetched by."""

VERSIONS_KEPT = 8
"""Versions of the kernel whose machine code is kept: some of each checkout that is worked on."""

SCALAR = {"LOOP_VECTORIZE": 0, "SLP_VECTORIZE": 0}
"""Without vector instructions a kernel that reads single numbers is a third faster."""

BUILD_S = 600.0
"""Longest wait for machine code: some 20 s are usual."""

_naming = threading.Lock()
"""Numba's cache folder is one setting of the whole process: one thread at a time changes it."""

_log = logging.getLogger(__name__)


def aligned(block: Block) -> Block:
    """Return a copy of a block that begins with a line of the cache; one that does is returned."""
    found = np.frombuffer(block, np.uint8)
    if found.ctypes.data % LINE_BYTES == 0:
        return block
    room = np.empty(len(block) + LINE_BYTES, np.uint8)
    first = -room.ctypes.data % LINE_BYTES
    copy = room[first : first + len(block)]
    copy[:] = found
    return copy.data


def arrays(block: Block, ints: int) -> tuple[Ints, Floats]:
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


@intrinsic  # type: ignore[untyped-decorator]  # numba has no types
def _bare(context: Any, array: Any) -> Any:  # noqa: ANN401, ARG001  # numba's own types
    """Return the memory of an array, to be read and written by position."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401  # likewise
        made = context.make_array(signature.args[0])
        return made(context, builder, arguments[0]).data

    return nb.CPointer(array.dtype)(array), generate


def _enter(a: Any, b: Any, c: Any, d: Any) -> int:  # noqa: ANN401  # arrays of either kind
    return _inside(_bare(a), _bare(b), _bare(c), _bare(d))


def _inside(a: Any, b: Any, c: Any, d: Any) -> int:  # noqa: ANN401  # memory of either kind
    """Stand for the kernel in the entry; `_whole` puts the kernel in its place."""
    raise AssertionError(a, b, c, d)


def bare(function: Function) -> Function:
    """Return a compiled copy of a function of four arrays: integers, numbers, integers, integers.

    Inside it arrays are bare memory: an index below 0 does not count from the end, which saves
    a comparison at each of some hundred places an event, a third of the time. All that it calls
    is optimised once, together, and kept as one piece of machine code.

    Parameters
    ----------
    function
        As for `compiled`.

    Notes
    -----
    It is compiled here, not when first called; the first time of an installation another process
    does that, for some 20 s.
    """
    with _naming:
        folder = cache_folder() / f"kernel-{_fingerprint(_reached(function))}"
        mark = folder / f"{function.__name__}.whole"
        if _writable(folder) and not mark.exists():
            _build_apart(function)
        return _whole(function, folder, in_parts=False)


def build(module: str, name: str) -> None:
    """Make the machine code of a kernel and keep it; what a process of its own does for `bare`.

    Parameters
    ----------
    module, name
        Where the function is.
    """
    function = getattr(importlib.import_module(module), name)
    folder = cache_folder() / f"kernel-{_fingerprint(_reached(function))}"
    with _naming:
        _whole(function, folder, in_parts=True)
    (folder / f"{function.__name__}.whole").touch()


def _build_apart(function: Function) -> None:
    """Have another process make the machine code: what is optimised late is known by no name here.

    Where that fails, it is made here, and takes longer.
    """
    what = f"{function.__module__!r}, {function.__name__!r}"
    program = f"from linewright.numeric.engine import build; build({what})"
    try:
        subprocess.run(  # noqa: S603  # our own interpreter and program
            [sys.executable, "-c", program],
            check=True,
            timeout=BUILD_S,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
    except (OSError, subprocess.SubprocessError) as wrong:
        _log.warning("the kernel could not be compiled apart, and is compiled here: %s", wrong)


def _whole(function: Function, folder: Path, *, in_parts: bool) -> Function:
    """Return the entry to a kernel, compiled; `in_parts`: optimised only once it is together."""
    made: dict[Function, Function] = {word: numba.njit(_word)}
    for plain in _reached(function):
        if plain is not word:
            made[plain] = _inner(_copy(plain, made))
    names = {"__name__": __name__, "__builtins__": __builtins__}
    names.update({"_inside": made[function], "_bare": _bare})
    entry = types.FunctionType(_enter.__code__, names, f"enter_{function.__name__}")
    ints, floats = nb.CPointer(nb.int64), nb.CPointer(nb.float64)
    inner: Any = made[function]
    arrays_of = (nb.int64[::1], nb.float64[::1], nb.int64[::1], nb.int64[::1])
    cached = _writable(folder)
    with _settings(CACHE_DIR=str(folder) if cached else numba.config.CACHE_DIR, **SCALAR):
        whole: Any = numba.njit(entry, cache=cached, error_model="numpy", _nrt=False)
        if in_parts:
            with _settings(OPT=type(numba.config.OPT)(0)), _parts_only():
                inner.compile((ints, floats, ints, ints))
            with _linked():
                whole.compile(arrays_of)
        else:
            whole.compile(arrays_of)
    found: Function = whole
    return found


def _inner(function: Function) -> Function:
    """Return a function to be compiled that only compiled ones call, once for each kind of number.

    Numba makes one copy more for each constant that it is called with, and ways in from Python
    and C: a third of the time to compile.
    """
    made: Any = numba.njit(
        function, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True
    )
    template_of = made.get_call_template

    def for_any_number(args: tuple[Any, ...], named: dict[str, Any]) -> Any:  # noqa: ANN401  # numba's own types
        return template_of(tuple(_any_number(one) for one in args), named)

    made.get_call_template = for_any_number
    found: Function = made
    return found


def _any_number(kind: Any) -> Any:  # noqa: ANN401  # numba's own types
    """Return the type of a number, or of a tuple of some, that a constant is one of."""
    if isinstance(kind, nb.BaseTuple):
        return nb.BaseTuple.from_types([_any_number(one) for one in kind.types])
    return nb.unliteral(kind)


@contextlib.contextmanager
def _parts_only() -> Iterator[None]:
    """Have numba translate functions and do no more with them: a third of the time.

    Numba would link each with all that it calls, and make machine code of it. What is compiled so
    can be linked into a whole (`_linked`), and never be called by itself: it is for the process
    that `build` runs in and that ends afterwards.
    """
    context = cpu_target.target_context

    def linked_later(self: Any) -> None:  # noqa: ANN401  # numba's own type
        self._finalize_dynamic_globals()
        self._finalized = True

    with _finalized_by(linked_later):
        context.get_executable = lambda *_: [].append  # a function of its own, never called
        try:
            yield
        finally:
            del context.get_executable


@contextlib.contextmanager
def _linked() -> Iterator[None]:
    """Have numba link a function with all that it calls, however deep."""
    former = JITCodeLibrary.finalize

    def with_all(self: Any) -> None:  # noqa: ANN401  # numba's own type
        found: dict[int, Any] = {}
        below = [*self._linking_libraries]
        while below:
            one = below.pop()
            if id(one) not in found:
                found[id(one)] = one
                below += one._linking_libraries  # noqa: SLF001  # no public way to know them
        self._linking_libraries = [*found.values()]
        former(self)

    with _finalized_by(with_all):
        yield


@contextlib.contextmanager
def _finalized_by(finalize: Function) -> Iterator[None]:
    """Have numba end the translation of each function in another way for a while."""
    former = JITCodeLibrary.finalize
    JITCodeLibrary.finalize = finalize
    try:
        yield
    finally:
        JITCodeLibrary.finalize = former


@contextlib.contextmanager
def _settings(**wanted: Any) -> Iterator[None]:  # noqa: ANN401  # numba's own types
    """Have numba compile with other settings for a while."""
    former = {name: getattr(numba.config, name) for name in wanted}
    for name, value in wanted.items():
        setattr(numba.config, name, value)
    try:
        yield
    finally:
        for name, value in former.items():
            setattr(numba.config, name, value)


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
        parts += (one.__module__, inspect.getsource(one))
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
