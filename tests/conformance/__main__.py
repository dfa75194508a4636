"""`python -m conformance DOC`: run every case, print the table, write the document."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from conformance.conftest import ACCOUNT
from conformance.document import document, table

HERE = Path(__file__).parent
CHOICE = "not selection"  # everything but the small share that `make test` runs


def main(target: Path) -> int:
    """Pytest's exit code; the document is written where every test passed."""
    with TemporaryDirectory() as folder:
        account = Path(folder) / "account.json"
        os.environ[ACCOUNT] = str(account)
        code = pytest.main([str(HERE), "-q", "-k", CHOICE, "-p", "no:cacheprovider"])
        told = json.loads(account.read_text("utf-8")) if account.exists() else None
    if told is None:
        return int(code) or 1
    print(table(told["rows"]))
    if code == 0:
        target.write_text(document(told), "utf-8")
        print(f"\nwritten: {target}")
    return int(code)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
