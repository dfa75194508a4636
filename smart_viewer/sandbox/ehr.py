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
from smart_viewer.sandbox.pages import Pages, Site
from smart_viewer.sandbox.personalities import PERSONALITIES
from smart_viewer.sandbox.registration import AppRegistration, EhrConfig
from smart_viewer.sandbox.requestlog import LoggedRequest, RequestLog
from smart_viewer.sandbox.signingkeys import SigningKeys
from smart_viewer.sandbox.tokens import Tokens
from smart_viewer.sandbox.vault import Vault

__all__ = ["AppRegistration", "EhrConfig", "Faults", "create_ehr"]

MAX_REQUEST_BYTES = 256 * 1024


def create_ehr(config: EhrConfig) -> Flask:
    """The EHR as a Flask app.

    `extensions["sandbox_log"]` is its RequestLog, `extensions["sandbox_faults"]`
    its Faults, `extensions["sandbox_keys"]` its SigningKeys.
    """
    app = Flask("sandbox_ehr", template_folder=config.templates, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    keys = SigningKeys()
    sites = {
        name: Site(config.shaped_like(personality), Vault(config.clock))
        for name, personality in PERSONALITIES.items()
    }
    pages = Pages(config, sites)
    pages.register(app)
    for site in sites.values():
        _serve_site(app, site, keys, pages)
    app.register_error_handler(HTTPException, _http_error)
    app.extensions["sandbox_faults"] = config.faults
    app.extensions["sandbox_keys"] = keys
    app.extensions["sandbox_log"] = _logged(app)
    return app


def _serve_site(app: Flask, site: Site, keys: SigningKeys, pages: Pages) -> None:
    config, vault = site.config, site.vault
    Authorization(config, vault, keys, pages.picker_of(site)).register(app)
    Tokens(config, vault, keys).register(app)
    FhirServer(config, vault).register(app)
    app.add_url_rule(
        f"{config.personality.issuer_path}/.well-known/openid-configuration",
        config.endpoint("openid_configuration"),
        lambda: jsonify(openid_configuration(config)),
    )


def _logged(app: Flask) -> RequestLog:
    log = RequestLog()

    @app.before_request
    def note() -> None:
        has_authorization = "Authorization" in request.headers
        keys = tuple(request.args.keys())
        log.add(LoggedRequest(request.method, request.path, keys, has_authorization))

    return log


def _http_error(error: HTTPException) -> Response | HTTPException:
    """An OperationOutcome under a FHIR base, Flask's own page elsewhere."""
    bases = tuple(one.fhir_path for one in PERSONALITIES.values())
    if not request.path.startswith(bases) or error.code is None:
        return error
    codes = {404: "not-found", 405: "not-supported"}
    code = codes.get(error.code, "exception" if error.code >= 500 else "invalid")
    return operation_outcome(error.code, code, error.description or error.name)
