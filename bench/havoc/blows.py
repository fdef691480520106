"""What happens to a batch, and when: drawn from a seed, so that a bad day can be had again."""

import random
from dataclasses import dataclass

from bench.havoc import worker

GROUPS = ("worker-a", "worker-b")
SERVERS = ("web", "broker", "database")
LONGEST_REST = 2.0  # seconds until somebody starts a killed server again
LATEST = 0.8  # of the batch; what is armed later might not be met


@dataclass(frozen=True)
class Blow:
    """After `made` diplomas of the batch, and `delay` seconds more: strike `target` as `how` says."""

    made: int
    delay: float
    how: str  # kill, kill-one (of a pool), arm (a moment), freeze (and thaw), revoke, replace
    target: str
    rest: float = 0.0

    def __str__(self) -> str:
        return f"{self.made}+{self.delay:.2f}s {self.how} {self.target}"


def plan(dice: random.Random, batch: int) -> list[Blow]:
    """Every server and worker group killed, every moment armed, some diplomas taken back meanwhile."""

    def blow(how: str, target: str, rest: float = LONGEST_REST) -> Blow:
        made, delay = dice.randrange(int(batch * LATEST)), dice.uniform(0, 0.5)
        return Blow(made, delay, how, target, dice.uniform(0, rest))

    blows = [blow("kill", name) for name in (*GROUPS, *SERVERS, "beat")]
    blows += [blow("kill-one", dice.choice(GROUPS))]
    blows += [blow("arm", moment) for moment in worker.MOMENTS]
    blows += [blow("revoke", "a diploma"), blow("replace", "a diploma")]
    return sorted(blows, key=lambda one: (one.made, one.delay))


def at_the_press(dice: random.Random) -> Blow:
    """What is killed while an administrator presses «issue»."""
    return Blow(0, dice.uniform(0, 1.0), "kill", dice.choice(SERVERS), dice.uniform(0, LONGEST_REST))


def freeze(dice: random.Random, batch: int, lease: float) -> Blow:
    """A worker group that stands still for longer than a lease and then goes on as if nothing had been."""
    made = dice.randrange(int(batch * LATEST))
    return Blow(made, 0.0, "freeze", dice.choice(GROUPS), lease + dice.uniform(1, 5))
