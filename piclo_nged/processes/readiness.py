"""When is a started process ready? And which port may it have?"""

import socket
import sys
from collections.abc import Callable
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

LOCAL = "127.0.0.1"
USUAL_PORT = 8000
_held: dict[int, socket.socket] = {}


class PortTaken(Exception):
    """Another program listens on the port that was asked for."""


def free_port(host: str = LOCAL, wanted: int = 0) -> int:
    """Any free port for 0; else `wanted`, and no other command may choose it while this process lives.

    The web server shares its port with any other that does so too. Two commands that start at the same moment
    would both find the port free, and then answer each other's requests. Raises PortTaken.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            if wanted:
                _hold(wanted)
            probe.bind((host, wanted))
        except OSError as error:
            raise PortTaken(f"Port {wanted} on {host} cannot be had ({error.strerror}): choose another.") from error
        return int(probe.getsockname()[1])


def _hold(port: int) -> None:
    """Takes a name that Linux gives to one process at a time, and frees when that ends. Raises OSError."""
    if sys.platform != "linux" or port in _held:
        return
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0piclo-nged-port-{port}")
    except OSError:
        name.close()
        raise
    _held[port] = name


def usual_port(host: str = LOCAL) -> int:
    """USUAL_PORT, or any free one where that is taken."""
    try:
        return free_port(host, USUAL_PORT)
    except PortTaken:
        return free_port(host)


def listens(port: int, host: str = LOCAL) -> Callable[[], bool]:
    """A question to ask again and again: does anything take connections there?"""

    def ask() -> bool:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            return False
        return True

    return ask


def answers(url: str, site: str = "") -> Callable[[], bool]:
    """A question to ask again and again: does the address answer with 2xx?

    It is asked under the name of `site`, as a proxy would: for real, the server takes no other host than its own.
    """
    question = Request(url, headers={"Host": urlsplit(site or url).netloc})

    def ask() -> bool:
        try:
            with urlopen(question, timeout=5) as response:
                return 200 <= response.status < 300
        except (URLError, OSError):
            return False

    return ask
