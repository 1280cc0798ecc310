"""Requests sent at once without reading their answers, or an answer nobody reads, must not keep the threads."""

import json
import subprocess
import sys

BEFORE = """
import json, socket, time
import config.web as web

web.THREADS = 1
web.LIMITS |= {"outbuf_high_watermark": 2_000_000}
PART = b"x" * 1_000_000
answered = []

def application(environ, start_response):
    path = environ["PATH_INFO"]
    answered.append(path)
    if path == "/endless":
        start_response("200 OK", [])
        return (PART for _number in range(100))
    body = path.encode() if path == "/small" else path.encode() + PART * 3
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]

listening = web.listen("127.0.0.1:0")
worker = web.Worker(application, listening)

def turn_until(condition, limit_s=20):
    until = time.monotonic() + limit_s
    while not condition() and time.monotonic() < until:
        worker._turn(0.01)
    return bool(condition())

def client_of(sent):
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(listening.getsockname())
    client.sendall(sent)
    client.setblocking(False)
    return client

def get(path):
    return f"GET {path} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n".encode()

def read(client, into):
    try:
        into += client.recv(1_000_000)
    except BlockingIOError:
        pass
    return bytes(into)

def others_are_served():
    other, received = client_of(get("/small")), bytearray()
    return turn_until(lambda: read(other, received).endswith(b"/small"), 10)
"""

AT_ONCE = (
    BEFORE
    + """
greedy = client_of(b"".join(get(f"/{number}") for number in range(3)) + get("/small") + b"GET /last HT")
turn_until(lambda: len(answered) >= 1)
served = others_are_served()
before = [path for path in answered if path != "/small"]
received = bytearray()
greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_000_000)
in_order = turn_until(lambda: read(greedy, received).endswith(b"/small"), 60)
greedy.send(b"TP/1.1\\r\\nHost: x\\r\\n\\r\\n")
in_order = turn_until(lambda: b"/last" in read(greedy, received)[-3_100_000:]) and in_order
worker.dispatcher.shutdown(timeout=1)
print(json.dumps([served, before, in_order, [path for path in answered if path != "/small"]]))
"""
)

UNREAD = (
    BEFORE
    + """
greedy = client_of(get("/endless"))
turn_until(lambda: any(each.total_outbufs_len > 2_000_000 for each in worker.server.active_channels.values()))
(channel,) = worker.server.active_channels.values()
turn_until(lambda: False, 1)
early = channel.is_late(time.monotonic())
channel.last_activity -= web.IDLE_S + 1
worker.server.maintenance(time.time())
served = others_are_served()
worker.dispatcher.shutdown(timeout=1)
print(json.dumps([early, served, channel in worker.server.active_channels.values()]))
"""
)

IDLE = (
    BEFORE
    + """
greedy = client_of(get("/large"))
turn_until(lambda: answered)
turn_until(lambda: False, 1)
(channel,) = worker.server.active_channels.values()
channel.last_activity -= web.IDLE_S + 1
worker.server.maintenance(time.time())
gone = turn_until(lambda: not worker.server.active_channels, 3)
worker.dispatcher.shutdown(timeout=1)
print(json.dumps(gone))
"""
)


def said_by(script: str) -> object:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_one_request_of_a_connection_is_answered_at_a_time() -> None:
    assert said_by(AT_ONCE) == [True, ["/0"], True, [*(f"/{number}" for number in range(3)), "/last"]]


def test_a_thread_does_not_wait_for_ever_for_a_client_that_does_not_read() -> None:
    assert said_by(UNREAD) == [False, True, False]


def test_a_connection_whose_answer_is_not_read_is_closed() -> None:
    assert said_by(IDLE) is True
