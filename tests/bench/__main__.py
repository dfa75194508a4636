"""`python -m tests.bench`: each measure of the path, one line each."""

from __future__ import annotations

import sys

from tests.bench import (
    archive,
    context,
    hanging,
    interaction,
    launches,
    page,
    render,
    size,
    start,
)


def main() -> None:
    """Run the measures named on the command line, or all of them."""
    measures = {
        "size": size.measure,
        "start": start.measure,
        "archive": archive.measure,
        "context": context.measure,
        "hanging": hanging.measure,
        "launches": launches.measure,
        "page": page.measure,
        "interaction": interaction.measure,
        "render": render.measure,
    }
    for name in sys.argv[1:] or measures:
        print(f"\n{name}", flush=True)
        measures[name]()


if __name__ == "__main__":
    main()
