"""Database, broker, web, beat and two worker groups, with somebody who starts again what has fallen."""

import contextlib
import http.client
import os
import random
import signal
import sys
import time
from pathlib import Path

from bench.ground import DATA_DIR
from bench.ground.fleet import Fleet
from bench.havoc import blows, cluster
from bench.havoc.blows import Blow
from cms.launcher import web_command
from cms.process import broker

TIME_LIMIT = 10  # seconds for a diploma; what was claimed by a dead worker is free again five later
LEASE = TIME_LIMIT + 5
CLUSTER = Path(DATA_DIR) / "cluster"


class Scene(Fleet):
    """The house on several hosts, all of them on this one."""

    def __init__(self, database_port: int) -> None:
        super().__init__(env={"RENDER_TIME_LIMIT": str(TIME_LIMIT)})
        self.database_port = database_port
        self.armed = Path(DATA_DIR) / "armed"
        self.armed.mkdir(exist_ok=True)
        self._due: dict[str, float] = {}  # what lies down, and when it is started again
        self._thaw: dict[str, float] = {}

    # --- standing up -------------------------------------------------------------------------------

    def raise_up(self, name: str) -> None:
        """Start one of the six, without waiting for it."""
        if name == "database":
            self.start(name, cluster.command(CLUSTER, self.database_port))
        elif name == "broker":
            binary = broker.server_binary()
            assert binary is not None
            self.start(name, broker.command(binary, folder=Path(DATA_DIR) / "broker", path=self._socket))
        elif name == "web":
            self.start(name, web_command(self._options))
        elif name == "beat":
            self.start_beat()
        else:
            entry = [sys.executable, "-m", "bench.havoc.worker", str(self.armed)]
            self.start_group(name, entry=entry, is_awaited=False)

    def look_after(self) -> None:
        """One look: thaw what was frozen long enough, notice who fell, start whose rest is over."""
        now = time.monotonic()
        for name in [name for name, when in self._thaw.items() if when < now]:
            del self._thaw[name]
            self._signal(name, signal.SIGCONT)
        for name in self.fallen():
            self._due.setdefault(name, now + 0.5)
        for name in [name for name, when in self._due.items() if when < now]:
            del self._due[name]
            if not self.is_running(name):
                self.raise_up(name)

    def state(self) -> str:
        """Who stands and answers, who does not."""
        answers = {
            "database": cluster.is_ready(self.database_port),
            "broker": broker.is_ready(self._socket),
            "web": self.web_answers(),
            **{name: self.group_answers(name) for name in blows.GROUPS},
        }
        return f"answers {answers}, lies {sorted(self._due)}, frozen {sorted(self._thaw)}"

    def is_whole(self) -> bool:
        """Does everything stand and answer?"""
        self.look_after()
        return (
            not self._due
            and not self._thaw
            and cluster.is_ready(self.database_port)
            and broker.is_ready(self._socket)
            and self.web_answers()
            and all(self.group_answers(name) for name in blows.GROUPS)
        )

    # --- striking ----------------------------------------------------------------------------------

    def strike(self, blow: Blow, dice: random.Random) -> None:
        """Kill, kill one of a pool, arm a moment, or freeze."""
        if blow.how == "arm":
            self._arm(blow.target)
        elif not self.is_running(blow.target):
            return  # it lies already: two blows met
        elif blow.how == "kill":
            if blow.target == "database":
                cluster.kill(self.leader("database"))
            self._signal(blow.target, signal.SIGKILL)
            self._due[blow.target] = time.monotonic() + blow.rest
        elif blow.how == "kill-one":
            pool = self.pool(blow.target)
            if pool:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(dice.choice(pool), signal.SIGKILL)
        elif blow.how == "freeze":
            self._signal(blow.target, signal.SIGSTOP)
            self._thaw[blow.target] = time.monotonic() + blow.rest

    def disarm(self) -> list[str]:
        """Take away the moments that nobody came by; which they were."""
        left = list(self.armed.iterdir())
        for path in left:
            path.unlink()
        return sorted(path.name for path in left)

    def _arm(self, moment: str) -> None:
        written = self.armed / "being-written"
        written.write_text(str(self.leader("database")) if self.is_running("database") else "")
        written.rename(self.armed / moment)

    def _signal(self, name: str, number: signal.Signals) -> None:
        if self.is_running(name):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.leader(name), number)

    # --- asking ------------------------------------------------------------------------------------

    def request(self, method: str, address: str, headers: dict[str, str]) -> int | None:
        """The status that the web server answers with; None when it does not."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, address, headers={"Host": f"localhost:{self.port}", **headers})
            return line.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            line.close()
