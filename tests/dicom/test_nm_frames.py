"""Frames of Nuclear Medicine (PS3.3 C.8.4.8, C.8.4.15). Oracle: values of the test."""

from __future__ import annotations

import pytest
from test_frames import Json, tags

from smart_viewer.dicom.display_sets import display_sets
from smart_viewer.dicom.read_study import project, read_parts, read_study, split

NM = "1.2.840.10008.5.1.4.1.1.20"


def nm(kind: str, frames: int, **changes: object) -> Json:
    plain = tags(
        t00080008=["ORIGINAL", "PRIMARY", kind, "EMISSION"],
        t00080016=[NM],
        t00080018=["2.999.1.1.1"],
        t00080060=["NM"],
        t00083002=["1.2.840.10008.1.2.1"],
        t0008103E=["BONE"],
        t00100020=["P-1"],
        t0020000D=["2.999.1"],
        t0020000E=["2.999.1.1"],
        t00200052=["2.999.1.9"],
        t00280002=[1],
        t00280004=["MONOCHROME2"],
        t00280008=[frames],
        t00280010=[64],
        t00280011=[32],
        t00280030=[4.0, 3.0],
        t00280100=[16],
        t00280101=[16],
        t00280102=[15],
        t00280103=[0],
    )
    return plain | tags(**changes)


def sets(dataset: Json) -> list[tuple[str, list[int]]]:
    study = read_study([dataset])
    assert study == read_parts([split(project(dataset))])
    return [
        (one.label, [f.frame_number for f in one.frames]) for one in display_sets(study)
    ]


@pytest.mark.parametrize("kind", ["STATIC", "WHOLE BODY"])
def test_the_views_of_a_still_stay_together_and_energy_windows_are_apart(kind):
    """Two windows, each seen from the front and from behind."""
    dataset = nm(
        kind,
        4,
        t00280009=["00540010", "00540020"],
        t00540010=[1, 1, 2, 2],
        t00540020=[1, 2, 1, 2],
        t00540012=[tags(t00540018=["Tc99m"]), tags(t00540018=["Scatter"])],
    )

    assert sets(dataset) == [
        ("BONE energy window Scatter", [3, 4]),
        ("BONE energy window Tc99m", [1, 2]),
    ]


def test_the_projections_of_a_tomogram_are_a_turn_for_each_detector():
    dataset = nm(
        "TOMO",
        6,
        t00280009=["00540020", "00540090"],
        t00540020=[1, 1, 1, 2, 2, 2],
        t00540090=[3, 1, 2, 1, 2, 3],
    )

    assert sets(dataset) == [
        ("BONE detector 1", [2, 3, 1]),
        ("BONE detector 2", [4, 5, 6]),
    ]


@pytest.mark.parametrize(("step", "z"), [(2.5, [0, 2.5, 5]), (-2.5, [0, -2.5, -5])])
def test_reconstructed_slices_lie_behind_the_first_by_the_sign_of_the_step(step, z):
    """C.8.4.15: positive lies behind, which is along row x column (here +z)."""
    place = tags(t00200032=[10.0, 20.0, 0.0], t00200037=[1, 0, 0, 0, 1, 0])
    dataset = nm(
        "RECON TOMO",
        3,
        t00280009=["00540080"],
        t00540080=[1, 2, 3],
        t00540022=[place],
        t00180088=[step],
    )

    found = read_study([dataset]).series[0].instances[0].frames

    assert [f.plane and f.plane.position for f in found] == [(10, 20, h) for h in z]
    assert found[0].plane and found[0].plane.spacing == (4, 3)
    order = [number for _, numbers in sets(dataset) for number in numbers]
    assert order == ([1, 2, 3] if step > 0 else [3, 2, 1])


def test_a_gated_reconstruction_is_a_volume_a_time_slot():
    place = tags(t00200032=[0.0, 0.0, 0.0], t00200037=[1, 0, 0, 0, 1, 0])
    dataset = nm(
        "RECON GATED TOMO",
        6,
        t00280009=["00540070", "00540080"],
        t00540070=[1, 1, 1, 2, 2, 2],
        t00540080=[1, 2, 3, 1, 2, 3],
        t00540022=[place],
        t00180088=[2.0],
    )

    assert sets(dataset) == [("BONE phase 1", [1, 2, 3]), ("BONE phase 2", [4, 5, 6])]


@pytest.mark.parametrize(
    "changes",
    [
        {"t00540022": []},
        {"t00180088": []},
        {"t00180088": ["wide"]},
        {"t00540022": [tags(t00200032=[1.0, 2.0])]},
        {"t00540080": [1, "x", 3]},
    ],
)
def test_slices_without_a_place_have_no_planes_and_stay_in_order(changes):
    place = tags(t00200032=[0.0, 0.0, 0.0], t00200037=[1, 0, 0, 0, 1, 0])
    plain = {"t00540080": [1, 2, 3], "t00540022": [place], "t00180088": [2.0]}
    dataset = nm("RECON TOMO", 3, t00280009=["00540080"], **(plain | changes))

    found = read_study([dataset]).series[0].instances[0]

    assert [f.plane for f in found.frames] == [None] * 3
    assert sets(dataset) == [("BONE", [1, 2, 3])]


def test_a_vector_with_too_few_entries_is_a_problem():
    dataset = nm("TOMO", 3, t00280009=["00540090"], t00540090=[1, 2])

    (found,) = display_sets(read_study([dataset]))

    assert (found.refusal_code, "vectors" in found.refusal) == ("unreadable", True)


@pytest.mark.data
def test_a_real_heart_is_one_set_in_order_of_its_slices(need):
    from smart_viewer.dicom.header import read_header

    (path,) = (need("data") / "nm_heart_13frames").iterdir()

    (found,) = display_sets(read_study([read_header(path).metadata]))

    assert [f.frame_number for f in found.frames] == list(range(1, 14))
    assert found.stack is None  # it does not say where it lies
