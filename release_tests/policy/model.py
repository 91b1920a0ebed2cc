"""The policy itself: every key of its top level, declared once."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass

from release_tests.decoding import (
    OneOf,
    boolean,
    groups,
    hours,
    key,
    named,
    patterns,
    table,
    tables,
    texts,
)
from release_tests.github import GitHubPolicy
from release_tests.policy.tables import (
    EmulationPolicy,
    IndexesPolicy,
    InstallPolicy,
    NotificationsPolicy,
    SourcePolicy,
)
from release_tests.policy.words import CPU, OPTIONAL, OWN, PROFILES, REQUIRED
from release_tests.smoke import Smoke
from release_tests.variants import Variant
from release_tests.waivers import Waiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What this project asks for; without a file, every default."""

    imports: tuple[str, ...] | None = key(
        texts,
        "The modules that users import: each must be in the wheel and is imported after the "
        "installation. By default the wheel's top-level packages and modules.",
        default=None,
    )
    import_all: bool = key(
        boolean,
        "Import every public submodule of these, too, each in a process of its own: those in whose "
        "names no part begins with an underscore.",
        default=False,
    )
    import_all_except: tuple[str, ...] = key(
        texts,
        "Patterns (`*`, `?`, `[…]`) of the submodules that `import-all` leaves out, as in "
        "`demo.testing*`.",
        default=(),
    )
    commands: tuple[tuple[str, tuple[str, ...]], ...] | None = key(
        patterns,
        'The console commands that have to start, and with which words, as in `{ demo = ["--help"] '
        "}`: each ends with exit code 0 and says something. By default every command of the wheel "
        "is asked `--help`, else `--version`, and what does not answer is advice.",
        default=None,
    )
    smoke: tuple[Smoke, ...] = key(
        tables(Smoke),
        "Tests of the project's own that are run where the wheel is installed; see "
        "docs/importing.md.",
        default=(),
    )
    top_level: tuple[str, ...] | None = key(
        texts,
        "The only top-level names that the wheel may install. By default any that do not look "
        "like leftovers (`tests`, `docs`, `setup.py`, …).",
        default=None,
    )
    version_modules: tuple[str, ...] | None = key(
        texts,
        "The modules whose `__version__` must be the release's. By default the module named like "
        "the project, or the only one there is.",
        default=None,
    )
    max_age_hours: float = key(
        hours, "How old evidence may be, in hours, when it is published on.", default=72.0
    )
    profile: str = key(
        OneOf(PROFILES),
        "Whose wheels they are. In those of others (`third-party`, also `--profile third-party`) "
        "what is only a matter of taste, or bars a new upload alone, is advice; nothing verified "
        "so is ever published.",
        default=OWN,
    )
    torch: str | None = key(
        OneOf((CPU,)),
        "What torch the wheels are for. `cpu`: nothing in them, and nothing that is installed with "
        "them, may want CUDA, ROCm or XPU. By default this is not asked.",
        default=None,
    )
    provided_by: tuple[tuple[str, tuple[str, ...]], ...] = key(
        patterns,
        "Libraries that need not lie in the wheel: for each dependency that brings some (a name or "
        "a pattern, or `system` for what every machine has that the wheel is for) patterns of "
        "their file names. What torch and some others bring is known without it.",
        default=(),
    )
    expect: tuple[tuple[str, tuple[str, ...]], ...] = key(
        patterns,
        "The wheels that a release must hold: for each project (a name or a pattern) patterns of "
        "tags, each of which at least one wheel must have, as in `cp312-*-manylinux*_x86_64`.",
        default=(),
    )
    exclusive: tuple[tuple[str, ...], ...] = key(
        groups,
        "Distributions, by names or patterns, of which users install one only: they may bring the "
        "same files.",
        default=(),
    )
    variants: tuple[tuple[str, Variant], ...] = key(
        named(Variant),
        "What processors the code of each distribution is for, by its name or a pattern: a name "
        "goes before patterns, and of several patterns the first that fits holds; see docs/cpu.md.",
        default=(),
    )
    waivers: tuple[Waiver, ...] = key(
        tables(Waiver),
        "Rules that are set aside for named artifacts until a day; see docs/waivers.md.",
        default=(),
    )
    install: InstallPolicy = key(
        table(InstallPolicy), "How the install gate works.", default=InstallPolicy
    )
    emulation: EmulationPolicy = key(
        table(EmulationPolicy),
        "On which other processors, emulated by qemu, the modules have to import.",
        default=EmulationPolicy,
    )
    source: SourcePolicy = key(
        table(SourcePolicy),
        "How the source tree is asked for its version, where `--source` names one.",
        default=SourcePolicy,
    )
    staging: str = key(
        OneOf((OPTIONAL, REQUIRED)),
        "Whether the publisher may leave out the staging index when it is told to "
        "(`--skip-test-pypi`): `optional`, or `required`, and then never.",
        default=OPTIONAL,
    )
    indexes: IndexesPolicy = key(
        table(IndexesPolicy), "Where the release goes.", default=IndexesPolicy
    )
    github: GitHubPolicy = key(
        table(GitHubPolicy),
        "The release at GitHub that the files are attached to; see docs/github.md.",
        default=GitHubPolicy,
    )
    notifications: NotificationsPolicy = key(
        table(NotificationsPolicy), "Who is told of it.", default=NotificationsPolicy
    )

    def fingerprint(self) -> str:
        """SHA-256 of what the gates are judged by, as hex.

        Where the release goes and who is told of it is no part of it, nor is the program that
        installs, as either will do, nor whether code was kept from the network, which only asks
        more of it.
        """
        facts = dataclasses.asdict(self)
        for name in ("staging", "indexes", "github", "notifications", "max_age_hours"):
            del facts[name]
        for name in ("installer", "network"):
            del facts["install"][name]
        canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(canonical.encode()).hexdigest()
