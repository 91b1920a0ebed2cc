"""The subject: imports a module, or runs a script, and says through a pipe what comes of it.

Everything that a wheel brings runs in this process, so that nothing here is safe from it. What has
to be told is held before the import; what is told is for the judge to weigh. A module that ends the
process, closes descriptors or says forged things is seen as what it is.

It is loaded by ``probe.py``, or run by path with the two ends of its pipes::

    python -I -B -X faulthandler subject.py HEARD SAID
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import traceback

_TRACEBACK_LINES = 40
_TEXT_LIMIT = 4000
_WARNINGS_LIMIT = 100
_CAUSES_LIMIT = 10
_DEPTH = 8
_FAILED = 1
_INTERNAL = ("<frozen importlib", os.path.join("importlib", "__init__.py"))  # noqa: PTH118


class Door:
    """The way to the judge; what it needs is held here, whatever becomes of the modules."""

    def __init__(self, heard: int, said: int) -> None:
        """Hear and say through two descriptors."""
        self._heard, self._said = heard, said
        self._encode, self._read, self._write = json.JSONEncoder().encode, os.read, os.write
        self._leave, self._own, self._asked = os._exit, os.getpid(), os.getpid

    def order(self) -> dict:  # type: ignore[type-arg]
        """Take the order."""
        taken = b""
        while not taken.endswith(b"\n"):
            taken += self._read(self._heard, 1 << 16)
        return dict(json.loads(taken))

    def tell(self, kind: str, content: object = None) -> None:
        """Say something; a process that was forked off, and came back here, has nothing to say."""
        if self._asked() != self._own:
            self._leave(_FAILED)
        data = self._encode({kind: content}).encode() + b"\n"
        while data:
            data = data[self._write(self._said, data) :]

    def wait(self) -> None:
        """Wait until the judge has looked."""
        self._read(self._heard, 1)

    def leave(self, code: int) -> None:
        """End the process, without what modules want to have done then."""
        self._leave(code)


def take(heard: int, said: int, *, site: bool) -> None:
    """Carry out the order that is heard; with *site* what Python does at its start is still due."""
    door = Door(heard, said)
    order = door.order()
    _limit(order.get("memory", 0))
    # The judge compares this stack, which has to be deep enough for that.
    _deep(_DEPTH, lambda: carry_out(order, door, site=site))


def carry_out(order: dict, door: Door, *, site: bool) -> None:  # type: ignore[type-arg]
    """Do what is ordered; whether that comes back here is what the judge looks at."""
    done = {}  # type: ignore[var-annotated]
    door.tell("ready")
    door.wait()
    _deep(_DEPTH, lambda: _attempt(order, door, done, site=site))
    door.tell("returned")
    door.wait()
    door.tell("claims", _claims(order, done))
    door.wait()
    _flush()
    door.leave(0)


def _deep(times: int, work):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Call *work* on top of so many frames of the interpreter's own."""
    return next(map(_deep, (times - 1,), (work,))) if times else work()


def _attempt(order: dict, door: Door, done: dict, *, site: bool) -> None:  # type: ignore[type-arg]
    """Do it, or say why not, and end: by no way does a failure come back from here.

    No call can be relied on after a failure, as modules may have replaced what is called; only
    ``raise`` can.
    """
    try:
        if site:
            importlib.import_module("site").main()
        done["warnings"] = _recorded_warnings()
        door.tell("started")
        _do(order, done)
    except BaseException as error:  # SystemExit too is an answer
        door.tell("raised", _told(error))
        door.wait()
        _flush()
        door.leave(_FAILED)
        raise


def _do(order: dict, done: dict) -> None:  # type: ignore[type-arg]
    if order.get("module") is not None:
        done["module"] = importlib.import_module(order["module"])
    elif order.get("script") is not None:
        _run_script(order["script"])
    elif order.get("pytest") is not None:
        # The environment's own, whatever it is; nothing here knows pytest.
        done["exit_code"] = int(importlib.import_module("pytest").main(order["pytest"]))


def _claims(order: dict, done: dict) -> dict:  # type: ignore[type-arg]
    """Return what is said of what was done."""
    if "module" not in done:
        return {"exit_code": done.get("exit_code", 0)}
    module = done["module"]
    return {
        "version": _version_attribute(module),
        "locations": _locations(module),
        "warnings": done["warnings"],
        "attributes": {name: _attribute(module, name) for name in order.get("attributes", ())},
        "loading": [_loaded(path) for path in order.get("load", ())],
        "unresolved": _unresolved(order.get("resolve", ()), order.get("beside", ())),
    }


def _limit(memory: int) -> None:
    """Take no more than so many bytes, if any; the launcher limits the rest.

    Where the system has no limits, do without.
    """
    try:
        import resource  # noqa: PLC0415 - POSIX only
    except ImportError:
        return
    if memory:
        # On Linux what is mapped from files does not count: large libraries are no reason.
        kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
        hard = resource.getrlimit(kind)[1]
        most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))


def _run_script(path: str) -> None:
    """Run a script as ``python path`` would, so that what it starts finds it again."""
    main = type(sys)("__main__")
    main.__dict__.update(__file__=path, __builtins__=__builtins__)
    sys.modules["__main__"] = main
    sys.argv[:] = [path]
    try:
        with open(path, "rb") as stream:  # noqa: PTH123 - as above
            exec(compile(stream.read(), path, "exec"), main.__dict__)  # noqa: S102 - the order
    except SystemExit as error:
        if not _is_own_end(error, path):
            raise


def _is_own_end(error: SystemExit, path: str) -> bool:
    """Whether the script itself said that it ends well, and nothing that it called."""
    ends = error.code in (None, 0)
    frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    if frames and "_sitebuiltins" in frames[-1]:  # exit(), which may be frozen
        frames.pop()
    return ends and frames[-1:] == [path]


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


def _unresolved(names: list, beside: list) -> list:  # type: ignore[type-arg]
    """Return which of *names* neither the process has, nor one of the libraries *beside*."""
    if not names:
        return []
    import ctypes  # noqa: PLC0415 - not to be found loaded by the module

    places = [ctypes.CDLL(None)]
    for library in beside:
        with contextlib.suppress(OSError):
            places.append(ctypes.CDLL(library))
    return [name for name in names if not any(hasattr(place, name) for place in places)]


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


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # the module may have put anything there
            stream.flush()


if __name__ == "__main__":
    take(int(sys.argv[1]), int(sys.argv[2]), site=False)
