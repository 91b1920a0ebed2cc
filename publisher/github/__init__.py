"""Releases at GitHub: drafted, filled, compared and published, from GitHub's own answers.

Nothing here knows the road; ``target`` is what the rest of the publisher deals with.
"""
