"""How long a busy server asks us to wait (RFC 9110 10.2.3), within bounds."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

from smart_viewer.net.answer import Answer

MAX_RETRY_AFTER_S = 5.0
BUSY = frozenset({429, 503})


def retry_after_s(answer: Answer) -> float | None:
    """Seconds to wait before asking again, None where that is not wanted."""
    text = answer.headers.get("retry-after", "").strip()
    if answer.status not in BUSY or not text:
        return None
    try:
        wait_s = float(text) if text.isdigit() else _until_s(text)
    except ValueError:
        return None
    return wait_s if wait_s <= MAX_RETRY_AFTER_S else None


def _until_s(http_date: str) -> float:
    return max(0.0, parsedate_to_datetime(http_date).timestamp() - time.time())
