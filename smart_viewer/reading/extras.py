"""What belongs to a frame beside its pixels: lookup tables and overlay bits."""

from __future__ import annotations

from smart_viewer.archive.port import InstanceRef
from smart_viewer.errors import NotInStandard, OutsideReading
from smart_viewer.reading.endpoints import archive_of
from smart_viewer.reading.holder import Holder
from smart_viewer.reading.house import House
from smart_viewer.reading.plan import PlannedSet, SetImage


def read_table(holder: Holder, set_index: int, table_index: int) -> bytes:
    """A table's entries, uint16, little endian. OutsideReading where there is none."""
    _, image = _image(holder, set_index)
    if table_index >= len(image.tables):
        raise OutsideReading("no such table in this display set")
    return image.tables[table_index].entries


def read_overlay(
    house: House, holder: Holder, set_index: int, overlay_index: int
) -> bytes:
    """One overlay's bits on one frame, lowest bit first, from its first bit on.

    OutsideReading where the plan has no such overlay with bits of its own,
    UpstreamUnavailable from the archive, NotInStandard where bits are missing.
    """
    chosen, image = _image(holder, set_index)
    if overlay_index >= len(image.overlays) or image.overlays[overlay_index].plane.bit:
        raise OutsideReading("no such overlay in this display set")
    overlay = image.overlays[overlay_index]
    study = holder.plan.studies[chosen.study]
    archive = archive_of(house, holder.plan, study.archive_id, holder.grant_id)
    ref = InstanceRef(
        study.study_instance_uid,
        chosen.series_instance_uid,
        chosen.sop_instance_uids[overlay.instance],
    )
    bits = overlay.plane.rows * overlay.plane.columns
    data = archive.overlay(ref, overlay.plane.group)
    return _cut(data, overlay.overlay_frame * bits, bits)


def _cut(data: bytes, first: int, count: int) -> bytes:
    """`count` bits from bit `first`, moved to begin on a byte (PS3.5 8.1.2)."""
    if first + count > len(data) * 8:
        raise NotInStandard("The overlay has fewer bits than its header declares.")
    whole = data[first // 8 : -(-(first + count) // 8)]
    number = int.from_bytes(whole, "little") >> first % 8
    return (number & ((1 << count) - 1)).to_bytes(-(-count // 8), "little")


def _image(holder: Holder, set_index: int) -> tuple[PlannedSet, SetImage]:
    if set_index >= len(holder.plan.display_sets):
        raise OutsideReading("no such display set in this reading")
    chosen = holder.plan.display_sets[set_index]
    if chosen.image is None:
        raise OutsideReading("nothing of this display set is shown")
    return chosen, chosen.image
