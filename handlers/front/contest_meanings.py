"""Requests in people's own words about contests, awards, matches and the gala: all only show."""

import re
from dataclasses import replace

from bot.conversation.chat import Chat
from bot.conversation.messages import Reply
from bot.conversation.routing import Router
from handlers.contests import (
    asking_judges,
    browsing,
    gathering,
    honours,
    matches,
    nominating,
    voting,
)
from handlers.contests.award_buttons import ListAwards
from handlers.contests.award_words import ShowHonours
from handlers.contests.buttons import ListContests, MyEntries
from handlers.contests.match_buttons import ListTournaments
from handlers.events import facts, looking
from handlers.gala import evenings
from models.rules.understanding.intents import Intent, Understood

router = Router()

NOW = re.compile(r"\bnow\b|\bmoment\b|现在|正在|而家")


@router.intent(Intent.CONTESTS)
def contests(chat: Chat, request: Understood) -> Reply:
    return browsing.list_contests(chat, ListContests())


@router.intent(Intent.MY_ENTRIES)
def my_entries(chat: Chat, request: Understood) -> Reply:
    return gathering.mine(chat, MyEntries())


@router.intent(Intent.VOTE)
def vote(chat: Chat, request: Understood) -> Reply:
    return voting.vote(chat, "")


@router.intent(Intent.JUDGE)
def judge(chat: Chat, request: Understood) -> Reply:
    return asking_judges.judge(chat, "")


@router.intent(Intent.NOMINATE)
def nominate(chat: Chat, request: Understood) -> Reply:
    return nominating.list_awards(chat, ListAwards())


@router.intent(Intent.HONOURS)
def laureates(chat: Chat, request: Understood) -> Reply:
    return honours.show(chat, ShowHonours())


@router.intent(Intent.GALA)
def gala(chat: Chat, request: Understood) -> Reply:
    """The evening; where none is near, what is on otherwise, or the programme of what is shown."""
    found = evenings.meant(chat)
    if not any(evenings.is_near(chat, each) for each in found) and NOW.search(request.text):
        return looking.asked_for_events(chat, replace(request, intent=Intent.EVENTS))
    if not found and facts.on_screen(chat) is not None:
        return facts.answer_fact(chat, replace(request, intent=Intent.ABOUT))
    return evenings.gala(chat, "")


@router.intent(Intent.MATCHES)
def fixtures(chat: Chat, request: Understood) -> Reply:
    return matches.list_all(chat, ListTournaments())
