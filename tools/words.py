"""Words of the web application: add a key in all four languages, keys kept sorted.

python -m tools.words add stops.merge "Merge" "Unir" "Fusionner" "合并"
python -m tools.words add stops.n "{n} stop // {n} stops" "{n} paro // {n} paros" ...
"""

import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "web" / "src" / "words"
LANGUAGES = ("en", "es", "fr", "zh")
WITH_MANY = ("es", "fr")
"""Languages that have a plural form of their own for millions."""

Words = dict[str, str | dict[str, str]]


def forms(language: str, text: str, *, plural: bool) -> str | dict[str, str]:
    """Return the words of a key: a text, or by plural form where `//` parts one from more.

    Examples
    --------
    >>> forms("en", "{n} stop // {n} stops", plural=True)
    {'one': '{n} stop', 'other': '{n} stops'}
    """
    if not plural:
        return text
    one, _, other = (part.strip() for part in text.partition("//"))
    if not other:
        return {"other": one}
    many = {"many": other} if language in WITH_MANY else {}
    return {"one": one, **many, "other": other}


def read(language: str) -> Words:
    """Return the words of a language."""
    found: Words = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return found


def write(language: str, words: Words) -> None:
    """Write the words of a language, sorted by key."""
    text = json.dumps(dict(sorted(words.items())), ensure_ascii=False, indent=1)
    (FOLDER / f"{language}.json").write_text(text + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Add one key with its words in English, Spanish, French and Chinese."""
    if len(arguments) != 2 + len(LANGUAGES) or arguments[0] != "add":
        print(__doc__, file=sys.stderr)
        return 2
    key, texts = arguments[1], arguments[2:]
    for language, text in zip(LANGUAGES, texts, strict=True):
        write(language, read(language) | {key: forms(language, text, plural="//" in texts[0])})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
