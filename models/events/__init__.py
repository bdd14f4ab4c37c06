"""Store events and sign-ups: finding, the queue, running, check-in, reminders.

``signups``, ``offers``, ``running``, ``publishing`` and ``checking_in`` have the verbs; ``events``,
``calendars``, ``pictures`` and ``sign_up_lists`` read. Modules with an underscore change rows
without permission and audit, and are private to this package.
"""
