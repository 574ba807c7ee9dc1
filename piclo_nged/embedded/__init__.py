"""The embedded PostgreSQL: what the two commands run on where no DATABASE_URL is set.

Every command that needs it is a *user* of one server per clone, and holds a shared lock while it runs. The
first user starts a *keeper*, a small process apart, whose child the server is; when the last user is gone,
however it ended, the keeper stops the server. So commands may come and go in any order and none takes the
server from another.
"""


class NoServer(Exception):
    """The embedded PostgreSQL cannot be had. The text says why, and what to do."""
