"""`python -m conformance.contact_sheet DATA OUT`: every real image at a glance.

One tile a display set: its middle frame as the server's numpy path draws it, its name,
and the words of the refusal where it is refused. PNG pages, to be looked at.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from conformance.real_files import RealFile, images, put, rounds
from smart_viewer.archive.folder import FolderArchive
from smart_viewer.archive.indexing import index_folder
from smart_viewer.archive.port import InstanceRef
from smart_viewer.dicom.display_sets import display_sets
from smart_viewer.dicom.study import Study
from smart_viewer.errors import SmartViewerError
from smart_viewer.reading.picture_request import picture_request
from smart_viewer.reading.plan import PlannedSet, SetOverlay
from smart_viewer.reading.plan_sets import planned_sets
from smart_viewer.reading.sent import decoded_cells, joined
from smart_viewer.render.cpu import draw

SIDE = 160  # of a picture, px
WORDS_HIGH = 58  # of the text below it
ACROSS, DOWN = 10, 7  # tiles of a page
LETTERS, LINES = 27, 5  # of the text
LINE_HIGH = 11


@dataclass(frozen=True)
class Tile:
    """One display set: its picture, or None where it is refused, and its words."""

    name: str
    words: str
    picture: NDArray[np.uint8] | None


def tiles(data: Path) -> Iterator[Tile]:
    """One for each display set of each lot of the data, in a fixed order."""
    for lot in rounds(images(data)):
        with TemporaryDirectory() as folder:
            yield from _lot(lot, Path(folder))


def _lot(lot: Sequence[RealFile], folder: Path) -> Iterator[Tile]:
    held = folder / "images"
    held.mkdir()
    names = {}
    for number, file in enumerate(lot):
        put(file, held / f"{number:05d}")
        names[file.sop_instance_uid] = file.name
    index_folder(held, folder / "index.sqlite")
    with closing(FolderArchive("contact-sheet", folder / "index.sqlite")) as archive:
        for header in archive.study_headers():
            yield from study_tiles(
                archive, archive.study(header.found.study_instance_uid), names
            )


def study_tiles(
    archive: FolderArchive, study: Study, names: dict[str, str]
) -> Iterator[Tile]:
    """One for each display set of the study; names: of files, by SOP Instance UID."""
    for planned in planned_sets(study, display_sets(study), 0, []):
        uids = planned.sop_instance_uids
        name = names.get(uids[len(uids) // 2], "?") if uids else "(no image)"
        about = f"{planned.modality} {planned.label} [{len(planned.frames)}]"
        if planned.image is None:
            yield Tile(
                name, f"{about} REFUSED {planned.refusal_code}: {planned.refusal}", None
            )
            continue
        try:
            yield Tile(name, about, _picture(archive, study, planned))
        except SmartViewerError as cause:
            yield Tile(name, f"{about} FAILED: {cause}", None)


def _picture(
    archive: FolderArchive, study: Study, planned: PlannedSet
) -> NDArray[np.uint8]:
    """The middle frame, fitted into a tile."""
    assert planned.image is not None
    image, frame = planned.image, (len(planned.frames) - 1) // 2
    place = planned.frames[frame]

    def ref(instance: int) -> InstanceRef:
        uids = study.study_instance_uid, planned.series_instance_uid
        return InstanceRef(*uids, planned.sop_instance_uids[instance])

    with closing(archive.frames(ref(place.instance), [place.number])) as frames:
        encoded = next(frames)
        data = joined(encoded)  # while the file is open
    cells = decoded_cells(image, data, encoded.transfer_syntax_uid, place.tile)
    overlays = {
        number: _part(archive.overlay(ref(one.instance), one.plane.group), one)
        for number, one in enumerate(image.overlays)
        if one.frame == frame and not one.plane.bit
    }
    size = (SIDE, SIDE)
    return draw(picture_request(image, cells, frame, planned.modality, size, overlays))


def _part(data: bytes, one: SetOverlay) -> bytes:
    """The bits of one frame of an overlay, moved to begin on a byte."""
    count = one.plane.rows * one.plane.columns
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
    first = one.overlay_frame * count
    return np.packbits(bits[first : first + count], bitorder="little").tobytes()


def pages(shown: Sequence[Tile]) -> Iterator[Image.Image]:
    """The tiles on pages of ACROSS x DOWN."""
    width, height = SIDE + 8, SIDE + WORDS_HIGH + 8
    for start in range(0, len(shown), ACROSS * DOWN):
        page = Image.new("RGB", (ACROSS * width, DOWN * height), (40, 44, 52))
        for at, tile in enumerate(shown[start : start + ACROSS * DOWN]):
            _place(page, tile, at % ACROSS * width + 4, at // ACROSS * height + 4)
        yield page


def _place(page: Image.Image, tile: Tile, x: int, y: int) -> None:
    draw_on = ImageDraw.Draw(page)
    if tile.picture is None:
        draw_on.rectangle((x, y, x + SIDE - 1, y + SIDE - 1), fill=(90, 30, 30))
        _write(draw_on, tile.words, x + 4, y + 4, lines=14, colour=(255, 220, 220))
    else:
        page.paste(Image.fromarray(tile.picture).convert("RGB"), (x, y))
    words = f"{tile.name}\n{'' if tile.picture is None else tile.words}"
    _write(draw_on, words, x, y + SIDE + 2, lines=LINES, colour=(230, 230, 230))


def _write(
    on: ImageDraw.ImageDraw,
    words: str,
    x: int,
    y: int,
    *,
    lines: int,
    colour: tuple[int, int, int],
) -> None:
    wrapped = [
        line for part in words.split("\n") for line in textwrap.wrap(part, LETTERS)
    ]
    for number, line in enumerate(wrapped[:lines]):
        on.text((x, y + number * LINE_HIGH), line, fill=colour)


def main(data: Path, out: Path) -> None:
    """Write the pages, and a list of what is refused, into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    shown = list(tiles(data))
    for number, page in enumerate(pages(shown), start=1):
        page.save(out / f"sheet-{number:02d}.png")
    refused = [f"{tile.name}: {tile.words}" for tile in shown if tile.picture is None]
    (out / "refused.txt").write_text("\n".join(refused) + "\n", "utf-8")
    print(f"{len(shown)} display sets, {len(refused)} refused, in {out}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
