"""A tree of attributes as JSON; `viewer/src/wire/tags.ts` is its other side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from smart_viewer.dicom.tag_tree import Tag, TagTree


def tags_json(tree: TagTree) -> Mapping[str, object]:
    """The whole tree."""
    return {"tags": _tags(tree.tags), "leftOut": tree.left_out}


def _tags(tags: Sequence[Tag]) -> list[Mapping[str, object]]:
    return [
        {
            "tag": one.tag,
            "keyword": one.keyword,
            "vr": one.vr,
            "text": one.text,
            "bytes": one.bytes,
            "cut": one.cut,
            "items": [_tags(item) for item in one.items],
        }
        for one in tags
    ]
