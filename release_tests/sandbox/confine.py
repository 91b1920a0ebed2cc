"""Runs a command with limits, apart from other processes and from the network; run by path only.

It runs in front of what is confined, on any Python from 3.8 with the standard library only::

    python -I -S confine.py MEMORY NETWORK PROCESSES COMMAND [ARGUMENT...]

MEMORY is a number of bytes, 0 for no limit. NETWORK is ``open`` or ``none``: none has only a
loopback of its own. PROCESSES is ``shared`` or ``own``: with shared this process becomes the
command; with own it waits for it, and the command sees and reaches no process but what it has
started, all of which ends with it. Ends as the command does, with 125 when it cannot do what it was
told.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

_CLONE_NEWNS, _CLONE_NEWUSER = 0x00020000, 0x10000000
_CLONE_NEWPID, _CLONE_NEWNET = 0x20000000, 0x40000000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 2, 4, 8, 1 << 14, 1 << 18
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
# capabilities(7): to administer the network, load modules, reach devices, look into other
# processes, administer the system, start it anew, go beyond limits, set the clock, make devices,
# and what is like these. As root, too, the command has no use for them.
_GIVEN_UP = (12, 16, 17, 19, 21, 22, 24, 25, 27, 38, 39, 40)
_SIOCSIFFLAGS, _IFF_UP_RUNNING = 0x8914, 0x41
_CANNOT = 125
_STATUS = 4
_FILE_SIZE = 1 << 30


def main() -> None:
    """Confine this process, and have the command run."""
    memory, network, processes, *command = sys.argv[1:]
    flags = _CLONE_NEWNET if network == "none" else 0
    flags |= _CLONE_NEWPID | _CLONE_NEWNS if processes == "own" else 0
    try:
        if flags:
            _move(flags)
        if network == "none":
            _raise_loopback()
        if processes == "own":
            _descend()
        _limit(int(memory))
    except (OSError, ImportError, ValueError, AttributeError) as error:
        _give_up(f"cannot be confined: {error}")
    try:
        os.execv(command[0], command)  # noqa: S606 - what it is for
    except OSError as error:
        _give_up(f"{command[0]} could not be started: {error.strerror}")


def _give_up(reason: str) -> None:
    sys.stderr.write(f"{reason}\n")
    sys.stderr.flush()
    os._exit(_CANNOT)


def _move(flags: int) -> None:
    """Move into namespaces of its own, by way of a user namespace where need be.

    In a container even root may need one.
    """
    user, group = os.getuid(), os.getgid()
    if user or not _allowed(flags):
        _call("unshare", flags | _CLONE_NEWUSER)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")


def _allowed(flags: int) -> bool:
    """Unshare if that is allowed, and say whether it was."""
    try:
        _call("unshare", flags)
    except PermissionError:
        return False
    return True


def _descend() -> None:
    """Return in a process of the new namespace; the ones between wait, and end as it does.

    Between are this one, and the first of the namespace: with it the kernel ends all of them.
    """
    read, write = os.pipe()
    first = os.fork()
    if first:
        os.close(write)
        _await(first, read)
    os.close(read)
    _end_with_parent(write)
    _see_own_processes()
    command = os.fork()
    if command:
        _tend(command, write)
    os.setsid()


def _await(first: int, read: int) -> None:
    """End as the command did, when all of the namespace is gone; asked to end, take it along."""
    signal.signal(signal.SIGTERM, lambda *_: os.kill(first, signal.SIGKILL))
    told = os.read(read, _STATUS)
    ended = os.waitpid(first, 0)[1]
    status = int.from_bytes(told, "little") if told else ended
    if os.WIFSIGNALED(status):
        import resource  # noqa: PLC0415 - seldom needed

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        number = os.WTERMSIG(status)
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status))


def _tend(command: int, write: int) -> None:
    """Take leave of every process of the namespace until the command has ended; say how it did."""
    while True:
        child, status = os.waitpid(-1, 0)
        if child == command:
            os.write(write, status.to_bytes(_STATUS, "little"))
            os._exit(0)


def _end_with_parent(write: int) -> None:
    """Have the kernel end this process when its parent ends."""
    import select  # noqa: PLC0415 - not where nothing is asked

    _call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)
    _call("prctl", _PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    # It may have ended before: then nobody reads what this process would say.
    watched = select.poll()
    watched.register(write, 0)
    if watched.poll(0):
        os._exit(_CANNOT)


def _see_own_processes() -> None:
    """Mount /proc anew: what is there shows the processes of all."""
    _call("mount", b"none", b"/", None, _MS_REC | _MS_PRIVATE, None)
    _call("mount", b"proc", b"/proc", b"proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, None)


def _call(name: str, *words: object) -> None:
    """Call the C library's function; raise OSError as it says."""
    import ctypes  # noqa: PLC0415 - not where nothing is asked

    if getattr(ctypes.CDLL(None, use_errno=True), name)(*words) != 0:
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


def _give_up_rights() -> None:
    """Give up what a wheel has no use for; nor gets what this starts more, as sudo would."""
    for capability in _GIVEN_UP:
        with contextlib.suppress(OSError):  # without the right to, there is none to give up
            _call("prctl", _PR_CAPBSET_DROP, capability, 0, 0, 0)
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _limit(memory: int) -> None:
    if sys.platform == "linux":
        _give_up_rights()
    import resource  # noqa: PLC0415 - POSIX only

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    if hard == resource.RLIM_INFINITY or hard > _FILE_SIZE:
        resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_SIZE, _FILE_SIZE))
    if not memory:
        return
    # What is mapped from files does not count on Linux, so that large libraries are no reason.
    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    hard = resource.getrlimit(kind)[1]
    most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main()
