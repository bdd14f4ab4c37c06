"""The events of the desk: their list, each one's page, and all that is done with them."""

from console.pages.events import (
    acting,
    day,
    door,
    draw,
    editing,
    files,
    hall,
    listing,
    partners,
    people,
    preview,
    publishing,
    questions,
    several,
    showing,
    ticked,
)
from console.pages.events.section import section

__all__ = [
    "acting",
    "day",
    "door",
    "draw",
    "editing",
    "files",
    "hall",
    "listing",
    "partners",
    "people",
    "preview",
    "publishing",
    "questions",
    "section",
    "several",
    "showing",
    "ticked",
]
