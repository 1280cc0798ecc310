"""Pages while hundreds of clients are as slow as they like: ``python -m benchmarks.slow_clients``.

Asks a running server (``URL``, by default http://127.0.0.1:8000) for its login page, first alone and then while each
kind of slow client keeps ``N`` connections (300) busy. Prints p50 and p95 in milliseconds, and p95 as a multiple of
the quiet one.
"""

import contextlib
import http.client
import os
import re
import socket
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

PAGE = "/accounts/login/"
FILE_BYTES = 5_000_000


@dataclass(frozen=True)
class Site:
    """A running server, and what to ask it for."""

    host: str
    port: int
    headers: dict[str, str] = field(default_factory=dict)
    large: str = ""  # an answer that does not fit into the buffers of the sockets

    def head(self, method: str, path: str, **more: str) -> bytes:
        """The first lines of a request, without the empty line that ends them."""
        lines = {"Host": f"{self.host}:{self.port}"} | self.headers | more
        named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
        return f"{method} {path} HTTP/1.1\r\n{named}".encode()


# What each kind of client sends at once; afterwards one byte a second.
KINDS: dict[str, Callable[[Site], bytes]] = {
    "headers": lambda site: site.head("GET", PAGE) + b"X-Slow: ",
    "bodies": lambda site: site.head("POST", PAGE, Content_Length=str(FILE_BYTES)) + b"\r\n",
    "chunks": lambda site: site.head("POST", PAGE, Transfer_Encoding="chunked") + b"\r\nffffff\r\n",
    "readers": lambda site: site.head("GET", site.large) + b"\r\n",  # it reads a byte a second
}


@contextlib.contextmanager
def slow(kind: str, site: Site, count: int) -> Iterator[list[socket.socket]]:
    """Keep so many connections of a kind busy; yields them."""
    begin = KINDS[kind](site)
    clients: list[socket.socket] = []
    ended = threading.Event()

    def trickle() -> None:
        while not ended.wait(1):
            for client in clients:
                with contextlib.suppress(BlockingIOError, ConnectionError):
                    if kind == "readers":
                        client.recv(1)
                    else:
                        client.send(b"1")

    thread = threading.Thread(target=trickle, daemon=True)
    try:
        for _number in range(count):
            client = socket.socket()
            if kind == "readers":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(30)
            client.connect((site.host, site.port))
            client.sendall(begin)
            client.setblocking(False)
            clients.append(client)
        thread.start()
        yield clients
    finally:
        ended.set()
        if thread.ident:
            thread.join()
        for client in clients:
            client.close()


def largest_style(site: Site) -> str:
    """The path of the largest style sheet of the page."""

    def get(path: str) -> bytes:
        with contextlib.closing(http.client.HTTPConnection(site.host, site.port, timeout=60)) as connection:
            connection.request("GET", path, headers=site.headers)
            return connection.getresponse().read()

    styles = re.findall(r'href="(/static/[^"]+\.css)"', get(PAGE).decode())
    return max(styles, key=lambda path: len(get(path)))


def ask(site: Site, timeout_s: float = 60) -> float:
    """Ask for the page in a new connection. Returns the seconds it took; raises OSError if it does not come."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection(site.host, site.port, timeout=timeout_s)
    with contextlib.closing(connection):
        connection.request("GET", PAGE, headers=site.headers)
        answer = connection.getresponse()
        answer.read()
    if answer.status != http.client.OK:
        raise OSError(f"The page answered {answer.status}.")
    return time.perf_counter() - began


def measure(site: Site, times: int = 100) -> tuple[float, float]:
    """p50 and p95 of the page in milliseconds."""
    took = sorted(ask(site) * 1000 for _number in range(times))
    return statistics.median(took), took[int(len(took) * 0.95)]


def main() -> int:
    """Measure quiet and busy in turns."""
    address, count = urlsplit(os.environ.get("URL", "http://127.0.0.1:8000")), int(os.environ.get("N", "300"))
    site = Site(address.hostname or "127.0.0.1", address.port or 80)
    site = replace(site, large=largest_style(site))
    measure(site, 20)
    print(f"{'':10}{'p50 ms':>8}{'p95 ms':>8}{'× quiet':>9}")
    for kind in KINDS:
        p50, quiet = measure(site)
        print(f"{'quiet':10}{p50:8.1f}{quiet:8.1f}")
        with slow(kind, site, count):
            time.sleep(2)
            p50, p95 = measure(site)
        print(f"{kind:10}{p50:8.1f}{p95:8.1f}{p95 / quiet:9.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
