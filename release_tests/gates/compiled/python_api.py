"""Symbols of Python's C API: which names are Python's, and since when the stable ABI has them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from release_tests.binary.facts import Image, Import

_PREFIX = re.compile(r"(_?Py[A-Za-z0-9]*)(?:_|\Z)")
_INITIALISES = ("PyInit_", "PyInitU_", "PyModExport_", "PyModExportU_")
_OTHER_PREFIXES = frozenset(
    (
        *("PyAnySet", "PyArena", "PyAST", "PyAsyncGen", "PyCell", "PyCode", "PyCompile"),
        *("PyConfig", "PyContext", "PyContextVar", "PyContextToken", "PyCoro", "PyCoroWrapper"),
        *("PyDateTime", "PyFrameLocalsProxy", "PyFunction", "PyGen", "PyHash", "PyInitConfig"),
        *("PyInstanceMethod", "PyInterpreterConfig", "PyMethod", "PyMonitoring", "PyMutex"),
        *("PyNode", "PyODict", "PyParser", "PyPickleBuffer", "PyPreConfig", "PyRefTracer"),
        *("PyRun", "PySeqIter", "PySignal", "PyStaticMethod", "PyClassMethod", "PyStatus"),
        *("PySymtable", "PyTime", "PyToken", "PyTraceMalloc", "PyUnstable", "PyUnicodeWriter"),
        *("PyWideStringList", "_PyBytes", "_PyByteArray", "_PyCode", "_PyDict", "_PyEval"),
        *("_PyFloat", "_PyFrame", "_PyGC", "_PyGen", "_PyImport", "_PyInterpreterState"),
        *("_PyList", "_PyLong", "_PyMem", "_PyModule", "_PyRuntime", "_PySet", "_PySys"),
        *("_PyThread", "_PyTime", "_PyTrash", "_PyTuple", "_PyType", "_PyUnicode"),
        *("_PyUnicodeWriter", "_PyCFunction", "_PyCMethod", "_PySequence", "_PyNumber"),
        # Python 2's.
        *("PyString", "PyInt", "PyClass", "PyInstance", "PyCObject", "PyUnicodeUCS2"),
        "PyUnicodeUCS4",
    )
)
"""How names of Python's C API begin of which the stable ABI has none."""


@cache
def stable() -> Mapping[str, tuple[int, int]]:
    """Return the symbols of the stable ABI, data too, with the Python that brought each."""
    from abi3info import DATAS, FUNCTIONS  # noqa: PLC0415 - only where there is code to look at

    found = [*FUNCTIONS.values(), *DATAS.values()]
    return {one.symbol.name: (one.added.major, one.added.minor) for one in found}


@cache
def _prefixes() -> frozenset[str]:
    found = (_PREFIX.match(name) for name in stable())
    return _OTHER_PREFIXES | {match[1] for match in found if match}


def imports(image: Image) -> Iterator[Import]:
    """Yield the imports that only Python can satisfy; never those of another library."""
    for symbol in image.imports:
        if is_python(symbol.name) and _from_python(symbol):
            yield symbol


def is_python(name: str) -> bool:
    """Whether a symbol is one of Python's C API, by its name."""
    if name.startswith(_INITIALISES):
        return False
    found = _PREFIX.match(name)
    return name in stable() or (found is not None and found[1] in _prefixes())


def _from_python(symbol: Import) -> bool:
    return not symbol.version and (not symbol.library or "python" in symbol.library.lower())
