"""The first page of the desk: what is on today, and what waits for somebody."""

from bot.conversation.messages import say
from console.desk import Desk
from console.routing import Asked, Page, Section

section = Section("today", label=say("Today"), path="/")


@section.page("/")
def today(desk: Desk, asked: Asked) -> Page:
    return Page("today.html", say("Today"), {})
