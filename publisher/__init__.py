"""Publishes exactly the bytes that passed the release gates, or says why it does not.

Knows the evidence, the indexes and twine; knows nothing of pytest.
"""
