"""What the installers of the day make of forged archives, beside what the gates say."""
