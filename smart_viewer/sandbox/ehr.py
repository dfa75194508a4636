"""The sandbox EHR: a SMART on FHIR server to launch from, strict by default.

SMART App Launch 2.2 and FHIR R4, independent of the viewer: it imports nothing of it.
"""

from __future__ import annotations

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from smart_viewer.sandbox.authorize import Authorization
from smart_viewer.sandbox.discovery import openid_configuration
from smart_viewer.sandbox.faults import Faults
from smart_viewer.sandbox.fhirserver import FhirServer, operation_outcome
from smart_viewer.sandbox.jws import SigningKey
from smart_viewer.sandbox.pages import Pages
from smart_viewer.sandbox.registration import AppRegistration, EhrConfig
from smart_viewer.sandbox.requestlog import LoggedRequest, RequestLog
from smart_viewer.sandbox.tokens import Tokens
from smart_viewer.sandbox.vault import Vault

__all__ = ["AppRegistration", "EhrConfig", "Faults", "create_ehr"]

MAX_REQUEST_BYTES = 256 * 1024


def create_ehr(config: EhrConfig) -> Flask:
    """The EHR as a Flask app.

    `extensions["sandbox_log"]` is its RequestLog, `extensions["sandbox_faults"]`
    its Faults.
    """
    app = Flask("sandbox_ehr", template_folder=config.templates, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    vault = Vault(config.clock)
    key = SigningKey("sandbox-1")
    pages = Pages(config, vault)
    pages.register(app)
    Authorization(config, vault, pages.picker).register(app)
    Tokens(config, vault, key).register(app)
    FhirServer(config, vault).register(app)
    app.add_url_rule(
        "/.well-known/openid-configuration",
        view_func=lambda: jsonify(openid_configuration(config)),
        endpoint="openid_configuration",
    )
    app.register_error_handler(HTTPException, _http_error)
    app.extensions["sandbox_faults"] = config.faults
    app.extensions["sandbox_log"] = _logged(app)
    return app


def _logged(app: Flask) -> RequestLog:
    log = RequestLog()

    @app.before_request
    def note() -> None:
        has_authorization = "Authorization" in request.headers
        keys = tuple(request.args.keys())
        log.add(LoggedRequest(request.method, request.path, keys, has_authorization))

    return log


def _http_error(error: HTTPException) -> Response | HTTPException:
    """An OperationOutcome under `/fhir`, Flask's own page elsewhere."""
    if not request.path.startswith("/fhir") or error.code is None:
        return error
    codes = {404: "not-found", 405: "not-supported"}
    code = codes.get(error.code, "exception" if error.code >= 500 else "invalid")
    return operation_outcome(error.code, code, error.description or error.name)
