"""`manage.py rehearse`, as somebody types it."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from piclo_nged.dso.nged.sample import sample_season


@pytest.fixture
def season(tmp_path: Path) -> Path:
    path = tmp_path / "season.csv"
    path.write_text(sample_season(), newline="")
    return path


def rehearse(*arguments: object) -> list[str]:
    """The lines that the command prints."""
    out = StringIO()
    call_command("rehearse", *map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


def test_the_last_line_is_json_with_counts_in_total_and_by_product(season: Path) -> None:
    figures = json.loads(rehearse(season, "--json")[-1])
    by_product = figures.pop("by_product")
    assert figures == {"rows": 120, "offers": 78, "outcome_matches": 78, "price_matches": 78}
    assert set(by_product) == {"Secure", "Dynamic", "Sustain"}
    for key in ("offers", "outcome_matches", "price_matches"):
        assert sum(counts[key] for counts in by_product.values()) == figures[key]


def test_without_json_it_prints_a_table(season: Path) -> None:
    lines = rehearse(season)
    assert [line.split()[0] for line in lines] == ["offers", "Dynamic", "Secure", "Sustain", "all"]
    assert lines[-1].split() == ["all", "78", "78", "(100.0%)", "78", "(100.0%)"]


def test_output_holds_every_row_and_column(season: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    rehearse(season, "--output", out)
    given, returned = (list(csv.reader(path.open(newline=""))) for path in (season, out))
    assert [row[:30] for row in returned] == given
    assert {len(row) for row in returned} == {34}
    outcome, rehearsed = given[0].index("Trade Outcome"), returned[0].index("Rehearsed Outcome")
    assert [row[rehearsed] for row in returned[1:]] == [row[outcome] for row in given[1:]]


def test_a_malformed_file_is_refused_and_nothing_is_written(season: Path, tmp_path: Path) -> None:
    season.write_text(sample_season().replace("2026-10-05", "5 October", 1))
    out = tmp_path / "out.csv"
    with pytest.raises(CommandError) as refusal:
        rehearse(season, "--output", out)
    assert refusal.value.returncode == 1
    assert "line 2, column 'Trade Open Date': '5 October': not a date" in str(refusal.value)
    assert [path.name for path in tmp_path.iterdir()] == ["season.csv"]


@pytest.mark.parametrize("arguments", [("missing.csv",), (".",)])
def test_a_file_that_is_not_there(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=arguments[0]):
        rehearse(*arguments)


def test_an_output_that_can_not_be_written_leaves_nothing(season: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for out in (tmp_path / "nowhere" / "out.csv", tmp_path / "folder"):
        with pytest.raises(CommandError, match=f"^{out} cannot be written: (No such file or|Is a) directory"):
            rehearse(season, "--output", out)
    assert {path.name for path in tmp_path.iterdir()} == {"season.csv", "folder"}
