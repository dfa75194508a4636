"""How EHRs of the field differ from the specification, as data (launch.md 3 and 7).

`plain` is the specification. The others are shaped like Epic's, Oracle Health's,
athenahealth's and OpenEMR's public documentation and samples, and each has a FHIR
base, an authorization server and clients' redirect URIs of its own. They are no copy
of those products, and where a trait is the sandbox's own choice this says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal, TypeVar, get_args

from smart_viewer.sandbox.charts import People

Name = Literal["plain", "epic", "oracle", "athena", "openemr"]
Banner = Literal["boolean", "text"]
ContextMembers = Literal["fhir_context", "vendor_keys", "none"]
NAMES: tuple[Name, ...] = get_args(Name)
TENANT = "ec2458f3-1e24-41c8-b71b-0e701af7583d"
ATHENA_TENANT = "80000"
PRACTICE = f"Organization/a-1.Practice-{ATHENA_TENANT}"
REFRESHING_SCOPES = frozenset({"online_access", "offline_access"})
_REFERRING = frozenset({"id", "replaced_by", "compares_with"})
_Chart = TypeVar("_Chart")


@dataclass(frozen=True, slots=True)
class Personality:
    """One kind of EHR. Paths start with a slash and end without one.

    fhir_path, oauth_path: where FHIR and the authorization server are.
    other_host: the authorization server is at another origin than FHIR.
    issuer_path: of the discovered issuer. id_token_issuer_path: of the id_token, where
    it differs. aud_path: what `aud` must be, where it is not the FHIR base.
    names_itself: RFC 9207 is promised and kept. pkce_methods: None leaves the list out.
    expires_in: seconds, or None to leave it out. refreshing: scopes that give a
    refresh token. banner: how need_patient_banner is spelled. context: how the
    launch's order is named. v1_scopes: v1 only, granted twice in two spellings.
    imaging: ImagingStudy and Endpoint are served. outcomes: searches hold an inline
    OperationOutcome. query: a parameter that each FHIR request must carry.
    id_prefix: of every FHIR id. members: further members of the token response.
    """

    name: Name
    label: str
    fhir_path: str
    oauth_path: str
    other_host: bool = False
    issuer_path: str = ""
    id_token_issuer_path: str | None = None
    aud_path: str | None = None
    names_itself: bool = False
    pkce_methods: tuple[str, ...] | None = ("S256",)
    token_type: str = "bearer"
    expires_in: int | None = 3600
    refreshing: frozenset[str] = REFRESHING_SCOPES
    banner: Banner = "boolean"
    context: ContextMembers = "none"
    v1_scopes: bool = False
    echoes_state: bool = False
    user_member: bool = False
    imaging: bool = True
    outcomes: bool = False
    query: tuple[str, str] | None = None
    id_prefix: str = ""
    more_capabilities: tuple[str, ...] = ()
    members: tuple[tuple[str, str | int], ...] = ()

    def charts(self, people: People) -> People:
        """The people with the FHIR ids that this EHR would give them."""
        return _renamed(people, self.id_prefix) if self.id_prefix else people

    def fhir_id(self, plain_id: str) -> str:
        """The id that a resource has here."""
        return self.id_prefix + plain_id if plain_id else plain_id


PLAIN = Personality(
    "plain",
    "as specified",
    fhir_path="/fhir",
    oauth_path="/oauth",
    names_itself=True,
    token_type="Bearer",
    context="fhir_context",
)
EPIC = Personality(
    "epic",
    "shaped like Epic",
    fhir_path="/epic/interconnect/api/FHIR/R4",
    oauth_path="/epic/interconnect/oauth2",
    issuer_path="/epic/interconnect/oauth2",
    expires_in=3240,
    banner="text",
    context="vendor_keys",  # their names are configured in each integration
    v1_scopes=True,
    echoes_state=True,
    more_capabilities=("context-passthrough-banner",),  # the old name
    members=(
        ("__epic.dstu2.patient", "Tsandbox.dstu2.patient"),
        ("location", "location-1"),
        ("loginDepartment", "department-1"),
        ("appointment", "appointment-1"),
        ("smart_style_url", "https://ehr.example/style/100/style.json"),
    ),
)
ORACLE = Personality(
    "oracle",
    "shaped like Oracle Health",
    fhir_path=f"/oracle/r4/{TENANT}",
    oauth_path=f"/oracle/tenants/{TENANT}/protocols/oauth2",
    other_host=True,
    issuer_path=f"/oracle/tenants/{TENANT}",
    id_token_issuer_path=f"/oracle/tenants/{TENANT}/oidc/idsps/{TENANT}/",
    pkce_methods=(),
    token_type="Bearer",
    expires_in=570,
    refreshing=frozenset({"online_access"}),
    imaging=False,
    outcomes=True,
    members=(
        ("smart_style_url", "https://ehr.example/style/styles.json"),
        ("active_ttl", 1800),
        ("user", "user-1"),
        ("username", "clinician"),
        ("tenant", TENANT),
    ),
)
ATHENA = Personality(
    "athena",
    "shaped like athenahealth",
    fhir_path="/athena/fhir/r4",
    oauth_path="/athena/oauth2/v1",
    issuer_path="/athena/oauth2/v1",
    aud_path="/athena",
    pkce_methods=None,  # the sandbox's choice
    expires_in=None,  # the sandbox's choice
    query=("ah-practice", PRACTICE),
    id_prefix=f"a-{ATHENA_TENANT}.E-",
)
OPENEMR = Personality(
    "openemr",
    "shaped like OpenEMR",
    fhir_path="/openemr/apis/default/fhir",
    oauth_path="/openemr/oauth2/default",
    issuer_path="/openemr/oauth2/default",
    token_type="Bearer",
    user_member=True,
    imaging=False,
)
PERSONALITIES: dict[str, Personality] = {
    one.name: one for one in (PLAIN, EPIC, ORACLE, ATHENA, OPENEMR)
}


def _renamed(chart: _Chart, prefix: str) -> _Chart:
    """Every FHIR id in a chart, and every field that points to one, with the prefix."""
    if isinstance(chart, tuple) and not hasattr(chart, "_fields"):
        renamed = tuple(_renamed(one, prefix) for one in chart)
        return renamed  # type: ignore[return-value]  # a tuple of the same types
    if not is_dataclass(chart) or isinstance(chart, type):
        return chart
    values: Mapping[str, Any] = {f.name: getattr(chart, f.name) for f in fields(chart)}
    return replace(
        chart, **{name: _value(name, value, prefix) for name, value in values.items()}
    )


def _value(name: str, value: Any, prefix: str) -> Any:
    if name not in _REFERRING and not name.endswith("_id"):
        return _renamed(value, prefix)
    if isinstance(value, tuple):
        return tuple(prefix + one for one in value)
    return prefix + value if value else value
