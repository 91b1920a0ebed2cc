"""The rows of the gate ``platform``: libraries, search paths and what forbids loading."""

from __future__ import annotations

import struct
from functools import partial

from release_tests.policy import Policy
from tests import forge
from tests.binary.compiled import LIBC, MUSL_LIBC, Elf, Library, module
from tests.binary.forged import MachO, Pe
from tests.gates.cases.built import (
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
from tests.gates.cases.case import Artifact, Case

_SYSTEM = "/usr/lib/libSystem.B.dylib"
_KERNEL = ("KERNEL32.dll", ("Sleep",))
_PYTHON = ("python312.dll", ("PyLong_FromLong",))
_TWO = "cp312-cp312-manylinux2014_x86_64.manylinux_2_28_x86_64"
_OPEN = "/var/tmp/own/lib"  # noqa: S108 - what is never to be searched
_ABI3_WINDOWS = "cp39-abi3-win_amd64"
_FREE, _C_FREE = "cp313-cp313t-win_amd64", "demo/_c.cp313t-win_amd64.pyd"
_STABLE_FREE = ("python3t.dll", ("PyLong_FromLong",))
_PLUGIN = "demo/plugins/libplug.so"


def _linux(*libraries: Library, flags: tuple[str, ...] = ()) -> Elf:
    return module("_c", libraries=(LIBC, *libraries), flags=flags)


def on_linux(elf: Elf, policy: Policy | None = None, **fields: object) -> Artifact:
    """Return a wheel for glibc 2.17 with this module."""
    return built(LINUX, {C_LINUX: elf}, policy, **fields)


def on_macos(*needed: str, **fields: object) -> Artifact:
    """Return a wheel for macOS 11 on arm64 with a module that needs these libraries."""
    module = MachO(needed=(_SYSTEM, *needed), exports=("PyInit__c",), **fields)  # type: ignore[arg-type]
    return built(MACOS, {C_MACOS: module})


def on_windows(
    *libraries: tuple[str, tuple[str, ...]], tags: str = WINDOWS, name: str = C_WINDOWS
) -> Artifact:
    """Return a wheel for Windows with a module that imports from these libraries."""
    return built(tags, {name: Pe(imports=(*libraries, _KERNEL), exports=("PyInit__c",))})


def _said_packed(data: bytes) -> bytes:
    """Return a file with a count of relocations (DT_RELACOUNT) taken for packed ones."""
    return data.replace(struct.pack("<Q", 0x6FFFFFF9), struct.pack("<Q", 36), 1)


def glibc(version: str, name: str = "newer") -> Elf:
    """Return a module that uses a symbol of this version of glibc."""
    symbols = (("puts", "GLIBC_2.2.5"), (name, version))
    return module("_c", libraries=(Library("libc.so.6", symbols),))


_PACKED = ("-Wl,-z,pack-relative-relocs",)
_POINTER = ".data; .balign 8; own: .quad own; .text"
_PACKED_UNSAID = Made(lambda: _said_packed(module("_c", assembly=_POINTER).data))
_NEW = "cp312-cp312-manylinux_2_39_x86_64"
_OWN = Library("libused.so")
_OTHER_MUSL = Library("libc.musl-aarch64.so.1", (("puts", ""),))
_USED = Elf(exports=("used",), calls=())
_TO_OWN = ("-Wl,-rpath,$ORIGIN/../demo.libs",)
_NOBODY = Library("libnobody.so.1")
_NUMA = Policy(provided_by=(("system", ("libnobody.so.*",)),))
_BROUGHT = Policy(provided_by=(("No_Body.*", ("libnobody.so.*",)),))
_STDCXX = Library("libstdc++.so.6", (("used", "GLIBCXX_3.4.26"),))
_OWN_STDCXX = Library("libstdc++-0ab1.so.6", (("used", "GLIBCXX_3.4.26"),))
_MAC_LIBRARY = MachO(kind=6, exports=("used",), imports=())
_MAC_NEEDING = MachO(
    needed=(_SYSTEM, "@rpath/libused.dylib"),
    rpaths=("@loader_path/.dylibs",),
    exports=("PyInit__c",),
)

CASES = (
    Case(
        "PLAT000",
        Artifact(Built(LINUX, {C_LINUX: _linux()}), partial(forge.corrupt_member, name=C_LINUX)),
        on_linux(_linux()),
        where=C_LINUX,
        says=("could not be read",),
        also=frozenset(("ZIP009", "REC005", "STR000", "CPU000", "TAG000", "ABI000")),
    ),
    Case(
        "PLAT001",
        on_linux(glibc("GLIBC_2.28")),
        on_linux(glibc("GLIBC_2.17")),
        where=C_LINUX,
        says=("GLIBC_2.28 of libc.so.6", "manylinux_2_28 has them", "manylinux_2_17_x86_64"),
    ),
    Case(
        "PLAT001",
        built(
            "cp312-cp312-manylinux2014_x86_64.manylinux_2_28_x86_64", {C_LINUX: glibc("GLIBC_2.18")}
        ),
        built("cp312-cp312-manylinux_2_28_x86_64", {C_LINUX: glibc("GLIBC_2.18")}),
        says=("manylinux2014_x86_64", "GLIBC_2.18"),
    ),
    Case(
        "PLAT001",
        on_linux(_linux(_STDCXX)),
        built(
            LINUX,
            {C_LINUX: _linux(_OWN_STDCXX, flags=_TO_OWN), "demo.libs/libstdc++-0ab1.so.6": _USED},
        ),
        says=("GLIBCXX_3.4.26", "manylinux_2_31"),
    ),
    Case(
        "PLAT002",
        built(MUSL, {C_MUSL: module("_c", libraries=(_OTHER_MUSL,))}),
        built(MUSL, {C_MUSL: module("_c", libraries=(MUSL_LIBC,))}),
        where=C_MUSL,
        says=("libc.musl-aarch64.so.1",),
    ),
    # What the linker packs at need of a version, and states; without one nobody states it.
    Case(
        "PLAT001",
        on_linux(module("_c", libraries=(), assembly=_POINTER, flags=_PACKED)),
        on_linux(module("_c", libraries=(), assembly=_POINTER)),
        where=C_LINUX,
        says=("packed", "DT_RELR", "manylinux_2_17_x86_64"),
    ),
    Case(
        "PLAT001",
        built(MUSL, {C_MUSL: module("_c", libraries=(), assembly=_POINTER, flags=_PACKED)}),
        built(MUSL, {C_MUSL: module("_c", libraries=(), assembly=_POINTER)}),
        where=C_MUSL,
        says=("packed", "musllinux_1_2_x86_64"),
    ),
    # glibc refuses a file that needs versions of it, and not that of packed relocations.
    Case(
        "PLAT001",
        built(_NEW, {C_LINUX: _PACKED_UNSAID}),
        built(_NEW, {C_LINUX: module("_c", libraries=(), assembly=_POINTER, flags=_PACKED)}),
        where=C_LINUX,
        says=("GLIBC_ABI_DT_RELR",),
    ),
    Case("PLAT001", on_linux(glibc("GLIBC_ABI_DT_RELR")), says=("manylinux_2_36",)),
    Case("PLAT001", on_linux(glibc("GLIBC_2.999")), on_linux(glibc("OTHER_2.999"))),
    Case(
        "PLAT002",
        on_linux(_linux(_NOBODY)),
        on_linux(_linux(_NOBODY), _NUMA),
        where=C_LINUX,
        says=("libnobody.so.1", "provided-by"),
    ),
    Case(
        "PLAT002",
        on_linux(_linux(Library("libexpat.so.2"))),
        on_linux(_linux(Library("libexpat.so.1"))),
        says=("libexpat.so.2",),
    ),
    Case(
        "PLAT002",
        on_macos("@rpath/libused.dylib"),
        built(MACOS, {C_MACOS: _MAC_NEEDING, "demo/.dylibs/libused.dylib": _MAC_LIBRARY}),
        where=C_MACOS,
        says=("@rpath/libused.dylib",),
    ),
    Case(
        "PLAT002",
        on_windows(_PYTHON, ("nobody.dll", ("used",))),
        built(
            WINDOWS,
            {
                C_WINDOWS: Pe(imports=(_PYTHON, ("Nobody.dll", ("u",))), exports=("PyInit__c",)),
                "demo.libs/nobody.dll": Pe(imports=(_KERNEL,), exports=("u",)),
            },
        ),
        where=C_WINDOWS,
        says=("nobody.dll",),
    ),
    Case(
        "PLAT003",
        built(LINUX, {C_LINUX: _linux(), _PLUGIN: Elf(("used",), (), (LIBC, _NOBODY))}),
        built(LINUX, {C_LINUX: _linux(), _PLUGIN: Elf(("used",), (), (LIBC,))}),
        where=_PLUGIN,
        says=("libnobody.so.1",),
    ),
    Case(
        "PLAT004",
        on_linux(_linux(Library("libc10.so"))),
        on_linux(_linux(Library("libc10.so")), metadata=requiring("Requires-Dist: torch>=2")),
        where=C_LINUX,
        says=("torch", "libc10.so"),
    ),
    Case(
        "PLAT004",
        on_linux(
            _linux(Library("libc10.so")),
            metadata=requiring("Requires-Dist: torch; sys_platform == 'darwin'"),
        ),
        on_linux(
            _linux(Library("libc10.so")),
            metadata=requiring("Requires-Dist: torch; sys_platform == 'linux'"),
        ),
    ),
    Case(
        "PLAT004",
        on_linux(_linux(_NOBODY), _BROUGHT, metadata=requiring("Requires-Dist: nobody-libs")),
        on_linux(_linux(_NOBODY), _BROUGHT, metadata=requiring("Requires-Dist: no.body_libs")),
        says=("No_Body.*", "libnobody.so.1"),
    ),
    Case(
        "PLAT005",
        built(LINUX, {C_LINUX: _linux(_OWN), "demo.libs/libused.so": _USED}),
        built(LINUX, {C_LINUX: _linux(_OWN, flags=_TO_OWN), "demo.libs/libused.so": _USED}),
        where=C_LINUX,
        says=("demo.libs/libused.so",),
    ),
    Case(
        "PLAT006",
        on_linux(module("_c", libraries=(MUSL_LIBC,))),
        built(MUSL, {C_MUSL: module("_c", libraries=(MUSL_LIBC,))}),
        where=C_LINUX,
        says=("libc.musl-x86_64.so.1", "glibc"),
    ),
    Case(
        "PLAT006",
        built(MUSL, {C_MUSL: _linux()}),
        built(
            MUSL,
            {C_MUSL: module("_c", libraries=(MUSL_LIBC,)), "demo/attach.so": Elf(("used",), ())},
        ),
        says=("libc.so.6",),
    ),
    Case(
        "PLAT007",
        on_linux(_linux(Library("libpython3.12.so.1.0"))),
        on_linux(_linux()),
        where=C_LINUX,
        says=("libpython3.12.so.1.0",),
    ),
    Case(
        "PLAT007",
        on_macos("/Library/Frameworks/Python.framework/Versions/3.12/Python"),
        on_macos(),
        says=("Python.framework",),
    ),
    Case(
        "PLAT007",
        on_windows(("python311.dll", ("PyLong_FromLong",))),
        on_windows(_PYTHON),
        says=("python311.dll", "python312.dll"),
    ),
    Case(
        "PLAT007",
        on_windows(_PYTHON, tags=_ABI3_WINDOWS, name="demo/_c.pyd"),
        on_windows(("python3.dll", ("PyLong_FromLong",)), tags=_ABI3_WINDOWS, name="demo/_c.pyd"),
        says=("python3.dll", "python312.dll"),
    ),
    Case(
        "PLAT007",
        on_windows(("python312_d.dll", ("PyLong_FromLong",))),
        on_windows(_PYTHON),
        says=("python312_d.dll", "python312.dll"),
    ),
    Case(
        "PLAT007",
        on_windows(("python312t.dll", ("PyLong_FromLong",))),
        on_windows(_PYTHON),
        says=("python312t.dll", "python312.dll"),
    ),
    Case(
        "PLAT007",
        on_windows(("python3.dll", ("PyLong_FromLong",)), tags=_FREE, name=_C_FREE),
        on_windows(("python313t.dll", ("PyLong_FromLong",)), tags=_FREE, name=_C_FREE),
        says=("python3.dll", "python313t.dll"),
    ),
    # From 3.15 on both Pythons come with the DLL of the free-threaded one's stable ABI.
    Case(
        "PLAT007",
        on_windows(_STABLE_FREE, tags=_ABI3_WINDOWS, name="demo/_c.pyd"),
        on_windows(_STABLE_FREE, tags="cp315-abi3.abi3t-win_amd64", name="demo/_c.pyd"),
        says=("python3t.dll", "python3.dll"),
        spared=frozenset(("TAG013",)),
    ),
    Case(
        "PLAT008",
        on_linux(_linux(Library("/opt/own/libused.so"))),
        on_linux(_linux()),
        where=C_LINUX,
        says=("/opt/own/libused.so",),
    ),
    Case(
        "PLAT008",
        on_macos("/opt/homebrew/lib/libused.dylib"),
        on_macos("/System/Library/Frameworks/Security.framework/Versions/A/Security"),
        where=C_MACOS,
    ),
    Case(
        "PLAT009",
        on_linux(_linux(flags=(f"-Wl,-rpath,{_OPEN}",))),
        on_linux(_linux(flags=("-Wl,-rpath,$ORIGIN/lib",))),
        where=C_LINUX,
        says=(_OPEN,),
        also=frozenset(("PLAT014",)),
    ),
    Case("PLAT009", on_linux(_linux(flags=("-Wl,-rpath,own/lib",))), says=("own/lib",)),
    Case("PLAT009", on_linux(_linux(flags=("-Wl,-rpath,$ORIGIN:",))), says=("''",)),
    Case(
        "PLAT010",
        on_linux(_linux(flags=("-Wl,-rpath,/opt/own/lib",))),
        on_linux(_linux(flags=("-Wl,-rpath,$ORIGIN",))),
        where=C_LINUX,
        says=("/opt/own/lib",),
    ),
    Case(
        "PLAT010",
        on_macos(rpaths=("/opt/homebrew/lib",)),
        on_macos(rpaths=("@loader_path/../lib",)),
        says=("/opt/homebrew/lib",),
    ),
    Case(
        "PLAT011",
        on_linux(_linux(flags=("-Wl,-z,execstack",))),
        on_linux(_linux(flags=("-Wl,-z,noexecstack",))),
        where=C_LINUX,
        says=("executable stack",),
    ),
    Case(
        "PLAT011",
        built("cp312-cp312-linux_x86_64", {C_LINUX: _linux(flags=("-Wl,-z,execstack",))}),
        built("cp312-cp312-linux_x86_64", {C_LINUX: _linux(_NOBODY)}),
        also=frozenset(("NAME007",)),
        spared=frozenset(("NAME007",)),
    ),
)
