"""Transfer syntaxes: their names, and how their frames reach the screen.

PS3.5 10 and Annex A; the list is that of PS3.6 Annex A.
"""

from __future__ import annotations

from enum import Enum

from smart_viewer.dicom.study import PixelLayout


class Way(Enum):
    """How the frames of an image reach the screen."""

    BROWSER = "browser"  # the stored bytes, untouched; the page decodes them
    SERVER = "server"  # decoded by `codec`, sent as native little endian samples
    REFUSED = "refused"  # not shown; the reason is said by name


IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2"
EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
ENCAPSULATED_UNCOMPRESSED = "1.2.840.10008.1.2.1.98"
DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1.99"
EXPLICIT_VR_BIG_ENDIAN = "1.2.840.10008.1.2.2"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57"
JPEG_LOSSLESS_FIRST_ORDER = "1.2.840.10008.1.2.4.70"
JPEG_LS_LOSSLESS = "1.2.840.10008.1.2.4.80"
JPEG_LS_NEAR_LOSSLESS = "1.2.840.10008.1.2.4.81"
JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90"
JPEG_2000 = "1.2.840.10008.1.2.4.91"
HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"
HTJ2K_LOSSLESS_RPCL = "1.2.840.10008.1.2.4.202"
HTJ2K = "1.2.840.10008.1.2.4.203"
RLE_LOSSLESS = "1.2.840.10008.1.2.5"
DEFLATED_IMAGE_FRAME = "1.2.840.10008.1.2.8.1"

RAW_LITTLE_ENDIAN = frozenset({IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN})
JPEG_LS = frozenset({JPEG_LS_LOSSLESS, JPEG_LS_NEAR_LOSSLESS})
# Pixel Data is one stretch of native samples (PS3.5 A.1 to A.3, A.5).
NATIVE = RAW_LITTLE_ENDIAN | {
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
}
# Syntaxes whose frames are never what was taken, whatever the header says of it.
LOSSY = frozenset(
    {JPEG_BASELINE, JPEG_EXTENDED, JPEG_LS_NEAR_LOSSLESS}
    | {f"1.2.840.10008.1.2.4.{number}" for number in (52, 53, 54, 55, 56, 112)}
)
# Encapsulated frames that hold native samples (PS3.5 A.4.11, A.4.13).
_WRAPPED = frozenset({ENCAPSULATED_UNCOMPRESSED, DEFLATED_IMAGE_FRAME})
_WAVELETS = frozenset(
    {JPEG_2000_LOSSLESS, JPEG_2000, HTJ2K_LOSSLESS, HTJ2K_LOSSLESS_RPCL, HTJ2K}
)
# 8-bit DCT: deeper samples of these syntaxes are decoded on the server.
_DCT = frozenset({JPEG_BASELINE, JPEG_EXTENDED})

_BROWSER, _SERVER, _REFUSED = Way.BROWSER, Way.SERVER, Way.REFUSED
_SYNTAXES = {
    IMPLICIT_VR_LITTLE_ENDIAN: ("Implicit VR Little Endian", _BROWSER),
    EXPLICIT_VR_LITTLE_ENDIAN: ("Explicit VR Little Endian", _BROWSER),
    ENCAPSULATED_UNCOMPRESSED: (
        "Encapsulated Uncompressed Explicit VR Little Endian",
        _SERVER,
    ),
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN: ("Deflated Explicit VR Little Endian", _SERVER),
    EXPLICIT_VR_BIG_ENDIAN: ("Explicit VR Big Endian", _SERVER),
    JPEG_BASELINE: ("JPEG Baseline (Process 1)", _BROWSER),
    JPEG_EXTENDED: ("JPEG Extended (Process 2 and 4)", _BROWSER),
    "1.2.840.10008.1.2.4.52": ("JPEG Extended (Process 3 and 5)", _REFUSED),
    "1.2.840.10008.1.2.4.53": ("JPEG Spectral Selection (Process 6 and 8)", _SERVER),
    "1.2.840.10008.1.2.4.54": ("JPEG Spectral Selection (Process 7 and 9)", _REFUSED),
    "1.2.840.10008.1.2.4.55": ("JPEG Full Progression (Process 10 and 12)", _SERVER),
    "1.2.840.10008.1.2.4.56": ("JPEG Full Progression (Process 11 and 13)", _REFUSED),
    JPEG_LOSSLESS: ("JPEG Lossless (Process 14)", _BROWSER),
    "1.2.840.10008.1.2.4.58": ("JPEG Lossless (Process 15)", _REFUSED),
    "1.2.840.10008.1.2.4.59": (
        "JPEG Extended, Hierarchical (Process 16 and 18)",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.60": (
        "JPEG Extended, Hierarchical (Process 17 and 19)",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.61": (
        "JPEG Spectral Selection, Hierarchical (20 and 22)",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.62": (
        "JPEG Spectral Selection, Hierarchical (21 and 23)",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.63": (
        "JPEG Full Progression, Hierarchical (24 and 26)",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.64": (
        "JPEG Full Progression, Hierarchical (25 and 27)",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.65": ("JPEG Lossless, Hierarchical (Process 28)", _REFUSED),
    "1.2.840.10008.1.2.4.66": ("JPEG Lossless, Hierarchical (Process 29)", _REFUSED),
    JPEG_LOSSLESS_FIRST_ORDER: (
        "JPEG Lossless (Process 14, Selection Value 1)",
        _BROWSER,
    ),
    JPEG_LS_LOSSLESS: ("JPEG-LS Lossless", _BROWSER),
    JPEG_LS_NEAR_LOSSLESS: ("JPEG-LS Lossy (Near-Lossless)", _BROWSER),
    JPEG_2000_LOSSLESS: ("JPEG 2000 (Lossless Only)", _BROWSER),
    JPEG_2000: ("JPEG 2000", _BROWSER),
    "1.2.840.10008.1.2.4.92": (
        "JPEG 2000 Part 2 Multi-component (Lossless Only)",
        _SERVER,
    ),
    "1.2.840.10008.1.2.4.93": ("JPEG 2000 Part 2 Multi-component", _SERVER),
    "1.2.840.10008.1.2.4.94": ("JPIP Referenced", _REFUSED),
    "1.2.840.10008.1.2.4.95": ("JPIP Referenced Deflate", _REFUSED),
    "1.2.840.10008.1.2.4.100": ("MPEG2 Main Profile / Main Level", _REFUSED),
    "1.2.840.10008.1.2.4.100.1": (
        "Fragmentable MPEG2 Main Profile / Main Level",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.101": ("MPEG2 Main Profile / High Level", _REFUSED),
    "1.2.840.10008.1.2.4.101.1": (
        "Fragmentable MPEG2 Main Profile / High Level",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.102": (
        "MPEG-4 AVC/H.264 High Profile / Level 4.1",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.102.1": (
        "Fragmentable MPEG-4 AVC/H.264 High Profile 4.1",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.103": (
        "MPEG-4 AVC/H.264 BD-compatible / Level 4.1",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.103.1": (
        "Fragmentable MPEG-4 AVC/H.264 BD-compatible 4.1",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.104": (
        "MPEG-4 AVC/H.264 High Profile 4.2 For 2D Video",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.104.1": (
        "Fragmentable MPEG-4 AVC/H.264 4.2 For 2D Video",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.105": (
        "MPEG-4 AVC/H.264 High Profile 4.2 For 3D Video",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.105.1": (
        "Fragmentable MPEG-4 AVC/H.264 4.2 For 3D Video",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.106": (
        "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.106.1": (
        "Fragmentable MPEG-4 AVC/H.264 Stereo High 4.2",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.4.107": ("HEVC/H.265 Main Profile / Level 5.1", _REFUSED),
    "1.2.840.10008.1.2.4.108": ("HEVC/H.265 Main 10 Profile / Level 5.1", _REFUSED),
    "1.2.840.10008.1.2.4.110": ("JPEG XL Lossless", _SERVER),
    "1.2.840.10008.1.2.4.111": ("JPEG XL JPEG Recompression", _SERVER),
    "1.2.840.10008.1.2.4.112": ("JPEG XL", _SERVER),
    HTJ2K_LOSSLESS: ("High-Throughput JPEG 2000 (Lossless Only)", _BROWSER),
    HTJ2K_LOSSLESS_RPCL: (
        "High-Throughput JPEG 2000 with RPCL (Lossless Only)",
        _BROWSER,
    ),
    HTJ2K: ("High-Throughput JPEG 2000", _BROWSER),
    "1.2.840.10008.1.2.4.204": ("JPIP HTJ2K Referenced", _REFUSED),
    "1.2.840.10008.1.2.4.205": ("JPIP HTJ2K Referenced Deflate", _REFUSED),
    RLE_LOSSLESS: ("RLE Lossless", _BROWSER),
    "1.2.840.10008.1.2.6.1": ("RFC 2557 MIME encapsulation", _REFUSED),
    "1.2.840.10008.1.2.6.2": ("XML Encoding", _REFUSED),
    "1.2.840.10008.1.2.7.1": (
        "SMPTE ST 2110-20 Uncompressed Progressive Video",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.7.2": (
        "SMPTE ST 2110-20 Uncompressed Interlaced Video",
        _REFUSED,
    ),
    "1.2.840.10008.1.2.7.3": ("SMPTE ST 2110-30 PCM Digital Audio", _REFUSED),
    DEFLATED_IMAGE_FRAME: ("Deflated Image Frame Compression", _SERVER),
    "1.2.840.10008.1.20": ("Papyrus 3 Implicit VR Little Endian", _REFUSED),
}
_GREY = frozenset({"MONOCHROME1", "MONOCHROME2"})
_COLOUR = frozenset(
    {"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT", "YBR_PARTIAL_422", "XYB"}
)


def name(transfer_syntax_uid: str) -> str:
    """The syntax's name in the Standard, or the UID itself where it has none."""
    found = _SYNTAXES.get(transfer_syntax_uid)
    return found[0] if found else transfer_syntax_uid


def way(transfer_syntax_uid: str) -> Way:
    """The way of a syntax by itself; REFUSED where it is unknown."""
    found = _SYNTAXES.get(transfer_syntax_uid)
    return found[1] if found else Way.REFUSED


def delivery(
    transfer_syntax_uid: str,
    pixels: PixelLayout,
    *,
    has_foreign_profile: bool = False,
    is_tiled: bool = False,
) -> Way:
    """The way of one image's frames.

    transfer_syntax_uid: as stored; empty where the archive does not tell, which
    counts as native little endian (each frame is looked at again when it comes).
    has_foreign_profile: an ICC profile that is not sRGB's stands with the colours.
    is_tiled: a mosaic, of which tiles are sent. The image is refused by its syntax
    where `way` says REFUSED too, else by its depth (`fits_depth`) or its colour.
    """
    syntax = transfer_syntax_uid or EXPLICIT_VR_LITTLE_ENDIAN
    by_syntax = way(syntax)
    if by_syntax is Way.REFUSED or not fits_depth(syntax, pixels):
        return Way.REFUSED
    if not fits_colour(pixels):
        return Way.REFUSED
    if by_syntax is Way.SERVER or is_tiled or has_foreign_profile:
        return Way.SERVER
    return Way.BROWSER if _browser_decodes(syntax, pixels) else Way.SERVER


def fits_depth(transfer_syntax_uid: str, pixels: PixelLayout) -> bool:
    """Whether samples of this depth are shown in this syntax (PS3.5 8.1.1, 8.2)."""
    plain = transfer_syntax_uid in NATIVE | _WRAPPED
    if pixels.is_float:
        return plain and pixels.bits_allocated in (32, 64)
    if pixels.bits_allocated in (1, 32):
        return plain or transfer_syntax_uid in _WAVELETS | {RLE_LOSSLESS}
    return pixels.bits_allocated in (8, 16)


def fits_colour(pixels: PixelLayout) -> bool:
    """Whether pixels of this interpretation are shown (PS3.3 C.7.6.3.1.2)."""
    interpretation = pixels.photometric_interpretation
    if pixels.samples_per_pixel == 1:
        if interpretation == "PALETTE COLOR":
            return pixels.bits_allocated in (8, 16)
        return interpretation in _GREY
    return pixels.samples_per_pixel == 3 and interpretation in _COLOUR


def _browser_decodes(transfer_syntax_uid: str, pixels: PixelLayout) -> bool:
    """Whether the page's decoders give exactly the stored samples, of a browser way."""
    depth = (pixels.bits_allocated, pixels.bits_stored, pixels.high_bit)
    is_colour = pixels.samples_per_pixel != 1
    if is_colour and (
        depth != (8, 8, 7)
        or pixels.signed
        or pixels.photometric_interpretation in ("YBR_PARTIAL_422", "XYB")
    ):
        return False
    if transfer_syntax_uid in RAW_LITTLE_ENDIAN:
        return pixels.bits_allocated != 1
    if pixels.bits_allocated not in (8, 16):
        return False
    if transfer_syntax_uid == RLE_LOSSLESS:  # whole cells, as native
        return True
    if pixels.high_bit != pixels.bits_stored - 1:
        return False  # code streams are aligned at the lowest bit
    return transfer_syntax_uid not in _DCT or pixels.bits_stored <= 8


def shown_by_browser(transfer_syntax_uid: str) -> bool:
    """Whether the viewer page itself decodes frames of this syntax."""
    return way(transfer_syntax_uid) is Way.BROWSER


def is_native(transfer_syntax_uid: str) -> bool:
    """Whether Pixel Data is native samples; else it is encapsulated (PS3.5 A.4)."""
    return transfer_syntax_uid in NATIVE
