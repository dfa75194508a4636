"""The JSON of the page: a golden file that the viewer's tests read too."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.stack_geometry import StackGeometry
from smart_viewer.dicom.study import (
    Cine,
    LookupTable,
    OverlayPlane,
    PixelLayout,
    Shutter,
    Spacing,
    UltrasoundRegion,
    Window,
)
from smart_viewer.dicom.transfer_syntax import Way
from smart_viewer.hanging.plan import HangingPlan
from smart_viewer.hanging.priors import Prior
from smart_viewer.hanging.protocol import Preset
from smart_viewer.hanging.ranking import Rejected
from smart_viewer.hanging.stages import HungCell, HungStage
from smart_viewer.reading.holder import Holder
from smart_viewer.reading.page import OpenedPage
from smart_viewer.reading.plan import (
    AllergyFact,
    ArchiveState,
    BannerFacts,
    FramePlace,
    Lossy,
    Notice,
    PlannedSet,
    ReadingPlan,
    SetGeometry,
    SetImage,
    SetOverlay,
    SetSuv,
    StudyFacts,
    TraceLine,
)
from smart_viewer.reading.preferences import KeptPreferences, Preferences
from smart_viewer.web import wire

GOLDEN = Path(__file__).parent.parent / "golden" / "boot.json"
ROW, COLUMN = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
JPEG_LS, RAW = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.1"
BIG_ENDIAN = "1.2.840.10008.1.2.2"


NOTHING = SetImage(
    pixels=PixelLayout(4, 6, 1, "MONOCHROME2", 16, 12, 11, True),
    stored=PixelLayout(4, 6, 1, "MONOCHROME2", 16, 12, 11, True),
    transfer_syntax_uid=JPEG_LS,
    way=Way.BROWSER,
    rescale_slopes=(1.0,),
    rescale_intercepts=(0.0,),
    unit="",
    windows=(),
    tables=(),
    modality_lut=None,
    voi_luts=(),
    palette=None,
    inverse=False,
    padding=None,
    icc_profile=b"",
    spacing=None,
    pixel_aspect=None,
    geometry=None,
    patient_orientations=(),
    quadruped=False,
    slice_thickness_mm=(),
    lossy=(),
    overlays=(),
    shutters=(),
    regions=(),
    cine=None,
    suv=(),
    suv_refusal="",
    mosaic=None,
    frame_names=(),
    notes=(),
)


def _volume() -> SetImage:
    stack = StackGeometry("gaps", 2.0, (0.0, 0.0, 2.0), (0,), 0.0, 0.0)
    positions = ((0.5, 1.0, -3.0), (0.5, 1.0, -1.0))
    return replace(
        NOTHING,
        rescale_intercepts=(-1024.0, -1000.0),
        unit="HU",
        windows=(
            Window(40.0, 400.0, "LINEAR", "SOFT"),
            Window(-600.0, 1500.0, "SIGMOID", ""),
        ),
        padding=(-2000, -2000),
        spacing=Spacing(0.7, 0.35, "patient"),
        geometry=SetGeometry(ROW, COLUMN, positions, 0, stack),
        slice_thickness_mm=(2.5,),
        suv=(SetSuv("SUVbw", "g/ml", (0.5, 0.25)),),
        frame_names=("time 1", "time 2"),
        lossy=(None, Lossy(None)),
    )


def _projection() -> SetImage:
    layout = PixelLayout(8, 4, 1, "MONOCHROME1", 8, 8, 7, False)
    curve = LookupTable(-4, 12, b"\x00\x00\xff\x0f", "CURVE")
    overlay = OverlayPlane(0x6000, 8, 4, (1, -2), "G", "marks", 0)
    shutter = Shutter((1, 4, 2, 7), (4, 2, 3), ((1, 1), (8, 1), (8, 4)), 65535)
    return replace(
        NOTHING,
        pixels=layout,
        stored=layout,
        transfer_syntax_uid=RAW,
        tables=(curve,),
        modality_lut=0,
        voi_luts=(0,),
        inverse=True,
        spacing=Spacing(0.1, 0.1, "detector", "", 1.07),
        patient_orientations=(("A", "F"),),
        lossy=(Lossy(12.0),),
        overlays=(SetOverlay(0, 0, 0, overlay),),
        shutters=(shutter,),
        suv_refusal="The image is not corrected for attenuation.",
        notes=(("voi_lut", "A VOI LUT of the image is damaged and left out."),),
    )


def _clip() -> SetImage:
    """Of an archive that has it in big endian: it is sent in little endian."""
    stored = PixelLayout(4, 4, 1, "PALETTE COLOR", 16, 16, 15, False)
    sent = PixelLayout(4, 4, 1, "PALETTE COLOR", 16, 16, 15, False)
    red, other = LookupTable(0, 16, b"\x00\x00"), LookupTable(0, 16, b"\xff\xff")
    region = UltrasoundRegion(
        0, 0, 3, 3, 1, 1, "mm", "mm", 0.2, -0.2, (0, 0), (0.0, 0.0)
    )
    return replace(
        NOTHING,
        pixels=sent,
        stored=stored,
        transfer_syntax_uid=BIG_ENDIAN,
        way=Way.SERVER,
        tables=(red, other),
        palette=(0, 1, 1),
        pixel_aspect=(2.0, 1.0),
        regions=((region,), ()),
        cine=Cine((33.0,), "FrameTime", 1, 2),
    )


def a_plan() -> ReadingPlan:
    """One of everything: a volume, a projection image, a refused series."""
    volume, projection, clip = _volume(), _projection(), _clip()
    patient = PatientIdentity("SBX-1", "ISSUER", "Sandbox^Golden", "19610412", "F")
    assigned = PatientIdentity("ASSIGNED-0", "", "", "", "", assigned=True)
    return ReadingPlan(
        ehr_id="sandbox",
        user="Practitioner/1",
        patient="Patient/1",
        banner=BannerFacts(
            "Golden Sandbox",
            "1961-04-12",
            "female",
            "SBX-1",
            "CT Chest",
            "A-1",
            True,
            (AllergyFact("Latex", high=True),),
        ),
        studies=(
            StudyFacts(
                "a",
                "2.25.1",
                patient,
                "20240305",
                "101500",
                "CT CHEST",
                "Here",
                (),
                "current",
            ),
            StudyFacts(
                "a",
                "2.25.2",
                assigned,
                "",
                "",
                "",
                "",
                ("birth date not verified",),
                "prior",
                instances=312,
                announced=400,
            ),
        ),
        display_sets=(
            PlannedSet(
                0,
                "2.25.1.1",
                "Lung",
                "CT",
                2,
                "",
                "",
                ("2.25.9", "2.25.8"),
                (FramePlace(0, 1), FramePlace(1, 1)),
                volume,
            ),
            PlannedSet(
                1,
                "2.25.2.1",
                "DX",
                "DX",
                None,
                "",
                "",
                ("2.25.7",),
                (FramePlace(0, 1),),
                projection,
            ),
            PlannedSet(
                1,
                "2.25.2.3",
                "Clip 3",
                "US",
                3,
                "",
                "",
                ("2.25.5",),
                (FramePlace(0, 1), FramePlace(0, 2)),
                clip,
            ),
            PlannedSet(
                1,
                "2.25.2.2",
                "Report",
                "SR",
                5,
                "not_an_image",
                "This is a report, not an image.",
                ("2.25.6",),
                (FramePlace(0, 1),),
                None,
            ),
        ),
        frames_of_reference=("2.25.3",),
        hanging=HangingPlan(
            "default",
            "Series by series",
            ("a",),
            1,
            2,
            (0, None),
            stages=(
                HungStage(
                    "With prior",
                    1,
                    2,
                    (
                        HungCell(
                            0,
                            "Lung",
                            window=Preset("lung", 1500.0, -600.0, "HU"),
                            sync=("position", "zoom"),
                            justify="RIGHT",
                        ),
                        HungCell(None, "Prior lung", prior=1),
                    ),
                ),
            ),
            priors=(
                Prior("2.25.2", 1, "20230105", 425, 14, 80.0, "high", ("same region",)),
            ),
            rejected=(Rejected("ct.head", "the region is chest"),),
        ),
        notices=(
            Notice("blocked", "A study was blocked."),
            Notice("info", "</script>"),
        ),
        trace=(TraceLine("Patient of the launch", "found"),),
        archives=(ArchiveState("main", "answered", "answered"),),
        complete=True,
    )


def boot() -> wire.Json:
    holder = Holder("a-reading", "grant", 3, "hash", 1000.0, a_plan())
    kept = KeptPreferences(Preferences(), "user")
    return wire.boot("/r/a-reading", OpenedPage(holder, "secret", 28800, kept, 900))


def test_the_page_gets_exactly_the_golden_json():
    """To renew it after a meant change: python tests/web/test_wire.py."""
    assert boot() == json.loads(GOLDEN.read_text("utf-8"))


@pytest.mark.requirement("R30")
def test_the_golden_json_names_no_uid_but_the_transfer_syntaxes():
    text = GOLDEN.read_text("utf-8")
    assert "2.25." not in text


def test_a_plan_survives_the_store():
    assert ReadingPlan.from_json(a_plan().to_json()) == a_plan()


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(boot(), indent=2, ensure_ascii=False) + "\n", "utf-8")
