"""The command `smart-viewer check`, run as an integrator runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from check_world import PASSWORD, CheckWorld, check_world, write_images

from smart_viewer.cli_check import as_json, as_text
from smart_viewer.reading.check_steps import (
    Advice,
    Finding,
    Step,
    first_to_mend,
    has_failed,
    presentable,
)
from smart_viewer.settings import asset_root

ROOT = Path(__file__).parents[2]
Check = Callable[..., subprocess.CompletedProcess[str]]
ADVICE = Advice("archives.toml", "[pacs] base_url", "see the path")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CheckWorld]:
    folder = tmp_path / "dicom"
    folder.mkdir()
    write_images(folder)
    with check_world(tmp_path, folder) as made:
        yield made


@pytest.fixture
def check(tmp_path: Path, world: CheckWorld) -> Check:
    """`check(*arguments, **environment)` over configuration files on disk."""
    config = tmp_path / "config"
    config.mkdir()
    ehr, (folder, remote) = world.settings.ehrs[0], world.settings.archives
    text = (asset_root() / "launch_configs" / "sandbox.toml").read_text("utf-8")
    origin = ehr.iss.removesuffix("/fhir")
    sandbox = text.replace("http://localhost:9400", origin)
    (config / "sandbox.toml").write_text(sandbox, "utf-8")
    (config / "archives.toml").write_text(
        f'[images]\nkind = "folder"\npath = "{folder.path}"\n'
        f'index = "{folder.index}"\n'
        f'[remote]\nkind = "dicomweb"\nbase_url = "{remote.base_url}"\n'
        'auth = { kind = "basic", username = "viewer" }\n',
        "utf-8",
    )
    environment = {
        "SMART_VIEWER_CONFIG": str(config),
        "SMART_VIEWER_STATE": str(tmp_path / "state"),
        "SMART_VIEWER_PUBLIC_URL": world.settings.public_url,
        "SMART_VIEWER_KEY": "ab" * 32,
        "SMART_VIEWER_ARCHIVE_SECRET_REMOTE": PASSWORD,
    }

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "smart_viewer", "check", *arguments],
            env=_environment({**environment, **more}),
            capture_output=True,
            text=True,
            check=False,
            encoding="utf-8",
        )

    return run


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return {**path, "PYTHONIOENCODING": "utf-8", **settings}


def test_a_green_check_is_a_table_and_exit_status_0(check, world):
    done = check("sandbox")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1] == "Everything that was asked works."
    assert [line.split()[:3] for line in lines[1:4]] == [
        ["ok", "sandbox", "registration"],
        ["ok", "sandbox", "discovery"],
        ["ok", "sandbox", "scopes"],
    ]
    told = done.stdout + done.stderr
    assert [s for s in world.secrets_of_patients if s in told] == []
    assert "ab" * 32 not in told


def test_a_failure_ends_with_the_line_to_change_and_exit_status_1(check, world):
    world.faults.filter_unknown = frozenset({"AccessionNumber"})
    done = check()
    assert done.returncode == 1
    assert re.findall("^FAIL +remote +AccessionNumber ", done.stdout, re.MULTILINE)
    first, heard, rule, change = done.stdout.splitlines()[-4:]
    assert first.startswith("The first thing that does not work: remote, Accession")
    assert heard.startswith("The server answered HTTP 200 application/dicom+json, ")
    assert rule.startswith("Breaks R16: ")
    assert change.startswith("Change archives.toml: [remote] unsupported_filters: ")
    assert "Traceback" not in done.stderr


def test_json_says_the_same_to_programs(check, world):
    world.faults.status = 403
    done = check("--json")
    document: Any = json.loads(done.stdout)
    assert done.returncode == 1
    assert document["ok"] is False
    assert document["first"]["step"] == "study"
    assert document["first"]["change"]["key"] == "[remote] auth"
    assert {step["verdict"] for step in document["steps"]} == {"ok", "FAIL"}


def test_a_study_or_patient_may_be_given_and_is_not_repeated(check, world):
    for option in (("--study", "2.999.31415926.2.1"), ("--patient", "MRN-290817")):
        done = check(*option)
        assert done.returncode == 0, done.stdout
        assert option[1] not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "word"),
    [
        (("--patient", "*"), {}, "wildcard"),
        (("epic",), {}, "there are: sandbox"),
        ((), {"SMART_VIEWER_PUBLIC_URL": "ftp://x"}, "SMART_VIEWER_PUBLIC_URL"),
    ],
)
def test_a_wrong_call_is_one_sentence(check, arguments, environment, word):
    done = check(*arguments, **environment)
    assert done.returncode in {1, 2}
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def step(verdict: Any, name: str, advice: Advice | None = None) -> Step:
    return Step("pacs", name, "GET", Finding(verdict, "said", advice), 7)


def test_the_first_failure_goes_before_every_warning():
    steps = [step("ok", "a"), step("warn", "b", ADVICE), step("FAIL", "c", ADVICE)]
    assert first_to_mend(steps) is steps[2]
    assert has_failed(steps)
    assert first_to_mend(steps[:2]) is steps[1]
    assert not has_failed(steps[:2])
    assert first_to_mend(steps[:1]) is None


def test_a_warning_alone_is_no_failure_but_its_line_is_told():
    told = as_text([step("warn", "b", ADVICE)]).splitlines()
    assert told[-2] == "Nothing fails. See: pacs, b: said"
    assert told[-1] == "Change archives.toml: [pacs] base_url: see the path"
    assert json.loads(as_json([step("warn", "b", ADVICE)]))["ok"] is True


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("study 1.2.840.113619.2.55.3.604688", "study 1.2.8...04688"),
        ("Patient/12345 at https://x.example/a?patient=1", None),
        ("two\nlines\x1b[31m", "two lines [31m"),
        ("Bearer abc.def", "Bearer [redacted]"),
        ("http://127.0.0.1:8042", "http://127.0.0.1:8042"),
    ],
)
def test_what_is_printed_holds_no_token_id_or_whole_uid(text, shown):
    assert presentable(text) == (shown or presentable(text))
    for secret in ("12345", "patient=1", "abc.def", "113619", "\n", "\x1b"):
        assert secret not in presentable(text)
