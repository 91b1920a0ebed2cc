"""The rows of the gate ``torch``: what a project says is for the CPU wants no accelerator."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from release_tests.policy import Policy
from tests import forge
from tests.binary.compiled import LIBC, Elf, Library, module
from tests.gates.cases.built import C_LINUX, LINUX, MACOS, Built, built, requiring
from tests.gates.cases.case import Artifact, Case

_CPU = Policy(torch="cpu", provided_by=(("system", ("libcu*", "libc10.so", "libcurl.so.4")),))
_C = module("_c")


def _needing(soname: str) -> Artifact:
    elf = module("_c", libraries=(LIBC, Library(soname)))
    return built(LINUX, {C_LINUX: elf}, _CPU)


def _naming(*names: str) -> Artifact:
    """Return a wheel whose module has these strings among its constants."""
    strings = r"\n".join(rf".string \"{name}\"" for name in names)
    elf = module("_c", assembly=rf".section .rodata\n.string \"\"\n{strings}\n.text")
    return built(LINUX, {C_LINUX: elf}, _CPU)


def _requiring(*requirements: str, tags: str = LINUX, policy: Policy = _CPU) -> Artifact:
    lines = (f"Requires-Dist: {one}" for one in requirements)
    member = {C_LINUX: _C} if tags == LINUX else {"demo/more.py": ""}
    return built(tags, member, policy, metadata=requiring(*lines))


_LIBRARY = Elf(exports=("used",), calls=())
_WHERE = "demo-1.0.dist-info/METADATA, requires-dist"

CASES = (
    Case(
        "TORCH000",
        Artifact(Built(LINUX, {C_LINUX: _C}), partial(forge.corrupt_member, name=C_LINUX), _CPU),
        Artifact(Built(LINUX, {C_LINUX: _C}), policy=_CPU),
        where=C_LINUX,
        also=frozenset(("ZIP009", "REC005", "STR000", "CPU000", "PLAT000", "TAG000", "ABI000")),
    ),
    Case(
        "TORCH001",
        _needing("libcudart.so.12"),
        _needing("libcurl.so.4"),
        where=C_LINUX,
        says=("CUDA", "libcudart.so.12"),
    ),
    Case(
        "TORCH001",
        _needing("libc10_cuda.so"),
        _needing("libc10.so"),
        says=("libc10_cuda.so",),
        also=frozenset(("PLAT004",)),
    ),
    Case(
        "TORCH005",
        _naming("libcuda.so.1"),
        _naming("libcurl.so.4", "install libcuda.so.1 first", "libcuda"),
        where=C_LINUX,
        says=("CUDA", "libcuda.so.1"),
    ),
    Case(
        "TORCH005",
        _naming("/opt/rocm/lib/libamdhip64.so", "libze_loader.so.1"),
        replace(_naming("/opt/rocm/lib/libamdhip64.so"), policy=Policy()),
        says=("ROCm", "/opt/rocm/lib/libamdhip64.so"),
    ),
    Case(
        "TORCH002",
        built(LINUX, {C_LINUX: _C, "demo.libs/libamdhip64-0ab1.so.6": _LIBRARY}, _CPU),
        built(LINUX, {C_LINUX: _C, "demo.libs/libamd-0ab1.so.6": _LIBRARY}, _CPU),
        where="demo.libs/libamdhip64-0ab1.so.6",
        says=("ROCm",),
    ),
    Case(
        "TORCH002",
        built(LINUX, {C_LINUX: _C, "demo.libs/libsycl.so.8": _LIBRARY}, _CPU),
        built(LINUX, {C_LINUX: _C, "demo.libs/libsycl.so.8": _LIBRARY}),
        says=("XPU",),
    ),
    Case(
        "TORCH003",
        _requiring("nvidia-cublas-cu12>=12"),
        _requiring("nvidia-ml-py", 'nvidia-cublas-cu12>=12; extra == "cuda"'),
        where=_WHERE,
        says=("nvidia-cublas-cu12>=12",),
    ),
    Case(
        "TORCH003",
        _requiring("triton; sys_platform == 'linux'"),
        _requiring("triton; sys_platform == 'win32'", "tritonclient"),
    ),
    Case("TORCH003", _requiring("torch==2.10.0+cu128"), _requiring("torch==2.10.0+cpu")),
    Case(
        "TORCH004",
        _requiring("torch>=2.10"),
        _requiring("torch==2.10.0+cpu", "torch==2.10.0; platform_machine == 'aarch64'"),
        where=_WHERE,
        says=("torch>=2.10", "CUDA"),
    ),
    Case(
        "TORCH004",
        _requiring("torchvision", tags="py3-none-any"),
        _requiring("torchvision", tags="py3-none-any", policy=Policy()),
    ),
    Case(
        "TORCH004",
        _requiring("torch", tags="py3-none-any"),
        _requiring("torch", tags=MACOS),
        spared=frozenset(("TAG004",)),
    ),
)
