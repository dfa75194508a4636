"""Code schemes that mean the same become one (PS3.16 8, CID 4014 note 2)."""

from __future__ import annotations

import re

Key = tuple[str, str]  # scheme as we call it, value

SCHEMES = {
    "SCT": ("SCT", "http://snomed.info/sct", "2.16.840.1.113883.6.96"),
    "SRT": ("SRT", "SNM3", "99SDM", "2.16.840.1.113883.6.99"),
    "LN": ("LN", "LOINC", "http://loinc.org", "2.16.840.1.113883.6.1"),
    "CPT": ("CPT", "C4", "CPT4", "CPT-4", "http://www.ama-assn.org/go/cpt")
    + ("2.16.840.1.113883.6.12",),
    "RADLEX": ("RADLEX", "http://radlex.org", "http://www.radlex.org")
    + ("2.16.840.1.113883.6.256",),
}
"""Our name of a scheme: DICOM designators, FHIR systems and OIDs that mean it.

SNM3 is the older designator of the codes that SRT names; 99SDM their first one.
"""

_WORD = re.compile(r"[^\W_]+")
_NAMES = {alias.casefold(): name for name, all_ in SCHEMES.items() for alias in all_}


def key_of(scheme: str, value: str) -> Key:
    """Scheme and value in one spelling. An unknown scheme keeps its name."""
    plain = scheme.strip().casefold().removeprefix("urn:oid:").rstrip("/")
    return _NAMES.get(plain, scheme.strip()), value.strip().upper()


def key_of_text(text: str) -> Key:
    """The key of "SCT 51185008", as our tables write codes. ValueError."""
    scheme, _, value = text.partition(" ")
    if not value.strip():
        raise ValueError(f"a code needs a scheme and a value: {text}")
    return key_of(scheme, value)


def words_of(text: str) -> str:
    """Casefolded words between single blanks, a blank at both ends."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "
