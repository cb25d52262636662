r"""One spelling for plant files: two spaces a level, a space before units, no trailing spaces.

Edits the text at known places instead of writing it anew, so that comments, quotes, line breaks
in lists, aligned columns and the order of keys stay as they are. What the text says is compared
before and after, and a result that said something else would be refused.

>>> print(format_text("sites:\n   reno:   # the first\n      currency: USD   \n"), end="")
sites:
  reno:   # the first
    currency: USD
"""

from linewright.plant.language.formatting.layout import indented
from linewright.plant.language.formatting.saying import FormatRefused, said
from linewright.plant.language.formatting.spacing import spacings, with_spacings

__all__ = ["FormatRefused", "format_text"]


def format_text(text: str) -> str:
    r"""Return one YAML file of a plant in the one spelling.

    Parameters
    ----------
    text
        The file; it must be YAML as plants use it, and may have other mistakes.

    Returns
    -------
    str
        Says the same: all keys and values are equal, but for the space between
        a number and its unit. A text in that spelling comes back as it is.

    Raises
    ------
    FormatRefused
        When the text cannot be read, or when the result would say something else.

    Notes
    -----
    Cost: linear in the length of the text, which is parsed four times.

    Examples
    --------
    >>> format_text("materials:\n    bar: {cost:  7USD,   supplier: [x]}  # dear\n")
    'materials:\n  bar: {cost:  7 USD,   supplier: [x]}  # dear\n'
    """
    text = text.removeprefix("\ufeff")
    before = said(text)
    edits = dict(spacings(text))
    result = indented(with_spacings(text, edits))
    after = said(result)
    for one, two in zip(before, after, strict=False):
        if two.words() != one.words(edits.get(one.place)):
            raise FormatRefused("formatting would change what stands here", one.place[0] + 1)
    if len(before) != len(after):
        raise FormatRefused("formatting would change what the file says", 1)
    return result
