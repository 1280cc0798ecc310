"""Hundreds of clients that are as slow as they like cost connections and no thread; a stopped server ends what it began."""

import signal
import socket
import threading
from pathlib import Path

import httpx
import psutil
import pytest

from benchmarks.slow_clients import KINDS, Site, ask, slow
from tests.ground.processes import wait_until
from tests.ports import claim_port
from tests.production.conftest import HOST, Production, web_server

pytestmark = [pytest.mark.drill, pytest.mark.xdist_group("production")]
MEMORY_MB = 60  # that 300 connections may cost one process, whatever each of them sends


def site_of(environment: dict[str, str], static_root: Path) -> Site:
    largest = max(static_root.rglob("*.css"), key=lambda path: path.stat().st_size)
    return Site(
        "127.0.0.1",
        int(environment["BIND"].rpartition(":")[2]),
        {"Host": HOST, "X-Forwarded-Proto": "https"},
        f"/static/{largest.relative_to(static_root)}",
    )


def memory_mb(production: Production) -> float:
    parent = psutil.Process(production.web.process.pid)
    return max(child.memory_full_info().uss for child in parent.children()) / 1e6


@pytest.mark.parametrize("kind", KINDS)
def test_slow_clients_stop_nobody(production: Production, kind: str) -> None:
    site = site_of(production.environment, production.static_root)
    before = memory_mb(production)
    with slow(kind, site, 300) as clients:
        for _number in range(20):
            ask(site)
        assert len(clients) == 300
        assert memory_mb(production) - before < MEMORY_MB


def test_bodies_of_five_megabytes_lie_on_disk(production: Production) -> None:
    site = site_of(production.environment, production.static_root)
    before = memory_mb(production)
    with slow("bodies", site, 60) as clients:
        for client in clients:
            client.setblocking(True)
            client.sendall(b"x" * 4_000_000)
        ask(site)
        assert memory_mb(production) - before < MEMORY_MB


def test_what_was_begun_is_finished(production: Production, tmp_path: Path) -> None:
    environment = production.environment | {"BIND": f"127.0.0.1:{claim_port()}", "WEB_WORKERS": "1"}
    site = site_of(environment, production.static_root)
    with web_server(environment, tmp_path) as server:
        ask(site)
        whole = httpx.get(f"http://{environment['BIND']}{site.large}", headers=site.headers).content
        with socket.create_connection((site.host, site.port)) as idle, socket.socket() as begun:
            idle.sendall(site.head("GET", "/healthz") + b"\r\n")
            assert idle.recv(100)
            begun.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            begun.connect((site.host, site.port))
            begun.sendall(site.head("GET", site.large) + b"\r\n")
            begun.recv(100)
            server.process.send_signal(signal.SIGTERM)
            received = bytearray()
            while part := begun.recv(65536):
                received += part
            assert received.endswith(whole[-1000:])  # to the end, although the server was told to stop
        assert server.process.wait(60) == 0
    with pytest.raises(ConnectionRefusedError):
        ask(site)


def test_a_killed_process_comes_back(production: Production, tmp_path: Path) -> None:
    environment = production.environment | {"BIND": f"127.0.0.1:{claim_port()}", "WEB_WORKERS": "1"}
    site = site_of(environment, production.static_root)
    with web_server(environment, tmp_path) as server:
        ask(site)
        parent = psutil.Process(server.process.pid)
        (child,) = parent.children()
        child.kill()
        wait_until(lambda: [each.pid for each in parent.children()] not in ([], [child.pid]))
        ask(site)


def test_requests_at_once_are_all_answered(production: Production) -> None:
    site, failed = site_of(production.environment, production.static_root), []

    def one() -> None:
        try:
            ask(site)
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=one) for _number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_one_that_ends_with_its_parent(production: Production, tmp_path: Path) -> None:
    environment = production.environment | {"BIND": f"127.0.0.1:{claim_port()}", "WEB_WORKERS": "1"}
    with web_server(environment, tmp_path) as server:
        ask(site_of(environment, production.static_root))
        children = psutil.Process(server.process.pid).children()
        server.process.kill()
        wait_until(lambda: not any(child.is_running() for child in children))


def test_a_port_in_use_is_one_sentence(production: Production, tmp_path: Path) -> None:
    with web_server(production.environment, tmp_path) as second:
        assert second.process.wait(60) == 1
    assert second.said.startswith("Cannot listen at 127.0.0.1:")
    assert "Traceback" not in second.said
