"""One site for the tests of each file: nginx, two replicas, PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgresql_cluster import make_database, running_cluster
from production_site import Site, running_site

from smart_viewer.archive.indexing import index_folder
from smart_viewer.sandbox.people import default_people


@pytest.fixture(scope="session")
def cluster(need: Callable[[str], Path]) -> Iterator[Path]:
    """The socket folder of a PostgreSQL cluster of our own."""
    with running_cluster(need("postgresql")) as folder:
        yield folder


@pytest.fixture(scope="session")
def images_index(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sandbox's samples, indexed once."""
    index = tmp_path_factory.mktemp("images") / "images.index.sqlite"
    index_folder(samples, index)
    return index


@pytest.fixture(scope="module")
def site(
    request: pytest.FixtureRequest,
    need: Callable[[str], Path],
    cluster: Path,
    images_index: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The demo's own patients behind TLS, on a path of its own."""
    name = request.module.__name__.rsplit(".", 1)[-1]
    state = tmp_path_factory.mktemp(name)
    url = make_database(need("postgresql"), cluster, name)
    with running_site(
        state, images_index, default_people(), url, need("nginx")
    ) as running:
        yield running
