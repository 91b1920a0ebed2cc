"""What is true of a release now: its files on disk, their evidence, and every target."""
