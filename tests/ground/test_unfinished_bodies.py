"""Large bodies that never end must not fill the disk, on which they wait before anybody knows whose they are."""

import json
import subprocess
import sys

SCRIPT = """
import json, socket, time
import config.web as web

web.MOST_UNFINISHED = 500_000
listening = web.listen("127.0.0.1:0")
worker = web.Worker(lambda environ, start_response: [], listening)
clients = []
for number in range(4):  # the last one is small, and begins late
    client = socket.create_connection(listening.getsockname())
    client.sendall(b"POST / HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 5000000\\r\\n\\r\\n")
    size = 200_000 if number < 3 else 70_000
    client.sendall(b"x" * size)
    clients.append(client)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        worker._turn(0.05)
        requests = [each.request for each in worker.server.active_channels.values() if each.request]
        if sum(each.body_bytes_received for each in requests) == number * 200_000 + size:
            break
worker.server.maintenance(time.time())
for _turn in range(10):
    worker._turn(0.05)
worker.dispatcher.shutdown(timeout=1)
clients[0].settimeout(5)
print(json.dumps([len(worker.server.active_channels), clients[0].recv(1) == b""]))
"""


def test_the_oldest_are_closed_until_the_others_fit() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == [3, True]
