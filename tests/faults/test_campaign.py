"""Whatever breaks: no accepted trigger without its email, no email without its record, no copy without a reason."""

import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from piclo_nged.embedded import folders

from .campaign import drawn
from .conftest import Ground

FIRST = ["kill worker-1", "kill worker-2", "post cutting", "post dropping", "post deferring", "kill postgres"]
"""What may leave mails waiting, for a claim that must run out or a next try: over while the rest goes on."""
THEN = ["200 copies", "restart postgres", "clock change", "kill jobs", "kill web", "kill a backend"]


def holds(ground: Ground) -> None:
    """Prints what was done, and fails with everything that does not hold."""
    campaign, verdict = ground.campaign, ground.verdict()
    promises = campaign.caller.promises
    emails = sum(len(promise.instructions) for promise in {p.reference: p for p in promises}.values())
    print(f"seed {ground.seed}: {campaign.done.total()} faults: {dict(campaign.done)}")
    print(f"{len(promises)} answers 202 for {emails} emails; {campaign.caller.put_off} calls had to be repeated")
    print(f"{verdict.duplicates.total()} duplicates: {dict(verdict.duplicates)}")
    assert not campaign.caller.surprises
    assert not verdict.problems, "\n".join(verdict.problems[:30])


def test_a_dozen_faults_lose_nothing_and_a_planted_loss_is_found(ground: Callable[[], Any]) -> None:
    with ground(sellers=10) as on:
        first, then = (on.campaign.chance.sample(faults, len(faults)) for faults in (FIRST, THEN))
        on.campaign.run([*first, *then], between=(0, 0.3))
        on.campaign.settle(on.open_mails)
        holds(on)
        finds_planted_losses(on)


@pytest.mark.slow
def test_two_hundred_faults_lose_nothing(ground: Callable[[], Any]) -> None:
    with ground() as on:
        on.campaign.run(drawn(200, on.campaign.chance), between=(0.1, 1.5))
        on.settle()
        holds(on)
        finds_planted_losses(on)


def finds_planted_losses(on: Ground) -> None:
    """The same check, on a world that lost something: an instruction whose send nothing cut off."""
    copies = on.campaign.post.copies
    often = Counter(copy.message_id for copy in copies)
    lost = next(
        copy for copy in copies if copy.told and often[copy.message_id] == 1 and copy.message["X-Piclo-Instruction"]
    )
    kept = [copy for copy in copies if copy.message_id != lost.message_id]
    on.campaign.post.copies = kept
    found = on.verdict().problems
    assert any(f"no email of {lost.message['X-Piclo-Instruction']} arrived" in problem for problem in found)
    assert any("recorded as sent and never arrived" in problem for problem in found)
    on.campaign.post.copies = [*kept, lost, lost]
    on.campaign.cuts.clear()
    assert any("sends were cut off" in problem for problem in on.verdict().problems)
    on.campaign.post.copies = copies
    with psycopg.connect(on.url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "DELETE FROM markets_mailattempt WHERE mail_id = (SELECT id FROM markets_mail WHERE message_id = %s)",
            [lost.message_id],
        )
    assert any("arrived and has no record" in problem for problem in on.verdict().problems)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk that can be full. Skips where this machine does not let us have one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("a small disk needs the program mount")
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


@pytest.mark.slow
def test_a_full_disk_accepts_nothing_and_loses_nothing(ground: Callable[..., Any]) -> None:
    with small_disk(folders.state_folder() / f"disk-{os.getpid()}", 400) as disk, ground(disk) as on:
        on.campaign.run(["full disk", "full disk"], between=(2, 3))
        assert on.campaign.caller.put_off > 0, "the disk was never full"
        on.settle()
        holds(on)
