"""A suspect recording, held against songs that are sung again."""
