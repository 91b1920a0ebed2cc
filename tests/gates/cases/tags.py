"""The rows of the gate ``tags``."""

from __future__ import annotations

from functools import partial

from tests import forge
from tests.binary.compiled import MUSL_LIBC, POWER, Elf, module
from tests.binary.forged import MachO, Pe, universal
from tests.gates.cases.built import (
    ABI3,
    C_ABI3,
    C_LINUX,
    C_MACOS,
    C_MUSL,
    C_WINDOWS,
    LINUX,
    MACOS,
    MUSL,
    WINDOWS,
    Built,
    Made,
    built,
    requiring,
)
from tests.gates.cases.case import Artifact, Case, wheel

_INFO = "demo-1.0.dist-info"
_C = module("_c")
_LIBRARY = Elf(exports=("used",), calls=())
_MUSL_C = module("_c", libraries=(MUSL_LIBC,))
_BOTH = Made(
    lambda: universal(
        MachO("arm64", exports=("PyInit__c",)), MachO("x86_64", exports=("PyInit__c",))
    )
)
_ONE = MachO("arm64", exports=("PyInit__c",))
_ONE_LIBRARY = MachO("arm64", kind=6, exports=("used",), imports=())
_TWO_PARTS = "cp312-cp312-macosx_11_0_universal2"
_DLL = Pe(exports=("PyInit__c",))
_POINTER = "demo/_other.abi3.so"
_ELSEWHERE = Made(lambda: _C.on(POWER))
_CUT = Made(lambda: _C.data[:300])
_X32 = module("_c", libraries=(), flags=("-mx32",))
_FREEBSD = Made(lambda: _C.data[:7] + b"\x09" + _C.data[8:])


def _linux(name: str, tags: str = LINUX, content: object = _C, **fields: object) -> Artifact:
    return built(tags, {name: content}, **fields)  # type: ignore[dict-item, arg-type]


_GOOD = _linux(C_LINUX)
_D_WINDOWS = "demo/_c_d.cp312-win_amd64.pyd"
_TO_DEBUG = Pe(exports=("PyInit__c",), imports=(("python312_d.dll", ("PyLong_FromLong",)),))
_ABI3_TRIPLET = "demo/_c.abi3-x86_64-linux-gnu.so"
_DEBUG = "demo/_c.cpython-312d-x86_64-linux-gnu.so"

CASES = (
    Case(
        "TAG000",
        Artifact(Built(LINUX, {C_LINUX: _C}), partial(forge.corrupt_member, name=C_LINUX)),
        _GOOD,
        where=C_LINUX,
        says=("could not be read",),
        also=frozenset(("ZIP009", "REC005", "STR000", "CPU000", "PLAT000", "ABI000")),
    ),
    Case(
        "TAG001",
        _linux(C_LINUX, content=_CUT),
        _GOOD,
        where=C_LINUX,
        says=("damaged", "at byte"),
        also=frozenset(("CPU000",)),
    ),
    Case(
        "TAG001",
        built(LINUX, {C_LINUX: _C, _POINTER: "version https://git-lfs.github.com/spec/v1\n"}),
        built(LINUX, {C_LINUX: _C, "demo/libused.so": "INPUT(libused.so.1)\n"}),
        where=_POINTER,
        says=("named like compiled code", "bytes of text"),
    ),
    Case(
        "TAG001",
        built(LINUX, {C_LINUX: _C, "demo/libused.so": b""}),
        built(LINUX, {C_LINUX: _C, "demo/tests/libused.so": b""}),
        where="demo/libused.so",
        says=("an empty file",),
    ),
    Case(
        "TAG002",
        _linux("demo/_c.so", "py3-none-any"),
        _linux("demo/_c.so", "py3-none-any", "no code"),
        where="demo-1.0-py3-none-any.whl",
        says=("demo/_c.so", "ELF for x86_64"),
        also=frozenset(("STR008",)),
    ),
    Case(
        "TAG003",
        _linux("demo/libused.so", "py3-none-any", _LIBRARY),
        _linux("demo/libused.dat", "py3-none-any", "no code"),
        says=("libraries", "demo/libused.so"),
        also=frozenset(("STR008",)),
    ),
    # The name of the scheme is no directory of data: the file is installed, and found by loaders.
    Case(
        "TAG003",
        _linux("demo-1.0.data/data/lib/libused.so", "py3-none-any", _LIBRARY),
        _linux("demo-1.0.data/data/lib/libused.so", "py3-none-any", "no code"),
        says=("demo-1.0.data/data/lib/libused.so",),
    ),
    Case(
        "TAG004",
        _linux("demo/more.py", content=""),
        _GOOD,
        where="demo-1.0-cp312-cp312-manylinux_2_17_x86_64.whl",
        says=("nothing that is compiled",),
    ),
    Case(
        "TAG005",
        _linux("demo/more.py", "py3-none-win_amd64", ""),
        _linux("demo/more.py", "py3-none-any", ""),
        says=("any", "py3-none-win_amd64"),
    ),
    Case("TAG006", _linux(C_LINUX, content=_DLL), _GOOD, where=C_LINUX, says=("ELF", "PE")),
    Case("TAG006", _linux(C_MACOS, MACOS), _linux(C_MACOS, MACOS, _ONE), says=("Mach-O",)),
    Case("TAG006", _linux(C_LINUX, content=_FREEBSD), _GOOD, says=("ELF for freebsd",)),
    Case(
        "TAG006",
        _linux(C_MACOS, MACOS, MachO("arm64", exports=("PyInit__c",), platform=2)),
        _linux(C_MACOS, MACOS, _ONE),
        says=("Mach-O for ios",),
    ),
    Case(
        "TAG007",
        _linux(C_LINUX, content=_ELSEWHERE),
        _GOOD,
        where=C_LINUX,
        says=("x86_64", "ppc64le"),
        also=frozenset(("CPU007",)),
    ),
    Case(
        "TAG007",
        _linux(C_LINUX, content=_X32),
        _GOOD,
        says=("no code for x86_64", "x32"),
        also=frozenset(("CPU007",)),
    ),
    Case(
        "TAG007",
        _linux(C_MACOS, _TWO_PARTS, _ONE),
        _linux(C_MACOS, _TWO_PARTS, _BOTH),
        says=("no code for x86_64",),
    ),
    Case(
        "TAG007", _linux(C_WINDOWS, "cp312-cp312-win_arm64", _DLL), _linux(C_WINDOWS, WINDOWS, _DLL)
    ),
    Case(
        "TAG008",
        _linux(C_LINUX, "cp311-cp311-manylinux_2_17_x86_64"),
        _GOOD,
        where=C_LINUX,
        says=("3.11", "cp311-cp311-manylinux_2_17_x86_64", "cpython-312"),
    ),
    Case(
        "TAG008",
        _linux(C_LINUX, "cp313-cp313t-manylinux_2_17_x86_64"),
        _linux("demo/_c.cpython-313t-x86_64-linux-gnu.so", "cp313-cp313t-manylinux_2_17_x86_64"),
        says=("without the global lock", "cp313t"),
    ),
    Case(
        "TAG008",
        _linux(C_ABI3, "cp313-cp313t-manylinux_2_17_x86_64"),
        _linux("demo/_c.so", "cp313-cp313t-manylinux_2_17_x86_64"),
        says=("abi3",),
        also=frozenset(("ABI004",)),
    ),
    Case("TAG008", _linux(C_LINUX, ABI3), _linux(C_ABI3, ABI3), says=(".abi3.so",)),
    # A debug build loads what is for others, but not the other way round.
    Case(
        "TAG008",
        _linux(_DEBUG),
        built(LINUX, {C_LINUX: _C, _DEBUG: _C}),
        where=_DEBUG,
        says=("3.12", "cpython-312d"),
    ),
    Case(
        "TAG008",
        _linux("demo/_c.cpython-313td-x86_64-linux-gnu.so", "cp313-cp313t-manylinux_2_17_x86_64"),
        _linux("demo/_c.cpython-313t-x86_64-linux-gnu.so", "cp313-cp313td-manylinux_2_17_x86_64"),
        says=("313td",),
    ),
    Case(
        "TAG008",
        _linux("demo/_c.cpython-312-aarch64-linux-gnu.so"),
        _GOOD,
        says=("aarch64-linux-gnu",),
    ),
    Case("TAG008", _linux("demo/_c.cpython-312-x86_64-linux-gnux32.so"), _GOOD, says=("gnux32",)),
    Case(
        "TAG008",
        _linux("demo/_c.cp312-win32.pyd", WINDOWS, _DLL),
        _linux(C_WINDOWS, WINDOWS, _DLL),
        says=("cp312-win32",),
    ),
    # Windows' debug builds have their own names, of modules without another suffix, too.
    Case(
        "TAG008",
        _linux(_D_WINDOWS, WINDOWS, _TO_DEBUG),
        built(WINDOWS, {C_WINDOWS: _DLL, _D_WINDOWS: _TO_DEBUG}),
        says=("3.12", "_d.cp312-win_amd64"),
    ),
    Case(
        "TAG008",
        _linux("demo/_c_d.pyd", WINDOWS, _DLL),
        _linux("demo/_c_d.pyd", WINDOWS, Pe(exports=("PyInit__c_d",))),
        says=("3.12", "_d"),
    ),
    Case(
        "TAG008",
        _linux(_ABI3_TRIPLET, ABI3),
        _linux(
            _ABI3_TRIPLET,
            "cp315-abi3-manylinux_2_17_x86_64",
            metadata=requiring("Requires-Python: >=3.15"),
        ),
        says=("3.9", "abi3-x86_64-linux-gnu"),
    ),
    Case("TAG008", _linux(C_LINUX, MUSL, _MUSL_C), _linux(C_MUSL, MUSL, _MUSL_C), says=("gnu",)),
    Case(
        "TAG008",
        _linux(C_LINUX, "pp311-pypy311_pp73-manylinux_2_17_x86_64"),
        _linux(
            "demo/_c.pypy311-pp73-x86_64-linux-gnu.so", "pp311-pypy311_pp73-manylinux_2_17_x86_64"
        ),
        says=("pp311",),
    ),
    Case(
        "TAG009",
        built(LINUX, {C_LINUX: _C, "demo/_c.cpython-311-x86_64-linux-gnu.so": _C}),
        built(LINUX, {C_LINUX: _C, "demo/tests/_c.cpython-311-x86_64-linux-gnu.so": _C}),
        where="demo/_c.cpython-311-x86_64-linux-gnu.so",
        says=("cpython-311",),
    ),
    Case(
        "TAG010",
        built(LINUX, {C_LINUX: _C, "demo.libs/libused.so": Made(lambda: _LIBRARY.on(POWER))}),
        built(LINUX, {C_LINUX: _C, "demo/data/libused.so": Made(lambda: _LIBRARY.on(POWER))}),
        where="demo.libs/libused.so",
        says=("x86_64", "ppc64le"),
        also=frozenset(("CPU007",)),
    ),
    Case(
        "TAG010",
        built(_TWO_PARTS, {C_MACOS: _BOTH, "demo/.dylibs/libused.dylib": _LIBRARY}),
        built(_TWO_PARTS, {C_MACOS: _BOTH, "demo/.dylibs/libused.dylib": _ONE_LIBRARY}),
        says=("Mach-O", "ELF"),
    ),
    Case(
        "TAG011",
        _linux(C_LINUX, metadata=requiring("Requires-Python: >=3.13")),
        _linux(C_LINUX, metadata=requiring("Requires-Python: >=3.12.1")),
        where=f"{_INFO}/METADATA, requires-python",
        says=("cp312", ">=3.13"),
    ),
    Case(
        "TAG012",
        wheel(tags="py3.cp38-none-any"),
        wheel(tags="py3.cp39-none-any"),
        where=f"{_INFO}/METADATA, requires-python",
        says=("cp38", ">=3.9"),
    ),
    Case(
        "TAG013",
        _linux(C_ABI3, "cp310-abi3-manylinux_2_17_x86_64"),
        _linux(C_ABI3, ABI3),
        says=("newer", "cp39-abi3", ">=3.9"),
    ),
    Case("TAG013", _linux(C_ABI3, "cp38-abi3-manylinux_2_17_x86_64"), says=("older",)),
    Case(
        "TAG014",
        wheel(wheel_file="Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n"),
        where=f"{_INFO}/WHEEL, Root-Is-Purelib",
        says=("true", "false"),
    ),
    Case(
        "TAG015",
        _linux(f"demo-1.0.data/purelib/{C_LINUX}"),
        _linux(f"demo-1.0.data/platlib/{C_LINUX}"),
        where=f"demo-1.0.data/purelib/{C_LINUX}",
        says=("platlib",),
    ),
    Case(
        "TAG016",
        built(LINUX, {C_LINUX: _C, "demo/tests/cut.so": _CUT}),
        built(LINUX, {C_LINUX: _C, "demo/tests/whole.so": _LIBRARY}),
        where="demo/tests/cut.so",
        says=("damaged",),
    ),
)
