"""FHIR R4 in: resources, context."""
