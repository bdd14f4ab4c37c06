"""One search over all subjects, for the pages of organizers: call ``searching.search``.

Each organizer finds what their roles let them see elsewhere, and nothing more.
"""
