"""Draws on the server with the browser's shaders, in a process of its own."""

from __future__ import annotations

import logging
import multiprocessing
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from smart_viewer.errors import RenderUnavailable
from smart_viewer.render import gl_worker
from smart_viewer.render.gl_worker import Answer, Picture, Ready, Refused
from smart_viewer.render.request import FrameRequest

HOSTS = ("egl", "osmesa")  # in the order of trust
START_TIMEOUT_S = 30.0
DRAW_TIMEOUT_S = 30.0
JOIN_TIMEOUT_S = 5.0

_log = logging.getLogger(__name__)


class GlRenderer:
    """One GL worker process, started by the first draw; usable from any thread.

    A worker that dies or hangs is replaced once a draw. RenderUnavailable where no
    host can draw: the caller then takes `render.cpu` and says so.
    """

    def __init__(
        self,
        shaders: Path,
        hosts: Sequence[str] = HOSTS,
        start_timeout_s: float = START_TIMEOUT_S,
        draw_timeout_s: float = DRAW_TIMEOUT_S,
    ) -> None:
        self._shaders = shaders
        self._hosts = tuple(hosts)
        self._start_timeout_s = start_timeout_s
        self._draw_timeout_s = draw_timeout_s
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

    def __enter__(self) -> GlRenderer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def renderer(self) -> str:
        """Host and GL's name of what draws, e.g. "egl: llvmpipe ..."."""
        with self._lock:
            return self._running().renderer

    def draw(self, request: FrameRequest) -> NDArray[np.uint8]:
        """Grey levels (height, width), of colour (height, width, 3), top row first.

        RenderUnavailable.
        """
        with self._lock:
            try:
                answer = self._running().ask(request, self._draw_timeout_s)
            except _WorkerDied as cause:
                _log.warning("the GL worker is replaced: %s", cause)
                answer = self._ask_anew(request)
        if isinstance(answer, Picture):
            return answer.levels
        raise RenderUnavailable(str(answer))

    def close(self) -> None:
        """End the worker process and wait for it."""
        with self._lock:
            self._stop()

    def _ask_anew(self, request: FrameRequest) -> Answer:
        self._stop()
        try:
            return self._running().ask(request, self._draw_timeout_s)
        except _WorkerDied as cause:
            self._stop()
            raise RenderUnavailable(f"the GL worker died twice: {cause}") from cause

    def _running(self) -> _Worker:
        if self._worker is None:
            self._worker = self._start()
        return self._worker

    def _start(self) -> _Worker:
        """The first host that opens, each tried in a process of its own."""
        reasons = []
        for host in self._hosts:
            worker = _Worker(host, self._shaders)
            reason = worker.probe(self._start_timeout_s)
            if not reason:
                return worker
            worker.stop()
            reasons.append(reason)
        raise RenderUnavailable("; ".join(reasons) or "no GL host is configured")

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.stop()
            self._worker = None


class _WorkerDied(Exception):
    """The process ended or gave no answer in time."""


class _Worker:
    """A spawned process (never forked: GL and threads do not survive a fork)."""

    def __init__(self, host: str, shaders: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self.renderer = ""
        self._host = host
        self._connection, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(
            target=gl_worker.main, args=(theirs, host, shaders), daemon=True
        )
        self._process.start()
        theirs.close()  # else the end of the process would not end the pipe

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def probe(self, timeout_s: float) -> str:
        """Why this host cannot draw; empty where it can."""
        try:
            answer = self._receive(timeout_s)
        except _WorkerDied as cause:
            return f"{self._host}: {cause}"
        if isinstance(answer, Ready):
            self.renderer = answer.renderer
            return ""
        return answer.reason if isinstance(answer, Refused) else "unexpected answer"

    def ask(self, request: FrameRequest, timeout_s: float) -> Answer:
        try:
            self._connection.send(request)
        except OSError as cause:
            raise _WorkerDied(f"exit code {self._exit_code()}") from cause
        return self._receive(timeout_s)

    def stop(self) -> None:
        _send_end(self._connection)
        self._process.join(JOIN_TIMEOUT_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._connection.close()
        self._process.close()

    def _receive(self, timeout_s: float) -> Answer:
        try:
            if not self._connection.poll(timeout_s):
                self._process.kill()
                raise _WorkerDied(f"no answer in {timeout_s:g} s")
            answer: Answer = self._connection.recv()
        except (EOFError, OSError) as cause:
            raise _WorkerDied(f"exit code {self._exit_code()}") from cause
        return answer

    def _exit_code(self) -> int | None:
        self._process.join(JOIN_TIMEOUT_S)
        return self._process.exitcode


def _send_end(connection: Connection) -> None:
    try:
        connection.send(None)
    except OSError:  # it is gone already, which is what we want
        return
