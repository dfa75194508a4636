"""An administrator lets one blocked study be shown once (launch.md 10.2, R25, R38)."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from world import EHR_ID, Walk, World, running_world

from smart_viewer.cli import main
from smart_viewer.operation import OVERRIDE_REASONS, Operation
from smart_viewer.sandbox.people import default_people
from smart_viewer.settings import asset_root

WARNING = (
    "Identity: not confirmed; an administrator let this study pass although it was "
    "blocked."
)
HOUR = 3600.0


@pytest.fixture
def allowing(samples: Path, tmp_path: Path) -> Iterator[World]:
    """A site that allows overrides; its EHR has another birth date than its archive."""
    with running_world(
        tmp_path,
        samples / "mismatch",
        default_people(),
        settings_changes={"operation": Operation(allow_override=True)},
    ) as world:
        yield world


Override = Callable[..., Result]


@pytest.fixture
def override(allowing: World, tmp_path: Path) -> Override:
    """`smart-viewer override …` with the settings of that site."""
    configs = tmp_path / "configs"
    configs.mkdir()
    shipped = (asset_root() / "launch_configs" / "sandbox.toml").read_text("utf-8")
    here = shipped.replace("http://localhost:9400", allowing.ehr_url)
    (configs / f"{EHR_ID}.toml").write_text(here, "utf-8")

    def run(*words: str, **changes: str) -> Result:
        settings = allowing.settings
        environment = {
            "CONFIG": str(configs),
            "PUBLIC_URL": settings.public_url,
            "KEY": settings.key.get_secret_value(),
            "DATABASE_URL": settings.database_url,
            "ALLOW_OVERRIDE": "true",
            **changes,
        }
        given = {f"SMART_VIEWER_{name}": value for name, value in environment.items()}
        return CliRunner().invoke(main, ["override", *words], env=given)

    return run


def order_of(world: World) -> str:
    return next(o.id for o in world.people.orders if o.accession_number == "SBXA0002")


def launched(world: World) -> dict:
    """The plan and base of a new reading of the patient whose study is blocked."""
    text = Walk().get(world.launch_url(order_of(world))).text
    found = re.search(r'id="boot">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    boot: dict = json.loads(found[1])
    return boot


def words(boot: dict) -> list[tuple[str, str]]:
    return [(one["level"], one["text"]) for one in boot["plan"]["notices"]]


def is_blocked(boot: dict) -> bool:
    shown = boot["plan"]["displaySets"]
    return not shown and words(boot)[0][0] == "blocked"


def events(world: World, action: str) -> list[dict]:
    rows = (json.loads(row.body or "") for row in world.house.store.trail.lines())
    return [one for one in rows if one["subtype"][-1]["code"] == action]


def blocked_study(world: World) -> str:
    """Its UID, which the page never learns: an administrator reads it in the trail."""
    entity = events(world, "block")[-1]["entity"][-1]
    return str(entity["what"]["identifier"]["value"]).removeprefix("urn:oid:")


def asked_for(world: World, boot: dict, **changes: str) -> list[str]:
    options = {
        "--study": blocked_study(world),
        "--reason": "same_person_confirmed",
        "--by": "imaging.admin",
        **changes,
    }
    reading = boot["base"].rsplit("/", 1)[1]
    return [reading, *(word for pair in options.items() for word in pair)]


@pytest.mark.requirement("R25")
def test_the_next_reading_shows_the_study_with_a_warning_and_the_one_after_does_not(
    allowing, override
):
    first = launched(allowing)
    assert is_blocked(first)

    done = override(*asked_for(allowing, first))

    assert done.exit_code == 0, done.output
    second = launched(allowing)
    assert second["plan"]["displaySets"]
    assert ("warning", WARNING) in words(second)
    assert ("warning", "Identity: the birth date differs.") in words(second)
    assert not [level for level, _ in words(second) if level == "blocked"]
    assert is_blocked(launched(allowing))  # the permit is used up


@pytest.mark.requirement("R38")
def test_the_permit_and_its_use_are_audited_with_reason_and_who(allowing, override):
    override(*asked_for(allowing, launched(allowing)))
    launched(allowing)

    allowed, used = events(allowing, "override")

    assert [one["outcomeDesc"] for one in (allowed, used)] == [
        "same_person_confirmed"
    ] * 2
    people = [
        agent["who"]["identifier"]["value"]
        for agent in allowed["agent"]
        if agent["type"]["coding"][0]["code"] == "humanuser"
    ]
    assert people == ["imaging.admin"]
    study = f"urn:oid:{blocked_study(allowing)}"
    for one in (allowed, used):
        assert one["entity"][-1]["what"]["identifier"]["value"] == study
    assert any("Practitioner/" in json.dumps(agent) for agent in used["agent"])


def test_a_permit_is_for_that_study_and_patient_alone(allowing, override):
    done = override(*asked_for(allowing, launched(allowing), **{"--study": "2.25.1"}))
    assert done.exit_code == 0
    assert is_blocked(launched(allowing))


def test_a_permit_lasts_an_hour(allowing, override, monkeypatch):
    override(*asked_for(allowing, launched(allowing)))
    overrides, now = allowing.house.store.overrides, time.time() + HOUR
    monkeypatch.setattr(overrides, "_clock", lambda: now)

    assert is_blocked(launched(allowing))


def test_without_a_trail_it_opens_nothing(allowing, override):
    override(*asked_for(allowing, launched(allowing)))
    report = allowing.house.report

    def fail(action, *rest, **facts):
        if action == "override":
            raise RuntimeError("unforeseen")
        report(action, *rest, **facts)

    object.__setattr__(allowing.house, "report", fail)
    boot = launched(allowing)

    assert boot["plan"]["displaySets"] == []
    assert "gave no answer" in words(boot)[0][1]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"--reason": "because"}, "because"),
        ({"--by": "two words"}, "login name"),
        ({"--study": "1.2*"}, "UID"),
    ],
)
def test_what_is_not_of_its_kind_is_refused(allowing, override, changes, says):
    done = override(*asked_for(allowing, launched(allowing), **changes))
    assert done.exit_code == 2
    assert says in done.output
    assert is_blocked(launched(allowing))


def test_it_is_off_where_the_site_does_not_say_otherwise(allowing, override):
    assert not Operation().allow_override
    done = override(*asked_for(allowing, launched(allowing)), ALLOW_OVERRIDE="false")
    assert done.exit_code == 1
    assert "SMART_VIEWER_ALLOW_OVERRIDE" in done.output


def test_a_permit_is_worth_nothing_where_the_site_stopped_allowing(allowing, override):
    override(*asked_for(allowing, launched(allowing)))
    off = allowing.settings.model_copy(update={"operation": Operation()})
    object.__setattr__(allowing.house, "settings", off)

    assert is_blocked(launched(allowing))


def test_there_must_be_such_a_reading_and_it_must_not_show_the_study(
    allowing, override
):
    boot = launched(allowing)
    wrong = override("a-nobody", *asked_for(allowing, boot)[1:])
    assert (wrong.exit_code, "no such reading" in wrong.output) == (1, True)
    override(*asked_for(allowing, boot))
    shown = launched(allowing)
    again = override(*asked_for(allowing, shown))
    assert (again.exit_code, "not blocked" in again.output) == (1, True)


def test_every_reason_is_a_word_of_the_trail():
    assert all(re.fullmatch(r"[a-z_]{1,64}", one) for one in OVERRIDE_REASONS)
