"""What every test may ask for: the checkout, the data folder, and steady property tests."""

import os
import signal
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent

# Same examples in every run: a failure is a change of the code, never of the day.
hypothesis.settings.register_profile(
    "suite", derandomize=True, deadline=None, database=None, max_examples=50
)
hypothesis.settings.load_profile("suite")

# A suite that a script starts with `&` or `nohup` ignores these, and with it all that it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder that LINEWRIGHT_DATA names; without it, the test is skipped and says so."""
    named = os.environ.get("LINEWRIGHT_DATA")
    if not named:
        pytest.skip("LINEWRIGHT_DATA is not set: it names the folder with the published data sets")
    folder = Path(named)
    assert folder.is_dir(), f"LINEWRIGHT_DATA names {named}, which is no folder"
    return folder
