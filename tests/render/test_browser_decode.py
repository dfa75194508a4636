"""The decode pool with its real workers and codecs, under the page's policy.

Oracle: pydicom with its plugins (pylibjpeg, gdcm) for real files, Pillow for the
colours of JPEG (libjpeg-turbo, the same inverse DCT "islow"; within one level, since
another implementation of it may round differently), else the arrays that were encoded.
"""

from __future__ import annotations

import base64
import csv
import gzip
import io
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import imagecodecs
import numpy as np
import pydicom
import pytest
from flask import Flask
from numpy.typing import NDArray
from PIL import Image
from pydicom.encaps import generate_frames
from pydicom.pixels import pixel_array
from werkzeug.serving import make_server

from smart_viewer.web.security import install

pytestmark = pytest.mark.browser

VIEWER = Path(__file__).resolve().parents[2] / "viewer"
CODEC_BUDGET_BYTES = 150 * 1024  # gzip, performance requirements section 3
CODECS = {
    "codec-charls.js": "charlswasm_decode.wasm",
    "codec-jpeg.js": "libjpegturbowasm_decode.wasm",
    "codec-openjpeg.js": "openjpegwasm_decode.wasm",
    "codec-openjph.js": "openjphjs.wasm",
}
PREFIX = "1.2.840.10008.1.2"
NATIVE = (PREFIX, f"{PREFIX}.1")
JPEG_LS = f"{PREFIX}.4.80"
DCT = (f"{PREFIX}.4.50", f"{PREFIX}.4.51")
LOSSY_WAVELETS = (f"{PREFIX}.4.91", f"{PREFIX}.4.203")
ENCAPSULATED = (
    f"{PREFIX}.5",
    *DCT,
    *(f"{PREFIX}.4.{n}" for n in (57, 70, 80, 81, 90, 91, 201)),
)
MOST_FILES = 24  # of one syntax: the first of each folder, size and kind


@pytest.fixture(scope="module")
def dist(need, tmp_path_factory) -> Path:
    """The viewer as it is built for users, with the harness beside it."""
    need("node")
    folder = tmp_path_factory.mktemp("dist")
    settings = {**os.environ, "SMART_VIEWER_DIST": str(folder)}
    subprocess.run(["node", "build.mjs"], cwd=VIEWER, env=settings, check=True)
    return folder


@pytest.fixture(scope="module")
def address(dist, bundled) -> Iterator[str]:
    """Served with the headers of the product."""
    app = Flask(__name__, static_folder=str(dist), static_url_path="/static/dist")
    install(app)
    harness = bundled("test/decodeHarness.ts").read_text()
    app.add_url_rule("/", "page", lambda: '<script src="/harness.js"></script>')
    app.add_url_rule(
        "/harness.js", "harness", lambda: (harness, {"Content-Type": "text/javascript"})
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser, address):
    """A page with a pool of two workers."""
    page = browser.new_page()
    page.goto(address)
    page.evaluate("harness.open('/static/dist/', 2)")
    yield page
    page.close()


@dataclass(frozen=True)
class Answer:
    values: NDArray[np.generic]
    samples: int
    model: str
    base: float
    refusal: str


def request(encoded: bytes, syntax: str, key: str = "frame", **shape: object) -> dict:
    grey = {
        "bitsAllocated": 16,
        "bitsStored": 16,
        "highBit": 15,
        "signed": False,
        "isFloat": False,
        "samplesPerPixel": 1,
        "planarConfiguration": 0,
        "photometricInterpretation": "MONOCHROME2",
    }
    encoded_text = base64.b64encode(encoded).decode()
    named = {"key": key, "base64": encoded_text, "transferSyntaxUid": syntax}
    return {**named, "priority": 0, **grey, **shape}


def decoded(page, *requests: dict) -> list[Answer]:
    found = page.evaluate("rs => Promise.all(rs.map(harness.decode))", list(requests))
    return [_answer(one) for one in found]


def _answer(said: dict) -> Answer:
    kind = said["type"].removesuffix("Array").lower() or "uint8"
    values = np.frombuffer(base64.b64decode(said["base64"]), kind)
    rest = (said["samples"], said["model"], said["base"], said["refusal"])
    return Answer(values, *rest)


def jpeg_ls(words: NDArray[np.uint16], key: str = "frame", **changed: object) -> dict:
    rows, columns = words.shape
    encoded = imagecodecs.jpegls_encode(words)
    return request(
        encoded, JPEG_LS, key, **{"rows": rows, "columns": columns, **changed}
    )


def test_a_worker_gives_the_values_that_were_encoded(page):
    words = np.random.default_rng(1).integers(0, 65536, (67, 129), dtype=np.uint16)
    (answer,) = decoded(page, jpeg_ls(words))
    assert np.array_equal(answer.values.reshape(words.shape), words)


def test_a_broken_frame_is_refused_and_its_neighbours_are_not(page):
    words = np.arange(64 * 80, dtype=np.uint16).reshape(64, 80)
    encoded = imagecodecs.jpegls_encode(words)
    cut = request(encoded[: len(encoded) // 2], JPEG_LS, "b", rows=64, columns=80)
    answers = decoded(
        page,
        jpeg_ls(words, "a"),
        cut,
        jpeg_ls(words, "c", rows=80, columns=64),
        jpeg_ls(words, "d"),
    )
    assert answers[1].refusal.startswith("DecodeError: The JPEG-LS stream is broken")
    assert "declared are 64 × 80" in answers[2].refusal
    for answer in (answers[0], answers[3]):
        assert np.array_equal(answer.values.reshape(words.shape), words)


RAMP = np.add.outer(
    61 * np.arange(23), 37 * np.arange(31)
)  # as fixtures/README.md says


@pytest.mark.parametrize(
    ("syntax", "fixture", "bits"),
    [
        (f"{PREFIX}.5", "grey_8bit.rle", 8),
        (f"{PREFIX}.4.57", "lossless_12bit_predictor5.jpg", 12),
        (f"{PREFIX}.4.70", "lossless_12bit_predictor1.jpg", 12),
        (f"{PREFIX}.4.90", "grey_12bit.j2k", 12),
        (f"{PREFIX}.4.201", "grey_8bit.jph", 8),
        (f"{PREFIX}.4.202", "grey_8bit.jph", 8),
        (f"{PREFIX}.4.203", "grey_8bit.jph", 8),
    ],
)
def test_each_codec_starts_under_the_page_s_policy(page, syntax, fixture, bits):
    encoded = (VIEWER / "test" / "fixtures" / fixture).read_bytes()
    cells = {"bitsAllocated": 8, "bitsStored": 8, "highBit": 7} if bits == 8 else {}
    (answer,) = decoded(page, request(encoded, syntax, rows=23, columns=31, **cells))
    assert answer.refusal == ""
    assert np.array_equal(answer.values, (RAMP % (1 << bits)).ravel())


def test_the_codecs_make_no_code_from_strings_and_keep_their_budgets(dist):
    """The policy allows 'wasm-unsafe-eval' only."""
    for script in dist.glob("*.js"):
        assert not re.search(r"new Function|\beval\(", script.read_text()), script.name
    for script, wasm in CODECS.items():
        parts = [dist / script, dist / wasm]
        size = sum(len(gzip.compress(part.read_bytes())) for part in parts)
        assert size < CODEC_BUDGET_BYTES, script


@pytest.mark.data
@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")  # real headers have faults
@pytest.mark.parametrize("syntax", [*NATIVE, *ENCAPSULATED])
def test_real_files_come_out_as_pydicom_reads_them(page, need, syntax):
    compared = 0
    for path in real_files(need("data"), syntax):
        image = pydicom.dcmread(path)
        if not is_ours(image, syntax):
            continue
        encoded = first_frame(image, syntax)
        (answer,) = decoded(page, request(encoded, syntax, **shape_of(image)))
        assert answer.refusal == "", path.name
        largest = largest_difference(answer, image, syntax, encoded)
        assert largest <= (1 if syntax in (*DCT, *LOSSY_WAVELETS) else 0), path.name
        compared += 1
    assert compared > 0


@pytest.mark.data
def test_a_real_chest_slice_survives_jpeg_ls_too(page, need):
    folder = need("data") / "ct_chest_nlst_101287" / "0OPATOAQUL4FC51276621204_952642"
    image = pydicom.dcmread(sorted(folder.iterdir())[70])
    words = image.pixel_array.view(np.uint16)
    (answer,) = decoded(page, jpeg_ls(words))
    assert np.array_equal(answer.values.reshape(words.shape), words)


def real_files(data: Path, syntax: str) -> list[Path]:
    """One of each folder, size and kind, by the manifest; malformed ones left out."""
    name = pydicom.uid.UID(syntax).name
    chosen: dict[tuple[str, ...], Path] = {}
    with (data / "MANIFEST.tsv").open(newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            path = row["path"]
            if row["transfer syntax"] != name or path.startswith("malformed/"):
                continue
            size, bits = row["rows x cols x frames"], row["bits (stored/allocated)"]
            kind = (path.split("/")[0], size, bits, row["photometric"])
            chosen.setdefault(kind, data / path)
    return list(chosen.values())[:MOST_FILES]


def is_ours(image: pydicom.Dataset, syntax: str) -> bool:
    """Pixels that the server does not decode itself."""
    if "Rows" not in image or "SamplesPerPixel" not in image:
        return False
    bits = image.get("BitsAllocated", 64)
    if image.SamplesPerPixel == 3:
        return bits == 8
    return bits > 1 and (syntax not in DCT or image.BitsStored <= 8)


def first_frame(image: pydicom.Dataset, syntax: str) -> bytes:
    count = int(image.get("NumberOfFrames", 1) or 1)
    if syntax not in NATIVE:
        frame: bytes = next(generate_frames(image.PixelData, number_of_frames=count))
        return frame
    keywords = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
    data = bytes(image[next(one for one in keywords if one in image)].value)
    shape = shape_of(image)
    pixels = image.Rows * image.Columns
    samples = pixels * image.SamplesPerPixel
    if shape["photometricInterpretation"] == "YBR_FULL_422":
        samples = pixels * 2
    size = samples * int(str(shape["bitsAllocated"])) // 8
    return data[: size + size % 2] if count == 1 else data[:size]


def shape_of(image: pydicom.Dataset) -> dict[str, object]:
    bits = 64 if "DoubleFloatPixelData" in image else image.get("BitsAllocated", 32)
    return {
        "rows": image.Rows,
        "columns": image.Columns,
        "bitsAllocated": bits,
        "bitsStored": image.get("BitsStored", bits),
        "highBit": image.get("HighBit", bits - 1),
        "signed": image.get("PixelRepresentation", 0) == 1,
        "isFloat": "PixelData" not in image,
        "samplesPerPixel": image.SamplesPerPixel,
        "planarConfiguration": image.get("PlanarConfiguration", 0) or 0,
        "photometricInterpretation": image.PhotometricInterpretation,
    }


def largest_difference(
    answer: Answer, image: pydicom.Dataset, syntax: str, encoded: bytes
) -> float:
    """Between stored values: of the stored bits, with their sign."""
    if syntax in DCT and image.SamplesPerPixel == 3:
        assert answer.model == "rgb"
        return _apart(answer.values, rgb_of_jpeg(encoded, image))
    expected = pixel_array(image, index=0, raw=True)
    if image.SamplesPerPixel == 3:
        wavelet_ybr = image.PhotometricInterpretation in ("YBR_ICT", "YBR_RCT")
        interpreted_rgb = image.PhotometricInterpretation == "RGB" or wavelet_ybr
        assert answer.model == ("rgb" if interpreted_rgb else "ybr")
        return _apart(answer.values, expected)
    if "PixelData" not in image:
        ours = answer.values.astype(np.float64) + answer.base
        scale = max(1.0, float(np.abs(expected).max()))
        return 0 if _apart(ours, expected) / scale < 1e-7 else 1  # 24 bits of the range
    bits = image.BitsStored
    shift = image.HighBit + 1 - bits
    ours = signed(answer.values.astype(np.int64) >> shift, bits, image)
    return _apart(ours, signed(expected.astype(np.int64), bits, image))


def signed(
    values: NDArray[np.int64], bits: int, image: pydicom.Dataset
) -> NDArray[np.int64]:
    """Unused bits dropped, the sign extended (PS3.5 8.1.1)."""
    kept = values & ((1 << bits) - 1)
    if image.PixelRepresentation == 0:
        return kept
    return kept - ((kept >> (bits - 1)) << bits)


def _apart(ours: NDArray[np.generic], expected: NDArray[np.generic]) -> float:
    flat = expected.ravel()
    assert ours.shape == flat.shape
    return float(np.abs(ours.astype(np.float64) - flat.astype(np.float64)).max())


def rgb_of_jpeg(encoded: bytes, image: pydicom.Dataset) -> NDArray[np.uint8]:
    """By Pillow; it takes for YCbCr what is only unmarked, which the header decides."""
    picture = Image.open(io.BytesIO(encoded))
    unmarked = not {"jfif", "adobe_transform"} & set(picture.info)
    if unmarked and image.PhotometricInterpretation == "RGB":
        pixels: NDArray[np.uint8] = pixel_array(image, index=0, raw=True)
        return pixels
    return np.asarray(picture.convert("RGB"))
