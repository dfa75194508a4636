"""What a server answered, in a line that may be shown: never a body as it came.

Of an EHR, which is asked without a token and about nobody, its own words of an error
are quoted, redacted. Of an archive, whose answers are of patients, nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.launch.lenient import objects_of, text_of
from smart_viewer.net.answer import Answer
from smart_viewer.reading.check_steps import presentable

QUOTED = 160  # characters of a server's own words
READ_BYTES = 4096  # of a page, to find its title in
HIDDEN = "[redacted]"
_KIND = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60}")
_TITLE = re.compile(r"<title[^>]*>([^<]{1,300})", re.IGNORECASE)


class Ear:
    """Hears the answers of one `check`, and remembers the last one.

    secrets: what is struck out wherever a server should repeat it.
    """

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        self._secrets = tuple(one for one in secrets if one)
        self.last: Answer | None = None

    def hear(self, answer: Answer) -> None:
        """An answer came."""
        self.last = answer

    def forget(self) -> None:
        """The next step begins."""
        self.last = None

    def told(self, quotes: bool) -> str:
        """The last answer in a line; empty where none came since `forget`.

        quotes: with the server's own words of an error.
        """
        if self.last is None:
            return ""
        line = f"HTTP {self.last.status}{_kind(self.last)}, {len(self.last.body)} bytes"
        words = self.words(self.last) if quotes else ""
        return f"{line}: {words}" if words else line

    def words(self, answer: Answer) -> str:
        """The server's own words of an error, redacted; empty where there are none."""
        return self.shown(_words(answer))

    def shown(self, text: str) -> str:
        """`text` without our secrets, tokens, ids and whole UIDs, and not too long."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return presentable(text)[:QUOTED].strip()


def _kind(answer: Answer) -> str:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return f" {kind}" if _KIND.fullmatch(kind) else ""


def _words(answer: Answer) -> str:
    start = answer.body[:READ_BYTES].decode("utf-8", "replace")
    if "html" in answer.headers.get("content-type", ""):
        title = _TITLE.search(start)
        return f"a page, “{' '.join(title[1].split())}”" if title else "a page"
    if len(answer.body) > READ_BYTES or not start.lstrip().startswith("{"):
        return ""
    try:
        return _words_of(answer.json_object())
    except UpstreamUnavailable:
        return ""  # it only looks like JSON


def _words_of(document: Mapping[str, object]) -> str:
    """An OAuth error (RFC 6749 5.2) or an OperationOutcome."""
    found = [document.get("error"), document.get("error_description")]
    for issue in objects_of(document.get("issue"))[:1]:
        details = issue.get("details")
        text = details.get("text") if isinstance(details, dict) else None
        found += [issue.get("code"), text, issue.get("diagnostics")]
    return ": ".join(word for word in map(text_of, found) if word)
