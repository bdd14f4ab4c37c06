"""Lunch: what a canteen has today, written by its organizers and told to who wants to know.

``SUBJECT`` and ``PAPER`` are what the entry points name.
"""

from datetime import timedelta
from pathlib import Path

from bot.station.extending import Subject
from models.network.members import NoticeKind
from models.sending.topics import Topic
from papers.press import Template
from scheduler.planning import Forgetting
from yizhan_lunch import handlers, menus

HERE = Path(__file__).parent

SUBJECT = Subject(
    folder=HERE,
    routers=(handlers.router,),
    rows=(menus.Menu, menus.Reader),
    # Who mutes announcements gets no menus either.
    topics={menus.TOPIC: Topic(NoticeKind.ANNOUNCEMENT)},
    duties=menus.duties,
    forgetting=(Forgetting(timedelta(days=30), menus.forget_before),),
)

PAPER = Template(HERE / "menu.typ", width=210)
