"""Facts for the hanging rules. Oracle: values written by the test, and arithmetic."""

from __future__ import annotations

import base64
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from smart_viewer.dicom.display_sets import display_sets
from smart_viewer.dicom.merge_facts import facts_of, facts_of_instances, plane_of
from smart_viewer.dicom.read_facts import FACT_TAGS, read_facts
from smart_viewer.dicom.read_study import project, read_study
from smart_viewer.dicom.series_facts import Code, SeriesFacts
from smart_viewer.dicom.study import FramePlane
from smart_viewer.dicom.to_json import to_json


def dataset(**values: object) -> dict[str, object]:
    """DICOM JSON of tags, written t00080060=["CT"]."""
    return {tag[1:]: {"vr": "UN", "Value": value} for tag, value in values.items()}


def code(value: str, scheme: str, **more: object) -> dict[str, object]:
    return dataset(t00080100=[value], t00080102=[scheme], t00080104=["word"], **more)


EVERYTHING = dataset(
    t00080008=["ORIGINAL", "PRIMARY", "M"],
    t00080016=["1.2.3"],
    t00080060=["MR"],
    t00080068=["FOR PRESENTATION"],
    t00080070=["ACME"],
    t0008103E=["AX T2 "],
    t00081030=["MR BRAIN"],
    t00081032=[code("P1", "99L")],
    t00082218=[code("T-A0100", "SRT")],
    t00180010=["agent"],
    t00180015=["BRAIN"],
    t00180020=["SE", "IR"],
    t00180021=["SK", "SP"],
    t00180022=["FS", ""],
    t00180024=["*tse2d1"],
    t00180050=[5],
    t00180080=["4500"],
    t00180081=[100.5],
    t00180082=[2500],
    t00181030=["protocol"],
    t00181042=["101000"],
    t00181060=[12],
    t00181063=[33.3],
    t00181210=["Br40d", "3"],
    t00181314=[150],
    t00185101=["PA"],
    t00189087=[1000],
    t00089209=["T2"],
    t00200020=["L", "P"],
    t00200052=["1.2.9"],
    t00200060=["R"],
    t00200062=["L"],
    t00200105=[40],
    t00209241=[75],
    t00280008=[12],
    t00280051=["DECY", "ATTN"],
    t00286100=[{"00286101": {"Value": ["AVG_SUB"]}}],
    t00400260=[code("P2", "99L")],
    t00400275=[
        dataset(t00321060=["requested"], t00321064=[code("24590-2", "LN")]),
    ],
    t00401012=[code("R1", "99L")],
    t00540220=[
        code("399162004", "SCT", t00540222=[code("R-102D5", "SRT")]),
        code("399368009", "SCT"),
    ],
    t00541000=["STATIC", "IMAGE"],
    t00541001=["BQML"],
    t00541101=["measured"],
)
AS_READ = SeriesFacts(
    modality="MR",
    sop_class_uid="1.2.3",
    manufacturer="ACME",
    image_type=("ORIGINAL", "PRIMARY", "M"),
    presentation_intent_type="FOR PRESENTATION",
    series_description="AX T2",
    protocol_name="protocol",
    study_description="MR BRAIN",
    requested_procedure_description="requested",
    procedure_codes=(Code("24590-2", "LN", "word"), Code("P1", "99L", "word")),
    protocol_codes=(Code("P2", "99L", "word"),),
    reason_codes=(Code("R1", "99L", "word"),),
    body_part_examined="BRAIN",
    anatomic_regions=(Code("T-A0100", "SRT", "word"),),
    lateralities=("L",),  # of the image, not of the series
    views=(Code("399162004", "SCT", "word"), Code("399368009", "SCT", "word")),
    view_modifiers=(Code("R-102D5", "SRT", "word"),),
    view_position="PA",
    patient_orientation=("L", "P"),
    convolution_kernel="Br40d",
    slice_thickness_mm=5.0,
    contrast_bolus_agent="agent",
    contrast_bolus_start_time="101000",
    echo_time_ms=100.5,
    repetition_time_ms=4500.0,
    inversion_time_ms=2500.0,
    flip_angle_deg=150.0,
    scanning_sequence=("SE", "IR"),
    sequence_variant=("SK", "SP"),
    scan_options=("FS",),
    sequence_name="*tse2d1",
    acquisition_contrast="T2",
    b_values=(1000.0,),
    temporal_positions=40,
    trigger_time_ms=12.0,
    cardiac_phase_percent=75.0,
    corrected_image=("DECY", "ATTN"),
    attenuation_correction_method="measured",
    units="BQML",
    series_type=("STATIC", "IMAGE"),
    frame_time_ms=33.3,
    has_mask_subtraction=True,
    frame_count=12,
    frame_of_reference_uid="1.2.9",
)


def test_every_attribute_is_read_into_its_place():
    assert read_facts(EVERYTHING) == AS_READ


def test_the_projection_of_the_index_keeps_every_fact():
    assert read_facts(project(EVERYTHING)) == AS_READ


def test_without_attributes_there_are_no_facts():
    assert read_facts({}) == SeriesFacts()


@given(
    st.dictionaries(
        st.sampled_from(FACT_TAGS),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=4),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["Value", *FACT_TAGS]), inner)
            ),
        ),
    )
)
def test_bad_values_never_raise_and_hide_no_others(garbage):
    good = dataset(t00080060=["CT"])
    assert read_facts(garbage | good).modality == "CT"
    assert read_facts(project(garbage | good)).modality == "CT"


def test_blanks_that_stand_for_backslashes_still_separate_the_image_type():
    facts = read_facts(dataset(t00080008=["ORIGINAL PRIMARY"]))
    assert facts.image_type == ("ORIGINAL", "PRIMARY")


SIEMENS = {"t00190010": ["SIEMENS MR HEADER"]}
GE = {"t00430010": ["GEMS_PARM_01"]}
PHILIPS = {"t20010010": ["Philips Imaging DD 001"]}


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"t00189087": [0]}, (0.0,)),
        (SIEMENS | {"t0019100C": ["1400"]}, (1400.0,)),
        (GE | {"t00431039": [1000000800, 8, 0, 0]}, (800.0,)),  # 10**9 marks it
        (GE | {"t00431039": ["1000\\8\\0\\0"]}, (1000.0,)),
        (PHILIPS | {"t20011003": [1000.0]}, (1000.0,)),
        ({"t0019100C": [7]}, ()),  # whose block it is stands nowhere
        ({"t00190010": ["GEMS_ACQU_01"], "t0019100C": [7]}, ()),
        ({"t00180024": ["*ep_b800t"]}, (800.0,)),
        ({"t00180024": ["*ep_b1000#12"]}, (1000.0,)),
        ({"t00180024": ["*ep_b50_800"]}, ()),  # of a map made of both
        ({"t00189087": [-1]}, ()),
        ({"t00189087": [1e9]}, ()),
    ],
)
def test_b_values_are_standard_or_the_vendors_own(values, found):
    assert read_facts(dataset(**values)).b_values == found


@pytest.mark.parametrize(
    ("inline", "found"), [("MTQwMA==", (1400.0,)), ("!", ()), ("/////w==", ())]
)
def test_a_private_b_value_in_bytes_is_read_as_the_text_it_is(inline, found):
    asked = dataset(**SIEMENS) | {"0019100C": {"vr": "UN", "InlineBinary": inline}}
    assert base64.b64decode("MTQwMA==") == b"1400"
    assert read_facts(asked).b_values == found


def test_a_private_b_value_in_bytes_survives_the_way_through_the_index():
    file = Dataset()
    file.add(DataElement(0x00190010, "LO", "SIEMENS MR HEADER"))
    file.add(DataElement(0x0019100C, "OB", b"1400"))
    file.add(DataElement(0x00191010, "OB", b"1400"))  # no other bytes are kept
    metadata = to_json(file)
    assert "00191010" not in metadata
    assert read_facts(project(metadata)).b_values == (1400.0,)


HALF = math.sqrt(0.5)


@pytest.mark.parametrize(
    ("row", "column", "plane"),
    [
        ((1, 0, 0), (0, 1, 0), "axial"),
        ((1, 0, 0), (0, 0, -1), "coronal"),
        ((0, 1, 0), (0, 0, -1), "sagittal"),
        ((1, 0, 0), (0, 0.8, 0.6), "oblique"),  # cosine 0.8: not above it
        ((1, 0, 0), (0, 0.81, math.sqrt(1 - 0.81**2)), "axial"),
        ((1, 0, 0), (0, HALF, HALF), "oblique"),
    ],
)
def test_a_plane_is_named_after_the_axis_of_its_normal(row, column, plane):
    assert plane_of(FramePlane((0, 0, 0), row, column, (1, 1))) == plane


def image(number: int, z: float, **values: object) -> dict[str, object]:
    """One 4 × 6 slice at z mm; what `values` name is added or replaced."""
    base = dataset(
        t00080016=["1.2.840.10008.5.1.4.1.1.4"],
        t00080018=[f"2.999.1.1.{number}"],
        t00080032=[f"1010{number:02}"],
        t00080060=["MR"],
        t00083002=["1.2.840.10008.1.2.1"],
        t0020000D=["2.999.1"],
        t0020000E=["2.999.1.1"],
        t00200013=[number],
        t00200032=[0.0, 0.0, z],
        t00200037=[1, 0, 0, 0, 1, 0],
        t00280002=[1],
        t00280004=["MONOCHROME2"],
        t00280010=[4],
        t00280011=[6],
        t00280030=[0.8, 0.5],
        t00280100=[16],
        t00280101=[12],
        t00280102=[11],
        t00280103=[0],
    )
    return base | dataset(**values)


def test_geometry_of_a_group_comes_from_its_positions():
    study = read_study([image(n, z) for n, z in enumerate((9, 0, 3, 6, 12), start=1)])
    facts = facts_of(display_sets(study)[0])
    assert (facts.image_count, facts.plane) == (5, "axial")
    assert facts.slice_spacing_mm == pytest.approx(3.0)
    assert facts.pixel_spacing_mm == (0.8, 0.5)
    assert facts.acquisition_time == "101001"


def test_images_of_several_planes_together_are_oblique():
    planes = ([1, 0, 0, 0, 1, 0], [1, 0, 0, 0, 0, -1])
    images = [image(n, 0, t00200037=list(p)) for n, p in enumerate(planes, start=1)]
    series = read_study(images).series[0]
    assert facts_of_instances(series.instances).plane == "oblique"


def test_of_no_image_there_are_no_facts():
    assert facts_of_instances([]) == SeriesFacts()


def test_several_images_gather_what_may_differ_and_keep_the_first_of_the_rest():
    images = [
        image(1, 0, t00540220=[code("A", "SCT")], t00180081=[10]),
        image(2, 3, t00540220=[code("B", "SCT")], t00180081=[20], t00180015=["X"]),
    ]
    facts = facts_of_instances(read_study(images).series[0].instances)
    assert [view.value for view in facts.views] == ["A", "B"]
    assert (facts.echo_time_ms, facts.body_part_examined) == (10.0, "X")


def test_a_localizer_is_told_by_the_planes_of_its_whole_series():
    planes = ([1, 0, 0, 0, 1, 0], [1, 0, 0, 0, 0, -1], [0, 1, 0, 0, 0, -1])
    images = [image(n, 0, t00200037=list(p)) for n, p in enumerate(planes, start=1)]
    sets = display_sets(read_study(images))
    assert [facts_of(one).series_orientations for one in sets] == [3, 3, 3]
    assert [facts_of(one).image_count for one in sets] == [1, 1, 1]


def test_b_values_and_maps_of_one_series_become_display_sets_of_their_own():
    adc = ["DERIVED", "PRIMARY", "DIFFUSION", "ADC"]
    images = [
        image(1, 0, t00189087=[1000]),
        image(2, 0, t00189087=[0]),
        image(3, 3, t00189087=[0]),
        image(4, 3, t00189087=[1000]),
        image(5, 0, t00080008=adc),
        image(6, 3, t00080008=adc),
    ]
    found = [facts_of(one) for one in display_sets(read_study(images))]
    assert [(f.b_values, f.image_count) for f in found] == [
        ((0.0,), 2),
        ((1000.0,), 2),
        ((), 2),
    ]


@pytest.mark.parametrize("modality", ["MG", "DX", "CR"])
def test_radiographs_of_different_views_in_one_series_are_not_one_stack(modality):
    images = [
        image(1, 0, t00080060=[modality], t00185101=["PA"]),
        image(2, 0, t00080060=[modality], t00185101=["LL"]),
        image(3, 0, t00080060=[modality], t00185101=["PA"], t00200062=["L"]),
    ]
    for one in images:
        del one["00200032"], one["00200037"]
    found = [facts_of(one) for one in display_sets(read_study(images))]
    assert [(f.view_position, f.lateralities) for f in found] == [
        ("PA", ()),
        ("LL", ()),
        ("PA", ("L",)),
    ]
