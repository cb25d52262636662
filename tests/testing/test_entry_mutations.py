"""Changes to one entry."""

import random

from linewright.plant.language.load import check_text
from linewright.testing import every_key_text
from linewright.testing.mutating.entry_mutations import ENTRY_MUTATIONS, is_required
from linewright.testing.mutating.marked import Marked


def test_what_is_required_is_known_without_the_language() -> None:
    """The tables name keys that must be there, and none that may be left out."""
    source = Marked(every_key_text())
    required = {".".join(e.path) for e in source.entries if is_required(source, e)}
    wanted = {"linewright", "sites", "sites.nogales.timezone", "lanes.steel_in.origin"}
    assert wanted <= required
    assert not {"products", "sites.nogales.language", "lanes.steel_in.mode"} & required


def test_what_is_said_to_be_invalid_is_refused() -> None:
    """No mutant that is invalid by construction is taken for a plant."""
    source = Marked(every_key_text())
    rng = random.Random(4)  # noqa: S311  # no secret hangs on it
    for mutation in ENTRY_MUTATIONS:
        for mutant in (mutation(source, rng) for _ in range(3)):
            if mutant is not None and mutant.verdict == "invalid" and b"9**9" not in mutant.raw:
                assert check_text(mutant.raw).plant is None, (mutant.kind, mutant.what)
