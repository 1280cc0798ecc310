"""``python -P config/probe.py``: exit code 0 when the web server of this container shows a page.

A page needs what ``/healthz`` does not: templates, middleware, the names of static files. It needs no database, so a
database that restarts does not make the web server look ill. Run as a file, so that no Django is loaded every ten
seconds; asked as the reverse proxy asks, with the site's name and over TLS.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

PAGE = "/accounts/login/"
TIMEOUT_S = 5


def main() -> str | None:
    """Return what is wrong, or nothing."""
    port = int(os.environ["BIND"].rpartition(":")[2])
    host = os.environ["ALLOWED_HOSTS"].split(",")[0]
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", PAGE, headers={"Host": host, "X-Forwarded-Proto": "https"})
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"{PAGE}: {type(error).__name__}"
    return None if status == 200 else f"{PAGE}: {status}"


if __name__ == "__main__":
    sys.exit(main())
