"""A real Orthanc with its DICOMweb plugin, on loopback, thrown away afterwards."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
READY_S = 30.0
POLL_S = 0.05
TRIES = 3


@contextmanager
def running_orthanc(program: Path, state: Path, files: Iterable[Path]) -> Iterator[str]:
    """Start Orthanc with `files` in it; gives the base URL of its DICOMweb service.

    program: from `need("orthanc")`. state: an empty folder for its storage.
    """
    process, url = _start(program, state)
    try:
        _upload(url, files)
        yield f"{url}/dicom-web"
    finally:
        process.kill()  # nothing of it is kept, and a polite end takes seconds
        process.wait()


def _start(program: Path, state: Path) -> tuple[subprocess.Popen[bytes], str]:
    """On a free port; again where another process was faster to take it."""
    for _ in range(TRIES):
        port = _free_port()
        config = state / "orthanc.json"
        config.write_text(json.dumps(_config(port, state)))
        log = (state / "orthanc.log").open("wb")
        with log:
            process = subprocess.Popen([program, config], stdout=log, stderr=log)
        if _is_ready(process, port):
            return process, f"http://localhost:{port}"
        process.kill()
        process.wait()
    raise AssertionError((state / "orthanc.log").read_text()[-2000:])


def _config(port: int, state: Path) -> dict[str, object]:
    return {
        "Name": "smart-viewer-test",
        "StorageDirectory": str(state / "storage"),
        "IndexDirectory": str(state / "storage"),
        "HttpPort": port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomServerEnabled": False,
        "Plugins": [str(PLUGIN)],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port: int = bound.getsockname()[1]
        return port


def _is_ready(process: subprocess.Popen[bytes], port: int) -> bool:
    """Poll until it answers; False where it ended or time is over."""
    pause = threading.Event()
    for _ in range(int(READY_S / POLL_S)):
        if process.poll() is not None:
            return False
        try:
            if _session().get(f"http://localhost:{port}/system", timeout=5).ok:
                return True
        except requests.ConnectionError:
            pause.wait(POLL_S)
    return False


def _upload(url: str, files: Iterable[Path]) -> None:
    with _session() as session:
        for file in files:
            answer = session.post(f"{url}/instances", file.read_bytes(), timeout=30)
            assert answer.ok, (file, answer.status_code)


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session
