"""`check` asks the authorization server: with a launch and a code that are none.

No server may grant what is asked here; how it refuses tells what it knows of us.
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from smart_viewer.errors import LaunchRefused, UpstreamUnavailable
from smart_viewer.launch.authorize import begin_launch
from smart_viewer.launch.client import error_code, request_token
from smart_viewer.launch.discovery import Endpoints
from smart_viewer.net.answer import Answer
from smart_viewer.net.outbound import Outbound
from smart_viewer.reading.check_advice import advise_token, ehr_file
from smart_viewer.reading.check_ear import Ear
from smart_viewer.reading.check_steps import Advice, Finding, fail, ok, warn
from smart_viewer.settings import EhrProfile, Settings

NONSENSE = "smart-viewer-check-this-is-no-code-nor-verifier"  # 43 characters or more
UNKNOWN_CLIENT = frozenset({"invalid_client", "unauthorized_client"})
SERVER_ERROR = 500
_REDIRECTS = range(300, 400)
_AUDIENCE = re.compile(r"\baud(ience)?\b", re.IGNORECASE)


class _Nowhere:
    """Keeps no launch: none of these will ever come back."""

    def put(self, state: str, payload: bytes, expires_at: float) -> None:
        """Nothing is kept."""

    def take(self, state: str, now: float) -> bytes | None:
        """Nothing was kept."""
        return None


@dataclass(frozen=True, slots=True)
class AuthorizationServer:
    """One EHR's, and how it is asked."""

    settings: Settings
    profile: EhrProfile
    outbound: Outbound
    ear: Ear

    def authorize(self) -> Finding:
        """A launch that is none. LaunchRefused, UpstreamUnavailable."""
        asked = begin_launch(
            self.profile,
            NONSENSE,
            secrets.token_urlsafe(32),
            self.settings.public_url,
            self.outbound,
            _Nowhere(),
            time.time(),
        )
        self.ear.forget()  # of discovery
        try:
            if asked.method == "POST":
                self.outbound.post_form(asked.url, asked.form)
            else:
                self.outbound.get(asked.url, headers={"Accept": "text/html"})
        except UpstreamUnavailable as error:
            if error.status not in _REDIRECTS:
                raise
        return self._sent_back(self.ear.last)

    def _sent_back(self, answer: Answer | None) -> Finding:
        if answer is None or answer.status >= SERVER_ERROR:
            status = answer.status if answer else None
            raise UpstreamUnavailable("the authorize page fails", status)
        if answer.status in _REDIRECTS:
            return self._redirected(answer.headers.get("location", ""))
        if answer.ok:
            return ok("a page, as for a sign-in: only a launch tells more")
        told = f"status {answer.status} and no redirect: as for a client or a redirect"
        text = (
            "that it is the registered one, and the redirect URI of the first line "
            "as well (RFC 6749 4.1.2.1); some EHRs answer so to any unknown launch"
        )
        return warn(f"{told} URI that it does not know", self._line("client_id", text))

    def _redirected(self, location: str) -> Finding:
        target, _, query = location.partition("?")
        if target != self._redirect_uri:
            where = urlsplit(target).hostname or "a page of its own"
            return ok(f"sent on to {where}, as for a sign-in: only a launch tells more")
        members = dict(parse_qsl(query))
        if "code" in members:
            return warn("it gave a code for a launch that does not exist")
        code = error_code(members.get("error"))
        words = self.ear.shown(members.get("error_description", ""))
        told = f"{code} at the redirect URI" + (f": {words}" if words else "")
        advice = self._about(code, members.get("error_description", ""))
        if advice is None:
            return ok(f"{told}, as it should")
        return fail(told, advice, "R10" if code == "invalid_scope" else "")

    def _about(self, code: str, words: str) -> Advice | None:
        """The line that an error of the authorize request points to."""
        if code in UNKNOWN_CLIENT:
            text = "see that it is registered for this, and for which users"
            return self._line("client_id", text)
        if code == "invalid_scope":
            return self._line("scopes", "ask only for what is registered with the EHR")
        if code == "unsupported_response_type":
            return self._line("iss", "it offers no code flow: ask the EHR")
        if not _AUDIENCE.search(words):
            return None
        iss, sent = self.profile.iss, self.profile.aud_override
        if sent is None and iss.rstrip("/") in words:
            return self._line("iss", "it spells its base otherwise: byte for byte")
        return self._line("aud_override", "it wants another aud: see its own words")

    def token(self, found: Endpoints) -> Finding:
        """A token request that no server may grant, without any secret.

        Only the form of the refusal counts. UpstreamUnavailable.
        """
        form = {
            "grant_type": "authorization_code",
            "code": NONSENSE,
            "code_verifier": NONSENSE,
            "redirect_uri": self._redirect_uri,
            "client_id": self.profile.client_id,
        }
        headers = {"Accept": "application/json"}
        answer = self.outbound.post_form(found.token_endpoint, form, headers=headers)
        if answer.status >= SERVER_ERROR:
            raise UpstreamUnavailable(f"status {answer.status}", answer.status)
        document = answer.json_object()
        code = error_code(document.get("error"))
        if answer.ok or "error" not in document:
            return fail(
                f"status {answer.status}, but no token error in JSON",
                advise_token(self.profile),
            )
        if self.profile.client_auth == "none" and code in UNKNOWN_CLIENT:
            text = "it does not know this client as a public one: see its registration"
            advice = self._line("client_id", text)
            return fail(f"status {answer.status}, {code}", advice)
        return ok(f"status {answer.status}, {code}, as it should")

    def authentication(self, found: Endpoints, send: bool) -> Finding:
        """The same, signed as a launch signs it.

        send: else nothing is asked. SettingsInvalid, UpstreamUnavailable.
        """
        if not send:
            return warn("not tried: --authenticate sends what proves who we are")
        form = {
            "grant_type": "authorization_code",
            "code": NONSENSE,
            "code_verifier": NONSENSE,
        }
        try:
            request_token(
                self.profile,
                self.outbound,
                found.token_endpoint,
                form,
                self._redirect_uri,
            )
        except LaunchRefused as refused:
            code = self._refusal(refused)
        else:
            return warn("it gave a token for a code that does not exist")
        if code not in UNKNOWN_CLIENT:
            return ok(f"{code}: it knows us, and refuses the code, as it should")
        return fail(f"{code}: it does not know us so", self._secret())

    def _refusal(self, refused: LaunchRefused) -> str:
        if refused.reason != "token_refused" or self.ear.last is None:
            raise refused
        return error_code(self.ear.last.json_object().get("error"))

    def _secret(self) -> Advice:
        profile = self.profile
        if profile.client_auth == "client_secret_basic":
            name = f"SMART_VIEWER_CLIENT_SECRET_{profile.id.upper()}"
            return Advice(
                "the environment", name, "the secret that the EHR gave for client_id"
            )
        url = f"{self.settings.public_url}/.well-known/jwks.json"
        name = f"SMART_VIEWER_CLIENT_KEYS_{profile.id.upper()}"
        text = (
            f"the EHR must be able to read {url} (or have the set of `keys show`), "
            "and know client_id as one with keys"
        )
        return Advice("the environment", name, text)

    @property
    def _redirect_uri(self) -> str:
        return self.settings.public_url + self.profile.redirect_path

    def _line(self, key: str, text: str) -> Advice:
        return Advice(ehr_file(self.profile), key, text)
