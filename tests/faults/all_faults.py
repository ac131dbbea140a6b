"""All faults, by `kind/name`."""

from __future__ import annotations

from tests.faults import bodies, fields, wire
from tests.faults.replies import Fault

FAULTS: dict[str, Fault] = {
    f"{fault.kind}/{fault.name}": fault
    for faults in (
        fields.field(),
        fields.paging(),
        bodies.shape(),
        wire.status(),
        wire.redirect(),
        bodies.encodings(),
        wire.wire(),
    )
    for fault in faults
}
KINDS = tuple(dict.fromkeys(fault.kind for fault in FAULTS.values()))
