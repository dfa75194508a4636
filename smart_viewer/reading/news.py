"""Who waits for a newer plan is woken, in this process at once."""

from __future__ import annotations

from threading import BoundedSemaphore, Condition

SEATS = 8  # half of the server's threads: those who wait must not keep out others


class News:
    """A bell for all readings of this process, and seats for those who wait.

    Another replica's revisions ring no bell here: whoever waits looks again when
    the wait has ended.
    """

    def __init__(self, seats: int = SEATS) -> None:
        self._condition = Condition()
        self._rung = 0
        self._closing = False
        self._seats = BoundedSemaphore(seats)

    def sit(self) -> bool:
        """Take a seat; False where all are taken."""
        return self._seats.acquire(blocking=False)

    def rise(self) -> None:
        """Leave the seat that was taken."""
        self._seats.release()

    @property
    def rung(self) -> int:
        """How often it was rung: to be read before one looks."""
        with self._condition:
            return self._rung

    def ring(self) -> None:
        """Some reading has a newer plan."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()

    @property
    def is_closing(self) -> bool:
        """This replica ends: who waits here had better ask another one."""
        return self._closing

    def close(self) -> None:
        """Wake everybody for the last time."""
        self._closing = True
        self.ring()

    def wait(self, rung: int, timeout_s: float) -> None:
        """Until it was rung more often than `rung`, at most so long."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung > rung, timeout_s)
