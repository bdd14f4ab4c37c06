"""Tables and what changes them: rows above, verbs below, a package a subject.

A verb takes a session and never commits. Times are aware, in UTC, and a parameter. Each package's
docstring says what may be called from outside.
"""
