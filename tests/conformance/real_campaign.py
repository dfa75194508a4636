"""The shared data through the whole path: each display set's frames, pixel by pixel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser
from pydicom import Dataset
from world import running_world

from conformance import expected, hand_grey
from conformance.case import View, Window
from conformance.hand_frame import as_classic
from conformance.judge import TOLERANCE, Ledger, difference
from conformance.page import Ask, Picture, Reading, opened
from conformance.real_files import JPEG, JPEG_LS, RealFile, native, put
from conformance.serverside import as_shown, request_of
from smart_viewer.errors import SmartViewerError
from smart_viewer.reading import gate
from smart_viewer.render import cpu

LOSSY = (*JPEG[:4], JPEG_LS[1], "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203")
# Files without a name are blocked, as they must be; here their pictures are asked for.
UNGATED = patch.object(gate, "_reasons_to_block", lambda _finding: ())
MANY = 200  # files: then two processes index them
LOSSY_COLOUR = 4.0  # levels: an IDCT may be off by one in Y, Cb and Cr


@dataclass
class Found:
    """What the product made of a lot of files."""

    shown: dict[str, int] = field(default_factory=dict)  # frames compared, by file
    refused: dict[str, str] = field(default_factory=dict)  # words, by file
    unjudged: dict[str, str] = field(
        default_factory=dict
    )  # files that no oracle decodes
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Frame:
    file: RealFile
    number: int  # of the frame in the file, from 1
    tile: int
    view: View
    ask: Ask


def show_lot(
    browser: Browser,
    harness: Path,
    lot: Sequence[RealFile],
    found: Found,
    ledger: Ledger,
    *,
    all_frames: bool,
) -> None:
    """Archive, launch and draw the files of one lot; judge every frame drawn."""
    by_uid = {file.sop_instance_uid: file for file in lot}
    with TemporaryDirectory() as folder:
        images = Path(folder) / "images"
        images.mkdir()
        for number, file in enumerate(lot):
            put(file, images / f"{number:05d}")
        workers = 2 if len(lot) > MANY else 1
        with UNGATED, running_world(Path(folder), images, workers=workers) as world:
            for order in world.order_ids():
                with opened(browser, world, order, harness) as reading:
                    _show_reading(reading, by_uid, found, ledger, all_frames=all_frames)


def _show_reading(
    reading: Reading,
    by_uid: dict[str, RealFile],
    found: Found,
    ledger: Ledger,
    *,
    all_frames: bool,
) -> None:
    for index, told in enumerate(reading.sets):
        planned = reading.planned(index)
        files = [by_uid[uid] for uid in planned.sop_instance_uids]
        if not planned.frames:  # nothing in it is an image: known by its series
            files = [
                one
                for one in by_uid.values()
                if one.series == planned.series_instance_uid
            ]
        if told["refusal"] is not None:
            words = f"{told['refusal']['code']}: {told['refusal']['text']}"
            found.refused.update(dict.fromkeys((file.name for file in files), words))
            continue
        if any(file.name in found.shown for file in files):
            continue  # seen in another reading of the same patient
        frames = list(_frames(reading, index, by_uid, found, all_frames=all_frames))
        pictures = reading.draw([one.ask for one in frames])
        for one, picture in zip(frames, pictures, strict=True):
            _judge(reading, one, picture, found, ledger)


def _frames(
    reading: Reading,
    index: int,
    by_uid: dict[str, RealFile],
    found: Found,
    *,
    all_frames: bool,
) -> Iterator[_Frame]:
    planned = reading.planned(index)
    count = len(planned.frames)
    chosen = range(count) if all_frames else sorted({0, count // 2, count - 1})
    for at in chosen:
        place = planned.frames[at]
        file = by_uid[planned.sop_instance_uids[place.instance]]
        try:
            dataset = frame_of(file, place.number - 1, place.tile, _across(planned))
        except NotImplementedError as cause:
            found.unjudged[file.name] = str(cause)  # it may still be refused by name
            view = View(size=(64, 64))
            yield _Frame(
                file,
                place.number,
                place.tile,
                view,
                Ask(index, at, 64, 64, view.page(0)),
            )
            continue
        view = _view(dataset)
        size = view.picture_size(int(dataset.Rows), int(dataset.Columns))
        yield _Frame(
            file, place.number, place.tile, view, Ask(index, at, *size, view.page(0))
        )


def _across(planned: Any) -> int:
    return planned.image.mosaic[1] if planned.image.mosaic else 0


@lru_cache(maxsize=8)
def frame_of(file: RealFile, frame: int, tile: int, across: int) -> Dataset:
    """One frame as an image of its own, native, by the oracle's decoder."""
    whole = native(file)
    classic = as_classic(whole, frame)
    count = int(whole.get("NumberOfFrames") or 1)
    classic = _alone(classic, frame, count)
    return classic if tile < 0 else _tile(classic, tile, across)


def _alone(dataset: Dataset, frame: int, count: int) -> Dataset:
    if count == 1 or int(dataset.get("BitsAllocated", 8)) == 1:
        dataset.FrameOfThis = frame if count > 1 else 0
        return dataset
    for keyword in ("PixelData", "FloatPixelData", "DoubleFloatPixelData"):
        if keyword in dataset:
            data = bytes(dataset[keyword].value)
            size = len(data) // count
            alone = Dataset()
            setattr(alone, keyword, data[frame * size : (frame + 1) * size])
            dataset[keyword] = alone[keyword]
    dataset.FrameOfThis = 0
    return dataset


def _tile(dataset: Dataset, tile: int, across: int) -> Dataset:
    """One slice of a mosaic: row by row from the top left."""
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    words = np.frombuffer(dataset.PixelData, f"<u{int(dataset.BitsAllocated) // 8}")
    tall, wide = rows // across, columns // across
    top, left = tile // across * tall, tile % across * wide
    part = words.reshape(rows, columns)[top : top + tall, left : left + wide]
    alone = Dataset()
    alone.PixelData, alone.Rows, alone.Columns = part.tobytes(), tall, wide
    for keyword in ("PixelData", "Rows", "Columns"):
        dataset[keyword] = alone[keyword]
    return dataset


def _view(dataset: Dataset) -> View:
    """The file's first window, set by hand; without one the range of its values."""
    if expected.is_colour(dataset):
        return View()
    windows = [one for one in hand_grey.voi_choices(dataset) if isinstance(one, Window)]
    least = 1 if windows and windows[0].function == "LINEAR" else 1e-6
    if windows and windows[0].width >= least:
        return View(own=windows[0])
    values = hand_grey.modality(dataset, hand_grey.stored(dataset, dataset.FrameOfThis))
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return View(
        own=Window((low + high) / 2, max(1e-6, high - low) or 1.0, "LINEAR_EXACT")
    )


def _judge(
    reading: Reading, one: _Frame, picture: Picture, found: Found, ledger: Ledger
) -> None:
    planned = reading.planned(one.ask.display_set)
    if one.file.name in found.unjudged:
        if picture.pixels is None:
            found.refused[one.file.name] = picture.refusal
            del found.unjudged[one.file.name]
        return
    if one.file.name in found.refused:
        return
    dataset = frame_of(one.file, one.number - 1, one.tile, _across(planned))
    due = expected.picture(dataset, one.view, dataset.FrameOfThis)
    allowed = _allowed(one, dataset)
    for renderer, shown in _pictures(reading, one, picture).items():
        fault, off = _fault(shown, due, allowed)
        if fault:
            fault = f"{one.file.name} frame {one.number}: {renderer} {fault}"
            found.faults.append(fault)
        ledger.note(_family(one.file), f"decoded by others ({renderer})", off, fault)
    found.shown[one.file.name] = found.shown.get(one.file.name, 0) + 1


def _fault(
    shown: NDArray[np.uint8] | str, due: NDArray[np.floating], allowed: float
) -> tuple[str, float]:
    """What is wrong with a picture, "" where nothing is; and how far it is off."""
    if isinstance(shown, str):
        return f"drew nothing: {shown}", 0.0
    off = difference(shown, due, exact=False)
    return ("" if off <= allowed else f"{off:.3g} levels off"), off


def _family(file: RealFile) -> str:
    return "real, lossy" if file.transfer_syntax_uid in LOSSY else "real"


def _pictures(
    reading: Reading, one: _Frame, picture: Picture
) -> dict[str, NDArray[np.uint8] | str]:
    shown: dict[str, NDArray[np.uint8] | str] = {
        "Chromium": picture.refusal if picture.pixels is None else picture.pixels
    }
    try:
        shown["numpy"] = as_shown(
            cpu.draw(request_of(reading, one.ask.display_set, one.ask.frame, one.view))
        )
    except SmartViewerError as cause:
        shown["numpy"] = str(cause)
    return shown


def _allowed(one: _Frame, dataset: Dataset) -> float:
    """One level; of lossy pixels also what one stored unit makes of it."""
    if one.file.transfer_syntax_uid not in LOSSY:
        return TOLERANCE
    if one.view.own is None:
        return LOSSY_COLOUR
    slope = abs(float(dataset.get("RescaleSlope", 1)))
    return TOLERANCE + 255 * slope / one.view.own.width
