"""Cases whose frames are compressed: every way to the screen, and colour that lies.

Lossless streams must come back to the last level; of lossy ones the oracle is what
another decoder makes of the same bytes.
"""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.uid import UID

from conformance.case import Case, View, Window
from conformance.families_colour import samples
from conformance.families_grey import words_of
from conformance.files import COLUMNS, ROWS, colour, grey

JPEG_BASELINE, JPEG_2000, JPEG_2000_LOSSY = (
    f"1.2.840.10008.1.2.4.{n}" for n in (50, 90, 91)
)
VIEWS = (View(), View(invert=True))


def _smooth(bits: int, signed: bool, seed: int) -> NDArray[np.int64]:
    y, x = np.mgrid[:ROWS, :COLUMNS]
    wave = (
        np.sin(x / 3 + seed)
        + np.cos(y / 4)
        + np.random.default_rng(seed).random((ROWS, COLUMNS)) / 3
    )
    reach = 2 ** (bits - 1) - 1
    return (wave / 2.4 * reach).astype(np.int64) + (0 if signed else reach)


def by_dcmtk() -> Iterator[Case]:
    """H6, H15: RLE, JPEG lossless, JPEG-LS, deflated, big endian, written by dcmtk."""
    programs: dict[str, tuple[list[str], tuple[int, ...]]] = {
        "RLE": (["dcmcrle"], (8, 12, 16)),
        "JPEG lossless SV1": (["dcmcjpeg", "+e1"], (8, 12, 16)),
        "JPEG lossless": (["dcmcjpeg", "+el", "+sv", "6"], (8, 12, 16)),
        "JPEG-LS": (["dcmcjpls", "+el"], (8, 12, 16)),
        "deflated": (["dcmconv", "+td"], (8, 16)),
        "big endian": (["dcmconv", "+tb"], (8, 12, 16)),
        "implicit": (["dcmconv", "+ti"], (12,)),
    }
    for (name, (program, depths)), signed in itertools.product(
        programs.items(), (False, True)
    ):
        for bits in depths:
            allocated = 8 if bits == 8 else 16
            values = _smooth(bits, signed, bits)
            dataset = grey(
                words_of(values, bits, bits - 1, allocated, None),
                allocated=allocated,
                stored=bits,
                signed=signed,
                WindowCenter=0 if signed else 2 ** (bits - 1),
                WindowWidth=2**bits,
            )
            yield Case(
                "stream",
                f"{name} {bits} bits signed {signed}",
                _through(program, dataset),
                VIEWS,
                judged=dataset,
            )
    for name in ("RLE", "JPEG lossless SV1", "JPEG-LS"):
        frames = np.stack([_smooth(12, False, n) for n in range(3)]).astype(np.uint16)
        dataset = grey(frames, WindowCenter=2048, WindowWidth=4096)
        yield Case(
            "stream",
            f"{name}, three frames",
            _through(programs[name][0], dataset),
            VIEWS,
            frames=(0, 1, 2),
            judged=dataset,
        )
        rgb = colour(samples(5).astype(np.uint8))
        yield Case(
            "stream",
            f"{name}, colour",
            _through(programs[name][0], rgb),
            VIEWS,
            judged=rgb,
        )


def _through(program: list[str], dataset: Dataset) -> Dataset:
    """The dataset as the program wrote it."""
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.dcm", Path(folder) / "out.dcm"
        for keyword, uid in (
            ("SOPInstanceUID", "1.2.3"),
            ("StudyInstanceUID", "1.2.4"),
            ("SeriesInstanceUID", "1.2.5"),
        ):
            setattr(dataset, keyword, uid)
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.save_as(source, enforce_file_format=True)
        subprocess.run([*program, source, target], check=True, capture_output=True)
        return dcmread(BytesIO(target.read_bytes()))


def fragments() -> Iterator[Case]:
    """Fragments and offset tables: none, basic, extended; a frame in many fragments."""
    frames = np.stack([_smooth(12, False, n) for n in range(4)]).astype(np.uint16)
    for table, pieces in itertools.product(("none", "basic", "extended"), (1, 3)):
        native = grey(frames, WindowCenter=2048, WindowWidth=4096)
        streams = [_open_jpeg(one, lossless=True) for one in frames]
        sent = grey(frames, WindowCenter=2048, WindowWidth=4096)
        if table == "extended":
            if pieces > 1:
                continue
            (
                sent.PixelData,
                sent.ExtendedOffsetTable,
                sent.ExtendedOffsetTableLengths,
            ) = encapsulate_extended(streams)
        else:
            sent.PixelData = encapsulate(
                streams, fragments_per_frame=pieces, has_bot=table == "basic"
            )
        yield Case(
            "stream",
            f"{table} offset table, {pieces} fragments",
            _encoded(sent, JPEG_2000),
            VIEWS[:1],
            judged=native,
            frames=(0, 1, 2, 3),
        )


def _encoded(sent: Dataset, syntax: str) -> Dataset:
    sent["PixelData"].VR = "OB"
    sent["PixelData"].is_undefined_length = True
    sent.file_meta.TransferSyntaxUID = UID(syntax)
    return sent


def _open_jpeg(pixels: NDArray, *, lossless: bool, mct: int = 0) -> bytes:
    """A JPEG 2000 code stream by OpenJPEG, as Pillow carries it."""
    file = BytesIO()
    picture = Image.fromarray(pixels)
    picture.save(file, "JPEG2000", irreversible=not lossless, mct=mct, no_jp2=True)
    return file.getvalue()


def component_transforms() -> Iterator[Case]:
    """H15: YBR_RCT and YBR_ICT undone by the decoder, also where a header says RGB."""
    for seed, (mct, lossless, said) in enumerate(
        (
            (1, True, "YBR_RCT"),
            (1, True, "RGB"),
            (0, True, "RGB"),
            (1, False, "YBR_ICT"),
            (1, False, "RGB"),
        )
    ):
        pixels = samples(seed + 60).astype(np.uint8)
        stream = _open_jpeg(pixels, lossless=lossless, mct=mct)
        with Image.open(BytesIO(stream)) as picture:
            native = colour(np.asarray(picture))
        sent = colour(pixels, said, data=encapsulate([stream]))
        syntax = JPEG_2000 if lossless else JPEG_2000_LOSSY
        yield Case(
            "component transform",
            f"{said} mct {mct} lossless {lossless}",
            _encoded(sent, syntax),
            VIEWS,
            judged=native,
        )


def jpeg_colours() -> Iterator[Case]:
    """H15: what a JPEG stream really contains against what the header says."""
    y, x = np.mgrid[:ROWS, :COLUMNS]
    pixels = np.dstack([x * 8 % 256, y * 10 % 256, (x + y) * 4 % 256]).astype(np.uint8)
    writers: dict[str, Callable[[BytesIO], None]] = {
        "JFIF YCbCr 4:4:4": lambda f: Image.fromarray(pixels).save(
            f, "JPEG", quality=95, subsampling=0
        ),
        "JFIF YCbCr 4:2:2": lambda f: Image.fromarray(pixels).save(
            f, "JPEG", quality=95, subsampling=1
        ),
        "JFIF YCbCr 4:2:0": lambda f: Image.fromarray(pixels).save(
            f, "JPEG", quality=95, subsampling=2
        ),
        "Adobe RGB": lambda f: Image.fromarray(pixels).save(
            f, "JPEG", quality=95, keep_rgb=True
        ),
    }
    for (name, write), said in itertools.product(
        writers.items(), ("RGB", "YBR_FULL", "YBR_FULL_422")
    ):
        file = BytesIO()
        write(file)
        with Image.open(BytesIO(file.getvalue())) as picture:
            native = colour(np.asarray(picture.convert("RGB")))
        sent = colour(
            pixels,
            said,
            data=encapsulate([file.getvalue()]),
            LossyImageCompression="01",
        )
        yield Case(
            "JPEG colour",
            f"{name}, header {said}",
            _encoded(sent, JPEG_BASELINE),
            VIEWS,
            judged=native,
            within=2.0,
        )
    levels = (x * 7 + y * 3).astype(np.uint8)
    file = BytesIO()
    Image.fromarray(levels).save(file, "JPEG", quality=90)
    with Image.open(BytesIO(file.getvalue())) as picture:
        native = grey(
            np.asarray(picture),
            allocated=8,
            stored=8,
            WindowCenter=128,
            WindowWidth=256,
        )
    sent = grey(
        levels,
        allocated=8,
        stored=8,
        WindowCenter=128,
        WindowWidth=256,
        LossyImageCompression="01",
    )
    sent.PixelData = encapsulate([file.getvalue()])
    narrow = View(own=Window(100, 60))
    yield Case(
        "JPEG grey",
        "baseline",
        _encoded(sent, JPEG_BASELINE),
        (View(), narrow),
        judged=native,
        within=1.0 + 255 / 60,
    )


STREAMS = (by_dcmtk, fragments, component_transforms, jpeg_colours)
