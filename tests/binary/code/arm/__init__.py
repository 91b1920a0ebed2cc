"""Tests of what is said of code for 64-bit Arm."""
