"""A bad artifact and its good neighbour for every rule, as rows of data: one module a gate."""
