"""What an import has run: behind what is called before, which may have refused the processor.

The modules are as Cython writes them, which leaves all that a module does to its slots.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.binary.code.loading import code_of, made
from tests.binary.code.test_phases import DIES, EMULATOR, IMPORTS, INCLUDED, RAISES, imported
from tests.binary.code.test_phases import pytestmark as _needed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = _needed

MODULE = """
#include <Python.h>
#include <setjmp.h>
#include <signal.h>
static PyObject *m, *tuple, *name;
static float x[64];
static volatile int zero;
static int supported = 1;
__attribute__((noinline, target("avx512f"), optimize("O3"))) static int widest(void) {
    for (int i = 0; i < 64; i++) x[i] = x[i] * 3 + 1;
    return 0;
}
__attribute__((noinline)) static int able(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f");
}
static void *refuse(void) { PyErr_SetString(PyExc_ImportError, "too old"); return 0; }
extern int judge(void), judged;
%(more)s
static PyObject *make(PyObject *spec, PyModuleDef *def) {
    PyObject *module, *text;
    if (m) { Py_INCREF(m); return m; }
    %(making)s
    if (!(text = PyObject_GetAttrString(spec, "name"))) return 0;
    module = PyModule_NewObject(text);
    Py_DECREF(text);
    if (module && PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_AttributeError)) return 0;
    return module;
}
static int execute(PyObject *module) {
    int line = 0;
    if (m) { if (m == module) return 0; PyErr_SetString(PyExc_RuntimeError, "twice"); return -1; }
    m = module; Py_INCREF(m);
    if (!PyModule_GetDict(m)) { line = 1; goto bad; }
    if (!(tuple = PyTuple_New(0))) { line = 2; goto bad; }
    if (!(name = PyUnicode_FromStringAndSize("one", 3))) { line = 3; goto bad; }
    %(executing)s
    goto end;
bad:
    if (m) { if (tuple) PyErr_Format(PyExc_ImportError, "in line %%d", line); Py_CLEAR(m); }
    else if (!PyErr_Occurred()) PyErr_SetString(PyExc_ImportError, "it failed");
end:
    return m ? 0 : -1;
}
static int plain(PyObject *module) { return 0; }
static int wide(PyObject *module) { return widest(); }
static PyModuleDef_Slot slots[] = {%(slots)s, {0, NULL}};
static PyModuleDef def = {PyModuleDef_HEAD_INIT, "module", 0, 0, 0, slots};
PyMODINIT_FUNC PyInit_module(void) { return PyModuleDef_Init(&def); }
"""

OTHER = """
int judged;
__attribute__((constructor)) static void look(void) {
    __builtin_cpu_init();
    judged = __builtin_cpu_supports("avx512f") ? 1 : -1;
}
int judge(void) { return judged; }
"""

BODY = "{Py_mod_create, make}, {Py_mod_exec, execute}"
LAST = "if (!PyLong_FromLong(line)) goto bad; widest(); if (!PyLong_FromLong(9)) goto bad;"
FAILS = "{ line = 4; refuse(); goto bad; }"
ASKED_AT_LOAD = "__attribute__((constructor)) static void load(void) { supported = able(); }"
IMPORTS_JUDGE = """
static int python(void) {
    PyObject *judge = PyImport_ImportModule("judge");
    Py_XDECREF(judge);
    return judge != 0;
}
"""
LEFT = """
static int left(void) {
    PyObject *judge = PyModule_GetDict(PyImport_AddModule("judge"));
    return PyDict_GetItemString(judge, "able") != 0;
}
"""
PROBE = """
static sigjmp_buf back;
static void caught(int number) { siglongjmp(back, 1); }
static void probe(void) { signal(SIGILL, caught); if (!sigsetjmp(back, 1)) widest(); }
"""


@dataclass(frozen=True)
class Case:
    """A module: what its slots do, what is said of them, and how its import ends on an old machine.

    ``said`` is ``certain``, ``succeeded`` or neither.
    """

    executing: str = LAST
    making: str = ""
    more: str = ""
    slots: str = BODY
    said: str = "certain"
    ends: int = DIES
    options: tuple[str, ...] = ()


GUARDED = {
    "itself": Case(making="if (!able()) return refuse();"),
    "by a constructor": Case(making="if (!supported) return refuse();", more=ASKED_AT_LOAD),
    "through a pointer": Case(
        making="if (!chosen()) return refuse();", more="int (*volatile chosen)(void) = able;"
    ),
    "by another library": Case(making="if (judge() < 0) return refuse();"),
    "by another library, without stubs": Case(
        making="if (judge() < 0) return refuse();", options=("-fno-plt",)
    ),
    "by what another library found": Case(making="if (judged < 0) return refuse();"),
    "by what a capsule holds": Case(
        making='if (!PyCapsule_Import("judge.able", 0)) return 0;',
    ),
    "by what a module left": Case(making="if (!left()) return refuse();", more=LEFT),
    "by a module": Case(making="if (!python()) return 0;", more=IMPORTS_JUDGE),
}
"""Modules that a processor without AVX-512 is refused by, in good order."""

CASES = {
    "the body of a module": Case(),
    "not optimised": Case(options=("-O0",), said="", ends=DIES),
    "optimised for size": Case(options=("-Os",)),
    "optimised more": Case(options=("-O3",)),
    "without stubs": Case(options=("-fno-plt",)),
    "marked": Case(options=("-fcf-protection", "-Wl,-z,now")),
    "several slots": Case(
        slots=f"{BODY}, {{Py_mod_exec, plain}}, {{Py_mod_exec, wide}}", executing=""
    ),
    "slots of another kind between": Case(
        slots=f"{{4, (void *)1}}, {BODY}, {{3, (void *)2}}, {{Py_mod_exec, wide}}",
        executing="",
        # Pythons before 3.13 do not know both of them, and refuse the module.
        ends=DIES if sys.version_info >= (3, 13) else RAISES,
    ),
    "a slot that is not there": Case(
        slots="{Py_mod_create, NULL}, {Py_mod_exec, execute}", said="", ends=DIES
    ),
    "a check before it": Case(
        executing=f"if (!able()) {FAILS} {LAST}", said="succeeded", ends=RAISES
    ),
    "a check around it": Case(executing="if (able()) widest();", said="", ends=IMPORTS),
    "a check by another library before it": Case(
        executing=f"if (judge() < 0) {FAILS} {LAST}", said="succeeded", ends=RAISES
    ),
    "a check by a module before it": Case(
        executing=f"if (!python()) goto bad; {LAST}",
        more=IMPORTS_JUDGE,
        said="succeeded",
        ends=RAISES,
    ),
    "a failure that is none": Case(
        executing='if (!PyDict_GetItemString(PyModule_GetDict(m), "x")) goto end; widest();',
        said="",
        ends=IMPORTS,
    ),
    "a failure that is forgotten": Case(
        executing='PyObject *one = PyObject_GetAttrString(m, "x");'
        "if (!one) { PyErr_Clear(); goto end; } widest();",
        said="",
        ends=IMPORTS,
    ),
    "a slot that always fails before": Case(
        executing="refuse(); goto bad;",
        slots=f"{BODY}, {{Py_mod_exec, wide}}",
        said="",
        ends=RAISES,
    ),
    "a slot that checks before": Case(
        executing=f"if (!able()) {FAILS}",
        slots=f"{BODY}, {{Py_mod_exec, wide}}",
        said="succeeded",
        ends=RAISES,
    ),
    "a state that a slot left": Case(
        executing="if (zero) goto end; widest();", making="zero = 1;", said="", ends=IMPORTS
    ),
    "a state that a constructor left": Case(
        executing="if (zero) goto end; widest();",
        more="__attribute__((constructor)) static void load(void) { zero = 1; }",
        said="",
        ends=IMPORTS,
    ),
    "a state that is reached through a pointer": Case(
        executing="if (zero) goto end; widest();",
        making="*(&zero + zero) = 1;",
        said="",
        ends=IMPORTS,
    ),
    "the signal is handled": Case(executing="probe();", more=PROBE, said="", ends=IMPORTS),
    "the signal is handled, and then it runs": Case(
        executing="if (able()) widest(); else probe();", more=PROBE, said="", ends=IMPORTS
    ),
    **{
        f"making refuses {how}": Case(
            one.executing, one.making, one.more, one.slots, "succeeded", RAISES, one.options
        )
        for how, one in GUARDED.items()
    },
}


def module(directory: Path, case: Case) -> Path:
    """Return the module of a case, made by gcc, with another library that it uses."""
    (directory / "judge.py").write_text("raise ImportError('too old')\n", encoding="utf-8")
    made(directory, OTHER, "-Wl,-soname,libjudge.so").rename(directory / "libjudge.so")
    more = "static int used(void) { return judge() + judged; }" if "judge" in case.making else ""
    source = MODULE % {
        "executing": case.executing,
        "making": case.making,
        "more": case.more + more,
        "slots": case.slots,
    }
    linked = (str(directory / "libjudge.so"), f"-Wl,-rpath,{directory}", "-Wl,--no-as-needed")
    return made(directory, source, f"-I{INCLUDED}", "-DNDEBUG", "-w", *case.options, *linked)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_an_import_has_run(tmp_path: Path, case: Case) -> None:
    """Certain is what the import dies of, and nothing behind what may refuse the processor."""
    code = code_of(module(tmp_path, case))
    said = {
        name: "avx512f" in {use.extension for use in uses}
        for name, uses in (("certain", code.on_import), ("succeeded", code.on_success))
    }
    assert said == {"certain": case.said == "certain", "succeeded": case.said == "succeeded"}
    assert "avx512f" in {use.extension for use in code.uses}
    if EMULATOR:
        assert imported(tmp_path) == case.ends
