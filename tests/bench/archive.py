"""The folder archive: files indexed a second, metadata of a series of 300."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pydicom

from smart_viewer.archive.folder import FolderArchive
from smart_viewer.archive.indexing import index_folder
from smart_viewer.dicom.display_sets import display_sets
from smart_viewer.sandbox.samples import make_samples
from tests.bench.report import say, say_ratio, timed

RUNS = 7
IMAGES = 300
CACHE = Path(__file__).parents[2] / ".cache"


def measure() -> None:
    """Beside each: the same by pydicom alone, one file after the other."""
    with _series_of_300() as folder:
        _measure_index(folder)
        _measure_study(folder)


def _measure_index(folder: Path) -> None:
    files = sorted(folder.iterdir())
    ours, plain = [], []
    for run in range(RUNS):
        with tempfile.TemporaryDirectory() as state:
            index = Path(state) / f"{run}.sqlite"
            ours.append(timed(lambda at=index: index_folder(folder, at)).wall_s)
        plain.append(timed(lambda: _read_all(files)).wall_s)
    rates = [len(files) / took for took in ours]
    say("index, two processes", rates, "files/s", "at least 300 files/s")
    say_ratio("against pydicom reading the headers alone", ours, plain)


def _measure_study(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as state:
        index = Path(state) / "index.sqlite"
        index_folder(folder, index)
        archive = FolderArchive("bench", index)
        uid = archive.study_headers()[0].found.study_instance_uid
        ours, sets, plain = [], [], []
        files = sorted(folder.iterdir())
        for _ in range(RUNS * 3):
            ours.append(timed(lambda: archive.study(uid)))
            study = archive.study(uid)
            sets.append(timed(lambda one=study: display_sets(one)).cpu_s * 1000)
            plain.append(timed(lambda: _read_all(files)).wall_s)
        archive.close()
    wall = [one.wall_s for one in ours]
    say(
        "metadata of 300 instances, wall", [1000 * w for w in wall], "ms", "under 10 ms"
    )
    say("the same, CPU", [1000 * one.cpu_s for one in ours], "ms", "under 10 ms")
    say("display sets of them, CPU", sets, "ms", "none")
    say_ratio("against pydicom reading the headers", wall, plain)


def _read_all(files: list[Path]) -> None:
    for file in files:
        pydicom.dcmread(file, stop_before_pixels=True)


@contextmanager
def _series_of_300() -> Iterator[Path]:
    """One series of 300 CT images: the phantom's, and again under new positions."""
    samples = make_samples(CACHE / "samples")
    series = next(one for one in samples.chest.series if one.key.endswith("lung"))
    with tempfile.TemporaryDirectory() as folder:
        for number in range(IMAGES):
            source = series.files[number % series.count]
            target = Path(folder) / f"{number:04d}.dcm"
            if number < series.count:
                shutil.copy(source, target)
                continue
            dataset = pydicom.dcmread(source)
            dataset.SOPInstanceUID += f".{number}"
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
            dataset.InstanceNumber = number + 1
            x, y, z = dataset.ImagePositionPatient
            dataset.ImagePositionPatient = [x, y, float(z) + 1000]
            dataset.save_as(target)
        yield Path(folder)
