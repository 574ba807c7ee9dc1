"""Which database a command gets, and that `demo` and `bench` never touch another than their own."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from piclo_nged import databases
from piclo_nged.databases import Refused, for_command, own_database
from tests.setup.conftest import PROJECT

NAME = "piclo_try"


@pytest.fixture
def server() -> Iterator[psycopg.Connection]:
    """The server of these tests."""
    with psycopg.connect(databases.database_url(), autocommit=True, dbname="postgres") as connection:
        yield connection


@pytest.fixture
def bystander(server: psycopg.Connection) -> Iterator[str]:
    """A database of somebody else, with a name much like ours."""
    server.execute("CREATE DATABASE piclo_try_backup")
    yield "piclo_try_backup"
    server.execute("DROP DATABASE piclo_try_backup")


def names(server: psycopg.Connection) -> set[str]:
    return {name for (name,) in server.execute("SELECT datname FROM pg_database")}


def test_an_own_database_is_made_and_dropped_and_no_other(server: psycopg.Connection, bystander: str) -> None:
    before = names(server)
    with own_database(NAME) as url:
        assert psycopg.connect(url).info.dbname == NAME
        assert names(server) == before | {NAME}
    assert names(server) == before
    assert bystander in before


def test_it_is_dropped_though_a_connection_was_left_open(server: psycopg.Connection) -> None:
    with own_database(NAME) as url:
        left_open = psycopg.connect(url)
    assert NAME not in names(server)
    left_open.close()


def test_a_second_command_gets_a_second_name(server: psycopg.Connection) -> None:
    with own_database(NAME) as first, own_database(NAME) as second:
        assert [psycopg.connect(url).info.dbname for url in (first, second)] == [NAME, f"{NAME}_2"]
    assert not {NAME, f"{NAME}_2"} & names(server)


def test_commands_with_other_addresses_on_one_server_do_not_take_each_others_database(
    server: psycopg.Connection, bystander: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even while nobody but its holder looks into it: between two connections of a bench."""
    with own_database(NAME) as first:
        with psycopg.connect(first) as made:
            made.execute("CREATE TABLE precious ()")
        made.close()
        monkeypatch.setenv("DATABASE_URL", databases._beside(databases.database_url(), bystander))
        with own_database(NAME) as second:
            assert psycopg.connect(second).info.dbname == f"{NAME}_2"
        assert psycopg.connect(first).execute("SELECT to_regclass('precious')").fetchone() == ("precious",)


def test_what_a_killed_command_left_is_empty_for_the_next(server: psycopg.Connection) -> None:
    server.execute(f"CREATE DATABASE {NAME}")
    with psycopg.connect(databases.database_url(), dbname=NAME) as old:
        old.execute("CREATE TABLE old_story ()")
    old.close()
    with own_database(NAME) as url:
        assert psycopg.connect(url).execute("SELECT to_regclass('old_story')").fetchone() == (None,)


def test_the_database_that_the_url_names_is_never_taken(
    server: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.execute(f"CREATE DATABASE {NAME}")
    named = databases._beside(databases.database_url(), NAME)
    with psycopg.connect(named) as real:
        real.execute("CREATE TABLE precious ()")
    real.close()
    monkeypatch.setenv("DATABASE_URL", named)
    try:
        with own_database(NAME) as url:
            assert psycopg.connect(url).info.dbname == f"{NAME}_2"
        with psycopg.connect(named) as real:
            assert real.execute("SELECT to_regclass('precious')").fetchone() == ("precious",)
        real.close()
    finally:
        server.execute(f"DROP DATABASE {NAME}")


@pytest.mark.parametrize(
    ("address", "beside"),
    [
        ("postgresql:///real", "postgresql:///own"),
        (
            "postgres://me:pass@db.example:5433/real?sslmode=require",
            "postgres://me:pass@db.example:5433/own?sslmode=require",
        ),
        ("postgresql://me@%2Frun%2Fpg:5432/real", "postgresql://me@%2Frun%2Fpg:5432/own"),
        ("postgresql:///real?host=/run/pg&dbname=real", "postgresql:///own?host=/run/pg"),
    ],
)
def test_an_address_beside_another_keeps_all_but_the_name(address: str, beside: str) -> None:
    assert databases._beside(address, "own") == beside


def test_a_user_who_may_not_make_databases_is_told_so(
    server: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.execute("CREATE ROLE modest LOGIN")
    try:
        monkeypatch.setenv("DATABASE_URL", databases.database_url().replace("postgres@", "modest@"))
        with pytest.raises(Refused, match="CREATEDB"), own_database(NAME):
            pass
    finally:
        server.execute("DROP ROLE modest")


def test_a_server_out_of_reach_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@127.0.0.1:1/real")
    with pytest.raises(Refused, match="cannot be reached"), own_database(NAME):
        pass
    command = [sys.executable, "manage.py", "up"]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "The server of DATABASE_URL cannot be reached: " in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("address", ["mysql://me@db.example/real", "db.example/real"])
@pytest.mark.parametrize("command", ["demo", "up", "migrate"])
def test_an_address_of_another_kind_is_refused(address: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    told = pytest.raises(Refused, match="must name a PostgreSQL database: postgresql://")
    with told, for_command(["manage.py", command]):
        pytest.fail("went on")


@pytest.mark.parametrize("command", ["demo", "bench"])
def test_no_own_database_with_debug_off(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "0")
    with pytest.raises(Refused, match="refuses to run with DEBUG=0"), for_command(["manage.py", command]):
        pass


@pytest.mark.parametrize(
    "arguments", [[], ["help"], ["--help"], ["demo", "--help"], ["rehearse", "results.csv"], ["diffsettings"]]
)
def test_what_needs_no_database_starts_none(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setattr(databases.server, "start", lambda: pytest.fail("started a server"))
    with for_command(["manage.py", *arguments]):
        assert "DATABASE_URL" not in os.environ


def test_with_debug_off_no_server_is_started_in_place_of_the_missing_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("DEBUG", "0")
    monkeypatch.setattr(databases.server, "start", lambda: pytest.fail("started a server"))
    with for_command(["manage.py", "migrate"]):
        assert "DATABASE_URL" not in os.environ


@pytest.mark.parametrize("missing", ["DATABASE_URL", "SECRET_KEY"])
def test_with_debug_off_a_missing_name_is_an_error_at_start(missing: str) -> None:
    environment = {
        **os.environ,
        "DEBUG": "0",
        "SECRET_KEY": "x" * 50,
        "DATABASE_URL": databases.database_url(),
    }
    del environment[missing]
    command = [sys.executable, "manage.py", "migrate"]
    ended = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr.strip() == f"Set {missing}: with DEBUG=0 it has no default."


def test_demo_refuses_with_debug_off_before_anything_else() -> None:
    environment = {**os.environ, "DEBUG": "0"}
    command = [sys.executable, "manage.py", "demo", "--once"]
    ended = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.strip() == "demo makes and drops a database of its own, so it refuses to run with DEBUG=0."
