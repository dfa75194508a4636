"""Images as files, and the pictures that dcmtk makes of them.

dcmtk cuts the fraction of a grey level off where the viewer rounds: one level apart at
most. It draws LINEAR, SIGMOID, VOI LUTs and overlays; LINEAR_EXACT it does not know.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage

Shown = Callable[..., np.ndarray]


def image_of(cells: np.ndarray, bits_stored: int, signed: bool = False) -> Dataset:
    """A secondary capture with these pixel cells, high bit at the top of the stored."""
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID = SecondaryCaptureImageStorage
    image.SOPInstanceUID = "1.2.826.0.1.3680043.10.5"
    image.Rows, image.Columns = cells.shape
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.BitsAllocated = cells.dtype.itemsize * 8
    image.BitsStored, image.HighBit = bits_stored, bits_stored - 1
    image.PixelRepresentation = int(signed)
    image.PixelData = cells.tobytes()
    return image


def lut_item(first: int, bits: int, entries: np.ndarray) -> Dataset:
    """An item of a Modality or VOI LUT Sequence."""
    item = Dataset()
    descriptor = [entries.size % 65536, first, bits]
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", descriptor)
    item.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    item.LUTExplanation = "a curve"
    return item


def with_lut(image: Dataset, keyword: str, *items: Dataset) -> Dataset:
    """The image with a LUT sequence."""
    if keyword == "ModalityLUTSequence":
        items[0].ModalityLUTType = "US"
    setattr(image, keyword, Sequence(items))
    return image


def with_overlay(
    image: Dataset, bits: np.ndarray, origin: tuple[int, int], group: int = 0x6000
) -> Dataset:
    """The image with graphics; bits (rows, columns), packed by the Standard's order."""
    packed = np.packbits(bits.astype(np.uint8).reshape(-1), bitorder="little").tobytes()
    embed_overlay(image, bits.shape, origin, group, allocated=1, bit=0)
    image.add_new((group, 0x3000), "OW", packed + b"\0" * (len(packed) % 2))
    return image


def embed_overlay(  # noqa: PLR0913 - one argument an attribute
    image: Dataset,
    shape: tuple[int, ...],
    origin: tuple[int, int],
    group: int,
    allocated: int,
    bit: int,
) -> Dataset:
    """The attributes of an overlay whose bits lie in the pixel cells."""
    image.add_new((group, 0x0010), "US", shape[0])
    image.add_new((group, 0x0011), "US", shape[1])
    image.add_new((group, 0x0040), "CS", "G")
    image.add_new((group, 0x0050), "SS", list(origin))
    image.add_new((group, 0x0100), "US", allocated)
    image.add_new((group, 0x0102), "US", bit)
    return image


def dcmtk_draws(folder: Path, image: Dataset, *options: str) -> np.ndarray:
    """dcmtk's grey levels of an image, as integers."""
    source, made = folder / "image.dcm", folder / "image.pgm"
    image.save_as(source, enforce_file_format=True)
    command = ["dcm2pnm", "--write-raw-pnm", *options, str(source), str(made)]
    subprocess.run(command, check=True, capture_output=True)
    with Image.open(made) as picture:
        return np.array(picture).astype(int)
