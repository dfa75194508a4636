"""Sample studies on disk: built once, whole or not at all, and the same every time.

`make_samples` looks for a folder named after everything that shapes the files (this
room's own source and the libraries' versions). It is built beside its final place and
renamed, under a lock, so that a killed build is never taken for a finished one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from smart_viewer.sandbox.identity import (
    CHEST_PATIENT,
    OTHER_BIRTH_DATE_PATIENT,
    SampleIdentity,
    uid_of,
)

_BUILDING = ".building-"
_SOURCES = (
    "identity shapes torso skeleton courses mediastinum vessels abdomen phantom "
    "noise truth chest_dataset chest_series samples"
).split()
_LIBRARIES = ("numpy", "pydicom", "pyjpegls")


@dataclass(frozen=True, slots=True)
class SampleSeries:
    """One series on disk: its UID, SeriesNumber, folder and number of files."""

    key: str
    series_instance_uid: str
    number: int
    description: str
    folder: Path
    count: int

    @property
    def files(self) -> tuple[Path, ...]:
        """Its files in the order of InstanceNumber."""
        return tuple(self.folder / f"{n:04d}.dcm" for n in range(1, self.count + 1))


@dataclass(frozen=True, slots=True)
class SampleStudy:
    """One study on disk, of whom the archive says it is."""

    identity: SampleIdentity
    folder: Path
    series: tuple[SampleSeries, ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """All sample studies. folder: what to index; it holds nothing else."""

    folder: Path
    chest: SampleStudy
    other_birth_date: SampleStudy


def make_samples(folder: Path, workers: int | None = None) -> Samples:
    """The sample studies below `folder`, built if they are not there yet.

    workers: processes, by default one per processor that this process may use.
    Errors: CalledProcessError where a worker fails; OSError where the disk refuses.
    """
    target = folder / f"samples-{_stamp()}"
    if not target.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        with _lock(folder):
            if not target.is_dir():
                _build(folder, target, workers or len(os.sched_getaffinity(0)))
    return _described(target)


def _stamp() -> str:
    """Twelve hex digits over the sources and the libraries that make the files."""
    digest = hashlib.sha256()
    for name in _SOURCES:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    return digest.hexdigest()[:12]


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One builder at a time; the system frees the lock of one that died."""
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build(folder: Path, target: Path, workers: int) -> None:
    for stale in folder.glob(f"{_BUILDING}*"):  # we hold the lock: its builder is dead
        shutil.rmtree(stale)
    temporary = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=folder))
    try:
        _run_workers(temporary, workers)
        temporary.chmod(0o755)
        temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _run_workers(temporary: Path, workers: int) -> None:
    """Every worker draws each `workers`-th slice, with one thread for its algebra."""
    package_root = str(Path(__file__).parents[2])
    single = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    path = os.pathsep.join([package_root, os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, **single, "PYTHONPATH": path.rstrip(os.pathsep)}
    command = [sys.executable, "-m", "smart_viewer.sandbox.chest_series"]
    started = [
        subprocess.Popen(
            [*command, str(temporary), str(k), str(workers)], env=environment
        )
        for k in range(workers)
    ]
    try:
        for worker in started:
            if worker.wait():
                raise subprocess.CalledProcessError(worker.returncode, worker.args)
    finally:
        for worker in started:
            worker.kill()
            worker.wait()


def _described(target: Path) -> Samples:
    chest = (
        _series(target, "chest/soft", 1, "CHEST 2.0 SOFT", 160),
        _series(target, "chest/lung", 2, "CHEST 2.0 LUNG", 160),
    )
    other = (_series(target, "mismatch/soft", 1, "CHEST 2.0 SOFT", 12),)
    return Samples(
        target,
        SampleStudy(CHEST_PATIENT, target / "chest", chest),
        SampleStudy(OTHER_BIRTH_DATE_PATIENT, target / "mismatch", other),
    )


def _series(
    target: Path, key: str, number: int, description: str, count: int
) -> SampleSeries:
    uid = uid_of(f"{key}/series")
    return SampleSeries(key, uid, number, description, target / key, count)
