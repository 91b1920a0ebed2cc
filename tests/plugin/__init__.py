"""The harness as pytest runs it."""
