"""Tests, which mirror the tree that they test."""
