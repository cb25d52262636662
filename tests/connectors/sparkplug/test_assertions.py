"""Every testable assertion of the specification is covered by a test, or it is said why not."""

import ast
from collections import Counter
from pathlib import Path

from tests.connectors.sparkplug.assertions import CLAIMS, claim_of, ids

MUST = 120
"""Assertions that tests cover; it may only grow."""


def test_every_assertion_has_a_claim() -> None:
    """None of the 299 is forgotten; how many are covered is printed."""
    found = {name: claim_of(name) for name in ids()}
    assert len(found) == 299
    assert [name for name, claim in found.items() if claim is None] == []
    kinds = Counter(claim.kind for claim in found.values() if claim is not None)
    print(f"Sparkplug assertions: {dict(kinds)}")  # noqa: T201 - the count is asked for
    assert kinds["covered"] >= MUST
    assert kinds["todo"] <= 2


def test_every_claim_names_a_test_that_is_there() -> None:
    """A test that was renamed or removed covers nothing."""
    for claim in CLAIMS:
        if claim.kind == "covered":
            file, _, name = claim.by.partition("::")
            tree = ast.parse((Path(__file__).parent / file).read_text(encoding="utf-8"))
            names = {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
            assert name in names, claim
        else:
            assert len(claim.by.split()) > 3


def test_every_claim_fits_an_assertion() -> None:
    """A pattern that fits none is a mistake in its spelling."""
    known = ids()
    for claim in CLAIMS:
        for pattern in claim.ids.split():
            begin = pattern.removesuffix("*")
            assert any(name == pattern or name.startswith(begin) for name in known), pattern
