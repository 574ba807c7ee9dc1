"""Which database a command runs on. Where we are in the story: before it begins, and under all of it.

`DATABASE_URL` decides. Without it, and only in development, a command gets the clone's embedded server,
`test` a throwaway one. `demo` and `bench` never work in the database that DATABASE_URL names: they get one
of their own beside it, made at the start and dropped at the end.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from piclo_nged.embedded import folders, server

WITHOUT_DATABASE = (
    *("check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages"),
    *("rehearse", "spectacular", "version"),
)
OWN_DATABASES = {"demo": "piclo_demo", "bench": "piclo_bench"}
LOCK_CLASS = 0x91C10  # our range of PostgreSQL's advisory locks: who holds which own database
OWN_AT_ONCE = 20


class Refused(Exception):
    """A command cannot have the database that it needs, or must not make one here. The text says what to do."""


def debug_is_on() -> bool:
    """DEBUG as the environment says it; on where it says nothing."""
    return os.environ.get("DEBUG", "1").strip().lower() not in ("0", "false", "no", "off", "")


def database_url() -> str:
    """DATABASE_URL, else the address of this clone's embedded server, running or not. Starts nothing."""
    return os.environ.get("DATABASE_URL") or folders.url(folders.clone_folder(), server.DATABASE)


@contextmanager
def for_command(arguments: Sequence[str]) -> Iterator[None]:
    """Sets DATABASE_URL for the command that `arguments` (as in sys.argv) name, for as long as it runs.

    Nothing is started for commands that need no database, for help, and with DEBUG=0: there the settings
    say what is missing. Raises Refused, embedded.NoServer.
    """
    command = arguments[1] if len(arguments) > 1 else "help"
    asks_for_help = not {"-h", "--help", "--version"}.isdisjoint(arguments)
    if command in WITHOUT_DATABASE or command.startswith("-") or asks_for_help:
        yield
        return
    with ExitStack() as stack:
        _refuse_another_kind(os.environ.get("DATABASE_URL", ""))
        if command in OWN_DATABASES:
            _refuse_for_real(command)
        if not os.environ.get("DATABASE_URL") and debug_is_on():
            embedded = stack.enter_context(server.throwaway() if command == "test" else server.start())
            os.environ["DATABASE_URL"] = embedded.url()
        if command in OWN_DATABASES:
            os.environ["DATABASE_URL"] = stack.enter_context(own_database(OWN_DATABASES[command]))
        yield


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """The address of a new, empty database `name` on the server of DATABASE_URL; dropped at the end.

    While another command has that one, it is `name_2` and so on. What a killed run left under the name is
    dropped first. Raises Refused with DEBUG=0, or where the server cannot be reached or does not let us
    make databases.
    """
    _refuse_for_real(name)
    address = database_url()
    try:
        connection = psycopg.connect(address, autocommit=True)
    except psycopg.OperationalError as error:
        raise Refused(f"The server of DATABASE_URL cannot be reached: {error}") from error
    with connection:
        own = _take(connection, name)
        try:
            yield _beside(address, own)
        finally:
            with suppress(psycopg.OperationalError):  # the server is gone: the next run of this name drops it
                drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                connection.execute(drop.format(sql.Identifier(own)))


def _refuse_for_real(what: str) -> None:
    if not debug_is_on():
        raise Refused(f"{what} makes and drops a database of its own, so it refuses to run with DEBUG=0.")


def _refuse_another_kind(address: str) -> None:
    if address and urlsplit(address).scheme not in ("postgresql", "postgres"):
        raise Refused("DATABASE_URL must name a PostgreSQL database: postgresql://user:password@host:5432/name")


def _take(connection: psycopg.Connection, name: str) -> str:
    """The name of the database made. Ours is what we hold the lock of, for as long as `connection` lives."""
    for number in range(1, OWN_AT_ONCE + 1):
        own = name if number == 1 else f"{name}_{number}"
        if own == connection.info.dbname or not _lock(connection, own):
            continue
        try:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(own)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(own)))
        except psycopg.errors.ObjectInUse:  # somebody looks into what a run has left: let them
            continue
        except psycopg.errors.InsufficientPrivilege as error:
            raise Refused(f"{error} Let this user make databases: ALTER ROLE ... CREATEDB.") from error
        return own
    raise Refused(f"{name} to {name}_{OWN_AT_ONCE} are all in use: stop some of the commands that hold them.")


def _lock(connection: psycopg.Connection, own: str) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [LOCK_CLASS, own]).fetchone()
    return bool(row and row[0])


def _beside(address: str, own: str) -> str:
    """`address` with another database in it."""
    parts = urlsplit(address)
    query = "&".join(part for part in parts.query.split("&") if part and not part.startswith("dbname="))
    return f"{parts.scheme}://{parts.netloc}/{own}" + (f"?{query}" if query else "")
