"""What images must agree in to share a display set. Oracle: values of the test."""

from __future__ import annotations

from dataclasses import replace

import pytest
from set_builders import GRAY, at, labels, numbers, series, sets_of

from smart_viewer.dicom.frame_address import FrameAddress
from smart_viewer.dicom.study import (
    Appearance,
    FrameFacts,
    LookupTable,
    Shutter,
    Spacing,
    Window,
)

FINE, COARSE = Spacing(0.1, 0.1, "detector"), Spacing(0.2, 0.2, "detector")
RISING = LookupTable(0, 8, b"\0\0\1\0", "A")
FALLING = LookupTable(0, 8, b"\1\0\0\0", "B")
WIDE, NARROW = Window(50, 100), Window(20, 5)
WHOLE = replace(GRAY, bits_allocated=32, bits_stored=32, high_bit=31)
FLOAT = replace(WHOLE, is_float=True)
COLOUR = replace(GRAY, samples_per_pixel=3, photometric_interpretation="RGB")


def facts(**changes: object) -> FrameFacts:
    plain = FrameFacts(None, 1.0, 0.0, "", (), None)
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ({"spacing": FINE}, {"spacing": COARSE}, ["0.1 mm", "0.2 mm"]),
        (
            {"spacing": FINE},
            {"spacing": replace(FINE, source="calibrated", note="FIDUCIAL")},
            ["at the detector", "calibrated"],
        ),
        (
            {"spacing": replace(FINE, magnification=1.1)},
            {"spacing": replace(FINE, magnification=1.8)},
            ["magnified 1.1", "magnified 1.8"],
        ),
        (
            {"appearance": Appearance(pixel_aspect=(2.0, 1.0))},
            {"appearance": Appearance(pixel_aspect=(4.0, 3.0))},
            ["pixels 2:1", "pixels 4:3"],
        ),
        ({"windows": (WIDE,)}, {"windows": (NARROW,)}, ["image 1", "image 2"]),
        (
            {"windows": (WIDE,)},
            {"windows": (replace(WIDE, function="SIGMOID"),)},
            ["image 1", "image 2"],
        ),
        ({"voi_luts": (RISING,)}, {"voi_luts": (FALLING,)}, ["image 1", "image 2"]),
    ],
)
def test_stills_that_are_measured_or_windowed_otherwise_are_apart(one, other, names):
    """Each would be shown and measured with the first one's values."""
    stills = [at(1, plane=None, **one), at(2, plane=None, **other)]

    assert labels(series(stills)) == [f"CHEST {name}" for name in names]


def test_stills_that_agree_stay_together():
    same = {"spacing": FINE, "windows": (WIDE,), "voi_luts": (RISING,)}

    (found,) = sets_of(series([at(n, plane=None, **same) for n in (1, 2, 3)]))

    assert numbers(found) == [1, 2, 3]


def test_a_stack_is_windowed_as_one_whatever_its_slices_offer():
    slices = [at(n, windows=(Window(40 + n, 400),)) for n in range(1, 6)]

    assert [numbers(one) for one in sets_of(series(slices))] == [[1, 2, 3, 4, 5]]


def test_colours_have_no_window_that_could_differ():
    stills = [
        at(n, plane=None, pixels=COLOUR, windows=(window,))
        for n, window in enumerate((WIDE, NARROW))
    ]

    assert len(sets_of(series(stills))) == 1


def test_slices_of_a_stack_agree_in_pixel_aspect_and_in_the_kind_of_millimetre():
    aspect = at(2, appearance=Appearance(pixel_aspect=(2.0, 1.0)))
    noted = at(3, spacing=Spacing(0.5, 0.25, "patient", "localizer: at the isocentre"))

    found = sets_of(series([at(1), aspect, noted, at(4)]))

    assert [numbers(one) for one in found] == [[1, 4], [2], [3]]


def test_frames_of_a_run_that_differ_are_apart():
    """Two spacings, then one frame with a window of its own; each keeps its order."""
    frames = (
        *(facts(spacing=FINE), facts(spacing=COARSE), facts(spacing=FINE)),
        facts(spacing=FINE, windows=(NARROW,)),
    )
    run = at(1, plane=None, number_of_frames=4, frames=frames)

    found = sets_of(series([run], modality="XA"))

    assert [[f.frame_number for f in one.frames] for one in found] == [[1, 3], [2], [4]]
    assert [one.label for one in found] == [
        "CHEST 0.1 mm",
        "CHEST 0.2 mm",
        "CHEST 0.1 mm W 5 L 20",
    ]


def test_a_run_that_is_windowed_anew_in_every_frame_stays_a_run():
    frames = tuple(facts(windows=(Window(n, 100),)) for n in range(40))
    run = at(1, plane=None, number_of_frames=40, frames=frames)

    (found,) = sets_of(series([run]))

    assert len(found.frames) == 40


def test_a_frame_that_speaks_for_itself_borrows_nothing_from_the_image():
    """The image's own LUT, shutter and letters are of its first frame, or of none."""
    shutter = Shutter(circle=(2, 2, 2))
    image = Appearance(shutter=shutter, patient_orientation=("L", "F"))
    frames = (facts(), facts(voi_luts=(FALLING,), patient_orientation=("R", "F")))
    enhanced = at(
        1,
        plane=None,
        number_of_frames=2,
        frames=frames,
        voi_luts=(RISING,),
        modality_lut=RISING,
        appearance=image,
    )
    first, second = FrameAddress(enhanced, 1), FrameAddress(enhanced, 2)
    classic = FrameAddress(replace(enhanced, frames=()), 2)

    assert (first.voi_luts, first.modality_lut, first.shutter) == ((), None, None)
    assert first.patient_orientation is None
    assert second.voi_luts == (FALLING,)
    assert second.patient_orientation == ("R", "F")
    assert (classic.voi_luts, classic.modality_lut) == ((RISING,), RISING)
    assert (classic.shutter, classic.patient_orientation) == (shutter, ("L", "F"))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"appearance": Appearance(padding=(-2000, -2000))}, "padding −2000"),
        ({"appearance": Appearance(padding=(-9, -1))}, "padding −9 to −1"),
        ({"appearance": Appearance(inverse=True)}, "inverse"),
        ({"rescale_type": "US"}, "US"),
        ({"pixels": replace(GRAY, signed=True)}, "signed values"),
        ({"modality_lut": RISING}, "table"),
    ],
)
def test_what_tears_a_stack_is_said_in_its_name(change, name):
    slices = [at(1), at(2, **change), at(3), at(4, **change)]

    found = sets_of(series(slices))

    assert [numbers(one) for one in found] == [[1, 3], [2, 4]]
    assert found[1].label == f"CHEST {name}"
    assert "(2)" not in found[0].label + found[1].label


def test_depths_that_tear_a_stack_are_said():
    deep = replace(GRAY, bits_stored=16, high_bit=15)

    assert labels(series([at(1), at(2, pixels=deep)])) == [
        "CHEST 12 bit",
        "CHEST 16 bit",
    ]
    assert labels(series([at(1, pixels=WHOLE), at(2, pixels=FLOAT)])) == [
        "CHEST",
        "CHEST floating point",
    ]
