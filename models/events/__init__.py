"""Events and claims on them: finding, signing up, the queue, running, check-in, reminders.

Call ``signups``, ``offers``, ``running``, ``publishing`` and ``checking_in`` to change something;
``events``, ``calendars``, ``pictures`` and ``sign_up_lists`` to look. Modules with an underscore
change rows without permission and audit, and serve this package only.
"""
