"""What a launch is about: FHIR read in parallel, then QIDO on every archive at once."""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import perf_counter

from world import Walk, World, running_world

from smart_viewer.reading import open as opening
from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.samples import make_samples
from tests.bench.report import say

RUNS = 15
CACHE = Path(__file__).parents[2] / ".cache"


def measure() -> None:
    """Launches of the chest order; EHR, archive and viewer share a process."""
    samples = make_samples(CACHE / "samples")
    with (
        tempfile.TemporaryDirectory() as state,
        running_world(Path(state), samples.folder, default_people()) as world,
    ):
        _launch(world)  # not counted: the server's own warming up
        runs = [_launch(world) for _ in range(RUNS)]
    context, whole = zip(*runs, strict=True)
    say("FHIR context of an order", list(context), "ms", "under 300 ms with QIDO")
    say("reading opened: context, QIDO, gate, plan", list(whole), "ms", "under 300 ms")


def _launch(world: World) -> tuple[float, float]:
    """Milliseconds of the context alone, and of the whole opening."""
    took: dict[str, float] = {}
    read, store = opening.read_context, opening._store

    def timed_read(*given: object) -> object:
        began = perf_counter()
        took["began"] = began
        context = read(*given)  # type: ignore[arg-type]  # as it was called
        took["context"] = perf_counter() - began
        return context

    def timed_store(*given: object) -> object:
        took["whole"] = perf_counter() - took["began"]
        return store(*given)  # type: ignore[arg-type]  # as it was called

    opening.read_context, opening._store = timed_read, timed_store
    try:
        Walk().get(world.launch_url(world.order_ids()[0]))
    finally:
        opening.read_context, opening._store = read, store
    return took["context"] * 1000, took["whole"] * 1000
