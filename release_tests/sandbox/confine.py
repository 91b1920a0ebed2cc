"""Runs a command with limits and without a network; run by path, never imported.

It runs in front of what is confined, on any Python from 3.8 with the standard library only, and
becomes it::

    python -I -S confine.py MEMORY NETWORK COMMAND [ARGUMENT...]

MEMORY is a number of bytes, 0 for no limit. NETWORK is ``open`` or ``none``: none has only a
loopback of its own. Ends with 125 when it cannot do what it was told.
"""

from __future__ import annotations

import os
import sys

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_SIOCSIFFLAGS, _IFF_UP_RUNNING = 0x8914, 0x41
_CANNOT = 125


def main() -> None:
    """Confine this process, and become the command."""
    memory, network, *command = sys.argv[1:]
    try:
        if network == "none":
            _cut_off()
        _limit(int(memory))
    except (OSError, ImportError, ValueError, AttributeError) as error:
        sys.stderr.write(f"cannot be confined: {error}\n")
        sys.exit(_CANNOT)
    os.execv(command[0], command)  # noqa: S606 - what it is for


def _cut_off() -> None:
    """Move into a network namespace of its own, by way of a user namespace where need be.

    In a container even root may need one.
    """
    user, group = os.getuid(), os.getgid()
    if user or not _allowed(_CLONE_NEWNET):
        _unshare(_CLONE_NEWNET | _CLONE_NEWUSER)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
    _raise_loopback()


def _allowed(flags: int) -> bool:
    """Unshare if that is allowed, and say whether it was."""
    try:
        _unshare(flags)
    except PermissionError:
        return False
    return True


def _unshare(flags: int) -> None:
    import ctypes  # noqa: PLC0415 - seldom needed

    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(flags) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as stream:  # noqa: PTH123 - few modules loaded
        stream.write(text)


def _raise_loopback() -> None:
    """Let the loopback work: many a library talks to itself over it."""
    import fcntl  # noqa: PLC0415
    import socket  # noqa: PLC0415
    import struct  # noqa: PLC0415

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        fcntl.ioctl(
            probe, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", _IFF_UP_RUNNING).ljust(40, b"\0")
        )


def _limit(memory: int) -> None:
    if not memory:
        return
    import resource  # noqa: PLC0415 - POSIX only

    # What is mapped from files does not count on Linux, so that large libraries are no reason.
    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    hard = resource.getrlimit(kind)[1]
    most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main()
