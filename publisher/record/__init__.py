"""What is kept of a run of the publisher: its journal as it happens, and a report at its end."""
