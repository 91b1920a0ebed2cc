"""Uploading with twine, in a process of its own that holds the token and nothing else.

Starting twine costs half a second, so one process takes all files for an index, several at once;
it is told what to send and tells what came of it in lines of JSON. Its answers are the index's, as
they came: what is true of a file is found out by ``publisher.index``.
"""
