"""The log of `serve`: one JSON object a line, with the request's id (launch.md R37).

Only our own rooms speak below WARNING, whatever the level: libraries write URLs,
rows and headers there. What a library says above it goes without the values that it
was given, for nobody here chose them; an error goes without its text.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb
from typing import Literal

from smart_viewer.net.redaction import pin_loggers, redact
from smart_viewer.web import security

OURS = "smart_viewer"
_HIDDEN = "[…]"
_READING = re.compile(r"/r/[^/\s\"']+")
_QUERY = re.compile(r"\?[^\s\"']*")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_NUMBERS = re.compile(r"\d[\d.:]{3,}")


def start(level: str, how: Literal["json", "text"]) -> None:
    """Write to standard error from now on, and nowhere else."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if how == "json" else PlainLines())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level)
    logging.captureWarnings(True)
    pin_loggers()


class JsonLines(logging.Formatter):
    """time, level, logger, request, message; and what `extra={"facts": …}` adds."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; no value of a library, no text of an error."""
        line = _line(record)
        return json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=str)


class PlainLines(logging.Formatter):
    """The same, for people."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; its facts as name=value."""
        line = _line(record)
        first = [str(line.pop(name)) for name in ("time", "level", "logger", "message")]
        return " ".join([*first, *(f"{name}={value}" for name, value in line.items())])


def _line(record: logging.LogRecord) -> dict[str, object]:
    at = datetime.fromtimestamp(record.created, UTC)
    line: dict[str, object] = {
        "time": at.isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "request": security.correlation_id(),
        "message": _message(record),
    }
    facts = getattr(record, "facts", None)
    if isinstance(facts, dict):
        line.update(facts)
    if record.exc_info and record.exc_info[0]:
        line["error"] = record.exc_info[0].__name__
        line["at"] = [
            f"{Path(one.filename).name}:{one.lineno} {one.name}"
            for one in extract_tb(record.exc_info[2])
        ]
    return line


def _message(record: logging.LogRecord) -> str:
    """Ours as it is written, redacted; a library's without its values."""
    if record.name == OURS or record.name.startswith(f"{OURS}."):
        return _READING.sub(f"/r/{_HIDDEN}", redact(record.getMessage()))
    text = redact(str(record.msg))
    for pattern in (_QUERY, _READING, _QUOTED, _NUMBERS):
        text = pattern.sub(_HIDDEN, text)
    return text
