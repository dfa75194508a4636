"""Which SOP classes are images (PS3.4 B.5, PS3.6 A)."""

from __future__ import annotations

_STORAGE = "1.2.840.10008.5.1.4.1.1."
# Every "... Image Storage" class of the Standard, retired ones too.
_IMAGES = frozenset(
    """
    1 1.1 1.1.1 1.2 1.2.1 1.3 1.3.1 2 2.1 2.2 3 3.1 4 4.1 4.3 4.4 5 6 6.1 6.3 7
    7.1 7.2 7.3 7.4 12.1 12.1.1 12.2 12.2.1 12.3 13.1.1 13.1.2 13.1.3 13.1.4
    13.1.5 14.1 14.2 20 77.1 77.2 77.1.1 77.1.1.1 77.1.2 77.1.2.1 77.1.3 77.1.4
    77.1.4.1 77.1.5.1 77.1.5.2 77.1.5.4 77.1.5.5 77.1.5.6 77.1.5.7 77.1.6 77.1.7
    77.1.8 77.1.9 128 128.1 130 481.1 481.23 481.24 501.1 501.2.1 501.2.2 601.1
    601.2
    """.split()
)


def is_image_storage(sop_class_uid: str) -> bool:
    """Whether instances of this class are images, by the Standard's list."""
    prefix, rest = sop_class_uid[: len(_STORAGE)], sop_class_uid[len(_STORAGE) :]
    return prefix == _STORAGE and rest in _IMAGES
