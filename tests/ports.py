"""Ports for the servers of tests, which no other test run on this machine takes at the same time."""

import fcntl
import os
import random
import tempfile
from pathlib import Path
from typing import TextIO

from embedded.configuration import port_is_free

# Below those the embedded servers choose from, and far below those the kernel gives to outgoing connections.
_PORTS = range(12_000, 20_000)
_claims: list[TextIO] = []


def claim_port() -> int:
    """Return a free port; it is this process's until it ends, whether something listens there or not."""
    folder = Path(tempfile.gettempdir()) / f"anqi-test-ports-{os.geteuid()}"
    folder.mkdir(exist_ok=True)
    for port in random.SystemRandom().sample(_PORTS, 200):
        claim = (folder / str(port)).open("a")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.close()
            continue
        if port_is_free(port):
            _claims.append(claim)
            return port
        claim.close()
    raise RuntimeError(f"no free port between {_PORTS.start} and {_PORTS.stop}")
