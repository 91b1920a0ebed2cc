"""Tests of reading artifacts."""
