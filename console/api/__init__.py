"""The programs' way in, ``/api/v1``: JSON over the verbs of the chat and the desk, by token.

A module each for what there is (``events``, ``sign_ups``, ``teams``, ``people``,
``announcements``): its schemas stand beside what answers. ``app.api_routes`` is all that is called
from outside.
"""
