"""Smart Viewer: a SMART on FHIR launched imaging viewer."""

__version__ = "0.1.0"
