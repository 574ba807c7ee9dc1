"""Finding a Python that can do the set-up, on machines where that is not simple."""

import ast
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from piclo_nged import bootstrap
from tests.setup.conftest import BASE, PROJECT, program

SHIM = "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"


@pytest.fixture
def empty_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No Python on it: not ours, none on the PATH, nothing in pyenv's folder, no uv."""
    monkeypatch.setattr(sys, "_base_executable", str(tmp_path / "too-old"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    (tmp_path / "bin").mkdir()
    return tmp_path


def test_home_may_be_unset(monkeypatch: pytest.MonkeyPatch, empty_machine: Path) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("PYENV_ROOT")
    assert all(os.path.isabs(candidate) for candidate in bootstrap._candidates())


def test_pyenv_is_found_though_home_is_set_to_another_folder(
    monkeypatch: pytest.MonkeyPatch, empty_machine: Path
) -> None:
    monkeypatch.delenv("PYENV_ROOT")
    monkeypatch.setenv("HOME", str(empty_machine / "elsewhere"))
    monkeypatch.setattr(bootstrap.pwd, "getpwuid", lambda _: SimpleNamespace(pw_dir=str(empty_machine / "mine")))
    pyenvs = program(empty_machine / "mine/.pyenv/versions/3.13.0/bin/python3.13", "#!/bin/sh\necho 3.13\n")
    assert bootstrap.find_python(avoid=empty_machine / ".venv") == str(pyenvs)


def test_no_python_is_one_sentence_on_how_to_get_one(empty_machine: Path) -> None:
    with pytest.raises(bootstrap.SetUpFailed) as failure:
        bootstrap.find_python(avoid=empty_machine / ".venv")
    text = str(failure.value)
    assert text.startswith("Python 3.12, 3.13 or 3.14 is needed")
    assert text.count(". ") == 0
    for way in ("apt install python3", "pyenv install 3.13", "uv python install 3.13"):
        assert way in text


def test_a_shim_that_does_not_run_is_passed_over(empty_machine: Path) -> None:
    program(empty_machine / "bin" / "python3.13", SHIM)
    program(empty_machine / "bin" / "python3", SHIM)
    with pytest.raises(bootstrap.SetUpFailed, match=r"python3\.13 does not run"):
        bootstrap.find_python(avoid=empty_machine / ".venv")
    pyenvs = program(empty_machine / "pyenv/versions/3.13.0/bin/python3.13", f'#!/bin/sh\nexec "{BASE}" "$@"\n')
    assert bootstrap.find_python(avoid=empty_machine / ".venv") == str(pyenvs)


def test_a_python_too_old_too_new_or_without_venv_is_passed_over(empty_machine: Path) -> None:
    program(empty_machine / "bin" / "python3.14", "#!/bin/sh\necho 3.11\n")
    program(empty_machine / "bin" / "python3.13", "#!/bin/sh\necho 3.15\n")
    program(empty_machine / "bin" / "python3.12", "#!/bin/sh\necho 'No module named ensurepip' >&2\nexit 1\n")
    right = program(empty_machine / "bin" / "python3", "#!/bin/sh\necho 3.12\n")
    assert bootstrap.find_python(avoid=empty_machine / ".venv") == str(right)


def test_uv_is_asked_last(empty_machine: Path) -> None:
    uvs = program(empty_machine / "uvs" / "python", "#!/bin/sh\necho 3.14\n")
    program(empty_machine / "bin" / "uv", f"#!/bin/sh\necho {uvs}\n")
    assert bootstrap.find_python(avoid=empty_machine / ".venv") == str(uvs)


def test_the_environment_to_be_made_is_not_made_from_itself(empty_machine: Path) -> None:
    program(empty_machine / "bin" / "python3.13", "#!/bin/sh\necho 3.13\n")
    with pytest.raises(bootstrap.SetUpFailed):
        bootstrap.find_python(avoid=empty_machine)


@pytest.mark.parametrize("file", ["manage.py", "piclo_nged/bootstrap.py", "piclo_nged/__init__.py"])
def test_what_any_python_must_read_parses_on_3_8(file: str) -> None:
    ast.parse((PROJECT / file).read_text(), feature_version=(3, 8))


def test_bootstrap_imports_the_standard_library_alone() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import piclo_nged.bootstrap"
    subprocess.run([sys.executable, "-I", "-S", "-c", code, str(PROJECT)], check=True)
    assert (PROJECT / "piclo_nged" / "__init__.py").read_text() == ""
