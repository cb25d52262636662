"""Reading a plant file: what it gives, and what it says about mistakes."""

from pathlib import Path

import pytest

from linewright.plant import Address, PlantInvalid, check, load
from linewright.plant.language.load import check_text, load_text
from linewright.plant.language.syntax.problems import CODES, WARNINGS


def test_a_good_plant_has_no_problem(plant_text: str) -> None:
    """The shared plant is read without an error or a warning."""
    assert check_text(plant_text).problems == ()


def test_quantities_become_plain_numbers(plant_text: str) -> None:
    """Times are seconds, shares are shares, and a bare limit is in the tag's unit."""
    stations = dict(load_text(plant_text).stations())
    saw = stations[Address("nogales/machining/bracket/saw")]
    every = saw.fails["failure"].every
    assert every is not None
    assert every.expected_s == 108_000
    assert saw.micro_stop_s == 120
    high = saw.tags["temp"].high
    assert high is not None
    assert high.limit == 80


def test_places_on_a_tombstone_count_less_the_blocked(plant_text: str) -> None:
    """A cycle gives its pieces less the places that are blocked."""
    stations = dict(load_text(plant_text).stations())
    mill = stations[Address("nogales/machining/bracket/mill")]
    assert mill.does["mill"].pieces_per_cycle == 3


def test_numbers_in_a_flow_become_buffers(plant_text: str) -> None:
    """A number is a buffer's places, `rack` has no bound."""
    line = load_text(plant_text).sites["nogales"].areas["machining"].lines["bracket"]
    assert line.buffers["saw-mill"].places == 12
    assert line.buffers["mill-inspect"].unbounded


def test_a_place_in_the_file_is_found_again(plant_text: str) -> None:
    """The check says on which line a station and a tag stand."""
    checked = check_text(plant_text, "plant.yaml")
    lines = plant_text.split("\n")
    for address, text in (
        ("nogales/machining/bracket/saw", "saw:"),
        ("nogales/machining/bracket/saw#temp", "temp:"),
        ("nogales/machining/bench/two", "bench:"),
        ("nogales/machining/bracket", "bracket:"),
    ):
        file, _, line = checked.where(Address(address)).rpartition(":")
        assert file == "plant.yaml"
        assert text in lines[int(line) - 1]


def test_a_tag_of_a_type_is_found_where_the_type_says_it() -> None:
    """The station's own tag stands with it; what a type gives stands there; else it is nowhere."""
    text = (
        "linewright: 1\nenterprise: acme\n"
        "types:\n  machine:\n    tags:\n      state: {unit: kW}\n"
        "sites:\n  reno:\n    timezone: UTC\n    currency: USD\n    areas:\n      shop:\n"
        "        lines:\n          x:\n            flow: [saw]\n            stations:\n"
        "              saw:\n                use: machine\n                does: {cut: 48 s}\n"
        "                tags:\n                  temp: {unit: degC}\n"
        "operations:\n  cut: {}\n"
    )
    checked = check_text(text, "plant.yaml")
    found = [checked.where(Address(f"reno/shop/x/saw#{tag}")) for tag in ("temp", "state", "no")]
    assert (found, checked.errors) == (["plant.yaml:21", "plant.yaml:6", ""], ())


def test_all_mistakes_are_reported_at_once(plant_text: str) -> None:
    """Three mistakes in three places give three errors, in the order of the file."""
    text = plant_text.replace("timezone: America/Hermosillo", "timezone: America/Hermosilo")
    text = text.replace("{cut: 48 s}", "{cut: 48 kg}").replace("bar: 0.32 m", "bahr: 0.32 m")
    errors = check_text(text).errors
    assert [problem.code for problem in errors] == [
        "timezone-unknown",
        "unit-dimension",
        "reference-dangling",
    ]
    assert [problem.line for problem in errors] == [5, 19, 47]
    assert "America/Hermosillo" in errors[0].hint


def test_a_misspelled_key_hides_nothing(plant_text: str) -> None:
    """`statons` gives one error, not one for every station that seems to be missing."""
    errors = check_text(plant_text.replace("            stations:", "            statons:")).errors
    assert [(problem.code, problem.hint) for problem in errors] == [
        ("key-unknown", "did you mean `stations`?")
    ]


def test_a_mistake_in_a_type_is_reported_once(plant_text: str) -> None:
    """What two stations take from one type is wrong in one place."""
    errors = check_text(plant_text.replace("every: 30 h", "every: 30 hrz")).errors
    assert [problem.code for problem in errors] == ["unit-unknown"]


def test_a_folder_is_joined_key_by_key(tmp_path: Path, plant_text: str) -> None:
    """A plant in several files equals the same plant in one."""
    head, mark, tail = plant_text.partition("types:\n")
    (tmp_path / "plant.yaml").write_text(head)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "rest.yaml").write_text(mark + tail)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "dirty.yaml").write_text("name: dirty")
    assert load(tmp_path) == load_text(plant_text)


def test_a_key_in_two_files_is_doubled(tmp_path: Path, plant_text: str) -> None:
    """The same value in two files is an error that names both lines."""
    (tmp_path / "a.yaml").write_text(plant_text)
    (tmp_path / "b.yaml").write_text("linewright: 1\nenterprise: other\n")
    (problem,) = check(tmp_path).errors
    assert (problem.code, problem.line) == ("key-doubled", 2)
    assert problem.file.endswith("b.yaml")
    assert "line 2" in problem.message


@pytest.mark.parametrize("name", ["absent.yaml", "absent/folder"])
def test_a_missing_file_is_a_problem(tmp_path: Path, name: str) -> None:
    """What is not there is said, and nothing is raised."""
    assert [problem.code for problem in check(tmp_path / name).problems] == ["file-missing"]


def test_an_empty_folder_is_a_problem(tmp_path: Path) -> None:
    """A folder without YAML is no plant."""
    assert [problem.code for problem in check(tmp_path).problems] == ["file-missing"]


def test_load_raises_with_the_whole_report(plant_text: str) -> None:
    """The exception carries every problem and names the first."""
    with pytest.raises(PlantInvalid, match="and 1 more") as caught:
        load_text(plant_text.replace("48 s", "48").replace("60 s", "60"))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file-empty"),
        (b"# only a comment\n", "file-empty"),
        (b"\xff\xfel\x00", "not-text"),
        (b"linewright: \xff", "not-text"),
        (b"linewright: 1\x00", "not-text"),
        (b"a: [1, 2", "yaml-syntax"),
        (b"\ta: 1", "yaml-syntax"),
        (b"[" * 100_000, "too-deep"),
        (b"a: &x [*x]", "yaml-alias"),
        (b"a: *nothing", "yaml-alias"),
        (b"a: !!python/object:os.system x", "yaml-feature"),
        (b"a: 1\n---\nb: 2", "yaml-feature"),
        (b"- a list", "wrong-kind"),
        (b"just text", "wrong-kind"),
        (b"a: 1\na: 2", "key-doubled"),
    ],
)
def test_what_is_no_plant_file_is_said(raw: bytes, code: str) -> None:
    """Bytes that are no plant give the code that says why, with a place in the file."""
    problems = check_text(raw).problems
    assert code in {problem.code for problem in problems}
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)


def test_an_alias_bomb_stays_small() -> None:
    """Aliases that would grow to a billion values are refused before they do."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    problems = check_text("\n".join(lines)).problems
    assert [problem.code for problem in problems] == ["yaml-alias"]


def test_a_byte_order_mark_and_windows_lines_are_fine(plant_text: str) -> None:
    """A file saved on Windows reads as the same plant."""
    raw = b"\xef\xbb\xbf" + plant_text.replace("\n", "\r\n").encode()
    assert load_text(raw) == load_text(plant_text)


def test_a_report_has_a_bound() -> None:
    """Thousands of mistakes give a report that ends, and says that it was cut."""
    text = "linewright: 1\n" + "\n".join(f"wrong{n}: 1" for n in range(5000))
    problems = check_text(text).problems
    assert len(problems) < 600
    assert problems[-1].code == "too-many-problems"


def test_warnings_are_listed_codes() -> None:
    """Every warning is a code, and no code is explained by nothing."""
    assert set(CODES) >= WARNINGS
    assert all(text.endswith(".") for text in CODES.values())


def test_a_password_is_refused_and_never_repeated(plant_text: str) -> None:
    """An inline password is an error that does not print it."""
    text = plant_text.replace("{secret: SAW_PASSWORD}", "hunter2")
    (problem,) = check_text(text).errors
    assert problem.code == "password-inline"
    assert "hunter2" not in str(problem)


def test_the_plant_in_the_readme_is_in_order(checkout: Path) -> None:
    """What a newcomer copies first has neither an error nor a warning."""
    readme = (checkout / "README.md").read_text(encoding="utf-8")
    text = readme.partition("```yaml\n")[2].partition("```")[0]
    assert text.startswith("linewright: 1")
    assert check_text(text).problems == ()
