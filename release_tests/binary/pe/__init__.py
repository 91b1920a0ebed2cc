"""PE: the DLLs, extension modules and programs of Windows."""
