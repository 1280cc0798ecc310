"""Structured logs without secrets: one JSON object per line in production, readable lines otherwise.

Every line of a request carries its ``request_id``; django-structlog passes it on to the tasks that the request queues.
"""

import logging
import re
from typing import Any

import structlog

from embedded.configuration import ServersError, environment

_env = environment()
_FORMAT = _env.str("LOG_FORMAT", default="json" if _env.str("DATABASE_URL", default="") else "console")
if _FORMAT not in ("console", "json"):
    raise ServersError(f"LOG_FORMAT is {_FORMAT!r}; write console or json.")
READABLE = _FORMAT == "console"
LEVEL = _env.str("LOG_LEVEL", default="INFO").upper()
if LEVEL not in logging.getLevelNamesMapping():
    raise ServersError(f"LOG_LEVEL is {LEVEL!r}; write DEBUG, INFO, WARNING or ERROR.")

_SECRET_NAME = re.compile(
    r"passw|secret|token|authori[sz]ation|cookie|api_?key|otp|session_?key|signature", re.IGNORECASE
)
_URL_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+@")
_KEY = re.compile(r"[A-Za-z0-9_:-]{20,}+")
# The code of a QR sign (inspections.checkins), in which no digit is certain.
_DOOR = re.compile(r"(?<=/field/at/)[^/\s]{16,}+")
HIDDEN = "[hidden]"


def hide_secrets(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Hide passwords, keys, cookies, one-time links, and query strings, which hold people's names. A processor."""
    event = _hidden(event)
    request = event.get("request")
    if isinstance(request, str):
        event["request"] = _without_path_keys(request.split("?")[0])
    said = event.get("event")
    if isinstance(said, str):  # Django's warnings contain the path of the request
        event["event"] = _without_path_keys(said)
    return event


def _without_path_keys(text: str) -> str:
    """Hide the codes of QR signs, and the keys of one-time and signed links: from the first slash on, long words with a digit before the last 19 characters.

    Also one with an ending (``.ics``), and what people sent along: a blank before it, a full stop or a bracket behind it.
    """
    before, slash, path = _DOOR.sub(HIDDEN, text).partition("/")
    return (
        before
        + slash
        + _KEY.sub(lambda match: HIDDEN if any(sign.isdigit() for sign in match[0][:-19]) else match[0], path)
    )


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: HIDDEN if _SECRET_NAME.search(str(name)) else _hidden(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_hidden(inner) for inner in value]
    return _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", value) if isinstance(value, str) else value


def plain_values(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Turn values that JSON does not know into text. A processor."""
    return {
        name: value if isinstance(value, str | int | float | bool | None) else str(value)
        for name, value in event.items()
    }


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=False),
]
_LAST: list[Any] = (
    [
        hide_secrets,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
    if READABLE
    else [
        structlog.processors.format_exc_info,
        hide_secrets,
        plain_values,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": [*_SHARED, structlog.stdlib.ExtraAdder(allow=["status_code"])],
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_LAST],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": LEVEL},
    "loggers": {
        # No handlers of Django's own: django-structlog logs requests in more detail.
        "django": {"handlers": [], "level": LEVEL, "propagate": True},
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # "Client disconnected", "Task queue depth is 5": what happens all day
        "waitress": {"level": "WARNING"},
        "waitress.queue": {"level": "ERROR"},
        "celery.worker.strategy": {
            "level": "WARNING"
        },  # "Task received" repeats task_started, which has the request id
        "celery.app.trace": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_SHARED,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def connect() -> None:
    """Copy the request id to the request (for the audit log) and to the response (for people's bug reports).

    Bind the client's address to the lines of the request.
    """
    from django_structlog import signals

    def on_start(request: Any, **_kwargs: Any) -> None:
        request.request_id = structlog.contextvars.get_contextvars().get("request_id", "")
        structlog.contextvars.bind_contextvars(ip=request.META.get("REMOTE_ADDR", ""))  # config.proxies

    def on_end(request: Any, response: Any, **_kwargs: Any) -> None:
        response["X-Request-ID"] = getattr(request, "request_id", "")

    signals.bind_extra_request_metadata.connect(on_start, weak=False, dispatch_uid="anqi-request-id")
    signals.bind_extra_request_finished_metadata.connect(on_end, weak=False, dispatch_uid="anqi-request-id")
    signals.update_failure_response.connect(on_end, weak=False, dispatch_uid="anqi-request-id")
