"""Private names that code uses without naming them: what Python's public headers expand to.

``Py_FatalError`` is a macro, and a module that uses it imports ``_Py_FatalErrorFunc``.
"""

from __future__ import annotations

_NAMES = """
    _PyAsyncGenASend_Type _PyByteArray_empty_string _PyMonitoring_FireBranchEvent
    _PyMonitoring_FireCRaiseEvent _PyMonitoring_FireCReturnEvent _PyMonitoring_FireCallEvent
    _PyMonitoring_FireExceptionHandledEvent _PyMonitoring_FireJumpEvent
    _PyMonitoring_FireLineEvent _PyMonitoring_FirePyResumeEvent _PyMonitoring_FirePyReturnEvent
    _PyMonitoring_FirePyStartEvent _PyMonitoring_FirePyThrowEvent
    _PyMonitoring_FirePyUnwindEvent _PyMonitoring_FirePyYieldEvent _PyMonitoring_FireRaiseEvent
    _PyMonitoring_FireReraiseEvent _PyMonitoring_FireStopIterationEvent _PyObject_MakeTpCall
    _PyObject_NextNotImplemented _PyThreadState_UncheckedGet _PyTraceMalloc_NewReference
    _PyTrash_begin _PyTrash_cond _PyTrash_end _PyTrash_thread_deposit_object
    _PyTrash_thread_destroy_chain _PyUnicode_IsAlpha _PyUnicode_IsDecimalDigit
    _PyUnicode_IsDigit _PyUnicode_IsLinebreak _PyUnicode_IsLowercase _PyUnicode_IsNumeric
    _PyUnicode_IsPrintable _PyUnicode_IsTitlecase _PyUnicode_IsUppercase _PyUnicode_IsWhitespace
    _PyUnicode_Ready _PyUnicode_ToDecimalDigit _PyUnicode_ToDigit _PyUnicode_ToLowercase
    _PyUnicode_ToNumeric _PyUnicode_ToTitlecase _PyUnicode_ToUppercase _Py_CheckFunctionResult
    _Py_CheckRecursionLimit _Py_DECREF_DecRefTotal _Py_DecRefShared _Py_DecRefSharedDebug
    _Py_FatalErrorFunc _Py_ForgetReference _Py_GetThreadLocal_Addr _Py_INCREF_IncRefTotal
    _Py_MergeZeroLocalRefcount _Py_NewReference _Py_ascii_whitespace _Py_ctype_table
    _Py_ctype_tolower _Py_ctype_toupper _Py_dec_count _Py_force_double _Py_inc_count _Py_stats
    _Py_tracemalloc_config
"""
EXPANDED = frozenset(_NAMES.split())
"""What macros and inline functions without an underscore lead to, in the headers of CPython 3.6 to
3.13 but those of ``internal``, and what the stable ABI has not."""
