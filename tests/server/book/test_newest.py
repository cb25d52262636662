"""The newest value of each tag, whatever the order of rows and frames."""

import random
import time
from collections.abc import Sequence

from linewright.plant.records import Quality
from linewright.plant.samples import Columns, Frame, FrameHeader, frame
from linewright.server.book.held.newest import Newest, Value


def frame_of(
    rows: Sequence[tuple[str, int, float | str, int]], source: str = "saw", n: int = 0
) -> Frame:
    """Return a frame of rows (tag, time, value, quality)."""
    columns = Columns(
        tag=[f"reno/shop/a/{tag}" for tag, *_ in rows],
        t_ns=[t_ns for _, t_ns, _, _ in rows],
        seen_ns=[t_ns + 1 for _, t_ns, _, _ in rows],
        value=[float("nan") if isinstance(value, str) else value for _, _, value, _ in rows],
        text=[value if isinstance(value, str) else None for _, _, value, _ in rows],
        quality=[quality for *_, quality in rows],
    )
    return frame(FrameHeader(site="reno", source=source, epoch=1, n=n), columns)


def test_of_each_tag_the_row_with_the_latest_time_is_kept_however_rows_are_ordered() -> None:
    """What is kept equals a dictionary filled row by row in the order of time."""
    rng = random.Random(7)  # noqa: S311  # an order, no secret
    rows = [(f"t{rng.randrange(5)}#v", t_ns, float(t_ns), 0) for t_ns in range(200)]
    expected = {f"reno/shop/a/{tag}": value for tag, _, value, _ in rows}
    rng.shuffle(rows)
    newest = Newest()
    for start in range(0, 200, 40):
        newest.hear(frame_of(rows[start : start + 40]), 9, 8)
    assert {tag: newest[tag].value for tag in newest} == expected


def test_a_late_row_changes_nothing_but_an_initial_one_says_what_holds_now() -> None:
    """Late samples are passed over; the first value after a connection never is late."""
    newest = Newest()
    newest.hear(frame_of([("t#v", 50, 1.0, 0)]), 9, 8)
    newest.hear(frame_of([("t#v", 40, 2.0, 0)]), 9, 8)
    assert newest["reno/shop/a/t#v"].value == 1.0
    assert newest.version == 1
    newest.hear(frame_of([("t#v", 40, 3.0, int(Quality.INITIAL))]), 9, 8)
    assert newest["reno/shop/a/t#v"].value == 3.0


def test_a_text_is_kept_beside_no_number_and_goes_when_a_number_comes() -> None:
    """A text value has its text; the next number has none."""
    newest = Newest()
    newest.hear(frame_of([("t#program", 1, "O1204", 0)]), 9, 8)
    assert newest["reno/shop/a/t#program"].text == "O1204"
    newest.hear(frame_of([("t#program", 2, 5.0, 0)]), 9, 8)
    assert newest["reno/shop/a/t#program"] == Value(t_ns=2, seen_ns=3, value=5.0, source="saw")


def test_a_heartbeat_says_that_its_source_lives_and_changes_no_value() -> None:
    """A frame without rows moves only the time at which the source was heard."""
    newest = Newest()
    newest.hear(frame_of([("t#v", 1, 5.0, 0)]), 10, 20)
    before = newest.version
    newest.hear(frame_of([]), 11, 21)
    [heard] = newest.sources_of("reno/shop/a/t")
    assert (heard.wall_ns, heard.plant_ns, newest.version) == (11, 21, before)


def test_no_more_tags_are_kept_than_there_is_room_for() -> None:
    """Tags beyond the bound are passed over and counted; known ones go on."""
    newest = Newest(tags_max=2)
    newest.hear(frame_of([(f"t{k}#v", 1, float(k), 0) for k in range(5)]), 9, 8)
    newest.hear(frame_of([("t0#v", 2, 9.0, 0)]), 9, 8)
    assert (len(newest), newest.left_out, newest["reno/shop/a/t0#v"].value) == (2, 3, 9.0)


def test_what_history_tells_at_the_start_is_kept_until_something_newer_comes() -> None:
    """The last values of history fill in; what was heard already stands above them."""
    newest = Newest()
    newest.hear(frame_of([("t#v", 50, 1.0, 0)]), 9, 8)
    tags = ["reno/shop/a/t#v", "reno/shop/a/t#w"]
    newest.fill(
        [{"tag": tags, "t_ns": [60, 40], "seen_ns": [61, 41], "value": [7.0, None],
          "text": [None, "x"], "quality": [0, 0]}]
    )  # fmt: skip
    assert newest[tags[0]].value == 1.0
    assert (newest[tags[1]].text, newest[tags[1]].source) == ("x", "")


def test_ten_thousand_tags_in_a_second_cost_a_small_part_of_it() -> None:
    """Ten frames of 1,000 tags take less than a fifth of the second in which they come."""
    frames = [
        frame_of([(f"t{k % 50}#v{k}", 100 + n, 1.0, 0) for k in range(1000)], n=n)
        for n in range(10)
    ]
    newest = Newest()
    newest.hear(frames[0], 9, 8)
    begun_s = time.process_time()
    for each in frames:
        newest.hear(each, 9, 8)
    assert time.process_time() - begun_s < 0.2
