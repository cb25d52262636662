"""What a subscription brings is handed on in order, or not at all."""

import pytest

from linewright.connectors.opcua.ordering import HOLES_MAX, BegunAgain, InOrder, MessageMissing


def test_what_overtook_a_message_waits_for_it() -> None:
    """Nothing is handed on while something older may still come, then all of it, in order."""
    order = InOrder[int]()
    assert [order.take(number, number) for number in (1, 3, 4)] == [[1], [], []]
    assert order.take(2, 2) == [2, 3, 4]


def test_a_repeated_message_is_dropped() -> None:
    """A number that was handed on, or is held, is handed on once."""
    order = InOrder[int]()
    assert [order.take(number, number) for number in (1, 1, 3, 3, 2)] == [[1], [], [], [], [2, 3]]


@pytest.mark.parametrize("is_alive_only", [False, True])
def test_a_message_that_never_comes_is_an_error(*, is_alive_only: bool) -> None:
    """After eight messages, or keep-alives that say so, a missing one is given up."""
    order = InOrder[int]()
    numbers = [2] * HOLES_MAX if is_alive_only else list(range(2, HOLES_MAX + 2))
    for number in numbers:
        assert order.take(number, None if is_alive_only else number) == []
    with pytest.raises(MessageMissing, match="message 1 "):
        order.take(numbers[-1] + 1, None)


def test_keep_alives_in_order_miss_nothing() -> None:
    """A keep-alive that carries the next number says that nothing is missing."""
    order = InOrder[int]()
    order.take(1, 1)
    assert [order.take(2, None) for _ in range(3 * HOLES_MAX)] == [[]] * 3 * HOLES_MAX


@pytest.mark.parametrize("is_alive_only", [False, True])
def test_numbers_that_begin_again_are_an_error(*, is_alive_only: bool) -> None:
    """What is a little late is a repeat; far behind it is of numbers that began again."""
    order = InOrder[int]()
    for number in range(1, 21):
        order.take(number, number)
    assert order.take(21 - HOLES_MAX, 0) == []
    with pytest.raises(BegunAgain, match="number 1 of the subscription came where 21 was next"):
        order.take(1, None if is_alive_only else 1)


def test_numbers_that_leap_are_an_error() -> None:
    """What is far ahead would be held back for ever, and all that follows it."""
    order = InOrder[int]()
    assert order.take(1, 1) == [1]
    with pytest.raises(BegunAgain, match="number 2000 of the subscription came where 2 was next"):
        order.take(2000, 2000)
    assert order.take(2, 2) == [2]
