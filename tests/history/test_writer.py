"""The writer: once is once, whatever is repeated, and all of it or nothing."""

from pathlib import Path

import msgspec
import pytest

from linewright.history import Arrival, Writer, open_history, take_in
from linewright.history.intake import Intake, Refused
from linewright.history.store import DuckError
from linewright.plant.records import Audit, Gap, chain_break, decode, link
from tests.history.building import T0_NS, TAGS, audit, framed, published, samples, state


def test_rows_and_positions_survive_a_restart(tmp_path: Path) -> None:
    """What was appended is there after opening again, and the position with it."""
    with Writer.open(tmp_path) as writer:
        done = writer.append(take_in(samples([framed(0), framed(1)])), plant_rev="r1")
    assert (done.frames, done.rows) == (2, 20)
    with Writer.open(tmp_path) as writer:
        assert writer.position("samples") == 2
        done = writer.append(take_in(samples([framed(1), framed(2)], after=2)), plant_rev="r1")
    assert (done.frames, done.repeated_frames, done.gaps) == (1, 1, ())
    with open_history(tmp_path) as history:
        assert history.read(TAGS[0]).value == [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]
        assert history.doubled() == 0


def test_a_repeat_in_the_same_batch_is_dropped(tmp_path: Path) -> None:
    """Twice in one transaction counts once, for frames and for records."""
    arrivals = [*samples([framed(0), framed(0)]), *published([state(0), state(0)])]
    with Writer.open(tmp_path) as writer:
        done = writer.append(take_in(arrivals), plant_rev="r1")
    assert (done.frames, done.repeated_frames) == (1, 1)
    assert (done.records, done.repeated_records) == (1, 1)


def test_a_jump_stays_in_the_outbox_until_its_record_comes_back(tmp_path: Path) -> None:
    """A gap is never forgotten between the commit and its publication."""
    with Writer.open(tmp_path) as writer:
        done = writer.append(take_in(samples([framed(0), framed(3)])), plant_rev="r1")
    with Writer.open(tmp_path) as writer:
        assert writer.outbox() == done.gaps
        writer.append(take_in(published(done.gaps)), plant_rev="r1")
        assert writer.outbox() == ()
    with open_history(tmp_path) as history:
        assert history.gaps("mill") == list(done.gaps)
    with Writer.open(tmp_path) as writer:
        assert writer.outbox() == ()


def test_a_gap_is_filled_by_late_batches_across_a_restart(tmp_path: Path) -> None:
    """Late batches are kept, and the gap's revision says that nothing is missing any more."""
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(samples([framed(0), framed(2)])), plant_rev="r1")
    with Writer.open(tmp_path) as writer:
        done = writer.append(take_in(samples([framed(1), framed(1)], after=2)), plant_rev="r1")
    assert (done.frames, done.repeated_frames) == (1, 1)
    with open_history(tmp_path) as history:
        assert [(gap.rev, gap.filled) for gap in history.gaps()] == [(1, True)]
        assert history.read(TAGS[0]).value == [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]


def test_late_rows_are_kept_in_event_time_order(tmp_path: Path) -> None:
    """A batch with times before those of earlier batches is data like any other."""
    late = framed(1, t_ns=T0_NS - 5_000_000_000)
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(samples([framed(0), late])), plant_rev="r1")
    with open_history(tmp_path) as history:
        found = history.read(TAGS[0])
    assert list(found.t_ns) == sorted(found.t_ns)
    assert found.value == [1.0, 1.0, 0.0, 0.0]


def test_a_new_epoch_counts_anew_and_old_ones_still_repeat(tmp_path: Path) -> None:
    """Numbers belong to their epoch; a gap of a new one begins where the source ended."""
    frames = [framed(0), framed(0, epoch=2, t_ns=T0_NS + 50), framed(0), framed(2, epoch=3)]
    with Writer.open(tmp_path) as writer:
        done = writer.append(take_in(samples(frames)), plant_rev="r1")
    assert (done.frames, done.repeated_frames) == (3, 1)
    (gap,) = done.gaps
    assert (gap.epoch, gap.first_n, gap.last_n, gap.t_ns) == (3, 0, 1, T0_NS + 59)


def test_audit_records_are_chained_once_across_restarts(tmp_path: Path) -> None:
    """The chain goes on where it ended, in stream order, each id once."""
    audits = [audit("case.opened", f"c{number}", at=number) for number in range(4)]
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(published(audits[:2])), plant_rev="r1")
    with Writer.open(tmp_path) as writer:
        again = published(audits[1:], after=2)
        done = writer.append(take_in(again), plant_rev="r1")
    assert len(done.lines) == 2
    with open_history(tmp_path) as history:
        links = [decode(line, Audit) for line in history.audit()]
    assert [each.of for each in links] == ["c0", "c1", "c2", "c3"]
    assert chain_break(links) is None


def test_a_forged_link_is_chained_as_what_it_says_only(tmp_path: Path) -> None:
    """Number and hashes that a publisher filled in itself are replaced."""
    forged = link(audit("case.opened", "c0"), None)
    forged = msgspec.structs.replace(forged, n=77, sha256="f" * 64)
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(published([audit("case.opened", "a"), forged])), plant_rev="r1")
    with open_history(tmp_path) as history:
        links = [decode(line, Audit) for line in history.audit()]
    assert [each.n for each in links] == [0, 1]
    assert chain_break(links) is None


def test_a_failed_append_leaves_file_and_writer_as_they_were(tmp_path: Path) -> None:
    """After an error in the transaction the same batch can be appended, with the same result."""
    batch = [*samples([framed(0), framed(2)]), *published([audit("case.opened", "c0")])]
    with Writer.open(tmp_path) as writer:
        refused = Refused(msgspec.structs.replace(batch[0], seq=2**70), "too large for the file")
        broken = msgspec.structs.replace(take_in(batch), refused=(refused,))
        with pytest.raises(DuckError):
            writer.append(broken, plant_rev="r1")
        assert (writer.position("samples"), writer.outbox(), writer.last_link) == (0, (), None)
        done = writer.append(take_in(batch), plant_rev="r1")
        assert (done.frames, len(done.gaps), len(done.lines)) == (2, 1, 1)
        assert writer.last_link is not None
        assert writer.last_link.n == 0


def test_unreadable_messages_are_kept_whole(tmp_path: Path) -> None:
    """Nothing that the stream acknowledged is thrown away."""
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(samples([("lw.samples.nogales.mill", b"?\x00")])), plant_rev="r1")
        assert writer.position("samples") == 1
        (row,) = writer.database.rows("SELECT seq, subject, data FROM refused")
    assert row == (1, "lw.samples.nogales.mill", b"?\x00")


def test_a_stream_made_anew_is_read_from_its_start(tmp_path: Path) -> None:
    """After `rewind` the position is 0, and what comes again is still told as a repeat."""
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(samples([framed(0)], after=9)), plant_rev="r1")
        writer.rewind("samples")
    with Writer.open(tmp_path) as writer:
        assert writer.position("samples") == 0
        assert writer.append(take_in(samples([framed(0)])), plant_rev="r1").repeated_frames == 1


def test_an_empty_append_changes_nothing(tmp_path: Path) -> None:
    """Nothing in, nothing done."""
    with Writer.open(tmp_path) as writer:
        done = writer.append(Intake(), plant_rev="r1")
    assert (done.frames, done.records, done.gaps) == (0, 0, tuple[Gap, ...]())


def test_a_foreign_message_gives_no_gap_its_site(tmp_path: Path) -> None:
    """A reader can have the server put a message of a bucket into a stream: it names no site."""
    foreign = Arrival(stream="samples", subject="$KV.grants-nogales.Grant!.a", data=b"x", seq=5)
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(samples([framed(0)])), plant_rev="r1")
        done = writer.append(take_in([foreign]), plant_rev="r1")
    assert [(str(gap.address), gap.first_n, gap.last_n) for gap in done.gaps] == [("nogales", 2, 4)]
    assert done.refused == 1


def test_frames_of_no_stream_leave_its_position(tmp_path: Path) -> None:
    """They are stored once, before what then comes on the stream, which is read from its start."""
    frames = [each.frame for each in take_in(samples([framed(0), framed(1)])).frames]
    with Writer.open(tmp_path) as writer:
        done = writer.store(frames, plant_rev="r1")
        assert (done.frames, done.rows, done.gaps) == (2, 20, ())
        assert writer.position("samples") == 0
        assert writer.store(frames, plant_rev="r1").repeated_frames == 2
        assert writer.append(take_in(samples([framed(2)])), plant_rev="r1").gaps == ()
    with open_history(tmp_path) as history:
        assert history.read(TAGS[0]).value == [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]
