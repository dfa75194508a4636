"""One of the processes that draw the samples: takes the next task until none is left.

python -m smart_viewer.sandbox.sample_worker FOLDER < NUMBERS

NUMBERS is a pipe that all workers share: a task's place in `all_tasks()` in every two
bytes. A read of a pipe that holds whole numbers gives one worker a whole number.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from struct import Struct

from smart_viewer.sandbox.sample_families import all_studies, all_tasks

NUMBER = Struct("<H")


def numbers_of(places: Iterable[int]) -> bytes:
    """What the pipe has to hold for these tasks to be done."""
    return b"".join(NUMBER.pack(place) for place in places)


def make_folders(folder: Path) -> None:
    """The empty folders of all series."""
    for study in all_studies():
        for series in study.series:
            (folder / series.key).mkdir(parents=True, exist_ok=True)


def main(arguments: list[str]) -> None:
    """Do tasks until the pipe is empty."""
    folder, tasks = Path(arguments[0]), all_tasks()
    numbers = open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)
    while number := numbers.read(NUMBER.size):
        tasks[NUMBER.unpack(number)[0]].write(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
