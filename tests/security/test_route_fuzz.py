"""Every route, asked at random: no 5xx, no leak, no growth (launch.md R29)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from e2e.federation import CHEST, SOMEBODY_ELSE, copied
from postgresql_cluster import make_database, running_cluster
from security.attacked import LIMITLESS, Attacked, opened
from security.route_fuzz import Findings, RouteFuzzer
from sqlalchemy import func, select
from world import running_world

from smart_viewer.store.readings import SECRETS_KEPT
from smart_viewer.store.tables import grants, reading_secrets, readings

pytestmark = pytest.mark.requirement("R29")

SHORT, LONG = 1500, 20_000


@pytest.fixture(scope="module")
def attacked_on_postgresql(
    need: Callable[[str], Path],
    samples: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Attacked]:
    programs, folder = need("postgresql"), tmp_path_factory.mktemp("on_postgresql")
    images = copied(samples, [CHEST, SOMEBODY_ELSE], folder / "images", slices=3)
    with running_cluster(programs) as cluster:
        url = make_database(programs, cluster, "attacked")
        changes = {"operation": LIMITLESS, "database_url": url}
        with running_world(folder, images, settings_changes=changes) as world:
            yield Attacked.of(world)
            world.house.store.close()


def fresh(attacked: Attacked) -> Attacked:
    """Readings of its own for each run: a run learns their newest secrets."""
    return Attacked.of(attacked.world)


def rows(attacked: Attacked, table) -> int:
    with attacked.world.house.store.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def fuzzed(attacked: Attacked, seed: int, requests: int) -> Findings:
    kept = (readings, grants)
    before = [rows(attacked, table) for table in kept]
    found = RouteFuzzer(attacked, Random(seed)).run(requests)
    assert found.wrong == []
    assert found.requests == requests
    assert [rows(attacked, table) for table in kept] == before  # none made, none lost
    assert rows(attacked, reading_secrets) <= SECRETS_KEPT * before[0]
    assert set(found.rules) == {rule.rule for rule in attacked.rules}
    return found


def test_a_thousand_requests_at_every_route_find_nothing(attacked):
    found = fuzzed(fresh(attacked), seed=1, requests=SHORT)
    # what was asked for was also answered: the run is not one long refusal
    assert found.statuses[200] > SHORT / 20
    assert found.statuses[404] > SHORT / 20
    assert {400, 405, 413} <= set(found.statuses)


def test_nor_do_they_over_postgresql(attacked_on_postgresql):
    """Which refuses texts that SQLite takes."""
    fuzzed(fresh(attacked_on_postgresql), seed=5, requests=SHORT)


@pytest.mark.parametrize("where", ["/r/a-%00", "/r/%00", "/r/a-x%00/d/0/f/0"])
def test_an_id_that_postgresql_would_not_take_is_404(attacked_on_postgresql, where):
    attacked = attacked_on_postgresql
    for method in ("GET", "POST"):
        answer = attacked.ask(method, where, attacked.first.headers())
        assert answer.status_code == 404


@pytest.mark.slow
def test_nor_do_many_over_postgresql(attacked_on_postgresql):
    found = fuzzed(fresh(attacked_on_postgresql), seed=6, requests=LONG)
    print(f"PostgreSQL: {found.requests} requests, {dict(found.statuses)}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_many_requests_at_every_route_find_nothing(attacked, seed):
    found = fuzzed(fresh(attacked), seed, LONG)
    print(f"seed {seed}: {found.requests} requests, {dict(found.statuses)}")


def test_the_fuzzer_finds_a_route_that_breaks_and_one_that_leaks(attacked, monkeypatch):
    """With a defence taken out, the same run is red."""
    from smart_viewer.reading import holder

    world = fresh(attacked)
    with monkeypatch.context() as patched:
        patched.setattr(holder, "compare_digest", lambda *_: True)
        leaked = RouteFuzzer(world, Random(1)).run(300).wrong
    assert any("shows" in one for one in leaked)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(type(attacked.world.house.store.readings), "head", broken)
        failed = RouteFuzzer(world, Random(1)).run(300).wrong
    assert any("status 500" in one for one in failed)
    assert opened(attacked.world, attacked.world.order_ids()[0]).frame
