"""A whole site: nginx with TLS on a sub-path, two replicas, PostgreSQL, a sandbox EHR.

nginx runs the file that docs/production.md gives; replicas are `smart-viewer serve`.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from throwaway_ca import make_certificate
from world import Walk, ehr_config, environment_of

from smart_viewer.sandbox.charts import People
from smart_viewer.sandbox.ehr import create_ehr
from smart_viewer.sandbox.serve import listen, start_server

ADDRESS = "127.0.0.1"
PATH = "/imaging/viewer"
TEMPLATE = Path(__file__).parent.parent / "deploy" / "nginx.conf.template"
PORTS = range(12_000, 30_000)  # below those that systems give by themselves
READY_S = 180.0
STOP_S = 180.0
SEND_TIMEOUT = "2s"


def _free_port() -> int:
    """A port that nobody listens at, and that no outgoing connection is given."""
    for port in random.sample(PORTS, len(PORTS)):
        try:
            socket.create_server((ADDRESS, port)).close()
        except OSError:
            continue
        return port
    raise AssertionError("no port is free")


@dataclass
class Replica:
    """One `smart-viewer serve`; it can be ended and started again at its address."""

    tag: str
    environment: Mapping[str, str]
    options: tuple[str, ...]
    log: Path
    port: int = field(default_factory=_free_port)
    metrics_port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its own address, behind the proxy."""
        return f"http://{ADDRESS}:{self.port}"

    def start(self, **changes: str) -> None:
        """Start, and wait until it is ready. changes: of the environment."""
        self.environment = {**self.environment, **changes}
        bind = ("--bind", f"{ADDRESS}:{self.port}")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "smart_viewer", "serve", *bind, *self.options],
                env={
                    **os.environ,
                    **self.environment,
                    "SMART_VIEWER_REPLICA": self.tag,
                    "SMART_VIEWER_METRICS": f"{ADDRESS}:{self.metrics_port}",
                },
                stderr=log,
                start_new_session=True,  # so that `kill` takes the worker too
            )
        self._wait_ready()

    def terminate(self) -> None:
        """Ask it to end, as a redeploy does, and do not wait."""
        if self.process is not None:
            self.process.terminate()

    def wait(self) -> int:
        """Its exit status, once it has ended."""
        assert self.process is not None
        return self.process.wait(STOP_S)

    def kill(self) -> None:
        """End it at once, master and worker."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(STOP_S)

    def lines(self) -> list[dict[str, Any]]:
        """Its log: every line is one JSON object."""
        text = self.log.read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def metrics(self) -> str:
        """What Prometheus would scrape."""
        url = f"http://{ADDRESS}:{self.metrics_port}/metrics"
        return requests.get(url, timeout=30).text

    def _wait_ready(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if requests.get(f"{self.url}/readyz", timeout=READY_S).ok:
                    return
            except requests.ConnectionError:
                continue
        raise AssertionError(f"not ready: {self.log.read_text('utf-8')}")


@dataclass
class Site:
    """Addresses and insides of the running site."""

    url: str
    ehr_url: str
    ehr: Any
    authority: Path
    people: People
    replicas: dict[str, Replica]
    nginx_log: Path
    environment: dict[str, str]

    def walk(self) -> Walk:
        """A browser without a screen, which knows this site's authority."""
        walk = Walk()
        walk.session.verify = str(self.authority)
        return walk

    def launch_url(self, order: int = 0) -> str:
        """The EHR's Launch link of the n-th order."""
        return f"{self.ehr_url}/launch/{self.people.orders[order].id}?display=tab"

    def opened(self, order: int = 0) -> Page:
        """A reading, opened by a launch."""
        walk = self.walk()
        page = walk.get(self.launch_url(order))
        assert page.status_code == 200, page.text
        boot = re.search(r'id="boot">(.*?)</script>', page.text, re.DOTALL)
        assert boot is not None
        return Page(self, walk, walk.seen[-1], json.loads(boot.group(1)), page)

    def opened_at(self, tag: str, order: int = 0) -> Page:
        """A reading that this replica opened: the proxy sends a launch to either."""
        for _ in range(20):
            page = self.opened(order)
            if page.tag == tag:
                return page
            self.walk().get(f"{self.url}/")  # so that the turn is the other one's
        raise AssertionError(f"the proxy sent no launch to {tag}")


@dataclass
class Page:
    """One reading in one browser."""

    site: Site
    walk: Walk
    url: str
    boot: dict[str, Any]
    answer: requests.Response

    @property
    def tag(self) -> str:
        """Which replica opened it."""
        return self.url.rsplit("/r/", 1)[1].split("-", 1)[0]

    @property
    def reading_id(self) -> str:
        return self.url.rsplit("/r/", 1)[1]

    def frame(self, display_set: int = 0, index: int = 0) -> requests.Response:
        """A frame by the public address."""
        return self.get(f"/d/{display_set}/f/{index}")

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        """Something of the reading by the public address."""
        origin = self.site.url.removesuffix(PATH)
        headers = {"X-Reading": self.boot["secret"]}
        url = f"{origin}{self.boot['base']}{path}"
        return self.walk.get(url, headers=headers, **kwargs)

    def frame_at(self, replica: Replica) -> requests.Response:
        """A frame, asked of one replica behind the proxy's back."""
        path = self.boot["base"].removeprefix(PATH)
        return requests.get(
            f"{replica.url}{path}/d/0/f/0",
            headers={"X-Reading": self.boot["secret"]},
            cookies=self.walk.cookies_of(self.site.url),
            timeout=30,
        )


@contextmanager
def running_site(
    state: Path,
    index: Path,
    people: People,
    database_url: str,
    nginx: Path,
    archives: str = "",
    options: tuple[str, ...] = (),
    **settings: str,
) -> Iterator[Site]:
    """The site. archives: more tables of archives.toml; settings: SMART_VIEWER_*."""
    port = _free_port()
    public = f"https://{ADDRESS}:{port}{PATH}"
    certificate = make_certificate(state, ADDRESS)
    door = listen("localhost")
    ehr = create_ehr(ehr_config(door.url, public, people))
    environment = {
        **environment_of(state, door.url, public, index, archives),
        "SMART_VIEWER_LOG": "DEBUG",
        "SMART_VIEWER_DATABASE_URL": database_url,
        "SMART_VIEWER_TRUSTED_PROXIES": ADDRESS,
        **{f"SMART_VIEWER_{name}": value for name, value in settings.items()},
    }
    replicas = {
        tag: Replica(tag, environment, options, state / f"{tag}.log") for tag in "ab"
    }
    values = {
        "LISTEN": f"{ADDRESS}:{port}",
        "SERVER_NAME": ADDRESS,
        "PUBLIC_PATH": PATH,
        "REPLICA_A": f"{ADDRESS}:{replicas['a'].port}",
        "REPLICA_B": f"{ADDRESS}:{replicas['b'].port}",
        "CERTIFICATE": str(certificate.chain),
        "CERTIFICATE_KEY": str(certificate.key),
        "SEND_TIMEOUT": SEND_TIMEOUT,
        "RUN": str(state),
        "ACCESS_LOG": str(state / "nginx.log"),
    }
    with ExitStack() as stack:
        stack.enter_context(start_server(ehr, listener=door))
        for replica in replicas.values():
            stack.callback(replica.kill)
            replica.start()
        stack.enter_context(_running_nginx(nginx, state, values, port))
        yield Site(
            public,
            door.url,
            ehr,
            certificate.authority,
            people,
            replicas,
            state / "nginx.log",
            environment,
        )


def filled(template: str, values: Mapping[str, str]) -> str:
    """What `envsubst` makes of it: names in capitals and braces, no others."""
    return re.sub(r"\$\{([A-Z_]+)\}", lambda name: values[name.group(1)], template)


@contextmanager
def _running_nginx(
    program: Path, state: Path, values: Mapping[str, str], port: int
) -> Iterator[None]:
    file = state / "nginx.conf"
    file.write_text(filled(TEMPLATE.read_text("utf-8"), values), "utf-8")
    command = [str(program), "-p", str(state), "-c", str(file)]
    # Debian's nginx says on standard error where its own log would be.
    with (state / "nginx.err").open("wb") as errors:
        process = subprocess.Popen([*command, "-g", "daemon off;"], stderr=errors)
        try:
            _wait_listening(process, port, state / "nginx.err")
            yield
        finally:
            process.terminate()
            process.wait(STOP_S)


def _wait_listening(process: subprocess.Popen[bytes], port: int, errors: Path) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((ADDRESS, port), timeout=5).close()
            return
        except OSError:
            continue
    raise AssertionError(f"nginx did not start: {errors.read_text('utf-8')}")
