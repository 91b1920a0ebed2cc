"""Measurements, run by hand or nightly; never part of the tests."""
