"""gunicorn around the app: one process, N threads (DESIGN, decision 5)."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication

from smart_viewer.settings import Settings

KEEP_ALIVE_S = 30
GRACE_S = 20


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from smart_viewer.app import create_app

        return create_app(self._settings)


def serve_app(settings: Settings, bind: str, threads: int) -> None:
    """Serve until a signal ends it; requests under way get 20 s to finish."""
    options = {
        "bind": bind,
        "workers": 1,
        "threads": threads,
        "worker_class": "gthread",
        "keepalive": KEEP_ALIVE_S,
        "graceful_timeout": GRACE_S,
        "proc_name": "smart-viewer",
        "control_socket_disable": True,
        "loglevel": "warning",
    }
    _Server(settings, options).run()
