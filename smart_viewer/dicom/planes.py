"""Where planes lie: normals, distances along them, and what a reader calls them."""

from __future__ import annotations

from smart_viewer.dicom.series_facts import Plane
from smart_viewer.dicom.study import FramePlane, Triple

MAIN_DIRECTION = 0.8  # cosine above which a plane is called after its axis
SAME_DIRECTION = 1e-3  # of a unit vector's components
SAME_SPACING = 1e-3  # of the spacing
_AXES: tuple[Plane, Plane, Plane] = ("sagittal", "coronal", "axial")  # x, y, z


def dot(a: Triple, b: Triple) -> float:
    """The scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def normal_of(plane: FramePlane) -> Triple:
    """row x column, of unit length: away from who looks at the image (C.7.6.2.1.1)."""
    (a, b, c), (d, e, f) = plane.row, plane.column
    return (b * f - c * e, c * d - a * f, a * e - b * d)


def plane_of(plane: FramePlane) -> Plane:
    """The axis along which the normal mostly runs (cosine > 0.8), else oblique."""
    for axis, cosine in zip(_AXES, normal_of(plane), strict=True):
        if abs(cosine) > MAIN_DIRECTION:
            return axis
    return "oblique"


def same_plane(a: FramePlane | None, b: FramePlane | None) -> bool:
    """Whether two planes are parallel, turned alike, and of one spacing."""
    if a is None or b is None:
        return a is b
    if a.row == b.row and a.column == b.column and a.spacing == b.spacing:
        return True
    turned = zip(a.row + a.column, b.row + b.column, strict=True)
    spaced = zip(a.spacing, b.spacing, strict=True)
    return all(abs(x - y) <= SAME_DIRECTION for x, y in turned) and all(
        abs(x - y) <= SAME_SPACING * x for x, y in spaced
    )
