"""Roles of CT: kernel, phase of contrast, thin enough for reformats."""

from __future__ import annotations

import re

from smart_viewer.dicom.series_facts import SeriesFacts
from smart_viewer.hanging.codes import words_of
from smart_viewer.hanging.table import seconds_of

THIN_SPACING_MM = 1.5
THIN_LEAST_IMAGES = 100
_SECONDS_PER_DAY = 86_400.0
# First that fits. Vendors' names do not clash, so the vendor need not be known.
_KERNELS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern, re.IGNORECASE))
    for role, pattern in (
        # GE
        ("lung", r"LUNG"),
        ("bone", r"BONE|EDGE"),
        ("soft", r"SOFT|STANDARD|STND"),
        # Canon and Toshiba: FC01-FC29 body and head, FC3x bone, FC5x and FC8x lung
        ("bone", r"FC3\d"),
        ("lung", r"FC[58]\d"),
        ("soft", r"FC[0-2]\d|FC4\d"),
        # Siemens: letters, then sharpness 10 to 80
        ("bone", r"B[78]\d|H[rsc]?[5-8]\d|U\d\d|Br[5-9]\d"),
        ("lung", r"[BI][5-7]\d|Bl\d\d"),
        ("soft", r"[BHIJQ][rvfpc]?[1-4]\d|Sa\d\d"),
        # Philips
        ("lung", r"L$"),
        ("bone", r"YC$|YD$|E$"),
        ("soft", r"[A-D]$|U?B$|X?C[ABC]$|I?MR\d"),
    )
)
# Seconds from the start of the injection to the scan.
_PHASES = (
    ("arterial", 20.0, 35.0),
    ("late_arterial", 35.0, 50.0),
    ("portal_venous", 60.0, 90.0),
    ("delayed", 150.0, 3600.0),
)
_PHASE_WORDS = (
    ("none", (" non contrast ", " without contrast ", " native ", " wo contrast ")),
    ("late_arterial", (" late arterial ",)),
    ("arterial", (" arterial ", " art ")),
    ("portal_venous", (" portal ", " venous ", " portovenous ", " pv ")),
    ("delayed", (" delayed ", " delay ", " late ")),
)
_KERNEL_WORDS = (
    ("lung", (" lung ", " lungs ")),
    ("bone", (" bone ",)),
    ("soft", (" soft ", " standard ", " mediastinum ", " mediastinal ", " brain ")),
)


def ct_roles(facts: SeriesFacts) -> set[str]:
    """kernel, phase and thinness of a CT display set."""
    roles = set()
    if kernel := kernel_of(facts):
        roles.add(f"ct.kernel.{kernel}")
    if phase := _phase(facts):
        roles.add(f"ct.phase.{phase}")
    spacing = facts.slice_spacing_mm
    if (
        spacing is not None
        and spacing <= THIN_SPACING_MM
        and facts.image_count >= THIN_LEAST_IMAGES
    ):
        roles.add("ct.thin")
    return roles


def kernel_of(facts: SeriesFacts) -> str:
    """soft, lung or bone, by the kernel's name, else by the description."""
    named = facts.convolution_kernel.strip()
    for role, pattern in _KERNELS:
        if named and pattern.match(named):
            return role
    return _by_words(facts.series_description, _KERNEL_WORDS)


def _phase(facts: SeriesFacts) -> str:
    """By the delay after the injection, else by words, else none without agent."""
    delay = _delay_s(facts)
    if facts.contrast_bolus_agent and delay is not None:
        for phase, start, end in _PHASES:
            if start <= delay <= end:
                return phase
    if worded := _by_words(facts.series_description, _PHASE_WORDS):
        return worded
    return "" if facts.contrast_bolus_agent else "none"


def _by_words(text: str, table: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    said = words_of(text)
    return next((role for role, words in table if any(w in said for w in words)), "")


def _delay_s(facts: SeriesFacts) -> float | None:
    started = seconds_of(facts.contrast_bolus_start_time)
    scanned = seconds_of(facts.acquisition_time)
    if started is None or scanned is None:
        return None
    return (scanned - started) % _SECONDS_PER_DAY  # an injection before midnight
