"""The rules of the gate ``platform``."""

from __future__ import annotations

from release_tests.gates.rules import Authority, Family, Rule, Severity

_LINUX = "PEP 600, Future manylinux platform tags; PEP 656, musllinux"
_TAGS = "Platform compatibility tags"
_DLOPEN = "dlopen(3), ld.so(8)"
_WINDOWS = "Dynamic-link library search order; os.add_dll_directory"
_API = "Extending and embedding, Building C and C++ extensions; PEP 489"
_OURS = "release-gates, docs/compiled-code.md"
_REPAIR = (
    "Let `auditwheel repair`, `delocate-wheel` or `delvewheel repair` put it into the wheel; "
    "where a dependency or the system brings it, declare that, with `provided-by` in the policy."
)
_FLAGS = "Set it in the compiler's and linker's flags, unless the build has a reason not to: "

_rule = Family(prefix="PLAT", gate="platform")


def _advice(number: str, title: str, why: str, mend: str, reference: str) -> Rule:
    return _rule(number, title, why, mend, reference=reference, severity=Severity.ADVICE)


_LOADING = (
    _rule(
        "001",
        "symbol versions are newer than the tag's oldest system",
        "pip installs the wheel on every system of the tag, and there the import ends with "
        "`version GLIBC_2.34 not found`. Relocations that are packed (DT_RELR) are a part of glibc "
        "from 2.36 on and of musl from 1.2.4 on: before, the code crashes.",
        "Build in an image of the policy that the tag names, or raise the tag to the policy that "
        "the finding names. Link with `-Wl,-z,nopack-relative-relocs`, with lld with "
        "`--pack-dyn-relocs=none`.",
        reference=_LINUX,
        authority=Authority.SPEC,
    ),
    _rule(
        "002",
        "a library that is needed is brought by nobody",
        "It is found on the machine that built the wheel, and on few others. There the import ends "
        "with `cannot open shared object file`, `Library not loaded` or `DLL load failed`.",
        _REPAIR,
        reference=_LINUX + "; " + _TAGS,
        authority=Authority.SPEC,
    ),
    _advice(
        "003",
        "a library that no module loads needs one that is brought by nobody",
        "Plug-ins and programs for some users may well need what others do not have. For everybody "
        "else it cannot be loaded.",
        _REPAIR,
        _OURS,
    ),
    _rule(
        "004",
        "a library comes with a distribution that is no dependency",
        "It is there as long as the user happens to have the distribution; installers do not know "
        "that it must be.",
        "Declare the dependency, with the versions that the library was built against.",
        reference="Core metadata specifications, Requires-Dist",
    ),
    _advice(
        "005",
        "a library is in the wheel, where the loader does not look",
        "It works only if something else has loaded the library before, as packages do with ctypes "
        "or by the order of their imports.",
        "Give the file a search path: `$ORIGIN/../demo.libs` in RUNPATH, `@loader_path/../.dylibs` "
        "as install name.",
        _DLOPEN,
    ),
    _rule(
        "006",
        "a file is linked to the C library of other systems",
        "Systems with glibc have no musl, and those with musl no glibc: it cannot be loaded.",
        "Build in the manylinux image for manylinux tags, in the musllinux image for musllinux.",
        reference=_LINUX,
        authority=Authority.SPEC,
    ),
    _rule(
        "007",
        "a module is linked to the library of a Python that may not be there",
        "Symbols of Python come from the interpreter that imports the module. Many Pythons have no "
        "such library, or it is another one than the one that runs: then the import fails, or two "
        "Pythons run in one process and crash.",
        "Leave the library out when linking: on Linux no `-lpython3.X`, on macOS "
        "`-undefined dynamic_lookup`; on Windows link the tag's own `python3XY.lib`, and "
        "`python3.lib` for abi3.",
        reference=_LINUX + "; C API Stability",
        authority=Authority.SPEC,
    ),
    _rule(
        "008",
        "a library is needed at a place of the machine that built the wheel",
        "The loader looks there and nowhere else: no user has it.",
        _REPAIR,
        reference=_DLOPEN + "; dyld(1)",
    ),
    _rule(
        "009",
        "libraries are searched where others may put theirs",
        "A relative directory is one of whoever starts the program, /tmp is everybody's: a library "
        "that lies there is loaded into the user's process.",
        "Remove the search path: `patchelf --remove-rpath`, or `--set-rpath '$ORIGIN'`.",
        reference=_DLOPEN,
    ),
    _advice(
        "010",
        "libraries are searched in a directory of the machine that built the wheel",
        "Users do not have it. Where they do, something else lies there, and is loaded first.",
        "Remove the search path: `patchelf --set-rpath '$ORIGIN'`, `install_name_tool "
        "-delete_rpath`.",
        _DLOPEN + "; dyld(1)",
    ),
    _rule(
        "011",
        "a library asks for an executable stack",
        "From glibc 2.41 on such a library is not loaded into a running program, nor by systems "
        "that forbid executable stacks.",
        "Find the assembly file without `.section .note.GNU-stack`, or link with "
        "`-Wl,-z,noexecstack`; `patchelf --clear-execstack` if the code needs none.",
        reference="glibc 2.41, release notes",
    ),
    _rule(
        "012",
        "the loader has to write into the code",
        "Systems with SELinux forbid it, and every process gets a copy of its own.",
        "Compile everything that is linked in with `-fPIC`, and link with `-Wl,-z,text`.",
        reference=_DLOPEN,
    ),
)

_MODULES = (
    _advice(
        "013",
        "debug information is shipped",
        "Most users never debug it and download all of it.",
        "Strip it: `-Wl,--strip-debug`, `strip` in the build back end's settings, or `auditwheel "
        "repair --strip`.",
        _OURS,
    ),
    _advice(
        "014",
        "directories of the machine that built the wheel are shipped",
        "They tell who built it and where, and make builds differ that are the same.",
        "Compile with `-ffile-prefix-map=$PWD=.`, Rust with `--remap-path-prefix`.",
        "Reproducible builds, Build path",
    ),
    _rule(
        "015",
        "a module's initialising function has another name than the file",
        "The import ends with `dynamic module does not define module export function`.",
        "Give both one name: in the Extension, in `PYBIND11_MODULE`, `#[pymodule]` or the like. Do "
        "not rename a module that is built.",
        reference=_API,
    ),
    _advice(
        "016",
        "a file named like a module has no function that initialises one",
        "It cannot be imported. Right for what is loaded otherwise, as torch loads operators.",
        "If it is to be imported, look for a missing `PyMODINIT_FUNC` or hidden symbols; if it is "
        "not, name it like a library.",
        _API,
    ),
    _rule(
        "017",
        "a module uses symbols that the tag's Python does not have",
        "Python resolves all of them on import, which ends with `undefined symbol`.",
        "Build it with the Python that the tag names, and update what generates the code, such as "
        "Cython or pybind11.",
        reference="What's New in Python, Porting to the new version of the C API",
    ),
    _advice(
        "018",
        "a module uses what Python keeps to itself",
        "Names that begin with _Py change from one release to the next, without notice. Code that "
        "Cython generates uses some of them.",
        "Use the public functions; update what generates the code.",
        "C API Stability, Unstable C API",
    ),
    _advice(
        "019",
        "files are without RELRO",
        "Tables of addresses stay writable, which helps whoever finds a way to write there.",
        _FLAGS + "`-Wl,-z,relro`.",
        _OURS,
    ),
    _advice(
        "020",
        "files are not bound at once",
        "With RELRO alone the table of functions stays writable. Python resolves all symbols on "
        "import anyway, so it costs nothing.",
        _FLAGS + "`-Wl,-z,now`.",
        _OURS,
    ),
    _advice(
        "021",
        "no file has a stack protector",
        "An overrun buffer on the stack is not noticed.",
        _FLAGS + "`-fstack-protector-strong`. Rust and Go need none.",
        _OURS,
    ),
    _advice(
        "022",
        "no file uses the fortified functions of the C library",
        "Overruns that the compiler could bound are not noticed.",
        _FLAGS + "`-D_FORTIFY_SOURCE=2` with optimization. Rust and Go need none.",
        _OURS,
    ),
    _rule(
        "023",
        "the code is for a newer macOS than the tag",
        "pip installs the wheel on every macOS of the tag; on older ones the library is not loaded "
        "or a symbol is missing.",
        "Set MACOSX_DEPLOYMENT_TARGET to the tag's version for everything that is linked in, or "
        "raise the tag.",
        reference=_TAGS + ", macOS",
        authority=Authority.SPEC,
    ),
    _rule(
        "024",
        "code for Apple's processors is not signed",
        "macOS ends every process that loads it. Tools that edit a file after the linker, as strip "
        "and install_name_tool do, can leave it so.",
        "Sign it as the last step: `codesign --force --sign -`.",
        reference="Apple, Porting your macOS apps to Apple silicon",
    ),
    _advice(
        "025",
        "a part of the Visual C++ runtime is needed that does not come with Python",
        "Most machines have it from other programs, fresh ones do not: `DLL load failed`.",
        "Put it into the wheel with `delvewheel repair`, or link it statically.",
        _WINDOWS,
    ),
    _rule(
        "026",
        "the loader refuses the file on older processors",
        "The tag promises every x86-64 processor, and the note in the file says that it needs "
        "more: the import ends with `CPU ISA level is lower than required`.",
        "Compile without `-Wl,-z,x86-64-v3` or the like, or do without `-march` where the linker "
        "derives it.",
        reference="x86-64 psABI, Program property",
    ),
)

RULES = (*_LOADING, *_MODULES)
