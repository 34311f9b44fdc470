"""A song's tags, a room for each container: written as players show them, read within limits."""
