"""What a person does with mouse and keyboard, and what the audit then says of it."""

from typing import Any

from linewright.testing.browser import Browser
from tests.scenes.web.site import Site, by_text

PUT = """
((one, value) => {
  const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(one), "value").set;
  set.call(one, value);
  one.dispatchEvent(new Event("change", { bubbles: true }));
})(%s, %r)
"""


def put(page: Browser, choice: str, at: int) -> None:
    """Choose the reason that stands at a place in a list, the first that is one being 0."""
    options = page.run(f"[...{choice}.options].map((one) => one.value).filter(Boolean)")
    page.run(PUT % (choice, options[at]))


def press(browser: Browser, selector: str, text: str = "") -> None:
    """Press the first visible element with such a text, once it is there and enabled."""
    found = by_text(selector, text)
    browser.wait_for(f"(one => one && !one.disabled)({found})")
    browser.click_on(found)


def audited(site: Site, action: str) -> dict[str, Any]:
    """The newest audit record of an action, once there is one."""
    answer: dict[str, Any] = site.until(lambda: _newest(site, action))
    return answer


def _newest(site: Site, action: str) -> dict[str, Any] | None:
    found = site.get("/api/audit")
    rows = found if isinstance(found, list) else found.get("records", found.get("audit", []))
    return next((row for row in reversed(rows) if row["action"] == action), None)
