"""What an emulated plant keeps on disk: where it stands, what was written to it, what was true.

Four files. `state` is replaced as a whole before each tick is shown. `orders.jsonl` has every
write of a client, before the client is answered. `truth.jsonl` has every sample that was shown
and what really happened, `people.jsonl` what people have to enter. All of them are safe from a
process that is killed; a power cut may cost the last seconds.
"""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from linewright.emulate.faults.way import Carried
from linewright.emulate.kernels import Kept
from linewright.emulate.machines import Raw, Sample
from linewright.emulate.paper.clerks import PEOPLE, Entry
from linewright.emulate.signals import Memory
from linewright.plant import Address

__all__ = ["Bounds", "Fact", "Folder", "OrdersFull", "Saved", "Written"]

_FORM = 4
"""Another one is not read: the play begins anew."""

_log = logging.getLogger(__name__)


TRUTH, BEFORE, SHORT = "truth.jsonl", "truth-before.jsonl", "truth-short.jsonl"
"""Files of truth: the present one, the full one before it, and one that a power cut shortened."""

CONTINUED = "truth.continued"
"""Event that begins a file of truth that goes on from the file before it."""


class Bounds(msgspec.Struct, frozen=True):
    """How large the files become, and how much may wait."""

    truth_bytes: int = 100_000_000
    """Size at which the truth begins a new file; the one before is kept, older ones are not.
    It is far more than one tick writes."""
    orders_bytes: int = 16_000_000
    """Size of all writes ever kept, some hundred thousand; beyond it no write is taken."""
    waiting: int = 1_000
    """Most writes of clients between two ticks."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What a client wrote to a command, with the status that the server answered."""

    command: Address
    value: Raw | None
    by: str
    status: str = "Good"


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event of the truth: a fault that strikes, a write, the beginning of the play.

    `n` counts the accepted writes of a command since the scenario began.
    """

    event: str
    t_ns: int
    address: Address | None = None
    happens: str = ""
    value: Raw | None = None
    by: str = ""
    status: str = ""
    until_ns: int | None = None
    n: int = 0


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a play goes on from."""

    form: int = _FORM
    play: str
    """Fingerprint of plant, scenario and site: another play does not go on from here."""
    t_ns: int
    lines: Mapping[str, Kept]
    memories: Mapping[Address, Memory]
    carried: Carried
    orders: Mapping[Address, Raw]
    writes: Mapping[Address, int]
    ports: Mapping[Address, int]
    births: Mapping[Address, int] = {}
    """How often each edge node has connected: its `bdSeq`."""
    truth_bytes: int = 0
    orders_bytes: int = 0


class OrdersFull(OSError):
    """No further write can be kept; the plant must be started with an empty folder."""


_TO_STATE = msgspec.msgpack.Encoder(enc_hook=str)
_TO_LINE = msgspec.json.Encoder(enc_hook=str)


def _typed(wanted: type, value: object) -> object:
    return wanted(value)


_OF_STATE = msgspec.msgpack.Decoder(Saved, dec_hook=_typed)
_OF_LINE = msgspec.json.Decoder(Written, dec_hook=_typed)


class Folder:
    """The files of one emulated plant; one process at a time has them open.

    Attributes
    ----------
    truth_bytes, orders_bytes
        How long truth and writes are; of the writes those are part of the next `save` that were
        taken.
    """

    def __init__(self, path: Path, bounds: Bounds = Bounds()) -> None:  # noqa: B008  # frozen
        self._bounds = bounds
        path.mkdir(parents=True, exist_ok=True)
        self._state = path / "state"
        self._truth_path = path / TRUTH
        self._truth = self._truth_path.open("ab")
        self._people = path / PEOPLE
        self._orders = (path / "orders.jsonl").open("a+b")
        self._waiting: list[Written] = []
        self._goes_on = False
        self.truth_bytes = self._truth.tell()
        self.orders_bytes = self._taken_bytes = _cut_half_line(self._orders)

    def close(self) -> None:
        """Close the files."""
        self._truth.close()
        self._orders.close()

    def restore(self, play: str) -> Saved | None:
        """Return what the last `save` left, if it was the same play; else None.

        Truth that was written after it is cut off, for none of it was shown. Writes after it wait
        to be taken. Truth that a power cut has shortened goes on as one that follows a full file.
        """
        saved = self._read()
        if saved is None or saved.play != play:
            return None
        if saved.form != _FORM:
            _log.warning("the saved state is of another version, the play begins anew")
            return None
        self._restore_truth(saved.truth_bytes)
        self._taken_bytes = min(saved.orders_bytes, self.orders_bytes)
        self._orders.seek(self._taken_bytes)
        for line in self._orders.read().splitlines():
            try:
                self._waiting.append(_OF_LINE.decode(line))
            except msgspec.MsgspecError:
                _log.warning("a write is damaged and passed over: %s", line[:80])
        return saved

    def _restore_truth(self, saved_bytes: int) -> None:
        """Have the truth end where the saved state says."""
        if self.truth_bytes >= saved_bytes:
            self.truth_bytes = saved_bytes
        elif saved_bytes > self._bounds.truth_bytes:
            # a new file was begun after a full one, and nothing in it was shown
            self.truth_bytes, self._goes_on = 0, True
        else:
            _log.warning("%s is %d bytes short", TRUTH, saved_bytes - self.truth_bytes)
            self._turn(SHORT)
            self._goes_on = True
        self._truth.truncate(self.truth_bytes)

    def _read(self) -> Saved | None:
        try:
            return _OF_STATE.decode(self._state.read_bytes())
        except FileNotFoundError:
            return None
        except (msgspec.MsgspecError, ValueError) as error:
            _log.warning("the saved state cannot be read, the play begins anew: %s", error)
            return None

    def keep(self, written: Written) -> None:
        """Put a write on disk, and have it wait for the next tick.

        Raises
        ------
        OrdersFull
            Too many writes wait, or were ever made.
        """
        line, bounds = _TO_LINE.encode(written) + b"\n", self._bounds
        more_bytes = self.orders_bytes + len(line)
        if len(self._waiting) >= bounds.waiting or more_bytes > bounds.orders_bytes:
            raise OrdersFull(written.command)
        self._orders.write(line)
        self._orders.flush()
        self.orders_bytes = more_bytes
        self._waiting.append(written)

    def enter(self, entries: Sequence[Entry]) -> None:
        """Append what people have to enter; nothing once the file is as large as that of writes."""
        if not entries:
            return
        data = b"".join(_TO_LINE.encode(one) + b"\n" for one in entries)
        with self._people.open("ab") as file:
            if file.tell() + len(data) <= self._bounds.orders_bytes:
                file.write(data)

    def take(self) -> tuple[Written, ...]:
        """Return the writes that wait, in the order in which they came."""
        found = tuple(self._waiting)
        self._waiting.clear()
        self._taken_bytes = self.orders_bytes
        return found

    def waiting(self) -> tuple[Written, ...]:
        """Return the writes that wait, and leave them waiting."""
        return tuple(self._waiting)

    def begin(self) -> None:
        """Begin the truth of another play; the one before is kept once."""
        self.take()
        self._people.unlink(missing_ok=True)
        if self.truth_bytes:
            self._turn()

    def tell(self, facts: Sequence[Fact], samples: Sequence[Sample], t_ns: int = 0) -> None:
        """Append to the truth what happened and what is about to be shown.

        A file that follows a full one begins by saying so, with the plant time up to which
        everything is in files before it: `t_ns`, that of the tick before.
        """
        if self.truth_bytes > self._bounds.truth_bytes:
            self._turn()
            self._goes_on = True
        if self._goes_on:
            self._goes_on = False
            facts = (Fact(event=CONTINUED, t_ns=t_ns), *facts)
        data = b"".join(_TO_LINE.encode(one) + b"\n" for one in (*facts, *samples))
        self._truth.write(data)
        self._truth.flush()
        self.truth_bytes += len(data)

    def _turn(self, name: str = BEFORE) -> None:
        """Begin a new file of truth; the one before stands beside it, one that is short alone."""
        self._truth.close()
        if name == SHORT:
            self._truth_path.with_name(BEFORE).unlink(missing_ok=True)
        self._truth_path.replace(self._truth_path.with_name(name))
        self._truth = self._truth_path.open("ab")
        self.truth_bytes = 0

    def save(self, saved: Saved) -> None:
        """Replace the saved state; a process killed meanwhile leaves the one before."""
        whole = msgspec.structs.replace(
            saved, truth_bytes=self.truth_bytes, orders_bytes=self._taken_bytes
        )
        new = self._state.with_name("state.new")
        new.write_bytes(_TO_STATE.encode(whole))
        new.replace(self._state)


def _cut_half_line(file: BinaryIO) -> int:
    """Cut off a last line that has no end, and return the size: no client was answered for it."""
    file.seek(0)
    data = file.read()
    whole_bytes = data.rfind(b"\n") + 1
    if whole_bytes < len(data):
        _log.warning("a write is damaged and passed over: %s", data[whole_bytes:][:80])
        file.truncate(whole_bytes)
    return whole_bytes
