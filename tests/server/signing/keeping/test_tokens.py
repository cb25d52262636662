"""Tokens: long, never the same, and their hash alone is kept."""

import hmac

from linewright.server.signing.keeping import tokens


def test_tokens_have_256_bits() -> None:
    """Each token is another one, and 43 letters of base 64 are 256 bits."""
    made = {tokens.new_token() for _ in range(1_000)}
    assert len(made) == 1_000
    assert {len(token) for token in made} == {43}
    assert len({tokens.new_id() for _ in range(1_000)}) == 1_000


def test_csrf_is_of_its_session_and_tells_nothing() -> None:
    """Each session has its own CSRF token, which is neither its token nor its hash."""
    token = tokens.new_token()
    assert tokens.csrf_of(token) == tokens.csrf_of(token)
    assert tokens.csrf_of(token) not in {token, tokens.sha256_of(token)}


def test_comparing_takes_the_same_time_by_construction() -> None:
    """Secrets are compared by the function that the library has for it, odd text included."""
    assert tokens.same("a\udcff", "a\udcff")
    assert not tokens.same("a", "\u00e4")
    assert "compare_digest" in tokens.same.__code__.co_names
    assert hmac.compare_digest(b"a", b"a")
