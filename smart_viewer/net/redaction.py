"""What a log line may say of a request: never a query, a token or a patient."""

from __future__ import annotations

import logging
import re

# These libraries write URLs with their query, and authlib the code_verifier,
# at DEBUG; urllib3 writes the path of a retried request at WARNING, and retrying
# (of dicomweb-client) the stack of every failure.
TALKATIVE_LOGGERS = (
    "urllib3",
    "requests",
    "authlib",
    "joserfc",
    "httpx",
    "dicomweb_client",
    "retrying",
)

_HIDDEN = "[redacted]"
_SECRET_NAMES = (
    "access_token|refresh_token|id_token|code|code_verifier|code_challenge|state|nonce"
    "|client_secret|client_assertion|launch|patient|token"
)
_RULES = (
    # the query and fragment of a URL
    (re.compile(r"(https?://[^\s?#'\"<>]+)[?#][^\s'\"<>]*"), rf"\1?{_HIDDEN}"),
    # FHIR ids in a path: Patient/123
    (re.compile(r"\b([A-Z][A-Za-z]{3,40})/[A-Za-z0-9\-.]{1,64}"), rf"\1/{_HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9\-._~+/=]+"), rf"\1 {_HIDDEN}"),
    # a compact JWT, wherever it stands
    (re.compile(r"\beyJ[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*\.?[A-Za-z0-9_\-]*"), _HIDDEN),
    # name=value and "name": "value"
    (
        re.compile(rf"(?i)\b({_SECRET_NAMES})(['\"]?\s*[=:]\s*['\"]?)[^\s&'\",}}]+"),
        rf"\1\2{_HIDDEN}",
    ),
)


def redact(text: str) -> str:
    """`text` without queries, tokens, codes, FHIR ids and secrets by name."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def pin_loggers() -> None:
    """Keep the talkative libraries at ERROR, whatever the root logger is set to."""
    for name in TALKATIVE_LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
