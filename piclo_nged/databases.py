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

# All others: even a check of the models asks PostgreSQL for its version.
WITHOUT_DATABASE = ("collectstatic", "compilemessages", "diffsettings", "help", "makemessages", "rehearse", "version")
OWN_DATABASES = {"demo": "piclo_demo", "bench": "piclo_bench"}
LOCK_CLASS = 0x91C10  # our range of PostgreSQL's advisory locks: who holds which own database
OWN_AT_ONCE = 20
_TAKEN_MEANWHILE = (
    psycopg.errors.ObjectInUse,  # by another command, or by somebody who looks into what a run has left: let them
    psycopg.errors.DuplicateDatabase,
    psycopg.errors.UniqueViolation,
    psycopg.errors.InvalidCatalogName,
)


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
    say what is missing. Raises Refused, also where the server cannot be reached, and embedded.NoServer.
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
        elif os.environ.get("DATABASE_URL"):
            with suppress(psycopg.ProgrammingError):  # Django takes more options in it than PostgreSQL: it will tell
                _connected(os.environ["DATABASE_URL"]).close()
        if command in OWN_DATABASES:
            os.environ["DATABASE_URL"] = stack.enter_context(own_database(OWN_DATABASES[command]))
        yield


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """The address of a new, empty database `name` on the server of DATABASE_URL; dropped at the end.

    While another command has that one, whatever DATABASE_URL it has, it is `name_2` and so on. What a killed
    run left under the name is dropped first. Raises Refused with DEBUG=0, or where the server cannot be
    reached or does not let us make databases.
    """
    _refuse_for_real(name)
    address = database_url()
    with _connected(address) as connection, ExitStack() as stack:
        own = _take(connection, address, name, stack)
        try:
            yield _beside(address, own)
        finally:
            with suppress(psycopg.OperationalError):  # the server is gone: the next run of this name drops it
                drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                connection.execute(drop.format(sql.Identifier(own)))


def _connected(address: str) -> psycopg.Connection:
    try:
        return psycopg.connect(address, autocommit=True)
    except psycopg.OperationalError as error:
        raise Refused(f"The server of DATABASE_URL cannot be reached: {error}") from error


def _refuse_for_real(what: str) -> None:
    if not debug_is_on():
        raise Refused(f"{what} makes and drops a database of its own, so it refuses to run with DEBUG=0.")


def _refuse_another_kind(address: str) -> None:
    if address and urlsplit(address).scheme not in ("postgresql", "postgres"):
        raise Refused("DATABASE_URL must name a PostgreSQL database: postgresql://user:password@host:5432/name")


def _take(connection: psycopg.Connection, address: str, name: str, stack: ExitStack) -> str:
    """The name of the database made. It is ours as long as the connection to it lives, which goes into `stack`.

    Advisory locks are each database's own, so the lock is taken in the one that it is about: whoever wants
    that meets us there, also from another DATABASE_URL of this server. And a database that somebody is
    connected to can't be dropped.
    """
    for number in range(1, OWN_AT_ONCE + 1):
        own = name if number == 1 else f"{name}_{number}"
        if own == connection.info.dbname or _is_held(connection, own):
            continue
        try:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(own)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(own)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise Refused(f"{error} Let this user make databases: ALTER ROLE ... CREATEDB.") from error
        except _TAKEN_MEANWHILE:
            continue
        if _hold(_beside(address, own), stack):
            return own
    raise Refused(f"{name} to {name}_{OWN_AT_ONCE} are all in use: stop some of the commands that hold them.")


def _is_held(connection: psycopg.Connection, own: str) -> bool:
    held = "SELECT FROM pg_locks JOIN pg_database AS d ON d.oid = database WHERE datname = %s AND classid = %s"
    return connection.execute(f"{held} AND locktype = 'advisory'", [own, LOCK_CLASS]).fetchone() is not None


def _hold(own_address: str, stack: ExitStack) -> bool:
    """Takes the new database, unless another command was quicker to take it, or to drop it again."""
    try:
        keeper = psycopg.connect(own_address, autocommit=True)
    except psycopg.OperationalError:
        return False
    row = keeper.execute("SELECT pg_try_advisory_lock(%s, 0)", [LOCK_CLASS]).fetchone()
    if not (row and row[0]):
        keeper.close()
        return False
    stack.callback(keeper.close)
    return True


def _beside(address: str, own: str) -> str:
    """`address` with another database in it."""
    parts = urlsplit(address)
    query = "&".join(part for part in parts.query.split("&") if part and not part.startswith("dbname="))
    return f"{parts.scheme}://{parts.netloc}/{own}" + (f"?{query}" if query else "")
