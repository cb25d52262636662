"""What the supervisor tells of each thing that it runs, for a line or for a row of a terminal."""

import msgspec

__all__ = ["DOES", "Told"]

DOES = {
    "bus": "carries and keeps all messages",
    "past": "plays the days before",
    "server": "serves the page, confirms authority",
    "emulate": "plays the machines of plant",
    "connect": "reads and writes the machines",
    "history": "stores all samples and records",
    "live": "derives states and counts parts",
    "think": "finds deviations and proposes cures",
    "query": "answers SQL over the history",
}
"""What each does, in five words at most."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One thing and how it is.

    Examples
    --------
    >>> str(Told(name="live", state="started", pid=7))
    'live     started  derives states and counts parts, pid 7'
    >>> str(Told(name="live", state="stopped"))
    'live     stopped'
    """

    name: str
    state: str
    words: str = ""
    pid: int = 0
    restarts: int = 0

    @property
    def does(self) -> str:
        """What it does, where that is known."""
        return DOES.get(self.name, "")

    @property
    def count(self) -> str:
        """Its process and how often it was started again, in words."""
        pid = f"pid {self.pid}" if self.pid else ""
        again = f"restarts {self.restarts}" if self.restarts > 0 else ""
        return ", ".join(word for word in (pid, again) if word)

    def __str__(self) -> str:
        said = [self.does if self.state == "started" else "", self.count, self.words]
        line = ", ".join(word for word in said if word)
        return f"{self.name:8} {self.state:8} {line}".rstrip()
