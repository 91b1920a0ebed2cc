"""Limits that reading a compiled file never exceeds; sizes in bytes."""

from __future__ import annotations

KIB = 1024
MIB = 1024 * KIB

HEAD = 64 * KIB
"""What to keep of a large file is decided by so much of its beginning."""

WHOLE = 8 * MIB
"""A file up to this size is kept whole."""

UNKNOWN = 512 * MIB
"""Of a file whose beginning does not say what matters so much is kept."""

SEGMENT_HEAD = 48 * MIB
SEGMENT_TAIL = 4 * MIB
"""Of a segment so much is kept from either end where nobody looks at its instructions."""

IN_MEMORY = 96 * MIB
"""Of what is kept of one file so much is kept in memory, and the rest on disk."""

BEFORE_SECTIONS = 8 * MIB
"""So much is kept before ELF's section headers: the names of sections and of symbols."""

SEGMENTS = 4096
SECTIONS = 200_000
COMMANDS = 4096
TAGS = 65_536
SYMBOLS = 1_000_000
"""More of any of these in one image than in any honest one."""

IMPORTS = 20_000
"""So many imports are kept of one image."""

NAMES = 2 * MIB
"""All names that are kept of one image together are no longer."""

NAME = 4 * KIB
"""No name that is kept is longer."""

BUILD_PATHS = 5
"""So many directories of the building machine are kept of one image."""

SEARCHED = 32 * MIB
"""So much of its sections is searched for them."""

LIBRARY_NAMES = 64
"""So many names of libraries among its constants are kept of one image."""

CONSTANTS = 128 * MIB
"""So much of its constants is searched for them."""
