"""Loads the plugin in a bare checkout, where no entry point announces it."""

pytest_plugins = ["release_tests.plugin"]
