"""What tells images at one place apart: echo, b-value, phase, time and the like.

Each is a (name, value) pair. Names are the keys of `_READERS`; values
are short texts for a reader, a number and its unit, so that equal values are equal
texts. The same reader serves classic images and frames of enhanced ones.
"""

from __future__ import annotations

from collections.abc import Callable

from smart_viewer.dicom.json_values import JsonDataset, as_number, text, texts, values
from smart_viewer.dicom.read_facts import B_VALUE_TAGS, read_b_values

Coordinates = tuple[tuple[str, str], ...]
_SIEMENS, _SIEMENS_DIRECTION = "00190010", "0019100E"
# Of classic images: these may differ from slice to slice of one series.
OWN_TAGS = ("00200012", "00200100", "00541300")
_SHARED_TAGS = tuple(
    "00089208 00180050 00180060 00180080 00180081 00180082 00180086 00181060 00181210 "
    "00181314 00189075 00189089 00209056 00209241 00190010 0019100E 00540010".split()
)
TAGS = (*OWN_TAGS, *_SHARED_TAGS, *B_VALUE_TAGS)
"""Every tag of a classic image that `read_coordinates` reads."""


def read_coordinates(dataset: JsonDataset) -> Coordinates:
    """The coordinates of one image or frame, in order of weight; bad values left out.

    dataset: a classic image's attributes, or all of one frame's groups, flat.
    """
    return tuple(
        (name, value) for name, read in _READERS.items() if (value := read(dataset))
    )


def _number(unit: str, *tags: str) -> Callable[[JsonDataset], str]:
    """The first of the attributes that is a number, with its unit."""

    def read(dataset: JsonDataset) -> str:
        for tag in tags:
            found = values(dataset, tag)
            value = as_number(found[0]) if found else None
            if value is not None:
                return f"{value:.6g} {unit}".strip()
        return ""

    return read


def _word(tag: str) -> Callable[[JsonDataset], str]:
    """The first value, a text or a number, as text."""

    def read(dataset: JsonDataset) -> str:
        found = values(dataset, tag)
        first = found[0] if found else ""
        return str(first).strip(" \0") if isinstance(first, str | int | float) else ""

    return read


def _words(tag: str) -> Callable[[JsonDataset], str]:
    def read(dataset: JsonDataset) -> str:
        return text(dataset, tag).replace("_", " ").lower()

    return read


def _b_value(dataset: JsonDataset) -> str:
    found = read_b_values(dataset)
    return f"{found[0]:.6g}" if found else ""


def _direction(dataset: JsonDataset) -> str:
    """The gradient's unit vector, to three decimals."""
    found = values(dataset, "00189089")
    if not found and text(dataset, _SIEMENS).upper() == "SIEMENS MR HEADER":
        found = values(dataset, _SIEMENS_DIRECTION)
    vector = [as_number(value) for value in found]
    if len(vector) != 3 or None in vector or not any(vector):
        return ""
    return " ".join(f"{component or 0.0:.3f}" for component in vector)


def _stack(dataset: JsonDataset) -> str:
    return text(dataset, "00209056") or _word("00209056")(dataset)


def _time(dataset: JsonDataset) -> str:
    position = _word("00209128")(dataset) or _word("00200100")(dataset)
    return position or _number("ms", "00541300")(dataset)


def _kernel(dataset: JsonDataset) -> str:
    return "/".join(t for t in texts(dataset, "00181210") if t)


_READERS: dict[str, Callable[[JsonDataset], str]] = {
    "stack": _stack,
    "segment": _word("0062000B"),
    "component": _words("00089208"),
    "energy window": _word("00540010"),
    "detector": _word("00540020"),
    "rotation": _word("00540050"),
    "contrast": _words("00189344"),
    "b-value": _b_value,
    "echo": _number("ms", "00189082", "00180081"),
    "echo number": _word("00180086"),
    "inversion": _number("ms", "00189079", "00180082"),
    "flip": _number("°", "00181314"),
    "repetition": _number("ms", "00180080"),
    "energy": _number("kV", "00180060"),
    "kernel": _kernel,
    "thickness": _number("mm", "00180050"),
    "interval": _word("00540060"),
    "direction": _direction,
    "time slot": _word("00540070"),
    "phase": _number("%", "00209241", "00209245"),  # of the heart, of the breath
    "time": _time,
    "offset": _number("s", "0020930D"),
    "trigger": _number("ms", "00209153", "00181060"),
    "acquisition": _number("", "00209156", "00200012"),
    "acquired": _word("00189074"),
}
FRAME_TAGS = (
    *TAGS,
    *"00089208 00180060 00189074 00189079 00189082 00189344 00209128 00209153".split(),
    *"00209156 00209245 0020930D 00540010 00540020 00540050 00540060".split(),
    *"00540070 0062000B".split(),
)
"""Every tag of a frame that `read_coordinates` reads."""
