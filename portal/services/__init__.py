"""Writes that are more than saving one row: sound files of songs, merging categories and tags."""
