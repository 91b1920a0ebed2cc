"""Tests of what compiled code says."""
