"""The gate ``metadata``: would the index take the form that the uploader makes of METADATA?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive import dist_info
from release_tests.archive.metadata import parse_metadata
from release_tests.archive.upload_form import received, upload_form
from release_tests.findings import Finding
from release_tests.gates import dated
from release_tests.gates.metadata import description, index, sent, specification
from release_tests.gates.order import ranked
from release_tests.gates.unexamined import unopened

if TYPE_CHECKING:
    from release_tests.archive.facts import ArtifactFacts
    from release_tests.gates.dated import Clock
    from release_tests.policy import Policy


def check(
    wheel: ArtifactFacts,
    policy: Policy,  # noqa: ARG001 - one signature
    clock: Clock = dated.today,
) -> list[Finding]:
    """Judge METADATA as the index does, and its description as ``twine check --strict`` does."""
    if findings := unopened(wheel, "META000"):
        return findings
    data = dist_info.content(wheel, "METADATA")
    if data is None:
        file = dist_info.metadata_path(wheel).rpartition("/")[2]
        message = f"there is no {file} that can be read (see the gate structure)"
        return [Finding("META000", wheel.file_name, message)]
    own = dist_info.metadata_path(wheel)
    metadata = parse_metadata(data)
    if metadata.beyond:
        return [Finding("META000", own, f"too much to judge: {metadata.beyond}")]
    form = received(upload_form(metadata.raw, wheel.file_name, wheel.sha256))
    return ranked(
        [
            *sent.check(own, wheel, data, metadata),
            *specification.check(own, metadata, form, clock),
            *index.check(own, metadata, form, clock),
            *description.check(own, metadata, form),
        ]
    )
