"""AWS Signature Version 4 for one request.

After "Create a signed AWS API request" of the AWS IAM User Guide; its known answers
and those of the aws-sig-v4-test-suite are in the tests. Services other than S3
encode the path a second time.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlsplit

from smart_viewer.net.session import Outgoing

ALGORITHM = "AWS4-HMAC-SHA256"
_UNRESERVED = "-_.~"


@dataclass(frozen=True, slots=True)
class AwsKey:
    """A long-lived access key and what it is used for."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    region: str
    service: str


def signed_headers(key: AwsKey, request: Outgoing, now: datetime) -> dict[str, str]:
    """The headers X-Amz-Date and Authorization. now: in UTC.

    Host and date are signed, and Content-Type where the request has one.
    """
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    headers = _to_sign(request, stamp)
    scope = f"{stamp[:8]}/{key.region}/{key.service}/aws4_request"
    canonical = _canonical_request(request, headers)
    to_sign = "\n".join([ALGORITHM, stamp, scope, _sha256(canonical.encode())])
    signature = _hmac(_signing_key(key, stamp[:8]), to_sign).hex()
    return {
        "X-Amz-Date": stamp,
        "Authorization": f"{ALGORITHM} Credential={key.access_key_id}/{scope}, "
        f"SignedHeaders={';'.join(headers)}, Signature={signature}",
    }


def _to_sign(request: Outgoing, stamp: str) -> dict[str, str]:
    """The signed headers, sorted, lower case, blanks collapsed."""
    own = {name.lower(): value for name, value in request.headers.items()}
    headers = {"host": urlsplit(request.url).netloc, "x-amz-date": stamp}
    if "content-type" in own:
        headers["content-type"] = " ".join(own["content-type"].split())
    return dict(sorted(headers.items()))


def _canonical_request(request: Outgoing, headers: Mapping[str, str]) -> str:
    parts = urlsplit(request.url)
    return "\n".join(
        [
            request.method,
            quote(parts.path or "/", safe="/" + _UNRESERVED),
            _canonical_query(parts.query),
            "".join(f"{name}:{value}\n" for name, value in headers.items()),
            ";".join(headers),
            _sha256(request.body),
        ]
    )


def _canonical_query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    encoded = [
        (quote(name, safe=_UNRESERVED), quote(value, safe=_UNRESERVED))
        for name, value in pairs
    ]
    return "&".join(f"{name}={value}" for name, value in sorted(encoded))


def _signing_key(key: AwsKey, day: str) -> bytes:
    made = _hmac(b"AWS4" + key.secret_access_key.encode(), day)
    for step in (key.region, key.service, "aws4_request"):
        made = _hmac(made, step)
    return made


def _hmac(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode(), hashlib.sha256).digest()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
