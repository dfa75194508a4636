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

_PARTICLES = frozenset(
    "abu al am ap bin bint da das de del della den der di do dos du e el ibn la le "
    "les lo mac mc of saint san santa st ter the und van vom von y zu zur".split()
)
# Letters that Unicode does not decompose, and the two ways to write umlauts plainly.
_PLAIN_LETTERS = {
    "ø": "o",
    "æ": "ae",
    "œ": "oe",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
}
_DROPPED = {mark: "" for mark in "'’ʼ`´"}
_FOLDINGS = tuple(
    str.maketrans({**_PLAIN_LETTERS, **_DROPPED, **umlauts})
    for umlauts in (
        {"ı": "i"},
        {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "ı": "i"},
    )
)


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

    equal: family and given names are the same but for case, accents, hyphens and
    the usual transliterations (Müller, Mueller, Muller). variant: at least one
    name in common, a particle (de, van, al) not being one. disjoint: none.
    """
    ours = [forms for name in expected if (forms := _forms(name))]
    theirs = [forms for group in found.split("=") if (forms := _forms(group))]
    if not ours or not theirs:
        return "absent"
    pairs = [(a, b) for a in ours for b in theirs]
    if any(a & b for a, b in pairs):
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


def _forms(name: str) -> frozenset[tuple[str, str]]:
    """(family, given) in each way that it may be written plainly; none where empty."""
    family, _, rest = name.partition("^")
    given = " ".join(rest.split("^")[:2])  # given and middle; not prefix, suffix
    forms = {(_plain(family, table), _plain(given, table)) for table in _FOLDINGS}
    return frozenset(form for form in forms if any(form))


def _plain(text: str, folding: dict[int, str]) -> str:
    composed = unicodedata.normalize("NFC", text.casefold())
    decomposed = unicodedata.normalize("NFKD", composed.translate(folding))
    letters = (
        c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c)
    )
    return " ".join("".join(letters).split())


def _words(forms: frozenset[tuple[str, str]]) -> set[str]:
    words = (word for form in forms for part in form for word in part.split())
    return {word for word in words if _tells(word)}


def _tells(word: str) -> bool:
    """Whether sharing this word says anything: a letter or a particle does not."""
    return word not in _PARTICLES and (len(word) > 1 or not word.isascii())
