"""Whether the instances of one study say that they are of one patient (H30)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from smart_viewer.dicom.identity import PatientIdentity

_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_PN_NAMES = 3  # family, given, middle; prefix and suffix tell nobody apart


def one_patient(identities: Iterable[PatientIdentity]) -> tuple[PatientIdentity, ...]:
    """The distinct ones that contradict none of those kept before them, in order.

    Each is compared with all: `same_patient` is not transitive. One that says
    little agrees with two that contradict each other.
    """
    kept: dict[PatientIdentity, _Said] = {}
    for one in dict.fromkeys(identities):
        said = _said(one)
        if all(_agree(said, other) for other in kept.values()):
            kept[one] = said
    return tuple(kept)


def same_patient(a: PatientIdentity, b: PatientIdentity) -> bool:
    """Whether nothing in the two identities contradicts.

    PatientID must agree, also where both are empty. Issuer and name must agree
    where both are given, the name in one word at least; birth dates as far as
    both say.
    """
    return _agree(_said(a), _said(b))


class _Said(NamedTuple):
    patient_id: str
    issuer: str
    birth_date: str
    words: frozenset[str]  # of the name


def _said(one: PatientIdentity) -> _Said:
    birth_date = one.patient_birth_date.replace(".", "")  # ACR-NEMA: 1958.04.12
    issuer = one.issuer_of_patient_id
    return _Said(one.patient_id, issuer, birth_date, _words(one.patient_name))


def _agree(a: _Said, b: _Said) -> bool:
    return (
        a.patient_id == b.patient_id
        and (a.issuer == b.issuer or not a.issuer or not b.issuer)
        and (
            a.birth_date.startswith(b.birth_date)
            or b.birth_date.startswith(a.birth_date)
        )
        and _names_agree(a.words, b.words)
    )


def _names_agree(a: frozenset[str], b: frozenset[str]) -> bool:
    return a == b or not a or not b or any(_tells(word) for word in a & b)


def _words(person_name: str) -> frozenset[str]:
    """Of every component group, without case and accents; umlauts in both ways."""
    names = " ".join(
        part
        for group in person_name.split("=")
        for part in group.split("^")[:_PN_NAMES]
    )
    plain = unicodedata.normalize("NFC", names.casefold())
    both = f"{plain} {plain.translate(_SPELLED_OUT)}"
    letters = (
        c if c.isalnum() else " "
        for c in unicodedata.normalize("NFKD", both)
        if not unicodedata.combining(c)
    )
    return frozenset("".join(letters).split())


def _tells(word: str) -> bool:
    """A Latin letter in common says nothing; one ideograph is a whole name."""
    return len(word) > 1 or not word.isascii()
