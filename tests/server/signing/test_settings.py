"""The settings of signing in: defaults, values, and what is refused."""

import json
from pathlib import Path

import pytest

from linewright.plant.records import Role
from linewright.server.signing import read_settings
from linewright.server.signing.settings import SettingsInvalid, SigningSettings, oidc_secret


def test_without_a_file_all_is_default(tmp_path: Path) -> None:
    """No file: sessions live as the constants say, and there is no provider."""
    assert read_settings(tmp_path) == SigningSettings()


def test_a_file_is_read(tmp_path: Path) -> None:
    """Lives of sessions and a provider with its groups come from `signing.json`."""
    oidc = {"issuer": "https://login.example", "client": "us", "roles": {"g": {"*": "admin"}}}
    (tmp_path / "signing.json").write_text(json.dumps({"idle_h": 1.5, "oidc": oidc}))
    found = read_settings(tmp_path)
    assert found.idle_h == 1.5
    assert found.oidc is not None
    assert found.oidc.roles == {"g": {"*": Role.ADMIN}}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"idle_hours": 3}',
        '{"idle_h": 0}',
        '{"longest_h": 1e9}',
        '{"oidc": {"issuer": "https://x"}}',
        '{"oidc": {"issuer": "https://x", "client": "c", "roles": {"g": {"*": "king"}}}}',
        '{"oidc": {"issuer": "https://x", "client": "c", "roles": {}, "secret": "s"}}',
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    """Where it is about who may sign in nothing is guessed: a slip ends the start."""
    (tmp_path / "signing.json").write_text(text)
    with pytest.raises(SettingsInvalid, match=r"signing\.json"):
        read_settings(tmp_path)


def test_the_secret_is_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret of our client stands in no file."""
    monkeypatch.delenv("LINEWRIGHT_OIDC_SECRET", raising=False)
    assert oidc_secret() == ""
    monkeypatch.setenv("LINEWRIGHT_OIDC_SECRET", "s")
    assert oidc_secret() == "s"
