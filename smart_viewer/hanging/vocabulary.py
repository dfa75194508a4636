"""The words that rules may use, and the tables that lead to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from smart_viewer.dicom.series_facts import Code
from smart_viewer.hanging.codes import Key, key_of, words_of

CONTRASTS = ("none", "with", "both", "phases")


@dataclass(frozen=True, slots=True)
class Site:
    """A place in the body. focus: narrower than the region; empty where it is not."""

    term: str
    regions: tuple[str, ...]
    focus: str
    is_joint: bool


@dataclass(frozen=True, slots=True)
class Exam:
    """The normalised tuple (LOINC/RSNA Radiology Playbook); unknown is empty.

    modality: CT, MR, XR, MG, US, PT, ... regions: sorted. laterality: R, L or B.
    contrast: one of CONTRASTS.
    """

    modality: str = ""
    regions: tuple[str, ...] = ()
    focus: str = ""
    laterality: str = ""
    contrast: str = ""
    view: str = ""
    purpose: str = ""
    is_joint: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tables by code, by Body Part Examined and by words (see `words_of`)."""

    site_codes: Mapping[Key, Site]
    body_parts: Mapping[str, Site]
    site_words: tuple[tuple[str, Site], ...]
    exams: Mapping[Key, Exam]
    views: Mapping[Key, str]
    view_positions: Mapping[str, str]
    modifiers: Mapping[Key, str]
    words: Mapping[str, tuple[tuple[str, str], ...]]  # attribute -> (words, term)

    def exam_of(self, code: Code) -> Exam | None:
        """The exam that a procedure code means."""
        return self.exams.get(key_of(code.scheme, code.value))

    def site_of(self, code: Code) -> Site | None:
        """The place that an anatomic code means."""
        return self.site_codes.get(key_of(code.scheme, code.value))

    def sites_of_text(self, text: str) -> tuple[Site, ...]:
        """Every place that the text names."""
        said = words_of(text)
        found = [site for words, site in self.site_words if words in said]
        return tuple(dict.fromkeys(found))

    def term_of_text(self, attribute: str, text: str) -> str:
        """The first term of an attribute (contrast, ...) that the text names."""
        said = words_of(text)
        return next(
            (term for words, term in self.words[attribute] if words in said), ""
        )


def place_of(sites: Iterable[Site]) -> Site:
    """Several places as one: all regions; the focus only where there is just one."""
    found = tuple(sites)
    regions = {region for site in found for region in site.regions}
    foci = {site.focus for site in found if site.focus}
    return Site(
        term=" and ".join(site.term for site in found),
        regions=tuple(sorted(regions)),
        focus=next(iter(foci)) if len(foci) == 1 else "",
        is_joint=any(site.is_joint for site in found),
    )
