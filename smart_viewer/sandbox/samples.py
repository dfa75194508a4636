"""Sample studies on disk: built once, whole or not at all, and the same every time.

`make_samples` looks for a folder named after everything that shapes the files (the
sources of the phantoms and the libraries' versions). It is built beside its final
place and renamed, under a lock, so that a killed build is never taken for a finished
one. Folders that older sources made are removed when they were unused for a week.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from smart_viewer.sandbox.identity import SampleIdentity
from smart_viewer.sandbox.sample_families import all_studies, all_tasks
from smart_viewer.sandbox.sample_plan import SampleSeriesPlan, SampleStudyPlan
from smart_viewer.sandbox.sample_stamp import sources_stamp
from smart_viewer.sandbox.sample_worker import make_folders, numbers_of

_BUILDING = ".building-"
_MADE = "samples-"
_WORKER = "smart_viewer.sandbox.sample_worker"
_KEPT_S = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class SampleSeries:
    """One series on disk: its UID, SeriesNumber, folder and number of files."""

    key: str
    series_instance_uid: str
    number: int
    description: str
    folder: Path
    count: int
    modality: str = "CT"

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
    key: str


@dataclass(frozen=True, slots=True)
class Samples:
    """All sample studies. folder: what to index; it holds nothing else."""

    folder: Path
    studies: tuple[SampleStudy, ...]

    def study(self, key: str) -> SampleStudy:
        """The study of that key of `identity.IDENTITIES`. KeyError for another."""
        for study in self.studies:
            if study.key == key:
                return study
        raise KeyError(key)

    @property
    def chest(self) -> SampleStudy:
        """The first patient's study."""
        return self.study("chest")

    @property
    def other_birth_date(self) -> SampleStudy:
        """The study whose headers have another birth date than the EHR."""
        return self.study("mismatch")


def make_samples(folder: Path, workers: int | None = None) -> Samples:
    """The sample studies below `folder`, built if they are not there yet.

    workers: processes, by default one per processor that this process may use.
    Errors: CalledProcessError where a worker fails; OSError where the disk refuses.
    """
    target = folder / f"{_MADE}{sources_stamp(_WORKER)}"
    if not target.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        with _lock(folder):
            if not target.is_dir():
                _remove_unused(folder)
                _build(folder, target, workers or len(os.sched_getaffinity(0)))
    with suppress(OSError):  # a cache that may only be read need not be told
        os.utime(target)
    return Samples(target, tuple(_study(target, plan) for plan in all_studies()))


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One builder at a time; the system frees the lock of one that died."""
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _remove_unused(folder: Path) -> None:
    """Remove the samples of other sources that nobody asked for in a week."""
    oldest = time.time() - _KEPT_S
    for made in folder.glob(f"{_MADE}*"):
        if made.is_dir() and made.stat().st_mtime < oldest:
            shutil.rmtree(made)


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
    """Have all tasks done, the longest first; each worker takes the next when free."""
    make_folders(temporary)
    tasks = all_tasks()
    order = sorted(range(len(tasks)), key=lambda place: -tasks[place].cost_s)
    waiting, filling = os.pipe()
    with open(waiting, "rb") as numbers:
        with open(filling, "wb") as pipe:  # a pipe holds 32 thousand numbers
            pipe.write(numbers_of(order))
        command = [sys.executable, "-m", _WORKER, str(temporary)]
        started = [
            subprocess.Popen(command, env=_environment(), stdin=numbers)
            for _ in range(workers)
        ]
    try:
        for worker in started:
            if worker.wait():
                raise subprocess.CalledProcessError(worker.returncode, worker.args)
    finally:
        for worker in started:
            worker.kill()
            worker.wait()


def _environment() -> dict[str, str]:
    """This process's, with one thread for a worker's algebra."""
    package_root = str(Path(__file__).parents[2])
    single = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    path = os.pathsep.join([package_root, os.environ.get("PYTHONPATH", "")])
    return {**os.environ, **single, "PYTHONPATH": path.rstrip(os.pathsep)}


def _study(target: Path, plan: SampleStudyPlan) -> SampleStudy:
    series = tuple(_series(target, one) for one in plan.series)
    return SampleStudy(plan.identity, target / plan.key, series, plan.key)


def _series(target: Path, plan: SampleSeriesPlan) -> SampleSeries:
    return SampleSeries(
        key=plan.key,
        series_instance_uid=plan.series_instance_uid,
        number=plan.number,
        description=plan.description,
        folder=target / plan.key,
        count=plan.count,
        modality=plan.modality,
    )
