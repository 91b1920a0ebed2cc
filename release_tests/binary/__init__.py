"""What compiled code says: ELF, Mach-O and PE files, and the instructions in them.

Nothing here knows of archives, gates or pytest: bytes go in, frozen facts come out.
"""
