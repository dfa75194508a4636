"""The GL worker process: opening, refusing, dying, closing."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import render_children
from frame_cases import random_words, request_of
from frame_oracle import Case
from pipeline_cases import pipeline_cases

from smart_viewer.errors import RenderUnavailable
from smart_viewer.render import gl_worker
from smart_viewer.render.worker import GlRenderer

CASE = Case(
    np.full((4, 6), 7, dtype=np.uint16), 8, 7, center=128, width=256, size=(6, 4)
)


@pytest.fixture
def worker_main(monkeypatch):
    """Puts another main into the worker process."""
    return lambda main: monkeypatch.setattr(gl_worker, "main", main)


@pytest.mark.gl
@pytest.mark.parametrize("host", ["egl", "osmesa"])
def test_a_host_names_itself_and_draws(need, shaders, host):
    need(host)
    with GlRenderer(shaders, hosts=(host,)) as renderer:
        assert renderer.renderer().startswith(f"{host}: ")
        assert (renderer.draw(request_of(CASE)) == 7).all()


def test_hosts_that_do_not_exist_are_named_in_the_refusal(shaders):
    with GlRenderer(shaders, hosts=("nonsense", "worse")) as renderer:
        with pytest.raises(RenderUnavailable, match=r"nonsense.*worse"):
            renderer.draw(request_of(CASE))


def test_without_any_host_there_is_no_gl(shaders):
    with pytest.raises(RenderUnavailable, match="no GL host"):
        GlRenderer(shaders, hosts=()).draw(request_of(CASE))


@pytest.mark.gl
def test_a_host_that_fails_is_passed_over_for_the_next(need, shaders):
    need("egl")
    with GlRenderer(shaders, hosts=("nonsense", "egl")) as renderer:
        assert renderer.renderer().startswith("egl: ")


def test_a_missing_shader_is_a_refusal_not_a_crash(need, tmp_path):
    need("egl")
    with GlRenderer(tmp_path, hosts=("egl",)) as renderer:
        with pytest.raises(RenderUnavailable, match=r"frame\.vert\.glsl"):
            renderer.draw(request_of(CASE))


@pytest.mark.gl
def test_a_shader_that_does_not_compile_is_refused_with_its_name(
    need, shaders, tmp_path
):
    need("egl")
    broken = (shaders / "frame.frag.glsl").read_text().replace("out vec4", "out vec9")
    (tmp_path / "frame.frag.glsl").write_text(broken)
    (tmp_path / "frame.vert.glsl").write_text((shaders / "frame.vert.glsl").read_text())
    with GlRenderer(tmp_path, hosts=("egl",)) as renderer:
        with pytest.raises(RenderUnavailable, match=r"frame\.frag\.glsl"):
            renderer.draw(request_of(CASE))


def test_a_worker_that_dies_at_once_is_no_host(shaders, worker_main):
    worker_main(render_children.dies_at_once)
    with GlRenderer(shaders, hosts=("egl",)) as renderer:
        with pytest.raises(RenderUnavailable, match="exit code 3"):
            renderer.draw(request_of(CASE))


def test_a_host_that_never_opens_is_given_up(shaders, worker_main):
    worker_main(render_children.says_nothing)
    before = multiprocessing.active_children()
    with GlRenderer(shaders, hosts=("egl",), start_timeout_s=0.2) as renderer:
        with pytest.raises(RenderUnavailable, match="no answer"):
            renderer.draw(request_of(CASE))
    assert multiprocessing.active_children() == before


@pytest.mark.gl
def test_a_worker_that_dies_is_replaced_and_the_picture_comes(
    need, shaders, worker_main, tmp_path, monkeypatch, caplog
):
    need("egl")
    monkeypatch.setenv("RENDER_TEST_MARK", str(tmp_path / "died"))
    worker_main(render_children.dies_at_the_first_request)
    with GlRenderer(shaders, hosts=("egl",)) as renderer:
        assert (renderer.draw(request_of(CASE)) == 7).all()
    assert "replaced: exit code 4" in caplog.text


def test_a_worker_that_dies_twice_is_a_refusal(shaders, worker_main):
    worker_main(render_children.dies_at_every_request)
    with GlRenderer(shaders, hosts=("egl",)) as renderer:
        with pytest.raises(RenderUnavailable, match="died twice"):
            renderer.draw(request_of(CASE))


def test_a_worker_that_hangs_twice_is_a_refusal_and_is_ended(shaders, worker_main):
    worker_main(render_children.hangs_at_every_request)
    before = multiprocessing.active_children()
    with GlRenderer(shaders, hosts=("egl",), draw_timeout_s=0.1) as renderer:
        with pytest.raises(RenderUnavailable, match=r"died twice: no answer in 0\.1 s"):
            renderer.draw(request_of(CASE))
        assert multiprocessing.active_children() == before


@pytest.mark.gl
def test_a_picture_that_is_too_large_is_refused_and_the_next_one_drawn(gl):
    long = np.zeros((1, 40000), dtype=np.uint8)
    with pytest.raises(RenderUnavailable, match="40000 pixels"):
        gl.draw(request_of(replace(CASE, words=long)))
    assert (gl.draw(request_of(CASE)) == 7).all()


@pytest.mark.gl
def test_threads_get_their_own_pictures(gl):
    cases = [
        replace(CASE, words=random_words(n, (4, 6)) & 0xFF, size=(6, 4))
        for n in range(16)
    ]
    with ThreadPoolExecutor(8) as threads:
        shown = list(threads.map(gl.draw, map(request_of, cases)))
    for case, picture in zip(cases, shown, strict=True):
        assert np.array_equal(picture, case.words)


@pytest.mark.gl
def test_closing_ends_the_process(need, shaders):
    need("egl")
    renderer = GlRenderer(shaders, hosts=("egl",))
    before = set(multiprocessing.active_children())
    renderer.draw(request_of(CASE))
    (process,) = set(multiprocessing.active_children()) - before
    renderer.close()
    assert process not in multiprocessing.active_children()


@pytest.mark.gl
def test_every_texture_of_a_picture_is_freed(need, shaders, worker_main):
    need("egl")
    worker_main(render_children.draws_and_counts_textures)
    with GlRenderer(shaders, hosts=("egl",)) as renderer:
        for case in pipeline_cases(30):
            with pytest.raises(RenderUnavailable, match=r"'0 textures of"):
                renderer.draw(request_of(case))
