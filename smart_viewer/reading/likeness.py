"""Are two birth dates, two names the same person's? (PS3.5 6.2 DA, PN; FHIR date)"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Literal

BirthDateMatch = Literal["equal", "partial", "differs", "absent"]
NameMatch = Literal["equal", "variant", "disjoint", "absent"]

FULL_DATE = 8  # digits of YYYYMMDD
SHORTEST_DATE = 4  # digits of YYYY
FIRST_YEAR = 1850  # earlier birth dates are placeholders (00010101)


def compare_birth_dates(expected: str, found: str) -> BirthDateMatch:
    """Compare a FHIR date (1961, 1961-04, 1961-04-12) with a DICOM DA.

    A date that cannot be one is as good as absent: it proves nothing.
    """
    ours, theirs = _digits(expected), _digits(found)
    if not ours or not theirs:
        return "absent"
    shared = min(len(ours), len(theirs))
    if ours[:shared] != theirs[:shared]:
        return "differs"
    return "equal" if len(ours) == len(theirs) == FULL_DATE else "partial"


def compare_names(expected: Sequence[str], found: str) -> NameMatch:
    """Compare the EHR's names with a PN, every component group of it.

    equal: family and given names are the same but for case, accents, hyphens.
    variant: at least one name in common. disjoint: none in common.
    """
    ours = [parts for name in expected if (parts := _components(name))]
    theirs = [parts for group in found.split("=") if (parts := _components(group))]
    if not ours or not theirs:
        return "absent"
    pairs = [(a, b) for a in ours for b in theirs]
    if any(a == b for a, b in pairs):
        return "equal"
    shared = any(_words(a) & _words(b) for a, b in pairs)
    return "variant" if shared else "disjoint"


def _digits(text: str) -> str:
    digits = "".join(c for c in text.strip() if c not in "-.")
    if not digits.isascii() or not digits.isdigit():
        return ""
    if len(digits) not in (SHORTEST_DATE, 6, FULL_DATE):
        return ""
    return digits if _is_a_date(digits) else ""


def _is_a_date(digits: str) -> bool:
    year, month, day = digits[:4], digits[4:6] or "01", digits[6:8] or "01"
    try:
        return date(int(year), int(month), int(day)).year >= FIRST_YEAR
    except ValueError:
        return False


def _components(name: str) -> tuple[str, ...]:
    """(family, given) without case, accents and punctuation; () where empty."""
    family, _, rest = name.partition("^")
    given = " ".join(rest.split("^")[:2])  # given and middle; not prefix, suffix
    parts = (_plain(family), _plain(given))
    return parts if any(parts) else ()


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = (
        c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c)
    )
    return " ".join("".join(letters).split())


def _words(components: tuple[str, ...]) -> set[str]:
    return {word for part in components for word in part.split() if _tells(word)}


def _tells(word: str) -> bool:
    """Whether sharing this word says anything: a single Latin letter does not."""
    return len(word) > 1 or not word.isascii()
