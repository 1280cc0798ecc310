"""The web server: load the application once, freeze it, fork. In each process waitress stands before the threads.

waitress takes a request whole before a thread sees it, and an answer whole from it, so a slow client costs a
connection and no thread (``benchmarks/slow_clients.py``). Run with ``python -m config.web``.
"""

import contextlib
import gc
import os
import random
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable
from copy import copy
from typing import Any

import structlog
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, Task, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import BadRequest, RequestHeaderFieldsTooLarge

from embedded.configuration import environment

logger = structlog.get_logger("config.web")  # it runs as __main__

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

ENV = environment()
# A page that takes longer helps nobody and keeps a thread from the others.
for _name, _seconds in (
    ("STATEMENT_TIMEOUT_S", "30"),
    ("LOCK_TIMEOUT_S", "10"),
    ("IDLE_IN_TRANSACTION_SESSION_TIMEOUT_S", "60"),
):
    os.environ.setdefault(_name, _seconds)
WORKERS = ENV.int("WEB_WORKERS", default=2)
THREADS = ENV.int("WEB_THREADS", default=4)
ADDRESS = ENV.str("BIND", default=f"127.0.0.1:{ENV.int('PORT', default=8000)}")
MOST_REQUESTS = 20_000  # of one process, which bounds a slow memory leak
CONNECTIONS = 2_000  # of one process
GRACE_S = 10  # for what was begun when the server is asked to stop
IDLE_S = 60  # without a byte in either direction
# Bytes of bodies that have not arrived whole, in one process: they lie on its disk before anybody knows whose they are.
MOST_UNFINISHED = 1024**3
# Of a chunked body. waitress copies what it has of each whenever more arrives, in the thread of all connections.
MOST_CONTROL_LINE, MOST_TRAILER = 1024, 64 * 1024
# Of one header other than cookies: Django and the API parse some in more than linear time, before anybody knows whose
# they are. Browsers send at most the 4 kB of an address.
MOST_HEADER = 8 * 1024
# From the first byte to the last, however busy the client keeps the line.
HEADER_S, BODY_S, ANSWER_S = 20, 300, 900

# A list of 200,000 rows is larger than any other body. What stands behind says so of still larger ones in words
# (``imports.operations.uploads``), so it is asked first; deploy/Caddyfile has the same limits.
SHEETS, MOST_OF_SHEET = "/imports/sheets/", 160_000_000

LIMITS = {
    "threads": THREADS,
    "connection_limit": CONNECTIONS,
    "backlog": 1024,
    "asyncore_use_poll": True,  # select() ends at descriptor 1,024
    "channel_timeout": IDLE_S,
    "cleanup_interval": 5,
    "max_request_header_size": 64 * 1024,
    "max_request_body_size": 26 * 1024 * 1024,  # the proxy's limit; Django's are lower, and it explains them
    # Beyond this a body or an answer lies in a temporary file, so that many slow clients cost disk and not memory.
    "inbuf_overflow": 64 * 1024,
    "outbuf_overflow": 256 * 1024,
    "outbuf_high_watermark": 64 * 1024 * 1024,
    "clear_untrusted_proxy_headers": False,  # config.proxies decides whom to believe
    "ident": None,
}


class Request(HTTPRequestParser):
    """One request. What was sent together with it, but belongs to the next, its connection keeps."""

    completed: bool
    adj: Adjustments

    def __init__(self, adj: Adjustments, channel: "Channel") -> None:
        super().__init__(adj)
        self.channel = channel

    def received(self, data: bytes) -> int:
        taken = int(super().received(data))
        if self.chunked and not self.completed:
            chunks = self.body_rcv
            if len(chunks.control_line) > MOST_CONTROL_LINE or len(chunks.trailer) > MOST_TRAILER:
                self.error, self.completed = BadRequest("Chunk header or trailer too long"), True
        if self.completed and not self.empty:
            self.channel.rest = data[taken:]
            return len(data)
        return taken

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.path == SHEETS:
            self.adj = copy(self.adj)
            self.adj.max_request_body_size = MOST_OF_SHEET
        for name, value in self.headers.items():
            if len(value) > MOST_HEADER and name != "COOKIE":
                self.error, self.completed = RequestHeaderFieldsTooLarge(f"{name} is too long"), True


class WithoutBody(Task):
    """Sends no body to HEAD, which a client would take for the beginning of its next answer."""

    def write(self, data: bytes) -> None:
        if getattr(self.request, "command", "") != "HEAD":  # a broken request has none
            super().write(data)
            return
        super().write(b"")
        self.chunked_response = False  # finish() would end the chunks of a body


class Answer(WithoutBody, WSGITask):
    """What the application answers."""


class Refusal(WithoutBody, ErrorTask):
    """What the server itself answers."""


class Channel(HTTPChannel):
    """One connection, with the moment at which its unfinished request or answer began.

    It takes the next request when the answer to the last one was sent. Otherwise a client that sends many at once and
    reads nothing would keep a thread waiting.
    """

    task_class = Answer
    error_task_class = Refusal
    began = 0.0
    rest = b""  # received, but of later requests

    def parser_class(self, adj: Adjustments) -> Request:
        return Request(adj, self)

    def readable(self) -> bool:
        return self.connected and not self.rest and bool(super().readable())

    def writable(self) -> bool:
        return self.connected and (self._takes_rest() or bool(super().writable()))

    def handle_write(self) -> None:
        super().handle_write()
        if self.connected and self._takes_rest():
            data, self.rest = self.rest, b""
            self.received(data)

    def _takes_rest(self) -> bool:
        return bool(self.rest) and not self.requests and not self.total_outbufs_len

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.began = time.monotonic()
        return bool(super().received(data))

    def service(self) -> None:
        super().service()
        self.began = time.monotonic()  # the answer stands in the buffer; now the client reads

    def is_late(self, now: float) -> bool:
        """Whether the client takes longer than any honest one."""
        if self.requests:  # a thread works on it, or waits until the client has read what is too much to keep
            waits = self.total_outbufs_len > self.adj.outbuf_high_watermark
            return waits and (now - self.began > ANSWER_S or time.time() - self.last_activity > IDLE_S)
        if self.request is not None:
            return now - self.began > (BODY_S if self.request.headers_finished else HEADER_S)
        return bool(self.total_outbufs_len) and now - self.began > ANSWER_S

    def is_done(self) -> bool:
        """Whether nothing was begun that is not finished."""
        return not (self.requests or self.request or self.rest or self.total_outbufs_len)


class Server(TcpWSGIServer):
    """The connections of one process."""

    channel_class = Channel

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            if channel.is_late(time.monotonic()):
                channel.will_close = True
            if channel.will_close and channel.total_outbufs_len:
                channel.handle_close()  # waitress would wait until the client reads
        self._limit_unfinished()

    def _limit_unfinished(self) -> None:
        """Close connections while their unfinished bodies are too large together. Whoever began first takes longest."""
        bodies = [
            (channel.began, channel.request.body_bytes_received, channel)
            for channel in self.active_channels.values()
            if channel.request is not None and channel.request.body_bytes_received > LIMITS["inbuf_overflow"]
        ]
        held = sum(size for _began, size, _channel in bodies)
        for _began, size, channel in sorted(bodies, key=lambda body: body[0]):
            if held <= MOST_UNFINISHED:
                return
            channel.will_close = True
            held -= size

    def stop_accepting(self) -> None:
        """Take what waits in the backlog, then leave the socket to the other processes."""
        before = -1
        while before < len(self.active_channels) < CONNECTIONS:
            before = len(self.active_channels)
            self.handle_accept()
        self.del_channel()
        self.socket.close()


class Worker:
    """One process: serves until it is told to stop, has served enough, or its parent is gone."""

    def __init__(self, application: Application, listening: socket.socket) -> None:
        self.application = application
        self.parent = os.getppid()
        self.left = MOST_REQUESTS + random.randrange(MOST_REQUESTS // 10)
        self.told = False
        self.connections: dict[int, Any] = {}
        self.dispatcher = ThreadedTaskDispatcher()
        self.dispatcher.set_thread_count(THREADS)
        self.server = Server(
            self._count,
            self.connections,
            _sock=listening,
            dispatcher=self.dispatcher,
            adj=Adjustments(sockets=[listening], **LIMITS),
            bind_socket=False,
            sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
        )

    def _count(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.left -= 1
        answer = self.application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return answer
        if hasattr(answer, "close"):
            answer.close()
        return []  # not even made, if it is made while it is sent

    def tell(self, *_arguments: Any) -> None:
        """Ask it to stop, from a signal."""
        self.told = True
        self.server.pull_trigger()

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self.tell)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent says when
        while not self.told and self.left > 0 and os.getppid() == self.parent:
            self._turn(1.0)
        self.server.stop_accepting()
        deadline = time.monotonic() + GRACE_S
        while self._unfinished() and time.monotonic() < deadline:
            self._turn(0.1)
            self.server.maintenance(time.time())
        self.dispatcher.shutdown(timeout=1)

    def _turn(self, timeout_s: float) -> None:
        wasyncore.loop(timeout=timeout_s, map=self.connections, use_poll=True, count=1)

    def _unfinished(self) -> bool:
        channels = list(self.server.active_channels.values())
        for channel in channels:
            if channel.is_done():
                channel.will_close = True  # kept alive, but idle
        return bool(channels)


class Parent:
    """Forks the workers and forks them again when one ends."""

    def __init__(self, application: Application, listening: socket.socket) -> None:
        self.application = application
        self.listening = listening
        self.children: dict[int, float] = {}  # process id: when it began
        self.stopping = False

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, self.stop)
        for _number in range(WORKERS):
            self._fork()
        while self.children:
            child, status = os.waitpid(-1, 0)
            began = self.children.pop(child, 0.0)
            if self.stopping:
                continue
            code = os.waitstatus_to_exitcode(status)
            (logger.info if code == 0 else logger.error)("a web process ended", pid=child, code=code)
            if time.monotonic() - began < 1:
                time.sleep(1)  # it cannot even start; do not spin
            if not self.stopping:
                self._fork()

    def stop(self, *_arguments: Any) -> None:
        """Let the children finish what they began; kill those that do not."""
        if not self.stopping:
            self.stopping = True
            self.listening.close()
            self._signal(signal.SIGTERM)
            signal.signal(signal.SIGALRM, lambda *_arguments: self._signal(signal.SIGKILL))
            signal.alarm(GRACE_S + 5)

    def _signal(self, number: int) -> None:
        for child in list(self.children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, number)

    def _fork(self) -> None:
        # A signal between the fork and the child's own handlers would be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
        child = os.fork()
        if child:
            self.children[child] = time.monotonic()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
            if self.stopping:
                self._signal(signal.SIGTERM)
            return
        code = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            random.seed()
            worker = Worker(self.application, self.listening)
            signal.signal(signal.SIGTERM, worker.tell)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
            worker.run()
            code = 0
        except BaseException:
            logger.exception("a web process failed")
        finally:
            sys.stderr.flush()
            os._exit(code)  # what the parent registered for its end is not the child's


def listen(address: str) -> socket.socket:
    """Bind to ``host:port``. Raises SystemExit with a sentence if that is not possible."""
    host, _colon, port = address.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, int(port)), family=family, backlog=1024)
    except (OSError, ValueError, OverflowError) as error:
        raise SystemExit(f"Cannot listen at {address}: {error}") from error
    listening.setblocking(False)
    return listening


def freeze() -> None:
    """Freeze the loaded application before the first fork, and close its connections.

    Full garbage collections skip frozen objects, which would otherwise cause the slowest responses, and workers keep
    sharing their memory pages. Connections must not be shared: each worker opens its own.
    """
    from django.db import connections

    from config.health import broker

    connections.close_all()
    broker().close()
    broker.cache_clear()
    gc.collect()
    gc.freeze()


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS * 2 + 100  # a connection and, for a large body, its file
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
    )
    listening = listen(ADDRESS)
    from django.conf import settings

    from config.wsgi import application

    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        logger.warning(
            "TRUSTED_PROXIES is empty: everybody has the address of the proxy that ends TLS, and is limited as one"
        )
    freeze()
    logger.info("Listening at", address=f"http://{ADDRESS}", workers=WORKERS, threads=THREADS)
    Parent(application, listening).run()


if __name__ == "__main__":
    main()
