"""A call for creative texts in the demo: half way to its deadline, with a dozen entries.

Nobody of their authors has a chat, as in ``living``. The pictures are drawings of ours, and so is
the tune that somebody hums.
"""

from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from models.contests import (
    arranging,
    authors,
    categories,
    contests,
    entries,
    organizing,
    parts,
    sounds,
)
from models.contests.arranging import Prize
from models.contests.contests import Contest
from models.contests.entries import Done, EntryAuthor
from models.events import pictures
from models.network.members import Member
from models.network.stations import Station
from models.rules.contests.entering import Limits
from models.rules.contests.recording import Recording
from models.rules.contests.states import Named, PartKind
from models.rules.languages import Translated

HERE = Path(__file__).parent
WORKS = HERE / "works"

TITLE = Translated("平凡岗位·创意文案征集", {"en": "Plain jobs: a call for creative texts"})
ABOUT = Translated(
    "用几句话、一张图或一段声音，说说你的岗位和你心里的「敬业」「友善」。写给工友看，不用写成口号。",
    {"en": "A few words, a picture or a recording about your job and what you take pride in."},
)
RULES = Translated(
    "作品要原创，没有在别处得过奖。\n画面里、录音里的人要同意。\n评委看不到名字，只看编号。",
    {"en": "Your own work, no prize elsewhere. Whoever is seen or heard agrees. Judged by code."},
)
CATEGORIES = (
    Translated("一句话文案", {"en": "One line"}),
    Translated("图文", {"en": "Picture and words"}),
    Translated("声音", {"en": "Sound"}),
)
PRIZES = (
    Prize(Translated("金点子奖", {"en": "Bright idea"})),
    Prize(Translated("好文案奖", {"en": "Good text"}), 3),
    Prize(Translated("参与奖", {"en": "For taking part"}), 20),
)

OPENED, LASTS = timedelta(days=12), timedelta(days=21)
"""How long before the first start it was published, and how long it takes entries."""

LINE, PICTURE, SOUND = range(3)
WORK: tuple[tuple[str, int, str, str, Named], ...] = (
    ("螺丝钉", PICTURE, "拧紧每一颗螺丝，\n就是拧紧一家人的放心。", "screw", Named.NAME),
    (
        "夜班灯",
        PICTURE,
        "灯下是图纸，\n窗外是还没醒的城市。\n我替它多看一会儿。",
        "lamp",
        Named.NICKNAME,
    ),
    (
        "两个人的桥",
        PICTURE,
        "他从湖南来，我从贵州来，\n在南海的桥上学会了同一句早晨。",
        "bridge",
        Named.NAME,
    ),
    ("一壶凉茶", PICTURE, "谁先下班谁烧水，\n谁后下班有得喝。这就叫友善。", "tea", Named.NOBODY),
    ("质检员的耳朵", SOUND, "好的电机是会唱歌的，我哼给你听。", "", Named.NICKNAME),
    ("第一道工序", LINE, "我不做最后一道，但每一道后来，都从我开始。", "", Named.NAME),
    ("仓库", LINE, "货有货位，人有人位，把自己放对地方，就不怕乱。", "", Named.NOBODY),
    ("食堂三点", LINE, "凌晨三点的一碗热粥，是厂里最不会说话的关心。", "", Named.NICKNAME),
    ("师傅的手", LINE, "师傅的手比尺子准，因为它先量过自己的良心。", "", Named.NAME),
    ("暂住证到家", LINE, "来的时候带一只箱子，现在要两辆车才搬得动，那就是家。", "", Named.NOBODY),
    ("打卡", LINE, "我打的不是卡，是给昨天的自己报个平安。", "", Named.NICKNAME),
    ("晾衣绳", LINE, "一条绳上五个省的口音，晾干了都是一个太阳。", "", Named.NAME),
)
"""Title, category, words, drawing, and what is shown of the author."""

NICKNAMES = ("三号机", "小耳朵", "夜宵班", "阿打")


def call(session: Session, people: list[Member], now: datetime) -> None:
    """Publish the call and let people hand in, where it is not there yet."""
    if session.exec(select(Contest).where(Contest.title == TITLE.text)).first() is not None:
        return
    # At noon of Greenwich it is eight in the evening here: nobody closes a call at 0:25.
    at = (now - OPENED).replace(hour=12, minute=0, second=0, microsecond=0)
    district = session.exec(select(Station).where(col(Station.parent_id).is_(None))).one()
    draft = contests.Draft(
        station_id=district.id,
        title=TITLE,
        about=ABOUT,
        rules=RULES,
        opens_at=at,
        closes_at=at + LASTS,
        repairs_until=at + LASTS + timedelta(days=3),
        results_at=at + LASTS + timedelta(days=14),
        kinds=tuple(PartKind),
        is_gallery_open=True,
        limits=Limits(entries=2, authors=3),
    )
    contest = contests.create(session, draft, None, at)
    arranging.put(session, contest.id, CATEGORIES, None, at)
    arranging.put_prizes(session, contest.id, PRIZES, None, at)
    contests.publish(session, contest.id, None, at)
    kinds = [each.id for each in categories.of_contest(session, contest.id)]
    nicknames = iter(NICKNAMES)
    for turn, (title, category, text, drawing, named) in enumerate(WORK):
        member = people[turn % len(people)]
        when = at + timedelta(hours=7 + 19 * turn)
        begun = entries.begin(
            session, contest.id, member.id, when, title=title, category_id=kinds[category]
        )
        if not isinstance(begun, Done):
            continue
        number = begun.entry.id
        _give(session, number, member.id, text, drawing, category == SOUND, when)
        if turn == 2:
            other = people[(turn + 5) % len(people)]
            session.add(
                EntryAuthor(entry_id=number, member_id=other.id, asked_at=when, agreed_at=when)
            )
        nickname = next(nicknames) if named is Named.NICKNAME else ""
        authors.show_as(session, number, member.id, named, nickname, when)
        entries.declare(session, number, when)
        entries.hand_in(session, number, when)
    _unfinished(session, contest, people[-2:], now)


def _give(
    session: Session, entry_id: int, by: int, text: str, drawing: str, has_sound: bool, at: datetime
) -> None:
    """Add what belongs to a work, the picture or the sound first."""
    if drawing:
        content = (WORKS / f"{drawing}.png").read_bytes()
        kept = pictures.keep(session, content, "image/png", by, at, is_private=True)
        parts.add(session, entry_id, PartKind.PICTURE, by, picture_id=kept)
    if has_sound:
        tune = (WORKS / "hum.mp3").read_bytes()
        recording = Recording("audio/mpeg", tune, "audio/mpeg", tune, 4)
        kept = sounds.keep(session, recording, by, at)
        parts.add(session, entry_id, PartKind.AUDIO, by, sound_id=kept)
    parts.add(session, entry_id, PartKind.TEXT, by, text=text)


def _unfinished(session: Session, contest: Contest, people: list[Member], now: datetime) -> None:
    """One entry that lacks its title, and one that was sent back."""
    first, second = people
    began = now - timedelta(days=1)
    begun = entries.begin(session, contest.id, first.id, began)
    if isinstance(begun, Done):
        parts.add(
            session, begun.entry.id, PartKind.TEXT, first.id, text="车间里最早到的是扫地的阿姨。"
        )
    back = entries.begin(session, contest.id, second.id, began, title="加油")
    if isinstance(back, Done):
        kinds = categories.of_contest(session, contest.id)
        back.entry.category_id = kinds[0].id
        parts.add(session, back.entry.id, PartKind.TEXT, second.id, text="加油加油加油！")
        entries.declare(session, back.entry.id, began)
        entries.hand_in(session, back.entry.id, began)
        organizing.send_back(
            session, back.entry.id, "写写你自己的岗位，一句就行。", None, None, now
        )
