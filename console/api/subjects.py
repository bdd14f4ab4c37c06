"""The subjects of the API, in the order of its description."""

from console.api import announcements, events, me, people, sign_ups, teams
from console.api.routing import Subject

SUBJECTS: tuple[Subject, ...] = (
    me.subject,
    events.subject,
    sign_ups.subject,
    teams.subject,
    people.subject,
    announcements.subject,
)
OPERATIONS = [each for subject in SUBJECTS for each in subject.operations]
