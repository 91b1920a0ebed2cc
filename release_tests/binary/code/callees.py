"""Functions of other libraries, by whether a caller goes on after them.

What stands on neither list may end the process, throw or jump elsewhere, as code that refuses a
processor does; what comes after a call of it is not certain to run.
"""

from __future__ import annotations

import re
from enum import Enum


class Outcome(Enum):
    """What becomes of a caller."""

    RETURNS = "it goes on after the call"
    ENDS = "it does not go on"
    NEVER = "the call is not made, unless memory is exhausted or overwritten"
    FOREIGN = "that is up to another library"
    UNKNOWN = "nobody knows where control goes"


_NEVER = re.compile(
    r"__stack_chk_fail|__chk_fail|__fortify_fail|_Unwind_Resume|__cxa_throw_bad_array_new_length|"
    r"_ZSt\d+__throw_(bad_alloc|length_error|bad_array_new_length|logic_error)\w*"
)

_ENDS = re.compile(
    r"abort|_?_?exit|_Exit|quick_exit|__assert_fail|__assert_rtn|__cxa_(re)?throw|longjmp|"
    r"siglongjmp|_longjmp|__longjmp_chk|_ZSt\d+(__throw_\w+|terminate\w*)|Py_(FatalError|Exit)|"
    r"_Py_FatalError\w*|__cxa_(bad_cast|bad_typeid|pure_virtual|call_\w+)|err|errx|pthread_exit"
)

_RETURNS = re.compile(
    r"_?Py[A-Z_]\w*|__cxa_(atexit|guard_\w+|finalize)|__gmon_start__|"
    r"_ITM_(de)?registerTMCloneTable|atexit|__tls_get_addr|"
    r"(__)?(mem|str|wcs|wmem)[a-z]\w*|malloc|calloc|realloc|free|aligned_alloc|posix_memalign|"
    r"_Zn[wa]\w+|_Zd[la]\w+|_ZNK?St\w+|_ZSt\w+|"
    r"pthread_(mutex|key|rwlock|cond|attr|self)\w*|getenv|secure_getenv|v?s?n?printf|"
    r"(__)?(v?sn?printf|v?f?printf)(_chk)?|puts|fputs|fwrite|putchar|"
    r"(sin|cos|tan|exp|exp2|log|log2|log10|pow|sqrt|floor|ceil|fabs|round|trunc|fmod|ldexp)[fl]?|"
    r"time|clock|clock_gettime|gettimeofday|getpid|sysconf|getpagesize|qsort|bsearch|__errno_location"
)


def outcome(name: str) -> Outcome:
    """Return what becomes of a caller of the function *name*, which is another library's."""
    for pattern, verdict in (
        (_NEVER, Outcome.NEVER),
        (_ENDS, Outcome.ENDS),
        (_RETURNS, Outcome.RETURNS),
    ):
        if pattern.fullmatch(name):
            return verdict
    return Outcome.FOREIGN
