"""Patient Orientation letters, and of what body they are (PS3.3 C.7.6.1.1.1)."""

from __future__ import annotations

from smart_viewer.dicom.json_values import JsonDataset, text, texts

_ORIENTATION, _ANATOMICAL = "00200020", "00102210"
ORIENTATION_TAGS = (_ORIENTATION, _ANATOMICAL)
_BIPED = ("A", "P", "R", "L", "H", "F")
# Two letters before one: "LE" is left, "L" lateral.
_QUADRUPED = (
    *("LE", "RT", "CR", "CD", "PR", "DI", "PA", "PL"),
    *("D", "V", "R", "M", "L"),
)
_MOST_DIRECTIONS = 3
_PAIR = 2


def read_orientation(
    dataset: JsonDataset,
) -> tuple[tuple[str, str] | None, bool]:
    """(row, column) letters or None, and whether they are those of a quadruped.

    Anatomical Orientation Type decides; without it the letters do: only those of
    a biped are read as such. Letters that neither body has give None.
    """
    found = [value.upper() for value in texts(dataset, _ORIENTATION)]
    stated = text(dataset, _ANATOMICAL).upper()
    of_biped = all(_is_word(value, _BIPED) for value in found)
    of_quadruped = all(_is_word(value, _QUADRUPED) for value in found)
    quadruped = stated == "QUADRUPED" or (
        not stated and bool(found) and not of_biped and of_quadruped
    )
    usable = of_quadruped if quadruped else of_biped
    if len(found) != _PAIR or not usable:
        return None, quadruped
    return (found[0], found[1]), quadruped


def _is_word(letters: str, alphabet: tuple[str, ...]) -> bool:
    """One to three directions of the alphabet, none of them twice."""
    used = []
    while letters:
        word = next((one for one in alphabet if letters.startswith(one)), "")
        if not word:
            return False
        used.append(word)
        letters = letters.removeprefix(word)
    return 0 < len(used) <= _MOST_DIRECTIONS and len(set(used)) == len(used)
