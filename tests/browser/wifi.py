"""A network between a browser and the site, on which things go wrong: answers hang, are missing, or come from a portal."""

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import urlsplit

from tests.ports import claim_port

HANG, MISSING, PORTAL = "hang", "missing", "portal"
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Wifi:
    """Passes requests on to the site. ``rule`` says of a path what goes wrong with it, "" for nothing."""

    def __init__(self, site: str) -> None:
        self.site = urlsplit(site)
        self.rule: Callable[[str], str] = lambda _path: ""
        self.released = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", claim_port()), self._handler())
        self.server.daemon_threads = False
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self) -> "Wifi":
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        wifi = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.handle_one()

            def do_POST(self) -> None:
                self.handle_one()

            def handle_one(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                wrong = wifi.rule(self.path)
                if wrong == HANG:
                    wifi.released.wait(60)
                if wrong:
                    text = b"<h1>Free Wi-Fi</h1>"
                    self.send_response(200 if wrong == PORTAL else 404)
                    self.send_header("Content-Type", "text/html")
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text)
                    return
                upstream = http.client.HTTPConnection(wifi.site.hostname or "", wifi.site.port, timeout=120)
                headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
                upstream.request(self.command, self.path, body or None, headers)
                answer = upstream.getresponse()
                data = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
                upstream.close()

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        return Handler
