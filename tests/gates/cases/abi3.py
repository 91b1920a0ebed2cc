"""The rows of the gate ``abi3``."""

from __future__ import annotations

from functools import partial

from tests import forge
from tests.binary.compiled import Elf, module
from tests.binary.forged import Pe
from tests.gates.cases.built import ABI3, C_ABI3, C_LINUX, LINUX, Built, built, requiring
from tests.gates.cases.case import Artifact, Case

_C = module("_c", "PyLong_FromLong", "_Py_Dealloc")
_UNSTABLE = module("_c", "PyLong_FromLong", "PyCode_Addr2Line")
_LATE = module("_c", "PyType_GetName", "PyLong_FromLong")
_WEAK = module("_c", "PyLong_FromLong", weak=("PyType_GetName",))
_DATA = module("_c", "PyLong_FromLong", "PyCapsule_Type", "PyDictRevIterKey_Type")
_OTHERS = module("_c", "PyLong_FromLong", "PyMath_Own", "Pythia_Next")
_LIBRARY = Elf(exports=("used",), calls=("PyCode_Addr2Line",))
_WINDOWS = "cp39-abi3-win_amd64"
_DLL = (("python3.dll", ("PyLong_FromLong", "PyType_GetName")), ("KERNEL32.dll", ("Sleep",)))


def _abi3(content: Elf, tags: str = ABI3, **fields: object) -> Artifact:
    return built(tags, {C_ABI3: content}, **fields)  # type: ignore[arg-type]


_SINCE_311 = requiring("Requires-Python: >=3.11")

CASES = (
    Case(
        "ABI000",
        Artifact(Built(ABI3, {C_ABI3: _C}), partial(forge.corrupt_member, name=C_ABI3)),
        _abi3(_C),
        where=C_ABI3,
        says=("could not be read",),
        also=frozenset(("ZIP009", "REC005", "STR000", "CPU000", "PLAT000", "TAG000")),
    ),
    Case(
        "ABI001",
        _abi3(_UNSTABLE),
        _abi3(_C),
        where=C_ABI3,
        says=("PyCode_Addr2Line", "stable ABI"),
    ),
    Case(
        "ABI001", _abi3(module("_c", "_PyLong_New")), _abi3(_OTHERS), also=frozenset(("PLAT018",))
    ),
    Case(
        "ABI001",
        built("py3-none-manylinux_2_17_x86_64", {"demo/_c.so": _UNSTABLE}),
        built(LINUX, {C_LINUX: _UNSTABLE}),
        where="demo/_c.so",
    ),
    Case(
        "ABI002",
        _abi3(_LATE),
        _abi3(_WEAK),
        where=C_ABI3,
        says=("3.11", "3.9", "PyType_GetName (3.11)"),
    ),
    Case(
        "ABI002",
        built(_WINDOWS, {"demo/_c.pyd": Pe(imports=_DLL, exports=("PyInit__c",))}),
        built("cp311-abi3-win_amd64", {"demo/_c.pyd": Pe(imports=_DLL, exports=("PyInit__c",))}),
        says=("PyType_GetName (3.11)",),
        spared=frozenset(("TAG013",)),
    ),
    Case(
        "ABI003",
        _abi3(_LATE, metadata=_SINCE_311),
        _abi3(_LATE, "cp311-abi3-manylinux_2_17_x86_64", metadata=_SINCE_311),
        where=C_ABI3,
        says=("3.11", "3.9"),
        also=frozenset(("TAG013",)),
    ),
    Case(
        "ABI004",
        built(LINUX, {C_ABI3: _C}),
        built(LINUX, {C_LINUX: _C}),
        where=C_ABI3,
        says=("abi3", LINUX),
    ),
    Case(
        "ABI005",
        built(ABI3, {C_ABI3: _C, "demo/libused.so": _LIBRARY}),
        built(ABI3, {C_ABI3: _C, "demo/libused.so": Elf(exports=("used",), calls=())}),
        where="demo/libused.so",
        says=("PyCode_Addr2Line",),
    ),
)
