"""A second opinion on a resource: fhirclient's strict model, entry by entry (R19)."""

from __future__ import annotations

from smart_viewer.fhir.json_reading import Resource


def model_warnings(resource: Resource) -> tuple[str, ...]:
    """Empty where the R4 model accepts the resource; else one warning, without PHI.

    The raw JSON is read either way: the model refuses whole resources for one
    unknown key, and must not hide what can be read.
    """
    # imported here: the models take 0.2 s, and only a reading needs them
    from fhirclient.models.fhirabstractbase import (  # noqa: PLC0415
        FHIRValidationError,
    )
    from fhirclient.models.fhirelementfactory import (  # noqa: PLC0415
        FHIRElementFactory,
    )

    kind = str(resource.get("resourceType"))
    try:
        FHIRElementFactory.instantiate(kind, dict(resource))
    except FHIRValidationError as refusal:
        return (
            f"{kind} breaks FHIR R4 in {len(refusal.errors)} place(s); read anyway",
        )
    except (TypeError, ValueError, AttributeError, KeyError):
        return (f"{kind} could not be checked against FHIR R4; read anyway",)
    return ()
