"""The set-up on a fresh machine, with a Django of our own making in place of the packages: seconds, no network."""

import base64
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from piclo_nged import bootstrap
from tests.setup.conftest import BASE, PROJECT, eventually, ordinary_user, program, python_for_everybody

FILES = ("manage.py", "piclo_nged/bootstrap.py", "piclo_nged/__init__.py")
Project = Callable[[], Path]

# manage.py's command, in the small project below: it says that it ran, and with what.
DJANGO = {
    "django/__init__.py": "__version__ = '{version}'\n",
    "django/core/__init__.py": "",
    "django/core/exceptions.py": "class ImproperlyConfigured(Exception): ...\n",
    "django/core/management/__init__.py": (
        "def execute_from_command_line(argv):\n    import django\n    print('ran', django.__version__, *argv[1:])\n"
    ),
}
DATABASES = """
from contextlib import nullcontext
class Refused(Exception): ...
def for_command(arguments): return nullcontext()
"""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of wheels that pip installs from."""
    return tmp_path_factory.mktemp("wheels")


def lock(project: Path, shelf: Path, version: str) -> None:
    """Writes a requirements.txt that asks for our Django in `version`, with its hash."""
    wheel = shelf / f"django-{version}-py3-none-any.whl"
    info = f"django-{version}.dist-info"
    files = {name: text.replace("{version}", version) for name, text in DJANGO.items()}
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: django\nVersion: {version}\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = [f"{name},sha256={_digest(text)},{len(text)}" for name, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (project / "requirements.txt").write_text(f"django=={version} \\\n    --hash=sha256:{digest}\n")


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory, shelf: Path) -> Project:
    """A clone on which nothing has run."""

    def make() -> Path:
        project = tmp_path_factory.mktemp("clone")
        (project / "piclo_nged" / "embedded").mkdir(parents=True)
        for file in FILES:
            shutil.copy(PROJECT / file, project / file)
        (project / "piclo_nged" / "databases.py").write_text(DATABASES)
        (project / "piclo_nged" / "embedded" / "__init__.py").write_text("class NoServer(Exception): ...\n")
        lock(project, shelf, "91.0")
        return project

    return make


@pytest.fixture(scope="module")
def manage(shelf: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs `python3 manage.py demo --json` in a project."""

    def run(project: Path, python: str = BASE, **environment: str) -> "subprocess.CompletedProcess[str]":
        pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(shelf), "PIP_CONFIG_FILE": os.devnull}
        return subprocess.run(
            [python, str(project / "manage.py"), "demo", "--json"],
            env={"PATH": "/usr/bin:/bin", **pip, **environment},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


Manage = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def made(fresh: Project, manage: Manage) -> Path:
    """A clone that was set up once; it is never changed."""
    project = fresh()
    ended = manage(project)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "ran 91.0 demo --json\n"  # all that set-up says stands in standard error
    assert "Setting up .venv" in ended.stderr
    return project


@pytest.fixture
def set_up(made: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    shutil.copytree(made, tmp_path / "clone", symlinks=True)
    return tmp_path / "clone"


def test_the_second_time_nothing_is_done(set_up: Path, manage: Manage) -> None:
    before = {path: path.stat().st_mtime_ns for path in (set_up / ".venv").rglob("*") if path.is_file()}
    ended = manage(set_up)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "ran 91.0 demo --json\n", "")
    after = {path: path.stat().st_mtime_ns for path in (set_up / ".venv").rglob("*") if path.is_file()}
    assert before == after


def test_another_lock_brings_the_environment_up_to_date(set_up: Path, shelf: Path, manage: Manage) -> None:
    kept = set_up / ".venv" / "kept"
    kept.touch()
    lock(set_up, shelf, "92.0")
    assert manage(set_up).stdout == "ran 92.0 demo --json\n"
    assert kept.exists()
    assert manage(set_up).stderr == ""


def test_a_half_made_environment_is_made_anew(set_up: Path, manage: Manage) -> None:
    (set_up / ".venv" / bootstrap.STAMP).write_text(bootstrap.UNFINISHED)
    remains = set_up / ".venv" / "remains"
    remains.touch()
    assert manage(set_up).stdout == "ran 91.0 demo --json\n"
    assert not remains.exists()


def test_set_up_that_was_killed_is_done_again(fresh: Project, manage: Manage) -> None:
    project = fresh()
    command = [BASE, str(project / "manage.py"), "demo"]
    killed = subprocess.Popen(command, env={"PATH": "/usr/bin:/bin"}, stderr=subprocess.DEVNULL, start_new_session=True)
    eventually(lambda: (project / ".venv" / "bin").exists())
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert manage(project).stdout == "ran 91.0 demo --json\n"


def test_two_at_once_set_up_once(fresh: Project, shelf: Path) -> None:
    project = fresh()
    environment = {"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(shelf)}
    command = [BASE, str(project / "manage.py"), "demo"]
    pipe = subprocess.PIPE
    both = [subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True) for _ in range(2)]
    said = [one.communicate(timeout=120) for one in both]
    assert [out for out, _ in said] == ["ran 91.0 demo\n"] * 2
    assert sum("Setting up .venv" in err for _, err in said) == 1


def test_a_python_that_was_uninstalled_is_replaced(set_up: Path, manage: Manage) -> None:
    for name in ("python", "python3"):
        (set_up / ".venv" / "bin" / name).unlink(missing_ok=True)
    (set_up / ".venv" / "bin" / "python").symlink_to("/gone/python3.13")
    assert manage(set_up).stdout == "ran 91.0 demo --json\n"


def test_a_damaged_environment_is_made_anew_though_we_run_in_it(set_up: Path, manage: Manage) -> None:
    [django] = (set_up / ".venv").glob("lib/python3.*/site-packages/django")
    shutil.rmtree(django)
    assert manage(set_up).stdout == "ran 91.0 demo --json\n"


def test_somebody_elses_environment_with_django_is_used_as_it_is(set_up: Path, manage: Manage) -> None:
    (set_up / ".venv" / bootstrap.STAMP).unlink()
    ended = manage(set_up)
    assert (ended.stdout, ended.stderr) == ("ran 91.0 demo --json\n", "")
    assert not (set_up / ".venv" / bootstrap.STAMP).exists()


def test_somebody_elses_environment_without_django_gets_it(set_up: Path, shelf: Path, manage: Manage) -> None:
    (set_up / ".venv" / bootstrap.STAMP).unlink()
    theirs = set_up / ".venv" / "theirs"
    theirs.touch()
    lock(set_up, shelf, "93.0")
    assert manage(set_up).stdout == "ran 93.0 demo --json\n"
    assert theirs.exists()


def test_a_folder_that_is_no_environment_is_left_alone(fresh: Project, manage: Manage) -> None:
    project = fresh()
    (project / ".venv").mkdir()
    (project / ".venv" / "thesis.txt").write_text("years of work")
    ended = manage(project)
    assert ended.returncode == 1
    assert "was not made by manage.py" in ended.stderr
    assert (project / ".venv" / "thesis.txt").exists()


def test_a_prepared_environment_needs_no_set_up(made: Path, fresh: Project, manage: Manage) -> None:
    project = fresh()
    ended = manage(project, python=str(made / ".venv" / "bin" / "python"))
    assert (ended.stdout, ended.stderr) == ("ran 91.0 demo --json\n", "")
    assert not (project / ".venv").exists()


def test_a_package_with_another_hash_is_refused_and_shown(set_up: Path, shelf: Path, manage: Manage) -> None:
    lock(set_up, shelf, "94.0")
    (set_up / "requirements.txt").write_text(f"django==94.0 --hash=sha256:{'0' * 64}\n")
    ended = manage(set_up)
    assert ended.returncode == 1
    assert "DO NOT MATCH THE HASHES" in ended.stderr
    assert ended.stderr.strip().endswith("The packages could not be installed: the reason stands above.")


def test_a_clone_that_cannot_be_written_is_said_so(fresh: Project) -> None:
    python = python_for_everybody((3, 8))
    with tempfile.TemporaryDirectory() as place:
        project = Path(shutil.copytree(fresh(), Path(place) / "clone"))
        program(Path(place) / "bin" / "python3.13", "#!/bin/sh\necho 3.13\n")
        for folder in (Path(place), project):
            folder.chmod(0o555)
        ended = subprocess.run(
            [python, str(project / "manage.py"), "demo"],
            env={"PATH": f"{place}/bin"},
            capture_output=True,
            text=True,
            timeout=60,
            **ordinary_user(),
        )
        project.chmod(0o755)
    assert ended.returncode == 1
    assert "Permission denied" in ended.stderr
    assert "Clone the project into a folder of your own" in ended.stderr


def test_an_old_python_starts_the_right_one(fresh: Project, manage: Manage) -> None:
    old = _old_python()
    project = fresh()
    found = Path(BASE)
    ended = manage(project, python=old, PATH=f"/usr/bin:/bin:{found.parent}")
    assert ended.stdout == "ran 91.0 demo --json\n", ended.stderr
    assert manage(project, python=old).stderr == ""


def _old_python() -> str:
    """The oldest from 3.8 to 3.11 on this machine."""
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for minor in (8, 9, 10, 11):
        for candidate in [
            *sorted(map(str, versions.glob(f"3.{minor}.*/bin/python3"))),
            f"/usr/bin/python3.{minor}",
        ]:
            if os.access(candidate, os.X_OK):
                return candidate
    pytest.skip("no Python from 3.8 to 3.11 on this machine")


@pytest.mark.slow
def test_a_fresh_clone_runs_its_tests(tmp_path: Path) -> None:
    """The whole of it, packages and database: half a minute, and the network."""
    subprocess.run(["git", "clone", "-q", str(PROJECT), str(tmp_path / "clone")], check=True)
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [_old_python(), "manage.py", "test", "tests/setup/test_databases.py", "-q"]
    ended = subprocess.run(
        command, cwd=tmp_path / "clone", env=environment, capture_output=True, text=True, timeout=600
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " passed" in ended.stdout
