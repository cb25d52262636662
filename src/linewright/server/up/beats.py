"""Who hangs: a service whose process lives and that gives no sign of life.

Silence is counted in beats of the supervisor's own, which go over the same bus: while the bus is
away, or the whole machine was asleep, nobody is taken for hung.

>>> beats = Beats()
>>> beats.begin("live")
>>> for _ in range(int(FIRST_BEATS)):
...     beats.own()
>>> beats.hung()
()
>>> beats.own()
>>> beats.hung()
('live',)
"""

__all__ = ["FIRST_BEATS", "HUNG_BEATS", "Beats"]

HUNG_BEATS = 15
"""Beats, a second apart, without a sign of life: then a service hangs."""

FIRST_BEATS = 60
"""The same before its first sign: importing and compiling take long on a busy machine."""

PATIENCE_MAX = 16
"""Each time that a service was ended for hanging it is waited for twice as long, so much more at
most: what only is slow is not ended for ever."""


class _Heard:
    """Of one service."""

    def __init__(self, patience: int) -> None:
        self.silent = 0
        self.has_spoken = False
        self.patience = patience
        self.is_alive = True


class Beats:
    """Signs of life of the services of a site."""

    def __init__(self) -> None:
        self._heard: dict[str, _Heard] = {}

    def begin(self, name: str) -> None:
        """A service was started: it is waited for from now on."""
        before = self._heard.get(name)
        self._heard[name] = _Heard(before.patience if before else 1)

    def end(self, name: str) -> None:
        """A service has ended: nothing is expected of it."""
        if name in self._heard:
            self._heard[name].is_alive = False

    def hear(self, name: str) -> None:
        """A service gave a sign of life."""
        if name in self._heard:
            self._heard[name].silent = 0
            self._heard[name].has_spoken = True

    def own(self) -> None:
        """Our own beat came back over the bus."""
        for heard in self._heard.values():
            heard.silent += 1

    def silent(self, name: str) -> int:
        """Beats since the last sign of life of a service."""
        return self._heard[name].silent

    def hung(self) -> tuple[str, ...]:
        """Names of the services that hang; each is told once until it is started again."""
        found = []
        for name, heard in self._heard.items():
            most = (HUNG_BEATS if heard.has_spoken else FIRST_BEATS) * heard.patience
            if heard.is_alive and heard.silent > most:
                heard.is_alive = False
                heard.patience = min(2 * heard.patience, PATIENCE_MAX)
                found.append(name)
        return tuple(found)
