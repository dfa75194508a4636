"""Every patient of the sandbox: the same walk from a folder and from an Orthanc."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from orthanc_server import running_orthanc
from patients import BLOCKED_ORDER, MAMMOGRAM, PATIENTS, Seen, opened, thinned, walk
from playwright.sync_api import Browser, BrowserContext, expect
from screen import read_cell, wait_shown
from world import World, running_world

from smart_viewer.sandbox.people import default_people
from smart_viewer.settings import DicomwebProfile

pytestmark = pytest.mark.debian
A_PICTURE = 100  # grey levels between darkest and lightest, or it is a flat field
BOTH = pytest.mark.parametrize("name", ["folder", "orthanc"])
EVERYBODY = pytest.mark.parametrize("patient", PATIENTS)


@pytest.fixture(scope="module")
def worlds(
    need: Callable[[str], Path], samples: Path, tmp_path_factory
) -> Iterator[dict[str, World]]:
    """The same people and the same files twice: indexed, and in an Orthanc."""
    program = need("orthanc")
    folder = thinned(samples, tmp_path_factory.mktemp("thinned"))
    files = sorted(folder.glob("*/*/*.dcm"))
    with running_orthanc(program, tmp_path_factory.mktemp("orthanc"), files) as url:
        remote = DicomwebProfile(
            id="images",
            kind="dicomweb",
            base_url=url,
            flavour="orthanc",
            private_network=True,
        )
        state, other = tmp_path_factory.mktemp("folder"), tmp_path_factory.mktemp("web")
        with (
            running_world(state, folder, default_people()) as local,
            # what the index of this world holds is not asked
            running_world(
                other, folder / "mismatch", default_people(), archives=(remote,)
            ) as web,
        ):
            yield {"folder": local, "orthanc": web}


@pytest.fixture(scope="module")
def seen(
    chromium: Browser, worlds: dict[str, World]
) -> Iterator[Callable[[str, str], Seen]]:
    """`seen(world, patient)`: that walk, done once."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    done: dict[tuple[str, str], Seen] = {}

    def once(name: str, patient: str) -> Seen:
        if (name, patient) not in done:
            page = opened(context, worlds[name], PATIENTS[patient].order)
            done[name, patient] = walk(page)
            page.close()
        return done[name, patient]

    yield once
    context.close()
    assert errors == []


@EVERYBODY
@BOTH
def test_each_order_hangs_by_its_protocol_and_the_page_says_why(seen, name, patient):
    walked, due = seen(name, patient), PATIENTS[patient]
    assert walked.protocol == due.protocol
    assert walked.stages == due.stages
    # "T2, MR AX T2 TSE": the label of the place stands before the series
    labels = [place for place, _, _ in walked.cells]
    assert len(labels) == len(due.cells)
    assert all(
        place.startswith(f"{label}, ")
        for place, label in zip(labels, due.cells, strict=True)
    )
    for reason in due.reasons:
        assert any(said.startswith(reason) for said in walked.reasons), reason


@EVERYBODY
@BOTH
def test_priors_are_named_with_date_and_distance_and_nothing_is_blocked(
    seen, name, patient
):
    walked = seen(name, patient)
    assert walked.priors == PATIENTS[patient].priors
    assert [text for level, text in walked.notices if level == "blocked"] == []


@EVERYBODY
def test_orthanc_and_the_folder_give_the_same_walk_and_the_same_pixels(seen, patient):
    local, remote = seen("folder", patient), seen("orthanc", patient)
    assert remote.words() == local.words()
    assert np.ptp(local.picture) > A_PICTURE
    assert (remote.picture == local.picture).all()


@BOTH
def test_the_study_of_another_birth_date_is_blocked_from_either(context, worlds, name):
    asked: list[str] = []
    context.on("request", lambda r: asked.append(r.url) if "/f/" in r.url else None)
    before = worlds[name].archive.frames_asked
    page = opened(context, worlds[name], BLOCKED_ORDER)
    blocked = page.locator('.notice[data-level="blocked"]')
    expect(blocked).to_contain_text("the birth date differs")
    expect(page.locator('[data-cell="0"]')).to_have_attribute("data-status", "empty")
    expect(page.locator('[data-cell="0"]')).to_contain_text("A study was blocked")
    page.wait_for_load_state("networkidle")
    assert asked == []
    assert worlds[name].archive.frames_asked == before


@BOTH
def test_mammograms_hang_chest_wall_to_chest_wall_the_right_breast_at_the_left(
    context: BrowserContext, worlds, name
):
    page = opened(context, worlds[name], MAMMOGRAM.order)
    boxes = []
    for cell in range(len(MAMMOGRAM.cells)):
        wait_shown(page, cell)
        boxes.append(page.locator(f'[data-cell="{cell}"]').bounding_box())
    for right, left in ((0, 1), (2, 3)):
        assert boxes[right]["x"] < boxes[left]["x"]
        assert boxes[right]["y"] == boxes[left]["y"]
        # tissue touches the edge that both cells share, and only that one
        at_the_right, at_the_left = read_cell(page, right), read_cell(page, left)
        strip, middle = 8, slice(100, 200)
        assert at_the_right[middle, -strip:].mean() > 60
        assert at_the_left[middle, :strip].mean() > 60
        assert at_the_right[middle, :strip].mean() < 15
        assert at_the_left[middle, -strip:].mean() < 15


@BOTH
@pytest.mark.parametrize(
    ("patient", "stage"), [("chest", 1), ("radiograph", 2), ("mammogram", 1)]
)
def test_a_prior_stands_beside_the_current_images_under_its_mark(
    context, worlds, name, patient, stage
):
    due = PATIENTS[patient]
    page = opened(context, worlds[name], due.order)
    wait_shown(page)
    for _ in range(stage):
        page.keyboard.press(".")
    expect(page.locator(f'[data-stage="{stage}"]')).to_contain_text(due.stages[stage])
    marks = page.locator('[data-cell][data-role="prior"]')
    expect(marks.last).to_have_attribute("data-status", "shown", timeout=30_000)
    said = " ".join(marks.all_inner_texts())
    assert all(prior.split()[1] in said for prior in due.priors)
    assert "PRIOR" in said
    assert page.locator('[data-cell][data-role="current"]').count() >= 1
