"""The facts about one compiled file: frozen, picklable, and without a judgement.

Names are as C spells them, so without the underscore that Mach-O puts before each; libraries and
paths as the file spells them. All addresses are virtual, all sizes in bytes. Nothing of the host
takes part: the same bytes give the same facts everywhere.
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
    empty where the file does not say (of ELF only versioned symbols have either; of Mach-O those
    without a library are looked up everywhere). A ``weak`` one may be missing. What PE imports
    by number is called ``#`` and the number.
    """

    name: str
    version: str = ""
    library: str = ""
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """A version of a library that an ELF file asks for by name, whatever symbols it uses of it.

    A ``weak`` one is not insisted on by the loader.
    """

    library: str
    version: str
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

    ``extension`` is named as py-cpuinfo and the kernel name the processor's flag; an instruction
    that needs two is counted under each. Of ``count``, ``doubtful`` ones stand among bytes that
    read like data, as tables between functions do: they prove nothing, and ``places`` has none of
    them as long as there are others. ``symbols`` counts by the function's name those that are not
    doubtful, the most frequent first, under the empty name where nobody knows it.
    """

    extension: str
    count: int
    places: tuple[Place, ...] = ()
    doubtful: int = 0
    symbols: tuple[tuple[str, int], ...] = ()

    @property
    def certain(self) -> int:
        """How many stand in what is code beyond doubt."""
        return self.count - self.doubtful


@dataclass(frozen=True, slots=True)
class Code:
    """The instructions of one image's executable segments.

    ``digest`` is the SHA-256 of the executable segments; ``size`` their bytes; ``unknown`` the
    bytes that the decoder does not know. ``on_import`` are the uses that run whenever the file is
    loaded or its module initialised, on every processor: a lower bound, as calls through pointers
    are not followed. ``on_success`` are those that have run besides where an import succeeded;
    what runs before them may have refused the processor. ``unexamined`` says why ``uses`` is empty
    where the code was not looked at, and is empty otherwise.
    """

    digest: str
    size: int
    uses: tuple[Use, ...] = ()
    on_import: tuple[Use, ...] = ()
    unknown: int = 0
    unexamined: str = ""
    on_success: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One loadable image: a whole ELF or PE file, or one architecture of a Mach-O file.

    ``machine`` is the architecture as tags of the format's own platform spell it: of ELF
    ``x86_64``, ``i686``, ``aarch64``, ``armv7l``, ``armv6l``, ``ppc64le`` …; of Mach-O ``x86_64``,
    ``arm64``, ``i386`` …; of PE ``amd64``, ``arm64``, and ``win32`` for 32-bit x86. One without a
    name in tags is ``machine-`` and its number. ``system`` is of Mach-O ``macos``, ``ios`` … (empty
    where no load command says so), of PE ``windows``, of ELF empty unless the header names another
    system than Linux. A ``managed`` PE file holds code of .NET, for any machine.

    ``name`` is the SONAME, install name or DLL name. ``needed`` are the libraries that must be
    there when the image is loaded, ``optional`` those that may be missing then (weakly linked, or
    loaded at the first use). ``rpaths`` and ``runpaths`` hold one directory each, an empty one for
    the working directory; LC_RPATH gives ``rpaths``. ``needs`` are ELF's version needs.
    ``undefined`` counts all imports; ``imports`` holds of them those that rules ask about:
    versioned ones, those from a library called python, and those whose names begin with ``Py``,
    ``_P`` or ``__``: Python's and the C library's own.
    ``inits`` are the exported functions that initialise a module, ``PyInit_*``, ``PyInitU_*``,
    ``PyModExport_*`` and ``PyModExportU_*``; ``exports`` counts all exported names.

    ``minimum_os`` is of Mach-O: the least version of the system, (0, 0) where it is not stated;
    ``signed`` says that it carries a signature. ``isa_needed`` are the x86 levels that a GNU
    property note makes the loader insist on: ``x86-64-baseline``, ``x86-64-v2`` ….
    ``executable_stack`` is of ELF: a stack that the header asks to be executable, or does not
    speak of where that is the machine's default. ``packed`` are relocations in DT_RELR. ``relro``
    and ``bind_now`` are of ELF.
    ``debug`` counts the bytes of debug information in the file, ``build_paths`` holds the first
    few directories of the machine that built it. ``named`` are file names of libraries that stand
    among its constants as strings of their own, but for those that it needs: the first few.
    """

    format: Format
    machine: str
    bits: int
    big_endian: bool = False
    role: Role = Role.SHARED
    system: str = ""
    managed: bool = False
    name: str = ""
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    rpaths: tuple[str, ...] = ()
    runpaths: tuple[str, ...] = ()
    interpreter: str = ""
    needs: tuple[Need, ...] = ()
    imports: tuple[Import, ...] = ()
    undefined: int = 0
    inits: tuple[str, ...] = ()
    exports: int = 0
    minimum_os: tuple[int, int] = (0, 0)
    signed: bool = False
    isa_needed: tuple[str, ...] = ()
    executable_stack: bool = False
    text_relocations: bool = False
    packed: bool = False
    relro: Relro = Relro.NONE
    bind_now: bool = False
    stack_protector: bool = False
    fortified: bool = False
    debug: int = 0
    build_paths: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class Binary:
    """One compiled member: its images, or why it cannot be understood.

    ``damage`` is empty for a file that could be read; else it says what is wrong first, and
    ``offset`` where in the file. What was understood in spite of the damage is kept.
    """

    images: tuple[Image, ...] = ()
    damage: str = ""
    offset: int = 0
