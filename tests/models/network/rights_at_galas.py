"""What is done at a gala, for the table of rights: rows to do it to, and each verb."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session

from models.announcements import streams
from models.gala import lines, polls, programme, screens, stage
from models.gala.polls import Poll
from models.gala.screens import Moderation, Shows
from models.gala.stage import QuestionState, StageQuestion
from models.rules.gala import polls as rules
from models.rules.gala.polls import Drafted
from models.rules.gala.running_order import Item
from models.rules.network.floors import Count
from models.rules.network.permissions import SoloLimits

ITEM = Item("开场舞", "木棉队", 5)
POLL = rules.read("最佳节目", "哪个最好？\n- 开场舞\n- 合唱")
assert isinstance(POLL, Drafted)


class Evening:
    """An event with a screen and all that is on it; its second poll is open, at another event."""

    def __init__(self, session: Session, event: int, other: int, boss: int, at: datetime) -> None:
        self.event, self.other = event, other
        for each in (event, other):
            screens.open_one(session, each, boss, at)
        self.item = programme.add(session, event, [ITEM, ITEM], boss, at)[0].id
        programme.go_on(session, event, boss, at, seen=None)
        self.poll, self.open = (self._poll(session, each, boss, at) for each in (event, other))
        polls.open_one(session, other, self.open, boss, at)
        line = lines.ScreenLine(event_id=event, words="加油", state=lines.LineState.WAITING, at=at)
        asked = StageQuestion(event_id=event, words="几点结束？", at=at)
        session.add_all((line, asked))
        session.flush()
        self.line, self.question = line.id, asked.id

    @staticmethod
    def _poll(session: Session, event: int, boss: int, at: datetime) -> int:
        assert isinstance(POLL, Drafted)
        poll = polls.write(session, event, POLL, boss, at)
        assert isinstance(poll, Poll)
        return poll.id


def verbs(at: datetime) -> dict[str, Callable[[Session, Any, int], object]]:
    """Each verb of ``models.gala`` and of its streams, on ``gala`` of what it is called with."""
    assert isinstance(POLL, Drafted)
    drafted = POLL
    return {
        "gala.screens.open_one": lambda s, x, by: screens.open_one(s, x.gala.event, by, at),
        "gala.screens.show": lambda s, x, by: screens.show(
            s, x.gala.event, Shows.QUESTIONS, by, at
        ),
        "gala.screens.say": lambda s, x, by: screens.say(s, x.gala.event, "请入座", by, at),
        "gala.screens.set_up": lambda s, x, by: screens.set_up(
            s, x.gala.event, by, at, lines=Moderation.AFTER, seconds=9, banned="", questions=True
        ),
        "gala.programme.add": lambda s, x, by: programme.add(s, x.gala.event, [ITEM], by, at),
        "gala.programme.change": lambda s, x, by: programme.change(
            s, x.gala.item, Item("合唱"), by, at
        ),
        "gala.programme.move": lambda s, x, by: programme.move(s, x.gala.item, 1, by, at),
        "gala.programme.remove": lambda s, x, by: programme.remove(s, x.gala.item, by, at),
        "gala.programme.go_on": lambda s, x, by: programme.go_on(
            s, x.gala.event, by, at, seen=x.gala.item
        ),
        "gala.programme.go_back": lambda s, x, by: programme.go_back(
            s, x.gala.event, by, at, seen=x.gala.item
        ),
        "gala.polls.write": lambda s, x, by: polls.write(s, x.gala.event, drafted, by, at),
        "gala.polls.remove": lambda s, x, by: polls.remove(s, x.gala.event, x.gala.poll, by, at),
        "gala.polls.open_one": lambda s, x, by: polls.open_one(
            s, x.gala.event, x.gala.poll, by, at
        ),
        "gala.polls.close": lambda s, x, by: polls.close(s, x.gala.other, x.gala.open, by, at),
        "gala.polls.go_on": lambda s, x, by: polls.go_on(
            s,
            x.gala.other,
            x.gala.open,
            by,
            at,
            seen=polls.questions_of(s, x.gala.open)[0].id,
        ),
        "announcements.streams.name": lambda s, x, by: streams.name(s, x.gala.event, [], by, at),
        "announcements.streams.plan": lambda s, x, by: streams.plan(
            s, x.draft, at, by, at, people=Count(4), limits=SoloLimits()
        ),
        "gala.lines.decide": lambda s, x, by: lines.decide(
            s, x.gala.event, [x.gala.line], by, at, shown=True
        ),
        "gala.stage.decide": lambda s, x, by: stage.decide(
            s, x.gala.event, x.gala.question, QuestionState.SHOWN, by, at
        ),
    }
