"""Random requests at every route of the app, seeded, and what no answer may be.

An answer is wrong when its status is 500 or more, when it shows anything of a reading
to somebody who has not proven to hold it, or when it has no end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from urllib.parse import quote

from security.attacked import ARGUMENTS, Attacked, Victim
from werkzeug.routing import Rule
from werkzeug.test import TestResponse
from world import EHR_ID

METHODS = ("GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
ODD_METHODS = ("TRACE", "CONNECT", "PROPFIND", "get", "G" * 300)
LARGEST_ANSWER = 8 * 1024 * 1024
NUMBERS = ("0", "1", "2", "7", "00", "-1", "+1", "1e3", "0x1", "9" * 30, "٣", "1.0", "")
WORDS = (
    "..",
    "..%2f..",
    "%2e%2e%2f",
    "....//",
    "%00",
    "%c0%af",
    "%ff%fe",
    "%",
    "%zz",
    "'",
    '"',
    "<svg/onload=1>",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "' OR 1=1--",
    "1.2.840.10008.1.2",
    "*",
    "\u202e",
    "\U0001f480",
    "a" * 300,
    "a" * 5000,
    "CON",
    "null",
    "undefined",
    "\r\nX-Planted: 1",
    ";",
    "//",
    "\\",
)
HEADERS = {
    "Accept": ("text/html", "application/json", "*/*;q=x", ",,,", "text/html;q=0"),
    "Accept-Encoding": ("gzip, br", "identity;q=0", "x" * 200),
    "Content-Type": (
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=" + "x" * 200,
        "text/plain; charset=utf-7",
        "application/dicom+json",
        "\x7f",
    ),
    "Range": ("bytes=0-", "bytes=-1", "bytes=9-1", "bytes=0-1,2-3,4-5", "x"),
    "If-None-Match": ("*", '"x"', "x"),
    "If-Modified-Since": ("Mon, 01 Jan 2024 00:00:00 GMT", "x"),
    "Origin": ("null", "https://evil.example", "http://127.0.0.1"),
    "X-Forwarded-For": ("1.2.3.4", "x, y", "::1," * 100),
    "X-Forwarded-Host": ("evil.example",),
    "X-HTTP-Method-Override": ("DELETE",),
    "Authorization": ("Basic eDp5", "Basic %", "Bearer x", "Negotiate x", "Basic"),
    "Content-Length": ("-1", "x", "5"),
    "Transfer-Encoding": ("chunked", "x"),
    "Last-Event-ID": ("-1", "9" * 30),
    "Host": ("evil.example", "x:99999", "[", ""),
}
SECRET = re.compile(rb'"secret":"([A-Za-z0-9_-]+)"')


@dataclass(frozen=True)
class Asked:
    """One request; whole, so that a failure can be asked again."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: str = ""


@dataclass
class Findings:
    """What a run came to."""

    statuses: Counter[int] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return self.statuses.total()


@dataclass
class RouteFuzzer:
    """Asks and judges; the same seed asks the same of the same routes."""

    attacked: Attacked
    random: Random
    victims: list[Victim] = field(init=False)

    def __post_init__(self) -> None:
        self.victims = [self.attacked.first, self.attacked.second]

    def run(self, requests: int) -> Findings:
        """So many requests, the routes in turn."""
        found, rules = Findings(), self.attacked.rules
        for number in range(requests):
            rule = rules[number % len(rules)]
            asked = self._request(rule)
            answer = self.attacked.ask(
                asked.method,
                "/",
                asked.headers,
                data=asked.body,
                query_string=asked.query,
                environ_overrides={"PATH_INFO": asked.path},
            )
            found.statuses[answer.status_code] += 1
            found.rules[rule.rule] += 1
            wrong = self._judge(asked, answer)
            if wrong:
                found.wrong.append(f"request {number}: {wrong}: {asked!r:.600}")
            self._learn(asked, answer)
        return found

    def _request(self, rule: Rule) -> Asked:
        random = self.random
        known = sorted(rule.methods or ())
        method = random.choice([*known, *known, *METHODS])
        if random.random() < 0.02:
            method = random.choice(ODD_METHODS)
        path = self._path(rule)
        headers = dict(self._headers())
        if path.endswith("/end"):  # whoever may, would end what the others ask for
            headers.pop("X-Reading", None)
        body = b"" if random.random() < 0.6 else self._body()
        return Asked(method, path, headers, body, self._query())

    def _path(self, rule: Rule) -> str:
        random, text = self.random, rule.rule
        for name in rule.arguments:
            value = self._value(name)
            text = re.sub(rf"<(\w+:)?{name}>", lambda _, v=value: v, text)
        if random.random() < 0.1:
            at = random.randrange(len(text) + 1)
            text = text[:at] + random.choice(WORDS) + text[at:]
        return text.encode("utf-8", "replace").decode("latin-1")  # as WSGI has it

    def _value(self, name: str) -> str:
        random = self.random
        if name == "reading_id" and random.random() < 0.9:
            return random.choice(self.victims).reading_id
        if name == "ehr_id" and random.random() < 0.7:
            return EHR_ID
        if name in ARGUMENTS and random.random() < 0.8:
            return random.choice(("0", "0", "1", random.choice(NUMBERS)))
        return random.choice(WORDS)

    def _headers(self) -> Iterator[tuple[str, str]]:
        random = self.random
        cookies = [victim.cookie()["Cookie"] for victim in self.victims]
        if random.random() < 0.9:
            odd = ("sv_browser=", "sv_browser=" + "A" * 43, "; ; =", "x" * 4000)
            yield "Cookie", random.choice([*cookies * 3, "; ".join(cookies), *odd])
        if random.random() < 0.9:
            secrets = [victim.secret for victim in self.victims]
            yield "X-Reading", random.choice([*secrets * 3, "", "x", "x" * 4000])
        for name in random.sample(sorted(HEADERS), random.choice((0, 1, 1, 2, 5))):
            yield name, random.choice(HEADERS[name])

    def _query(self) -> str:
        random, parts = self.random, []
        names = ("iss", "launch", "code", "state", "error", "after", "width", "height")
        for name in random.sample(names, random.choice((0, 0, 1, 2, 4))):
            value = random.choice((*WORDS, *NUMBERS, self.attacked.world.ehr_url))
            parts.append(f"{name}={quote(value) if random.random() < 0.7 else value}")
        return "&".join(parts).encode("utf-8", "replace").decode("latin-1")

    def _body(self) -> bytes:
        random = self.random
        size = random.choice((1, 10, 1000, 65_535, 65_536, 65_537, 100_000))
        return random.choice((b"{", b"x=1&", b"\x00", b"\xff", b"--x\r\n")) * size

    def _judge(self, asked: Asked, answer: TestResponse) -> str:
        """What is wrong with the answer; nothing where all is well."""
        if answer.status_code >= 500:
            return f"status {answer.status_code}"
        if len(answer.data) > LARGEST_ANSWER:
            return "too long"
        if "X-Planted" in answer.headers:
            return "a header was planted"
        told = answer.data + str(answer.headers).encode()
        for victim in self.victims:
            shown = [word for word in victim.private if word.encode() in told]
            middle = len(victim.frame) // 2
            if victim.frame[middle : middle + 256] in told:
                shown.append("a frame")
            if shown and not self._holds(asked, victim):
                return f"shows {shown}"
        return ""

    def _holds(self, asked: Asked, victim: Victim) -> bool:
        """Whether the request names that reading and proves possession of it.

        Its page is given to its browser; anything else needs the page's secret, too.
        """
        page = f"/r/{victim.reading_id}"
        if victim.browser_id not in asked.headers.get("Cookie", ""):
            return False
        secret = asked.headers.get("X-Reading") == victim.secret
        return asked.path == page or (secret and asked.path.startswith(f"{page}/"))

    def _learn(self, asked: Asked, answer: TestResponse) -> None:
        """A page that was loaded has another secret; only the newest ones are kept."""
        fresh = SECRET.search(answer.data)
        if fresh is None:
            return
        for number, victim in enumerate(self.victims):
            if victim.reading_id in asked.path:
                secret = fresh.group(1).decode()
                private = (*(w for w in victim.private if w != victim.secret), secret)
                self.victims[number] = replace(victim, secret=secret, private=private)
