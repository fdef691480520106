"""Diplomas while everything around them is killed: is each there exactly once? Seeded; the seed is printed.

Each round: an administrator issues a batch on the real site, two worker groups make it on PostgreSQL over a
Valkey, and meanwhile web server, broker, database, both groups and single processes are killed by kill -9 at
moments that dice choose; so are the moments between file and commit, at the commit, and between commit and
acknowledgement. `python bench/chaos.py [--full] [--seed N] [--rounds N] [--batch N]`
"""

import argparse
import os
import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.havoc import cluster

PORT = cluster.free_port()
os.environ["BENCH_DATABASE_URL"] = cluster.url(PORT)
from bench import ground  # before anything of ours: it sets Django up

# isort: split
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.utils import timezone

from bench.ground import rows
from bench.havoc import blows, scene
from bench.havoc.blows import Blow
from bench.havoc.judge import Verdict, judge
from certificates.awards import life
from certificates.awards.models import Certificate, Document, Job, Revocation
from certificates.errors import Refused
from cms.users.roles import ADMINISTRATOR
from tests.factories.courses import UserFactory

Answer = TypeVar("Answer")
BEGUN = time.monotonic()
PATIENCE = 900.0  # seconds for a round; whoever is not done by then is lost
UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING, Job.State.PAUSED)
# In the end a head of the log is published: the next round's audit proves that the log grew out of it.
RECONCILE = ["reconcile", "--apply", "--min-age", "0"]  # nobody is at work then
AUDITS = (["audit_log", "--deep"], ["publish_head"])


def say(line: str) -> None:
    """A line for whoever watches; the figures alone go to standard output."""
    print(f"{time.monotonic() - BEGUN:7.1f} {line}", file=sys.stderr, flush=True)


class Round:
    """One batch and what happens to it."""

    def __init__(self, stage: scene.Scene, dice: random.Random, batch: int, *, is_full: bool) -> None:
        self.stage, self.dice, self.batch = stage, dice, batch
        self.by = UserFactory(role=ADMINISTRATOR)
        self.acta = rows.approved_acta(batch, by=self.by)
        client = Client()
        client.force_login(self.by)
        self.session = client.cookies["sessionid"].value
        self.press_blow = blows.at_the_press(dice)
        self.plan = blows.plan(dice, batch)
        if is_full:
            self.plan = sorted([*self.plan, blows.freeze(dice, batch, scene.LEASE)], key=lambda one: one.made)
        self.struck: Counter[str] = Counter()

    def run(self) -> float:
        """The seconds from the first press until nothing is left to make and everybody stands again."""
        started = time.monotonic()
        self.press()
        until = started + PATIENCE
        while not (self.is_done() and not self.plan and self.stage.is_whole()):
            self.stage.look_after()
            self.strike_what_is_due()
            if time.monotonic() > until:
                say(f"  not done in time: {self.state()}")
                break
            time.sleep(0.02)
        for moment in self.stage.disarm():
            say(f"  nobody came by: {moment}")
        return time.monotonic() - started

    def state(self) -> str:
        """What is not as it should be, in a line."""
        jobs = patiently(lambda: Job.objects.tally())
        return f"jobs {jobs}; still to come {len(self.plan)}; {self.stage.state()}"

    # --- issuing -----------------------------------------------------------------------------------

    def press(self) -> None:
        """Press «issue» until it is issued, while one of the servers is killed."""
        pressing = threading.Thread(target=self._press_once)
        pressing.start()
        time.sleep(self.press_blow.delay)
        self.strike(self.press_blow)
        presses = 1
        while pressing.is_alive() or not self.is_issued():
            self.stage.look_after()
            if not pressing.is_alive():
                pressing = threading.Thread(target=self._press_once)
                pressing.start()
                presses += 1
            time.sleep(0.25)
        say(f"  issued after {presses} presses")

    def _press_once(self) -> None:
        token = "0" * 32
        cookies = f"sessionid={self.session}; csrftoken={token}"
        address = f"/admin/actas/{self.acta.pk}/issue/"
        status = self.stage.request("POST", address, {"Cookie": cookies, "X-CSRFToken": token})
        if status not in {302, None, 500, 503}:
            raise SystemExit(f"«Issue» answered {status}.")

    def is_issued(self) -> bool:
        """Are all of them decided? Raises SystemExit if some are and some are not: it is one transaction."""
        count = patiently(lambda: Certificate.objects.filter(acta=self.acta).count())
        if count not in {None, 0, self.batch}:
            raise SystemExit(f"Issued {count} of {self.batch}: half an act.")
        return count == self.batch

    # --- meanwhile ---------------------------------------------------------------------------------

    def made(self) -> int | None:
        """How many diplomas of this batch are made; None while the database is down."""
        return patiently(lambda: Document.objects.filter(certificate__acta=self.acta).count())

    def is_done(self) -> bool:
        """Is nothing left to make? (What was given up is lost, and the judge will say so.)"""
        left = patiently(lambda: Job.objects.filter(state__in=UNFINISHED).count())
        return left == 0

    def strike_what_is_due(self) -> None:
        """The blows whose moment has come."""
        made = self.made() if self.plan else None
        while made is not None and self.plan and self.plan[0].made <= made:
            blow = self.plan.pop(0)
            pause = time.monotonic() + blow.delay
            while time.monotonic() < pause:
                self.stage.look_after()
                time.sleep(0.01)
            if not self.strike(blow):
                self.plan.append(blow)  # the database was down for it
                return

    def strike(self, blow: Blow) -> bool:
        """Strike, or take a diploma back as an administrator would; False when that must be tried again."""
        say(f"  {blow}")
        if blow.how in {"revoke", "replace"}:
            if not patiently(lambda: self._take_back(blow.how)):
                return False
        else:
            self.stage.strike(blow, self.dice)
        self.struck[blow.how] += 1
        return True

    def _take_back(self, how: str) -> bool:
        taken = Revocation.objects.values("certificate")
        mine = Certificate.objects.filter(acta=self.acta, document__isnull=False, replaces__isnull=True)
        left = list(mine.filter(replaced_by__isnull=True).exclude(pk__in=taken).order_by("pk"))
        if not left:
            return True
        chosen, now = self.dice.choice(left), timezone.now()
        try:
            if how == "revoke":
                life.revoke_certificate(certificate=chosen, reason="error", by=self.by, at=now)
            else:
                life.replace_certificate(certificate=chosen, name="Ana Ñáñez Pérez", by=self.by, at=now)
        except Refused as refusal:
            say(f"  refused: {refusal}")
        return True


def patiently(question: Callable[[], Answer]) -> Answer | None:
    """The answer of the database; None while it is down."""
    try:
        return question()
    except (OperationalError, InterfaceError):
        connection.close()
        return None


def house_audits(stage: scene.Scene, *commands: list[str]) -> list[str]:
    """What the house's own auditors say that is not well."""
    found = []
    for command in commands:
        try:
            say("\n".join(f"    {line}" for line in stage.manage(*command).splitlines()))
        except AssertionError as error:
            found.append(f"manage.py {' '.join(command)}: {error}")
    return found


def play(stage: scene.Scene, dice: random.Random, options: argparse.Namespace) -> list[ground.Figure]:
    """All rounds, and their figures."""
    total, seconds, struck, leftovers = Verdict(), [], Counter[str](), 0
    for number in range(1, options.rounds + 1):
        say(f"round {number} of {options.rounds}, batch of {options.batch}")
        one = Round(stage, dice, options.batch, is_full=options.full)
        seconds.append(one.run())
        struck += one.struck
        leftovers += len(judge().strays)
        found = Verdict(disagreements=house_audits(stage, RECONCILE))
        found.add(judge())
        found.disagreements += house_audits(stage, *AUDITS)
        say(f"  {seconds[-1]:.0f} s; {'all well' if found.is_clean else found}")
        total = found if not found.is_clean else total
        if not found.is_clean:
            break
    made = Document.objects.count()
    return [
        ground.Figure("chaos.rounds", len(seconds), "rounds", 1),
        ground.Figure("chaos.diplomas", made, "diplomas", 1),
        ground.Figure("chaos.kills", struck["kill"] + struck["kill-one"], "kills", 1),
        ground.Figure("chaos.moments", struck["arm"], "kills", 1),
        ground.Figure("chaos.lost", len(total.lost), "diplomas", made, 0),
        ground.Figure("chaos.doubled", len(total.doubled), "diplomas", made, 0),
        ground.Figure("chaos.reconciled_files", leftovers, "files", made),
        ground.Figure("chaos.stray_files", len(total.strays), "files", 1, 0),
        ground.Figure("chaos.disagreements", len(total.disagreements), "", 1, 0),
        ground.Figure("chaos.round_seconds", round(statistics.median(seconds), 1), "s", len(seconds)),
    ]


def left_in_scratch(stage: scene.Scene) -> list[str]:
    """Temporary files that outlive every process and the sweeping up after them."""
    for name in (*blows.GROUPS, "web"):
        stage.end(name)
    stage.manage(*RECONCILE)
    return sorted(str(path.relative_to(stage.scratch)) for path in stage.scratch.rglob("*") if path.is_file())


def main() -> int:
    """0 when nothing was lost, doubled, left over or in disagreement."""
    parser = ground.parser()
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--batch", type=int)
    options = parser.parse_args()
    options.rounds = options.rounds or (20 if options.full else 1)
    options.batch = options.batch or (500 if options.full else 40)
    say(f"seed {options.seed}")
    cluster.lay(scene.CLUSTER)
    stage = scene.Scene(PORT)
    try:
        stage.raise_up("database")
        stage.wait_until(lambda: cluster.is_ready(PORT), 60, "the database")
        cluster.make_database(PORT)
        ground.lay_database()
        for name in ("broker", "web", "beat", *blows.GROUPS):
            stage.raise_up(name)
        stage.wait_until(stage.is_whole, 90, "the whole scene")
        with stage.connected():
            figures = play(stage, random.Random(options.seed), options)
        left = left_in_scratch(stage)
    finally:
        stage.stop()
    if left:
        say(f"left behind: {left[:10]}")
    figures.append(ground.Figure("chaos.temporary_files", len(left), "files", 1, 0))
    ground.report(figures, as_json=options.json)
    hoped_for_none = ("lost", "doubled", "stray_files", "disagreements", "temporary_files")
    return int(any(one.value for one in figures if one.name.removeprefix("chaos.") in hoped_for_none))


if __name__ == "__main__":
    sys.exit(main())
