"""What the launch points to, sorted by what can be asked for it (R14, R15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from smart_viewer.fhir.identifiers import DICOM_UID_SYSTEM, is_accession, uid_of_urn
from smart_viewer.fhir.nouns import LaunchedItem
from smart_viewer.settings import IdentifierSystem

LAUNCH_ROLE = "launch"
MAX_OF_A_TYPE = 8
RESOLVED = ("ImagingStudy", "ServiceRequest", "DiagnosticReport")
_ESCAPED = str.maketrans({"\\": r"\\", "|": r"\|", ",": r"\,", "$": r"\$"})


@dataclass(frozen=True, slots=True)
class Named:
    """The launch's own pointers, without repeats, in order.

    ids: FHIR ids by type. tokens: search values of `identifier` by type.
    canonicals: of ServiceRequest.instantiatesCanonical. study_uids: Study Instance
    UIDs and accession_numbers that the launch itself spells out.
    others: how many items of a type (or of none) lead nowhere here.
    """

    ids: dict[str, tuple[str, ...]]
    tokens: dict[str, tuple[str, ...]] = field(repr=False)
    canonicals: tuple[str, ...]
    study_uids: tuple[str, ...] = field(repr=False)
    accession_numbers: tuple[str, ...] = field(repr=False)
    others: dict[str, int]

    @property
    def anything(self) -> bool:
        """The launch points to something that leads to studies."""
        lists = (*self.ids.values(), *self.tokens.values(), self.canonicals)
        return any((*lists, self.study_uids, self.accession_numbers))


def read_named(
    items: Sequence[LaunchedItem], accession_systems: Iterable[IdentifierSystem]
) -> Named:
    """The items whose role is `launch`; others are about something else."""
    sorter = _Sorter(tuple(accession_systems))
    for item in items:
        if item.role == LAUNCH_ROLE:
            sorter.take(item)
    return sorter.named()


class _Sorter:
    def __init__(self, systems: tuple[IdentifierSystem, ...]) -> None:
        self._systems = systems
        self._ids: dict[str, list[str]] = {kind: [] for kind in RESOLVED}
        self._tokens: dict[str, list[str]] = {kind: [] for kind in RESOLVED}
        self._canonicals: list[str] = []
        self._uids: list[str] = []
        self._accessions: list[str] = []
        self._others: Counter[str] = Counter()

    def take(self, item: LaunchedItem) -> None:
        """File one item. A reference says most, an identifier more than a canonical."""
        if item.reference:
            self._reference(item.reference)
        elif item.identifier_value:
            self._identifier(item, item.identifier_value)
        elif item.canonical and item.type in {None, "ServiceRequest"}:
            self._canonicals.append(item.canonical)
        else:
            self._others[item.type or "canonical"] += 1

    def _reference(self, reference: str) -> None:
        kind, _, resource_id = reference.partition("/")
        if kind in self._ids:
            self._ids[kind].append(resource_id)
        else:
            self._others[kind] += 1

    def _identifier(self, item: LaunchedItem, value: str) -> None:
        kind = item.type
        if item.identifier_system == DICOM_UID_SYSTEM and kind in {
            None,
            "ImagingStudy",
        }:
            uid = uid_of_urn(value)
            if uid is None:
                self._others["identifier"] += 1
            else:
                self._uids.append(uid)
            return
        is_order_number = self._is_accession_number(item)
        if is_order_number and is_accession(value):
            self._accessions.append(value)
        kind = kind or ("ServiceRequest" if is_order_number else None)
        if kind in self._tokens:
            self._tokens[kind].append(_token(item.identifier_system, value))
        else:
            self._others[kind or "identifier"] += 1

    def _is_accession_number(self, item: LaunchedItem) -> bool:
        """As the configured systems describe it; a missing type is forgiven.

        ACSN alone is enough where the launch names no system (a vendor's member).
        """
        if not item.identifier_system and item.identifier_type == "ACSN":
            return True
        return any(
            known.system in {"", item.identifier_system}
            and (
                known.type_code in {"", item.identifier_type}
                or (bool(known.system) and item.identifier_type is None)
            )
            for known in self._systems
        )

    def named(self) -> Named:
        """All that was taken."""
        return Named(
            ids={kind: _few(found) for kind, found in self._ids.items()},
            tokens={kind: _few(found) for kind, found in self._tokens.items()},
            canonicals=_few(self._canonicals),
            study_uids=_few(self._uids),
            accession_numbers=_few(self._accessions),
            others=dict(self._others),
        )


def _few(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))[:MAX_OF_A_TYPE]


def _token(system: str | None, value: str) -> str:
    """`system|value` with FHIR's escapes (R4 search, 3.1.1.4.14)."""
    spelled = value.translate(_ESCAPED)
    return f"{system.translate(_ESCAPED)}|{spelled}" if system else spelled
