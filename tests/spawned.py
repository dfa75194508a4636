"""Real processes for tests of what several processes share."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

DEADLINE_S = 60.0


def in_processes(count: int, work: Callable[..., Any], *args: Any) -> list[Any]:
    """What `work(barrier, *args)` returned in each of `count` spawned processes.

    The barrier has a place for each process. A failed one fails the test.
    """
    context = get_context("spawn")
    barrier, queue = context.Barrier(count), context.Queue()
    processes = [
        context.Process(target=_child, args=(work, barrier, queue, args))
        for _ in range(count)
    ]
    for process in processes:
        process.start()
    answers = [queue.get(timeout=DEADLINE_S) for _ in processes]
    for process in processes:
        process.join(DEADLINE_S)
    queue.close()
    queue.join_thread()
    failures = [failure for _, failure in answers if failure]
    assert not failures, failures
    return [result for result, _ in answers]


def _child(
    work: Callable[..., Any], barrier: Barrier, queue: Queue[Any], args: tuple[Any, ...]
) -> None:
    try:
        queue.put((work(barrier, *args), None))
    except BaseException as error:
        queue.put((None, repr(error)))
