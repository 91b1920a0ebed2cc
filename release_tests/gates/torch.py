"""The gate ``torch``, the file's side: does a wheel for the CPU want no accelerator?

What code opens by name at run time stands in no table of the file; the name among its constants is
a hint, and no more.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive import dist_info
from release_tests.findings import Finding, NotApplicable
from release_tests.gates.compiled import dependencies
from release_tests.gates.compiled.platforms import Platform, System
from release_tests.gates.compiled.scene import Scene, look
from release_tests.gates.order import ranked
from release_tests.policy import CPU

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Answer
    from release_tests.policy import Policy

_CUDA = (
    r"nvcuda|cuda|cudart|cublas|cublaslt|cudnn\w*|cufft\w*|curand|cusolver\w*|cusparse\w*|cupti|"
    r"cufile\w*|nccl\w*|nvrtc\w*|nvjitlink|nvtoolsext|nvshmem\w*|nvidia-\w+|(torch|c10)_cuda\w*"
)
_ROCM = (
    r"amdhip64|hip(blas\w*|fft|rand|solver|sparse\w*|rtc)|hsa-runtime64|rccl|miopen|"
    r"roc(blas|fft|rand|solver|sparse|tx64|tracer64)|amd_comgr|(torch|c10)_hip"
)
_XPU = r"sycl\w*|ze_(loader|intel_gpu)|pi_level_zero|ur_(loader|adapter_\w+)|(torch|c10)_xpu"
_LIBRARIES = {"CUDA": _CUDA, "ROCm": _ROCM, "XPU": _XPU}
_PATTERNS = {
    name: re.compile(rf"(lib)?({words})(64)?([-_]?[\da-f]+)*(\.|\Z)", re.IGNORECASE)
    for name, words in _LIBRARIES.items()
}
_PACKAGES = re.compile(
    r"nvidia-.+|triton(-(rocm|xpu|windows))?|pytorch-triton(-\w+)?|cupy-(cuda|rocm).*|"
    r"cuda-(python|bindings|core|toolkit|pathfinder)|rocm.*|intel-sycl-rt|dpcpp-cpp-rt|"
    r"onnxruntime-(gpu|rocm)|faiss-gpu.*|flashinfer-.+|jax-(cuda|rocm).*"
)
_HARMLESS = frozenset(("nvidia-ml-py",))
"""Pure Python, and content where there is no driver."""

_LOCAL = re.compile(r"\+(cu\d+|rocm[\d.]*|xpu)", re.IGNORECASE)
_TORCH = frozenset(("torch", "torchvision", "torchaudio"))
_LINUX = Platform("linux_x86_64", System.GLIBC, frozenset(("x86_64",)))


def check(wheel: ArtifactFacts, policy: Policy) -> Answer:
    """Judge what the binaries need, what is bundled, and what is installed with the wheel."""
    if policy.torch != CPU:
        return NotApplicable('the policy does not say that this is for the CPU: `torch = "cpu"`')
    scene = look(wheel, "TORCH000")
    if not isinstance(scene, Scene):
        return scene
    return ranked([*_needed(scene), *_named(scene), *_bundled(scene), *_required(scene)])


def accelerator(library: str) -> str:
    """Return whose library this is, by its file name: CUDA, ROCm or XPU; empty for none."""
    name = re.split(r"[/\\]", library)[-1]
    return next((whose for whose, pattern in _PATTERNS.items() if pattern.match(name)), "")


def is_for_accelerators(name: str) -> bool:
    """Whether a distribution, by its normalized name, is there for an accelerator only."""
    return name not in _HARMLESS and bool(_PACKAGES.fullmatch(name))


def _needed(scene: Scene) -> Iterator[Finding]:
    for member in scene.members:
        names = sorted({name for image in member.images for name in image.needed})
        for name in names:
            if whose := accelerator(name):
                message = f"it needs a library of {whose}, which machines without one lack"
                yield Finding("TORCH001", member.name, message, "none", name)


def _named(scene: Scene) -> Iterator[Finding]:
    """Yield a finding for each member and accelerator whose libraries it may open by name."""
    for member in scene.members:
        names = sorted({name for image in member.images for name in image.named})
        for whose in _LIBRARIES:
            if found := [name for name in names if accelerator(name) == whose]:
                message = f"names of libraries of {whose} stand among its constants"
                yield Finding("TORCH005", member.name, message, "none", ", ".join(found))


def _bundled(scene: Scene) -> Iterator[Finding]:
    for member in scene.members:
        names = [member.file_name, *(image.name for image in member.images)]
        if whose := next((found for name in names if (found := accelerator(name))), ""):
            message = f"a library of {whose} is in the wheel"
            yield Finding("TORCH002", member.name, message)


def _required(scene: Scene) -> Iterator[Finding]:
    where = f"{dist_info.metadata_path(scene.wheel)}, requires-dist"
    for found in dependencies.applying(scene, _is_accelerated):
        message = "it is for machines with an accelerator, and is installed with the wheel"
        yield Finding("TORCH003", where, message, "a build for the CPU, or none", str(found))
    if not any(map(_is_linux, scene.platforms)):
        return
    for found in dependencies.applying(scene, _is_open, [_LINUX]):
        message = "on Linux the default index has builds for CUDA only"
        yield Finding("TORCH004", where, message, "a build for the CPU", str(found))


def _is_accelerated(requirement: Requirement) -> bool:
    name = canonicalize_name(requirement.name)
    if name in _HARMLESS:
        return False
    return is_for_accelerators(name) or bool(_LOCAL.search(str(requirement.specifier)))


def _is_open(requirement: Requirement) -> bool:
    """Whether torch, or what is built with it, is asked for without saying which build."""
    name = canonicalize_name(requirement.name)
    return name in _TORCH and not requirement.url and "+" not in str(requirement.specifier)


def _is_linux(platform: Platform) -> bool:
    return platform.system is System.ANY or (
        platform.system is System.GLIBC and "x86_64" in platform.machines
    )
