"""FHIR AuditEvents (IHE BALP) and the trail that shows tampering."""

from smart_viewer.audit.event import AuditRecord, AuditSite
from smart_viewer.audit.trail import Trail, TrailReport

__all__ = ["AuditRecord", "AuditSite", "Trail", "TrailReport"]
