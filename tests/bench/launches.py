"""The front door: what a callback costs beside the EHR, and launches at once."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from time import perf_counter

from flask import Flask, request
from world import Walk, World, running_world

from smart_viewer.net.adapter import GuardedAdapter
from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.samples import make_samples
from tests.bench.report import say

RUNS = 20
AT_ONCE = 8
LAUNCHES = 60
CACHE = Path(__file__).parents[2] / ".cache"
Interval = tuple[float, float]


def measure() -> None:
    """Launches of the chest order; EHR, archive and viewer share a process."""
    samples = make_samples(CACHE / "samples")
    with (
        tempfile.TemporaryDirectory() as state,
        running_world(Path(state), samples.folder, default_people()) as world,
    ):
        _launch(world)  # not counted: the server's own warming up
        with _watched() as (callbacks, upstream, cpu):
            for _ in range(RUNS):
                _launch(world)
        say("CPU of a callback's own thread", cpu, "ms", "under 30 ms")
        own = [1000 * _without(callback, upstream) for callback in callbacks]
        say("callback without upstream time", own, "ms", "under 30 ms")
        _many(world)


def _launch(world: World) -> None:
    Walk().get(world.launch_url(world.order_ids()[0]))


def _many(world: World) -> None:
    """The EHR's and the archive's own work is in it, and one Python does it all."""
    began, cpu = perf_counter(), time.process_time()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda _: _launch(world), range(LAUNCHES)))
    wall, used = perf_counter() - began, time.process_time() - cpu
    say("launches, sandbox in the same process", [LAUNCHES / wall], "/s", "20/s")
    say("CPU of a launch, sandbox included", [1000 * used / LAUNCHES], "ms", "100 ms")


@contextmanager
def _watched() -> Iterator[tuple[list[Interval], list[Interval], list[float]]]:
    """When callbacks were handled, and when an answer from outside was awaited."""
    callbacks: list[Interval] = []
    upstream: list[Interval] = []
    cpu: list[float] = []
    lock = Lock()
    dispatch, send = Flask.full_dispatch_request, GuardedAdapter.send

    def timed_dispatch(app: Flask) -> object:
        began, used = perf_counter(), time.thread_time()
        is_callback = request.path.endswith("/callback")
        try:
            return dispatch(app)
        finally:
            if is_callback:
                with lock:
                    callbacks.append((began, perf_counter()))
                    cpu.append(1000 * (time.thread_time() - used))

    def timed_send(*given: object, **named: object) -> object:
        began = perf_counter()
        try:
            return send(*given, **named)  # type: ignore[arg-type]  # as it was called
        finally:
            with lock:
                upstream.append((began, perf_counter()))

    Flask.full_dispatch_request = timed_dispatch  # type: ignore[method-assign, assignment]  # put back below
    GuardedAdapter.send = timed_send  # type: ignore[method-assign, assignment]  # put back below
    try:
        yield callbacks, upstream, cpu
    finally:
        Flask.full_dispatch_request = dispatch  # type: ignore[method-assign]  # as it was
        GuardedAdapter.send = send  # type: ignore[method-assign]  # as it was


def _without(callback: Interval, upstream: list[Interval]) -> float:
    """Seconds of the interval in which nothing from outside was awaited."""
    began, ended = callback
    left, reached = 0.0, began
    for start, stop in sorted(upstream):
        if stop <= began or start >= ended:
            continue
        left += max(0.0, start - reached)
        reached = max(reached, stop)
    return left + max(0.0, ended - reached)
