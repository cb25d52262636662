"""A map that cannot be changed: what frozen values hold where a dict would do."""

from typing import Any, NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FrozenMap(dict[K, V]):
    """A dict that cannot be changed; equal to any dict with the same entries.

    Examples
    --------
    >>> FrozenMap({"saw": 1})["saw"]
    1
    >>> FrozenMap({"saw": 1}) == {"saw": 1}
    True
    """

    __slots__ = ()

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise TypeError("a plant is frozen; make a new one instead of changing this one")

    __setitem__ = __delitem__ = _refuse
    __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]  # frozen, hence hashable
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (dict(self),))


EMPTY: FrozenMap[Any, Any] = FrozenMap()
