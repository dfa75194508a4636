"""What was examined: order code first, DICOM facts second, text last (P2, P3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from smart_viewer.dicom.series_facts import Code, SeriesFacts
from smart_viewer.hanging.table import Coding, OrderFacts, StudyEntry
from smart_viewer.hanging.vocabulary import Exam, Site, Vocabulary, place_of

Attribute = Literal["modality", "place", "laterality", "contrast", "purpose"]
FAMILIES = {"CR": "XR", "DX": "XR", "RG": "XR", "RF": "XA"}
"""Modalities that rules call by one name."""
_MAIN = ("PT", "NM", "MG", "XA", "MR", "CT", "XR", "US")  # first of these that is there


@dataclass(frozen=True, slots=True)
class ReadExam:
    """The exam, and from where each part of it is known."""

    exam: Exam
    sources: tuple[tuple[Attribute, str], ...]

    def source(self, attribute: Attribute) -> str:
        """From where an attribute is known; empty where it is not."""
        return dict(self.sources).get(attribute, "")


def read_exam(
    studies: Sequence[StudyEntry], order: OrderFacts, vocabulary: Vocabulary
) -> ReadExam:
    """The normalised tuple of an order and its studies.

    Each attribute comes from the strongest source that has it. The modality is
    the order's only where the studies hold it: one cannot hang what is not there.
    """
    held = family_of_studies(studies)
    exam, sources = Exam(), dict[Attribute, str]()
    for source, partial in _partials(studies, order, vocabulary):
        exam = _joined(exam, _possible(partial, held), source, sources)
    return ReadExam(exam, tuple(sorted(sources.items())))


def family_of_studies(studies: Iterable[StudyEntry]) -> frozenset[str]:
    """The modalities of the studies, CR and DX called XR."""
    return frozenset(FAMILIES.get(m, m) for s in studies for m in s.image_modalities())


def _possible(partial: Exam, held: frozenset[str]) -> Exam:
    family = FAMILIES.get(partial.modality, partial.modality)
    return replace(partial, modality=family if not held or family in held else "")


def _joined(
    exam: Exam, partial: Exam, source: str, sources: dict[Attribute, str]
) -> Exam:
    """The exam with what it still lacks and the partial has."""
    changes: dict[str, str] = {}
    for name in ("modality", "laterality", "contrast", "purpose"):
        if not getattr(exam, name) and getattr(partial, name):
            changes[name] = getattr(partial, name)
            sources[name] = source
    joined = replace(exam, **changes)  # type: ignore[arg-type]  # names of text fields
    if not exam.regions and partial.regions:
        sources["place"] = source
        return _at(joined, partial)
    if not exam.focus and set(partial.regions) & set(exam.regions) and partial.focus:
        return replace(joined, focus=partial.focus)
    return joined


def _at(exam: Exam, place: Exam | Site) -> Exam:
    return replace(
        exam, regions=place.regions, focus=place.focus, is_joint=place.is_joint
    )


def _partials(
    studies: Sequence[StudyEntry], order: OrderFacts, vocabulary: Vocabulary
) -> Iterator[tuple[str, Exam]]:
    """What each source says, strongest first (section 2)."""
    facts = [one.facts for study in studies for one in study.sets]
    yield from _of_codes("the order’s code", map(_code, order.codings), vocabulary)
    sites = [vocabulary.site_of(_code(c)) for c in order.body_site_codings]
    named = [s for text in order.body_sites for s in vocabulary.sites_of_text(text)]
    yield "the order’s body site", _placed([s for s in sites if s] or named)
    codes = [c for f in facts for c in (*f.procedure_codes, *f.protocol_codes)]
    yield from _of_codes("the study’s procedure code", codes, vocabulary)
    yield "the images’ headers", _of_anatomy(facts, vocabulary)
    yield "the series of this study", Exam(modality=_main(family_of_studies(studies)))
    for what, text in _texts(studies, order, facts):
        yield what, of_text(text, vocabulary)
    described = " ".join(sorted({f.series_description for f in facts}))
    # A series is named after its own view and side; the exam has all of them.
    of_series = replace(of_text(described, vocabulary), laterality="")
    yield "the series’ descriptions", of_series


def _main(held: frozenset[str]) -> str:
    """Of several modalities the one that the study is named after."""
    return next((m for m in _MAIN if m in held), min(held, default=""))


def _code(coding: Coding) -> Code:
    system, value, display = coding
    return Code(value, system, display)


def _of_codes(
    what: str, codes: Iterable[Code], vocabulary: Vocabulary
) -> Iterator[tuple[str, Exam]]:
    known = (vocabulary.exam_of(code) for code in dict.fromkeys(codes))
    return ((what, exam) for exam in known if exam)


def _placed(sites: Iterable[Site]) -> Exam:
    return _at(Exam(), place_of(dict.fromkeys(sites)))


def _of_anatomy(facts: Sequence[SeriesFacts], vocabulary: Vocabulary) -> Exam:
    coded = [vocabulary.site_of(c) for f in facts for c in f.anatomic_regions]
    parts = dict.fromkeys(f.body_part_examined for f in facts if f.body_part_examined)
    sites = [s for s in coded if s] or [
        site for part in parts for site in _sites_of_part(part, vocabulary)
    ]
    sides = {side for f in facts for side in f.lateralities if side != "U"}
    agent = any(f.contrast_bolus_agent for f in facts)
    return replace(
        _placed(sites),
        laterality=_one_side(sides),
        contrast="with" if agent else "",
    )


def _one_side(sides: set[str]) -> str:
    return "B" if len(sides) > 1 else next(iter(sides), "")


def _sites_of_part(part: str, vocabulary: Vocabulary) -> tuple[Site, ...]:
    """By the defined term; free text by its words."""
    plain = part.upper().replace(" ", "").replace("_", "")
    site = vocabulary.body_parts.get(plain)
    return (site,) if site else vocabulary.sites_of_text(part)


def _texts(
    studies: Sequence[StudyEntry], order: OrderFacts, facts: Sequence[SeriesFacts]
) -> Iterator[tuple[str, str]]:
    yield "the order’s text", order.text
    for reason in order.reasons:
        yield "the order’s reason", reason
    for text in dict.fromkeys(f.requested_procedure_description for f in facts):
        yield "the requested procedure’s text", text
    for study in studies:
        yield "the study’s description", study.study_description


def of_text(text: str, vocabulary: Vocabulary) -> Exam:
    """What words say: the last resort."""
    if not text:
        return Exam()
    found = _placed(vocabulary.sites_of_text(text))
    return replace(
        found,
        modality=vocabulary.term_of_text("modality", text),
        laterality=vocabulary.term_of_text("laterality", text),
        contrast=vocabulary.term_of_text("contrast", text),
        purpose=vocabulary.term_of_text("purpose", text),
    )
