"""Which part a display set plays, from its headers only (hanging.md section 5).

A role is a word such as `plane.axial`, `ct.kernel.lung`, `mr.flair` or `mg.r`;
protocols ask for roles and know no header. What cannot be known gives no role.
"""

from __future__ import annotations

from smart_viewer.dicom.series_facts import SeriesFacts
from smart_viewer.hanging.codes import words_of
from smart_viewer.hanging.roles_ct import ct_roles
from smart_viewer.hanging.roles_mr import mr_roles
from smart_viewer.hanging.roles_projection import dx_roles, mg_roles
from smart_viewer.hanging.vocabulary import Vocabulary

LOCALIZER_MOST_IMAGES = 30
LOCALIZER_LEAST_ORIENTATIONS = 2
_LOCALIZER_WORDS = tuple(
    words_of(word)
    for word in "scout topo topogram survey localizer localiser loc scanogram".split()
)
_REFORMATS = {"MPR", "REFORMATTED", "CPR", "CURVED", "RESAMPLED"}
_PROJECTIONS = {"MIP", "MNIP", "MINIP", "PROJECTION IMAGE", "AVERAGE"}
_SCREENS = {"SCREEN SAVE", "SCREENSHOT", "DOSE_INFO", "PROTOCOL"}
ROLES = frozenset(
    """
    localizer reformat projection screen
    plane.axial plane.coronal plane.sagittal plane.oblique
    ct.thin ct.kernel.soft ct.kernel.lung ct.kernel.bone ct.phase.none
    ct.phase.arterial ct.phase.late_arterial ct.phase.portal_venous ct.phase.delayed
    mr.t1 mr.t2 mr.pd mr.flair mr.stir mr.t2star mr.dwi mr.adc mr.diffusion_map mr.tof
    mr.perfusion mr.fs mr.ce
    pt.ac pt.nac
    mg.r mg.l mg.cc mg.mlo mg.ml mg.lm mg.lmo mg.xccl mg.xccm
    mg.ffdm mg.synthetic mg.dbt mg.for_processing
    mg.implant_displaced mg.magnification mg.spot mg.cleavage mg.axillary_tail
    mg.rolled mg.tangential
    us.clip us.still xa.run xa.dsa
    dx.frontal dx.pa dx.ap dx.lateral
    """.split()
)
"""Every role there is; a protocol that asks for another is refused."""


def roles_of(facts: SeriesFacts, vocabulary: Vocabulary) -> frozenset[str]:
    """The roles of a display set."""
    roles = set(_general(facts))
    match facts.modality:
        case "CT":
            roles |= ct_roles(facts)
        case "MR":
            roles |= mr_roles(facts)
        case "PT":
            roles |= _pt_roles(facts)
        case "MG":
            roles |= mg_roles(facts, vocabulary)
        case "CR" | "DX" | "RG":
            roles |= dx_roles(facts, vocabulary)
        case "US":
            roles.add("us.clip" if facts.frame_count > 1 else "us.still")
        case "XA" | "RF":
            roles |= _xa_roles(facts)
    return frozenset(roles)


def _general(facts: SeriesFacts) -> list[str]:
    found = [f"plane.{facts.plane}"] if facts.plane else []
    types = {value.upper() for value in facts.image_type}
    if _is_localizer(facts):
        found.append("localizer")
    for role, marks in (
        ("reformat", _REFORMATS),
        ("projection", _PROJECTIONS),
        ("screen", _SCREENS),
    ):
        if types & marks:
            found.append(role)
    return found


def _is_localizer(facts: SeriesFacts) -> bool:
    if "LOCALIZER" in (value.upper() for value in facts.image_type[2:]):
        return True
    said = words_of(facts.series_description)
    return (
        facts.series_image_count <= LOCALIZER_MOST_IMAGES
        and facts.series_orientations >= LOCALIZER_LEAST_ORIENTATIONS
        and any(word in said for word in _LOCALIZER_WORDS)
    )


def _pt_roles(facts: SeriesFacts) -> set[str]:
    """Whether attenuation was corrected (PS3.3 C.8.9.1); text where none says."""
    method = facts.attenuation_correction_method.strip().upper()
    if method not in {"", "NONE"} or "ATTN" in facts.corrected_image:
        return {"pt.ac"}
    if method == "NONE" or any(facts.corrected_image):
        return {"pt.nac"}
    said = words_of(facts.series_description)
    if any(word in said for word in (" nac ", " non ac ", " uncorrected ", " no ac ")):
        return {"pt.nac"}
    return {"pt.ac"} if " ac " in said else set()


def _xa_roles(facts: SeriesFacts) -> set[str]:
    found = set()
    if facts.frame_count > 1 and facts.frame_time_ms:
        found.add("xa.run")
    if facts.has_mask_subtraction:
        found.add("xa.dsa")
    return found
