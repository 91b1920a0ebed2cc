"""The rows of the gate ``cpu``: what code needs, and what the policy says of it."""

from __future__ import annotations

from functools import partial

from release_tests.policy import Policy
from release_tests.variants import Variant
from tests import forge
from tests.archive.linkable import CODE, IMPORTS, library, object_file, short_import
from tests.binary import toolchain
from tests.binary.compiled import HARDENED, POWER, Elf, module
from tests.gates.cases.built import C_LINUX, LINUX, Built, Made, built
from tests.gates.cases.case import Artifact, Case

_EVEX = "vpxord %zmm0, %zmm0, %zmm0"
_VNNI = "vpdpbusd %zmm0, %zmm1, %zmm2"
_C_POWER = C_LINUX.replace("x86_64", "powerpc64le")
_VEX = "vaddps %ymm0, %ymm1, %ymm2"
_LZCNT = "lzcnt %eax, %eax"
_PLAIN = "addps %xmm0, %xmm1"


def _function(*lines: str, name: str = "kernel") -> str:
    """Return a function as assembly; nothing calls it."""
    head = (f".globl {name}", f".type {name}, @function", f"{name}:")
    return _joined(*head, *lines, "ret", f".size {name}, . - {name}")


def _early(*lines: str) -> str:
    """Return a function that runs when the module is loaded."""
    array = (r".section .init_array,\"aw\"", ".quad early", ".text")
    return _joined(_function(*lines, name="early"), *array)


def _joined(*lines: str) -> str:
    return r"\n".join(lines)


def _code(assembly: str, variant: Variant | None = None, name: str = "demo") -> Artifact:
    policy = Policy(variants=((name, variant),)) if variant else Policy()
    return built(LINUX, {C_LINUX: _module(assembly)}, policy)


def _module(assembly: str = "") -> Elf:
    return module("_c", assembly=assembly)


def _variant(*baseline: str) -> Variant:
    return Variant(baseline=baseline)


def _dispatching(place: str, *names: str, baseline: tuple[str, ...] = ()) -> Variant:
    return Variant(baseline=baseline, dispatch=((place, names),))


_CHECKED = r"test %edi, %edi\nje 1f\n" + _EVEX + r"\n1:"
_USED = Variant(baseline=("avx512_vnni",), uses=("avx512_vnni",))
_DATA = r".rept 300\n.byte 6, 14, 22, 30, 31, 39, 47, 55\n.endr"
_OBJECT = Made(partial(toolchain.built, "-c", source="int used(void) { return 1; }"))
_LIBRARY = Elf(("used",), (), ())
_COFF = object_file(CODE)
_MANY = {f"demo/lib/{number}.obj": b"\x64\x86\2" + bytes(40) for number in range(6)}

_SLOTTED = """
extern void *PyModuleDef_Init(void *);
extern int judge(void);
static int execute(void *module) {
    if (judge() < 0) return -1;
    __asm__ volatile("%s");
    return 0;
}
static struct { int number; void *value; } slots[] = {{2, execute}, {0, 0}};
static struct { char base[40]; const char *name, *doc; long size; void *methods, *slots, *more[3]; }
    definition = {{0}, "_c", 0, 0, 0, slots};
void *PyInit__c(void) { return PyModuleDef_Init(&definition); }
"""


def _slotted(instruction: str) -> Artifact:
    """Return a wheel whose module asks another library, and may refuse, before an instruction."""
    source = _SLOTTED % instruction
    flags = ("-shared", "-fPIC", "-O2", "-nostdlib", *HARDENED)
    return built(LINUX, {C_LINUX: Made(partial(toolchain.built, *flags, source=source))}, Policy())


CASES = (
    Case(
        "CPU000",
        Artifact(Built(LINUX, {C_LINUX: _module()}), partial(forge.corrupt_member, name=C_LINUX)),
        Artifact(Built(LINUX, {C_LINUX: _module()})),
        where=C_LINUX,
        also=frozenset(("ZIP009", "REC005", "STR000", "PLAT000", "TAG000", "ABI000")),
    ),
    Case(
        "CPU001",
        _code(_early(_EVEX)),
        _code(_early(_PLAIN)),
        where=C_LINUX,
        says=("avx512f", "SIGILL", "loaded", "early", "plain x86-64"),
    ),
    Case(
        "CPU001",
        _code(_early(_EVEX)),
        _code(_early(_CHECKED)),
        says=("vpxord",),
        spared=frozenset(("CPU005",)),
    ),
    Case(
        "CPU001",
        _code(_early(_EVEX), _variant("x86-64-v3")),
        _code(_early(_EVEX), _variant("x86-64-v4")),
        says=("x86-64-v3", "1 instruction,"),
    ),
    # Guarded is the function, but the module that calls it when it is loaded is not.
    Case(
        "CPU001",
        _code(_early(_EVEX), _dispatching("demo/*.so:early", "avx512f")),
        _code(_early(_EVEX), _dispatching("demo/*.so", "avx512f")),
    ),
    # LZCNT gives another result where it is missing, and no SIGILL.
    Case(
        "CPU001",
        _code(_early(_VEX)),
        _code(_early(_LZCNT)),
        says=("avx",),
        spared=frozenset(("CPU005",)),
    ),
    Case(
        "CPU002",
        _code(_function(_EVEX), _variant("x86-64-v3")),
        _code(_function(_VEX), _variant("x86-64-v3")),
        where=C_LINUX,
        says=("avx512f", "kernel", "x86-64-v3"),
    ),
    Case(
        "CPU002",
        _code(_function(_EVEX), _variant("x86-64-v3")),
        _code(_function(_EVEX), _dispatching("*_c.*", "avx512f", baseline=("x86-64-v3",))),
    ),
    Case(
        "CPU002",
        _code(_function(_VNNI), _dispatching("*_c.*", "avx512bw")),
        _code(_function(_VNNI), _dispatching("*_c.*", "avx512_vnni")),
        says=("avx512_vnni",),
        also=frozenset(("CPU004",)),
    ),
    Case(
        "CPU002",
        _code(
            _joined(_function(_EVEX, name="other"), _function(_EVEX)),
            _dispatching("*:kern*", "avx512f"),
        ),
        _code(
            _joined(_function(_PLAIN, name="other"), _function(_EVEX)),
            _dispatching("*:kern*", "avx512f"),
        ),
        says=("1 of 2", "other functions"),
    ),
    Case(
        "CPU002",
        _code(_function(_LZCNT), _variant("x86-64-v2"), "de*"),
        _code(_function(_LZCNT), _variant("x86-64-v3"), "de*"),
        says=("abm",),
    ),
    Case(
        "CPU003",
        _code(_function(_EVEX), _USED),
        _code(_function(_EVEX, _VNNI), _USED),
        says=("avx512_vnni", "avx512f"),
    ),
    Case(
        "CPU004",
        _code(_function(_EVEX), _dispatching("demo/_d*", "avx512f", baseline=("avx512f",))),
        _code(_function(_EVEX), _dispatching("demo/_c*", "avx512f", baseline=("avx512f",))),
        where="demo/_d*",
        says=("no member",),
    ),
    Case(
        "CPU004",
        _code(_function(_PLAIN), _dispatching("demo/_c*", "avx512f")),
        _code(_function(_EVEX), _dispatching("demo/_c*", "avx512f")),
        says=("no such code",),
    ),
    Case(
        "CPU004",
        _code(_function(_EVEX), _dispatching("*:kernels", "avx512f", baseline=("avx512f",))),
        _code(_function(_EVEX), _dispatching("*:kernel", "avx512f", baseline=("avx512f",))),
    ),
    Case(
        "CPU005",
        _code(_function(_EVEX)),
        _code(_function(_EVEX), _variant("avx512f")),
        where=C_LINUX,
        says=("avx512f 1 times",),
    ),
    Case(
        "CPU006",
        _code(_joined(_function(_PLAIN), _DATA)),
        _code(_joined(_function(_PLAIN), r".section .rodata", _DATA)),
        where=C_LINUX,
        says=("bytes",),
    ),
    Case(
        "CPU007",
        built(LINUX.replace("x86_64", "ppc64le"), {_C_POWER: Made(lambda: _module().on(POWER))}),
        built(LINUX, {C_LINUX: _module()}),
        where=_C_POWER,
        says=("ppc64le",),
    ),
    Case(
        "CPU008",
        built(LINUX, {C_LINUX: _module(), "demo/lib/libdemo.a": b"!<arch>\n" + bytes(80)}),
        built(LINUX, {C_LINUX: _module(), "demo/tests/libdemo.a": b"!<arch>\n" + bytes(80)}),
        where="demo/lib/libdemo.a",
        says=("was not examined",),
    ),
    Case(
        "CPU008",
        built(LINUX, {C_LINUX: _module(), "demo/demo.lib": library(short_import(), _COFF)}),
        built(LINUX, {C_LINUX: _module(), "demo/demo.lib": IMPORTS}),
        where="demo/demo.lib",
        says=("was not examined",),
    ),
    Case(
        "CPU008",
        built(LINUX, {C_LINUX: _module(), "demo/lib/start.o": _OBJECT, **_MANY}),
        built(LINUX, {C_LINUX: _module(), "demo/lib/start.so": _LIBRARY}),
        where="demo/lib/start.o",
        says=("demo/lib/start.o, demo/lib/0.obj", "and 2 more"),
    ),
    Case(
        "CPU009",
        _slotted(_EVEX),
        _slotted(_PLAIN),
        where=C_LINUX,
        says=("avx512f", "succeeds", "execute"),
    ),
)
