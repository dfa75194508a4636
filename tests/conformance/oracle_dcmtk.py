"""dcmtk's dcmj2pnm as an oracle: files in, 8-bit pictures out.

It cuts fractions of a grey level off where the pipeline rounds: one level apart at
most. Not used where it is known to differ: see `silent` and `where_it_agrees`, whose
reasons stand in docs/display-conformance.md.
"""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from conformance.case import Case, View
from conformance.expected import is_colour
from conformance.hand_grey import padded, stored, voi_choices

PROGRAM, JPEG_LS_PROGRAM = "dcmj2pnm", "dcml2pnm"  # one each for what they decode
JPEG_LS = "1.2.840.10008.1.2.4.80"
FUNCTIONS = {"LINEAR": "+Wfl", "SIGMOID": "+Wfs"}
OVERLAYS = ("+O", "0", "+Omr")  # all of them, as foreground, those of kind R too
PARALLEL = 2
JPEG_2000 = ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91")


def silent(case: Case, view: View) -> str:
    """Why dcmtk is not asked; empty where it is."""
    if view.interpolation != "nearest" or view.size is not None:
        return "its zoom has another convention"
    if case.judged is not None and case.within:
        return "its decoder is another one: the levels of a lossy stream differ"
    if "ICCProfile" in case.dataset:
        return "it applies no ICC profile"
    if str(case.dataset.file_meta.TransferSyntaxUID) in JPEG_2000:
        return "this edition of it decodes no JPEG 2000"
    if "ShutterShape" in case.native:
        return "dcmj2pnm applies no shutter; dcmp2pgm does"
    return _colour(case) if is_colour(case.native) else _grey(case, view)


def _colour(case: Case) -> str:
    interpretation = str(case.native.PhotometricInterpretation)
    if any((group, 0x0010) in case.native for group in range(0x6000, 0x6020, 2)):
        return "it draws no overlay on colour"
    if interpretation.startswith("YBR_FULL"):
        return "it cuts each product of the conversion off: two levels apart"
    if "SegmentedRedPaletteColorLookupTableData" in case.native:
        return "it reads no segmented palette"
    return ""


def _grey(case: Case, view: View) -> str:
    dataset = case.native
    if "BitsStored" not in dataset:
        return "it reads no float pixel data"
    if any(
        float(dataset.get(name, 0)) % 1 for name in ("RescaleSlope", "RescaleIntercept")
    ):
        return "it keeps modality values as whole numbers"
    if (
        dataset.PhotometricInterpretation == "MONOCHROME1"
        and dataset.get("PresentationLUTShape") == "IDENTITY"
    ):
        return "it lets IDENTITY undo MONOCHROME1"
    return _window(case, view)


def _window(case: Case, view: View) -> str:
    window = view.own or voi_choices(case.native)[view.choice or 0]
    width, function = getattr(window, "width", None), getattr(window, "function", "")
    if function == "LINEAR_EXACT":
        return "it has no LINEAR_EXACT: it says so and takes LINEAR"
    if width is not None and width < 1:
        return "it refuses windows narrower than 1"
    return ""


def where_it_agrees(case: Case, picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Its picture without what it leaves out: pixel padding, which it shows."""
    due = picture.astype(np.float64)
    if "PixelPaddingValue" in case.native:
        due[padded(case.native, stored(case.native))] = np.nan
    return due


def pictures(
    asked: list[tuple[Case, View, int]], folder: Path
) -> list[NDArray[np.uint8] | str]:
    """A picture of the image's own pixels each, or what dcmtk said instead."""
    numbered = list(enumerate(asked))
    with ThreadPoolExecutor(PARALLEL) as workers:
        return list(
            workers.map(
                lambda one: _picture(*one[1], folder / f"{one[0]}.pnm"), numbered
            )
        )


def _picture(
    case: Case, view: View, frame: int, target: Path
) -> NDArray[np.uint8] | str:
    options = [
        *OVERLAYS,
        *_voi(case, view),
        "+F",
        str(frame + 1),
        *(["+P"] if view.invert else []),
    ]
    syntax = str(case.dataset.file_meta.TransferSyntaxUID)
    program = JPEG_LS_PROGRAM if syntax == JPEG_LS else PROGRAM
    command = [program, *options, case.path, target]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode != 0 or "E:" in said.stderr or "cannot" in said.stderr:
        return said.stderr.strip() or f"exit code {said.returncode}"
    picture = read_pnm(target.read_bytes())
    target.unlink()
    return picture


def _voi(case: Case, view: View) -> list[str]:
    if is_colour(case.native):
        return []
    if view.own is not None:
        return [
            "+Ww",
            f"{view.own.center!r}",
            f"{view.own.width!r}",
            FUNCTIONS[view.own.function],
        ]
    windows = np.atleast_1d(case.native.get("WindowCenter", [])).size
    choice = view.choice or 0
    return (
        ["+Wi", str(choice + 1)]
        if choice < windows
        else ["+Wl", str(choice - windows + 1)]
    )


def read_pnm(data: bytes) -> NDArray[np.uint8]:
    """A binary PGM or PPM of 8 bits."""
    words, at = [], 0
    while len(words) < 4:  # kind, width, height, levels; then one white space
        end = at + len(data[at:].split(None, 1)[0])
        word = data[at:end]
        if word.startswith(b"#"):
            end = data.index(b"\n", at)
        else:
            words.append(word)
        at = end + 1
    kind, width, height, levels = words[0], int(words[1]), int(words[2]), words[3]
    assert kind in (b"P5", b"P6") and levels == b"255", words
    shape = (height, width) if kind == b"P5" else (height, width, 3)
    return np.frombuffer(data, np.uint8, int(np.prod(shape)), at).reshape(shape)
