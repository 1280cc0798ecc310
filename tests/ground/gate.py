"""A TCP gate before a server; while it is shut, clients see the server as down."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class Gate:
    """Forwards bytes while open. ``shut`` breaks every connection and refuses new ones; ``open`` accepts again."""

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self._pairs: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self.port = 0
        self.open()

    def open(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(50)
        self._listener, self.port = listener, listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def shut(self) -> None:
        with self._lock:
            listener, self._listener = self._listener, None
            pairs, self._pairs = self._pairs, set()
        for each in (listener, *pairs):
            if each is not None:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                inner, _peer = listener.accept()
                outer = socket.create_connection(self.target)
            except OSError:
                return
            with self._lock:
                if self._listener is not listener:
                    inner.close()
                    outer.close()
                    return
                self._pairs |= {inner, outer}
            for one, other in ((inner, outer), (outer, inner)):
                threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
    for each in (source, target):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def gate(host: str, port: int) -> Iterator[Gate]:
    made = Gate(host, port)
    try:
        yield made
    finally:
        made.shut()
