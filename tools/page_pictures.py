"""`python -m tools.page_pictures`: plays the demo and photographs its page for README and docs.

Needs Chromium and about a minute. The pictures are of the real page, in a real browser, fed by
the real services; nothing is drawn by hand.
"""

import sys
import tempfile
from pathlib import Path

from linewright.testing.browser import Browser, browser_path
from linewright.testing.scenes import Scene
from tools.environment import ROOT, say

DESK = (1366, 900)
PHONE = (390, 844)


def main() -> int:
    """Write docs/page.png, docs/page-phone.png and docs/page-closed.png."""
    if browser_path() is None:
        say("there is no Chromium here, so there are no new pictures")
        return 1
    docs = ROOT / "docs"
    with tempfile.TemporaryDirectory(prefix="linewright-") as folder, Scene(Path(folder)) as scene:
        case = scene.wait_for("proposed")
        running = scene.running()
        with Browser.start() as browser:
            browser.open(f"{running['url']}/#key={running['key']}")
            browser.wait_for("document.querySelector('#confirm')")
            browser.picture(docs / "page.png", *DESK)
            browser.picture(docs / "page-phone.png", *PHONE)
            scene.answer(case["id"])
            browser.wait_for("document.querySelector('#case').innerText.includes('closed:')", 90.0)
            browser.picture(docs / "page-closed.png", *DESK)
    say("docs/page.png, docs/page-phone.png and docs/page-closed.png are new")
    return 0


if __name__ == "__main__":
    sys.exit(main())
