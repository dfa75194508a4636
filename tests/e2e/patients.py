"""Walks of whole patients: what each must come to, and what a walk has seen."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import BrowserContext, Locator, Page, expect
from screen import SHOWN_MS, read_cell, wait_shown
from world import World

MANY_SLICES = 60
EVERY = 10


@dataclass(frozen=True)
class Patient:
    """One order of the sandbox, and how its images must hang.

    stages: their names. cells: labels of the first stage's. priors: marks of the
    studies in the list. reasons: sentences of "Why this hanging?".
    """

    order: str
    protocol: str
    stages: tuple[str, ...]
    cells: tuple[str, ...]
    priors: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


CHEST = Patient(
    "order-1",
    "ct.chest",
    ("Lung and mediastinum", "With prior"),
    ("Axial lung", "Axial soft tissue"),
    ("PRIOR 2023-01-03 (−14 mo)",),
    ("Matched region: chest.", "Prior 1, 14 months before:"),
)
HEAD = Patient(
    "order-4",
    "ct.head",
    ("Brain and bone", "Subdural and stroke"),
    ("Axial brain", "Axial bone"),
    reasons=("Matched region: head.",),
)
BRAIN = Patient(
    "order-5",
    "mr.brain",
    ("All contrasts", "Before and after contrast"),
    (
        "DWI b 1000",
        "ADC",
        "FLAIR",
        "T2",
        "SWI or T2*",
        "T1",
        "T1 with contrast",
        "Sagittal T1",
    ),
    reasons=("Matched modality: MR.", "Matched region: head."),
)
RADIOGRAPH = Patient(
    "order-6",
    "xr.chest",
    ("Frontal, prior, lateral", "Both views with prior", "Over time"),
    ("Frontal", "Frontal", "Lateral"),
    ("PRIOR 2023-10-02 (−5 mo)", "PRIOR 2022-05-17 (−21 mo)"),
    ("Prior 1, 5 months before:", "Prior 2, 21 months before:"),
)
MAMMOGRAM = Patient(
    "order-7",
    "mg.screen",
    ("Four views", "CC with prior", "MLO with prior", "CC", "MLO"),
    ("R CC", "L CC", "R MLO", "L MLO"),
    ("PRIOR 2023-03-06 (−12 mo)",),
    ("Matched modality: MG.", "Prior 1, 12 months before:"),
)
PETCT = Patient(
    "order-8",
    "pt.ct",
    ("CT and PET", "Check of the attenuation correction"),
    ("Axial CT", "Axial PET, corrected"),
    reasons=("Matched series: Axial PET.", "Matched series: Axial CT."),
)
ULTRASOUND = Patient(
    "order-9",
    "us.gen",
    ("Clips and stills",),
    ("LIVER AND AORTA LONG", "AORTA DUPLEX"),
    reasons=("Matched modality: US.",),
)
PATIENTS = {
    "chest": CHEST,
    "head": HEAD,
    "brain": BRAIN,
    "radiograph": RADIOGRAPH,
    "mammogram": MAMMOGRAM,
    "petct": PETCT,
    "ultrasound": ULTRASOUND,
}
BLOCKED_ORDER = "order-2"


@dataclass(frozen=True)
class Seen:
    """What one walk came to; two archives with the same files give the same."""

    protocol: str
    reasons: tuple[str, ...]
    stages: tuple[str, ...]
    cells: tuple[tuple[str, str, str], ...]  # label and series, display set, frame
    priors: tuple[str, ...]
    notices: tuple[tuple[str, str], ...]  # level, text
    picture: NDArray[np.uint8]

    def words(self) -> tuple[object, ...]:
        """All but the picture."""
        return (
            self.protocol,
            self.reasons,
            self.stages,
            self.cells,
            self.priors,
            self.notices,
        )


def opened(context: BrowserContext, world: World, order: str) -> Page:
    """The page of that order's launch, all archives heard."""
    page = context.new_page()
    page.goto(world.launch_url(order))
    complete = '.status-archives[data-complete="true"]'
    page.wait_for_selector(complete, timeout=SHOWN_MS)
    return page


def walk(page: Page) -> Seen:
    """Read what hangs, why, and the first cell's pixels."""
    for cell in range(page.locator("[data-cell]").count()):
        wait_shown(page, cell)
    picture = read_cell(page)
    cells = tuple(
        (
            (one.get_attribute("aria-label") or "").split(": ", 1)[1],
            one.get_attribute("data-display-set") or "",
            one.get_attribute("data-frame") or "",
        )
        for one in page.locator("[data-cell]").all()
    )
    priors = page.locator('.rail [data-role="prior"] .rail-when').all_inner_texts()
    notices = tuple(
        (
            one.get_attribute("data-level") or "",
            " ".join(one.inner_text().split()),
        )
        for one in page.locator(".notice").all()
    )
    pane = hanging_pane(page)
    return Seen(
        pane.get_by_text("Protocol ").inner_text().removeprefix("Protocol "),
        tuple(pane.locator(".reasons li").all_inner_texts()),
        tuple(
            name.split("\n")[-1].strip()
            for name in pane.locator(".stage-choice").all_inner_texts()
        ),
        cells,
        tuple(" ".join(prior.split()) for prior in priors),
        notices,
        picture,
    )


def hanging_pane(page: Page) -> Locator:
    """The pane "Why this hanging?", opened."""
    page.get_by_title("Why this hanging?").click()
    pane = page.locator('[data-pane="hanging"]')
    expect(pane).to_be_visible()
    return pane


def thinned(samples: Path, folder: Path) -> Path:
    """Copy the samples; of series with many slices, every tenth."""
    for series in sorted(path for path in samples.glob("*/*") if path.is_dir()):
        files = sorted(series.glob("*.dcm"))
        kept = files[::EVERY] if len(files) >= MANY_SLICES else files
        to = folder / series.relative_to(samples)
        to.mkdir(parents=True)
        for file in kept:
            shutil.copyfile(file, to / file.name)
    return folder
