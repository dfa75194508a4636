"""`smart-viewer demo` as a person starts it."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests


@contextmanager
def demo(tmp_path: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "smart_viewer", "demo", "--no-browser"]
    command += ["--port", "0", "--ehr-port", "0", "--cache", str(tmp_path / "cache")]
    with subprocess.Popen(
        [*command, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        found = re.search(r"http://\S+", line)
        if found:
            return found[0]
    raise AssertionError("".join(said))


def test_a_folder_becomes_patients_and_orders_that_launch(samples, tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(samples / "mismatch", folder)
    (folder / "notes.txt").write_text("not DICOM")
    with demo(tmp_path, "--dicom", str(folder)) as process:
        url = url_of(process)
        page = requests.get(url, timeout=30).text
        assert "SANDBOX" in page.upper()
        assert "SBXA0002" in page
        launch = re.search(r'href="(/launch/[^"]*display=tab[^"]*)"', page)
        assert launch is not None
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_folder_without_images_ends_with_a_sentence(tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "notes.txt").write_text("not DICOM")
    with demo(tmp_path, "--dicom", str(folder)) as process:
        said = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert "There is no DICOM file to show" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["index", "demo", "serve", "audit"])
def test_every_command_explains_itself(command):
    done = subprocess.run(
        [sys.executable, "-m", "smart_viewer", command, "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "Usage" in done.stdout
