"""What a Sparkplug host application makes of each message of one edge node, as a pure function.

The rules are those of the specification; where nodes in the field break them the choice is said
beside the code: their data are kept wherever their meaning is certain, and every doubt is told.

>>> from linewright.connectors.sparkplug.datatypes import DataType
>>> from linewright.connectors.sparkplug.payload import Metric, Payload
>>> birth = Payload(seq=0, metrics=(Metric(name="n", alias=1, datatype=DataType.INT32, value=3),))
>>> node, events = step(begin(Node(), 0), Message("NBIRTH", None, birth), 0)
>>> data = Payload(seq=1, metrics=(Metric(alias=1, value=4294967284),))
>>> node, events = step(node, Message("NDATA", None, data), 1)
>>> events[0].readings
(Reading(name='n', value=-12, status=0, timestamp_ms=None),)
"""

from collections.abc import Iterable, Sequence

import msgspec

from linewright.connectors.sparkplug.datatypes import DataType
from linewright.connectors.sparkplug.node import (
    UNCERTAIN,
    Asked,
    Born,
    Died,
    Event,
    Known,
    Message,
    Missed,
    Node,
    Noted,
    Reading,
    Rules,
    Scope,
    Told,
    has_room,
    known_metrics,
    reading_of,
    weighed,
)
from linewright.connectors.sparkplug.payload import Metric, Payload, Template

__all__ = ["RULES", "begin", "failed", "step"]

RULES = Rules()

REBIRTH = "Node Control/Rebirth"
BD_SEQ = "bdSeq"

_TURNS = 256
_NS_PER_S = 1_000_000_000
_replace = msgspec.structs.replace


def begin(node: Node, now_ns: int) -> Node:
    """Node as it is known when the connection to the broker has just begun.

    Births may have been missed: datatypes under their names are kept, aliases are not.
    """
    scopes = {
        device: _replace(scope, phase="unborn", aliases={}, own_seq=None)
        for device, scope in node.scopes.items()
    }
    return Node(
        scopes=scopes,
        wanted=node.wanted,
        begun_ns=now_ns,
        can_rebirth=node.can_rebirth,
        notes=node.notes,
        definitions=node.definitions,
    )


def step(
    node: Node, message: Message | None, now_ns: int, rules: Rules = RULES
) -> tuple[Node, tuple[Event, ...]]:
    """Take one message in, or only the time; what is known then, and what happened.

    Parameters
    ----------
    node
        What was known.
    message
        What was heard; None: nothing, but time went on.
    now_ns
        Steady clock.
    rules
        How long to wait for what.

    Returns
    -------
    tuple[Node, tuple[Event, ...]]
        Events in the order in which they are to be told.

    Notes
    -----
    Linear in the metrics of the message.
    """
    taken = _Step(node, now_ns, rules)
    if message is None:
        taken.time()
    else:
        taken.hear(message)
    return taken.node, tuple(taken.events)


def failed(node: Node, message: Message | None, now_ns: int) -> tuple[Node, tuple[Event, ...]]:
    """Go on after a step that failed by a fault of ours: what waited and the message are a gap.

    After data the node is known as before; after anything else nothing is taken for known.
    """
    why = "a message of it could not be taken in"
    missed = Missed(device=None, whole=True, why=why, refused=True)
    if message is not None and message.kind in {"NDATA", "DDATA"}:
        seq = message.payload.seq
        is_number = isinstance(seq, int) and 0 <= seq < _TURNS
        return _replace(node, held=(), aside=(), seq=seq if is_number else node.seq), (missed,)
    died = [Died(device=each, why=why) for each, scope in node.scopes.items() if scope.lives]
    # Births are large: they are not asked for more often because of this.
    anew = _replace(begin(node, now_ns), asks=node.asks, asked_ns=node.asked_ns)
    return anew, (missed, *died)


class _Step:
    """One step: the node as it becomes, and the events so far."""

    def __init__(self, node: Node, now_ns: int, rules: Rules) -> None:
        self.node = node
        self.events: list[Event] = []
        self._now_ns = now_ns
        self._rules = rules

    # --- messages

    def hear(self, message: Message) -> None:
        """Take a message in."""
        kind, node = message.kind, self.node
        if kind == "NBIRTH":
            self._node_birth(message.payload)
            return
        if kind == "NDEATH":
            self._node_death(message.payload)
            return
        if kind in {"NCMD", "DCMD"}:
            return
        scope = node.scopes.get(message.device, _NEW)
        home = node.scopes[None]
        if self._is_passed_over(message.device) and not home.lives:
            return
        if scope.phase == "adopted" and kind in {"NDATA", "DDATA"}:
            self._adopted(message, scope)
        elif scope.own_seq is not None or (kind == "DBIRTH" and not home.lives):
            self._lone(message, scope)
        elif not home.lives:
            self._early(message, scope)
        else:
            self._in_turn(message)

    def _in_turn(self, message: Message) -> None:
        """Take a message of a living node in when its number says so."""
        node, payload = self.node, message.payload
        seq = payload.seq
        if seq is None or not 0 <= seq < _TURNS:
            self._note("some of its messages have no sequence number: a loss of them is not seen")
            self._apply(message)
        elif node.seq is None or seq == (node.seq + 1) % _TURNS:
            self._take(message)
            if self.node.held:
                self._drain()
        elif seq == node.seq and payload.timestamp_ms == node.last_ms:
            return  # delivered twice
        else:
            since_ns = node.held_ns if node.held else self._now_ns
            held = (*node.held, weighed(message))
            self._renew(held=held, held_ns=since_ns)
            if len(held) > self._rules.reorder_max or self._is_heavy(held):
                self._release()

    def _take(self, message: Message) -> None:
        payload = message.payload
        self._renew(seq=payload.seq, last_ms=payload.timestamp_ms, doubt_ns=None)
        self._apply(message)

    def _apply(self, message: Message) -> None:
        if self._is_passed_over(message.device):
            return
        if message.kind == "DBIRTH":
            self._device_birth(message)
        elif message.kind == "DDEATH":
            self._device_death(message)
        else:
            self._data(message)

    def _drain(self) -> None:
        """Take those that waited and whose turn it is now."""
        while True:
            node = self.node
            assert node.seq is not None, "a numbered message was just taken"
            following = (node.seq + 1) % _TURNS
            due = next((each for each in node.held if each.payload.seq == following), None)
            if due is None:
                return
            self._renew(held=tuple(each for each in node.held if each is not due))
            self._take(due)

    def _release(self) -> None:
        """Give up waiting: take what waited in its order, and ask for the births."""
        node = self.node
        if not node.held:
            return
        seq = node.seq or 0
        waited = sorted(node.held, key=lambda each: ((each.payload.seq or 0) - seq - 1) % _TURNS)
        first = waited[0].payload.seq or 0
        count = (first - seq - 1) % _TURNS
        self._renew(held=())
        self.events.append(
            Missed(device=None, whole=True, why=f"{count} messages before number {first} are lost")
        )
        for message in waited:
            if self.node.scopes[None].lives:
                self._take(message)
        self._ask()

    # --- births and deaths of the node

    def _node_birth(self, payload: Payload) -> None:
        self._release()
        node = self.node
        home, bd_seq = node.scopes[None], _bd_seq(payload)
        if home.phase == "born" and bd_seq != node.bd_seq:
            self.events.append(
                Missed(device=None, whole=True, why="a session ended and its death was not heard")
            )
        definitions = {
            metric.name.rpartition("/")[2]: metric.value
            for metric in payload.metrics
            if metric.name and isinstance(metric.value, Template) and metric.value.is_definition
        }
        definitions |= {
            metric.name: metric.value
            for metric in payload.metrics
            if metric.name and isinstance(metric.value, Template) and metric.value.is_definition
        }
        scopes: dict[str | None, Scope] = {}
        for device, scope in node.scopes.items():
            waits = scope.lives and scope.own_seq is None
            scopes[device] = (
                _replace(scope, phase="waiting", since_ns=self._now_ns) if waits else scope
            )
        scopes[None] = home
        self._renew(
            scopes=scopes,
            definitions=definitions,
            bd_seq=bd_seq,
            seq=payload.seq if payload.seq is not None and payload.seq < _TURNS else None,
            last_ms=payload.timestamp_ms,
            held=(),
            asks=0,
            doubt_ns=None,
        )
        if payload.seq is None:
            self._note("its birth has no sequence number")
        if bd_seq is None:
            self._note("its birth has no bdSeq: its deaths cannot be told apart")
        self._born(None, payload)
        can = REBIRTH in self.node.scopes[None].names
        self._renew(can_rebirth=can)
        if not can:
            self._note("it offers no Node Control/Rebirth: its births cannot be asked for")

    def _node_death(self, payload: Payload) -> None:
        """Believe a death that is of this session, and doubt one that may be of an older one.

        One whose number is one ahead is believed too: pysparkplug stores the number of its next
        will before it says goodbye. Any other number is checked: births are asked for, and a node
        that neither answers nor says anything is dead.
        """
        node = self.node
        home, found = node.scopes[None], _bd_seq(payload)
        ahead = (
            None if None in {found, node.bd_seq} else ((found or 0) - (node.bd_seq or 0)) % _TURNS
        )
        if not home.lives or ahead in {0, None}:
            self._die("it is dead by its own death certificate")
        elif ahead == 1:
            self._note("bdSeq of its deaths is one ahead of its births: they are believed")
            self._die("it is dead by its own death certificate")
        else:
            self._note("a death had the bdSeq of another session: such are checked first")
            self._renew(doubt_ns=self._now_ns)
            self._ask()

    def _die(self, why: str) -> None:
        self._release()
        ended = {
            device: _replace(scope, phase="dead", since_ns=self._now_ns)
            for device, scope in self.node.scopes.items()
            if (scope.own_seq is None or scope.phase == "adopted") and scope.phase != "dead"
        }
        self._renew(scopes={**self.node.scopes, **ended}, doubt_ns=None)
        self.events += [Died(device=device, why=why) for device in ended]

    # --- births and deaths of devices

    def _device_birth(self, message: Message) -> None:
        self._born(message.device, message.payload)

    def _device_death(self, message: Message) -> None:
        scope = self.node.scopes.get(message.device, _NEW)
        scope = _replace(scope, phase="dead", since_ns=self._now_ns, own_seq=None)
        self._scope(message.device, scope)
        self.events.append(Died(device=message.device, why="its death was told"))

    def _lone(self, message: Message, scope: Scope) -> None:
        """Take a device that was born while its node was not: it counts its own messages.

        By the specification it is not there. mqtt-spb-wrapper runs devices so, and what they say
        is as clear as if their node had been born.
        """
        node, seq = self.node, message.payload.seq
        follows = scope.own_seq is None or seq is None or seq == (scope.own_seq + 1) % _TURNS
        counts_on = node.seq is not None and seq == (node.seq + 1) % _TURNS
        if not follows and counts_on and node.scopes[None].lives:
            self._scope(message.device, _replace(scope, own_seq=None))
            self._in_turn(message)
            return
        if message.kind == "DDEATH":
            self._device_death(message)
            return
        if message.kind == "DBIRTH":
            self._note("it is born before its node: by the specification it is not there")
            if not follows and scope.lives:
                self._scope(message.device, _replace(scope, phase="unborn"))
            self._born(message.device, message.payload, own_seq=seq if seq is not None else 0)
            if not node.scopes[None].lives:
                self._ask()
            return
        if not follows:
            why = f"number {seq} came after {scope.own_seq}"
            self.events.append(Missed(device=message.device, why=why))
            self._ask()
        self._scope(
            message.device, _replace(scope, own_seq=seq if seq is not None else scope.own_seq)
        )
        self._data(message)

    def _born(self, device: str | None, payload: Payload, own_seq: int | None = None) -> None:
        """Take a birth in: what there is, what it holds, and what waited for it."""
        before = self.node.scopes.get(device, _NEW)
        names, aliases, said = known_metrics(payload.metrics, self.node.definitions)
        for words in said:
            self._note(words)
        readings = tuple(
            reading_of(metric, names[metric.name], payload.timestamp_ms)
            for metric in payload.metrics
            if metric.name is not None
            and not (isinstance(metric.value, Template) and metric.value.is_definition)
        )
        scope = Scope(
            phase="born", names=names, aliases=aliases, since_ns=self._now_ns, own_seq=own_seq
        )
        self._scope(device, scope)
        self.events.append(
            Born(
                device=device,
                readings=readings,
                goes_on=before.phase in {"born", "waiting", "adopted"},
                timestamp_ms=payload.timestamp_ms,
            )
        )
        # What waited was said before this birth: its aliases are those of the one before.
        self._tell_aside(device, _replace(before, names={**names, **before.names}), uncertain=False)

    # --- data

    def _data(self, message: Message) -> None:
        scope = self.node.scopes.get(message.device, _NEW)
        if not scope.lives:
            self._early(message, scope)
            return
        told, late, lost = self._resolve(message, scope)
        if lost:
            self._unknown(message, lost)
        if told or not late:
            self.events.append(Told(device=message.device, readings=tuple(told)))
        if late:
            self.events.append(
                Told(device=message.device, readings=tuple(late), is_historical=True)
            )

    def _resolve(
        self, message: Message, scope: Scope
    ) -> tuple[list[Reading], list[Reading], list[Metric]]:
        """Readings of now, those of earlier, and metrics that no birth explains."""
        payload = message.payload
        moment, names, aliases = payload.timestamp_ms, scope.names, scope.aliases
        told: list[Reading] = []
        late: list[Reading] = []
        lost: list[Metric] = []
        for metric in payload.metrics:
            known = None
            if metric.name is not None:
                known = names.get(metric.name)
            elif metric.alias is not None:
                known = aliases.get(metric.alias)
            if known is None:
                if metric.name is None or metric.datatype is DataType.UNKNOWN:
                    lost.append(metric)
                    continue
                self._note(f"{metric.name[:80]} is not in its birth: it is taken as it says itself")
                known = Known(name=metric.name, datatype=metric.datatype)
            reading = reading_of(metric, known, moment)
            (late if metric.is_historical else told).append(reading)
        return told, late, lost

    def _unknown(self, message: Message, metrics: Iterable[Metric]) -> None:
        words = [each.name or f"alias {each.alias}" for each in metrics]
        self.events.append(
            Missed(
                device=message.device,
                why=f"no birth announced {', '.join(words)}"[:200],
                from_ms=message.payload.timestamp_ms,
                refused=True,
            )
        )
        self._ask()

    def _early(self, message: Message, scope: Scope) -> None:
        """Keep data aside whose birth was not heard, and ask for it.

        Nodes send what they queued while they were cut off before their new birth.
        """
        if message.kind == "DDEATH":
            self._device_death(message)
            return
        aside = (*self.node.aside, weighed(message))
        dropped: dict[str | None, Message] = {}
        while len(aside) > self._rules.aside_max or self._is_heavy(aside):
            dropped.setdefault(aside[0].device, aside[0])
            aside = aside[1:]
        self.events += [
            Missed(
                device=device,
                why="more came without a birth than is kept aside",
                from_ms=first.payload.timestamp_ms,
                refused=True,
            )
            for device, first in dropped.items()
        ]
        self._renew(aside=aside, doubt_ns=None)
        if scope.phase != "waiting":
            self._ask()

    def _tell_aside(self, device: str | None, scope: Scope, *, uncertain: bool) -> bool:
        """Tell what waited for a birth; whether anything of it could be told.

        What could not is inside the gap that ends with this birth.
        """
        mine = [each for each in self.node.aside if each.device == device]
        if not mine:
            return False
        self._renew(aside=tuple(each for each in self.node.aside if each.device != device))
        readings: list[Reading] = []
        for message in mine:
            told, late, _ = self._resolve(message, scope)
            readings += [*told, *late]
        if readings:
            found = tuple(map(_uncertain, readings)) if uncertain else tuple(readings)
            self.events.append(Told(device=device, readings=found, is_historical=True))
        return bool(readings)

    def _adopted(self, message: Message, scope: Scope) -> None:
        """Take data of one that goes on without a birth, each value as uncertain."""
        node, seq = self.node, message.payload.seq
        if seq is not None:
            nexts = {(last + 1) % _TURNS for last in (node.seq, scope.own_seq) if last is not None}
            if nexts and seq not in nexts:
                why = f"numbers before {seq} are lost"
                self.events.append(Missed(device=message.device, why=why))
            scope = _replace(scope, own_seq=seq)
            self._scope(message.device, scope)
            self._renew(seq=seq, last_ms=message.payload.timestamp_ms)
        told, late, lost = self._resolve(message, scope)
        if lost:
            self._unknown(message, lost)
        for readings, is_historical in ((told, False), (late, True)):
            if readings:
                found = tuple(map(_uncertain, readings))
                self.events.append(
                    Told(device=message.device, readings=found, is_historical=is_historical)
                )

    # --- time

    def time(self) -> None:
        """Do what is due without a message."""
        node, now_ns, rules = self.node, self._now_ns, self._rules
        if node.held and now_ns - node.held_ns >= rules.reorder_s * _NS_PER_S:
            self._release()
        doubt_ns = self.node.doubt_ns
        if doubt_ns is not None and now_ns - doubt_ns >= rules.birth_wait_s * _NS_PER_S:
            self._die("a death of it was heard, and nothing since")
        for device, scope in self.node.scopes.items():
            is_over = now_ns - scope.since_ns >= rules.birth_wait_s * _NS_PER_S
            if scope.phase == "waiting" and is_over:
                self._scope(device, _replace(scope, phase="dead", since_ns=now_ns))
                self.events.append(Died(device=device, why="its node was born again without it"))
                self._ask()
        if self.node.aside:
            self._ask()
            self._adopt()
        elif now_ns - node.begun_ns >= rules.discover_s * _NS_PER_S and self._is_incomplete():
            self._ask()

    def _is_incomplete(self) -> bool:
        scopes = self.node.scopes
        return any(scopes.get(device, _NEW).phase == "unborn" for device in self.node.wanted)

    def _adopt(self) -> None:
        """Take data without a birth as they are where the node does not answer: as uncertain."""
        node = self.node
        tries = 1 if node.can_rebirth is False else self._rules.rebirths_max
        waited_ns = self._now_ns - (node.asked_ns or 0)
        if node.asks < tries or waited_ns < self._rules.rebirth_wait_s * _NS_PER_S:
            return
        for device in dict.fromkeys(each.device for each in node.aside):
            scope = self.node.scopes.get(device, _NEW)
            place = len(self.events)
            first = next(each for each in node.aside if each.device == device)
            if not self._tell_aside(device, scope, uncertain=True):
                self.events.append(
                    Missed(
                        device=device,
                        why="no birth says what its aliases mean, and it is not born when asked",
                        from_ms=first.payload.timestamp_ms,
                        refused=True,
                    )
                )
                continue
            self._note("it goes on without a birth: dead by its own rules, its data are uncertain")
            last = [each.payload.seq for each in node.aside if each.device == device][-1]
            self._scope(
                device, _replace(scope, phase="adopted", since_ns=self._now_ns, own_seq=last)
            )
            self.events.insert(place, Born(device=device, readings=()))

    # --- small things

    def _ask(self) -> None:
        """Ask the node for its births, seldom enough."""
        node, rules = self.node, self._rules
        tries = 1 if node.can_rebirth is False else rules.rebirths_max
        wait_s = rules.rebirth_wait_s if node.asks < tries else rules.rebirth_slow_s
        if node.asked_ns is not None and self._now_ns - node.asked_ns < wait_s * _NS_PER_S:
            return
        self._renew(asks=node.asks + 1, asked_ns=self._now_ns)
        self.events.append(Asked())

    def _is_heavy(self, waiting: Sequence[Message]) -> bool:
        """Whether messages that wait hold more than may wait in all."""
        return sum(each.payload.weight for each in waiting) > self._rules.waiting_max

    def _note(self, words: str) -> None:
        if words not in self.node.notes and len(self.node.notes) < NOTES_MAX:
            self._renew(notes=self.node.notes | {words})
            self.events.append(Noted(words))

    def _is_passed_over(self, device: str | None) -> bool:
        node = self.node
        return node.is_full and device not in node.scopes and device not in node.wanted

    def _scope(self, device: str | None, scope: Scope) -> None:
        if not has_room(self.node, device, len(scope.names), self._rules):
            self._note("more of its devices that nobody reads than are kept: others are unknown")
            others = {each: kept for each, kept in self.node.scopes.items() if each != device}
            self._renew(scopes=others, is_full=True)
            return
        self._renew(scopes={**self.node.scopes, device: scope})

    def _renew(self, **changes: object) -> None:
        self.node = _replace(self.node, **changes)


NOTES_MAX = 50
"""Most oddities of one node that are told: a node that is nothing but odd is told enough."""

_NEW = Scope()


def _uncertain(reading: Reading) -> Reading:
    return reading if reading.status else _replace(reading, status=UNCERTAIN)


def _bd_seq(payload: Payload) -> int | None:
    for metric in payload.metrics:
        if metric.name == BD_SEQ and isinstance(metric.value, int):
            return metric.value % _TURNS
    return None
