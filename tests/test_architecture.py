"""The house: who may know whom, how large a file may be, and what nothing may be called."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = ("piclo_nged", "markets", "dispatch", "settlement", "sops")
TOP_LEVEL = {"manage.py", "pyproject.toml", "README.md", "requirements.txt", "LICENSE", *PACKAGES, "templates", "tests"}
BANNED = re.compile(r"^(utils?|helpers?|managers?|services?|data|(process|handle)_.*)$")
ALLOWED_BY_A_LIBRARY = {"handle", "handle_DATA", "handle_no_permission"}


def tracked(*patterns: str) -> list[Path]:
    """Files of the project, as git has them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return [PROJECT / name for name in listed.stdout.split("\0") if name and (PROJECT / name).exists()]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the import contracts over the packages in `folder`."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    return subprocess.run([*command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_everybody_knows_only_whom_they_may():
    outcome = lint(PROJECT)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("markets/operations/gate.py", "import dispatch.models", "Downstream asks"),
        ("dispatch/models/match.py", "import dispatch.operations", "Inside an app"),
        ("markets/rules/bidding.py", "import django.db", "Rules are pure"),
        ("piclo_nged/dso/nged/clearing.py", "import django.conf", "NGED's dialect"),
        ("markets/operations/gate.py", "import markets.web.access", "Inside an app"),
        ("markets/operations/gate.py", "import unfold", "Only the console"),
    ],
)
def test_each_contract_fails_when_it_is_broken(tmp_path, file, line, contract):
    for package in PACKAGES:
        shutil.copytree(PROJECT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    with (tmp_path / file).open("a") as broken:
        broken.write(f"\n{line}\n")
    outcome = lint(tmp_path)
    assert outcome.returncode == 1
    assert re.search(rf"{contract}.*BROKEN", outcome.stdout), outcome.stdout


def test_operators_folders_never_know_each_other(tmp_path):
    for package in PACKAGES:
        shutil.copytree(PROJECT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    (tmp_path / "piclo_nged/dso/next").mkdir()
    (tmp_path / "piclo_nged/dso/next/__init__.py").write_text("import piclo_nged.dso.nged.columns\n")
    outcome = lint(tmp_path)
    assert re.search(r"Operators' folders.*BROKEN", outcome.stdout), outcome.stdout


def test_no_file_is_longer_than_300_lines():
    long = {
        str(path.relative_to(PROJECT)): lines
        for path in tracked("*.py", "*.html", "*.css", "*.js")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > 300
    }
    assert long == {}


@pytest.mark.parametrize("app", PACKAGES[1:])
def test_each_chapter_names_its_nouns_and_where_its_verbs_are(app):
    chapter = (PROJECT / app / "README.md").read_text()
    nouns = re.findall(
        r"^class (\w+)\((?:models\.Model|AbstractUser)\)",
        "".join(p.read_text() for p in tracked(f"{app}/models/*.py")),
        re.M,
    )
    assert nouns
    assert [name for name in nouns if not re.search(rf"\b{name}\b", chapter)] == []
    if app == "markets":  # the one with a table of them
        verbs = {p.relative_to(PROJECT).parts[2].removesuffix(".py") for p in tracked("markets/operations/*.py")}
        assert {name for name in verbs if f"`{name}`" not in chapter and f"`{name}/`" not in chapter} == {"__init__"}


def test_every_part_of_an_app_stands_in_its_layer():
    """A module that no layer names may know everybody and be known by everybody."""
    layers = (PROJECT / "pyproject.toml").read_text()
    parts = {
        p.relative_to(PROJECT).parts[1].removesuffix(".py") for app in PACKAGES[1:] for p in tracked(f"{app}/*.py")
    }
    outside = {"__init__", "apps", "migrations", "accounts", "steps", "help"}
    assert {part for part in parts - outside if f"({part})" not in layers and f'"{part}"' not in layers} == set()


def test_nothing_has_a_name_that_says_nothing():
    wrong = [str(path.relative_to(PROJECT)) for path in tracked("*.py") if BANNED.match(path.stem)]
    for path in tracked("*.py"):
        if "tests" in path.parts:
            continue
        names = re.findall(r"^\s*(?:async )?(?:def|class) (\w+)", path.read_text(), re.MULTILINE)
        wrong += [
            f"{path.relative_to(PROJECT)}: {name}"
            for name in names
            if BANNED.match(name) and name not in ALLOWED_BY_A_LIBRARY
        ]
    assert wrong == []


def test_every_module_says_where_in_the_story_it_is():
    silent = [
        str(path.relative_to(PROJECT))
        for path in tracked("*.py")
        if "migrations" not in path.parts
        and path.read_text().strip()
        and not re.match(r'(#!.*\n)?"""', path.read_text())
    ]
    assert silent == []


def test_the_top_level_is_fixed():
    assert {
        p.name
        for p in (PROJECT / name.relative_to(PROJECT).parts[0] for name in tracked())
        if not p.name.startswith(".")
    } <= TOP_LEVEL


def test_the_code_is_formatted_and_clean():
    for command in (["check", "."], ["format", "--check", "."]):
        outcome = subprocess.run(
            [sys.executable, "-m", "ruff", *command], cwd=PROJECT, capture_output=True, text=True, check=False
        )
        assert outcome.returncode == 0, outcome.stdout


def test_types_hold():
    outcome = subprocess.run(
        [sys.executable, "-m", "mypy", *PACKAGES], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stdout
