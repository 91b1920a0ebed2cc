"""Windows: the DLLs that are imported, and which Python they are for."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from release_tests.binary.facts import Format
from release_tests.findings import Finding
from release_tests.gates.compiled.pythons import ABI3T_SINCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.gates.compiled.members import Compiled
    from release_tests.gates.compiled.platforms import Platform
    from release_tests.gates.compiled.pythons import Pythons
    from release_tests.gates.compiled.scene import Scene
    from release_tests.gates.platform.inquiry import Inquiry

_SYSTEM = frozenset(
    f"{name}.dll"
    for name in (
        *("aclui", "activeds", "advapi32", "amsi", "apphelp", "authz", "avicap32", "avifil32"),
        *("avrt", "bcrypt", "bcryptprimitives", "bluetoothapis", "cabinet", "cfgmgr32", "combase"),
        *("comctl32", "comdlg32", "coremessaging", "credui", "crypt32", "cryptbase", "cryptsp"),
        *("cryptui", "d2d1", "d3d10", "d3d11", "d3d12", "d3d8", "d3d9", "d3dcompiler_47"),
        *("davclnt", "dbgeng", "dbghelp", "dcomp", "ddraw", "dhcpcsvc", "dhcpcsvc6", "dinput"),
        *("dinput8", "directml", "dnsapi", "dsound", "dwmapi", "dwrite", "dxgi", "dxva2", "evr"),
        *("fltlib", "fwpuclnt", "gdi32", "gdi32full", "gdiplus", "glu32", "hid", "httpapi"),
        *("icmp", "imagehlp", "imm32", "iphlpapi", "kernel32", "kernelbase", "ktmw32"),
        *("loadperf", "lz32", "mf", "mfplat", "mfreadwrite", "mgmtapi", "mmdevapi", "mpr"),
        *("mprapi", "msacm32", "mscms", "mscoree", "msdelta", "msi", "msimg32", "msvcrt"),
        *("msvfw32", "mswsock", "ncrypt", "netapi32", "netutils", "newdev", "normaliz"),
        *("ntdll", "ntdsapi", "ntlanman", "ntmarta", "odbc32", "odbccp32", "ole32", "oleacc"),
        *("oleaut32", "oledlg", "opengl32", "opencl", "pdh", "powrprof", "profapi", "propsys"),
        *("psapi", "query", "quartz", "rasapi32", "rasdlg", "resutils", "rpcrt4", "rstrtmgr"),
        *("rtutils", "samcli", "secur32", "sensapi", "setupapi", "sfc", "shcore", "shell32"),
        *("shfolder", "shlwapi", "snmpapi", "srvcli", "sspicli", "tapi32", "tbs", "tdh"),
        *("traffic", "twinapi", "ucrtbase", "uiautomationcore", "urlmon", "user32", "userenv"),
        *("usp10", "uxtheme", "version", "virtdisk", "wbemuuid", "wer", "wevtapi", "winbio"),
        *("winhttp", "wininet", "winmm", "winscard", "winsta", "wintrust", "winusb", "wlanapi"),
        *("wldap32", "wldp", "ws2_32", "wsock32", "wtsapi32", "xaudio2_8", "xaudio2_9"),
        *("xinput1_3", "xinput1_4", "xinput9_1_0", "xmllite"),
    )
)
"""Libraries that every supported Windows has, in small letters."""

_SYSTEM_PATTERNS = ("api-ms-win-*.dll", "ext-ms-*.dll", "*.drv", "*.cpl", "*.ocx", "d3dx*.dll")
_WITH_PYTHON = frozenset(("vcruntime140.dll", "vcruntime140_1.dll"))
_RUNTIME = re.compile(
    r"(msvcp140(_\w+)?|concrt140|vccorlib140|vcomp140|vcamp140|mfc140\w*|vcruntime140_\w+)\.dll"
)
_PYTHON = re.compile(r"python3(?P<minor>\d*)(?P<flags>t?)(?P<debug>_d)?\.dll")
_OTHER_PYTHONS = re.compile(r"(libpypy|python-?native|libpython)\S*\.dll")
_IMPORTABLE = (".pyd", ".exe")


def check(inquiry: Inquiry, platform: Platform) -> Iterator[Finding]:
    """Judge what each PE file imports when it is loaded."""
    for member, image in inquiry.images(platform, Format.PE):
        if image.managed:
            continue
        for name in image.needed:
            yield from _needed(inquiry, member, name)


def _needed(inquiry: Inquiry, member: Compiled, name: str) -> Iterator[Finding]:
    folded = name.lower()
    if _is_brought(folded) or inquiry.shelf.find(name) or folded.endswith(_IMPORTABLE):
        return
    if found := _PYTHON.fullmatch(folded):
        yield from _python(inquiry.scene, member, name, found)
    elif inquiry.bringers.declared(folded) or inquiry.bringers.declared(name):
        return
    elif _RUNTIME.fullmatch(folded):
        message = "it needs a part of the Visual C++ runtime that does not come with Python"
        yield Finding("PLAT025", member.name, message, "the library in the wheel", name)
    else:
        rule = "PLAT002" if member.name in inquiry.loaded else "PLAT003"
        message = "it imports a DLL that is neither of Windows, nor of Python, nor in the wheel"
        expected = "a library in the wheel, or `provided-by` in the policy"
        yield Finding(rule, member.name, message, expected, name)


def _is_brought(name: str) -> bool:
    if name in _SYSTEM or name in _WITH_PYTHON or _OTHER_PYTHONS.fullmatch(name):
        return True
    return any(fnmatchcase(name, pattern) for pattern in _SYSTEM_PATTERNS)


def _python(scene: Scene, member: Compiled, name: str, found: re.Match[str]) -> Iterator[Finding]:
    """Judge whose Python's DLL it is: of a tag's only Python, or ``python3.dll`` for several."""
    wanted = [one.pythons for one in scene.offers if one.pythons and one.pythons.minors]
    own = member.suffix.python[1] if member.suffix.python else None
    for pythons in wanted:
        several = len(pythons.minors) > 1 and own is None
        if not _has(pythons, found, several=several, debug=member.suffix.debug):
            message = "it is linked to the DLL of another Python than the tag's"
            expected = _dll("" if several else str(min(pythons.minors)), pythons.threads)
            yield Finding("PLAT007", member.name, message, expected, name)
            return


def _has(pythons: Pythons, found: re.Match[str], *, several: bool, debug: bool) -> bool:
    """Whether these Pythons come with the DLL."""
    if found["debug"] and not (debug or pythons.debug):
        return False
    free = bool(found["flags"])
    if found["minor"]:
        fits = pythons.threads in ("", "free" if free else "gil")
        return fits and not several and int(found["minor"]) in pythons.minors
    if free:
        return pythons.threads == "free" or min(pythons.minors) >= ABI3T_SINCE
    return pythons.threads != "free"


def _dll(minor: str, threads: str) -> str:
    return f"python3{minor}{'t' if threads == 'free' else ''}.dll"
