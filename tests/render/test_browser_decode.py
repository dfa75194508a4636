"""The decode pool with its real worker and codec, in Chromium.

Oracle: the arrays that were encoded (imagecodecs: CharLS of another build), pydicom.
"""

from __future__ import annotations

import base64
import gzip
from pathlib import Path
from urllib.parse import urlsplit

import imagecodecs
import numpy as np
import pytest

pytestmark = pytest.mark.browser

CODEC = Path(__file__).resolve().parents[2] / "viewer/node_modules/@cornerstonejs"
WASM = CODEC / "codec-charls/dist/charlswasm_decode.wasm"
CODEC_BUDGET_BYTES = 150 * 1024  # gzip, performance requirements section 3
CSP = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
    "worker-src 'self'; connect-src 'self'"
)
JPEG_LS = "1.2.840.10008.1.2.4.80"


@pytest.fixture(scope="module")
def worker(bundled) -> Path:
    return bundled("src/decode/decodeWorker.ts")


@pytest.fixture
def page(browser, bundled, worker):
    """A page with a pool of two workers, under the viewer's own CSP."""
    harness = bundled("test/decodeHarness.ts").read_text()
    answers = {
        "/": ("text/html", '<script src="/harness.js"></script>'),
        "/harness.js": ("text/javascript", harness),
        "/decodeWorker.js": ("text/javascript", worker.read_text()),
    }
    page = browser.new_page()

    def answer(route):
        kind, body = answers[urlsplit(route.request.url).path]
        headers = {"Content-Security-Policy": CSP}
        route.fulfill(content_type=kind, body=body, headers=headers)

    page.route("**/*", answer)
    page.goto("http://localhost/")
    wasm = base64.b64encode(WASM.read_bytes()).decode()
    page.evaluate("wasm => harness.open('/decodeWorker.js', wasm, 2)", wasm)
    yield page
    page.close()


def request(encoded: bytes, shape: tuple[int, int], key: str = "frame") -> dict:
    return {
        "key": key,
        "base64": base64.b64encode(encoded).decode(),
        "transferSyntaxUid": JPEG_LS,
        "rows": shape[0],
        "columns": shape[1],
        "bitsAllocated": 16,
        "samplesPerPixel": 1,
        "priority": 0,
    }


def decoded(page, *requests: dict) -> list:
    return page.evaluate("rs => Promise.all(rs.map(harness.decode))", list(requests))


def test_a_worker_gives_the_values_that_were_encoded(page):
    words = np.random.default_rng(1).integers(0, 65536, (67, 129), dtype=np.uint16)
    encoded = imagecodecs.jpegls_encode(words)
    (values,) = decoded(page, request(encoded, words.shape))
    assert np.array_equal(np.reshape(values, words.shape), words)


def test_a_broken_frame_is_refused_and_its_neighbours_are_not(page):
    words = np.arange(64 * 80, dtype=np.uint16).reshape(64, 80)
    encoded = imagecodecs.jpegls_encode(words)
    cut = encoded[: len(encoded) // 2]
    answers = decoded(
        page,
        request(encoded, words.shape, "a"),
        request(cut, words.shape, "b"),
        request(encoded, (80, 64), "c"),
        request(encoded, words.shape, "d"),
    )
    assert answers[1].startswith("DecodeError: The JPEG-LS stream is broken")
    assert "declared are 64 × 80" in answers[2]
    for answer in (answers[0], answers[3]):
        assert np.array_equal(np.reshape(answer, words.shape), words)


@pytest.mark.data
def test_a_real_chest_slice_comes_out_as_pydicom_reads_it(page, need):
    import pydicom  # noqa: PLC0415 - only where data is

    folder = need("data") / "ct_chest_nlst_101287" / "0OPATOAQUL4FC51276621204_952642"
    image = pydicom.dcmread(sorted(folder.iterdir())[70])
    words = image.pixel_array.view(np.uint16)
    encoded = imagecodecs.jpegls_encode(words)
    (values,) = decoded(page, request(encoded, words.shape))
    assert np.array_equal(np.reshape(values, words.shape), words)


@pytest.mark.data
def test_a_real_jpeg_ls_file_comes_out_as_pydicom_reads_it(page, need):
    import pydicom  # noqa: PLC0415 - only where data is

    name = "CTImage.dcm_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm"
    image = pydicom.dcmread(need("data") / "ct_all_transfer_syntaxes" / name)
    encoded = pydicom.encaps.get_frame(image.PixelData, 0)
    (values,) = decoded(page, request(encoded, image.pixel_array.shape))
    bits = image.BitsStored  # the stream has no bits above
    expected = image.pixel_array.view(np.uint16).ravel() & ((1 << bits) - 1)
    assert np.array_equal(np.array(values) & ((1 << bits) - 1), expected)


def test_the_codec_makes_no_code_from_strings_and_keeps_its_budget(worker):
    """CSP allows 'wasm-unsafe-eval' only."""
    script = worker.read_text()
    assert "new Function" not in script
    assert "eval(" not in script
    size = len(gzip.compress(script.encode())) + len(gzip.compress(WASM.read_bytes()))
    assert size < CODEC_BUDGET_BYTES
