"""The normalised tuple: codes first, facts second, text last (P2, P3, R22)."""

from __future__ import annotations

import pytest
from hanging_studies import CT, CT_CHEST, MR, XR, of, study

from smart_viewer.dicom.series_facts import Code
from smart_viewer.errors import SettingsInvalid
from smart_viewer.hanging.codes import SCHEMES, key_of, key_of_text, words_of
from smart_viewer.hanging.exam import read_exam
from smart_viewer.hanging.read_vocabulary import (
    TABLES_FOLDER,
    read_vocabulary,
    shipped_vocabulary,
)
from smart_viewer.hanging.table import OrderFacts
from smart_viewer.hanging.vocabulary import Exam

WORDS = shipped_vocabulary()
LOINC = "http://loinc.org"


def exam_of(studies=(), order=None, words=WORDS) -> Exam:
    return read_exam(studies, order or OrderFacts(), words).exam


def ordered(system: str, code: str, text: str = "") -> OrderFacts:
    return OrderFacts(codings=((system, code, ""),), text=text)


@pytest.mark.parametrize("alias", SCHEMES["SRT"])
def test_srt_snm3_and_the_oldest_designator_are_one_scheme(alias):
    assert key_of(alias, "t-d3000") == ("SRT", "T-D3000")


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("http://snomed.info/sct", "SCT"),
        ("urn:oid:2.16.840.1.113883.6.96", "SCT"),
        ("http://loinc.org/", "LN"),
        ("C4", "CPT"),
        ("99LOCAL", "99LOCAL"),
    ],
)
def test_designators_systems_and_oids_name_one_scheme(scheme, expected):
    assert key_of(scheme, "X1")[0] == expected


def test_a_code_of_a_table_needs_scheme_and_value():
    with pytest.raises(ValueError, match="scheme and a value"):
        key_of_text("51185008")


def test_words_are_whole_and_caseless():
    assert words_of("CT_Chest/ABD w/o") == " ct chest abd w o "


@pytest.mark.parametrize("scheme", ["SCT", "SRT", "SNM3"])
def test_every_site_is_the_same_in_every_scheme(scheme):
    """P3. Oracle: pairs of PS3.16 CID 4."""
    srt = {"51185008": "T-D3000", "76752008": "T-04000", "41216001": "T-92000"}
    for sct, older in srt.items():
        value = sct if scheme == "SCT" else older
        assert WORDS.site_of(Code(value, scheme)) == WORDS.site_of(Code(sct, "SCT"))
        assert WORDS.site_of(Code(value, scheme)) is not None


def test_the_sites_codes_are_pairs_that_pydicom_knows_too():
    """Another implementation's dictionary agrees on each pair it has."""
    from pydicom.sr._snomed_dict import mapping

    wrong = [
        (scheme, value)
        for (scheme, value), site in WORDS.site_codes.items()
        if scheme == "SRT"
        and WORDS.site_of(Code(mapping["SRT"].get(value, value), "SCT")) != site
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("table", "unknown"), [("views", {"R-10214"}), ("modifiers", set())]
)
def test_the_view_codes_are_pairs_that_pydicom_knows_too(table, unknown):
    from pydicom.sr._snomed_dict import mapping

    terms = getattr(WORDS, table)
    for (scheme, value), term in terms.items():
        if scheme == "SRT" and value not in unknown:
            pair = mapping["SRT"].get(value)
            # SCT 399192008 stands in CID 4014 but not in that dictionary's SRT half.
            assert pair is not None and terms.get(("SCT", pair), term) == term


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (ordered(LOINC, "30799-1"), Exam("CT", ("head",), contrast="none")),
        (ordered(LOINC, "24627-2"), Exam("CT", ("chest",))),
        (ordered(LOINC, "24587-8"), Exam("MR", ("head",), "brain", contrast="both")),
        (ordered(LOINC, "42272-5"), Exam("XR", ("chest",))),
        (
            ordered(LOINC, "24606-6"),
            Exam("MG", ("breast",), "breast", "B", purpose="screening"),
        ),
        (ordered(LOINC, "36813-4"), Exam("CT", ("abdomen", "pelvis"), "", "", "with")),
        (ordered("http://snomed.info/sct", "450436003"), Exam("PT")),
    ],
)
def test_an_order_code_means_an_exam(order, expected):
    assert exam_of((), order) == expected


def test_the_order_wins_over_headers_and_headers_over_text():
    """P2: region of the code; without it of the header; without that of words."""
    scan = study(of(CT, body_part_examined="HEAD"), study_description="CT ABDOMEN")
    assert exam_of([scan], ordered(LOINC, "24627-2")).regions == ("chest",)
    assert exam_of([scan], ordered(LOINC, "no such")).regions == ("head",)
    bare = study(of(CT, body_part_examined=""), study_description="CT ABDOMEN")
    assert exam_of([bare]).regions == ("abdomen",)


@pytest.mark.parametrize(
    ("facts", "order", "regions"),
    [
        (
            of(CT, procedure_codes=(Code("30799-1", "LN"),)),
            OrderFacts(),
            ("head",),
        ),
        (
            of(CT, procedure_codes=(Code("30799-1", "LN"),)),
            OrderFacts(body_site_codings=(("http://snomed.info/sct", "51185008", ""),)),
            ("chest",),
        ),
        (CT, OrderFacts(body_sites=("Abdomen",)), ("abdomen",)),
        (
            of(CT, anatomic_regions=(Code("T-D4000", "SRT"),)),
            OrderFacts(),
            ("abdomen",),
        ),
        (of(CT, body_part_examined="CHEST_ABD PELVIS"), OrderFacts(), None),
        (of(CT, body_part_examined="Thorax w. contrast"), OrderFacts(), ("chest",)),
        (
            of(CT, body_part_examined="", series_description="lungs 1 mm"),
            OrderFacts(),
            ("chest",),
        ),
    ],
)
def test_each_source_is_asked_in_its_turn(facts, order, regions):
    expected = regions or ("abdomen", "chest", "pelvis")
    assert exam_of([study(facts)], order).regions == expected


def test_a_weaker_source_may_narrow_the_place_but_not_move_it():
    pelvis = OrderFacts(body_sites=("pelvis",))
    assert exam_of([study(of(MR, body_part_examined="PROSTATE"))], pelvis).focus == (
        "prostate"
    )
    assert exam_of([study(of(MR, body_part_examined="LIVER"))], pelvis).focus == ""


def test_the_modality_is_the_orders_only_where_the_study_holds_it():
    chest = ordered(LOINC, "24627-2")
    assert exam_of([study(MR)], chest) == Exam("MR", ("chest",))
    assert exam_of([study(XR)], ordered(LOINC, "42272-5")).modality == "XR"


@pytest.mark.parametrize(
    ("held", "modality"), [(("PT", "CT"), "PT"), (("SR", "CT"), "CT"), (("OT",), "OT")]
)
def test_of_several_modalities_the_study_is_named_after_one(held, modality):
    facts = [of(CT, modality=name, series_description="CT images") for name in held]
    assert exam_of([study(*facts)]).modality == modality


@pytest.mark.parametrize(
    ("text", "contrast"),
    [
        ("CT head without and with contrast", "both"),
        ("CT chest w/o contrast", "none"),
        ("CTA chest", "with"),
        ("CT chest", ""),
    ],
)
def test_words_tell_contrast_last(text, contrast):
    bare = study(of(CT, body_part_examined=""))
    assert exam_of([bare], OrderFacts(text=text)).contrast == contrast


def test_the_reason_of_the_order_tells_what_its_text_does_not():
    order = OrderFacts(text="mammogram", reasons=("Routine screening",))
    assert exam_of((), order).purpose == "screening"


def test_both_sides_of_a_study_are_bilateral():
    sides = [of(MR, body_part_examined="KNEE", lateralities=(s,)) for s in "RL"]
    assert exam_of([study(*sides)]).laterality == "B"
    assert exam_of([study(sides[0])]).laterality == "R"


def test_the_exam_says_from_where_it_is_known():
    read = read_exam([study(*CT_CHEST)], ordered(LOINC, "24627-2"), WORDS)
    assert read.source("modality") == "the order’s code"
    assert read.source("contrast") == "the images’ headers"
    assert read.source("purpose") == ""


def test_a_site_brings_its_own_codes_and_they_win(tmp_path):
    own = tmp_path / "cpt.toml"
    own.write_text(
        '[[exams]]\ncode = "CPT X1"\nmodality = "CT"\nsites = ["chest"]\n'
        '[[exams]]\ncode = "LN 24627-2"\nmodality = "MR"\n'
    )
    words = read_vocabulary(TABLES_FOLDER, [own])
    assert exam_of((), ordered("C4", "X1"), words) == Exam("CT", ("chest",))
    assert exam_of((), ordered(LOINC, "24627-2"), words).modality == "MR"


@pytest.mark.parametrize(
    "row",
    [
        'code = "CPT X1"\nsites = ["moon"]',
        'code = "X1"',
        'code = "CPT X1"\ncontrast = "much"',
        "code = 3",
        'code = "CPT X1"\nsites = "chest"',
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(tmp_path, row):
    own = tmp_path / "own.toml"
    own.write_text(f"[[exams]]\n{row}\n")
    with pytest.raises(SettingsInvalid, match="tables"):
        read_vocabulary(TABLES_FOLDER, [own])


def test_no_code_of_cpt_or_radlex_is_shipped():
    """They are licensed; a site brings its own."""
    assert {scheme for scheme, _ in WORDS.exams} == {"LN", "SCT"}
