"""What a running service consists of: the web server, the job cluster, the instruction worker and the caller."""

from collections.abc import Mapping

from piclo_nged.processes import commands
from piclo_nged.processes.readiness import LOCAL, answers
from piclo_nged.processes.supervisor import Supervisor


def address(host: str, port: int) -> str:
    """Where a browser on this machine reaches a server that listens on `host` and `port`."""
    reached_at = LOCAL if host in ("0.0.0.0", "::") else host
    return f"http://[{reached_at}]:{port}" if ":" in reached_at else f"http://{reached_at}:{port}"


def start_site(
    processes: Supervisor, host: str, port: int, *, environment: Mapping[str, str], web_workers: int = 1
) -> None:
    """Starts all four; returns once pages are served. `environment` holds SITE_URL. Raises NotReady."""
    ready = answers(f"{address(host, port)}/health/", environment["SITE_URL"])
    processes.start("web", commands.web(host, port, web_workers), environment=environment, ready=ready)
    processes.start("jobs", commands.management("jobs"), environment=environment)
    processes.start("instructions", commands.management("instructions"), environment=environment)
    processes.start("calls", commands.management("calls"), environment=environment)
