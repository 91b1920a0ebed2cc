"""Tests of the index client, against servers that run."""
