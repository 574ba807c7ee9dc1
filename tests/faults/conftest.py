"""The ground of a campaign: all of it started for one test, and gone after it."""

import json
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from piclo_nged.processes.children import PROJECT

from .bad_post import BadPost
from .caller import Caller
from .campaign import Campaign
from .check import Verdict, check, kept_mails, triggers_of
from .own_postgres import OwnPostgres
from .site import Site, script

SELLERS = 40


@dataclass
class Ground:
    campaign: Campaign
    seed: int

    @property
    def url(self) -> str:
        return self.campaign.postgres.url()

    def open_mails(self) -> int:
        """Instructions and alarms that wait; what was given up waits for a person."""
        with psycopg.connect(self.url) as connection:
            waiting = "SELECT count(*) FROM markets_mail WHERE status = 'ready' AND lane = 'instruction'"
            [count] = connection.execute(waiting).fetchone() or [0]
            return int(count)

    def settle(self) -> None:
        """Quiet; then what people do about what was given up; and quiet again."""
        self.campaign.settle(self.open_mails)
        mended = self.run("mend")
        self.campaign.say(f"{mended['given_up']} mails given up are sent again by hand")
        self.campaign.settle(self.open_mails)

    def verdict(self) -> Verdict:
        campaign = self.campaign
        return check(
            campaign.caller.promises, campaign.post.copies, kept_mails(self.url), triggers_of(self.url), campaign.cuts
        )

    def run(self, *arguments: str) -> dict[str, int]:
        """The program `world`, on the campaign's database."""
        environment = {**os.environ, **self.campaign.site.environment}
        return run_world(environment, *arguments)


def run_world(environment: dict[str, str], *arguments: str) -> dict[str, int]:
    ran = subprocess.run(
        script("world", *arguments), cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    made: dict[str, int] = json.loads(ran.stdout.splitlines()[-1])
    return made


@pytest.fixture
def ground(tmp_path: Path) -> Callable[..., "Iterator[Ground]"]:
    @contextmanager  # type: ignore[arg-type]
    def start(disk: Path | None = None, sellers: int = SELLERS) -> Iterator[Ground]:
        seed = int(os.environ.get("FAULTS_SEED") or random.randrange(10**6))
        print(f"FAULTS_SEED={seed}")
        begun = time.monotonic()

        def say(what: str) -> None:
            print(f"{time.monotonic() - begun:5.1f} s  {what}", flush=True)

        chance = random.Random(seed)
        with OwnPostgres(disk) as postgres, BadPost() as post:
            site = Site(postgres.url(), post.port, tmp_path, random.Random(chance.random()))
            made = run_world({**os.environ, **site.environment}, "make", str(sellers))
            caller = Caller(site.address, str(made["token"]), sellers, random.Random(chance.random()))
            try:
                say("database made")
                site.start()
                say("site started")
                yield Ground(Campaign(postgres, post, site, caller, chance, say), seed)
            finally:
                site.stop()

    return start  # type: ignore[return-value]
