"""Imports one module in a fresh process and reports what happened; run by path, never imported.

It runs inside the environment, isolated, on any Python from 3.8 with the standard library only::

    python -I -B -X faulthandler probe.py ORDER

ORDER is a JSON file, removed before anything is imported: the module (null for none), the
distribution, the report's path, a nonce that the report must contain, and the bytes of memory that
the import may take (0 for any). Whoever reads the report trusts nothing else: no report, or one
without the nonce, is a failure. So a module that ends the process, closes descriptors or prints a
forged result is seen as what it is.

The import happens in a child process, so that a module that kills its parent, or its parent's
group, hits this script and not the harness. Daemons that the import leaves become this script's
own children, on Linux, and are killed, whatever session and environment they gave themselves.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import importlib.metadata
import json
import os
import sys
import time
import traceback

_TRACEBACK_LINES = 40
_TEXT_LIMIT = 4000
_FILE_SIZE_LIMIT = 1 << 30
_PR_SET_CHILD_SUBREAPER = 36
_KILLING_SECONDS = 1.0  # less than what a process that is asked to end is given
_INTERNAL = ("<frozen importlib", os.path.join("importlib", "__init__.py"))  # noqa: PTH118


def main() -> None:
    """Take the order, forget it, and end as the child that carries it out ends."""
    with open(sys.argv[1], encoding="utf-8") as stream:  # noqa: PTH123 - few modules loaded
        order = json.load(stream)
    os.unlink(sys.argv[1])  # noqa: PTH108
    del sys.argv[1:]
    _limit(order.get("memory", 0))
    if not hasattr(os, "fork"):
        _carry_out(order)
        return
    ready, adopted = os.pipe()
    if child := os.fork():
        _adopt_orphans()
        os.close(adopted)
        status = os.waitpid(child, 0)[1]
        _kill_children()
        _end_as(status)
    os.close(adopted)
    os.read(ready, 1)
    os.close(ready)
    _carry_out(order)


def _limit(memory: int) -> None:
    """Neither leave a core file, nor fill the disk, nor take more than so many bytes, if any.

    Where the system has no limits, do without.
    """
    try:
        import resource  # noqa: PLC0415 - POSIX only
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    if hard == resource.RLIM_INFINITY or hard > _FILE_SIZE_LIMIT:
        resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_SIZE_LIMIT, hard))
    if memory:
        # On Linux what is mapped from files does not count: large libraries are no reason.
        kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
        hard = resource.getrlimit(kind)[1]
        most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))


def _adopt_orphans() -> None:
    """Become the parent of every daemon that the module leaves; only Linux can.

    Asked to end, which is what happens at the deadline, take them along. What else this needs is
    loaded after the fork: the module is not to find it loaded.
    """
    try:
        import ctypes  # noqa: PLC0415
        import signal  # noqa: PLC0415

        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (ImportError, OSError, AttributeError, TypeError):
        return

    def end(number: int, _frame: object) -> None:
        _kill_children()
        os._exit(128 + number)

    signal.signal(signal.SIGTERM, end)


def _kill_children() -> None:
    """Kill all that is left below this process; the children of what is killed become its own."""
    until = time.monotonic() + _KILLING_SECONDS
    while time.monotonic() < until:
        for child in _children():
            with contextlib.suppress(OSError):
                os.kill(child, 9)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.005)


def _children() -> list:  # type: ignore[type-arg]
    """Return the ids of this process's children, none where there is no /proc."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else ()):  # noqa: PTH112, PTH208
        with contextlib.suppress(OSError, IndexError), open(f"/proc/{name}/stat", "rb") as stream:  # noqa: PTH123
            # proc(5): the name, in parentheses, may hold anything; field 4 is the parent.
            if int(stream.read().rpartition(b")")[2].split()[1]) == os.getpid():
                found.append(int(name))
    return found


def _end_as(status: int) -> None:
    if os.WIFSIGNALED(status):
        faulthandler.disable()
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)


def _carry_out(order: dict) -> None:  # type: ignore[type-arg]
    """Report before and after; everything the report needs is held before the import."""
    encode, write, leave = json.JSONEncoder().encode, os.write, os._exit
    report = os.open(order["report"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    found = {"nonce": order["nonce"], "metadata_version": _version_of(order["distribution"])}
    found["installed"] = _installed() if order["module"] is None else {}
    if order["module"] is not None:
        found.update(_import(order["module"]))
    write(report, encode(found).encode())
    _flush()
    leave(0)


def _import(name: str) -> dict:  # type: ignore[type-arg]
    clock = time.perf_counter
    started = clock()
    try:
        module = importlib.import_module(name)
    except BaseException as error:  # noqa: BLE001 - SystemExit too is an answer
        return {"seconds": clock() - started, "error": _told(error)}
    return {
        "seconds": clock() - started,
        "version": _version_attribute(module),
        "locations": _locations(module),
    }


def _told(error: BaseException) -> dict:  # type: ignore[type-arg]
    """Return the exception's type, message and traceback without the importing machinery."""
    kept = traceback.StackSummary.from_list(
        [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(frame)]
    )
    lines = "".join([*kept.format(), *traceback.format_exception_only(type(error), error)])
    tail = "\n".join(lines.splitlines()[-_TRACEBACK_LINES:])
    return {
        "type": type(error).__name__,
        "message": _text(error),
        "traceback": tail[-_TEXT_LIMIT:],
        "missing": error.name if isinstance(error, ModuleNotFoundError) else None,
    }


def _is_ours(frame: traceback.FrameSummary) -> bool:
    return frame.filename == __file__ or any(part in frame.filename for part in _INTERNAL)


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_TEXT_LIMIT]
    except BaseException:  # noqa: BLE001 - the module's own code again
        return "(its message cannot be shown)"


def _version_attribute(module: object) -> str | None:
    try:
        version = module.__version__  # type: ignore[attr-defined]
        return str.__str__(version) if isinstance(version, str) else None
    except BaseException:  # noqa: BLE001 - a module's __getattr__ may do anything
        return None


def _locations(module: object) -> list:  # type: ignore[type-arg]
    """Return the module's file, or the directories of a namespace package."""
    try:
        file = getattr(module, "__file__", None)
        return [str(file)] if file else [str(path) for path in getattr(module, "__path__", ())]
    except BaseException:  # noqa: BLE001 - as above
        return []


def _version_of(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _installed() -> dict:  # type: ignore[type-arg]
    """Return the version of every distribution in the environment."""
    return {
        str(found.metadata["Name"]): str(found.version)
        for found in importlib.metadata.distributions()
    }


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # the module may have put anything there
            stream.flush()


if __name__ == "__main__":
    main()
