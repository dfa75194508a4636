"""Functional groups that are broken in any way (H12). Oracle: nothing may raise."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from test_frames import SHARED, enhanced

from smart_viewer.dicom.display_sets import display_sets
from smart_viewer.dicom.read_study import project, read_parts, read_study, split

values = st.one_of(
    st.none(),
    st.text(max_size=3),
    st.floats(),
    st.integers(-3, 3),
    st.just({}),
    st.lists(st.integers(), max_size=2),
)
GROUPS = [t for t in SHARED] + ["00209113", "00289145", "00289132", "00209111"]
GROUPS += ["00189114", "00189117", "00409096", "00189341"]
INNER = "00200032 00200037 00280030 00281050 00281051 00281052 00281053 00209157 "
INNER += "00189082 00189087 00189076 00189089 00209056 00283010 004008EA 00409224"


def attribute(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(
        st.builds(lambda v: {"vr": "UN", "Value": v}, st.lists(inner, max_size=7)),
        st.sampled_from([{}, None, "x", {"Value": None}, {"Value": "x"}]),
    )


groups = st.dictionaries(st.sampled_from(INNER.split()), attribute(values), max_size=5)
items = st.one_of(groups, values)
functional = st.dictionaries(st.sampled_from(GROUPS), attribute(items), max_size=4)


@given(
    st.lists(st.one_of(functional, values), max_size=4),
    st.lists(st.one_of(functional, values), max_size=2),
    st.one_of(st.integers(-1, 5), values),
)
def test_broken_groups_give_a_study_or_a_named_problem(frames, shared, count):
    """Nothing raises; every frame of a set can be asked for everything."""
    dataset = enhanced([], t00280008=[count])
    dataset |= {
        "52009229": {"vr": "SQ", "Value": shared},
        "52009230": {"vr": "SQ", "Value": frames},
    }

    study = read_study([dataset])

    assert read_parts([split(project(dataset))]) == study
    found = study.series[0].instances[0]
    assert len(found.frames) in (0, found.number_of_frames)
    for one in display_sets(study):
        assert bool(one.refusal) == bool(one.refusal_code)
        for address in one.frames:
            assert address.rescale_slope != 0
            _ = (address.plane, address.spacing, address.windows, address.voi_luts)
