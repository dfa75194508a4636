"""DICOM JSON to a study. Oracle: values written by the test, and its arithmetic."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.read_study import Parts, project, read_parts, read_study, split
from smart_viewer.dicom.series_facts import SeriesFacts
from smart_viewer.dicom.study import (
    FramePlane,
    Instance,
    PixelLayout,
    Spacing,
    Study,
    Window,
)
from smart_viewer.errors import NotInStandard

# One CT slice as a DICOMweb server describes it: tag -> values.
SLICE: dict[str, list[object]] = {
    "00080008": ["ORIGINAL", "PRIMARY", "AXIAL"],
    "00080016": ["1.2.840.10008.5.1.4.1.1.2"],
    "00080018": ["2.999.1.1.1"],
    "00080020": ["20240203"],
    "00080030": ["101500"],
    "00080032": ["101612.5"],
    "00080050": ["ACC1"],
    "00080060": ["CT"],
    "00080080": ["Test Hospital"],
    "00083002": ["1.2.840.10008.1.2.1"],
    "00100010": [{"Alphabetic": "Test^One", "Phonetic": "tesuto"}],
    "00100020": [" P-1 "],
    "00100021": ["ISSUER"],
    "00100030": ["19700101"],
    "00100040": ["F"],
    "00180015": ["CHEST"],
    "00180050": [1.25],
    "00081030": ["CT THORAX"],
    "0008103E": ["CHEST 2.0 SOFT"],
    "0020000D": ["2.999.1"],
    "0020000E": ["2.999.1.1"],
    "00200011": [3],
    "00200013": [7],
    "00200032": [-100.0, -120.5, 33.25],
    "00200037": [1.0, 0.0, 0.0, 0.0, 0.8, -0.6],
    "00200052": ["2.999.1.9"],
    "00280002": [1],
    "00280004": ["MONOCHROME2"],
    "00280010": [512],
    "00280011": [256],
    "00280030": [0.75, 0.5],
    "00280100": [16],
    "00280101": [12],
    "00280102": [11],
    "00280103": [0],
    "00281050": [40, -600],
    "00281051": [400, 1500],
    "00281052": [-1024],
    "00281053": [1],
    "00281054": ["HU"],
    "00281055": ["SOFT", "LUNG"],
    "00282110": ["01"],
    "00282112": [2.5, 12.0],
}
XA = "1.2.840.10008.5.1.4.1.1.12.1"
PLANE_TAGS = ("00200032", "00200037", "00280030")


def dataset(changes: dict[str, list[object] | None] | None = None) -> dict[str, object]:
    merged = SLICE | (changes or {})
    return {
        tag: {"vr": "UN", "Value": value}
        for tag, value in merged.items()
        if value is not None
    }


def instance(changes: dict[str, list[object] | None] | None = None) -> Instance:
    return read_study([dataset(changes)]).series[0].instances[0]


def test_every_attribute_is_read_into_its_place():
    study = read_study([dataset()])

    assert study.patient == PatientIdentity(
        "P-1", "ISSUER", "Test^One==tesuto", "19700101", "F"
    )
    assert (study.study_date, study.study_time) == ("20240203", "101500")
    assert (study.study_description, study.accession_number) == ("CT THORAX", "ACC1")
    assert study.institution_name == "Test Hospital"
    (series,) = study.series
    assert (series.modality, series.series_number) == ("CT", 3)
    assert series.series_description == "CHEST 2.0 SOFT"
    assert series.body_part_examined == "CHEST"
    assert series.instances == (
        Instance(
            sop_instance_uid="2.999.1.1.1",
            sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
            transfer_syntax_uid="1.2.840.10008.1.2.1",
            instance_number=7,
            number_of_frames=1,
            image_type=("ORIGINAL", "PRIMARY", "AXIAL"),
            pixels=PixelLayout(512, 256, 1, "MONOCHROME2", 16, 12, 11, False),
            plane=FramePlane(
                (-100.0, -120.5, 33.25), (1, 0, 0), (0, 0.8, -0.6), (0.75, 0.5)
            ),
            frame_of_reference_uid="2.999.1.9",
            slice_thickness_mm=1.25,
            imager_pixel_spacing=None,
            rescale_slope=1.0,
            rescale_intercept=-1024.0,
            rescale_type="HU",
            windows=(
                Window(40, 400, "LINEAR", "SOFT"),
                Window(-600, 1500, "LINEAR", "LUNG"),
            ),
            lossy=True,
            lossy_ratio=12.0,
            acquisition_time="101612.5",
            facts=SeriesFacts(
                modality="CT",
                sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
                image_type=("ORIGINAL", "PRIMARY", "AXIAL"),
                series_description="CHEST 2.0 SOFT",
                study_description="CT THORAX",
                body_part_examined="CHEST",
                slice_thickness_mm=1.25,
                frame_of_reference_uid="2.999.1.9",
            ),
            spacing=Spacing(0.75, 0.5, "patient"),
            coordinates=series.instances[0].coordinates,
        ),
    )


def test_the_projection_is_all_that_is_read():
    whole = dataset({"52009229": [{"00280030": {"Value": [1, 1]}}], "00409999": ["x"]})
    whole["7FE00010"] = {"vr": "OW"}

    assert read_study([project(whole)]) == read_study([whole])


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"00180050": ["thick"]}, "slice_thickness_mm", None),
        ({"00180050": ["1.5"]}, "slice_thickness_mm", 1.5),  # a DS may be text
        ({"00200013": ["7", "8"]}, "instance_number", None),
        ({"00200013": [7.5]}, "instance_number", None),
        ({"00200013": [True]}, "instance_number", None),
        ({"00181164": [0.1, 0.2]}, "imager_pixel_spacing", (0.1, 0.2)),
        ({"00181164": [0.1]}, "imager_pixel_spacing", None),
        ({"00282112": ["much"]}, "lossy_ratio", None),
        ({"00281053": None, "00281052": None}, "rescale_slope", 1.0),
        ({"00083002": None}, "transfer_syntax_uid", ""),
        ({"00280008": [75]}, "number_of_frames", 75),
        ({"00280008": [75]}, "plane", None),  # one plane does not hold for 75
        ({"00283010": [{}]}, "unapplied", ("voi_lut",)),
        ({"00281054": ["US"], "00080060": ["PT"]}, "rescale_type", ""),
        ({"00281054": None, "00080060": ["PT"]}, "rescale_type", ""),
        (
            {"00541001": ["BQML"], "00281054": None, "00080060": ["PT"]},
            "rescale_type",
            "Bq/ml",
        ),
        ({"00282112": [20, 2]}, "lossy_ratio", 20.0),  # the harder of two steps
        ({"00080016": [XA]}, "rescale_intercept", 0.0),  # no step of its display
        ({"00080016": [XA]}, "rescale_type", ""),
    ],
)
def test_a_bad_value_is_none_and_an_absent_one_its_default(changes, field, value):
    assert getattr(instance(changes), field) == value


@pytest.mark.parametrize(
    "changes",
    [
        {"00200032": [1, 2]},
        {"00200032": [1, 2, "x"]},
        {"00200032": [1, 2, "NaN"]},
        {"00200032": [1, 2, "1e999"]},
        {"00200037": [1, 0, 0, 0, 1]},
        {"00200037": [1, 0, 0, 0, 1.002, 0]},
        {"00200037": [1, 0, 0, 0.002, 1, 0]},
        {"00200037": [0, 0, 0, 0, 0, 0]},
        {"00280030": [0.5]},
        {"00280030": [0.5, 0]},
        {"00280030": [-0.5, 0.5]},
        {"00280030": None},
    ],
)
def test_a_plane_is_whole_and_orthonormal_or_none(changes):
    assert instance(changes).plane is None


@pytest.mark.parametrize(
    ("changes", "windows"),
    [
        ({"00281050": [40]}, 0),  # which width belongs to it would be a guess
        ({"00281051": [400, 0.5]}, 1),  # LINEAR needs 1 at least
        ({"00281051": [400, 0.5], "00281056": ["LINEAR_EXACT"]}, 2),
        ({"00281051": [400, 0], "00281056": ["SIGMOID"]}, 1),
        ({"00281051": [400, "wide"]}, 1),
        ({"00281056": ["CUBIC"]}, 0),
        ({"00281055": ["SOFT"]}, 2),
    ],
)
def test_only_windows_of_the_standard_are_offered(changes, windows):
    """H2: PS3.3 C.11.2.1.2.1, C.11.2.1.3."""
    assert len(instance(changes).windows) == windows


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"00281053": ["steep"]}, "Rescale"),
        ({"00281053": [0]}, "Rescale"),
        ({"00281052": [1, 2]}, "Rescale"),
        ({"00280008": ["many"]}, "Number of Frames"),
        ({"00280008": [0]}, "Number of Frames"),
        ({"00280008": [2_000_000_000]}, "Number of Frames"),
        ({"00280010": [0]}, "Rows"),
        ({"00280011": None}, "size"),
        ({"00280100": ["x"]}, "bit depth"),
        ({"00280002": [0]}, "Samples"),
        ({"00280101": [17]}, "Bits Stored"),
        ({"00280102": None}, "High Bit"),
        ({"00280103": [2]}, "Pixel Representation"),
        ({"00280100": [32], "00280101": [33]}, "Bits Stored"),
        ({"00283000": [{}]}, "Modality LUT"),
        ({"00280004": ["PALETTE COLOR"]}, "colour palette"),
    ],
)
def test_a_value_that_would_make_a_wrong_picture_is_a_problem(changes, word):
    assert word in instance(changes).problem


def test_float_samples_are_told_by_their_attributes():
    """PS3.3 C.7.6.24: their module has no Bits Stored and no Pixel Representation."""
    bare = {"00280101": None, "00280102": None, "00280103": None}
    changes = {"00280100": [32], **bare}
    named = dataset({"00280100": [64], **bare})
    named["7FE00009"] = {"vr": "OD", "BulkDataURI": "#pixels"}

    layouts = [
        instance(changes).pixels,
        read_study([named]).series[0].instances[0].pixels,
        instance({"00280100": [32], "00280101": [32], "00280102": [31]}).pixels,
    ]

    assert layouts == [
        PixelLayout(512, 256, 1, "MONOCHROME2", 32, 32, 31, True, 0, True),
        PixelLayout(512, 256, 1, "MONOCHROME2", 64, 64, 63, True, 0, True),
        PixelLayout(512, 256, 1, "MONOCHROME2", 32, 32, 31, False, 0, False),
    ]


def test_a_voi_lut_counts_from_below_zero_where_the_rescale_does():
    """C.11.2.1.1: the sign of the first input is that of what goes in."""
    item = {
        "00283002": {"Value": [2, 65436, 8]},
        "00283006": {"vr": "US", "Value": [0, 255]},
    }
    luts = {"00283010": [item]}

    firsts = [
        instance(changes).voi_luts[0].first
        for changes in (luts, {**luts, "00281052": [0]})
    ]

    assert firsts == [-100, 65436]


def test_the_suv_of_each_slice_is_its_own_and_the_rest_is_shared():
    pet: dict[str, list[object]] = {
        "00080016": ["1.2.840.10008.5.1.4.1.1.128"],
        "00080060": ["PT"],
        "00080021": ["20240203"],
        "00080022": ["20240203"],
        "00080031": ["101500"],
        "00101030": [70],
        "00280051": ["ATTN", "DECY"],
        "00541001": ["BQML"],
        "00541102": ["START"],
        "00540016": [
            {
                "00181072": {"Value": ["091500"]},
                "00181074": {"Value": [370e6]},
                "00181075": {"Value": [6588]},
            }
        ],
    }
    late = {"00080018": ["2.999.1.1.2"], "00080032": ["101000"]}
    projected = [project(dataset(pet)), project(dataset({**pet, **late}))]

    first, second = read_parts([split(one) for one in projected]).series[0].instances

    assert split(projected[0]).shared == split(projected[1]).shared
    assert [one.name for one in first.appearance.suv] == ["SUVbw"]
    assert second.appearance.suv == ()
    assert "later than the scan" in second.appearance.suv_refusal


def test_pixel_data_that_is_present_and_empty_is_no_pixel_data():
    present, empty, absent = dataset(), dataset(), dataset()
    present["7FE00010"] = {"vr": "OW", "BulkDataURI": "http://example.org/pixels"}
    empty["7FE00010"] = {"vr": "OW"}

    has_pixels = [
        read_study([one]).series[0].instances[0].pixels is not None
        for one in (present, empty, absent)
    ]

    assert has_pixels == [True, False, True]


def test_the_archive_may_name_the_patient_and_the_problems():
    patient = PatientIdentity("ASSIGNED-1", assigned=True)

    study = read_study([dataset()], [patient], {"2.999.1.1.1": "The file is cut off."})

    assert study.patient == patient
    assert study.identities == (patient,)
    assert study.series[0].instances[0].problem == "The file is cut off."


def test_what_instances_share_is_not_taken_for_what_they_do_not():
    """The reader remembers shared attributes of the instance before."""
    changes: list[dict[str, list[object] | None]] = [
        {"00080018": [f"2.999.1.1.{n}"]} | change
        for n, change in enumerate(
            [
                {},
                {"00281053": [2]},
                {},
                {"00281050": [1], "00281051": [2]},
                {"00280010": [100]},
                {"00200032": [0, 0, 0]},
                {"00080032": ["2"]},
            ]
        )
    ]

    together = read_study([dataset(change) for change in changes]).series[0].instances

    assert together == tuple(instance(change) for change in changes)


def stored_apart(whole: list[dict[str, object]]) -> list[Parts]:
    """As an archive keeps them: equal shared parts are one object."""
    parts = [split(project(one)) for one in whole]
    kept = {json.dumps(part.shared): part.shared for part in parts}
    return [Parts(part.own, kept[json.dumps(part.shared)]) for part in parts]


def test_what_differs_from_slice_to_slice_is_not_in_the_shared_part():
    own: dict[str, list[object] | None] = {
        "00080018": ["2.999.1.1.2"],
        "00080032": ["101613"],
        "00200013": [8],
        "00200032": [-100, -120.5, 35],
        "00281050": [50],
        "00281051": [350],
        "00281052": [0],
        "00281053": [0.37],
    }

    first, second = stored_apart([dataset(), dataset(own)])

    assert first.shared is second.shared
    assert all(second.own[tag] == {"Value": value} for tag, value in own.items())
    assert not first.own.keys() & first.shared.keys()
    assert first.own | first.shared == project(dataset())


def test_parts_stored_apart_make_the_study_that_whole_data_sets_make():
    changes: list[dict[str, list[object] | None]] = [
        {},
        {"00280010": [100], "00200032": [1, 2, 3]},
        {"00200032": [4, 5, 6], "00281053": [2]},  # shares with the first again
        {"00280010": [100], "00200032": None},
        {"0020000E": ["2.999.1.2"], "00080060": ["MR"], "0008103E": None},
        {"00280008": [75]},
        {"00200037": [1, 0, 0, 0, 1, 0]},
        {"00080018": None},
        {"0020000D": None},
    ]
    whole = [
        dataset({"00080018": [f"2.999.1.1.{n}"]} | change)
        for n, change in enumerate(changes)
    ]
    problems = {"2.999.1.1.2": "The file is cut off."}
    patient = PatientIdentity("ASSIGNED-1", assigned=True)

    assert read_parts(stored_apart(whole), [patient], problems) == read_study(
        whole, [patient], problems
    )


def test_parts_of_two_studies_or_patients_are_refused():
    for changes in ({"0020000D": ["2.999.2"]}, {"00100020": ["P-2"]}):
        with pytest.raises(NotInStandard, match="several"):
            read_parts(stored_apart([dataset(), dataset(changes)]))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"0020000D": ["2.999.2"]}, "several studies"),
        ({"00100020": ["P-2"]}, "several patients"),
        ({"00100021": ["OTHER"]}, "several patients"),
        ({"00100030": ["19710101"]}, "several patients"),
        ({"00100010": ["Jones^Bob"]}, "several patients"),
    ],
)
def test_an_answer_that_mixes_studies_or_patients_is_refused(changes, reason):
    """H30."""
    with pytest.raises(NotInStandard, match=reason):
        read_study([dataset(), dataset(changes)])


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("00100030", [None, ["19580412"], ["19991231"]]),
        ("00100030", [["1958"], ["19580412"], ["19580413"]]),
        ("00100021", [None, ["A"], ["B"]]),
        ("00100010", [["Chest^Sandbox"], ["Jones^Bob"], ["Miller^Eve"]]),
        ("00100010", [None, ["Jones^Bob"], ["Miller^Eve"]]),
    ],
)
def test_each_instance_is_compared_with_every_one_before_it(tag, said):
    """That two agree with a third that says less does not make them one patient."""
    answer = [
        dataset({"00080018": [f"2.999.1.1.{n}"], tag: value})
        for n, value in enumerate(said)
    ]

    with pytest.raises(NotInStandard, match="several patients"):
        read_study(answer)
    with pytest.raises(NotInStandard, match="several patients"):
        read_parts(stored_apart(answer))


def test_what_one_instance_leaves_out_is_no_contradiction():
    less = {"00100021": None, "00100030": None, "00100010": None}

    study = read_study([dataset(), dataset(less), dataset()])

    assert len(study.series[0].instances) == 3
    assert study.identities == (
        PatientIdentity("P-1", "ISSUER", "Test^One==tesuto", "19700101", "F"),
        PatientIdentity("P-1", patient_sex="F"),
    )
    assert study.patient == study.identities[0]


def test_identities_are_distinct_after_stripping():
    padded = {
        "00100020": ["P-1"],
        "00100021": ["ISSUER  "],
        "00100030": [" 19700101 "],
        "00100010": [{"Alphabetic": "Test^One ", "Phonetic": " tesuto"}],
    }

    assert len(read_study([dataset(), dataset(padded)]).identities) == 1


def test_a_study_of_nobody_cannot_be_made():
    with pytest.raises(ValueError, match="identity"):
        Study("2.999.1", (), "", "", "", "", "", ())


def test_an_answer_without_instances_is_refused():
    for answer in ([], [{}], [dataset({"00080018": None})]):
        with pytest.raises(NotInStandard, match="no instance"):
            read_study(answer)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["1e400", "-1", "1_0", "0x10", "LINEAR", "01"]),
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.dictionaries(st.sampled_from(["Value", "vr", "Alphabetic"]), inner)
    ),
    max_leaves=8,
)
ATTRIBUTE = st.fixed_dictionaries({"Value": st.lists(JSON, max_size=7)}) | JSON
KEPT = ("0020000D", "00080018", "00100010", "00100020", "00100021", "00100030")
SPOILED = st.dictionaries(
    st.sampled_from(
        sorted(SLICE.keys() - set(KEPT)) + ["00280008", "00181164", "7FE00010"]
    ),
    ATTRIBUTE,
    max_size=6,
)


@given(SPOILED)
def test_no_malformed_value_raises_or_hides_the_instance_beside_it(spoiled):
    bad = dataset({"00080018": ["2.999.1.1.2"]}) | spoiled

    study = read_study([bad, dataset()])

    instances = [i for series in study.series for i in series.instances]
    assert {i.sop_instance_uid for i in instances} == {"2.999.1.1.1", "2.999.1.1.2"}
    assert instance() in instances


@given(SPOILED)
def test_malformed_values_are_read_from_parts_as_from_the_whole(spoiled):
    bad = dataset({"00080018": ["2.999.1.1.2"]}) | spoiled

    assert read_parts(stored_apart([bad])) == read_study([project(bad)])


@given(st.dictionaries(st.sampled_from(sorted(SLICE)), ATTRIBUTE, max_size=4))
def test_a_malformed_answer_gives_a_study_or_a_refusal(spoiled):
    try:
        read_study([dataset() | spoiled, dataset()])
    except NotInStandard:
        pass
