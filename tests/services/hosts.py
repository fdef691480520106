"""Hosts of a test's own: network namespaces with one wire each, that may be cut (Linux, as root).

The servers' host holds the bridge: every other host reaches it, and so each other, by a pair of virtual
network cards. Nothing of this machine's own network is touched.
"""

import contextlib
import os
import subprocess
from dataclasses import dataclass, field

NETWORK = "10.213.77"  # of TEST use here only; no route leads to it from outside of the namespaces
SERVERS = "data"


def ip(*words: str) -> None:
    """One command of iproute2. Raises CalledProcessError."""
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@dataclass
class Hosts:
    """Namespaces by name; the first is the servers'."""

    names: tuple[str, ...]
    tag: str = field(default_factory=lambda: f"p{os.getpid() % 100_000}")

    def space(self, name: str) -> str:
        """The namespace of a host."""
        return f"{self.tag}-{name}"

    def address(self, name: str) -> str:
        """Its address."""
        return f"{NETWORK}.{self.names.index(name) + 1}"

    def enter(self, name: str) -> list[str]:
        """What stands before a command that runs on this host."""
        return ["ip", "netns", "exec", self.space(name)]

    def lay(self) -> None:
        """Make every host and its wire. Raises CalledProcessError or FileNotFoundError where not allowed."""
        for name in self.names:
            ip("netns", "add", self.space(name))
            ip("-n", self.space(name), "link", "set", "lo", "up")
        servers = self.space(SERVERS)
        ip("-n", servers, "link", "add", "br0", "type", "bridge")
        ip("-n", servers, "addr", "add", f"{self.address(SERVERS)}/24", "dev", "br0")
        ip("-n", servers, "link", "set", "br0", "up")
        for name in self.names[1:]:
            here = self.space(name)
            ip(
                *("-n", servers, "link", "add", f"to-{name}"),
                *("type", "veth", "peer", "eth0", "netns", here),
            )
            ip("-n", servers, "link", "set", f"to-{name}", "master", "br0", "up")
            ip("-n", here, "addr", "add", f"{self.address(name)}/24", "dev", "eth0")
            ip("-n", here, "link", "set", "eth0", "up")

    def cut(self, name: str) -> None:
        """Nothing reaches this host any more, and nothing comes from it; nobody is told."""
        ip("-n", self.space(SERVERS), "link", "set", f"to-{name}", "nomaster")

    def mend(self, name: str) -> None:
        """The wire is there again."""
        ip("-n", self.space(SERVERS), "link", "set", f"to-{name}", "master", "br0", "up")

    def clear(self) -> None:
        """Take every namespace away; the wires go with them."""
        for name in self.names:
            with contextlib.suppress(subprocess.CalledProcessError, FileNotFoundError):
                ip("netns", "del", self.space(name))
