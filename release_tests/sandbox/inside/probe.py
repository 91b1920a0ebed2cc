"""Carries out an order in a process of its own, with a judge beside it.

It is run by path, isolated and without the site, so that nothing that is installed runs here::

    python -I -B -S -X faulthandler probe.py KIND ORDER

ORDER is a JSON file, removed before anything of the wheel runs: the report's path, a nonce that
the report must contain, the bytes of memory that may be taken (0 for any), whether the processor
is ``emulated``, whose stack the kernel does not know, and what is to be done: ``module`` is
imported, and then the text of each of ``attributes`` below it read, and the libraries ``load`` are
loaded, and each of the symbols ``resolve`` looked up in the process and in the libraries
``beside``; or else ``script`` is run to its end, or pytest with the arguments ``pytest``; or, with
none of them, only what Python does at its start. KIND says where: ``here`` in a child as it is, or
``fresh`` in a Python that is started anew, as what starts further Pythons needs it.

Only the judge reads the order: neither nonce nor report are known to the process that runs the
wheel's code. Whoever reads the report trusts nothing else: no report, or one without the nonce, is
a failure.
"""

from __future__ import annotations

import os
import sys

_FRESH = "fresh"


def main() -> None:
    """Take the order, and end as the process that carries it out ends."""
    kind, order = sys.argv[1:]
    del sys.argv[1:]
    if not hasattr(os, "fork"):
        _load("alone")["carry_out"](order, _load("subject"), _load("judge")["write_report"])
        return
    heard, to_subject = os.pipe()
    from_subject, said = os.pipe()
    if child := os.fork():
        os.close(heard)
        os.close(said)
        _load("judge")["judge"](order, child, to_subject, from_subject, _load)
    os.close(to_subject)
    os.close(from_subject)
    if kind == _FRESH:
        _start_anew(heard, said)
    _load("subject")["take"](heard, said, site=True)


def _start_anew(heard: int, said: int) -> None:
    for end in (heard, said):
        os.set_inheritable(end, True)  # noqa: FBT003 - the standard library's own
    flags = ("-I", "-B", "-X", "faulthandler")
    words = [sys.executable, *flags, _beside("subject"), str(heard), str(said)]
    os.execv(sys.executable, words)  # noqa: S606 - what it is for


def _load(name: str) -> dict:  # type: ignore[type-arg]
    """Return what a module beside this one defines."""
    path = _beside(name)
    with open(path, "rb") as stream:  # noqa: PTH123 - few modules loaded
        code = compile(stream.read(), path, "exec", dont_inherit=True)
    defined = {"__name__": name, "__file__": path, "__builtins__": __builtins__}
    exec(code, defined)  # noqa: S102 - a file of ours
    return defined


def _beside(name: str) -> str:
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")  # noqa: PTH100, PTH118, PTH120


if __name__ == "__main__":
    main()
