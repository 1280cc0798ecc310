"""Verify Anqi's signature in Python. `pip install standardwebhooks`, then `ANQI_SECRET=whsec_… python verify.py 8080`."""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

webhook = Webhook(os.environ["ANQI_SECRET"])


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 to what is signed by Anqi, 401 to anything else."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))  # raw: never parse it first
        try:
            message = webhook.verify(body, dict(self.headers.items()))
        except WebhookVerificationError:
            self.send_response(401)
        else:
            print("accepted", self.headers["webhook-id"], message["type"], flush=True)  # store it here
            self.send_response(204)
        self.send_header("content-length", "0")
        self.end_headers()


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
    print("listening on", server.server_address[1], flush=True)
    server.serve_forever()
