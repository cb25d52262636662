"""Pages and what may stand in any file: links, decisions, fragments, hosts, paths, lock files."""

import re
from posixpath import normpath

from tools.house.tree import Finding, Tree

DECISIONS = "docs/decisions"
SECTIONS = ("Context", "Options", "Choice", "What would prove it wrong")
FRAGMENTS = "changes"
FRAGMENT_KINDS = ("added", "changed", "deprecated", "removed", "fixed", "security")
FRAGMENT_CHARS_MAX = 1200

HOSTS = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|yarnpkg|anaconda|crates|rubygems|ghcr|quay|docker)\.(?:org|com|io)\b"
    r"|(?:extra-)?index[-]url\b"
)
"""Registries; which one is asked is the business of each machine."""

MACHINE_PATHS = re.compile(
    r"(?<![\w.:/$~}])/(?:work|root|home|Users)/[\w.-]+|\b[A-Z]:\\Users\\[\w.-]+"
)
"""Absolute paths of one machine."""

LOCK_FILES = frozenset(["uv.lock", "poetry.lock", "pdm.lock", "pixi.lock", "Pipfile.lock"])
LOCK_FILES |= {"pylock.toml", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml"}
LOCK_FILES |= {"yarn.lock", "bun.lock", "bun.lockb"}
"""Files that name registries."""

_LINK = re.compile(r"(?<!\\)\[[^\]\[]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_REFERENCE = re.compile(r"^\s{0,3}\[[^\]]+\]:\s*<?(\S+?)>?\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_DECISION = re.compile(r"^(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md$")
_FRAGMENT = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*\.([a-z]+)\.md$")


def links(tree: Tree) -> list[Finding]:
    """Every relative link in a page leads to a file of the tree, and to a heading in it."""
    findings = []
    for path in tree.under(*_tops(tree), suffix=".md"):
        for line, text in _prose(tree.text(path)):
            targets = _LINK.findall(re.sub(r"`[^`]*`", "", text)) + _REFERENCE.findall(text)
            for target in targets:
                if not _SCHEME.match(target):
                    findings += _link_breach(tree, path, line, target)
    return findings


def decisions(tree: Tree) -> list[Finding]:
    """Decision pages are numbered without holes and say context, options, choice, disproof."""
    findings = []
    numbers: list[int] = []
    for path in tree.under(DECISIONS, suffix=".md"):
        name = path.rpartition("/")[2]
        if name == "README.md":
            continue
        found = _DECISION.match(name)
        if not found:
            findings.append(Finding(path, 1, "decisions", "is not called NNNN-what-it-is.md"))
            continue
        numbers.append(int(found[1]))
        findings += _section_breaches(path, tree.text(path))
    for index, number in enumerate(sorted(numbers), 1):
        if number != index:
            what = f"number {number:04d} stands where {index:04d} belongs"
            findings.append(Finding(DECISIONS, 1, "decisions", what))
            break
    return findings


def fragments(tree: Tree) -> list[Finding]:
    """A changelog fragment is one plain paragraph in `changes/<slug>.<kind>.md`."""
    findings = []
    for path in tree.under(FRAGMENTS):
        name = path.rpartition("/")[2]
        if name == "README.md":
            continue
        found = _FRAGMENT.match(name)
        if not found or found[1] not in FRAGMENT_KINDS:
            what = f"is not called <slug>.<kind>.md with a kind of {', '.join(FRAGMENT_KINDS)}"
            findings.append(Finding(path, 1, "fragments", what))
        text = tree.text(path).strip()
        if not text or "\n\n" in text or text[0] in "#-*" or len(text) > FRAGMENT_CHARS_MAX:
            what = f"is not one plain paragraph of at most {FRAGMENT_CHARS_MAX} characters"
            findings.append(Finding(path, 1, "fragments", what))
        elif not text.endswith("."):
            findings.append(Finding(path, 1, "fragments", "does not end its sentence"))
    return findings


def machine_paths(tree: Tree) -> list[Finding]:
    """No file names a path of one machine."""
    return _search(tree, MACHINE_PATHS, "machine-paths")


def hosts(tree: Tree) -> list[Finding]:
    """No file names a registry."""
    return _search(tree, HOSTS, "hosts")


def lock_files(tree: Tree) -> list[Finding]:
    """No lock file that names a registry is part of the tree; npm can leave the names out."""
    return [
        Finding(path, 1, "lock-files", "lock files that name registries are not committed")
        for path in tree.files
        if path.rpartition("/")[2] in LOCK_FILES
        if not path.endswith("package-lock.json") or '"resolved"' in tree.text(path)
    ]


def anchor(heading: str) -> str:
    """The anchor that a heading gets.

    Examples
    --------
    >>> anchor("What would prove it `wrong`?")
    'what-would-prove-it-wrong'
    """
    kept = re.sub(r"[^\w\s-]", "", heading.strip().lower())
    return re.sub(r"\s", "-", kept)


def _tops(tree: Tree) -> set[str]:
    return {path.split("/")[0] for path in tree.files}


def _prose(text: str) -> list[tuple[int, str]]:
    """Lines of a page outside fenced code."""
    lines = []
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            lines.append((number, line))
    return lines


def _link_breach(tree: Tree, path: str, line: int, target: str) -> list[Finding]:
    file, _, wanted = target.partition("#")
    here = path.rpartition("/")[0]
    goal = normpath(f"{here}/{file}" if here else file) if file else path
    is_folder = any(name.startswith(f"{goal}/") for name in tree.files)
    if goal.startswith(("..", "/")) or (goal not in tree.files and not is_folder):
        return [Finding(path, line, "links", f"`{target}` leads nowhere")]
    if wanted and goal.endswith(".md") and wanted not in _anchors(tree.text(goal)):
        return [Finding(path, line, "links", f"`{target}`: no such heading")]
    return []


def _anchors(text: str) -> set[str]:
    headings = [found[1] for _, line in _prose(text) if (found := _HEADING.match(line))]
    return {anchor(heading) for heading in headings}


def _section_breaches(path: str, text: str) -> list[Finding]:
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for _, line in _prose(text):
        if line.startswith("## "):
            current = sections.setdefault(line[3:].strip(), [])
        elif line.strip():
            current.append(line)
    findings = []
    for section in SECTIONS:
        if section not in sections:
            findings.append(Finding(path, 1, "decisions", f"has no section `{section}`"))
        elif not sections[section]:
            findings.append(Finding(path, 1, "decisions", f"section `{section}` is empty"))
    return findings


def _search(tree: Tree, pattern: re.Pattern[str], rule: str) -> list[Finding]:
    return [
        Finding(path, line, rule, f"`{found[0]}`")
        for path in tree.files
        for line, text in enumerate(tree.text(path).splitlines(), 1)
        if (found := pattern.search(text))
    ]
