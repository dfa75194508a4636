"""Debian packages that tests need: installed where we may, else named in one line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = {
    "chromium": lambda: shutil.which("chromium") or shutil.which("chromium-browser"),
    "dicom3tools": lambda: shutil.which("dciodvfy"),
    "dcmtk": lambda: shutil.which("dcmdjpls"),
    "firefox-esr": lambda: shutil.which("firefox-esr") or shutil.which("firefox"),
    "libegl1": lambda: any(Path("/usr/lib").glob("*/libEGL.so.1")),
    "libgles2": lambda: any(Path("/usr/lib").glob("*/libGLESv2.so.2")),
    "libgl1-mesa-dri": lambda: (
        any(Path("/usr/lib").glob("*/dri/*swrast*"))
        or any(Path("/usr/lib").glob("*/dri/libdril_dri.so"))
        or any(Path("/usr/lib").glob("*/libgallium-*.so"))
    ),
    "libnss3-tools": lambda: shutil.which("certutil"),
    "nginx-light": lambda: shutil.which("nginx") or Path("/usr/sbin/nginx").exists(),
    "orthanc": lambda: shutil.which("Orthanc") or Path("/usr/sbin/Orthanc").exists(),
    "orthanc-dicomweb": lambda: Path(
        "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"
    ).exists(),
    "libosmesa6": lambda: any(Path("/usr/lib").glob("*/libOSMesa.so.8")),
    "postgresql": lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
    "xvfb": lambda: shutil.which("Xvfb"),
}


def main() -> None:
    """Install what is missing as root on a Debian-like system, else say how."""
    missing = [name for name, present in PACKAGES.items() if not present()]
    if not missing:
        return
    line = f"apt-get install --yes --no-install-recommends {' '.join(missing)}"
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print(f"Some tests will be skipped. To run them all: sudo {line}")
        return
    print(f"Installing Debian packages (once): {' '.join(missing)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ("apt-get update", line):
        done = subprocess.run(
            command.split(),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stderr[-2000:], file=sys.stderr)
            print(f"Could not install them. To run all tests: sudo {line}")
            return


if __name__ == "__main__":
    main()
