"""Problems: what is wrong in a plant file, where, and the nearest right spelling.

Every kind of problem has a stable code, listed in `CODES` and explained in
`docs/problems.md`; editors and CI read the same as JSON.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal

import msgspec

PROBLEMS_MAX = 500
"""No report is longer: beyond it only the count goes on."""

MESSAGE_MAX = 280
WHERE_MAX = 200
"""Longest message, place and hint."""

CANDIDATES_MAX = 2_000
"""Names among which the nearest spelling is sought; bounds the cost of a report."""

Severity = Literal["error", "warning"]

CODES: dict[str, str] = {
    # the file
    "file-missing": "The file or folder does not exist or cannot be read.",
    "file-empty": "There is nothing in the plant file.",
    "file-too-large": "The plant file is larger than the language allows.",
    "not-text": "The file is not text in UTF-8.",
    "yaml-syntax": "The file is not valid YAML.",
    "yaml-feature": "A YAML feature that the plant language does not use: tags, merges, documents.",
    "yaml-alias": "An alias repeats itself, or aliases grow without bound.",
    "types-too-large": "Types repeat more than any plant has.",
    "too-deep": "The file is nested deeper than any plant is.",
    # shape
    "key-unknown": "There is no such key here.",
    "key-doubled": "A key stands twice.",
    "key-missing": "A key that must be there is not.",
    "keys-exclusive": "Only one of several keys may stand here.",
    "wrong-kind": "A list, a map or a single value stands where another of these is expected.",
    "value-invalid": "The value cannot be read as what is expected here.",
    "value-empty": "A key has no value.",
    "name-invalid": "A name has characters that it cannot have.",
    "choice-unknown": "The value is none of the possible ones.",
    # quantities
    "unit-missing": "A quantity has no unit.",
    "unit-unknown": "There is no such unit.",
    "unit-dimension": "The unit measures something else than what is expected.",
    "number-invalid": "The text is not a number.",
    "out-of-range": "A number is outside what is possible.",
    "range-upside-down": "The lower end of a range is above the upper end.",
    "limits-upside-down": "Alarm limits are not in the order low low, low, high, high high.",
    "window-outside-range": "A validated window or a limit lies outside the range it belongs to.",
    "money-invalid": "An amount of money is not `number CURRENCY` or `number CURRENCY/unit`.",
    "currencies-mixed": "Prices that are added or compared are in different currencies.",
    "currency-unknown": "There is no such currency (ISO 4217).",
    "timezone-unknown": "There is no such time zone (IANA).",
    "date-invalid": "A date is not a day of the calendar in the form YYYY-MM-DD.",
    "dates-upside-down": "Something ends before it begins.",
    "distribution-invalid": "A distribution lacks a parameter, or has one that it cannot have.",
    "password-inline": "A password stands in the file instead of `{secret: NAME}`.",
    # references
    "reference-dangling": "Something is named that does not exist.",
    "use-cycle": "Types use each other in a circle.",
    # the plant
    "was-present": "A former name is the name of something that is still there.",
    "name-doubled": "A line and a work centre of one area have the same name.",
    "station-duplicate": "A station stands twice in a flow.",
    "station-unreachable": "A station of a line is in no flow and has no buffer.",
    "station-idle": "A station does no operation that any product needs.",
    "station-does-nothing": "A station in a flow does no operation.",
    "flow-invalid": "A flow is not stations with numbers or `rack` between them.",
    "buffer-invalid": "A buffer does not join two different stations of its line.",
    "buffer-doubled": "A buffer is given twice: in the flow and by name.",
    "flow-cycle": "Buffers lead in a circle.",
    "route-impossible": "No station can do an operation of a route.",
    "route-missing": "A product has no route, and its family has none.",
    "route-order": "A line's flow cannot do the steps of a route in their order.",
    "route-ends-early": "A step stands after the one at which the piece becomes other products.",
    "approval-elsewhere": "An approval is for a machine at which the route is never done.",
    "revision-unknown": "The current revision is none of the revisions.",
    "characteristic-elsewhere": "A characteristic is made by an operation that no route has.",
    "rework-nowhere": "Pieces are to be reworked, and nothing says where.",
    "controlled-elsewhere": "A controlled product may be made at a site where it may not be.",
    "takt-impossible": "A station of a line is slower than the line's takt.",
    "route-not-approved": "No route of the product is approved.",
    "rework-target": "Rework goes to an operation that is not earlier in the route.",
    "shift-invalid": "A shift cannot be read.",
    "shifts-overlap": "Two shifts of one calendar run at the same time.",
    "calendar-never-opens": "A calendar has no working time.",
    "setup-invalid": "A set-up matrix has a time that cannot be, or too many keys.",
    "setup-hole": "A set-up matrix has no time for a pair of keys.",
    "setup-key-unknown": "A set-up matrix names a key that no product has.",
    "setup-triangle": "A set-up by way of a third key is shorter than the direct one.",
    "bom-cycle": "A product contains itself.",
    "gives-cycle": "Products become each other in a circle.",
    "bom-unit": "An amount is in a unit that the material is not counted in.",
    "tag-bound-twice": "Two tags of one connection are bound to the same source.",
    "tag-unbound": "A tag of a connected station has no source.",
    "state-map-missing": "A tag with the role `state` has no map to our states.",
    "role-doubled": "Two tags of a station have the same role.",
    "micro-stop-placement": "A micro-stop threshold stands on a station that has a type.",
    "formula-invalid": "An expression cannot be read, or mixes types.",
    "formula-cycle": "Derived tags need each other in a circle.",
    "option-invalid": "An option has no values, doubled ones, or a default that is none of them.",
    "constraints-unsatisfiable": "No choice of options keeps all constraints.",
    "reason-bucket-missing": "A downtime reason has no ledger bucket and no parent that has one.",
    "cause-cycle": "Failure modes cause each other in a circle.",
    "failure-mode-silent": "A failure mode has neither a time between failures nor a cause.",
    "wear-without-life": "Nothing says after how much time or how many parts something is worn.",
    "wear-counter-unit": "The tag that counts the life used of a wear is not in %.",
    "maintenance-silent": "A maintenance has neither a time nor a share of life when it is due.",
    "maintenance-without-wear": "A maintenance is due at a share of life, and renews no wear.",
    "fixture-elsewhere": "A station uses a fixture that fits elsewhere only.",
    "failure-repair-missing": "A failure mode has a time between failures and no repair time.",
    "blocked-places": "More places are blocked than there are.",
    "batch-least-beyond": "A load waits for more pieces than it can hold.",
    "connection-incomplete": "A connection has no protocol, or an endpoint that it cannot have.",
    "broker-name": "A topic or a Sparkplug name that an MQTT broker cannot carry.",
    "source-of-other-protocol": "A tag or command is bound in the way of another protocol.",
    "ceiling-elsewhere": "A ceiling of authority names a command that is at none of its places.",
    "ceiling-beyond-range": "A ceiling of authority allows values beyond the command's range.",
    "command-forbidden": "A command would start, resume, jog, home or reset a machine.",
    "remedy-invalid": "A remedy is neither a command nor a call, or both, or beyond a range.",
    "readback-elsewhere": "A command is read back on a tag in a unit of another kind.",
    "permit-missing": "A command names no machine-side permit, so it can never be given.",
    "command-without-range": "A command with a number has no range.",
    "gateway-budget-missing": "A gateway that several stations share has no budget.",
    "tariff-periods-overlap": "Two periods of a tariff hold at the same time.",
    "standard-time-elsewhere": "A standard time is for a place that does not do the operation.",
    "standard-time-doubled": "Two standard times hold for the same work on the same day.",
    "lane-loop": "A lane ends where it begins.",
    "label-missing": "A label lacks a language that the plant asks for.",
    "unused": "Something is defined that nothing uses.",
    "subject-length": "An address is longer than the message broker bears.",
    "too-many-problems": "The report was cut.",
}
"""What each code means, in one line."""

WARNINGS = frozenset(
    {
        "station-idle",
        "station-does-nothing",
        "route-not-approved",
        "setup-triangle",
        "setup-key-unknown",
        "takt-impossible",
        "rework-nowhere",
        "wear-without-life",
        "tag-unbound",
        "gateway-budget-missing",
        "label-missing",
        "permit-missing",
        "command-without-range",
        "unused",
    }
)
"""Codes that do not stop a plant from being used."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One mistake: its code, what is wrong, where in the file and where in the plant.

    Lines and columns count from 1, as editors do; 0 means that there is no
    place in a file (a plant made by the builder).
    """

    code: str
    severity: Severity
    message: str
    file: str
    line: int
    column: int
    where: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: " if self.line else ""
        where = f" [{self.where}]" if self.where else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.severity}: {self.message}{hint}{where} {self.code}"


class Report:
    """Collects problems in the order of the file, each once, with a bound on their number."""

    def __init__(self, files: list[str]) -> None:
        self._files = files
        self._found: dict[Severity, dict[tuple[str, int, str], Problem]] = {
            "error": {},
            "warning": {},
        }
        self._dropped: dict[Severity, int] = {"error": 0, "warning": 0}
        self.noted = 0
        """How often something was noted, repeats included."""

    @property
    def full(self) -> bool:
        """Whether no more errors are kept, so that looking for hints is a waste."""
        return len(self._found["error"]) >= PROBLEMS_MAX

    @property
    def has_errors(self) -> bool:
        """Whether any error was noted."""
        return bool(self._found["error"])

    def add(self, code: str, at: int, message: str, *, where: str = "", hint: str = "") -> None:
        """Note a problem at a mark; the same one at the same place counts once."""
        assert code in CODES, f"unlisted problem code {code}"
        self.noted += 1
        severity: Severity = "warning" if code in WARNINGS else "error"
        found = self._found[severity]
        message, where = clean(message), clean(where, WHERE_MAX)
        key = (code, at, message if at >= 0 else f"{where}: {message}")
        if key in found:
            return
        if len(found) >= PROBLEMS_MAX:
            self._dropped[severity] += 1
            return
        file, line, column = unpack(at)
        found[key] = Problem(
            code=code,
            severity=severity,
            message=message,
            file=self.file(file),
            line=line,
            column=column,
            where=where,
            hint=clean(hint, WHERE_MAX),
        )

    def file(self, index: int) -> str:
        """Return the name of a file by its index."""
        return self._files[index] if self._files else ""

    def problems(self) -> tuple[Problem, ...]:
        """Return all problems, sorted by file, line and column."""
        every = [problem for found in self._found.values() for problem in found.values()]
        every.sort(key=lambda problem: (problem.file, problem.line, problem.column))
        if any(self._dropped.values()):
            last = every[-1]
            severity: Severity = "error" if self._dropped["error"] else "warning"
            every.append(
                Problem(
                    code="too-many-problems",
                    severity=severity,
                    message=f"{sum(self._dropped.values())} more problems are not shown",
                    file=last.file,
                    line=last.line,
                    column=last.column,
                    hint="mend these first",
                )
            )
        return tuple(every)


def clean(text: str, longest: int = MESSAGE_MAX) -> str:
    r"""Return a text as one visible line of bounded length; what cannot be seen is spelled out.

    Examples
    --------
    >>> clean("te" + chr(10) + "xt")
    'te\\nxt'
    """
    if len(text) > longest:
        text = text[: longest - 3] + "..."
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )[:longest]


LINE_SHIFT = 16
_FILE_SHIFT = 48
COLUMN_MAX = (1 << LINE_SHIFT) - 1
_LINE_MAX = (1 << (_FILE_SHIFT - LINE_SHIFT)) - 1
NOWHERE = -1
"""The mark of something that stands in no file."""


def pack(file: int, line: int, column: int) -> int:
    """Return one integer for a place: file index, line and column counted from 0."""
    return file << _FILE_SHIFT | min(line, _LINE_MAX) << LINE_SHIFT | min(column, COLUMN_MAX)


def unpack(at: int) -> tuple[int, int, int]:
    """Return file index, line and column, the last two counted from 1; 0 when nowhere.

    Examples
    --------
    >>> unpack(pack(0, 6, 2)), unpack(NOWHERE)
    ((0, 7, 3), (0, 0, 0))
    """
    if at < 0:
        return 0, 0, 0
    return at >> _FILE_SHIFT, (at >> LINE_SHIFT & _LINE_MAX) + 1, (at & COLUMN_MAX) + 1


def line_of(at: int) -> int:
    """Return the line of a mark, counted from 1."""
    return unpack(at)[1]


def nearest(word: str, candidates: Iterable[str]) -> str:
    """Return the candidate that is spelled most like the word, or nothing.

    Cost: at most `CANDIDATES_MAX` comparisons of short texts.

    Parameters
    ----------
    word
        What was written.
    candidates
        What could have been meant.

    Examples
    --------
    >>> nearest("staions", ["stations", "shifts"])
    'stations'
    >>> nearest("xyz", ["stations"])
    ''
    """
    pool: list[str] = []
    for candidate in candidates:
        if len(pool) >= CANDIDATES_MAX:
            break
        pool.append(candidate)
    folded = {candidate.casefold().replace("-", "_"): candidate for candidate in pool}
    key = word[:200].casefold().replace("-", "_").replace(" ", "_")
    found = get_close_matches(key, folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else ""


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return `did you mean X?` for the nearest candidate, or nothing."""
    found = nearest(word, candidates)
    return f"did you mean `{found}`?" if found else ""
