"""Damage to bytes and to DICOM JSON, the same for the same random source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

_MARKS = (
    b"\0",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\0\0\0\x80",
    b"\xff\xd8\xff",
    b"\xff\xd9",
    b"\xff\xda",
    b"\xff\x4f\xff\x51",
    b"\xff\x93",
    b"\xfe\xff\x00\xe0",
    b"\xfe\xff\xdd\xe0",
    b"\xfe\xff\x0d\xe0",
    b"\xe0\x7f\x10\x00",
    b"\x28\x00\x08\x00",
    b"SQ\0\0",
    b"UN\0\0",
    b"OB\0\0",
    b"1.2.840.10008.1.2.1.99",
)


def damaged(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """The data after one to six changes, at most twice as long and a little more."""
    found = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        random.choice(_CHANGES)(found, random, others)
    return bytes(found[: 2 * len(data) + 4096])


def _place(data: bytearray, random: Random) -> int:
    """Any place, the first two hundred bytes as often as all the others."""
    if not data:
        return 0
    return random.randrange(min(len(data), random.choice((200, len(data)))))


def _flip(data: bytearray, random: Random, _others: Sequence[bytes]) -> None:
    if data:
        data[_place(data, random)] ^= 1 << random.randrange(8)


def _byte(data: bytearray, random: Random, _others: Sequence[bytes]) -> None:
    if data:
        data[_place(data, random)] = random.randrange(256)


def _mark(data: bytearray, random: Random, _others: Sequence[bytes]) -> None:
    at, mark = _place(data, random), random.choice(_MARKS)
    data[at : at + len(mark)] = mark


def _insert(data: bytearray, random: Random, _others: Sequence[bytes]) -> None:
    at = _place(data, random)
    data[at:at] = random.choice((random.choice(_MARKS), random.randbytes(3)))


def _delete(data: bytearray, random: Random, _others: Sequence[bytes]) -> None:
    at = _place(data, random)
    del data[at : at + random.choice((1, 2, 4, 16, 200))]


def _cut(data: bytearray, random: Random, _others: Sequence[bytes]) -> None:
    del data[_place(data, random) :]


def _repeat(data: bytearray, random: Random, _others: Sequence[bytes]) -> None:
    at = _place(data, random)
    data[at:at] = data[at : at + random.choice((2, 8, 64))] * random.choice((1, 2, 50))


def _splice(data: bytearray, random: Random, others: Sequence[bytes]) -> None:
    other = random.choice(others)
    if other:
        at = _place(data, random)
        data[at:] = other[random.randrange(len(other)) :]


def _number(data: bytearray, random: Random, _others: Sequence[bytes]) -> None:
    """A number of two or four bytes, near what stands there or anything."""
    at, size = _place(data, random), random.choice((2, 4))
    order = random.choice(("little", "big"))
    there = int.from_bytes(data[at : at + size], order)
    near = there + random.choice((-1, 1, 2, -there, 255, 65535))
    value = random.choice((near, random.getrandbits(8 * size)))
    data[at : at + size] = (value % (1 << 8 * size)).to_bytes(size, order)


_CHANGES: tuple[Callable[[bytearray, Random, Sequence[bytes]], None], ...] = (
    _flip,
    _byte,
    _byte,
    _mark,
    _insert,
    _delete,
    _cut,
    _repeat,
    _splice,
    _number,
    _number,
)

_VALUES: tuple[object, ...] = (
    None, "", "x", "1A", "1e400", "-1e308", "1e-320", "NaN", "inf", 0, -1, 1, 2**31,
    2**63, 65535, 1e308, -1e-308, 0.1, True, [], {}, {"Alphabetic": 3}, [[]], "1\\2",
)  # fmt: skip


def damaged_json(dataset: dict[str, object], random: Random) -> dict[str, object]:
    """A copy of the DICOM JSON with one to five attributes changed, deep ones too."""
    found = _copied(dataset)
    for _ in range(random.randrange(1, 6)):
        _change(found, random)
    return found


def _copied(dataset: dict[str, object]) -> dict[str, object]:
    return {tag: _copy(attribute) for tag, attribute in dataset.items()}


def _copy(value: object) -> object:
    if isinstance(value, dict):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value


def _change(dataset: dict[str, object], random: Random) -> None:
    if not dataset:
        return
    tag = random.choice(sorted(dataset))
    attribute = dataset[tag]
    values = attribute.get("Value") if isinstance(attribute, dict) else None
    items = [v for v in values or () if isinstance(v, dict)]
    if items and random.random() < 0.9:
        _change(random.choice(items), random)
    elif isinstance(values, list) and values and random.random() < 0.7:
        at = random.randrange(len(values))
        values[at] = _other(values[at], random)
    elif isinstance(values, list) and random.random() < 0.5:
        values[:] = random.choice((values[1:], values * 2, [], [_other(0, random)]))
    elif random.random() < 0.5:
        del dataset[tag]
    else:
        dataset[tag] = random.choice(
            (_copy(dataset[random.choice(sorted(dataset))]), 3)
        )


def _other(value: object, random: Random) -> object:
    if isinstance(value, int | float) and random.random() < 0.6:
        return random.choice(
            (-value, value + 1, value * 1.0001, value / 3, value * 1e6)
        )
    return random.choice(_VALUES)
