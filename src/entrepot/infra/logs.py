"""Logging: one JSON object a line (or readable lines on a terminal), with the request id, never with personal data."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from entrepot.infra import events

# Names of fields whose values never reach a log, wherever they come from.
PERSONAL = re.compile(
    r"e_?mail|phone|address|street|line[123]$|postcode|postal|password|secret|token|card|iban|recipient|buyer_name"
    r"|full_name|first_name|last_name|signature|authori[sz]ation|cookie",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
HIDDEN = "[hidden]"


def hide_personal(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace personal values: by the name of the field, and e-mail addresses wherever they stand in a text."""
    for key, value in event.items():
        if PERSONAL.search(key):
            event[key] = HIDDEN
        elif isinstance(value, str):
            event[key] = _MAIL.sub(HIDDEN, value)
        elif isinstance(value, dict):
            event[key] = dict(hide_personal(None, "", dict(value)))
    return event


def name_request(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the id of the request into the line: of the one being answered, or of the one whose event is being delivered."""
    if request := events.request_id.get():
        event.setdefault("request_id", request)
    return event


def configure(*, readable: bool | None = None) -> None:
    """Send all logs, the library's and Django's, through one chain to standard error. ENTREPOT_LOG=debug says more."""
    level = getattr(logging, os.environ.get("ENTREPOT_LOG", "info").upper(), logging.INFO)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        name_request,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_personal,
    ]
    last = structlog.dev.ConsoleRenderer() if _readable(readable) else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "procrastinate"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))


def _readable(readable: bool | None) -> bool:
    return sys.stderr.isatty() if readable is None else readable
