"""What a function, with all that it calls in this image, may ask of the processor, and writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iced_x86 import Code, FlowControl, Mnemonic, OpKind

from release_tests.binary.code.callees import Outcome
from release_tests.binary.code.effects import Effects

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iced_x86 import Instruction

    from release_tests.binary.code.blocks import Block, Step
    from release_tests.binary.code.effects import Effect
    from release_tests.binary.code.flow import Reader
    from release_tests.binary.regions import Executable

_SAME_EVERYWHERE = re.compile(
    r"_?Py(Unicode|Bytes|ByteArray|Long|Float|Complex|Bool|Tuple|List|Set|FrozenSet|Slice|Capsule(?!_Import)|"
    r"Code|Method|CFunction|CMethod|Type|Err|Exception|Mem|GC|Dict(?!Proxy)|Module|ModuleDef|OS|Gen)"
    r"_\w+|_PyGen_\w+|_?PyUnstable_(Module|Code|Object_EnableDeferredRefcount|GC)\w*|"
    r"_?Py_(Dealloc|DecRef|IncRef|XDecRef|XIncRef|GetVersion|NewRef|XNewRef|CheckRecursiveCall)|"
    r"PyObject_(SetAttr(String)?|Init|InitVar|Malloc|Calloc|Realloc|Free|GC_\w+|Hash|IsTrue)|"
    r"_PyObject_(New|NewVar|GC_New|GC_NewVar)|PyThreadState_(Get|GetDict|GetUnchecked)|"
    r"_PyThreadState_UncheckedGet|PyInterpreterState_(Get|GetID)|PyThread_\w*lock|"
    r"PyTraceBack_Here|PyImport_(AddModule\w*|GetModuleDict)|"
    r"PyState_(AddModule|FindModule|RemoveModule)|PyFrame_New|PyCallable_Check|Py_(Enter|Leave)RecursiveCall|PyCMethod_New|PyDescr_New\w+|"
    r"__gmon_start__|__cxa_(atexit|guard_\w+|finalize)|atexit|_ITM_(de)?registerTMCloneTable|"
    r"(__)?(mem|str)[a-z]\w*|malloc|calloc|realloc|free|_Zn[wa]\w+|_Zd[la]\w+|"
    r"_ZNSt8ios_base4Init[CD]\dEv|(__)?(v?snprintf)(_chk)?|__errno_location|__tls_get_addr"
)
"""Functions of Python's and C's whose results hang on what they are given alone.

Not among them are those that run code of others: imports, calls of objects, looking up attributes.
"""

_OF_PYTHON = re.compile("_?Py")
_LOOKS_UP = re.compile(
    r"PyObject_GetAttr(String)?|PyObject_IsTrue|_?PyDict_(Get|Pop|SetDefault|Contains|Next)\w*"
)
_HOLDS_OTHERS = re.compile(r"PyImport_\w+|PySys_\w+|PyState_FindModule")
"""What gives an object that another module may have filled with what it knows."""

_ASKS: tuple[int, ...] = tuple(
    getattr(Code, name)
    for name in ("CPUID", "XGETBV", "RDTSC", "RDTSCP", "RDPID_R64", "RDPMC", "SYSCALL")
)

Blocks = Mapping[int, "Block"]


@dataclass(slots=True)
class Closure:
    """What may run of one function and of all that it calls here.

    ``same`` says that it does the same on every processor that runs it; ``stores`` are fixed
    addresses that are written to, ``taken`` those that pointers may be to; ``looks_up`` says that
    objects are asked for what they hold, ``others`` that there are some of other modules.
    """

    same: bool = True
    looks_up: bool = False
    others: bool = False
    stores: frozenset[int] = frozenset()
    taken: frozenset[int] = frozenset()

    def add(self, other: Closure) -> None:
        """Take in what runs as well."""
        self.same &= other.same
        self.looks_up |= other.looks_up
        self.others |= other.others
        self.stores |= other.stores
        self.taken |= other.taken

    def then(self, other: Closure) -> None:
        """Take in what runs afterwards; what was looked up before was nothing of others."""
        self.same &= other.impartial and not (self.others and other.looks_up)
        self.others |= other.others
        self.stores |= other.stores
        self.taken |= other.taken

    @property
    def impartial(self) -> bool:
        """Whether what comes of it can be no judgement of the processor."""
        return self.same and not (self.looks_up and self.others)


class Closures:
    """The closures of one image's functions."""

    def __init__(self, executable: Executable, reader: Reader) -> None:
        """Read by *reader*."""
        self._executable, self._reader = executable, reader
        self._effects = Effects()
        self._own: dict[int, tuple[Closure, tuple[int, ...]]] = {}
        self._known: dict[int, tuple[Effect, ...]] = {}

    def of(self, entries: Iterable[int]) -> Closure:
        """Return what functions may do together."""
        whole, left, asked = Closure(), list(entries), set[int]()
        while left:
            entry = left.pop()
            if entry not in asked:
                asked.add(entry)
                own, called = self._function(entry)
                whole.add(own)
                left += called
        return whole

    def block(self, blocks: Blocks, head: int) -> Closure:
        """Return what one block may do, with what it calls."""
        whole, called = self._block(blocks, head)
        whole.add(self.of(called))
        return whole

    def left(self, blocks: Blocks, head: int) -> Closure:
        """Return what another library's function does that a block calls."""
        whole = Closure()
        if blocks[head].last.end in (Outcome.RETURNS, Outcome.FOREIGN, Outcome.UNKNOWN):
            self._leaves(blocks, head, whole)
        return whole

    def effects(self, block: Block) -> tuple[Effect, ...]:
        """Return what each instruction of a block does."""
        key = block.steps[0].address
        if key not in self._known or len(self._known[key]) != len(block.steps):
            of, at = self._effects.of, self._reader.instruction
            self._known[key] = tuple(of(at(step.address)) for step in block.steps)
        return self._known[key]

    def _function(self, entry: int) -> tuple[Closure, tuple[int, ...]]:
        if entry not in self._own:
            blocks = self._reader.function(entry)
            whole, called = Closure(same=blocks is not None), list[int]()
            for head in blocks or {}:
                own, more = self._block(blocks or {}, head)
                whole.add(own)
                called += more
            self._own[entry] = whole, tuple(called)
        return self._own[entry]

    def _block(self, blocks: Blocks, head: int) -> tuple[Closure, tuple[int, ...]]:
        block = blocks[head]
        effects = self.effects(block)
        whole = Closure(
            same=not any(map(self._asks, block.steps)),
            stores=frozenset(one.store for one in effects if one.store),
            taken=frozenset(one.address for one in effects if one.address),
        )
        if block.last.call is not None:
            return whole, (block.last.call,)
        whole.add(self.left(blocks, head))
        return whole, ()

    def _leaves(self, blocks: Blocks, head: int, whole: Closure) -> None:
        """Take note of what another library is asked for at the end of a block."""
        last = self._reader.instruction(blocks[head].last.address)
        if last.flow_control == FlowControl.RETURN:
            return
        name = self._name(self._reader.slot(last)) or self._loaded(blocks, head, last)
        looked_up = bool(_LOOKS_UP.fullmatch(name))
        whole.looks_up |= looked_up
        whole.others |= bool(_HOLDS_OTHERS.fullmatch(name))
        whole.same &= looked_up or bool(_SAME_EVERYWHERE.fullmatch(name))

    def _loaded(self, blocks: Blocks, head: int, last: Instruction) -> str:
        """Return whose address the only way to a call through a register has put into it."""
        if last.op_count != 1 or last.op0_kind != OpKind.REGISTER:
            return ""
        passed: set[int] = set()
        while head not in passed:
            passed.add(head)
            for step, effect in zip(*self._backwards(blocks[head]), strict=True):
                if last.op0_register in effect.forgets:
                    return self._put(step)
            before = [one for one in blocks if head in blocks[one].last.successors]
            if len(before) == 1 and blocks[before[0]].last.call is None:
                head = before[0]
        return ""

    def _backwards(self, block: Block) -> tuple[list[Step], list[Effect]]:
        return block.steps[::-1], list(self.effects(block)[::-1])

    def _put(self, step: Step) -> str:
        one = self._reader.instruction(step.address)
        return self._name(one.ip_rel_memory_address) if _loads(one) else ""

    def _name(self, slot: int | None) -> str:
        return "" if slot is None else self._executable.imported(slot)

    def _asks(self, step: Step) -> bool:
        """Whether an instruction asks what the processor is, or what another library says of it."""
        if step.code in _ASKS:
            return True
        one = self._reader.instruction(step.address)
        if not _loads(one) or self._executable.target(one.ip_rel_memory_address) is not None:
            return False
        name = self._name(one.ip_rel_memory_address)
        return bool(name) and not _OF_PYTHON.match(name) and not _SAME_EVERYWHERE.fullmatch(name)


def _loads(one: Instruction) -> bool:
    return one.mnemonic == Mnemonic.MOV and one.is_ip_rel_memory_operand
