"""The hundred projects, their newest files, and what the gates say of them."""
