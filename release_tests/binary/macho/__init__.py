"""Mach-O: thin and universal files, each architecture an image of its own."""
