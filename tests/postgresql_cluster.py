"""A throw-away PostgreSQL cluster without TCP, made from Debian's programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_AS_POSTGRES = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}


@contextmanager
def running_cluster(programs: Path) -> Iterator[Path]:
    """The folder of its socket. programs: where initdb and pg_ctl are."""
    folder = Path(tempfile.mkdtemp(prefix="smart-viewer-pg-"))
    if _AS_POSTGRES:
        shutil.chown(folder, **_AS_POSTGRES)
    data = folder / "data"
    _run(programs / "initdb", "-D", data, "-N", "-A", "trust", "-U", "postgres")
    start_cluster(programs, folder)
    try:
        yield folder
    finally:
        stop_cluster(programs, folder)
        shutil.rmtree(folder)


def start_cluster(programs: Path, cluster: Path) -> None:
    """Start it; it takes connections when this returns."""
    options = (
        f"-c listen_addresses='' -c unix_socket_directories={cluster} -c fsync=off"
    )
    words = ["-D", cluster / "data", "-l", cluster / "log", "-w", "-o", options]
    _run(programs / "pg_ctl", *words, "start")


def stop_cluster(programs: Path, cluster: Path) -> None:
    """End it at once, with whatever is under way, as a crash would."""
    _run(programs / "pg_ctl", "-D", cluster / "data", "-m", "immediate", "-w", "stop")


def make_database(programs: Path, cluster: Path, name: str) -> str:
    """The URL of a new database in it."""
    _run(programs / "createdb", "-h", cluster, "-U", "postgres", name)
    return f"postgresql://postgres@/{name}?host={cluster}"


def _run(*command: object) -> None:
    words = [str(word) for word in command]
    subprocess.run(
        words, check=True, stdout=subprocess.DEVNULL, cwd="/", **_AS_POSTGRES
    )
