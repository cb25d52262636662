"""The formatter: what it changes, what it leaves alone, and what it refuses."""

import re

import pytest

from linewright.plant.language.formatting import FormatRefused, format_text
from linewright.plant.language.load import load_text

CROOKED = """\
# A plant as people leave it.
linewright: 1
enterprise: acme

sites:
    reno:   # the first
       timezone: UTC
       currency: USD<spaces>

       # all areas
       areas:
          shop:
             lines:
                pump:
                   flow: [saw, 12,   # a buffer
                          mill]
                   # stations of the pump line
                   stations:
                      saw:
                         label: "48s saw"
                         make: 48s
                         rate: 45USD/h
                         does:   {cut: {time: 48s, scrap: 1.5%}}
                         fails: {every: 30h weibull cv 0.6, repair: 10min to 20min}
                         wears: {blade: {life: 400   h}}
                         tags:
                            temp: {unit: degC, high: 80degC, range: [0degC, 120]}
                      mill: {does: {mill: 52 s}, serial: 12A}
                   # end of the stations
products:
   p1:
      route:
      - cut
      -  operation: mill
         queue_limit: 2h
      characteristics: {bore: 12.000mm +/- 0.015mm, edge: <= 0.8um}
      weight: 1.2kg
""".replace("<spaces>", "   ")

STRAIGHT = """\
# A plant as people leave it.
linewright: 1
enterprise: acme

sites:
  reno:   # the first
    timezone: UTC
    currency: USD

    # all areas
    areas:
      shop:
        lines:
          pump:
            flow: [saw, 12,   # a buffer
                   mill]
            # stations of the pump line
            stations:
              saw:
                label: "48s saw"
                make: 48s
                rate: 45 USD/h
                does:   {cut: {time: 48 s, scrap: 1.5 %}}
                fails: {every: 30 h weibull cv 0.6, repair: 10 min to 20 min}
                wears: {blade: {life: 400 h}}
                tags:
                  temp: {unit: degC, high: 80 degC, range: [0 degC, 120]}
              mill: {does: {mill: 52 s}, serial: 12A}
            # end of the stations
products:
  p1:
    route:
      - cut
      - operation: mill
        queue_limit: 2 h
    characteristics: {bore: 12.000 mm +/- 0.015 mm, edge: <= 0.8 um}
    weight: 1.2 kg
"""


def test_a_crooked_plant_becomes_straight() -> None:
    """Indentation, units and trailing spaces are put right; everything else stays as it is."""
    assert format_text(CROOKED) == STRAIGHT
    assert format_text(STRAIGHT) == STRAIGHT


def test_the_plant_is_the_same() -> None:
    """The formatted text gives an equal plant."""
    assert load_text(format_text(CROOKED)) == load_text(CROOKED)


@pytest.mark.parametrize(
    "text",
    [
        "types: {t: {label: 48s, make: 30h}}\n",
        'operations: {cut: {takes: "48s"}}\n',
        "products: {p: {customer: 5kg, lot_size: 40}}\n",
        "materials: {bar: {label: {en: 3mm bar}, unit: m}}\n",
        "sites: {s: {shifts: {day: Mon-Fri 06:00-14:00}}}\n",
        "types: {t: {connect: {opcua: opc.tcp://10.1.4.11:4840}}}\n",
        "types: {t: {does: {2op: 1 s}, capabilities: {bore: 5mm to 80mm}}}\n",
    ],
)
def test_texts_that_look_like_quantities_stay(text: str) -> None:
    """Labels, makes, names, shifts and quoted values keep their spelling."""
    assert format_text(text) == text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("a: 1", "a: 1\n"),
        ("a: 1\n\n\n", "a: 1\n"),
        ("\ufeffa: 1\n", "a: 1\n"),
        ("a:\r\n   b: 1 \r\n", "a:\r\n  b: 1\r\n"),
        ("a:\n- 1\n-   - 2\n    - 3\n", "a:\n  - 1\n  - - 2\n    - 3\n"),
        ("a:\n -\n    b: 1\n", "a:\n  -\n    b: 1\n"),
        ("a: &x\n    b: 1\nc: *x\n", "a: &x\n  b: 1\nc: *x\n"),
        ("a:\n      [1,\n  2\n  ]\n", "a:\n  [1,\n  2\n]\n"),
        ("a:\n   b: |\n     one\n      two  \n", "a:\n  b: |\n    one\n     two  \n"),
        ("a: [1,\n2\n]\n", "a: [1,\n  2\n]\n"),
        ("a:\n - {b: 1,\n   c: 2}\n", "a:\n  - {b: 1,\n    c: 2}\n"),
        ("a:\n    # deeper\nb: 1\n", "a:\n  # deeper\nb: 1\n"),
        ("a:\n    b: 1\n# of c\nc: 1\n", "a:\n  b: 1\n# of c\nc: 1\n"),
        ("# only a comment  \n", "# only a comment\n"),
        ("", ""),
    ],
)  # fmt: skip
def test_layouts(wrong: str, right: str) -> None:
    """Each odd layout has one right form, which is left alone."""
    assert format_text(wrong) == right
    assert format_text(right) == right


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: [1\nb: 2\n", 2, "not valid YAML"),
        ("a: 1\n\tb: 2\n", 2, "not valid YAML"),
        ("a: 1\n---\nb: 2\n", 2, "a second YAML document begins here"),
        ("? a\n: 1\n", 1, "a key with `?` before it"),
        ("a: \udc80\n", 1, "cannot be written in UTF-8"),
        ("a: 1\nb: \x01\n", 1, "not valid YAML"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, line: int, what: str) -> None:
    """A text that is not YAML as plants use it is refused, with the line and what is wrong."""
    with pytest.raises(FormatRefused, match=re.escape(what)) as refused:
        format_text(text)
    assert refused.value.line == line
