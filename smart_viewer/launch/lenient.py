"""Reading JSON of the field: a member of another type counts as absent (R9)."""

from __future__ import annotations

from collections.abc import Mapping

TRUE_WORDS = frozenset({"true", "1", "yes"})
FALSE_WORDS = frozenset({"false", "0", "no"})


def text_of(value: object) -> str | None:
    """A non-empty string, else None."""
    return value if isinstance(value, str) and value else None


def texts_of(value: object) -> tuple[str, ...] | None:
    """The strings of a list, None where it is no list."""
    if not isinstance(value, list):
        return None
    return tuple(item for item in value if isinstance(item, str))


def flag_of(value: object) -> bool | None:
    """A boolean, also one spelled as a string; None where it is neither."""
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in TRUE_WORDS:
        return True
    return False if word in FALSE_WORDS else None


def seconds_of(value: object) -> float | None:
    """A positive, finite number of seconds, also one spelled as a string."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return seconds if 0 < seconds < float("inf") else None


def objects_of(value: object) -> tuple[Mapping[str, object], ...]:
    """The JSON objects of a list; an object alone counts as a list of one."""
    if isinstance(value, dict):
        return (value,)
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value if isinstance(item, dict))
