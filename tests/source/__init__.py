"""Tests of what a source tree says."""
