"""Each fact about ELF files, on compiled modules, against readelf."""

from __future__ import annotations

import re
import struct
from dataclasses import replace

import pytest

from release_tests.binary.facts import Format, Need, Relro, Role
from tests.binary.toolchain import COMPILER, MODULE, SHARED, built, image, read, readelf, rows

pytestmark = COMPILER

WAYS = {
    "plain": SHARED,
    "optimised": (*SHARED, "-O2"),
    "with debug information": (*SHARED, "-g"),
    "with old hash tables": (*SHARED, "-Wl,--hash-style=sysv"),
    "stripped": (*SHARED, "-s"),
    "hardened": (*SHARED, "-O2", "-D_FORTIFY_SOURCE=2", "-fstack-protector-all", "-Wl,-z,now"),
    "named": (*SHARED, "-Wl,-soname,libdemo.so.1", "-Wl,-rpath,/opt/a:$ORIGIN/b"),
    "with packed relocations": (*SHARED, "-Wl,-z,pack-relative-relocs"),
}


def _dynamic(data: bytes, tag: str) -> list[str]:
    return re.findall(rf"\({tag}\).*\[(.*)\]", readelf(data, "--dynamic"))


@pytest.mark.parametrize("way", WAYS)
def test_the_header_and_the_dynamic_section(way: str) -> None:
    """Architecture, names and search paths are what readelf reads."""
    data = built(*WAYS[way])
    found, header = image(data), readelf(data, "--file-header")
    assert f"ELF{found.bits}" in header
    assert ("big endian" in header) == found.big_endian
    assert found.machine.replace("_", "-") in header.lower().replace("_", "-")
    assert list(found.needed) == _dynamic(data, "NEEDED")
    assert [found.name] == (_dynamic(data, "SONAME") or [""])
    assert ":".join(found.runpaths) == "".join(_dynamic(data, "RUNPATH"))
    assert (found.format, found.role) == (Format.ELF, Role.SHARED)


@pytest.mark.parametrize("way", WAYS)
def test_symbols(way: str) -> None:
    """Imports with their versions, the exports and their number are what readelf reads."""
    data = built(*WAYS[way])
    found = image(data)
    table = rows(data, "--dyn-syms")
    undefined = [row for row in table if row[6] == "UND" and row[4] in ("GLOBAL", "WEAK")]
    assert found.undefined == len(undefined)
    versioned = {row[7] for row in undefined if "@" in row[7]}
    assert {f"{one.name}@{one.version}" for one in found.imports if one.version} == versioned
    kept = {row[7].partition("@")[0] for row in undefined if "@" in row[7] or row[7][:2] == "Py"}
    assert kept <= {one.name for one in found.imports}
    weak = {row[7].partition("@")[0] for row in undefined if row[4] == "WEAK"}
    assert {one.name for one in found.imports if one.weak} <= weak
    assert {"PyOptional"} <= {one.name for one in found.imports if one.weak}
    defined = [row for row in table if row[6] != "UND" and row[4] in ("GLOBAL", "WEAK")]
    assert found.exports == len(defined)
    assert found.inits == ("PyInit_demo",)


@pytest.mark.parametrize("way", WAYS)
def test_version_needs(way: str) -> None:
    """Each version of each library that is asked for is there once."""
    data = built(*WAYS[way])
    said = readelf(data, "--version-info")
    names = re.findall(r"Name: (\S+)  Flags: (\S+)", said[said.index("gnu.version_r") :])
    found = image(data)
    assert [(need.version, need.weak) for need in found.needs] == [
        (name, "WEAK" in flags) for name, flags in names
    ]
    assert {need.library for need in found.needs} <= set(found.needed)


SWITCHES = {
    "stack": ("executable_stack", ("-Wl,-z,execstack",), ("-Wl,-z,noexecstack",)),
    "binding": ("bind_now", ("-Wl,-z,now",), ("-Wl,-z,lazy",)),
    "guard": ("stack_protector", ("-fstack-protector-all",), ("-fno-stack-protector",)),
    "fortify": (
        "fortified",
        ("-O2", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2"),
        ("-O2", "-U_FORTIFY_SOURCE"),
    ),
}


@pytest.mark.parametrize("switch", SWITCHES)
def test_switches(switch: str) -> None:
    """What a switch of the compiler changes is told apart, and nothing else follows it."""
    name, on, off = SWITCHES[switch]
    with_it, without = image(built(*SHARED, *on)), image(built(*SHARED, *off))
    assert (getattr(with_it, name), getattr(without, name)) == (True, False)
    free = {"executable_stack", "bind_now", "stack_protector", "fortified"} - {name}
    assert all(getattr(with_it, other) == getattr(without, other) for other in free)


def test_relro() -> None:
    """Partial with a segment for it, full if everything is bound at once as well."""
    ways = {"-Wl,-z,norelro": Relro.NONE, "-Wl,-z,relro,-z,lazy": Relro.PARTIAL}
    ways["-Wl,-z,relro,-z,now"] = Relro.FULL
    assert {flag: image(built(*SHARED, flag)).relro for flag in ways} == ways


def test_search_paths_are_told_apart() -> None:
    """RPATH and RUNPATH are two things, and each holds one directory each."""
    old = image(built(*SHARED, "-Wl,--disable-new-dtags,-rpath,/tmp/build/lib:$ORIGIN"))
    new = image(built(*SHARED, "-Wl,--enable-new-dtags,-rpath,/opt/lib"))
    assert (old.rpaths, old.runpaths) == (("/tmp/build/lib", "$ORIGIN"), ())  # noqa: S108
    assert (new.rpaths, new.runpaths) == ((), ("/opt/lib",))
    assert old.build_paths == ("/tmp/build/lib",)  # noqa: S108
    assert new.build_paths == ()


def test_text_relocations() -> None:
    """Code that is relocated is told, by whichever of the two ways the linker says it."""
    source = "extern int other;\nint *f(void) { return &other; }\n"
    flags = ("-shared", "-fno-pic", "-mcmodel=large", "-Wl,-z,notext")
    data = built(*flags, source=source)
    assert "TEXTREL" in readelf(data, "--dynamic")
    assert image(data).text_relocations
    assert not image(built(*SHARED, source=source)).text_relocations


def test_debug_information() -> None:
    """Its bytes are those of the sections, its paths directories of the building machine."""
    flags = (*SHARED, "-g", "-fdebug-prefix-map=/=/home/somebody/work/")
    data = built(*flags)
    found = image(data)
    sizes = re.findall(r"\] \.debug_\S+ +\S+ +\S+ +\S+ ([0-9a-f]+)", readelf(data, "--sections"))
    assert found.debug == sum(int(size, 16) for size in sizes) > 0
    assert found.build_paths
    assert all(path.startswith("/home/somebody/work") for path in found.build_paths)
    mapped = image(built(*SHARED, "-g", "-fdebug-prefix-map=/=/usr/src/"))
    assert mapped.build_paths == ()
    assert image(built(*SHARED)).debug == 0


def test_executables_and_object_files() -> None:
    """Programs of both kinds, static ones too, and object files are told from libraries."""
    source = "int main(void) { return 0; }\n"
    shifting = image(built("-pie", "-fPIE", source=source))
    fixed = image(built("-no-pie", source=source))
    static = image(built("-static", source=source))
    assert {one.role for one in (shifting, fixed, static)} == {Role.EXECUTABLE}
    assert shifting.interpreter == fixed.interpreter != ""
    assert (static.interpreter, static.needed) == ("", ())
    made = image(built("-c", "-fPIC", name="module.o"))
    assert (made.role, made.inits) == (Role.OBJECT, ("PyInit_demo",))
    assert {"PyModule_Create2", "PyOptional"} <= {one.name for one in made.imports}


@pytest.mark.parametrize("style", ["gnu", "sysv"])
@pytest.mark.parametrize("source", [MODULE, "extern int a(void);\nint b(void) { return a(); }\n"])
def test_section_headers_are_not_needed(style: str, source: str) -> None:
    """Without them the same is found, but for debug information, which nobody loads."""
    data = built(*SHARED, f"-Wl,--hash-style={style}", source=source)
    assert replace(image(_without_sections(data)), debug=0) == image(data)


def test_symbols_are_counted_where_the_hash_table_holds_none() -> None:
    """A library that only imports has an empty hash table; relocations say what it needs."""
    source = "extern int other(void);\nstatic int (*kept)(void) = other;\n"
    source += "__attribute__((constructor)) static void f(void) { kept(); other(); }\n"
    data = built(*SHARED, "-nostartfiles", "-fvisibility=hidden", "-nostdlib", source=source)
    assert image(data).exports == 0
    assert image(_without_sections(data)).undefined == image(data).undefined == 1


def _without_sections(data: bytes) -> bytes:
    """Return the file as the fiercest stripping leaves it: no section headers."""
    bare = bytearray(data)
    bare[40:48] = bytes(8)
    bare[58:64] = bytes(6)
    return bytes(bare)


def test_a_note_of_the_instruction_set_needed() -> None:
    """The level that the linker writes down is read."""
    data = built(*SHARED, "-Wl,-z,x86-64-v3")
    said = readelf(data, "--notes")
    found = image(data).isa_needed
    assert "x86-64-v3" in found
    assert all(level in said for level in found)
    assert image(built(*SHARED)).isa_needed == ()


def test_weak_needs_are_marked() -> None:
    """A version that only weak symbols ask for is not insisted on."""
    data = built(*SHARED)
    found = image(data)
    assert all(isinstance(need, Need) for need in found.needs)
    assert "GLIBC" in {need.version.partition("_")[0] for need in found.needs}


def test_other_machines_are_named() -> None:
    """The architecture is spelled as platform tags do, or by its number."""
    data = bytearray(built(*SHARED))
    names = {183: "aarch64", 258: "loongarch64", 243: "riscv64", 21: "ppc64le"}
    names[65000] = "machine-65000"
    for number, name in names.items():
        data[18:20] = number.to_bytes(2, "little")
        (found,) = read(bytes(data)).images
        assert found.machine == name


@pytest.mark.parametrize("packing", ["pack-relative-relocs", "nopack-relative-relocs"])
def test_packed_relocations(packing: str) -> None:
    """Relocations in DT_RELR are told, as readelf tells them."""
    data = built(*SHARED, f"-Wl,-z,{packing}")
    assert image(data).packed is ("(RELR)" in readelf(data, "--dynamic"))
    assert image(data).packed is (packing == "pack-relative-relocs")


FORMS = {
    (62, 1, 1): "x32",
    (62, 2, 2): "x86_64-64-big-endian",
    (183, 1, 1): "aarch64_ilp32",
    (183, 2, 2): "aarch64_be",
    (22, 2, 2): "s390x",
    (22, 1, 2): "s390",
    (22, 2, 1): "s390x-64-little-endian",
    (21, 2, 2): "ppc64",
    (40, 1, 1): "armv7l",
    (40, 1, 2): "armv7b",
    (40, 2, 1): "armv7l-64-little-endian",
    (3, 2, 1): "i686-64-little-endian",
}


@pytest.mark.parametrize("form", FORMS, ids=map(str, FORMS))
def test_a_machine_s_other_forms_have_other_names(form: tuple[int, int, int]) -> None:
    """No loader of x86-64 takes 32 bits, and none of Arm's the other byte order."""
    number, bits, order = form
    header = struct.pack(f"{'<>'[order - 1]}2HI", 3, number, 1)
    ident = b"\x7fELF" + bytes((bits, order, 1)) + bytes(9)
    (found,) = read(ident + header + bytes(40)).images
    assert (found.machine, found.bits, found.big_endian) == (FORMS[form], 32 * bits, order == 2)
