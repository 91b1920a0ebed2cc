"""Limits that reading an artifact never exceeds; sizes in bytes."""

from __future__ import annotations

KIB = 1024
MIB = 1024 * KIB

INFLATED_FREE = 64 * MIB
"""An archive may inflate to this much whatever its own size (the index's own threshold)."""

INFLATED_RATIO = 50
"""Beyond that, to at most this many times its own size (the index's own threshold)."""

KEPT_DIST_INFO = 64 * MIB
"""A member of dist-info is kept for the gates up to this size; RECORD grows with the wheel."""

KEPT_SOURCE = 2 * MIB
"""A Python file is kept for the gates up to this size."""

PARSED = 2 * MIB
"""METADATA, WHEEL and entry_points.txt are parsed up to this size."""

LINES = 20_000
"""And up to so many header fields or lines of entry points."""

FIELD_NAMES = 200
"""And up to so many header fields of different names."""

TAGS = 1000
"""WHEEL may stand for so many tags."""

RECORD_LINES = 1000
"""RECORD is parsed if it has at most so many lines more than there are members, twice over."""

SYNTAX = 512 * KIB
"""A Python file is parsed up to this size."""

SYNTAX_ALL = MIB
"""And the Python files of an archive up to this size together."""

RENDERED = 256 * KIB
"""A description in reStructuredText is rendered up to this size, encoded."""

SECRETS = 10
"""So many secrets of a kind are told of a member; the others are counted."""

SECRETS_ALL = 100
"""And so many of an archive, of its tests as many again."""

EXTENDED_HEADER = 256 * KIB
"""An extended header of a tar member, which holds its long name, may have this size."""

EXTENDED_IN_A_ROW = 8
"""So many of them may stand before one member."""

GLOBAL_HEADERS = 200
"""A tar stream may have so many global headers; each member pays for each."""

TAR_MEMBERS = 100_000
"""A tar stream may have so many members: compressed, an empty one takes a few bytes."""

GZIP_MEMBERS = 10_000
"""A gzip stream may be so many in a row: an empty one takes twenty bytes."""

WHOLE_MEMBER = 8 * MIB
"""Up to this size a member is inflated in one piece, above it in chunks."""

CHUNK_IN = 256 * KIB
CHUNK_OUT = 512 * KIB
"""Both fit into a processor's own cache; smaller ones ask for the interpreter's lock more often."""

EXAMINED = 112 * MIB
"""What is kept at once of large compiled members, unless one alone is larger."""

PARALLEL_FROM = 4 * MIB
"""Below this inflated size one thread is faster than several."""

BATCH = 1 * MIB
"""Small members are handed to a thread in batches of about this inflated size."""
