"""The gala of the demo: its programme, a screen, a poll that people answer, a quiz to come, lines.

The screen's link is told to nobody: whoever runs the gala gets one at the desk.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from models.announcements import streams
from models.events.events import Event
from models.gala import lines, polls, programme, screens, stage, voting
from models.gala.lines import LineState
from models.gala.polls import Poll
from models.gala.stage import QuestionState
from models.network import members
from models.network.members import Member
from models.rules.announcements.streaming import Stream
from models.rules.gala import polls as rules
from models.rules.gala import running_order
from models.rules.gala.polls import Drafted

PROGRAMME = """
开场舞《南海潮》 | 桂城舞蹈队 | 6 | 灯光全开，音乐停了再上台
致辞 | 区总工会 | 8 | 话筒 1
合唱《十年》 | 五家企业联队 | 5 | 站三排，麦架四个
十位创思之星的故事（上） | 前五位 | 25 | 每人一张照片上大屏
小品《夜班之后》 | 灯具厂工友 | 12 | 道具：一张桌子两把椅子
十位创思之星的故事（下） | 后五位 | 25
知识抢答 | 全场 | 10 | 提醒大家扫墙上的码
颁奖 | 区领导 | 15 | 证书按上台顺序放好
大合唱《我们走在大路上》 | 全体 | 6
"""
POLL = "最想看的节目", "你最想看哪个节目？\n- 开场舞《南海潮》\n- 合唱《十年》\n- 小品《夜班之后》"
QUIZ = "南海知多少", "南海区有几个镇街？\n- 5\n= 7\n- 9\n醒狮是哪一类遗产？\n= 非遗\n- 自然遗产"
LINES = ("木棉队加油", "灯具厂的来了", "今年有我们厂的合唱", "前排给夜班的留几个吧")
STREAMS = (
    Stream("南海融媒", "https://live.example/nanhai"),
    Stream("工会视频号", "https://video.example/union"),
    Stream("驿站直播间", "https://stream.example/yizhan"),
)
QUESTIONS = ("夜班的工友能看回放吗？", "明年怎么报节目？")


def live(session: Session, event: Event, people: Sequence[Member], now: datetime) -> None:
    """Furnish a gala once."""
    if screens.of_event(session, event.id) is not None:
        return
    screens.open_one(session, event.id, None, now)
    streams.name(session, event.id, STREAMS, None, now)
    items = running_order.read(PROGRAMME)
    assert isinstance(items, list)
    programme.add(session, event.id, items, None, now)
    first, _quiz = (_poll(session, event, *each, now) for each in (POLL, QUIZ))
    polls.open_one(session, event.id, first, None, now)
    choices = [each.choice.id for each in polls.counted(session, first)[0].choices]
    for number, person in enumerate(people):
        who = members.without_address(person)
        voting.vote(session, event.id, choices[number * number % len(choices)], who, now)
        if number < len(LINES):
            lines.write(session, event.id, who, LINES[number], now)
        if number < len(QUESTIONS):
            asked = stage.ask(session, event.id, who, QUESTIONS[number], now)
            assert isinstance(asked, stage.Asked)
            shown = (asked.question.id, QuestionState.SHOWN, None, now)
            stage.decide(session, event.id, *shown)
    some = [each.id for each in lines.queue(session, event.id, LineState.WAITING, len(LINES) - 1)]
    lines.decide(session, event.id, some, None, now, shown=True)


def _poll(session: Session, event: Event, title: str, text: str, now: datetime) -> int:
    drafted = rules.read(title, text)
    assert isinstance(drafted, Drafted)
    poll = polls.write(session, event.id, drafted, None, now)
    assert isinstance(poll, Poll)
    return poll.id
