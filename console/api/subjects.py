"""The subjects of the API, in the order of its description."""

from console.api import (
    announcements,
    announcing,
    attending,
    changing,
    draws,
    events,
    me,
    own,
    people,
    questions,
    quotas,
    sign_ups,
    teams,
)
from console.api.routing import Subject

WRITING = (changing, questions, quotas, draws, attending, announcing, own)
"""What adds operations to the subjects below."""

SUBJECTS: tuple[Subject, ...] = (
    me.subject,
    events.subject,
    sign_ups.subject,
    teams.subject,
    people.subject,
    announcements.subject,
)
OPERATIONS = [each for subject in SUBJECTS for each in subject.operations]
