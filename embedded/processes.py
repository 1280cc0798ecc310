"""Processes of this machine: finding and ending them."""

import contextlib
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import psutil


class Server(Protocol):
    """One embedded server."""

    name: str
    process_name: str
    folder: Path
    log: Path
    keys: dict[str, Any]

    def answers(self) -> bool:
        """Return whether the server of this folder, and no other, is on its port and accepts our password."""

    def prepare(self) -> None:
        """Prepare the data folder for a start. Raise ServersError if it cannot be used."""

    def launch(self) -> subprocess.Popen:
        """Start the process, in a session of its own."""

    def ready(self) -> None:
        """Create what the application expects in the running server."""

    def stop(self) -> None:
        """Stop the server, gently first."""


def processes_in(folder: Path, name: str) -> list[psutil.Process]:
    """Return the processes of a program whose working folder is this one, the oldest first.

    Both servers change into their data folder. Unlike a pid file, that never points to an unrelated process.
    """
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name() == name and Path(process.cwd()) == folder:
                found.append(process)
    return sorted(found, key=lambda process: (process.create_time(), process.pid))


def end_processes(processes: Iterable[psutil.Process], signals: Sequence[int], wait_s: float) -> None:
    """Send one signal after the other, ``wait_s`` apart at most, until all processes have ended."""
    left = list(processes)
    for number in signals:
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.send_signal(number)
        deadline = time.monotonic() + wait_s
        while left := [process for process in left if is_alive(process)]:
            if time.monotonic() > deadline:
                break
            time.sleep(0.01)
        if not left:
            return


def is_alive(process: psutil.Process) -> bool:
    """Return whether a process still runs. A zombie does not: reaping it is up to its parent."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
