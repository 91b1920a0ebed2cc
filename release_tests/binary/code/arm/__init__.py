"""Code for 64-bit Arm: A64, whose instructions are words of 32 bits, found by mask and value."""
