"""What is so: rows above, verbs below, one noun a file.

A verb takes a session and never commits. Times are aware UTC and always handed in.
"""
