"""Modules that are initialised in phases, as those of Cython: what Python calls by their slots."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_tests.binary.code.scan import scan
from release_tests.binary.examination import examine
from release_tests.binary.facts import Format
from release_tests.binary.room import Room
from tests.binary.code.loading import code_of, made

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.binary.regions import Executable

INCLUDED = Path(sysconfig.get_path("include"))
EMULATOR = shutil.which("qemu-x86_64-static")
DIES, IMPORTS, RAISES = -4, 0, 1

pytestmark = [
    pytest.mark.skipif(not (INCLUDED / "Python.h").exists(), reason="there is no Python.h"),
    pytest.mark.skipif(
        bool(sysconfig.get_config_var("Py_GIL_DISABLED")), reason="another layout is not read"
    ),
]

MODULE = """
#include <Python.h>
float x[64];
volatile int zero;
__attribute__((noinline, target("avx512f"), optimize("O3"))) static int widest(void) {
    for (int i = 0; i < 64; i++) x[i] = x[i] * 3 + 1;
    return 0;
}
__attribute__((noinline)) static int able(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f");
}
static int wide(PyObject *module) { return widest(); }
static int plain(PyObject *module) { return 0; }
static int checked(PyObject *module) { return able() ? widest() : 0; }
static int failing(PyObject *module) { PyErr_SetString(PyExc_OSError, "no"); return -1; }
static PyObject *make(PyObject *spec, PyModuleDef *def) {
    return zero ? 0 : PyModule_New("module");
}
static PyObject *make_wide(PyObject *spec, PyModuleDef *def) { widest(); return make(spec, def); }
static PyModuleDef_Slot slots[] = {%s {0, NULL}};
%s PyModuleDef def = {PyModuleDef_HEAD_INIT, "module", 0, 0, 0, slots};
PyMODINIT_FUNC PyInit_module(void) { %s }
"""

RETURNED = "return PyModuleDef_Init(&def);"
OTHER = 'static PyModuleDef other = {PyModuleDef_HEAD_INIT, "other", 0, 0, 0, 0};'
WIDE = "{Py_mod_exec, wide},"


@dataclass(frozen=True)
class Case:
    """A module: its slots, its initialiser, and how its import ends on a processor of old."""

    slots: str = WIDE
    body: str = RETURNED
    certain: bool = False
    ends: int = DIES
    options: tuple[str, ...] = ()
    linkage: str = "static"


CASES = {
    "a slot that executes": Case(certain=True),
    "not optimised": Case(certain=True, options=("-O0",)),
    "not optimised, marked": Case(certain=True, options=("-O0", "-fcf-protection")),
    "without stubs": Case(certain=True, options=("-fno-plt",)),
    "without stubs, not optimised": Case(certain=True, options=("-fno-plt", "-O0")),
    "optimised when linked": Case(certain=True, options=("-flto",)),
    "a definition that others see": Case(certain=True, linkage=""),
    "a definition that others see, not optimised": Case(certain=True, linkage="", options=("-O0",)),
    "a slot that makes the module": Case("{Py_mod_create, make_wide},", certain=True),
    "behind one that makes the module": Case(
        "{Py_mod_create, make}, {Py_mod_exec, wide},", certain=True
    ),
    "before one that makes the module": Case(
        "{Py_mod_exec, wide}, {Py_mod_create, make},", certain=True
    ),
    "the second": Case("{Py_mod_exec, plain}, {Py_mod_exec, wide},", certain=True),
    "the second, which is not reached": Case(
        "{Py_mod_exec, failing}, {Py_mod_exec, wide},", ends=RAISES
    ),
    "a check in the slot": Case("{Py_mod_exec, checked},", ends=IMPORTS),
    "no slots": Case("", ends=IMPORTS),
    "a slot that nobody knows": Case("{Py_mod_exec, wide}, {99, wide},", ends=RAISES),
    "a check before": Case(
        body='if (!able()) { PyErr_SetString(PyExc_ImportError, "old"); return 0; }' + RETURNED,
        ends=RAISES,
    ),
    "a check after": Case(
        body="PyObject *made = PyModuleDef_Init(&def);"
        'if (!able()) { PyErr_SetString(PyExc_ImportError, "old"); return 0; } return made;',
        ends=RAISES,
    ),
    "something else returned": Case(
        body='PyModuleDef_Init(&def); return PyModule_New("other");', ends=RAISES
    ),
    "slots that are chosen": Case(
        body="static PyModuleDef_Slot others[] = {{0, NULL}};"
        "def.m_slots = zero ? slots : others;" + RETURNED,
        ends=IMPORTS,
    ),
    "a definition that is not chosen": Case(
        body=OTHER + "return PyModuleDef_Init(zero ? &def : &other);", ends=IMPORTS
    ),
    "a definition that is chosen": Case(
        body=OTHER + "return PyModuleDef_Init(zero ? &other : &def);"
    ),
}


def module(directory: Path, case: Case) -> Path:
    """Return the module of a case, made by gcc."""
    source = MODULE % (case.slots, case.linkage, case.body)
    return made(directory, source, f"-I{INCLUDED}", *case.options)


def imported(directory: Path) -> int:
    """Return how the import of a module ends on an emulated processor without AVX-512."""
    command = [str(EMULATOR), "-cpu", "Nehalem", sys.executable, "-IS", "-c"]
    command.append(f"import sys; sys.path[:0] = [{str(directory)!r}]; import module")
    environment = {**os.environ, "LANG": "C"}
    done = subprocess.run(command, check=False, capture_output=True, env=environment, timeout=60)
    return done.returncode


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_only_what_python_calls_for_certain_is_said_to_run(tmp_path: Path, case: Case) -> None:
    """A slot's function is said to run where the import dies, and nowhere that it does not."""
    library = module(tmp_path, case)
    found = {use.extension for use in code_of(library).on_import}
    assert ("avx512f" in found) is case.certain
    if EMULATOR:
        assert imported(tmp_path) == case.ends


def of_free_threads(directory: Path) -> Path:
    """Return a module whose definition is laid out as by a build without the GIL."""
    layout = "struct { char base[56]; void *name, *doc, *size, *methods, *slots; } long_def"
    body = "return PyModuleDef_Init((PyModuleDef *)&long_def);"
    definition = f'static {layout} = {{"", "module", 0, (void *)64, 0, slots}};'
    return module(directory, Case(linkage=f"{definition} static", body=body))


def test_a_longer_definition_is_not_taken_for_a_short_one(tmp_path: Path) -> None:
    """What a build without the GIL keeps elsewhere is not looked for among other things."""
    assert code_of(of_free_threads(tmp_path)).on_import == ()


def test_an_initialiser_that_never_ends_defines_nothing(tmp_path: Path) -> None:
    """A way that leads back to itself is followed once."""
    assert code_of(module(tmp_path, Case(body="for (;;);"))).on_import == ()


def nowhere(executable: Executable, address: int) -> Callable[[int], int | None]:
    """Return targets that all lead to *address*, but for those of the loader's symbols."""

    def target(slot: int) -> int | None:
        return executable.target(slot) if executable.imported(slot) else address

    return target


def beyond(address: int | None, executable: Executable) -> int | None:
    """Return an address, of code one that no pointer can hold."""
    return 2**64 + 9 if address is not None and executable.holds(address) else address


FORGERIES: dict[str, Callable[[Executable], Executable]] = {
    "nothing is kept": lambda one: replace(one, stored=lambda _: None),
    "the table has no end": lambda one: replace(one, stored=lambda _: 2),
    "the table is its own function": lambda one: replace(one, target=lambda slot: slot),
    "no pointer leads anywhere": lambda one: replace(one, target=lambda _: None),
    "all lead to the beginning": lambda one: replace(one, target=nowhere(one, 0)),
    "all lead to the end": lambda one: replace(one, target=nowhere(one, 2**64 - 1)),
    "functions lie beyond the end": lambda one: replace(
        one, target=lambda slot: beyond(one.target(slot), one)
    ),
    "all lead beyond the end": lambda one: replace(one, target=nowhere(one, 2**64 + 9)),
}


@pytest.mark.parametrize("forged", FORGERIES.values(), ids=FORGERIES)
def test_forged_tables_accuse_nobody(
    tmp_path: Path, forged: Callable[[Executable], Executable]
) -> None:
    """Whatever the slots and pointers are, the scan comes to an end and says less, not more."""
    data = module(tmp_path, CASES["a slot that executes"]).read_bytes()
    (image,) = examine(
        Format.ELF, "module.so", data, Room(1 << 20), lambda one: scan(forged(one))
    ).images
    assert image.code is not None
    assert image.code.uses
    assert image.code.on_import == ()
