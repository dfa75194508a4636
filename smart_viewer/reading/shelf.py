"""Plans of readings in use, so that a frame costs no unsealing."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from smart_viewer.reading.plan import ReadingPlan
from smart_viewer.store.readings import ReadingHead

PLANS_KEPT = 64


class PlanShelf:
    """The plans used last; safe for several threads.

    The key is the reading's whole head as it stood when its seal was checked:
    a row whose browser, expiry or revision was changed since finds no plan here.
    """

    def __init__(self, size: int = PLANS_KEPT) -> None:
        self._size = size
        self._plans: OrderedDict[ReadingHead, ReadingPlan] = OrderedDict()
        self._lock = Lock()

    def get(self, head: ReadingHead) -> ReadingPlan | None:
        """The plan of exactly that row, if it is still here."""
        with self._lock:
            plan = self._plans.get(head)
            if plan is not None:
                self._plans.move_to_end(head)
            return plan

    def put(self, head: ReadingHead, plan: ReadingPlan) -> None:
        """Keep a plan; the one used longest ago goes."""
        with self._lock:
            self._plans[head] = plan
            while len(self._plans) > self._size:
                self._plans.popitem(last=False)

    def drop(self, reading_id: str) -> None:
        """Forget every revision of a reading that ended."""
        with self._lock:
            for head in [h for h in self._plans if h.reading_id == reading_id]:
                del self._plans[head]
