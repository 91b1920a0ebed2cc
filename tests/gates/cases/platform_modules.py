"""The rows of the gate ``platform``: what was left in a file, its functions, its hardening."""

from __future__ import annotations

from functools import partial

from tests.binary.compiled import LIBC, Elf, Library, module
from tests.binary.forged import MachO, universal
from tests.gates.cases.built import C_LINUX, C_MACOS, LINUX, Made, built
from tests.gates.cases.case import Case
from tests.gates.cases.platform import on_linux, on_macos, on_windows

_MANY = tuple(
    f"PyNumber_{name}"
    for name in (
        *("Absolute", "Add", "And", "Divmod", "Float", "FloorDivide", "Index", "InPlaceAdd"),
        *("InPlaceAnd", "InPlaceOr", "Invert", "Long", "Lshift", "Multiply", "Negative", "Or"),
        *("Positive", "Power", "Remainder", "Rshift", "Subtract", "ToBase", "TrueDivide", "Xor"),
    )
)
_GUARDED, _FORTIFIED = (
    Library("libc.so.6", ((name, "GLIBC_2.4"),)) for name in ("__stack_chk_fail", "__memcpy_chk")
)
_UNSIGNED_INTEL = MachO("x86_64", (10, 13), exports=("PyInit__c",), signed=False)


def _large(*libraries: Library) -> Elf:
    return module("_c", *_MANY, libraries=(LIBC, *libraries))


_C = module("_c")
_TWO_PARTS = "cp312-cp312-macosx_11_0_universal2"
_ARM, _INTEL = (MachO(machine, exports=("PyInit__c",)) for machine in ("arm64", "x86_64"))

CASES = (
    Case(
        "PLAT012",
        on_linux(module("_c", assembly=".text; .quad PyLong_FromLong", flags=("-Wl,-z,notext",))),
        on_linux(module("_c", assembly=".data; .quad PyLong_FromLong", flags=("-Wl,-z,notext",))),
        where=C_LINUX,
        says=("DT_TEXTREL",),
    ),
    Case(
        "PLAT013",
        on_linux(module("_c", assembly=".section .debug_other; .zero 2097152; .text")),
        on_linux(module("_c", assembly=".section .debug_other; .zero 524288; .text")),
        where=C_LINUX,
        says=("1 of 1", "2 MiB"),
    ),
    Case(
        "PLAT014",
        on_linux(module("_c", flags=("-g",))),
        on_linux(module("_c", flags=("-g", "-fdebug-prefix-map=/=own/"))),
        where=C_LINUX,
        says=("/tmp",),  # noqa: S108 - where the tests compile
    ),
    Case(
        "PLAT015",
        on_linux(module("_d")),
        on_linux(Elf(("PyInit__d", "PyInit__c"), ("PyLong_FromLong",))),
        where=C_LINUX,
        says=("PyInit__c", "PyInit__d"),
    ),
    Case(
        "PLAT015",
        built(LINUX, {"demo/grüße.so": Elf(("PyInit_gr_e",), ("PyLong_FromLong",))}),
        built(LINUX, {"demo/grüße.so": Elf(("PyInitU_gre_6ka8l",), ("PyLong_FromLong",))}),
    ),
    Case(
        "PLAT016",
        on_linux(Elf(("used",), ("PyLong_FromLong",))),
        on_linux(Elf(("PyModExport__c",), ("PyLong_FromLong",))),
        where=C_LINUX,
        says=("PyInit__c",),
    ),
    Case(
        "PLAT016",
        built(_TWO_PARTS, {C_MACOS: Made(partial(universal, _ARM, MachO("x86_64", exports=())))}),
        built(_TWO_PARTS, {C_MACOS: Made(partial(universal, _ARM, _INTEL))}),
        where=C_MACOS,
        says=("its code for x86_64", "PyInit__c"),
    ),
    Case(
        "PLAT017",
        on_linux(module("_c", "PyUnicode_AsUnicode")),
        built(
            "cp311-cp311-manylinux_2_17_x86_64",
            {"demo/_c.cpython-311-x86_64-linux-gnu.so": module("_c", "PyUnicode_AsUnicode")},
        ),
        where=C_LINUX,
        says=("PyUnicode_AsUnicode", "3.12"),
    ),
    Case(
        "PLAT017",
        built(
            "cp311-cp311-manylinux_2_17_x86_64",
            {"demo/_c.cpython-311-x86_64-linux-gnu.so": module("_c", "PyUnstable_Code_New")},
        ),
        on_linux(module("_c", "PyUnstable_Code_New")),
        says=("3.11",),
    ),
    Case(
        "PLAT017",
        on_linux(module("_c", "PyUnicodeUCS4_FromObject")),
        built(
            LINUX,
            {
                C_LINUX: module(
                    "_c",
                    "PyUnicodeUCS4_FromObject",
                    libraries=(LIBC, Library("libown.so")),
                    flags=("-Wl,-rpath,$ORIGIN",),
                ),
                "demo/libown.so": Elf(("used",)),
            },
        ),
        where=C_LINUX,
        says=("PyUnicodeUCS4_FromObject", "3.12"),
    ),
    Case(
        "PLAT017",
        on_linux(module("_c", "PyList_Reversed")),
        on_linux(module("_c", "PyList_Reverse", "PyCode_NewEmpty")),
        where=C_LINUX,
    ),
    Case(
        "PLAT018",
        on_linux(module("_c", "_PyLong_New")),
        on_linux(module("_c", "_Py_Dealloc", "_PyBytes_Resize", "_Py_FatalErrorFunc")),
        where=C_LINUX,
        says=("1 of 1", "_PyLong_New"),
    ),
    Case(
        "PLAT019",
        on_linux(module("_c", flags=("-Wl,-z,norelro",))),
        on_linux(_C),
        says=("1 of 1", "RELRO"),
    ),
    Case("PLAT020", on_linux(module("_c", flags=("-Wl,-z,lazy",))), on_linux(_C), says=("1 of 1",)),
    Case(
        "PLAT021",
        on_linux(_large(_FORTIFIED)),
        on_linux(_large(_FORTIFIED, _GUARDED)),
        where=C_LINUX,
    ),
    Case(
        "PLAT022",
        on_linux(_large(_GUARDED)),
        on_linux(_large(_GUARDED, _FORTIFIED)),
        where=C_LINUX,
    ),
    Case(
        "PLAT023",
        on_macos(minimum=(12, 0)),
        on_macos(minimum=(11, 3)),
        says=("macOS 12.0", "macosx_11_0_arm64"),
    ),
    Case(
        "PLAT024",
        on_macos(signed=False),
        built(
            "cp312-cp312-macosx_10_13_x86_64", {"demo/_c.cpython-312-darwin.so": _UNSIGNED_INTEL}
        ),
        says=("not signed",),
    ),
    Case(
        "PLAT025",
        on_windows(("MSVCP140.dll", ("used",))),
        on_windows(("VCRUNTIME140_1.dll", ("used",))),
        says=("MSVCP140.dll",),
    ),
    Case(
        "PLAT026",
        on_linux(module("_c", flags=("-Wl,-z,x86-64-v3",))),
        on_linux(module("_c", flags=("-Wl,-z,x86-64-baseline",))),
        where=C_LINUX,
        says=("x86-64-v3",),
    ),
)
