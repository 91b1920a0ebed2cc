"""What goes wrong with indexes on release day, made to happen on this machine, on request."""
