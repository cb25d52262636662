"""Who hangs: only a service that is silent while the bus carries our own beats."""

from linewright.server.up.beats import FIRST_BEATS, HUNG_BEATS, PATIENCE_MAX, Beats


def _silent(beats: Beats, count: int) -> None:
    for _ in range(count):
        beats.own()


def test_a_service_that_falls_silent_hangs() -> None:
    """Fifteen own beats without one of the service are not enough, sixteen are; told once."""
    beats = Beats()
    beats.begin("live")
    beats.hear("live")
    _silent(beats, HUNG_BEATS)
    assert beats.hung() == ()
    _silent(beats, 1)
    assert beats.hung() == ("live",)
    assert beats.hung() == ()


def test_a_sign_of_life_begins_anew() -> None:
    """Who speaks now and then never hangs."""
    beats = Beats()
    beats.begin("live")
    for _ in range(20):
        beats.hear("live")
        _silent(beats, HUNG_BEATS)
        assert beats.hung() == ()


def test_without_the_bus_nobody_hangs() -> None:
    """While our own beats do not come back, silence says nothing."""
    beats = Beats()
    beats.begin("live")
    beats.hear("live")
    assert beats.hung() == ()
    assert beats.silent("live") == 0


def test_a_start_takes_longer() -> None:
    """Before its first sign of life a service has a minute; one that ended is not waited for."""
    beats = Beats()
    beats.begin("think")
    beats.begin("live")
    beats.end("live")
    _silent(beats, FIRST_BEATS)
    assert beats.hung() == ()
    _silent(beats, 1)
    assert beats.hung() == ("think",)


def test_what_is_only_slow_gets_more_time() -> None:
    """Each time it is waited for twice as long, up to a bound."""
    beats = Beats()
    waited = []
    for _ in range(6):
        beats.begin("think")
        beats.hear("think")
        count = 0
        while not beats.hung():
            beats.own()
            count += 1
        waited.append(count - 1)
    assert waited == [HUNG_BEATS * min(2**n, PATIENCE_MAX) for n in range(6)]


def test_a_stranger_is_passed_over() -> None:
    """A sign of life of something that was never started changes nothing."""
    beats = Beats()
    beats.hear("stranger")
    beats.end("stranger")
    _silent(beats, 1000)
    assert beats.hung() == ()
