"""A short name for everything that shapes the samples: sources and libraries.

The sources are followed from import to import within this room, without running them,
so that a new phantom module is never forgotten.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from importlib.metadata import version
from pathlib import Path

_ROOM = "smart_viewer.sandbox"
_FOLDER = Path(__file__).parent
_DISTRIBUTIONS = {"numpy": "numpy", "pydicom": "pydicom", "PIL": "pillow"}
_PLUGINS = ("pyjpegls",)


def sources_stamp(module: str) -> str:
    """Twelve hex digits over what `module` of this room imports, and itself."""
    sources, outside = _reached(module)
    digest = hashlib.sha256()
    for name in sorted(sources):
        digest.update(f"{name}\n".encode() + _path(name).read_bytes())
    for library in sorted((*_PLUGINS, *(_DISTRIBUTIONS[name] for name in outside))):
        digest.update(f"{library} {version(library)}\n".encode())
    return digest.hexdigest()[:12]


def _reached(module: str) -> tuple[set[str], set[str]]:
    """The room's modules that `module` needs, and the libraries that these need."""
    sources, outside, waiting = set[str](), set[str](), [module]
    while waiting:
        name = waiting.pop()
        sources.add(name)
        imported = _imports(_path(name))
        ours = {one for one in imported if _path(one).is_file()}
        waiting += ours - sources
        outside |= {one.partition(".")[0] for one in imported - ours}
    return sources, outside - sys.stdlib_module_names - {"smart_viewer"}


def _imports(path: Path) -> set[str]:
    """The absolute names of all that a source imports, wherever it does."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Import(names=found):
                names |= {one.name for one in found}
            case ast.ImportFrom(module=str(origin), names=found):
                names |= {origin, *(f"{origin}.{one.name}" for one in found)}
    return names


def _path(module: str) -> Path:
    """The source of a module of this room; a file that is not there for others."""
    return _FOLDER / f"{module.removeprefix(_ROOM + '.')}.py"
