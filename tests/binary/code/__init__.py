"""Tests of the scan of instructions."""
