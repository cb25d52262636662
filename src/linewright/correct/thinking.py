"""The loop's memory: every station's cycles and sums, every open case; a fold of both streams.

Pure: messages in, records out. What it holds is plain data and can be stored at any moment and
taken up again; the same messages then give the same records.
"""

import zlib
from collections.abc import Iterable, Mapping

import msgspec

from linewright.correct.cases import (
    Known,
    Setting,
    add_step,
    answer_by_ns,
    next_step,
    not_watched,
    open_case,
)
from linewright.correct.diagnose import Diagnosis, diagnose
from linewright.correct.propose import beside
from linewright.correct.rehearse import Rehearsal, held_speed
from linewright.correct.undo import call_of, due_ns, taken_back, undo_of, unshown
from linewright.correct.watch.cycles import CycleReader, CycleSeen, ReaderState, Sample
from linewright.correct.watch.detect import Score, score
from linewright.correct.watch.stations import StationView
from linewright.plant import Address
from linewright.plant.records import Ack, Case, CaseStage, Command, Record

__all__ = ["Memory", "SnapshotInvalid", "Thinking", "Work"]

KIND = "cycle_time"
"""Kind of the cases that this loop opens and carries on; cases of others are only folded."""

CYCLES_MAX = 80
"""Cycles kept per station: the reference of a diagnosis, the case since, and its verification."""

ACKS_MAX = 200
"""Acknowledgements kept: those of the open cases are among the latest."""

CLOSED_MAX = 50
"""Closed cases kept: a late message about one must find it."""

SPEED_NEAR = 0.5
"""How far, in points of percent, a speed may be from what was written and still be that."""

FOREVER_NS = 2**63 - 1

FORM = 1
"""Form of a snapshot; another one is not read."""


class SnapshotInvalid(ValueError):
    """A snapshot that cannot be used: the streams are then read from their beginning."""


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one case besides its records."""

    diagnosis: Diagnosis
    rehearsal: Rehearsal | None = None
    without_rehearsal: str = ""


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that must outlive a restart."""

    plant_rev: str
    form: int = FORM
    samples_seq: int = 0
    records_seq: int = 0
    readers: Mapping[str, ReaderState] = {}
    scores: Mapping[str, Score] = {}
    cycles: Mapping[str, tuple[CycleSeen, ...]] = {}
    heard_ns: Mapping[str, int] = {}
    work: Mapping[str, Work] = {}
    cases: Mapping[str, Case] = {}
    opened_ns: Mapping[str, int] = {}
    seqs: Mapping[str, int] = {}
    acks: tuple[Ack, ...] = ()
    undos: Mapping[str, Command] = {}
    left: tuple[str, ...] = ()


class Thinking:
    """Folds samples and records, and says what follows from them.

    Parameters
    ----------
    views
        Stations that are watched.
    setting
        The plant in force.
    memory
        What was known before.

    Examples
    --------
    >>> from linewright.plant import Plant
    >>> from linewright.plant.records import SiteKind
    >>> plant = Plant(linewright=1, enterprise="acme", sites={})
    >>> setting = Setting(plant=plant, plant_rev="r1", site_kind=SiteKind.SIMULATED)
    >>> thinking = Thinking({}, setting, Memory(plant_rev="r1"))
    >>> thinking.steps(0)
    []
    """

    def __init__(
        self, views: Mapping[Address, StationView], setting: Setting, memory: Memory
    ) -> None:
        self.views = views
        self.setting = setting
        self.samples_seq = memory.samples_seq
        """Sequence up to which samples are folded."""
        self.records_seq = memory.records_seq
        """Sequence up to which records are folded."""
        self.cases = dict(memory.cases)
        """Cases by id, each the fold of its records."""
        self._readers = {
            str(place): CycleReader(view, memory.readers.get(str(place), ReaderState()))
            for place, view in views.items()
        }
        self._scores = dict(memory.scores)
        self._cycles = {place: list(kept) for place, kept in memory.cycles.items()}
        self._heard_ns = dict(memory.heard_ns)
        self._work = dict(memory.work)
        self._opened_ns = dict(memory.opened_ns)
        self._seqs = dict(memory.seqs)
        self._acks = list(memory.acks)
        self._undos = dict(memory.undos)
        self._left = set(memory.left)
        self._cycle_tags = {view.cycle_tag for view in views.values()}
        self._by_tag = {tag: str(place) for place, view in views.items() for tag in view.tags}

    def memory(self) -> Memory:
        """Everything that it knows now."""
        return Memory(
            plant_rev=self.setting.plant_rev,
            samples_seq=self.samples_seq,
            records_seq=self.records_seq,
            readers={place: reader.state() for place, reader in self._readers.items()},
            scores=dict(self._scores),
            cycles={place: tuple(kept) for place, kept in self._cycles.items()},
            heard_ns=dict(self._heard_ns),
            work=dict(self._work),
            cases=dict(self.cases),
            opened_ns=dict(self._opened_ns),
            seqs=dict(self._seqs),
            acks=tuple(self._acks),
            undos=dict(self._undos),
            left=tuple(sorted(self._left)),
        )

    def take_samples(self, samples: Iterable[Sample], seq: int) -> list[Case]:
        """Fold the samples of one message.

        Parameters
        ----------
        samples
            In any order; those of tags that are not watched are passed over.
        seq
            Sequence of the message.

        Returns
        -------
        list[Case]
            First records of the cases that it opens.
        """
        opened: list[Case] = []
        wanted = [each for each in samples if each.tag in self._by_tag]
        for sample in sorted(wanted, key=self._order):
            place = self._by_tag[sample.tag]
            heard_ns = self._heard_ns.get(place, 0)
            self._heard_ns[place] = max(heard_ns, sample.t_ns)
            cycle = self._readers[place].add(sample)
            if cycle is not None:
                opened += self._watch(place, cycle)
        self.samples_seq = max(self.samples_seq, seq)
        return opened

    def take_record(self, record: Record, seq: int) -> tuple[Record, ...]:
        """Fold one record of the stream: a step of a case, an undo, or an acknowledgement.

        Returns
        -------
        tuple[Record, ...]
            Audits and calls that go with a step.

        Raises
        ------
        RecordInvalid
            A step does not follow the one before it.
        """
        if seq <= self.records_seq:
            return ()
        self.records_seq = seq
        if isinstance(record, Command) and record.is_undo and record.case in self.cases:
            self._undos[record.case] = record
        if isinstance(record, Ack):
            self._acks = [*self._acks[-ACKS_MAX:], record]
            undos = [each for each in self._undos.values() if each.id == record.command]
            acts = [each for each in self.cases.values() if record.command in each.commands[:1]]
            calls = [call_of(each, record) for each in undos]
            calls += [unshown(each, record) for each in acts]
            return tuple(call for call in calls if call is not None)
        if not isinstance(record, Case):
            return ()
        case_id = record.case_id
        # A case that we opened is read back once; opened again it does not follow.
        is_first = record.stage is CaseStage.OPEN and not self._seqs.get(case_id)
        folded = add_step(None if is_first else self.cases.get(case_id), record)
        self.cases[case_id], self._seqs[case_id] = folded, seq
        self._opened_ns.setdefault(case_id, folded.t_ns)
        self._forget_old()
        return beside(folded, record) if folded.kind == KIND else ()

    def pass_record(self, seq: int, case_id: str = "") -> None:
        """Pass over a record of another class, or one that is no step of its case."""
        self.records_seq = max(self.records_seq, seq)
        if case_id in self._seqs:  # what follows is appended behind it
            self._seqs[case_id] = max(self._seqs[case_id], seq)

    def steps(self, now_ns: int) -> list[tuple[Case, int, tuple[Record, ...]]]:
        """What follows now: per case its fold, the sequence it was read at, and its next records.

        Parameters
        ----------
        now_ns
            Plant time now.
        """
        found = []
        for case_id, case in self.cases.items():
            if case.stage is CaseStage.CLOSED or case.kind != KIND:
                continue
            if not self._seqs[case_id]:  # not read back from the stream yet
                continue
            view = self.views.get(case.address)
            if view is None:
                records: tuple[Record, ...] = (not_watched(case),)
            else:
                records = next_step(case, self._known(case_id, view), self.setting, now_ns)
            if records:
                found.append((case, self._seqs[case_id], records))
        return found

    def undos(self, now_ns: int, seen_ns: int) -> list[Command]:
        """Commands that take back the changes whose time is over, once each.

        Where the machine shows another speed than was written, a person has taken over, and
        nothing is written.

        Parameters
        ----------
        now_ns
            Plant time now.
        seen_ns
            Wall clock now.
        """
        found = []
        for case_id, case in self.cases.items():
            at_ns = due_ns(case)
            ack = taken_back(case, self._acks)
            done = case_id in self._undos or case_id in self._left
            if at_ns is None or ack is None or now_ns < at_ns or done:
                continue
            if case.address not in self.views:  # another plant is in force, without its station
                continue
            held = held_speed(case.proposal)
            if held is not None and abs(self.speed_of(case.address) - held) > SPEED_NEAR:
                self._left.add(case_id)
                continue
            command = undo_of(
                case,
                ack,
                self.setting.plant,
                for_site=self.setting.site_kind,
                seen_ns=seen_ns,
            )
            if command is not None:
                self._undos[case_id] = command
                found.append(command)
        return found

    def to_rehearse(self) -> list[tuple[Case, Work]]:
        """Diagnosed cases that wait for their rehearsal."""
        return [
            (case, work)
            for case_id, case in self.cases.items()
            if case.stage is CaseStage.DIAGNOSED
            and case.address in self.views
            and (work := self._work.get(case_id)) is not None
            and work.rehearsal is None
            and not work.without_rehearsal
        ]

    def rehearsed(self, case_id: str, found: Rehearsal | str) -> None:
        """Take the rehearsal of a case, or the reason why there is none."""
        work = self._work[case_id]
        if isinstance(found, str):
            self._work[case_id] = msgspec.structs.replace(work, without_rehearsal=found)
        else:
            self._work[case_id] = msgspec.structs.replace(work, rehearsal=found)

    def speed_of(self, address: Address) -> float:
        """Speed of a station now, in percent; 100 where it is not read."""
        return self._readers[str(address)].speed or 100.0

    def snapshot(self) -> bytes:
        """The memory as bytes, for `resume`; a few kilobytes per station."""
        return zlib.compress(_ENCODER.encode(self.memory()), 1)

    def _order(self, sample: Sample) -> tuple[int, bool]:
        """By time; a cycle that ends comes after what else was read at that moment."""
        return sample.t_ns, sample.tag in self._cycle_tags

    def _watch(self, place: str, cycle: CycleSeen) -> list[Case]:
        view = self.views[Address(place)]
        kept = self._cycles.setdefault(place, [])
        kept.append(cycle)
        del kept[:-CYCLES_MAX]
        before = self._scores.get(place, Score())
        if self._quiet(place, cycle.t_ns):
            self._scores[place] = Score(shares=before.shares)
            return []
        self._scores[place], alarm = score(view, before, cycle)
        if alarm is None:
            return []
        opened = open_case(view, alarm, self.setting)
        found = diagnose(view, kept, alarm)
        work = Work(diagnosis=found)
        self._work.setdefault(opened.id, work)
        if opened.id in self.cases:
            return []
        self.cases[opened.id], self._seqs[opened.id] = opened, 0
        self._opened_ns[opened.id] = opened.t_ns
        return [opened]

    def _quiet(self, place: str, t_ns: int) -> bool:
        """Whether a deviation of this time belongs to a case that is known.

        It does from the alarm until the case is closed, and from then on until the gap for which
        its proposal was made: until then the same deviation is expected to go on.
        """
        for case_id, case in self.cases.items():
            if case.address != place or case.kind != KIND:
                continue
            until_ns = FOREVER_NS
            if case.stage is CaseStage.CLOSED:
                until_ns = max(case.t_ns, answer_by_ns(case))
            if self._opened_ns[case_id] < t_ns <= until_ns:
                return True
        return False

    def _known(self, case_id: str, view: StationView) -> Known:
        place = str(view.address)
        work = self._work.get(case_id)
        return Known(
            view=view,
            cycles=self._cycles.get(place, []),
            stops_ns=self._readers[place].stops_ns,
            diagnosis=work.diagnosis if work else None,
            rehearsal=work.rehearsal if work else None,
            without_rehearsal=work.without_rehearsal if work else "",
            acks=self._acks,
            heard_ns=self._heard_ns.get(place, 0),
        )

    def _forget_old(self) -> None:
        closed = [k for k, case in self.cases.items() if case.stage is CaseStage.CLOSED]
        for case_id in closed[:-CLOSED_MAX]:
            del self.cases[case_id], self._seqs[case_id]
            self._work.pop(case_id, None)
            self._opened_ns.pop(case_id, None)
            self._undos.pop(case_id, None)
            self._left.discard(case_id)


def resume(data: bytes | None, plant_rev: str) -> Memory:
    """Memory of a snapshot, or an empty one where there is none for this plant.

    Raises
    ------
    SnapshotInvalid
        The bytes are no snapshot.
    """
    if data is None:
        return Memory(plant_rev=plant_rev)
    try:
        memory = _DECODER.decode(zlib.decompress(data))
    except (zlib.error, msgspec.MsgspecError) as error:
        raise SnapshotInvalid(str(error)) from error
    if memory.form != FORM:
        raise SnapshotInvalid(f"form {memory.form}")
    if memory.plant_rev != plant_rev:
        return Memory(
            plant_rev=plant_rev,
            samples_seq=memory.samples_seq,
            records_seq=memory.records_seq,
            cases=memory.cases,
            opened_ns=memory.opened_ns,
            seqs=memory.seqs,
            work=memory.work,
            acks=memory.acks,
            undos=memory.undos,
            left=memory.left,
        )
    return memory


def _plain(value: object) -> object:
    assert isinstance(value, Address), "a snapshot holds addresses and plain values"
    return str(value)


def _address(wanted: type, value: object) -> object:
    assert wanted is Address, "a snapshot holds addresses and plain values"
    return Address(str(value))


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)
_DECODER = msgspec.json.Decoder(Memory, dec_hook=_address)
