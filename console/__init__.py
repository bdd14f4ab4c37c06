"""The desk: the organizers' pages in a browser, ``/console``.

A page is a query, a template and verbs, with the permissions of the chat. ``app.console_routes`` is
all that is called from outside; ``pages/`` has a module for each subject.
"""
