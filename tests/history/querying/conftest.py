"""One published history for the tests of this folder: nothing a query does may change it."""

from pathlib import Path

import pytest

from tests.history.querying.made import publish


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a published history."""
    folder = tmp_path_factory.mktemp("data") / "history"
    publish(folder)
    return folder
