"""What the tests of the store do in processes of their own."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier

from smart_viewer.store import open_store

MASTER_KEY = bytes(range(32))
THREADS = 20


def open_and_write(barrier: Barrier, url: str) -> str:
    """Open the store at the same moment as the others, and use it."""
    barrier.wait(60)
    store = open_store(url, MASTER_KEY)
    grant_id = store.grants.create(b"grant", 1.0)
    store.close()
    return grant_id


def take_by_many_threads(barrier: Barrier, url: str) -> list[bytes]:
    """What twenty threads that take the same state at once obtain."""
    store = open_store(url, MASTER_KEY)
    barrier.wait(60)
    with ThreadPoolExecutor(THREADS) as pool:
        taking = [
            pool.submit(store.transactions.take, "state", 0.0) for _ in range(THREADS)
        ]
        taken = [one.result() for one in taking]
    store.close()
    return [payload for payload in taken if payload is not None]


def count_up(barrier: Barrier, url: str, grant_id: str, threads: int) -> None:
    """Add one to the number in the grant, in each thread, under the lease."""
    store = open_store(url, MASTER_KEY)

    def add_one() -> None:
        with store.grants.exclusive(grant_id, 60.0):
            number = int(store.grants.read(grant_id) or b"0")
            store.grants.replace(grant_id, str(number + 1).encode())

    barrier.wait(60)
    with ThreadPoolExecutor(threads) as pool:
        for one in [pool.submit(add_one) for _ in range(threads)]:
            one.result()
    store.close()


def die_holding(url: str, grant_id: str, lease_s: float) -> None:
    """Take the lease and end without a word."""
    store = open_store(url, MASTER_KEY)
    with store.grants.exclusive(grant_id, 10.0, lease_s):
        os._exit(7)


def revise_many(barrier: Barrier, url: str, tries: int) -> int:
    """How often a revision on top of the newest one was kept."""
    store = open_store(url, MASTER_KEY)
    barrier.wait(60)
    kept = 0
    for _ in range(tries):
        row = store.readings.read("reading", 0.0)
        assert row is not None
        kept += store.readings.revise("reading", row.revision, b"plan")
    store.close()
    return kept
