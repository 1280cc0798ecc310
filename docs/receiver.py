"""A receiver for Anqi's webhooks: a sample to start from, tested in tests/deliveries/test_receiver.py.

    pip install standardwebhooks
    ANQI_SECRET=whsec_… python receiver.py 8080 messages.sqlite

It does the four things every receiver must do:

1. verify the signature over the raw body before reading anything in it;
2. store the message and its ``webhook-id`` in one transaction, so that a second copy changes nothing;
3. answer 2xx as soon as the message is stored, not earlier, and process it afterwards;
4. answer 401 to what it cannot verify: Anqi tries again, and pauses the push after an hour of it. Never redirect.
"""

import json
import os
import sqlite3
import sys
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

LONGEST = 2_000_000  # bytes; a message with 500 ratings has about 300,000

TABLES = """
CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY, sequence INTEGER, type TEXT, body TEXT);
CREATE TABLE IF NOT EXISTS rating (
    enterprise INTEGER, period TEXT, revision INTEGER, name TEXT, colour TEXT, score REAL,
    PRIMARY KEY (enterprise, period)
);
"""


class Receiver(BaseHTTPRequestHandler):
    """Verifies and stores messages; answers 204 if the message is stored, also if it was before."""

    protocol_version = "HTTP/1.1"
    secret = ""
    path_of_store = ""

    def do_POST(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        if size > LONGEST:
            self.answer(413)
            return
        body = self.rfile.read(size)
        try:
            message = Webhook(self.secret).verify(body, dict(self.headers.items()))
        except WebhookVerificationError:
            self.answer(401)
            return
        if message["type"] == "delivery.test":
            # it shows that the signature is verified; there is nothing to store
            self.answer(204)
            return
        try:
            keep(self.path_of_store, self.headers["webhook-id"], message)
        except sqlite3.OperationalError:  # locked or disk full: Anqi sends it again
            self.answer(503, {"retry-after": "60"})
            return
        self.answer(204)

    def answer(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"content-length": "0", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Log nothing: the database shows what arrived."""


def keep(path: str, message_id: str, message: dict) -> bool:
    """Store a message and its ratings, all or nothing; False if it was stored before.

    A rating replaces that of an earlier revision: revisions come from corrections and interim vetoes.
    """
    data = message["data"]
    with closing(sqlite3.connect(path)) as store, store:
        new = store.execute(
            "INSERT OR IGNORE INTO message VALUES (?, ?, ?, ?)",
            [message_id, data["sequence"], message["type"], json.dumps(message, ensure_ascii=False)],
        ).rowcount
        if new:
            store.executemany(
                "INSERT INTO rating VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (enterprise, period) DO UPDATE SET "
                "revision = excluded.revision, name = excluded.name, colour = excluded.colour, "
                "score = excluded.score WHERE excluded.revision > rating.revision",
                [
                    (
                        each["enterprise"],
                        data["period"],
                        each["revision"],
                        each["name"],
                        each["colour"],
                        each["score"],
                    )
                    for each in data["ratings"]
                ],
            )
    return bool(new)


def main() -> None:
    """Create the tables and serve on the loopback interface until the process is stopped."""
    port, Receiver.path_of_store = int(sys.argv[1]), sys.argv[2]
    Receiver.secret = os.environ["ANQI_SECRET"]
    with closing(sqlite3.connect(Receiver.path_of_store)) as store:
        store.executescript(TABLES)
    server = ThreadingHTTPServer(("127.0.0.1", port), Receiver)
    print(f"listening on {server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
