"""What a package index has, and its files on disk; nothing of gates, evidence or pytest."""
