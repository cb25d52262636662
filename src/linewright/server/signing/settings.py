"""What whoever runs a plant may set about signing in: the lives of sessions, and OpenID Connect.

It stands in `server/signing.json` of the data folder; without the file every value is the default.
"""

import os
from pathlib import Path

import msgspec

from linewright.plant.records import Role
from linewright.server.signing.keeping.sessions import IDLE_S, LONGEST_S

__all__ = ["OidcSettings", "SettingsInvalid", "SigningSettings", "oidc_secret", "read_settings"]

FILE = "signing.json"

SECRET = "LINEWRIGHT_OIDC_SECRET"  # noqa: S105  # the name of the variable, no secret
"""Environment variable with the client's secret at the OpenID provider."""

HOURS_MAX = 24 * 90
"""Longest life of a session that may be set: a quarter of a year."""


class SettingsInvalid(ValueError):
    """The settings cannot be used: which file, and why."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


class OidcSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people sign in at an OpenID provider.

    Examples
    --------
    >>> OidcSettings(issuer="https://login.example", client="linewright", roles={}).groups
    'groups'
    """

    issuer: str
    """Address of the provider, as it names itself."""
    client: str
    """Our id there; the secret, where there is one, is in the environment."""
    roles: dict[str, dict[str, Role]]
    """What a group of the provider gives here: group -> site (`*` for all) -> role."""
    groups: str = "groups"
    """Claim of the ID token that lists the groups of a person."""
    login: str = "preferred_username"
    """Claim with the name by which a person is listed."""
    scopes: tuple[str, ...] = ("openid", "profile")
    label: str = "OpenID"
    """What the button to sign in says."""


class SigningSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file, whole.

    Examples
    --------
    >>> SigningSettings().idle_h, SigningSettings().longest_h
    (12.0, 168.0)
    """

    idle_h: float = IDLE_S / 3600
    """A session that is not used for so long ends."""
    longest_h: float = LONGEST_S / 3600
    """A session so old ends."""
    oidc: OidcSettings | None = None


def read_settings(folder: Path) -> SigningSettings:
    """Return the settings of a server's folder; defaults where there is no file.

    Parameters
    ----------
    folder
        Private folder of the server.

    Raises
    ------
    SettingsInvalid
        There is a file that cannot be used: nothing is guessed where it is about who may sign in.

    Examples
    --------
    >>> read_settings(Path("no/such/folder")).oidc is None
    True
    """
    path = folder / FILE
    try:
        found = msgspec.json.decode(path.read_bytes(), type=SigningSettings)
    except FileNotFoundError:
        return SigningSettings()
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise SettingsInvalid(path, str(error)) from error
    if not 0 < found.idle_h <= HOURS_MAX or not 0 < found.longest_h <= HOURS_MAX:
        raise SettingsInvalid(path, f"idle_h and longest_h are above 0 and at most {HOURS_MAX}")
    return found


def oidc_secret() -> str:
    """Return the client's secret at the OpenID provider; empty where there is none."""
    return os.environ.get(SECRET, "")
