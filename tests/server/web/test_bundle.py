"""The files of the pages: caching, compression, the page for every address, and the old page."""

import gzip
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from linewright.server.web.bundle import Bundle

STATIC = Path(__file__).resolve().parents[3] / "src" / "linewright" / "server" / "static"


def _built(folder: Path) -> Bundle:
    """A bundle as a build makes it."""
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<!doctype html><title>the page</title>")
    (folder / "icon.svg").write_text("<svg/>")
    script = folder / "assets" / "page-B1x9Qz_7.js"
    script.write_text("console.log(1)")
    Path(f"{script}.gz").write_bytes(gzip.compress(b"console.log(1)"))
    Path(f"{script}.br").write_bytes(b"as brotli packs it")
    return Bundle(folder)


def test_hashed_files_are_kept_for_ever(tmp_path: Path) -> None:
    """A file with a hash in its name is immutable; the page is never kept, others are asked for."""
    bundle = _built(tmp_path)
    kept = {
        name: bundle.answer(name, "").headers["cache-control"]
        for name in ("assets/page-B1x9Qz_7.js", "index.html", "", "icon.svg")
    }
    assert "immutable" in kept["assets/page-B1x9Qz_7.js"]
    assert (kept["index.html"], kept[""], kept["icon.svg"]) == ("no-store", "no-store", "no-cache")


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, br;q=1", "br"), ("gzip", "gzip"), ("identity", None), ("", None), ("BR", "br")],
)
def test_what_was_packed_is_sent_packed(tmp_path: Path, accepted: str, coding: str | None) -> None:
    """The best packing that the browser takes is sent, with the type of what is in it."""
    answer = _built(tmp_path).answer("assets/page-B1x9Qz_7.js", accepted)
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "accept-encoding"


def test_every_address_opens_the_page(tmp_path: Path) -> None:
    """A path that is no file gives the page; a file that is not there is 404, also beside it."""
    bundle = _built(tmp_path)
    (tmp_path.parent / "secret.txt").write_text("no")
    for name in ("line/nogales/machining", "shift", "a/b/c"):
        assert bundle.answer(name, "").headers["content-type"].startswith("text/html")
    for name in ("assets/none.js", "none.css", "../secret.txt", "assets/page-B1x9Qz_7.js.gz"):
        assert bundle.answer(name, "").status_code == 404


def test_another_build_is_served_without_a_restart(tmp_path: Path) -> None:
    """A page that is built anew finds its new files, and what is gone is gone."""
    bundle = _built(tmp_path)
    assert bundle.answer("assets/page-B1x9Qz_7.js", "").status_code == 200
    for path in (tmp_path / "assets").iterdir():
        path.unlink()
    (tmp_path / "index.html").write_text("<!doctype html><title>the next page</title>")
    (tmp_path / "assets" / "page-Z9k2Wm_4.js").write_text("console.log(2)")
    os.utime(tmp_path / "index.html", ns=(7, 7))
    os.utime(tmp_path / "assets", ns=(7, 7))
    found = [bundle.answer(f"assets/page-{name}.js", "") for name in ("Z9k2Wm_4", "B1x9Qz_7")]
    assert [each.status_code for each in found] == [200, 404]


def test_a_build_that_comes_later_is_served(tmp_path: Path) -> None:
    """A server that was started before its first build shows the page as soon as it is there."""
    bundle = Bundle(tmp_path)
    assert not bundle.is_built
    (tmp_path / "index.html").write_text("<!doctype html><title>the page</title>")
    assert bundle.answer("", "").headers["cache-control"] == "no-store"
    assert bundle.is_built


def test_without_a_build_it_says_how(tmp_path: Path) -> None:
    """Without a build every address says how it is made, and links to the page of before."""
    bundle = Bundle(tmp_path / "none")
    assert not bundle.is_built
    assert bundle.answer("line", "").status_code == 200
    assert "/old" in (STATIC / "unbuilt.html").read_text("utf-8")


def test_the_page_asks_nobody_else() -> None:
    """Page, style and script name no other host, hold no inline script, and name each other."""
    page = (STATIC / "page.html").read_text("utf-8")
    whole = page + "".join((STATIC / f"page.{kind}").read_text("utf-8") for kind in ("css", "js"))
    assert re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]{2,}", whole) == []
    assert re.findall(r"<script(?![^>]*src=)", page) == []
    assert re.findall(r"\son[a-z]+=|\sstyle=", page) == []
    assert "innerHTML" not in whole


@pytest.mark.skipif(shutil.which("node") is None, reason="node, which reads it, is not here")
def test_the_script_can_be_read() -> None:
    """The script has no slip of syntax."""
    script = (STATIC / "page.js").read_text("utf-8")
    command = ["node", "--check", "--input-type=module"]
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_element_the_script_asks_for_is_there() -> None:
    """Each id that the script looks up stands in the page or is made by the script."""
    page = (STATIC / "page.html").read_text("utf-8")
    script = (STATIC / "page.js").read_text("utf-8")
    asked = set(re.findall(r'(?:\$|put)\("([a-z-]+)"', script))
    made = set(re.findall(r'id="([a-z-]+)"', page)) | set(re.findall(r'id: "([a-z-]+)"', script))
    assert len(asked) > 10
    assert asked <= made
