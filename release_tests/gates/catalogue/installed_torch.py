"""The rules of the gate ``installed-torch``."""

from __future__ import annotations

from release_tests.gates.rules import Family

_CPU_BUILD = (
    "pin the build for the CPU, `torch==2.13.0+cpu`, say in the README which index has it, and "
    "name that index in the policy, `[tool.release-gates.install] extra-indexes`"
)

_rule = Family(prefix="ITORCH", gate="installed-torch", reference="release-gates, docs/torch.md")

RULES = (
    _rule(
        "001",
        "torch does not import",
        "Whoever installs the wheel gets a torch that cannot be used. A build for CUDA without "
        "the libraries that it needs fails so, too: it names one of them.",
        "Read what it says. Where a library of CUDA is missing, it is the wrong build: "
        f"{_CPU_BUILD}.",
    ),
    _rule(
        "002",
        "the installed torch is a build for an accelerator",
        "The wheel is for machines without one. Its users download gigabytes of libraries that "
        "they cannot use, and an extension that was compiled for the other build may not load.",
        f"The default index has, for Linux, builds for CUDA only. So {_CPU_BUILD}.",
    ),
    _rule(
        "003",
        "an accelerator's packages were installed with it",
        "They take gigabytes, and nothing on a machine without the accelerator uses them.",
        "The finding shows who requires them. Is it torch, then it is the wrong build: "
        f"{_CPU_BUILD}. Is it a dependency, then leave it out, or ask for its CPU variant.",
    ),
    _rule(
        "004",
        "triton was installed with it",
        "triton compiles for GPUs: hundreds of megabytes that do nothing on a machine without.",
        "The finding shows who requires it. A dependency that asks for it whatever the machine is "
        "has to be mended there; until then a waiver says that it is known.",
    ),
    _rule(
        "005",
        "importing the project loads an accelerator's libraries",
        "What is loaded is needed: on a machine that does not have these libraries the import "
        "fails, and where they are there it takes time and memory.",
        "The libraries are listed with where they lie. Build the extension against the build of "
        "torch for the CPU, and take out what brings them.",
    ),
    _rule(
        "006",
        "an extension does not load with the installed torch",
        "It was compiled against another torch, or another build of it: what it needs has another "
        "name there, or is not there. Users get an ImportError.",
        "Build against the very torch that the wheel requires, and require exactly that one: "
        "torch keeps no binary interface between its versions. `c++filt` makes the symbol "
        "readable.",
    ),
    _rule(
        "007",
        "the installed torch is not the one that the wheel requires",
        "The extension is compiled for one torch, and another one is there.",
        "Look in the evidence which requirement brought it, and bring them into agreement.",
    ),
    _rule(
        "008",
        "what is built with torch does not fit the installed one",
        "torchvision, torchaudio and their like are compiled for one build of torch. One for CUDA "
        "beside a torch for the CPU does not import, and neither does what imports it.",
        "Ask for their builds for the CPU from the index that has torch's, "
        "`torchvision==0.28.0+cpu`, or do not require them.",
    ),
)
