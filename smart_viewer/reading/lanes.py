"""Threads beside the requests, some for each archive: a hung one keeps its own."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from threading import Condition, Lock, Thread

log = logging.getLogger(__name__)
WIDTH = 8  # of one archive, over all readings
WAITING = 64  # behind them; whoever comes then is told at once

Work = Callable[[], None]


class Lanes:
    """Work by lane; safe for several threads.

    Its threads are daemons: the end of the process waits for no archive.
    """

    def __init__(self, width: int = WIDTH, waiting: int = WAITING) -> None:
        self._width = width
        self._most_waiting = waiting
        self._lock = Lock()
        self._changed = Condition(self._lock)
        self._busy: Counter[str] = Counter()
        self._waiting: defaultdict[str, deque[Work]] = defaultdict(deque)

    def submit(self, lane: str, work: Work) -> bool:
        """Do it beside the caller; False where the lane is full and it will not be."""
        with self._lock:
            if self._busy[lane] >= self._width:
                room = len(self._waiting[lane]) < self._most_waiting
                if room:
                    self._waiting[lane].append(work)
                return room
            self._busy[lane] += 1
        Thread(target=self._run, args=(lane, work), name=lane, daemon=True).start()
        return True

    def finish(self, timeout_s: float) -> bool:
        """Wait until nothing is done or waiting any more; False where it still is."""
        with self._changed:
            return self._changed.wait_for(lambda: not +self._busy, timeout_s)

    def _run(self, lane: str, first: Work) -> None:
        work: Work | None = first
        while work is not None:
            try:
                work()
            except Exception as error:
                log.error("work beside a request failed: %s", type(error).__name__)
            work = self._next(lane)

    def _next(self, lane: str) -> Work | None:
        with self._lock:
            if self._waiting[lane]:
                return self._waiting[lane].popleft()
            self._busy[lane] -= 1
            self._changed.notify_all()
            return None
