"""Blocks of memory seen as numbers."""

from linewright.numeric import views


def test_views_write_through() -> None:
    """What is written into a view stands in the block, integers first."""
    block = bytearray(24)
    whole, real = views(block, 2)
    whole[1], real[0] = -1, 1.0
    assert block[8:16] == b"\xff" * 8
    assert views(bytearray(block), 2)[1][0] == 1.0
