"""The facts about one compiled file: frozen, picklable, and without a judgement.

All names are as the file spells them, all addresses virtual, all sizes in bytes. Nothing of the
host takes part: the same bytes give the same facts everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """The three families of compiled files."""

    ELF = "ELF"
    MACH_O = "Mach-O"
    PE = "PE"


class Role(StrEnum):
    """What a compiled file is for."""

    SHARED = "shared library"
    EXECUTABLE = "executable"
    OBJECT = "object file"
    OTHER = "other"


class Relro(StrEnum):
    """How much of the relocated data is read-only once the file is loaded."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Import:
    """A symbol that must come from elsewhere.

    ``version`` and ``library`` are the symbol version and the library that ought to bring it,
    empty where the file does not say; a ``weak`` one may be missing.
    """

    name: str
    version: str = ""
    library: str = ""
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """An instruction in the code: its address, how it reads, and the symbol it stands in."""

    address: int
    instruction: str
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """How often code uses one instruction-set extension, and the first places.

    ``extension`` is named as py-cpuinfo and the kernel name the processor's flag.
    """

    extension: str
    count: int
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """The instructions of one image's executable segments.

    ``digest`` is the SHA-256 of the executable segments; ``size`` their bytes; ``unknown`` the
    bytes that the decoder does not know. ``on_import`` are the uses that run whenever the file is
    loaded or its module initialised, on every processor. ``unexamined`` says why ``uses`` is empty
    where the code was not looked at, and is empty otherwise.
    """

    digest: str
    size: int
    uses: tuple[Use, ...] = ()
    on_import: tuple[Use, ...] = ()
    unknown: int = 0
    unexamined: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One loadable image: a whole ELF or PE file, or one architecture of a Mach-O file.

    ``machine`` is the architecture as platform tags spell it (``x86_64``, ``aarch64``,
    ``armv7l``, ``i686``, ``arm64``, ``amd64`` …: that of the format's own platform).
    ``name`` is the SONAME, install name or DLL name. ``inits`` are the exported functions that
    initialise a module, ``PyInit_*`` and ``PyModExport_*``. ``minimum_os`` is of Mach-O:
    the least version of the system, (0, 0) where it is not stated. ``debug`` counts the bytes of
    debug information, ``build_paths`` holds directories of the machine that built it.
    """

    format: Format
    machine: str
    bits: int
    big_endian: bool = False
    role: Role = Role.SHARED
    name: str = ""
    needed: tuple[str, ...] = ()
    rpaths: tuple[str, ...] = ()
    runpaths: tuple[str, ...] = ()
    interpreter: str = ""
    imports: tuple[Import, ...] = ()
    inits: tuple[str, ...] = ()
    exports: int = 0
    system: str = ""
    minimum_os: tuple[int, int] = (0, 0)
    executable_stack: bool = False
    text_relocations: bool = False
    relro: Relro = Relro.NONE
    bind_now: bool = False
    stack_protector: bool = False
    fortified: bool = False
    debug: int = 0
    build_paths: tuple[str, ...] = ()
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class Binary:
    """One compiled member: its images, or why it cannot be understood.

    ``damage`` is empty for a file that could be read; else it says what is wrong, and ``offset``
    where in the file. What was understood before the damage is kept.
    """

    images: tuple[Image, ...] = ()
    damage: str = ""
    offset: int = 0
