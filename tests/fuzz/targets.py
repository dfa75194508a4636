"""What is fuzzed: a function of bytes, and small inputs that it understands.

A target may raise the project's own imaging errors; anything else is a finding.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from struct import pack

import imagecodecs
import numpy as np
from codec_images import colours, dataset, waves
from pydicom.filebase import DicomBytesIO

from smart_viewer.codec.colour import is_srgb, to_srgb
from smart_viewer.codec.decode import decode_frame
from smart_viewer.codec.deliver import Stored, Tile, deliver
from smart_viewer.dicom.display_sets import display_sets
from smart_viewer.dicom.fragments import OffsetTables, locate_encapsulated
from smart_viewer.dicom.frame_table import UNDEFINED_LENGTH, PixelElement, locate_native
from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.inflate import InflatedFile
from smart_viewer.dicom.read_study import project, read_study
from smart_viewer.dicom.study import PixelLayout
from tests.fuzz.mutate import damaged, damaged_json

ROWS, COLUMNS = 8, 12
JPEG = "1.2.840.10008.1.2.4."
SYNTAXES = (
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.8.1",
    "1.2.840.10008.1.2.5",
    *(f"{JPEG}{n}" for n in (50, 51, 55, 57, 70, 80, 90, 91, 93, 201, 110, 111)),
)
_LAYOUTS = (
    Stored(ROWS, COLUMNS, 1, "MONOCHROME2", 8, 8, 7, False),
    Stored(ROWS, COLUMNS, 1, "MONOCHROME2", 16, 12, 11, False),
    Stored(ROWS, COLUMNS, 1, "MONOCHROME2", 16, 16, 15, True),
    Stored(ROWS, COLUMNS, 3, "RGB", 8, 8, 7, False),
    Stored(ROWS, COLUMNS, 3, "YBR_FULL_422", 8, 8, 7, False),
    Stored(ROWS, COLUMNS, 1, "MONOCHROME2", 1, 1, 0, False),
    Stored(ROWS, COLUMNS, 1, "PALETTE COLOR", 8, 8, 7, False),
    Stored(ROWS, COLUMNS, 1, "MONOCHROME2", 32, 32, 31, False, is_float=True),
)


@dataclass(frozen=True, slots=True)
class Target:
    """run: one execution. seeds: what is damaged. make: how, from a random source."""

    run: Callable[[bytes], None]
    seeds: Callable[[], tuple[bytes, ...]]
    make: Callable[[tuple[bytes, ...], Random], bytes]
    weight: int  # of a campaign's executions


def _damaged_seed(seeds: tuple[bytes, ...], random: Random) -> bytes:
    return damaged(random.choice(seeds), random, seeds)


def _run_decode(data: bytes) -> None:
    """The first byte names the syntax, the second the layout."""
    if len(data) < 2:
        return
    uid = SYNTAXES[data[0] % len(SYNTAXES)]
    stored = _LAYOUTS[data[1] % len(_LAYOUTS)]
    frame = decode_frame(data[2:], stored, uid)
    assert frame.values.shape == stored.shape
    sent = deliver(data[2:], stored, uid, tile=Tile(1, 2, 3, 4))
    assert (
        len(sent) == 12 * max(stored.bits_allocated // 8, 1) * stored.samples_per_pixel
    )


@cache
def _decode_seeds() -> tuple[bytes, ...]:
    grey, deep = waves(ROWS, COLUMNS, 8), waves(ROWS, COLUMNS, 12)
    rgb = colours(ROWS, COLUMNS)
    jpeg = imagecodecs.jpeg8_encode(rgb)
    plain = {"codecformat": "J2K", "level": 0}
    frames: dict[str, list[tuple[int, bytes]]] = {
        "1.2.1": [(0, grey.tobytes()), (1, deep.tobytes()), (3, rgb.tobytes())],
        "1.2.2": [(1, deep.byteswap().tobytes()), (5, bytes(12))],
        "8.1": [(0, zlib.compress(grey.tobytes(), 9, -15))],
        "1.2.5": [(0, pack("<16L", 1, 64, *[0] * 14) + b"\x81\x01")],
        "4.50": [(0, imagecodecs.jpeg8_encode(grey)), (4, jpeg), (3, jpeg)],
        "4.51": [(1, imagecodecs.jpeg8_encode(deep, bitspersample=12))],
        "4.55": [(4, imagecodecs.jpeg8_encode(rgb, optimize=True))],
        "4.57": [(1, imagecodecs.jpeg8_encode(deep, lossless=True, bitspersample=12))],
        "4.70": [(3, imagecodecs.jpeg8_encode(rgb, lossless=True))],
        "4.80": [(1, imagecodecs.jpegls_encode(deep)),
                 (3, imagecodecs.jpegls_encode(rgb))],
        "4.90": [(2, imagecodecs.jpeg2k_encode(deep.astype("i2"), **plain))],
        "4.91": [(3, imagecodecs.jpeg2k_encode(rgb, codecformat="J2K", level=60))],
        "4.93": [(0, imagecodecs.jpeg2k_encode(grey))],
        "4.201": [(1, imagecodecs.htj2k_encode(deep, reversible=True))],
        "4.110": [(3, imagecodecs.jpegxl_encode(rgb, lossless=True, effort=1)),
                  (0, imagecodecs.jpegxl_encode(grey, lossless=True, effort=1))],
        "4.111": [(4, imagecodecs.jpegxl_encode_jpeg(jpeg, usecontainer=True))],
    }  # fmt: skip
    uids = {uid.removeprefix("1.2.840.10008."): n for n, uid in enumerate(SYNTAXES)}
    return tuple(
        bytes((uids.get(name, uids.get(f"1.2.{name}", 0)), layout)) + frame
        for name, found in frames.items()
        for layout, frame in found
    )


def _run_header(data: bytes) -> None:
    """A file; what it says goes on to the study and its display sets."""
    header = read_header(_as_file(data))
    size = len(data)
    for frame in header.frames:
        for part in frame:
            is_deflated = header.transfer_syntax_uid.endswith("1.2.1.99")
            assert is_deflated or 0 <= part.offset <= part.offset + part.length <= size
    json.dumps(header.metadata, allow_nan=False)
    display_sets(read_study([project(header.metadata)]))


@cache
def _memory_file() -> int:
    return os.memfd_create("fuzzed")


def _as_file(data: bytes) -> Path:
    """A path without a disk behind it."""
    file = _memory_file()
    os.ftruncate(file, 0)
    os.pwrite(file, data, 0)
    return Path(f"/proc/self/fd/{file}")


@cache
def _header_seeds() -> tuple[bytes, ...]:
    made = dataset([waves(4, 6, 12, n) for n in range(2)], bits_stored=12)
    made.ImagePositionPatient, made.PixelSpacing = [0, 0, 1], [0.5, 0.25]
    made.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    made.WindowCenter, made.WindowWidth = [40, 400], [80, 2000]
    plain = _saved(made)
    start = plain.index(b"\x08\x00\x16\x00UI")
    meta = plain[:start].replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99")
    at = meta.index(b"\x02\x00\x10\x00UI")  # two bytes more: its length too
    meta = meta[: at + 6] + b"\x16\0" + meta[at + 8 :]
    deflated = meta + zlib.compress(plain[start:], 9, -zlib.MAX_WBITS)
    made.compress("1.2.840.10008.1.2.5", encoding_plugin="pydicom")
    return plain, plain[start:], deflated, _saved(made)


def _saved(made: object) -> bytes:
    file = DicomBytesIO()
    made.save_as(file, enforce_file_format=True)
    return file.getvalue()


def _run_fragments(data: bytes) -> None:
    """The first bytes: syntax, Number of Frames; then native and encapsulated."""
    if len(data) < 4:
        return
    file, frames = BytesIO(data[4:]), data[1] % 9 + 1
    uid = SYNTAXES[data[0] % len(SYNTAXES)]
    tables = OffsetTables(tuple(data[4:8]), tuple(data[8:12]))
    layout = PixelLayout(3, 5, 1, "MONOCHROME2", (1, 8, 16)[data[2] % 3], 1, 0, False)
    for locate in (
        lambda: locate_encapsulated(
            file, PixelElement(0, UNDEFINED_LENGTH), frames, tables, uid
        ),
        lambda: locate_native(
            file, PixelElement(0, len(data) - data[3]), layout, frames, big_endian=True
        ),
    ):
        for frame in _located(locate):
            for part in frame:
                assert 0 <= part.offset <= part.offset + part.length <= len(data) - 4


def _located(locate: Callable[[], tuple]) -> tuple:
    from smart_viewer.errors import NotInStandard

    try:
        return locate()
    except NotInStandard:
        return ()


def _fragment_seeds() -> tuple[bytes, ...]:
    def item(value: bytes) -> bytes:
        return pack("<HHL", 0xFFFE, 0xE000, len(value)) + value

    end = pack("<HHL", 0xFFFE, 0xE0DD, 0)
    a, b, rle = b"\xff\xd8\xff\xf7", b"\xff\xd9", pack("<16L", 1, 64, *[0] * 14)
    table = pack("<2L", 0, 22)
    return (
        b"\x09\1\0\0" + item(table) + item(a) + item(b) + item(a + b) + end,
        b"\x09\1\0\0" + item(b"") + item(a) + item(b) + item(a + b) + end,
        b"\x03\1\0\0" + item(b"") + item(rle) + item(b"ab") + item(rle) + end,
        b"\0\2\1\0" + bytes(range(45)),
    )


def _run_inflate(data: bytes) -> None:
    file = InflatedFile(BytesIO(data[4:]), 0)
    for place in data[:4]:
        file.seek(place * 64)
        file.read(place)


def _run_profile(data: bytes) -> None:
    is_srgb(data)
    to_srgb(np.zeros((1, 2, 3), np.uint8), data)


def _run_geometry(data: bytes) -> None:
    """DICOM JSON of a few instances."""
    try:
        instances = json.loads(data)
    except ValueError:
        return
    display_sets(read_study([project(one) for one in instances]))


@cache
def _geometry_seeds() -> tuple[bytes, ...]:
    return tuple(json.dumps(one).encode() for one in (_slices(), [_enhanced()]))


def _attribute(vr: str, *values: object) -> dict[str, object]:
    return {"vr": vr, "Value": list(values)}


def _common() -> dict[str, object]:
    return {
        "00080016": _attribute("UI", "1.2.840.10008.5.1.4.1.1.2"),
        "00080060": _attribute("CS", "CT"),
        "00100020": _attribute("LO", "P1"),
        "0020000D": _attribute("UI", "2.999.1"),
        "0020000E": _attribute("UI", "2.999.1.1"),
        "00200052": _attribute("UI", "2.999.2"),
        "00280002": _attribute("US", 1),
        "00280004": _attribute("CS", "MONOCHROME2"),
        "00280010": _attribute("US", 4),
        "00280011": _attribute("US", 6),
        "00280030": _attribute("DS", 0.5, 0.25),
        "00280100": _attribute("US", 16),
        "00280101": _attribute("US", 12),
        "00280102": _attribute("US", 11),
        "00280103": _attribute("US", 0),
        "00281050": _attribute("DS", 40),
        "00281051": _attribute("DS", 400),
        "00281052": _attribute("DS", -1024),
        "00281053": _attribute("DS", 1),
        "7FE00010": {"vr": "OW", "BulkDataURI": "#pixels"},
    }


def _slices() -> list[dict[str, object]]:
    return [
        {
            **_common(),
            "00080018": _attribute("UI", f"2.999.1.1.{n}"),
            "00200013": _attribute("IS", n),
            "00200032": _attribute("DS", 0, 0, n * 2.5),
            "00200037": _attribute("DS", 1, 0, 0, 0, 1, 0),
        }
        for n in range(5)
    ]


def _enhanced() -> dict[str, object]:
    def group(**sequences: dict[str, object]) -> dict[str, object]:
        return {tag[1:]: _attribute("SQ", item) for tag, item in sequences.items()}

    shared = group(
        _00209116={"00200037": _attribute("DS", 1, 0, 0, 0, 1, 0)},
        _00289110={"00280030": _attribute("DS", 0.5, 0.25)},
    )
    frames = [
        group(
            _00209113={"00200032": _attribute("DS", 0, 0, n)},
            _00209111={
                "00209157": _attribute("UL", 1, n + 1),
                "00209056": _attribute("SH", "1"),
            },
            _00289132={
                "00281050": _attribute("DS", 40),
                "00281051": _attribute("DS", 400),
            },
            _00289145={
                "00281052": _attribute("DS", 0),
                "00281053": _attribute("DS", n + 1),
            },
        )
        for n in range(4)
    ]
    return {
        **_common(),
        "00080016": _attribute("UI", "1.2.840.10008.5.1.4.1.1.2.1"),
        "00080018": _attribute("UI", "2.999.1.1.9"),
        "00280008": _attribute("IS", 4),
        "52009229": _attribute("SQ", shared),
        "52009230": _attribute("SQ", *frames),
    }


def _damaged_instances(seeds: tuple[bytes, ...], random: Random) -> bytes:
    instances = json.loads(random.choice(seeds))
    chosen = random.randrange(len(instances))
    instances[chosen] = damaged_json(instances[chosen], random)
    return json.dumps(instances).encode()


TARGETS = {
    "header": Target(_run_header, _header_seeds, _damaged_seed, 3),
    "fragments": Target(_run_fragments, _fragment_seeds, _damaged_seed, 2),
    "inflate": Target(
        _run_inflate,
        lambda: (b"\1\2\3\4" + zlib.compress(bytes(range(256)) * 40, 9, -15),),
        _damaged_seed,
        1,
    ),
    "decode": Target(_run_decode, _decode_seeds, _damaged_seed, 8),
    "profile": Target(
        _run_profile,
        lambda: tuple(imagecodecs.cms_profile(n) for n in ("srgb", "adobergb")),
        _damaged_seed,
        1,
    ),
    "geometry": Target(_run_geometry, _geometry_seeds, _damaged_instances, 3),
}
