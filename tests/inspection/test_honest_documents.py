"""Honest documents of many States' styles: none is refused, all are admitted under the names that they were made with.

``TJDOCS_SWEEP=full`` makes 5,000 of them; otherwise a tenth, always the same.
"""

import os
from collections import Counter

import pytest

from tests.support import honest
from tjdocs.border import Evidence, Inspector
from tjdocs.pki import TrustStore

pytestmark = [pytest.mark.sweep, pytest.mark.requirement("TR-VERDICT")]
SHARE = 1 if os.environ.get("TJDOCS_SWEEP") == "full" else 10
COUNT = 5_000 // SHARE
PARTS = 10
UNREAD = {"DG7", "DG13"}  # those that honest documents have here, and nobody reads


@pytest.mark.parametrize("part", range(PARTS))
def test_honest_documents_are_admitted_under_their_names_and_nobody_elses_are(part):
    met = Counter()
    for number in range(part * COUNT // PARTS, (part + 1) * COUNT // PARTS):
        document = honest.honest(number)
        evidence = Evidence(mrz=document.mrz, chip=document.chip)
        verdict = Inspector(trust=document.trust).inspect(evidence, at=document.at)
        told = {f.reason for f in verdict.findings if f.outcome == "warning"}
        fallen = [(f.check, f.subject, f.reason, f.detail) for f in verdict.findings if f.check in verdict.decided_by]
        assert verdict.decision == "admit", (number, fallen)
        assert told <= document.names | honest.OF_ZONES, (number, told, document.names)
        # what was not read, and that no chip was asked, is listed and stops nobody
        listed = {(f.check, f.reason, f.subject) for f in verdict.not_checked}
        unread = {("lds.structure", "not-read", name) for name in document.chip if name in UNREAD}
        assert unread | {("chip.genuine", "not-read-live", "")} <= listed, (number, listed)
        met.update(name for _, _, name in unread)
        assert bool(document.names) <= bool(told), (number, document.names)
        met.update(document.names or {"none"})
        # of the same document nobody is convinced who does not know the State
        stranger = Inspector(trust=TrustStore.of(())).inspect(evidence, at=document.at)
        assert stranger.decision == "refer", number
    assert met["DG7"] and met["DG13"]
    assert met["none"] >= COUNT // PARTS // 4  # most have nothing special about them
