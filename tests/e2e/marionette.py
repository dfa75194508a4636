"""Firefox on a screen that nobody sees, by Marionette, the protocol built into it.

A message is "length:JSON"; a command [0, id, name, parameters] is answered by
[1, id, error, result] (Firefox source docs, testing/marionette/Protocol).
"""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Thread, Timer
from typing import IO, Any

PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "marionette.port": 0,  # any: it says which
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.prefetch-next": False,
    "network.proxy.type": 0,
    "toolkit.telemetry.enabled": False,
    "webgl.disable-fail-if-major-performance-caveat": True,
    "webgl.force-enabled": True,
}
START_S, ANSWER_S = 120.0, 120.0
LISTENING = re.compile(r"Marionette\s+INFO\s+Listening on port (\d+)")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver's name for an element


class FirefoxFailed(Exception):
    """Firefox did not start, or a command failed."""


@dataclass
class Firefox:
    """One window. Places are CSS pixels of its viewport."""

    door: socket.socket
    _ids: Iterator[int] = field(default_factory=count)
    _heard: bytes = b""

    def run(self, name: str, **parameters: Any) -> Any:
        """The result of one command. FirefoxFailed."""
        wanted = next(self._ids)
        text = json.dumps([0, wanted, name, parameters])
        self.door.sendall(f"{len(text.encode())}:{text}".encode())
        while True:
            _, answered, error, result = self.hear()
            if answered != wanted:
                continue
            if error is not None:
                raise FirefoxFailed(f"{name}: {error['error']}: {error['message']}")
            whole = isinstance(result, dict) and set(result) == {"value"}
            return result["value"] if whole else result

    def hear(self) -> Any:
        """The next message."""
        while b":" not in self._heard:
            self._more()
        size, _, self._heard = self._heard.partition(b":")
        while len(self._heard) < int(size):
            self._more()
        text, self._heard = self._heard[: int(size)], self._heard[int(size) :]
        return json.loads(text)

    def _more(self) -> None:
        part = self.door.recv(1 << 20)
        if not part:
            raise FirefoxFailed("Firefox has closed the connection.")
        self._heard += part

    def go(self, url: str) -> None:
        self.run("WebDriver:Navigate", url=url)

    def evaluate(self, expression: str, *given: Any) -> Any:
        """The value of an expression of the page; `given` are its `arguments`."""
        script = f"return ({expression});"
        return self.run("WebDriver:ExecuteScript", script=script, args=list(given))

    def evaluate_later(self, body: str, *given: Any) -> Any:
        """What an async function of that body answers."""
        script = (
            f"const done = arguments[arguments.length - 1];"
            f"(async (...given) => {{ {body} }})(...arguments).then(done);"
        )
        return self.run("WebDriver:ExecuteAsyncScript", script=script, args=list(given))

    def wait_for(self, expression: str, seconds: float = ANSWER_S) -> None:
        """Until the expression is true. FirefoxFailed."""
        held = self.evaluate_later(
            f"""const until = performance.now() + {seconds * 1000};
            while (!({expression})) {{
              if (performance.now() > until) return false;
              await new Promise((next) => setTimeout(next, 50));
            }}
            return true;"""
        )
        if not held:
            raise FirefoxFailed(f"never: {expression}")

    def inner_size(self, width: int, height: int) -> None:
        """The viewport in that size."""
        edges = self.evaluate("[outerWidth - innerWidth, outerHeight - innerHeight]")
        self.run(
            "WebDriver:SetWindowRect", width=width + edges[0], height=height + edges[1]
        )
        self.wait_for(f"innerWidth === {width} && innerHeight === {height}")

    def drag(self, *places: tuple[float, float]) -> None:
        """With the left button, from the first place over the others."""
        (x, y), *rest = places
        moves = [_move(*place) for place in rest]
        down, up = (
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        )
        self._pointer([_move(x, y), down, *moves, up])

    def click(self, selector: str) -> None:
        element = self.run(
            "WebDriver:FindElement", using="css selector", value=selector
        )
        self.run("WebDriver:ElementClick", id=element[ELEMENT])

    def wheel(self, x: float, y: float, delta_y: int) -> None:
        turn = {"type": "scroll", "x": x, "y": y, "deltaX": 0, "deltaY": delta_y}
        action = {"type": "wheel", "id": "wheel", "actions": [turn | {"duration": 0}]}
        self.run("WebDriver:PerformActions", actions=[action])

    def press(self, key: str) -> None:
        strokes = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        action = {"type": "key", "id": "keyboard", "actions": strokes}
        self.run("WebDriver:PerformActions", actions=[action])

    def _pointer(self, actions: list[dict[str, Any]]) -> None:
        mouse = {"pointerType": "mouse"}
        action = {"type": "pointer", "id": "mouse", "parameters": mouse}
        self.run("WebDriver:PerformActions", actions=[action | {"actions": actions}])

    def screenshot(self) -> bytes:
        """The viewport as PNG."""
        text = self.run("WebDriver:TakeScreenshot", full=False, hash=False)
        return base64.b64decode(text)


def _move(x: float, y: float) -> dict[str, Any]:
    return {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 20}


@contextmanager
def unseen_screen(xvfb: Path) -> Iterator[str]:
    """Its name for DISPLAY: Firefox has no GL without one."""
    reader, writer = os.pipe()
    command = [str(xvfb), "-displayfd", str(writer), "-nolisten", "tcp"]
    with open(os.devnull, "wb") as nowhere, os.fdopen(reader) as answer:
        process = subprocess.Popen(
            [*command, "-screen", "0", "1600x1200x24"],
            pass_fds=[writer],
            stderr=nowhere,
        )
        os.close(writer)
        try:
            number = answer.readline().strip()
            if not number:
                raise FirefoxFailed("Xvfb did not start.")
            yield f":{number}"
        finally:
            _end(process)


@contextmanager
def running_firefox(program: Path, profile: Path, display: str) -> Iterator[Firefox]:
    """A Firefox with a fresh profile and software GL."""
    profile.mkdir(parents=True)
    lines = [
        f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()
    ]
    (profile / "user.js").write_text("\n".join(lines), "utf-8")
    environment = {
        **os.environ,
        "HOME": str(profile),
        "DISPLAY": display,
        "MOZ_CRASHREPORTER_DISABLE": "1",
        "LIBGL_ALWAYS_SOFTWARE": "1",
    }
    command = [
        str(program),
        "--marionette",
        "--remote-allow-system-access",
        "--no-remote",
    ]
    process = subprocess.Popen(
        [*command, "--profile", str(profile)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        port = _port(process)
        with socket.create_connection(("127.0.0.1", port), ANSWER_S + 30) as door:
            firefox = Firefox(door)
            firefox.hear()  # who it is
            firefox.run("WebDriver:NewSession", strictFileInteractability=False)
            firefox.run("WebDriver:SetTimeouts", script=int(ANSWER_S * 1000) + 10_000)
            yield firefox
    finally:
        _end(process)


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _drain(said: IO[str]) -> None:
    """A pipe that nobody reads fills, and whoever writes to it stands still."""
    with said:
        for _ in said:
            pass


def _port(process: subprocess.Popen[str]) -> int:
    """As Firefox says it once it listens; one that never does is ended."""
    assert process.stdout is not None
    said: list[str] = []
    alarm = Timer(START_S, process.terminate)
    alarm.start()
    try:
        for line in process.stdout:
            said.append(line)
            if found := LISTENING.search(line):
                Thread(target=_drain, args=[process.stdout], daemon=True).start()
                return int(found[1])
    finally:
        alarm.cancel()
    raise FirefoxFailed(f"Firefox did not start: {''.join(said)[-2000:]}")
