"""Which libraries come with other distributions, and so need not lie in the wheel."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from release_tests.gates.compiled import dependencies
from release_tests.projects import fits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from release_tests.gates.compiled.scene import Scene
    from release_tests.policy import Policy

SYSTEM = "system"
"""The name under which the policy states what every machine that the wheel is for has."""

_TORCH = (
    *("libtorch*.so", "libc10*.so", "libshm.so", "libcaffe2*.so"),
    *("libtorch*.dylib", "libc10*.dylib", "libshm.dylib"),
    *("torch*.dll", "c10*.dll", "shm.dll", "caffe2*.dll"),
)
_CUDA = (
    *("libcu*.so.*", "libnv*.so.*", "libnccl.so.*", "libnvrtc*.so.*"),
    *("cu*64_*.dll", "nv*64_*.dll"),
)
KNOWN: Mapping[str, tuple[str, ...]] = {
    "torch": _TORCH,
    "nvidia-*": _CUDA,
    "cuda-toolkit": _CUDA,
    "triton": ("libtriton*",),
    "pyarrow": ("libarrow*", "libparquet*", "arrow*.dll", "parquet*.dll"),
    "tensorflow*": ("libtensorflow_*",),
    "mkl": ("libmkl_*", "mkl_*.dll"),
    "intel-openmp": ("libiomp5*",),
    "tbb": ("libtbb*", "tbb*.dll"),
    "shiboken6": ("libshiboken6*", "shiboken6*.dll"),
    "pyside6*": ("libpyside6*", "libQt6*", "pyside6*.dll", "Qt6*.dll"),
    "pyqt6-qt6": ("libQt6*", "Qt6*.dll"),
    "pyqt5-qt5": ("libQt5*", "Qt5*.dll"),
    "pywin32": ("pythoncom3*.dll", "pywintypes3*.dll"),
}
"""By the distribution, a name or a pattern: patterns of the libraries that come with it."""


class Bringers:
    """Answers what a library comes with, by the policy and by what is known anyway."""

    def __init__(self, scene: Scene, policy: Policy) -> None:
        """Look up what the wheel's metadata declare on the systems of its tags."""
        self._declared = {one.name for one in dependencies.applying(scene, lambda _: True)}
        self._known = [*policy.provided_by, *KNOWN.items()]

    def declared(self, library: str) -> str:
        """Return the declared dependency that brings a library, empty for none."""
        found = (name for name in self.of(library) if self._is_declared(name))
        return next(found, "")

    def of(self, library: str) -> Iterator[str]:
        """Yield the distributions, or ``system``, that bring a library; as names or patterns."""
        for name, patterns in self._known:
            if any(fnmatchcase(library, pattern) for pattern in patterns):
                yield name

    def _is_declared(self, pattern: str) -> bool:
        return pattern == SYSTEM or any(fits(name, pattern) for name in self._declared)
