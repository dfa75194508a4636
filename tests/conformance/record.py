"""The account of a run as JSON."""

from __future__ import annotations

from typing import Any

from conformance.judge import Ledger


def as_json(ledger: Ledger) -> dict[str, Any]:
    """Rows by family and oracle, and remarks, in a fixed order."""
    rows = [
        {
            "family": family,
            "oracle": oracle,
            "pictures": row.pictures,
            "largest": round(row.largest, 2),
            "faults": len(row.faults),
        }
        for (family, oracle), row in sorted(ledger.rows.items())
    ]
    return {"rows": rows, "remarks": ledger.remarks}
