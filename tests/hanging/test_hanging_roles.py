"""Roles of series (hanging.md section 5). Oracle: what vendors write, by hand."""

from __future__ import annotations

import pytest
from hanging_studies import CC, CT, MG, MLO, MR, PT, STORAGE, US, XR, mammogram, of
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.dicom.series_facts import Code, SeriesFacts
from smart_viewer.hanging.read_vocabulary import shipped_vocabulary
from smart_viewer.hanging.roles import ROLES, roles_of

WORDS = shipped_vocabulary()


def roles(facts: SeriesFacts, family: str = "") -> set[str]:
    """The roles, of one family such as "ct.kernel"."""
    return {role for role in roles_of(facts, WORDS) if role.startswith(family)}


@pytest.mark.parametrize(
    ("kernel", "role"),
    [
        ("SOFT", "soft"),  # GE
        ("STANDARD", "soft"),
        ("LUNG", "lung"),
        ("BONE", "bone"),
        ("BONEPLUS", "bone"),
        ("B10f", "soft"),  # Siemens, older
        ("B31f", "soft"),
        ("B45f", "soft"),
        ("B60f", "lung"),
        ("B70s", "bone"),
        ("H40s", "soft"),
        ("H60s", "bone"),
        ("Br40d", "soft"),  # Siemens, newer
        ("Br64", "bone"),
        ("Bl57d", "lung"),
        ("Hr38", "soft"),
        ("I30f", "soft"),
        ("I70f", "lung"),
        ("A", "soft"),  # Philips
        ("B", "soft"),
        ("D", "soft"),
        ("L", "lung"),
        ("YC", "bone"),
        ("FC08", "soft"),  # Canon, Toshiba
        ("FC18-H", "soft"),
        ("FC30", "bone"),
        ("FC51", "lung"),
        ("FC52", "lung"),
    ],
)
def test_a_kernel_is_soft_lung_or_bone_whatever_the_vendor(kernel, role):
    assert roles(of(CT, convolution_kernel=kernel), "ct.kernel") == {
        f"ct.kernel.{role}"
    }


@pytest.mark.parametrize(
    ("description", "expected"),
    [("CHEST 1.0 LUNG", {"ct.kernel.lung"}), ("THORAX", set())],
)
def test_an_unknown_kernel_is_told_by_the_description_or_not_at_all(
    description, expected
):
    facts = of(CT, convolution_kernel="XYZ", series_description=description)
    assert roles(facts, "ct.kernel") == expected


@pytest.mark.parametrize(
    ("started", "scanned", "phase"),
    [
        ("100000", "100025", "arterial"),
        ("100000", "100042.5", "late_arterial"),
        ("10:00:00", "10:01:15", "portal_venous"),
        ("100000", "100300", "delayed"),
        ("235930", "000040", "portal_venous"),  # 70 s, across midnight
    ],
)
def test_the_phase_follows_from_the_delay_after_the_injection(started, scanned, phase):
    facts = of(
        CT,
        contrast_bolus_agent="agent",
        contrast_bolus_start_time=started,
        acquisition_time=scanned,
    )
    assert roles(facts, "ct.phase") == {f"ct.phase.{phase}"}


def test_a_delay_between_two_phases_names_none():
    facts = of(
        CT,
        contrast_bolus_agent="agent",
        contrast_bolus_start_time="100000",
        acquisition_time="100055",
    )
    assert roles(facts, "ct.phase") == set()


@pytest.mark.parametrize(
    ("agent", "description", "expected"),
    [
        ("", "ABDOMEN", {"ct.phase.none"}),
        ("agent", "ABDOMEN", set()),
        ("agent", "ABDOMEN PORTAL VENOUS", {"ct.phase.portal_venous"}),
        ("agent", "LIVER LATE ARTERIAL", {"ct.phase.late_arterial"}),
    ],
)
def test_without_times_the_phase_is_told_by_words(agent, description, expected):
    facts = of(CT, contrast_bolus_agent=agent, series_description=description)
    assert roles(facts, "ct.phase") == expected


@pytest.mark.parametrize(
    ("spacing", "count", "thin"),
    [(1.5, 100, True), (1.6, 300, False), (0.6, 99, False), (None, 300, False)],
)
def test_thin_slices_are_close_and_many(spacing, count, thin):
    facts = of(CT, slice_spacing_mm=spacing, image_count=count)
    assert ("ct.thin" in roles(facts)) is thin


@pytest.mark.parametrize(
    ("changes", "is_localizer"),
    [
        ({"image_type": ("ORIGINAL", "PRIMARY", "LOCALIZER")}, True),
        ({"series_description": "survey", "series_orientations": 3}, True),
        ({"series_description": "3-plane loc", "series_orientations": 3}, True),
        ({"series_description": "survey", "series_orientations": 1}, False),
        ({"series_description": "T2", "series_orientations": 3}, False),
        (
            {
                "series_description": "topo",
                "series_orientations": 2,
                "series_image_count": 31,
            },
            False,
        ),
    ],
)
def test_a_localizer_says_so_or_has_few_images_of_several_planes(changes, is_localizer):
    assert ("localizer" in roles(of(MR, **changes))) is is_localizer


def physics(sequence: str, tr: float, te: float, ti: float | None = None, **more):
    return of(
        MR,
        scanning_sequence=tuple(sequence.split()),
        repetition_time_ms=tr,
        echo_time_ms=te,
        inversion_time_ms=ti,
        **more,
    )


@pytest.mark.parametrize(
    ("facts", "contrast"),
    [
        (physics("SE", 500, 10), "t1"),
        (physics("GR IR", 2300, 2.98, 900), "t1"),  # MPRAGE
        (physics("GR", 8.2, 3.2, 450), "t1"),  # BRAVO
        (physics("SE IR", 2000, 9, 860), "t1"),  # T1 FLAIR
        (physics("SE", 4500, 100), "t2"),
        (physics("SE", 3200, 408), "t2"),  # 3D with a long effective echo time
        (physics("SE", 3000, 30), "pd"),
        (physics("SE IR", 9000, 120, 2500), "flair"),
        (physics("SE IR", 5000, 380, 1650), "flair"),  # 3D FLAIR
        (physics("SE IR", 4000, 40, 160), "stir"),
        (physics("GR", 28, 20), "t2star"),
        (physics("GR", 650, 25), "t2star"),
        (physics("GR", 49, 5, series_description="AX SWI"), "t2star"),
        (physics("GR", 49, 5, image_type=("ORIGINAL", "PRIMARY", "M_SWI")), "t2star"),
        (physics("GR", 24, 3.7, sequence_variant=("SP", "TOF")), "tof"),
        (physics("EP", 4000, 80, b_values=(0.0,)), "dwi"),
        (
            physics("EP", 4000, 80, image_type=("DERIVED", "PRIMARY", "TRACEW")),
            "dwi",
        ),
        (
            physics("EP", 4000, 80, 0, image_type=("DERIVED", "PRIMARY", "X", "ADC")),
            "adc",
        ),
        (of(MR, series_description="ADC (10^-6 mm²/s)", b_values=(1000.0,)), "adc"),
        (of(MR, image_type=("DERIVED", "SECONDARY", "FA")), "diffusion_map"),
        (physics("EP GR", 1500, 30, temporal_positions=40), "perfusion"),
        (of(MR, acquisition_contrast="FLUID_ATTENUATED"), "flair"),  # enhanced
        (of(MR, acquisition_contrast="T2_STAR"), "t2star"),
        (of(MR, acquisition_contrast="DIFFUSION"), "dwi"),
        (of(MR, acquisition_contrast="MIXED", series_description="ax T2"), "t2"),
        (of(MR, series_description="AX FLAIR"), "flair"),
    ],
)
def test_the_contrast_of_mr_follows_from_its_physics(facts, contrast):
    known = {"fs", "ce"}
    found = {role.removeprefix("mr.") for role in roles(facts, "mr.")} - known
    assert found == {contrast}


@pytest.mark.parametrize(
    "facts",
    [
        MR,
        physics("SE", 1500, 50),  # between T1 and T2
        physics("EP GR", 3000, 30),  # functional imaging is none of these
        of(MR, acquisition_contrast="UNKNOWN"),
    ],
)
def test_what_the_physics_do_not_tell_gets_no_contrast(facts):
    assert roles(facts, "mr.") == set()


@pytest.mark.parametrize(
    ("agent", "description", "enhanced"),
    [
        ("gadolinium", "AX T1", True),
        ("gadolinium", "AX T1 PRE", False),  # an agent is noted on every series
        ("", "AX T1 +C", True),
        ("", "t1 post gd", True),
        ("", "c-spine T1", False),
        ("", "AX T1", False),
    ],
)
def test_contrast_enhancement_is_the_agent_unless_the_words_deny_it(
    agent, description, enhanced
):
    facts = of(MR, contrast_bolus_agent=agent, series_description=description)
    assert ("mr.ce" in roles(facts)) is enhanced


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"pt.ac"}),
        ({"attenuation_correction_method": ""}, {"pt.ac"}),  # by Corrected Image
        ({"corrected_image": ()}, {"pt.ac"}),  # by the method
        (
            {"corrected_image": ("DECY",), "attenuation_correction_method": ""},
            {"pt.nac"},
        ),
        (
            {"corrected_image": (), "attenuation_correction_method": "NONE"},
            {"pt.nac"},
        ),
        (
            {
                "corrected_image": (),
                "attenuation_correction_method": "",
                "series_description": "PET NAC",
            },
            {"pt.nac"},
        ),
        ({"corrected_image": (), "attenuation_correction_method": ""}, set()),
    ],
)
def test_attenuation_correction_is_read_before_it_is_guessed(changes, expected):
    assert roles(of(PT, **changes), "pt.") == expected


@pytest.mark.parametrize(
    "code",
    [
        CC,
        Code("R-10242", "SRT"),
        Code("R-10242", "SNM3"),
        Code("r-10242", "99SDM"),
        Code("399162004", "http://snomed.info/sct"),
    ],
)
def test_a_view_is_the_same_in_every_code_scheme(code):
    facts = mammogram("R", code)
    assert roles(facts, "mg.") == {"mg.r", "mg.cc", "mg.ffdm"}


def test_all_items_of_the_view_sequence_count_not_the_first_alone():
    facts = of(MG, lateralities=("L",), views=(Code("1", "99X"), MLO))
    assert "mg.mlo" in roles(facts)


@pytest.mark.parametrize(
    ("changes", "role"),
    [
        ({"image_type": ("DERIVED", "PRIMARY", "TOMO", "GENERATED_2D")}, "synthetic"),
        ({"sop_class_uid": f"{STORAGE}13.1.3", "frame_count": 60}, "dbt"),
        ({"presentation_intent_type": "FOR PROCESSING"}, "for_processing"),
        ({"view_modifiers": (Code("R-102D5", "SRT"),)}, "implant_displaced"),
        ({"view_modifiers": (Code("399055006", "SCT"),)}, "spot"),
        ({"view_modifiers": (Code("399163009", "SCT"),)}, "magnification"),
        ({"views": (), "view_position": "CC"}, "cc"),
    ],
)
def test_kind_and_modifiers_of_a_mammogram(changes, role):
    assert f"mg.{role}" in roles(of(mammogram("R", CC), **changes))


@pytest.mark.parametrize("sides", [(), ("R", "L"), ("B",), ("U",)])
def test_without_one_side_a_mammogram_has_none(sides):
    """Not even where the description names one (hanging.md section 7)."""
    facts = of(mammogram("R", CC), lateralities=sides, series_description="R CC")
    assert not roles(facts) & {"mg.r", "mg.l"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"dx.pa", "dx.frontal"}),
        ({"view_position": "AP"}, {"dx.ap", "dx.frontal"}),
        ({"view_position": "LL"}, {"dx.lateral"}),
        ({"view_position": "RL"}, {"dx.lateral"}),
        (
            {"view_position": "", "views": (Code("399348003", "SCT"),)},
            {"dx.ap", "dx.frontal"},
        ),
        (
            {"view_position": "", "views": (Code("R-10236", "SRT"),)},
            {"dx.lateral"},
        ),
        ({"view_position": "", "patient_orientation": ("L", "F")}, {"dx.frontal"}),
        ({"view_position": "", "patient_orientation": ("AF", "H")}, {"dx.lateral"}),
        ({"view_position": "", "series_description": "Thorax lat."}, {"dx.lateral"}),
        ({"view_position": ""}, set()),
    ],
)
def test_the_view_of_a_radiograph(changes, expected):
    assert roles(of(XR, **changes), "dx.") == expected


@pytest.mark.parametrize(
    ("facts", "role"),
    [
        (US, "us.clip"),
        (of(US, frame_count=1), "us.still"),
        (SeriesFacts(modality="XA", frame_count=75, frame_time_ms=66.7), "xa.run"),
        (
            SeriesFacts(modality="XA", frame_count=75, has_mask_subtraction=True),
            "xa.dsa",
        ),
        (of(CT, image_type=("DERIVED", "SECONDARY", "MPR")), "reformat"),
        (of(CT, image_type=("DERIVED", "SECONDARY", "AXIAL", "MIP")), "projection"),
        (of(CT, image_type=("DERIVED", "SECONDARY", "SCREEN SAVE")), "screen"),
    ],
)
def test_other_roles(facts, role):
    assert role in roles(facts)


texts = st.text(max_size=12)


@given(
    st.builds(
        SeriesFacts,
        modality=st.sampled_from(["CT", "MR", "PT", "MG", "DX", "US", "XA", "", "?"]),
        image_type=st.lists(texts, max_size=5).map(tuple),
        series_description=texts,
        convolution_kernel=texts,
        contrast_bolus_agent=texts,
        contrast_bolus_start_time=texts,
        acquisition_time=texts,
        views=st.lists(st.builds(Code, texts, texts), max_size=3).map(tuple),
        patient_orientation=st.lists(texts, max_size=3).map(tuple),
        view_position=texts,
    )
)
def test_no_header_raises_and_every_role_is_a_known_word(facts):
    assert roles_of(facts, WORDS) <= ROLES
