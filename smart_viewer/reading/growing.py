"""A reading while its archives answer: one plan of the first moment, then revisions."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Condition

from smart_viewer.errors import SmartViewerError
from smart_viewer.reading.assemble import Assembly
from smart_viewer.reading.gather import Answer
from smart_viewer.reading.house import House

log = logging.getLogger(__name__)
AGAIN_S = 1.0  # after the store gave no answer
KEEP_FOR_S = 60.0  # so long a revision is tried to be kept


class Growing:
    """Answers come from the threads that ask; safe for all of them.

    No thread waits for another archive: whoever brings an answer absorbs it.
    """

    def __init__(self, house: House, assembly: Assembly) -> None:
        self._house = house
        self._assembly = assembly
        self._left = len(assembly.launched.archive_ids)
        self._first: list[Answer] = []
        self._changed = Condition()
        self._reading_id = ""
        self._revision = 0
        self._absorbed = 0  # answers since the first plan, and how many are kept
        self._kept = 0
        self._over = False

    @property
    def is_over(self) -> bool:
        """The reading has ended: no answer is of use any more."""
        return self._over

    def keep_after(self, seconds: float, keep: Callable[[bytes], str]) -> str:
        """The reading's id: what has come by then is one plan, whatever came first.

        keep: stores the plan. Sooner where every archive has answered.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._left <= 0, seconds)
            self._over = True  # unless it can be kept
            ids = self._assembly.launched.archive_ids
            for one in sorted(
                self._first, key=lambda a: (ids.index(a.archive_id), a.last)
            ):
                self._assembly.absorb(one)
            self._first.clear()
            self._reading_id = keep(self._assembly.plan().to_json())
            self._over = False
            return self._reading_id

    def take(self, answer: Answer) -> bool:
        """Take in an answer; False where the reading has ended meanwhile."""
        with self._changed:
            if self._over:
                return False
            self._left -= answer.last
            if not self._reading_id:
                self._first.append(answer)
                self._changed.notify_all()
                return True
            self._assembly.absorb(answer)
            self._absorbed += 1
            self._revise(self._absorbed)
        self._house.news.ring()
        return not self._over

    def _revise(self, wanted: int) -> None:
        """Append a revision; where the store does not answer, until it does again.

        Others may bring theirs meanwhile: whoever can keeps all that is there.
        """
        until, lost = time.monotonic() + KEEP_FOR_S, False
        while not self._over and self._kept < wanted:
            try:
                self._append(lost)
            except SmartViewerError as error:
                log.error("a revision could not be kept: %s", error.code)
                lost = True
                if time.monotonic() >= until:
                    return  # it comes with the next answer, if there is one
                self._changed.wait(AGAIN_S)

    def _append(self, lost: bool) -> None:
        """lost: an answer of the store may have been lost after it had written."""
        readings, house = self._house.store.readings, self._house
        if lost:
            head = readings.head(self._reading_id, house.clock())
            self._revision = head.revision if head else self._revision
        absorbed = self._absorbed
        payload = self._assembly.plan().to_json()
        kept = readings.revise(self._reading_id, self._revision, payload)
        self._revision += kept
        self._kept = absorbed
        self._over = not kept
