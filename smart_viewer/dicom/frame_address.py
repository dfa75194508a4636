"""One frame as it is addressed, and everything that holds for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from smart_viewer.dicom.study import (
    FrameFacts,
    FramePlane,
    Instance,
    LookupTable,
    PixelLayout,
    Shutter,
    Spacing,
    Window,
)


@dataclass(frozen=True, slots=True)
class FrameAddress:
    """One frame of one instance; `frame_number` counts from 1 (PS3.18 10.4).

    tile: index from 0 into the instance's mosaic, None for a whole frame. The
    properties answer from the frame's own groups (PS3.3 C.7.6.16), from its tile,
    or from the instance: what a reader of frames asks, it asks here.
    """

    instance: Instance
    frame_number: int
    tile: int | None = None

    @property
    def facts(self) -> FrameFacts | None:
        """What the frame says of itself; None where only the instance speaks."""
        frames = self.instance.frames
        return frames[self.frame_number - 1] if frames else None

    @property
    def plane(self) -> FramePlane | None:
        """Where it lies in the patient; None where that is not known."""
        mosaic = self.instance.mosaic
        if self.tile is not None and mosaic is not None:
            return mosaic.planes[self.tile] if mosaic.planes else None
        facts = self.facts
        return facts.plane if facts else self.instance.plane

    @property
    def pixels(self) -> PixelLayout | None:
        """The layout of the frame, of one tile where it is one."""
        whole, mosaic = self.instance.pixels, self.instance.mosaic
        if whole is None or self.tile is None or mosaic is None:
            return whole
        return replace(
            whole,
            rows=whole.rows // mosaic.across,
            columns=whole.columns // mosaic.across,
        )

    @property
    def spacing(self) -> Spacing | None:
        """Millimetres between pixel centres, and of which kind."""
        facts = self.facts
        if facts is not None:
            return facts.spacing
        if self.instance.spacing is None and self.plane is not None:
            return Spacing(*self.plane.spacing, "patient")
        return self.instance.spacing

    @property
    def rescale_slope(self) -> float:
        """Modality value = stored value x slope + intercept."""
        facts = self.facts
        return facts.rescale_slope if facts else self.instance.rescale_slope

    @property
    def rescale_intercept(self) -> float:
        """See `rescale_slope`."""
        facts = self.facts
        return facts.rescale_intercept if facts else self.instance.rescale_intercept

    @property
    def rescale_type(self) -> str:
        """The unit of modality values; empty where unspecified."""
        facts = self.facts
        return facts.rescale_type if facts else self.instance.rescale_type

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows that the file offers."""
        facts = self.facts
        return facts.windows if facts else self.instance.windows

    @property
    def modality_lut(self) -> LookupTable | None:
        """It wins over slope and intercept (PS3.3 C.11.1)."""
        facts = self.facts
        return facts.modality_lut if facts else self.instance.modality_lut

    @property
    def voi_luts(self) -> tuple[LookupTable, ...]:
        """Of the frame; one that speaks for itself and has none has none."""
        facts = self.facts
        return facts.voi_luts if facts else self.instance.voi_luts

    @property
    def shutter(self) -> Shutter | None:
        """What the file wants hidden of this frame (C.7.6.11, C.7.6.16.2.16)."""
        facts = self.facts
        return facts.shutter if facts else self.instance.appearance.shutter

    @property
    def patient_orientation(self) -> tuple[str, str] | None:
        """Letters of (row, column), of the frame (C.7.6.1.1.1, C.7.6.16.2.15)."""
        facts = self.facts
        if facts is not None:
            return facts.patient_orientation
        return self.instance.appearance.patient_orientation

    @property
    def coordinates(self) -> tuple[tuple[str, str], ...]:
        """What tells frames at one place apart: of the instance, then its own."""
        facts = self.facts
        own = facts.coordinates if facts else ()
        return self.instance.coordinates + own

    @property
    def image_type(self) -> tuple[str, ...]:
        """Frame Type, else Image Type."""
        facts = self.facts
        return (facts.image_type if facts else ()) or self.instance.image_type


def addresses(instance: Instance) -> list[FrameAddress]:
    """Every frame of an instance, or every tile of a mosaic, in order of the file."""
    if instance.pixels is None:
        return []
    if instance.mosaic is not None and instance.number_of_frames == 1:
        tiles = range(instance.mosaic.tiles)
        return [FrameAddress(instance, 1, tile) for tile in tiles]
    count = instance.number_of_frames
    return [FrameAddress(instance, number) for number in range(1, count + 1)]
