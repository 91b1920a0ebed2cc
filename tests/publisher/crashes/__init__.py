"""Kills the publisher at random moments, and runs it again until it is done."""
