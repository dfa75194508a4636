"""Files whose headers promise what nobody has: sizes, counts, tables beyond measure."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, JPEGBaseline8Bit

from conformance.case import Case
from conformance.families_mask import overlay
from conformance.files import COLUMNS, ROWS, grey, table, write_all

MOST = 65535
FRAMES = 10_000
BOMB_BYTES = 768 * 1024 * 1024  # more than the child process may have
SOI, EOI = b"\xff\xd8", b"\xff\xd9"
SYNTAXES = {
    "RLE": "1.2.840.10008.1.2.5",
    "JPEG": "1.2.840.10008.1.2.4.50",
    "JPEG 12 bit": "1.2.840.10008.1.2.4.51",
    "JPEG lossless": "1.2.840.10008.1.2.4.70",
    "JPEG-LS": "1.2.840.10008.1.2.4.80",
    "JPEG 2000": "1.2.840.10008.1.2.4.90",
    "HTJ2K": "1.2.840.10008.1.2.4.201",
    "JPEG XL": "1.2.840.10008.1.2.4.110",
    "deflated frames": "1.2.840.10008.1.2.8.1",
    "uncompressed, encapsulated": "1.2.840.10008.1.2.1.98",
}


def written(folder: Path) -> Iterator[tuple[str, Path]]:
    """Each monster's name and file."""
    for number, (name, dataset) in enumerate(_datasets(), start=1):
        syntax = dataset.file_meta.TransferSyntaxUID
        if syntax in SYNTAXES.values():
            dataset.file_meta.TransferSyntaxUID = (
                JPEGBaseline8Bit  # pydicom writes that
            )
        (case,) = write_all([Case("monster", name, dataset)], folder, first=number)
        case.path.write_bytes(_with_syntax(case.path.read_bytes(), syntax))
        yield name, case.path
    yield "deflated bomb", _bomb(folder / "bomb.dcm")


def _plain(**attributes: Any) -> Dataset:
    words = np.arange(ROWS * COLUMNS, dtype=np.uint16).reshape(ROWS, COLUMNS)
    return grey(words, WindowCenter=500, WindowWidth=1000, **attributes)


def _huge(dataset: Dataset, frames: int = FRAMES) -> Dataset:
    dataset.Rows = dataset.Columns = MOST
    dataset.NumberOfFrames = frames
    return dataset


def _datasets() -> Iterator[tuple[str, Dataset]]:
    yield "native, all but 1.5 kB missing", _huge(_plain())
    yield "native, one frame", _huge(_plain(), 1)
    yield "many frames of a small size", _plain(NumberOfFrames=2**31 - 1)
    for name, syntax in SYNTAXES.items():
        yield f"{name}, huge by stream alone", _encapsulated(syntax)
        yield f"{name}, huge by header and stream", _huge(_encapsulated(syntax), 1)
        yield f"{name}, many huge frames", _huge(_encapsulated(syntax))
    yield from _tables()
    yield "overlay beyond any image", _large_overlay()
    yield (
        "shutter polygon of 3000 vertices",
        _plain(
            ShutterShape="POLYGONAL",
            VerticesOfThePolygonalShutter=list(range(1, 3001)) * 2,
        ),
    )
    yield (
        "functional groups missing",
        _plain(SOPClassUID="1.2.840.10008.5.1.4.1.1.2.1", NumberOfFrames=FRAMES),
    )


def _encapsulated(syntax: str) -> Dataset:
    """A small image by its header; its one short stream claims 65535 x 65535."""
    dataset = _plain()
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    dataset.PixelData = encapsulate([_stream(syntax)])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return dataset


def _stream(syntax: str) -> bytes:
    sides = MOST.to_bytes(2) * 2
    if syntax.endswith("2.5"):
        return (15).to_bytes(4, "little") + bytes(range(64, 124)) + b"\x81\x00" * 4000
    if syntax.endswith(".8.1"):
        return _deflated(64 * 1024 * 1024)
    if syntax.endswith((".4.90", ".4.201")):
        return _codestream()
    if syntax.endswith(".4.110"):
        return b"\xff\x0a" + bytes([0x7F, 0xFF, 0xFF, 0xFF]) * 8
    marker, bits = {
        "50": (b"\xc0", 8),
        "51": (b"\xc1", 12),
        "70": (b"\xc3", 16),
        "80": (b"\xf7", 16),
    }.get(syntax[-2:], (b"\xc0", 8))
    frame = (
        b"\xff"
        + marker
        + (11).to_bytes(2)
        + bytes([bits])
        + sides
        + b"\x01\x01\x11\x00"
    )
    scan = b"\xff\xda" + (8).to_bytes(2) + b"\x01\x01\x00\x00\x00\x00"
    return SOI + frame + scan + b"\x00" * 64 + EOI


def _codestream() -> bytes:
    """JPEG 2000 that claims 2^31 x 2^31 in one tile (ISO 15444-1 A.5.1)."""
    side = (2**31 - 1).to_bytes(4)
    siz = (
        b"\x00\x00"
        + side * 2
        + b"\x00" * 8
        + side * 2
        + b"\x00" * 8
        + b"\x00\x01"
        + b"\x0b\x01\x01"
    )
    cod = b"\x00\x00\x00\x01\x00\x05\x04\x04\x00\x01"
    qcd = b"\x40" + b"\x40" * 16
    parts = ((b"\x51", siz), (b"\x52", cod), (b"\x5c", qcd))
    body = b"".join(
        b"\xff" + mark + (len(data) + 2).to_bytes(2) + data for mark, data in parts
    )
    return (
        b"\xff\x4f"
        + body
        + b"\xff\x90\x00\x0a"
        + b"\x00" * 6
        + b"\x00\x01\xff\x93"
        + b"\0" * 64
        + b"\xff\xd9"
    )


def _deflated(count: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    zeros = bytes(16 * 1024 * 1024)
    parts = [packer.compress(zeros) for _ in range(count // len(zeros))]
    return b"".join(parts) + packer.flush()


def _tables() -> Iterator[tuple[str, Dataset]]:
    short = table(0, 16, np.arange(4))
    short.LUTDescriptor = [0, 0, 16]
    yield "VOI LUT of 65536 entries with 4", _plain(VOILUTSequence=[short])
    yield "Modality LUT of 65536 entries with 4", _plain(ModalityLUTSequence=[short])
    palette = _plain(PhotometricInterpretation="PALETTE COLOR")
    endless = np.array([0, 2, 1, 2] + [2, 60000, 0, 0] * 2000, "<u2").tobytes()
    for colour in ("Red", "Green", "Blue"):
        setattr(palette, f"{colour}PaletteColorLookupTableDescriptor", [0, 0, 16])
        setattr(palette, f"Segmented{colour}PaletteColorLookupTableData", endless)
    yield "segmented palette that copies itself", palette


def _large_overlay() -> Dataset:
    dataset = overlay(_plain(), 0x6000, np.ones((8, 8)))
    dataset[(0x6000, 0x0010)].value = dataset[(0x6000, 0x0011)].value = MOST
    return dataset


def _bomb(path: Path) -> Path:
    """A small deflated data set, 768 MB of zeros behind it."""
    (case,) = write_all([Case("monster", "bomb", _plain())], path.parent, first=99)
    data = _with_syntax(case.path.read_bytes(), DeflatedExplicitVRLittleEndian)
    case.path.unlink()
    end = 144 + int.from_bytes(data[140:144], "little")
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    zeros = bytes(16 * 1024 * 1024)
    parts = [packer.compress(data[end:])]
    parts += [packer.compress(zeros) for _ in range(BOMB_BYTES // len(zeros))]
    path.write_bytes(data[:end] + b"".join(parts) + packer.flush())
    return path


def _with_syntax(data: bytes, uid: str) -> bytes:
    """The same file under another Transfer Syntax UID, its group length put right."""
    value = uid.encode() + b"\0" * (len(uid) % 2)
    at = data.index(b"\x02\x00\x10\x00UI") + 6
    old = int.from_bytes(data[at : at + 2], "little")
    changed = (
        data[:at] + len(value).to_bytes(2, "little") + value + data[at + 2 + old :]
    )
    group = int.from_bytes(data[140:144], "little") + len(value) - old
    return changed[:140] + group.to_bytes(4, "little") + changed[144:]
