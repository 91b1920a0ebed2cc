"""What is said to run on import for certain dies of SIGILL under an emulator, the rest does not."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.binary.code.loading import code_of, loader, made, outcome

if TYPE_CHECKING:
    from pathlib import Path

SIGILL = 132

KERNEL = """
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
float x[64], y[64];
volatile int zero;
int chosen;
const char *version = "1";
void *PyModule_Create2(void *, int);
#define KERNEL(name, isa) \\
    __attribute__((noinline, target(isa), optimize("O3"))) \\
    void name(void) { for (int i = 0; i < 64; i++) x[i] = x[i] * y[i] + 1; }
KERNEL(plain, "sse2")
KERNEL(wide, "avx2")
KERNEL(widest, "avx512f")
__attribute__((noinline)) static int able(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx2");
}
__attribute__((noinline, noclone)) void refuse(int code) {
    if (!able()) { puts("this processor is too old"); exit(code); }
}
"""

INIT = "void *PyInit_module(void) { %s return x; }"
AT_LOAD = "__attribute__((constructor)) static void load(void) { %s }"


@dataclass(frozen=True)
class Case:
    """A module: its source, what runs of it for certain, and how loading ends on an old one."""

    source: str
    certain: str = ""
    ends: int = 0
    options: tuple[str, ...] = ()


CASES = {
    "a constructor": Case(AT_LOAD % "widest();", "avx512f", SIGILL),
    "an initialiser": Case(INIT % "wide();", "avx", SIGILL),
    "the initialiser itself": Case(
        *(INIT % "for (int i = 0; i < 64; i++) x[i] *= y[i];", "avx512f", SIGILL),
        options=("-mavx512f", "-O3", "-mprefer-vector-width=512"),
    ),
    "two calls away": Case(
        "__attribute__((noinline, noclone)) void stage(void) { wide(); zero = 1; }"
        + INIT % "stage(); zero = 2;",
        *("avx", SIGILL),
    ),
    "a call that always comes back first": Case(
        INIT % "memset(x, zero, sizeof x); wide();", "avx", SIGILL
    ),
    "after both ways have met": Case(
        INIT % "if (zero) plain(); else chosen = 3; wide();", "avx", SIGILL
    ),
    "a local function through its symbol": Case(
        INIT % "wide();", "avx", SIGILL, options=("-fno-plt",)
    ),
    "after a loop": Case(
        INIT % "for (int i = 0; i < zero + 4; i++) plain(); wide();", "avx", SIGILL
    ),
    "nothing": Case(INIT % "plain();"),
    "a check in the constructor": Case(AT_LOAD % "if (able()) widest();"),
    "a check in the initialiser": Case(INIT % "if (able()) wide(); else plain();"),
    "a check two calls away": Case(
        "__attribute__((noinline, noclone)) void stage(void) { if (able()) wide(); zero = 1; }"
        + INIT % "stage();"
    ),
    "a pointer that is chosen": Case(
        "void (*kernel)(void) = widest;"
        + AT_LOAD % "kernel = able() ? widest : plain;"
        + INIT % "kernel();"
    ),
    "a pointer among data": Case(
        "static void (*kernels[2])(void) = {plain, widest};" + INIT % "kernels[able()]();"
    ),
    "clones that the loader chooses from": Case(
        '__attribute__((target_clones("default", "avx2"), optimize("O3"))) void scale(float *a) '
        "{ for (int i = 0; i < 64; i++) a[i] *= 3; }" + INIT % "scale(x);"
    ),
    "a loop that is not entered": Case(
        INIT % "for (int i = 0; i < zero; i++) wide();",
    ),
    "a function that is not called": Case(INIT % ""),
    "a way that ends early": Case(INIT % "if (!able()) return 0; wide();"),
    "a refusal before it": Case(INIT % "refuse(3); wide();", ends=3),
    "a refusal in the same function": Case(
        INIT % "if (!able()) { puts(version); exit(4); } wide();", ends=4
    ),
    "a refusal when it is loaded": Case(AT_LOAD % "refuse(5);" + INIT % "wide();", ends=5),
    "a refusal when it is loaded, behind a pointer": Case(
        "void (*volatile hook)(void) = plain;"
        + AT_LOAD % "hook(); refuse(6); chosen = 1;"
        + INIT % "wide();",
        ends=6,
    ),
    "a jump out": Case(
        "#include <setjmp.h>\nstatic jmp_buf back;"
        "__attribute__((noinline, noclone)) void leave(void) { if (!able()) longjmp(back, 1); }"
        + INIT
        % "if (!setjmp(back)) { leave(); wide(); }"
    ),
    "a table of ways": Case(
        INIT % "switch (able() ? 2 : zero) { case 0: plain(); break; case 2: wide(); break;"
        "case 3: chosen = 1; break; case 4: chosen = 9; break; case 5: chosen = 7; break; }"
    ),
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a program that loads a module."""
    return loader(tmp_path_factory.mktemp("loader"))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_certain_runs_and_what_is_not_does_not(
    tmp_path: Path, program: Path, case: Case
) -> None:
    """A use is said to run on import exactly where loading dies on a processor without it."""
    library = made(tmp_path, KERNEL + case.source, *case.options)
    found = {use.extension for use in code_of(library).on_import}
    assert case.certain in found if case.certain else found == set()
    if shutil.which("qemu-x86_64-static"):
        assert outcome(program, library, "Nehalem") == case.ends


def test_the_places_are_told(tmp_path: Path) -> None:
    """What runs on import is told with its instruction and the function that it stands in."""
    library = made(tmp_path, KERNEL + AT_LOAD % "widest();")
    (use,) = (u for u in code_of(library).on_import if u.extension == "avx512f")
    assert use.count >= len(use.places) > 0
    assert use.places[0].symbol == "widest"
    assert "zmm" in use.places[0].instruction
