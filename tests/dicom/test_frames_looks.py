"""Windows, tables, shutters and letters frame by frame. Oracle: values of the test."""

from __future__ import annotations

import pytest
from test_frames import SHARED, enhanced, frame, instance, tags

from smart_viewer.dicom.frame_address import FrameAddress, addresses
from smart_viewer.dicom.read_study import project, read_parts, split
from smart_viewer.dicom.study import Shutter, Window

LUT = tags(t00283002=[2, 0, 8], t00283003=["CURVE"], t00283006=[3, 250])
DAMAGED = tags(t00283002=[9, 0, 8], t00283006=[3, 250])
CIRCLE = tags(t00181600=["CIRCULAR"], t00181610=[30, 16], t00181612=[15])
OUTSIDE = tags(t00181600=["CIRCULAR"], t00181610=[30, 900], t00181612=[15])
WINDOW = tags(t00281050=[40.0], t00281051=[400.0])


def frames(*looks: dict[str, object], **top: object) -> list[FrameAddress]:
    """As they are read from the data set, and from what an index keeps of it."""
    dataset = enhanced(
        [frame(float(z), **look) for z, look in enumerate(looks)], SHARED, **top
    )
    found = instance(dataset)
    assert not found.problem
    (kept,) = read_parts([split(project(dataset))]).series[0].instances
    assert kept == found
    return addresses(found)


def test_the_lut_of_the_first_frame_is_not_the_others():
    first, second = frames({"t00289132": tags(t00283010=[LUT])}, {"t00289132": WINDOW})

    assert [table.explanation for table in first.voi_luts] == ["CURVE"]
    assert (second.voi_luts, second.windows) == ((), (Window(40, 400),))


def test_luts_at_the_top_stand_in_for_frames_without_a_voi_of_their_own():
    first, second = frames({}, {"t00289132": WINDOW}, t00283010=[LUT])

    assert [table.explanation for table in first.voi_luts] == ["CURVE"]
    assert second.voi_luts == ()


def test_each_frame_has_its_own_shutter():
    first, second = frames({"t00189472": CIRCLE}, {})

    assert first.shutter == Shutter(circle=(30, 16, 15))
    assert second.shutter is None
    assert first.instance.appearance.shutter is None


def test_a_shutter_at_the_top_stands_in_for_frames_without_one():
    top = {f"t{tag}": value["Value"] for tag, value in CIRCLE.items()}  # type: ignore[index]  # DICOM JSON

    (found,) = frames({}, **top)

    assert found.shutter == Shutter(circle=(30, 16, 15))


def test_letters_are_those_of_the_frame_else_of_the_image():
    own = {"t00209450": tags(t00200020=["L", "F"])}

    first, second = frames(own, {}, t00200020=["P", "F"])

    assert first.patient_orientation == ("L", "F")
    assert second.patient_orientation == ("P", "F")


@pytest.mark.parametrize(
    ("look", "name"),
    [
        ({"t00289132": tags(t00283010=[DAMAGED])}, "voi_lut"),
        ({"t00189472": OUTSIDE}, "shutter"),
        ({"t00289132": tags(t00281050=[40.0], t00281051=[0.0])}, "window"),
    ],
)
def test_what_is_left_out_of_any_frame_is_named(look, name):
    found = frames({}, look)[0].instance

    assert [one for one in found.unapplied if one != "functional_groups"] == [name]


@pytest.mark.parametrize(
    ("window", "is_named"),
    [
        ({"t00281050": [40.0], "t00281051": [400.0]}, False),
        ({"t00281050": [], "t00281051": []}, False),
        ({"t00281050": [None], "t00281051": [None]}, False),
        ({"t00281050": [40.0], "t00281051": [0.0]}, True),
        ({"t00281050": [40.0, 50.0], "t00281051": [400.0]}, True),
        ({"t00281050": [40.0]}, True),
        ({"t00281050": ["x"], "t00281051": [400.0]}, True),
        (
            {"t00281050": [4.0], "t00281051": [8.0], "t00281056": ["CUBIC"]},
            True,
        ),
        # one of two is left
        ({"t00281050": [40.0, 50.0], "t00281051": [400.0, -1.0]}, True),
    ],
)
@pytest.mark.parametrize("colour", [False, True])
def test_windows_that_are_left_out_are_named(window, is_named, colour):
    model = {"t00280004": ["RGB"], "t00280002": [3]} if colour else {}
    dataset = enhanced([frame(0.0)], **window, **model)
    classic = {tag: v for tag, v in dataset.items() if tag[:4] != "5200"}

    found = instance(classic)

    assert ("window" in found.unapplied) is (is_named and not colour)
