"""A department's receiver: a real HTTP server on this machine whose responses the test sets."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

Reply = int | tuple[int, dict[str, str]] | tuple[int, dict[str, str], bytes] | str


class Receiver:
    """A department's system: verifies with the standard package and stores new messages by ``webhook-id``.

    ``replies`` are used up first (a status, one with headers and perhaps a body, or ``hang`` / ``close`` / ``trickle`` / ``dribble``),
    then every verified message is answered 204.
    """

    def __init__(self) -> None:
        self.secret = ""
        self.replies: list[Reply] = []
        self.requests: list[dict[str, Any]] = []  # every request, in order
        self.kept: list[dict[str, Any]] = []  # what a receiver that honours webhook-id stores
        self.invalid = 0
        self.dribbled = 0  # bytes of a body
        self.before_reply: Callable[[], None] = lambda: None
        self.end_hang = threading.Event()
        self.lock = threading.Lock()
        self.port = 0
        self.scheme = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"

    @property
    def sequences(self) -> list[int]:
        return [each["data"]["sequence"] for each in self.kept]

    def take(self, body: bytes, headers: dict[str, str]) -> Reply:
        with self.lock:
            self.requests.append({"id": headers.get("webhook-id"), "headers": headers, "body": body})
            reply = self.replies.pop(0) if self.replies else 204
            if reply == 204:
                try:
                    message = Webhook(self.secret).verify(body, headers)
                except WebhookVerificationError:
                    self.invalid += 1
                    return 401
                if headers["webhook-id"] not in {each["id"] for each in self.kept}:
                    self.kept.append({"id": headers["webhook-id"], **message})
        self.before_reply()
        return reply


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        reply = self.receiver.take(body, {name.lower(): value for name, value in self.headers.items()})
        if reply == "hang":
            self.receiver.end_hang.wait(30)
            reply = "close"
        if reply == "trickle":
            self._trickle()
            reply = "close"
        if reply == "dribble":
            self._dribble()
            reply = "close"
        if reply == "close":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, headers, body = (*reply, b"")[:3] if isinstance(reply, tuple) else (reply, {}, b"")
        self.send_response(int(status))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _trickle(self) -> None:
        """Send a byte now and then, so that no single read times out."""
        try:
            for letter in "HTTP/1.1 200 OK\r\n" + "x-slow: 1\r\n" * 1000:
                self.wfile.write(letter.encode())
                if self.receiver.end_hang.wait(0.05):
                    return
        except OSError:
            pass

    def _dribble(self) -> None:
        """Take the message, then send the body of the answer a byte now and then."""
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
            while self.receiver.dribbled < 100_000 and not self.receiver.end_hang.wait(0.05):
                self.wfile.write(b".")
                self.receiver.dribbled += 1
        except OSError:
            pass

    def log_message(self, *_arguments: Any) -> None:
        pass


class Tally(Receiver):
    """Stores only counts of each message, for quarters whose messages do not fit in memory."""

    def take(self, body: bytes, headers: dict[str, str]) -> Reply:
        message = Webhook(self.secret).verify(body, headers)
        told = message["data"]
        with self.lock:
            self.requests.append({"id": headers["webhook-id"], "size": len(body)})
            ratings = [(each["enterprise"], each["colour"]) for each in told["ratings"]]
            self.kept.append(
                {"data": {name: told[name] for name in ("sequence", "part", "parts")}, "ratings": ratings}
            )
        return 204


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a sender that does not trust the certificate ends the connection."""


@contextmanager
def receiving(kind: type[Receiver] = Receiver, tls: ssl.SSLContext | None = None) -> Iterator[Any]:
    """Run a receiver until the end of the block, with ``tls`` one that is reached by https."""
    receiver = kind()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"receiver": receiver}))
    server.daemon_threads = True
    if tls is not None:
        receiver.scheme = "https"
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.end_hang.set()
        server.shutdown()
        server.server_close()
        thread.join()
