"""Errors of the twin."""

import pickle

from linewright.twin.faults import LineInvalid, TwinFault


def test_they_say_where_what_and_what_to_do() -> None:
    """The text holds the three fields, also on the other side of a process."""
    wrong = LineInvalid("reno/shop", "there is no such line", "give another")
    assert str(wrong) == "reno/shop: there is no such line; give another"
    back = pickle.loads(pickle.dumps(wrong))  # noqa: S301  # our own
    assert (back.where, back.what, back.do) == (wrong.where, wrong.what, wrong.do)
    assert isinstance(back, TwinFault)
