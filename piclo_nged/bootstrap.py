"""The set-up behind the two commands: a Python, a `.venv`, the locked packages. Before the story begins.

manage.py calls it first of all, with whatever Python there is. So it uses the standard library alone, and
parses on Python 3.8. Where the pinned Django can be imported (uv, a virtual environment of one's own, a
container) it returns at once. All it says goes to standard error: a command's standard output belongs to
the command.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Iterator  # that of collections.abc takes no [None] on 3.8

PROJECT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 12), (3, 14)
PREFERRED = ("3.13", "3.14", "3.12")
PROBE = "import sys, venv, ensurepip, ssl; print('%d.%d' % sys.version_info[:2])"
PROBE_SECONDS = 30
STAMP = "made-by-manage.py"  # in .venv: the lock's hash once all is installed, UNFINISHED before
UNFINISHED = "unfinished"


class SetUpFailed(Exception):
    """Set-up cannot go on. The text says what the person at the keyboard can do."""


def enter_environment() -> None:
    """Returns where Django is there; otherwise sets up `.venv` and starts this command again in it."""
    if django_is_there(PROJECT):
        return
    try:
        python = prepared_python(PROJECT)
    except SetUpFailed as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    os.execv(str(python), [str(python), str(PROJECT / "manage.py"), *sys.argv[1:]])


def django_is_there(project: Path) -> bool:
    """True where this very Python is new enough and has the version of Django that the lock names."""
    if sys.version_info < OLDEST:
        return False
    try:
        import django
    except ImportError:
        return False
    return django.__version__ == locked_django(project)


def locked_django(project: Path) -> str:
    found = re.search(r"^django==(\S+)", (project / "requirements.txt").read_text(), re.MULTILINE)
    if found is None:
        raise SetUpFailed("requirements.txt names no version of django: restore it from the repository.")
    return found.group(1)


def prepared_python(project: Path) -> Path:
    """The Python of a complete `.venv` in `project`, made or brought up to date where it is not.

    One set-up at a time. Of a `.venv` that somebody else made nothing is ever removed. Raises SetUpFailed.
    """
    venv = project / ".venv"
    python = venv / "bin" / "python"
    if _stamp(venv) == _lock_hash(project) and os.access(str(python), os.X_OK):
        if os.path.realpath(sys.prefix) != os.path.realpath(str(venv)):
            return python
        (venv / STAMP).write_text(UNFINISHED)  # we run in it, and it has no Django: somebody damaged it
    with _one_at_a_time(project):
        try:
            _bring_up_to_date(project, venv, python)
        except OSError as error:
            advice = "Clone the project into a folder of your own, or remove .venv if you may"
            raise SetUpFailed("%s cannot be set up by this user (%s). %s." % (venv, error, advice)) from None
    return python


def find_python(avoid: Path) -> str:
    """A Python from OLDEST to NEWEST, outside of `avoid`, that can make virtual environments.

    Raises SetUpFailed where there is none.
    """
    incomplete = []
    for candidate in _candidates():
        if candidate.startswith(str(avoid) + os.sep):
            continue
        version = _probe(candidate)
        if version is not None and OLDEST <= version <= NEWEST:
            return candidate
        if version is None and re.search(r"python3\.1[234]$", candidate) and os.path.exists(candidate):
            incomplete.append(candidate)
    but = " (%s does not run, or lacks the module venv)" % ", ".join(incomplete) if incomplete else ""
    raise SetUpFailed(
        "Python 3.12, 3.13 or 3.14 is needed and was not found on the PATH, in pyenv's folder or by uv%s: "
        "get one with `apt install python3 python3-venv` (Debian 13, Ubuntu 24.04 or newer), "
        "`pyenv install 3.13` or `uv python install 3.13`, then run this again." % but
    )


def _bring_up_to_date(project: Path, venv: Path, python: Path) -> None:
    stamp = _stamp(venv)
    works = os.access(str(python), os.X_OK) and _probe(str(python)) is not None
    if stamp == _lock_hash(project) and works:
        return  # another command did it while we waited
    if stamp is None and venv.exists() and (not venv.is_dir() or os.listdir(str(venv))):
        _use_what_somebody_made(project, venv, python)
        return
    if stamp == UNFINISHED or not works:
        base = find_python(avoid=venv)
        if venv.exists():
            shutil.rmtree(str(venv))
        venv.mkdir()
        (venv / STAMP).write_text(UNFINISHED)
        _say("Setting up .venv with %s: about half a minute, this once ..." % base)
        _run([base, "-m", "venv", str(venv)], "The virtual environment could not be made")
    (venv / STAMP).write_text(UNFINISHED)
    _install(project, python)
    (venv / STAMP).write_text(_lock_hash(project))


def _use_what_somebody_made(project: Path, venv: Path, python: Path) -> None:
    version = _probe(str(python))
    if version is None or not OLDEST <= version <= NEWEST:
        raise SetUpFailed(
            "%s was not made by manage.py, and is no virtual environment of Python 3.12 to 3.14: "
            "move it away and run this again." % venv
        )
    if not _has_django(project, python):
        _install(project, python)


def _install(project: Path, python: Path) -> None:
    _say("Installing the packages of requirements.txt into .venv ...")
    options = ["-qq", "--no-input", "--disable-pip-version-check", "--no-compile", "--require-hashes", "-r"]
    command = [str(python), "-m", "pip", "install", *options, str(project / "requirements.txt")]
    _run(command, "The packages could not be installed")
    # pip compiles on one core. Files that do not compile are test material of their packages: no matter.
    compiler = [str(python), "-m", "compileall", "-qq", "-j0", str(python.parent.parent / "lib")]
    subprocess.run(compiler, stdout=sys.stderr)
    if not _has_django(project, python):
        raise SetUpFailed("%s still lacks Django: remove .venv and run this again." % python)


def _has_django(project: Path, python: Path) -> bool:
    return _output([str(python), "-c", "import django; print(django.__version__)"]).strip() == locked_django(project)


def _run(command: list[str], failure: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("PIP_TARGET", "PIP_PREFIX")}
    environment["PIP_USER"] = "0"  # settings for outside of virtual environments; inside, pip refuses this one
    if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=environment).returncode:
        raise SetUpFailed("%s: the reason stands above." % failure)


def _stamp(venv: Path) -> str | None:
    """What our stamp in `venv` says; UNFINISHED also for an empty folder, None for one that is not ours."""
    try:
        return (venv / STAMP).read_text().strip() or UNFINISHED
    except OSError:
        is_empty = venv.is_dir() and os.access(str(venv), os.R_OK) and not os.listdir(str(venv))
        return UNFINISHED if is_empty else None


def _lock_hash(project: Path) -> str:
    return hashlib.sha256((project / "requirements.txt").read_bytes()).hexdigest()


@contextmanager
def _one_at_a_time(project: Path) -> Iterator[None]:
    descriptor = os.open(str(project), os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another command is setting up .venv: waiting for it ...")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:  # some network folders have no such locks
            _say("%s cannot be locked (%s): start no second command until this is done." % (project, error))
        yield
    finally:
        os.close(descriptor)


def _candidates() -> Iterator[str]:
    """Every Python worth asking, the likeliest first: ours, the PATH's, pyenv's, uv's."""
    yield getattr(sys, "_base_executable", sys.executable)  # of a virtual environment, what it was made from
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    for name in ["python" + version for version in PREFERRED] + ["python3", "python"]:
        for folder in folders:
            yield os.path.join(folder or ".", name)
    for root in _pyenv_folders():
        versions = os.path.join(root, "versions")
        installed = os.listdir(versions) if os.access(versions, os.R_OK | os.X_OK) else []
        for version in PREFERRED:
            for name in sorted(installed, reverse=True):
                if name.startswith(version + "."):
                    yield os.path.join(versions, name, "bin", "python" + version)
    uv = shutil.which("uv")
    if uv:
        yield _output([uv, "python", "find", "--no-project", ">=%d.%d,<=%d.%d" % (*OLDEST, *NEWEST)]).strip()


def _pyenv_folders() -> list[str]:
    """PYENV_ROOT, else .pyenv in HOME and in the home that the user database names: sudo, cron and CI often
    leave HOME unset, or set it to another's."""
    root = os.environ.get("PYENV_ROOT")
    if root:
        return [root]
    homes = [os.environ.get("HOME", "")]
    with suppress(KeyError):  # a container's user without a name
        homes.append(pwd.getpwuid(os.getuid()).pw_dir)
    return [os.path.join(home, ".pyenv") for home in dict.fromkeys(homes) if os.path.isabs(home)]


def _probe(candidate: str) -> tuple[int, int] | None:
    """Its version, or None where it does not run (pyenv's shims exist and fail) or cannot make a usable
    .venv."""
    if not os.access(candidate, os.X_OK):
        return None
    found = re.match(r"(\d+)\.(\d+)$", _output([candidate, "-c", PROBE]).strip())
    return (int(found.group(1)), int(found.group(2))) if found else None


def _output(command: list[str]) -> str:
    try:
        run = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PROBE_SECONDS,
            universal_newlines=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return run.stdout if run.returncode == 0 else ""


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
