"""The rules of the gate ``torch``."""

from __future__ import annotations

from release_tests.gates.rules import Family, Severity

_OURS = "release-gates, docs/compiled-code.md"

_rule = Family(prefix="TORCH", gate="torch", reference=_OURS)

RULES = (
    _rule(
        "001",
        "a binary of a CPU build needs an accelerator's library",
        "Machines without CUDA, ROCm or oneAPI do not have the library: the import fails with "
        "`cannot open shared object file`.",
        "Build where no accelerator's toolkit is found, or turn its parts off: for torch's "
        "extensions with `CUDA_HOME` unset and `VLLM_TARGET_DEVICE=cpu` or the like.",
    ),
    _rule(
        "002",
        "a CPU build bundles an accelerator's library",
        "It is large, of no use on the machines that the build is for, and under a licence of its "
        "own.",
        "Build against the CPU build of torch, and let `auditwheel repair` exclude what is not "
        "yours.",
    ),
    _rule(
        "003",
        "a CPU build is installed together with an accelerator's packages",
        "Installing it takes gigabytes that are never used, and may exchange the CPU build of "
        "torch that is there for another one.",
        "Take the requirement out of this variant's metadata, or give it a marker or an extra.",
    ),
    _rule(
        "004",
        "a requirement of torch brings its CUDA build on Linux",
        "On the default index torch, torchvision and torchaudio for Linux on x86-64 are builds for "
        "CUDA. Who names no other index gets them, with gigabytes of libraries, or, from several "
        "indexes, one of either kind.",
        "Ask for the build: `torch==2.13.0+cpu`. It is only on torch's own index, so say in the "
        "README how to install with `--extra-index-url` or `tool.uv.index`.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "005",
        "a binary of a CPU build names an accelerator's library, and may open it at run time",
        "Code can open a library by its name (`dlopen`, `LoadLibrary`), which no table of the file "
        "says. It may do without where there is none, as a backend that is found at run time does; "
        "or the build was not for the CPU only, and users without an accelerator get an error as "
        "soon as it is used. A name among the constants shows that this can happen, not that it "
        "does.",
        "Look what opens it: build without that part, or try on a machine without an accelerator "
        "what would open it, with a smoke test for instance. Where all is well nothing has to be "
        "done; advice stops no release.",
        severity=Severity.ADVICE,
    ),
)
