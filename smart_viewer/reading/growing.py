"""A reading while its archives answer: one plan of the first moment, then revisions."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Condition

from smart_viewer.errors import SmartViewerError
from smart_viewer.reading.assemble import Assembly
from smart_viewer.reading.gather import Answer
from smart_viewer.reading.house import House

log = logging.getLogger(__name__)


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
            self._over = not self._revise()
        self._house.news.ring()
        return not self._over

    def _revise(self) -> bool:
        """Append a revision; one that cannot be kept comes with the next answer."""
        payload = self._assembly.plan().to_json()
        readings = self._house.store.readings
        try:
            kept = readings.revise(self._reading_id, self._revision, payload)
        except SmartViewerError as error:
            log.error("a revision could not be kept: %s", error.code)
            return True
        self._revision += kept
        return kept
