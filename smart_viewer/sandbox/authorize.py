"""The authorize endpoint and the patient picker (SMART App Launch 2.2, step 4).

An EHR launch goes straight through; a standalone one lets the user pick a
patient, or deny. Errors return to the app; only an unknown app or redirect URI
gets a page of its own (RFC 6749 4.1.2.1).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from werkzeug.datastructures import MultiDict

from smart_viewer.sandbox.oautherror import NoRedirect, OAuthError
from smart_viewer.sandbox.registration import AppRegistration, EhrConfig
from smart_viewer.sandbox.scopes import ScopeSet, parse_scopes
from smart_viewer.sandbox.signingkeys import SigningKeys
from smart_viewer.sandbox.tokenshape import grantable
from smart_viewer.sandbox.vault import AuthorizeRequest, Grant, LaunchContext, Vault

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
WRONG_ISSUER = "https://another.example"
Params = MultiDict[str, str]
ShowPicker = Callable[[str, AuthorizeRequest], Response]


class Authorization:
    """The routes `/oauth/authorize` and `/oauth/pick`.

    show_picker: makes the page for (opaque transaction, request).
    """

    def __init__(
        self,
        config: EhrConfig,
        vault: Vault,
        keys: SigningKeys,
        show_picker: ShowPicker,
    ) -> None:
        self._config = config
        self._keys = keys
        self._states = ("", "")  # of the two newest requests
        self._vault = vault
        self._show_picker = show_picker

    def register(self, app: Flask) -> None:
        """Add the routes."""
        path = self._config.personality.oauth_path
        app.add_url_rule(
            f"{path}/authorize",
            self._config.endpoint("authorize"),
            self.authorize,
            methods=["GET", "POST"],
        )
        app.add_url_rule(
            f"{path}/pick", self._config.endpoint("pick"), self.pick, methods=["POST"]
        )

    def authorize(self) -> Response:
        """Answer an authorize request, by GET or by form POST."""
        params = request.form if request.method == "POST" else request.args
        app, redirect_uri = self._sender(params)
        state = params.get("state", "")
        try:
            self._refuse_on_demand()
            checked = self._checked(params, app, redirect_uri)
            context = self._context(params, checked)
        except OAuthError as error:
            return self._send_error(redirect_uri, state, error)
        if context is None:
            return self._show_picker(self._vault.add_pick(checked), checked)
        return self._send_code(checked, context)

    def pick(self) -> Response:
        """Take the user's choice of patient, or the refusal."""
        checked = self._vault.take_pick(request.form.get("transaction", ""))
        if checked is None:
            raise NoRedirect("This choice was already made, or took too long.")
        if "deny" in request.form:
            error = OAuthError("access_denied", "The user denied the request.")
            return self._send_error(checked.redirect_uri, checked.state, error)
        patient = self._config.people.patient(request.form.get("patient", ""))
        if patient is None:
            raise NoRedirect("No patient was chosen. Start again from the app.")
        return self._send_code(checked, LaunchContext(patient.id))

    def _sender(self, params: Params) -> tuple[AppRegistration, str]:
        """The app and the address that errors may go to. NoRedirect."""
        app = self._config.app(_only(params, "client_id"))
        if app is None:
            raise NoRedirect("No app with this client_id is registered here.")
        redirect_uri = _only(params, "redirect_uri")
        if redirect_uri not in app.redirect_uris:
            raise NoRedirect("This redirect_uri is not registered for the app.")
        return app, redirect_uri

    def _refuse_on_demand(self) -> None:
        faults = self._config.faults
        if faults.auth_error is not None:
            description = faults.auth_error_description or "Refused by a fault switch."
            raise OAuthError(faults.auth_error, description)

    def _checked(
        self, params: Params, app: AppRegistration, redirect_uri: str
    ) -> AuthorizeRequest:
        if any(len(values) > 1 for _, values in params.lists()):
            raise _bad("a parameter is repeated")
        if params.get("response_type") != "code":
            raise OAuthError("unsupported_response_type", "response_type must be code")
        if not params.get("state"):
            raise _bad("state is missing")
        if params.get("aud") != self._config.aud:
            raise _bad(f"aud must equal {self._config.aud}, byte for byte")
        return AuthorizeRequest(
            client_id=app.client_id,
            redirect_uri=redirect_uri,
            state=params["state"],
            challenge=_challenge(params),
            nonce=params.get("nonce"),
            scopes=self._granted(params.get("scope", ""), app),
        )

    def _granted(self, asked: str, app: AppRegistration) -> ScopeSet:
        known = grantable(self._config.personality, parse_scopes(asked))
        granted = known.within(parse_scopes(app.scopes))
        if not granted.order:
            raise OAuthError("invalid_scope", "nothing of this can be granted")
        return granted

    def _context(
        self, params: Params, checked: AuthorizeRequest
    ) -> LaunchContext | None:
        """What the app is launched on; None: the user must pick a patient first."""
        value = params.get("launch")
        if value is None:
            return _standalone_context(checked.scopes)
        if "launch" not in checked.scopes.plain:
            raise OAuthError("invalid_scope", "a launch value needs the scope launch")
        launch = self._vault.take_launch(value, checked.client_id)
        if launch is None:
            raise _bad("this launch value is unknown, used or expired")
        return launch.context

    def _send_code(self, checked: AuthorizeRequest, context: LaunchContext) -> Response:
        code = self._vault.add_code(Grant(self._narrowed(checked), context))
        if self._config.faults.code == "spent":  # somebody else was quicker
            self._vault.spend_code(code)
        if self._config.faults.key != "steady":
            self._keys.rotate(publish=self._config.faults.key == "rotated")
        return self._send(checked.redirect_uri, checked.state, {"code": code})

    def _narrowed(self, checked: AuthorizeRequest) -> AuthorizeRequest:
        narrower = self._config.faults.grant
        if narrower is None:
            return checked
        return checked.with_scopes(checked.scopes.within(parse_scopes(narrower)))

    def _send_error(self, redirect_uri: str, state: str, error: OAuthError) -> Response:
        members = {"error": error.code, "error_description": error.description}
        return self._send(redirect_uri, state, members)

    def _send(self, redirect_uri: str, state: str, members: dict[str, str]) -> Response:
        state = self._tampered(state)
        if state:
            members["state"] = state
        named = self._config.personality.names_itself
        match self._config.faults.iss_param:  # RFC 9207 2
            case "wrong":
                members["iss"] = WRONG_ISSUER
            case "right" if named:
                members["iss"] = self._config.issuer
        joint = "&" if "?" in redirect_uri else "?"
        answer = redirect(f"{redirect_uri}{joint}{urlencode(members)}", 302)
        answer.headers["Cache-Control"] = "no-store"
        assert isinstance(answer, Response)
        return answer

    def _tampered(self, state: str) -> str:
        """The state as the switch sends it; `swapped` is that of the request before."""
        self._states = (self._states[-1], state)
        match self._config.faults.state:
            case "missing":
                return ""
            case "changed":
                return secrets.token_urlsafe(16)
            case "swapped":
                return self._states[0]
            case "right":
                return state


def _standalone_context(scopes: ScopeSet) -> LaunchContext | None:
    if "launch" in scopes.plain:
        raise _bad("scope launch needs a launch value")
    if "launch/patient" in scopes.plain:
        return None
    if any(scope.level == "patient" for scope in scopes.clinical):
        raise OAuthError("invalid_scope", "patient scopes need launch/patient")
    return LaunchContext(None)


def _challenge(params: Params) -> str:
    """The PKCE challenge (RFC 7636 4.3); `plain` is refused, also by omission."""
    challenge = params.get("code_challenge", "")
    if not challenge:
        raise _bad("code_challenge is missing")
    if params.get("code_challenge_method") != "S256":
        raise _bad("code_challenge_method must be S256")
    if not CHALLENGE.fullmatch(challenge):
        raise _bad("code_challenge is no S256 challenge")
    return challenge


def _only(params: Params, name: str) -> str:
    """The one value of a parameter. NoRedirect where it is missing or repeated."""
    values = params.getlist(name)
    if len(values) != 1:
        raise NoRedirect(f"The request must hold {name} exactly once.")
    return values[0]


def _bad(description: str) -> OAuthError:
    return OAuthError("invalid_request", description)
