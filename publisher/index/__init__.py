"""A package index as a target: what it has, what it would refuse, and how it gets its files."""
