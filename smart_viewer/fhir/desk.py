"""Where one launch's questions go out and its answers are judged (R10, R18, R19).

Questions are sent at once and wait for nobody; answers are taken one by one, in
the order of the reasoning, so that the trace is the same in every run.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from smart_viewer.fhir.asking import Asker, Reply
from smart_viewer.fhir.identifiers import accession_numbers
from smart_viewer.fhir.json_reading import Resource, local_reference
from smart_viewer.fhir.models import model_warnings
from smart_viewer.fhir.nouns import GrantFacts
from smart_viewer.fhir.reader import FhirReader
from smart_viewer.fhir.trace import Trace
from smart_viewer.settings import EhrProfile

MAX_MODEL_CHECKS = 40  # a strict check of a large study takes as long as a request


@dataclass(frozen=True, slots=True)
class Pending:
    """A question under way. what: its words in the trace. future: None if not asked."""

    what: str
    kind: str
    future: Future[Reply] | None


class Desk:
    """Asks for resources and lets through what is of this launch's patient."""

    def __init__(
        self,
        reader: FhirReader,
        profile: EhrProfile,
        facts: GrantFacts,
        executor: Executor,
    ) -> None:
        self.reader = reader
        self.profile = profile
        self.facts = facts
        self.trace = Trace()
        self.bases: tuple[str, ...] = (reader.base,)
        self.foreign: list[Resource] = []  # of another patient: nothing is read of it
        self.asker = Asker(executor)
        self._owners = {f"Patient/{facts.patient}"}
        self._checks = 0

    def add_owner(self, patient_id: str) -> None:
        """Also this record is the patient's: the EHR merged the two."""
        self._owners.add(f"Patient/{patient_id}")

    def add_base(self, base: str) -> None:
        """References into this FHIR base are at home too."""
        self.bases = (*self.bases, base)

    def read(
        self, kind: str, resource_id: str, what: str, reader: FhirReader | None = None
    ) -> Pending:
        """Ask for one resource, where the scopes cover it."""
        if not self.facts.allows(kind, "r"):
            return Pending(what, kind, None)
        source = reader or self.reader
        return Pending(what, kind, self.asker.read(source, kind, resource_id))

    def search(
        self,
        kind: str,
        params: Mapping[str, str],
        what: str,
        reader: FhirReader | None = None,
    ) -> Pending:
        """Ask for the patient's resources of a type, where the scopes cover it."""
        if not self.facts.allows(kind, "s"):
            return Pending(what, kind, None)
        wanted = {"patient": self.facts.patient, **params}
        source = reader or self.reader
        return Pending(what, kind, self.asker.search(source, kind, wanted))

    def one(self, pending: Pending) -> Resource | None:
        """The resource that was read, where it came and is the patient's."""
        reply = self._reply(pending)
        if reply is None:
            return None
        resource = reply.resources[0]
        if not self.is_own(resource):
            self.trace.step(f"{pending.what} belongs to another patient", "refused")
            return None
        self.check(resource)
        self.trace.step(pending.what, "found")
        return resource

    def several(self, pending: Pending) -> list[Resource]:
        """The patient's own among what was found."""
        return self.with_included(pending)[0]

    def with_included(self, pending: Pending) -> tuple[list[Resource], list[Resource]]:
        """The patient's own of the type asked for, and entries of other types."""
        reply = self._reply(pending)
        if reply is None:
            return [], []
        self.trace.warn(reply.warnings)
        kind = pending.kind
        listed = [r for r in reply.resources if r.get("resourceType") == kind]
        own = [resource for resource in listed if self.is_own(resource)]
        if len(own) < len(listed):
            self.foreign += [r for r in listed if not self.is_own(r)]
            article = "an" if kind[0] in "AEIOU" else "a"
            self.trace.warn([f"{article} {kind} of another patient was skipped"])
        self.trace.count(pending.what, len(own))
        return own, [r for r in reply.resources if r.get("resourceType") != kind]

    def check(self, resource: Resource) -> None:
        """Warn where the strict model refuses what we read anyway (R19)."""
        if self._checks < MAX_MODEL_CHECKS:
            self._checks += 1
            self.trace.warn(model_warnings(resource))

    def is_own(self, resource: Resource) -> bool:
        """The resource's subject is the launch's patient, or merged with it.

        Some types call the subject `patient` (AllergyIntolerance).
        """
        subject = resource.get("subject", resource.get("patient"))
        return local_reference(subject, self.bases) in self._owners

    def accessions(self, resource: Resource) -> tuple[str, ...]:
        """The accession numbers of a resource that may be queried (R21)."""
        numbers, warnings = accession_numbers(
            resource.get("identifier"), self.profile.accession_systems
        )
        self.trace.warn(warnings)
        return numbers

    def _reply(self, pending: Pending) -> Reply | None:
        """What came back, None where nothing did; the trace says why."""
        if pending.future is None:
            words = f"{pending.kind} is not among the granted scopes"
            self.trace.once(words, "skipped")
            return None
        reply = pending.future.result()
        if reply.failure is not None:
            self.trace.failed(pending.what, reply.failure)
            return None
        return reply
