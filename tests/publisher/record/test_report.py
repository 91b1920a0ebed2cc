"""The report: a document for machines and a page for people, of the same summary."""

from __future__ import annotations

import json

from publisher.record.report import document, markdown
from publisher.record.summary import summarize
from tests.publisher.record.telling import ANSWERED, DECIDED, TRIED, entry

FILE = "demo_a-1.0-py3-none-any.whl"
ENTRIES = [
    entry(0.0, TRIED, "run", files=[FILE], host="builder"),
    entry(1.0, TRIED, "survey", target="staging"),
    entry(2.0, ANSWERED, "survey", target="staging", ended="done"),
    entry(2.0, DECIDED, "skip", FILE, "production", because="same bytes | there"),
    entry(3.0, TRIED, "upload", FILE, "staging", size=2_000_000),
    entry(5.0, ANSWERED, "upload", FILE, "staging", ended="done"),
    entry(5.0, TRIED, "shown", FILE, "staging"),
    entry(6.0, ANSWERED, "shown", FILE, "staging"),
    entry(6.0, TRIED, "upload", FILE, "github", size=2_000_000),
    entry(6.5, ANSWERED, "upload", FILE, "github", ended="done"),
    entry(7.0, ANSWERED, "run", ended="done"),
]


def test_the_page_shows_steps_uploads_lag_and_decisions() -> None:
    """Each is a table, and a cell holds nothing that would end it."""
    lines = markdown("20261121T173000Z-abcdef", summarize(ENTRIES)).splitlines()
    assert lines[0] == "# Publishing, run 20261121T173000Z-abcdef"
    assert "- ended: **done**" in lines
    assert "- started: 2026-11-21 17:30:00 UTC; it took 7.0 s" in lines
    assert "- host: builder" in lines
    assert "| survey | staging | 1.0 | done |" in lines
    name = FILE.replace("_", "\\_")
    assert f"| {name} | staging | 2.0 MB | 1 | 2.0 | 1.0 MB/s | done |" in lines
    assert [line for line in lines if "not seen" in line] == [
        f"| {name} | staging | not seen | 1.0 | not seen |"
    ]
    assert f"| skip | {name} | production | because: same bytes \\| there |" in lines


def test_a_table_without_a_row_is_left_out() -> None:
    """A run that only decided has no headings for uploads."""
    page = markdown("run", summarize(ENTRIES[:1]))
    assert "##" not in page


def test_the_document_holds_the_same_for_machines() -> None:
    """Times are seconds, sizes bytes, and it survives JSON."""
    found = json.loads(json.dumps(document("run", summarize(ENTRIES))))
    assert found["ended"] == "done"
    assert found["bytes"] == 4_000_000
    assert found["steps"] == [
        {
            "what": "survey",
            "target": "staging",
            "tag": "",
            "began": 1.0,
            "seconds": 1.0,
            "ended": "done",
        }
    ]
    delivery, at_github = found["deliveries"]
    assert delivery["rate"] == 1_000_000
    assert delivery["lag"] == {"json": None, "simple": 1.0, "installable": None}
    assert at_github["lag"] is None
    assert found["decisions"][0]["facts"] == {"because": "same bytes | there"}
