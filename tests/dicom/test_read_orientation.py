"""Patient Orientation (H16). Oracle: the letters of PS3.3 C.7.6.1.1.1."""

from __future__ import annotations

import pytest

from smart_viewer.dicom.read_orientation import read_orientation


def read(letters: list[object], kind: str = ""):
    dataset = {"00200020": {"Value": letters}}
    if kind:
        dataset["00102210"] = {"Value": [kind]}
    return read_orientation(dataset)


@pytest.mark.parametrize(
    ("letters", "kind", "found", "quadruped"),
    [
        (["A", "F"], "", ("A", "F"), False),
        (["p", " L"], "", ("P", "L"), False),
        (["L", "PF"], "", ("L", "PF"), False),
        (["LAH", "PFR"], "BIPED", ("LAH", "PFR"), False),
        (["CD", "V"], "QUADRUPED", ("CD", "V"), True),
        (["LERTD", "CRV"], "QUADRUPED", ("LERTD", "CRV"), True),
        (["PR", "PA"], "QUADRUPED", ("PR", "PA"), True),
        # only quadrupeds have these; nothing else says what it is
        (["LE", "CD"], "", ("LE", "CD"), True),
        # both bodies have these: a biped where nothing says otherwise
        (["R", "L"], "", ("R", "L"), False),
        (["R", "L"], "QUADRUPED", ("R", "L"), True),
        # a body's letters on another's image
        (["LE", "CD"], "BIPED", None, False),
        (["A", "F"], "QUADRUPED", None, True),
        (["A"], "", None, False),
        (["A", ""], "", None, False),
        (["A", "F", "L"], "", None, False),
        (["AA", "F"], "", None, False),
        (["APRL", "F"], "", None, False),
        (["X", "F"], "", None, False),
        ([1, "F"], "", None, False),
        ([], "", None, False),
        ([], "QUADRUPED", None, True),
    ],
)
def test_letters_are_those_of_the_body(letters, kind, found, quadruped):
    assert read(letters, kind) == (found, quadruped)
