"""The JSON of the page: a golden file that the viewer's tests read too."""

from __future__ import annotations

import json
from pathlib import Path

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.study import PixelLayout, Window
from smart_viewer.hanging.plan import HangingPlan
from smart_viewer.hanging.priors import Prior
from smart_viewer.hanging.protocol import Preset
from smart_viewer.hanging.ranking import Rejected
from smart_viewer.hanging.stages import HungCell, HungStage
from smart_viewer.reading.holder import Holder
from smart_viewer.reading.page import OpenedPage
from smart_viewer.reading.plan import (
    ArchiveState,
    BannerFacts,
    Notice,
    PlannedSet,
    ReadingPlan,
    SetGeometry,
    SetImage,
    StudyFacts,
    TraceLine,
)
from smart_viewer.web import wire

GOLDEN = Path(__file__).parent.parent / "golden" / "boot.json"
ROW, COLUMN = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


def a_plan() -> ReadingPlan:
    """One of everything: a volume, a projection image, a refused series."""
    layout = PixelLayout(4, 6, 1, "MONOCHROME2", 16, 12, 11, True)
    volume = SetImage(
        pixels=layout,
        transfer_syntax_uid="1.2.840.10008.1.2.4.80",
        rescale_slopes=(1.0,),
        rescale_intercepts=(-1024.0, -1000.0),
        unit="HU",
        windows=(
            Window(40.0, 400.0, "LINEAR", "SOFT"),
            Window(-600.0, 1500.0, "SIGMOID", ""),
        ),
        spacing=(0.7, 0.35),
        spacing_source="patient",
        geometry=SetGeometry(ROW, COLUMN, ((0.5, 1.0, -3.0), (0.5, 1.0, -1.0)), 0),
        slice_thickness_mm=2.5,
        lossy=False,
        lossy_ratio=None,
    )
    projection = SetImage(
        pixels=PixelLayout(8, 4, 1, "MONOCHROME1", 8, 8, 7, False),
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        rescale_slopes=(1.0,),
        rescale_intercepts=(0.0,),
        unit="",
        windows=(),
        spacing=(0.1, 0.1),
        spacing_source="detector",
        geometry=None,
        slice_thickness_mm=None,
        lossy=True,
        lossy_ratio=12.0,
    )
    patient = PatientIdentity("SBX-1", "ISSUER", "Sandbox^Golden", "19610412", "F")
    assigned = PatientIdentity("ASSIGNED-0", "", "", "", "", assigned=True)
    return ReadingPlan(
        ehr_id="sandbox",
        user="Practitioner/1",
        patient="Patient/1",
        banner=BannerFacts(
            "Golden Sandbox", "1961-04-12", "female", "SBX-1", "CT Chest", "A-1", True
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
                ((0, 1), (1, 1)),
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
                ((0, 1),),
                projection,
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
                ((0, 1),),
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
    return wire.boot("/r/a-reading", OpenedPage(holder, "secret", 28800))


def test_the_page_gets_exactly_the_golden_json():
    """To renew it after a meant change: python tests/web/test_wire.py."""
    assert boot() == json.loads(GOLDEN.read_text("utf-8"))


def test_the_golden_json_names_no_uid_but_the_transfer_syntaxes():
    text = GOLDEN.read_text("utf-8")
    assert "2.25." not in text


def test_a_plan_survives_the_store():
    assert ReadingPlan.from_json(a_plan().to_json()) == a_plan()


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(boot(), indent=2, ensure_ascii=False) + "\n", "utf-8")
