"""What an archive says of objects that were sent to it (PS3.18 10.5.3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from smart_viewer.dicom.json_values import integer, text, values
from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.net.answer import Answer

_FAILED, _REFERENCED = "00081198", "00081199"
_SOP_INSTANCE_UID = "00081155"
_FAILURE_REASON, _WARNING_REASON = "00081197", "00081196"


@dataclass(frozen=True, slots=True)
class StoreReceipt:
    """Every object that was sent is stored.

    warnings: (SOP Instance UID, Warning Reason) of those that the archive
    changed, PS3.18 Table 10.5.3-2: 0xB000 coerced, 0xB006 dropped elements,
    0xB007 does not fit its SOP Class.
    """

    stored: tuple[str, ...]
    warnings: tuple[tuple[str, int], ...]


def check_stored(answer: Answer) -> None:
    """UpstreamUnavailable where one object was refused; the archive's reasons in it.

    dicomweb-client would log these and go on.
    """
    document = _document(answer)
    failed = [item for item in values(document, _FAILED) if isinstance(item, dict)]
    if not failed and answer.status != 409:
        return
    reasons = sorted({integer(item, _FAILURE_REASON) or 0 for item in failed})
    told = ", ".join(f"0x{reason:04X}" for reason in reasons) or "no reason given"
    count = len(failed) or "the"
    raise UpstreamUnavailable(
        f"The archive refused {count} of the objects sent (PS3.18 10.5.3: {told}).",
        answer.status,
    )


def read_receipt(answer: Answer | None, sent: Collection[str]) -> StoreReceipt:
    """The receipt, if the archive names every object of `sent` (SOP Instance UIDs).

    UpstreamUnavailable: it does not, so that nobody knows what it keeps.
    """
    document = _document(answer) if answer else {}
    items = [item for item in values(document, _REFERENCED) if isinstance(item, dict)]
    stored = {text(item, _SOP_INSTANCE_UID) for item in items}
    if not set(sent) <= stored:
        raise UpstreamUnavailable(
            f"The archive confirmed {len(stored & set(sent))} of {len(sent)} objects. "
            "Look there before sending them again.",
            answer.status if answer else None,
        )
    warned = [
        (text(item, _SOP_INSTANCE_UID), reason)
        for item in items
        if (reason := integer(item, _WARNING_REASON))
    ]
    return StoreReceipt(tuple(sent), tuple(warned))


def _document(answer: Answer) -> dict[str, object]:
    """The answer's data set; some archives put it into a list."""
    content_type = answer.headers.get("content-type", "")
    if not answer.body:
        return {}
    if "json" not in content_type:
        raise UpstreamUnavailable(
            "The archive did not say in JSON what it has stored.", answer.status
        )
    found = answer.json()
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    return found if isinstance(found, dict) else {}
