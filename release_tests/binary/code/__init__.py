"""Which instruction-set extensions code uses, and which of them run as soon as it is loaded."""
