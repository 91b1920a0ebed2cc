"""ELF: what the loader reads, with the section headers only for what it does not need."""
