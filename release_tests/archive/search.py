"""Whether bytes hold a sign, asked of the C library where it can say (memmem, as in POSIX 2024).

It is two to three times as fast as the interpreter's own search, and lets other threads go on.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SHORT = 2048
"""Up to this size calling the C library costs more than it spares."""


def holds(data: bytes, sign: bytes) -> bool:
    """Whether *sign*, which is not empty, stands somewhere in *data*."""
    if _memmem is None or len(data) < _SHORT:
        return sign in data
    return _memmem(data, len(data), sign, len(sign)) is not None


def _of_the_c_library() -> Callable[[bytes, int, bytes, int], int | None] | None:
    try:
        function = ctypes.CDLL(None).memmem
    except (AttributeError, OSError, TypeError):  # not every system has it, or names itself None
        return None
    function.restype = ctypes.c_void_p
    function.argtypes = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t)
    found: Callable[[bytes, int, bytes, int], int | None] = function
    return found


_memmem = _of_the_c_library()
