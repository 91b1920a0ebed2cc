"""Sees from outside whether an import has come back, by where the subject waits.

Before the import, and when it says that the import has come back, the subject waits in one read of
one byte. The kernel tells of a process that waits in a system call which one that is, its stack
pointer, and lets its parent read its stack. Code that runs during the import, however it got there,
runs on top of the frames that wait for it; code that runs after the import has failed finds these
frames gone. So whoever waits at the same depth, on a stack that is unchanged above, is the subject
itself, after the import. Python cannot bring this about; native code can, as it can do anything
with its own process.
"""

from __future__ import annotations

import os
import time

_SECONDS = 5.0
_NEAR = 512
"""Bytes: one call may be made in several ways, which differ by less."""
_OWN = 1536
"""Bytes: what the frame that waits, and what it calls, change of their own."""
_LEAST = 2048
"""Bytes of stack that are compared at least; ``subject.py`` makes its stack deep enough."""
_MOST = 1 << 20


class Place:
    """Where a process waits: the system call and its first argument, and the stack from there."""

    def __init__(self, call: list, stack: bytes) -> None:  # type: ignore[type-arg]
        """Take the words of /proc/PID/syscall, and the bytes from the stack pointer upwards."""
        # Not the instruction: the C library waits elsewhere once there is a second thread.
        self.call = (call[0], call[1], call[3])
        self.pointer = int(call[-2], 16)
        self.stack = stack

    def is_that_of(self, other: Place) -> bool:
        """Whether another place is the same, reached by the same way."""
        if self.call != other.call or abs(self.pointer - other.pointer) > _NEAR:
            return False
        compared = min(len(self.stack), len(other.stack)) - _OWN
        return compared >= _LEAST and self.stack[-compared:] == other.stack[-compared:]


class Witness:
    """Looks at a process; ``watches`` says whether the system lets it see where that waits."""

    def __init__(self, child: int, *, watched: bool = True) -> None:
        """Look at *child*; unless it is *watched*, only at what it has mapped."""
        self._child = child
        self._watched = watched
        self._before = None  # type: Place | None
        self._mapped = set()  # type: ignore[var-annotated]

    @property
    def watches(self) -> bool:
        """Whether it can be told that the import has come back."""
        return self._before is not None

    def begin(self) -> None:
        """Look at it before the import."""
        place = self._waiting() if self._watched else None
        self._before = place if place and len(place.stack) >= _OWN + _LEAST else None
        self._mapped = self._libraries()

    def agrees(self) -> bool:
        """Say whether it waits now where it waited before; True where that cannot be seen."""
        if self._before is None:
            return True
        now = self._waiting()
        return now is not None and now.is_that_of(self._before)

    def libraries(self) -> list:  # type: ignore[type-arg]
        """Return the shared libraries that were mapped into its memory meanwhile."""
        return sorted(self._libraries() - self._mapped)

    def _waiting(self) -> Place | None:
        """Return where it waits, None if it does not, or that cannot be seen."""
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until:
            try:
                call = self._text("syscall").split()
                if call[3:4] == ["0x1"]:
                    return Place(call, self._stack(int(call[-2], 16)))
                if self._text("stat").rpartition(")")[2].split()[0] in "ZX":
                    return None
            except (OSError, ValueError, IndexError):
                return None
            time.sleep(0.0005)
        return None

    def _stack(self, pointer: int) -> bytes:
        # proc(5): the name, in parentheses, may hold anything; field 28 is where the stack begins.
        top = int(self._text("stat").rpartition(")")[2].split()[25])
        with open(f"/proc/{self._child}/mem", "rb", buffering=0) as memory:  # noqa: PTH123
            memory.seek(pointer)
            return memory.read(min(top - pointer, _MOST))

    def _libraries(self) -> set:  # type: ignore[type-arg]
        """Return what is mapped by its name, nothing where there is no /proc."""
        try:
            lines = self._text("maps").splitlines()
        except OSError:
            return set()
        paths = {line.split(None, 5)[5] for line in lines if "/" in line}
        return {path for path in paths if ".so" in os.path.basename(path)}  # noqa: PTH119

    def _text(self, name: str) -> str:
        with open(f"/proc/{self._child}/{name}", encoding="utf-8", errors="backslashreplace") as it:  # noqa: PTH123
            return it.read()
