"""What an enhanced image says of one frame, read from its functional groups by hand.

PS3.3 C.7.6.16: a per-frame item, else the shared one, else the image's own attributes.
"""

from __future__ import annotations

from pydicom import Dataset

MACROS = {
    "RescaleSlope": "PixelValueTransformationSequence",
    "RescaleIntercept": "PixelValueTransformationSequence",
    "WindowCenter": "FrameVOILUTSequence",
    "WindowWidth": "FrameVOILUTSequence",
    "VOILUTFunction": "FrameVOILUTSequence",
    "PixelSpacing": "PixelMeasuresSequence",
}
CARRIED = (
    "Rows",
    "Columns",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PlanarConfiguration",
    "PixelData",
    "FloatPixelData",
    "DoubleFloatPixelData",
    "PixelPaddingValue",
    "PixelPaddingRangeLimit",
    "PresentationLUTShape",
    "ModalityLUTSequence",
    "VOILUTSequence",
    "RescaleSlope",
    "RescaleIntercept",
    "WindowCenter",
    "WindowWidth",
    "VOILUTFunction",
    "PixelSpacing",
    "ImagerPixelSpacing",
    "PixelAspectRatio",
    "ShutterShape",
    "ShutterPresentationValue",
    "ShutterLeftVerticalEdge",
    "ShutterRightVerticalEdge",
    "ShutterUpperHorizontalEdge",
    "ShutterLowerHorizontalEdge",
    "CenterOfCircularShutter",
    "RadiusOfCircularShutter",
    "VerticesOfThePolygonalShutter",
)
# PS3.3 C.8.7.1.1.2: their Modality LUT leads back to the X-ray intensity.
NOT_FOR_DISPLAY = ("1.2.840.10008.5.1.4.1.1.12.1", "1.2.840.10008.5.1.4.1.1.12.2")
PALETTE = ("PaletteColorLookupTableDescriptor", "PaletteColorLookupTableData")


def as_classic(dataset: Dataset, frame: int) -> Dataset:
    """The image with that frame's own values for the whole's; all frames' pixels."""
    classic = Dataset()
    for keyword in (
        *CARRIED,
        *(
            f"{p}{c}{name}"
            for c in ("Red", "Green", "Blue")
            for name in PALETTE
            for p in ("", "Segmented")
        ),
    ):
        if keyword in dataset:
            classic[keyword] = dataset[keyword]
    for group in range(0x6000, 0x6020, 2):
        for element in dataset.group_dataset(group):
            classic.add(element)
    for keyword, macro in MACROS.items():
        found = _in_groups(dataset, frame, macro, keyword)
        if found is not None:
            classic[keyword] = found
    if dataset.get("SOPClassUID") in NOT_FOR_DISPLAY:
        classic.pop("ModalityLUTSequence", None)
        classic.pop("RescaleSlope", None)
    if "ModalityLUTSequence" in classic or classic.get("RescaleSlope") is None:
        classic.pop("RescaleSlope", None)
        classic.pop("RescaleIntercept", None)
    return classic


def _in_groups(dataset: Dataset, frame: int, macro: str, keyword: str):  # type: ignore[no-untyped-def]  # a DataElement
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or []
    shared = dataset.get("SharedFunctionalGroupsSequence") or []
    for groups in (*per_frame[frame : frame + 1], *shared[:1]):
        for item in groups.get(macro) or []:
            if keyword in item and item[keyword].value is not None:
                return item[keyword]
    return None
