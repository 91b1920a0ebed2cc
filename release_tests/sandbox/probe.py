"""Imports a module, or runs a script, in a fresh process and reports what happened.

It is run by path, and never imported.

It runs inside the environment, isolated, on any Python from 3.8 with the standard library only::

    python -I -B -X faulthandler probe.py ORDER

ORDER is a JSON file, removed before anything is imported: the distribution, the report's path, a
nonce that the report must contain, the bytes of memory that may be taken (0 for any), and what is
to be done: ``module`` is imported (null for none), and then the text of each of ``attributes``
below it read, and the libraries ``load`` are loaded; or else ``script`` is run to its end, or
pytest with the arguments ``pytest``. Whoever reads the report trusts nothing else: no report, or
one without the nonce, is a failure. So a module that ends the process, closes descriptors or prints
a forged result is seen as what it is.

The import happens in a child process, so that a module that kills its parent, or its parent's
group, hits this script and not the harness. Daemons that the import leaves become this script's
own children, on Linux, and are killed, whatever session and environment they gave themselves.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import json
import os
import sys
import time
import traceback

_TRACEBACK_LINES = 40
_TEXT_LIMIT = 4000
_WARNINGS_LIMIT = 100
_CAUSES_LIMIT = 10
_FILE_SIZE_LIMIT = 1 << 30
_PR_SET_CHILD_SUBREAPER = 36
_KILLING_SECONDS = 1.0  # less than what a process that is asked to end is given
_RUNS_CODE = ("module", "script", "pytest")  # what is asked for that needs a process of its own
_INTERNAL = ("<frozen importlib", os.path.join("importlib", "__init__.py"))  # noqa: PTH118


def main() -> None:
    """Take the order, forget it, and end as the child that carries it out ends."""
    with open(sys.argv[1], encoding="utf-8") as stream:  # noqa: PTH123 - few modules loaded
        order = json.load(stream)
    os.unlink(sys.argv[1])  # noqa: PTH108
    del sys.argv[1:]
    _limit(order.get("memory", 0))
    if not hasattr(os, "fork") or not any(map(order.get, _RUNS_CODE)):
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
    found.update(_done(order))
    write(report, encode(found).encode())
    _flush()
    leave(0)


def _done(order: dict) -> dict:  # type: ignore[type-arg]
    if order.get("script") is not None:
        return _run_script(order["script"])
    if order.get("pytest") is not None:
        return _run_pytest(order["pytest"])
    if order["module"] is None:
        return {}
    return _import(order["module"], order.get("attributes", ()), order.get("load", ()))


def _import(name: str, attributes: list, load: list) -> dict:  # type: ignore[type-arg]
    clock, mapped, before, warned = time.perf_counter, _mapped, _mapped(), _recorded_warnings()
    started = clock()
    try:
        module = importlib.import_module(name)
    except BaseException as error:  # noqa: BLE001 - SystemExit too is an answer
        return {
            "seconds": clock() - started,
            "error": _told(error),
            "warnings": warned,
            "libraries": sorted(mapped() - before),
        }
    return {
        "seconds": clock() - started,
        "version": _version_attribute(module),
        "locations": _locations(module),
        "warnings": warned,
        "attributes": {name: _attribute(module, name) for name in attributes},
        "loading": [_loaded(path) for path in load],
        "libraries": sorted(mapped() - before),
    }


def _run_script(path: str) -> dict:  # type: ignore[type-arg]
    """Run a script as ``python path`` would, so that what it starts finds it again."""
    clock = time.perf_counter
    started = clock()
    main = type(sys)("__main__")
    main.__dict__.update(__file__=path, __builtins__=__builtins__)
    sys.modules["__main__"] = main
    sys.argv[:] = [path]
    try:
        with open(path, "rb") as stream:  # noqa: PTH123 - as above
            exec(compile(stream.read(), path, "exec"), main.__dict__)  # noqa: S102 - the order
    except BaseException as error:  # noqa: BLE001 - SystemExit too is an answer
        if not _is_own_end(error, path):
            return {"seconds": clock() - started, "error": _told(error)}
    return {"seconds": clock() - started}


def _is_own_end(error: BaseException, path: str) -> bool:
    """Whether the script itself said that it ends well, and nothing that it called."""
    ends = isinstance(error, SystemExit) and error.code in (None, 0)
    frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    if frames and "_sitebuiltins" in frames[-1]:  # exit(), which may be frozen
        frames.pop()
    return ends and frames[-1:] == [path]


def _run_pytest(arguments: list) -> dict:  # type: ignore[type-arg]
    clock = time.perf_counter
    started = clock()
    try:
        # The environment's own, whatever it is; nothing here knows pytest.
        code = int(importlib.import_module("pytest").main(arguments))
    except BaseException as error:  # noqa: BLE001 - SystemExit too is an answer
        return {"seconds": clock() - started, "error": _told(error)}
    return {"seconds": clock() - started, "exit_code": code}


def _mapped() -> set:  # type: ignore[type-arg]
    """Return the shared libraries in this process's memory, none where there is no /proc."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="backslashreplace") as stream:  # noqa: PTH123
            paths = {line.rstrip("\n").split(None, 5)[5] for line in stream if "/" in line}
    except OSError:
        return set()
    return {path for path in paths if ".so" in os.path.basename(path)}  # noqa: PTH119


def _recorded_warnings() -> list:  # type: ignore[type-arg]
    """Return a list that each warning is put into, of every kind, once for each place."""
    import warnings  # noqa: PLC0415 - loaded already

    recorded: list = []  # type: ignore[type-arg]

    def record(message, category, filename, lineno, file=None, line=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, ARG001
        if len(recorded) < _WARNINGS_LIMIT:
            told = [category.__name__, str(message)[:_TEXT_LIMIT], str(filename), int(lineno)]
            recorded.append(told)

    warnings.simplefilter("default")
    warnings.showwarning = record
    return recorded


def _attribute(module: object, name: str) -> list:  # type: ignore[type-arg]
    """Return whether there is such an attribute, and its text; None if it is no string."""
    try:
        for part in name.split("."):
            module = getattr(module, part)
        return [True, str.__str__(module) if isinstance(module, str) else None]
    except BaseException:  # noqa: BLE001 - the module's own code
        return [False, None]


def _loaded(path: str) -> str:
    """Load a shared library with all its symbols, and return why that failed; empty if not."""
    import ctypes  # noqa: PLC0415 - not to be found loaded by the module

    try:
        ctypes.CDLL(path, os.RTLD_NOW | os.RTLD_GLOBAL)
    except OSError as error:
        return str(error)[:_TEXT_LIMIT]
    return ""


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
        "causes": _causes(error),
    }


def _causes(error: BaseException) -> list:  # type: ignore[type-arg]
    """Return what the exception was raised from, or while handling which, up to a few."""
    found: list = []  # type: ignore[type-arg]
    cause = error.__cause__ or error.__context__
    while cause is not None and len(found) < _CAUSES_LIMIT:
        found.append(f"{type(cause).__name__}: {_text(cause)}")
        cause = cause.__cause__ or cause.__context__
    return found


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
    if not distribution:
        return None
    from importlib import metadata  # noqa: PLC0415 - slow, and modules are not to find it loaded

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # the module may have put anything there
            stream.flush()


if __name__ == "__main__":
    main()
