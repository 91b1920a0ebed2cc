"""The tables of the policy that other keys stand in: indexes, installing, emulation and more."""

from __future__ import annotations

from dataclasses import dataclass

from release_tests.decoding import (
    OneOf,
    SomeOf,
    boolean,
    jobs,
    key,
    mebibytes,
    minors,
    patterns,
    seconds,
    table,
    text,
    url,
    urls,
    variables,
)
from release_tests.policy.words import INSTALLERS, OCCASIONS, PIP


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPolicy:
    """Where an index is, and where its credentials are."""

    repository: str | None = key(
        text,
        "The index's name in twine's own table of repositories or in `.pypirc`.",
        default=None,
    )
    upload_url: str | None = key(
        url, "Where files are uploaded, when the index is known by no name.", default=None
    )
    simple_url: str | None = key(
        url, "The root of its simple API, when it cannot be told from the name.", default=None
    )
    username: str = key(text, "The user name that goes with the token.", default="__token__")
    token_env: str | None = key(
        text, "The variable, in the environment or in `.env`, that holds the token.", default=None
    )
    deadline: float = key(
        seconds,
        "Seconds to wait until an uploaded file appears; ten to fifteen minutes are normal.",
        default=1200.0,
    )
    jobs: int | None = key(
        jobs,
        "The most files that are uploaded to it at once, where it allows fewer than `--jobs` asks "
        "for; by default there is no such limit.",
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexesPolicy:
    """The two indexes of a release."""

    staging: IndexPolicy = key(
        table(IndexPolicy),
        "Where files go first and are fetched back from. By default TestPyPI, by its name.",
        default=IndexPolicy,
    )
    production: IndexPolicy = key(
        table(IndexPolicy),
        "Where users install from. By default PyPI, by its name.",
        default=IndexPolicy,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallPolicy:
    """How the install gate installs and imports."""

    installer: str = key(
        OneOf(INSTALLERS),
        "What makes the environments and installs: virtualenv and its `pip`, or `uv`, from PATH "
        "or its package (also `--installer`). How it was done stands in the evidence.",
        default=PIP,
    )
    pythons: tuple[str, ...] | None = key(
        minors,
        "The Pythons that a wheel is tried on, each that it is for. One of them that this machine "
        "lacks is a finding. By default the lowest and the highest that Requires-Python, the "
        "wheel's tags and this machine allow.",
        default=None,
    )
    index_url: str | None = key(
        url,
        "The simple API that dependencies come from; by default the one that pip on this machine "
        "is set up for.",
        default=None,
    )
    extra_indexes: tuple[str, ...] = key(
        urls,
        "Further simple APIs that dependencies come from, those that users are told of, such as "
        "that of CPU builds. No other one is asked, whatever this machine is set up for.",
        default=(),
    )
    upgrade: bool = key(
        boolean,
        "Whether the wheel is also installed over the last version that users can install.",
        default=False,
    )
    deadline: float = key(
        seconds, "Seconds for the installation with its dependencies.", default=1800.0
    )
    import_deadline: float = key(seconds, "Seconds for the import of one module.", default=120.0)
    memory: int = key(
        mebibytes,
        "MiB of memory that a process running the wheel's code may take for its data. What it maps "
        "of files, such as libraries, does not count on Linux. Generous by default, since large "
        "frameworks reserve much that they never touch.",
        default=16384,
    )
    network: bool = key(
        boolean,
        "Whether what runs the wheel's code has a network (also `--no-network`). Where the system "
        "cannot cut it off, the evidence says so.",
        default=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulationPolicy:
    """On which processors wheels are imported that this machine does not have."""

    processors: tuple[tuple[str, tuple[str, ...]], ...] = key(
        patterns,
        "For each distribution (a name or a pattern) the processors, as `qemu-x86_64 -cpu help` "
        "calls them, on which its modules have to import; see docs/cpu.md. Names that begin with "
        "`cortex-`, `neoverse-` or `a64fx` are Arm's, the others x86's.",
        default=(),
    )
    deadline: float = key(
        seconds, "Seconds for the import of one module on one processor.", default=600.0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePolicy:
    """How the source tree is asked for its version (`--source`)."""

    env: tuple[tuple[str, str], ...] = key(
        variables,
        "Variables that the build back end needs to tell the version, as in "
        '`{ SETUPTOOLS_SCM_PRETEND_VERSION = "1.0" }`. It gets hardly any others.',
        default=(),
    )
    deadline: float = key(seconds, "Seconds for each of the back end's hooks.", default=300.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsPolicy:
    """Who is told of a release; see docs/record.md."""

    urls_env: str = key(
        text,
        "The variable, in the environment or in `.env`, that holds the addresses of apprise's "
        "services, separated by spaces. Without it nobody is told. It needs the extra `notify`.",
        default="RELEASE_GATES_NOTIFY",
    )
    when: tuple[str, ...] = key(
        SomeOf(OCCASIONS),
        "What they are told of: that a release was published, that it was not, and that the "
        "publisher waits for a `yes`.",
        default=OCCASIONS,
    )
