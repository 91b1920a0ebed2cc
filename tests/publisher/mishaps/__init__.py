"""Tests of the faults that can be rehearsed."""
