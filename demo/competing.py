"""Contests of the demo: matches amid their table, singers amid a round, awards of two years.

Everybody in it is invented. What was played, sung and decided was so by the verbs that people use,
each at its time.
"""

from datetime import UTC, datetime, timedelta
from itertools import cycle

from sqlmodel import Session, col, select

from models.contests import (
    awards,
    calling,
    contests,
    deciding,
    dossiers,
    entries,
    fixtures,
    judges,
    judging,
    matches,
    nominations,
    parts,
    rounds,
    scores,
    sides,
    tournaments,
)
from models.contests.awards import Plan
from models.contests.contests import Contest, Draft
from models.contests.judging import Asked
from models.contests.nominations import Nomination
from models.contests.nominees import Who
from models.contests.rounds import Told
from models.network import stations
from models.network.members import Member
from models.network.stations import Care, Station, StationKind
from models.rules.contests.awarding import Of, Terms
from models.rules.contests.entering import Limits
from models.rules.contests.matches import Mode
from models.rules.contests.promotion import Rule
from models.rules.contests.scoring import Method
from models.rules.contests.states import Form, PartKind
from models.rules.languages import Translated
from models.teams import teams

A_DAY = timedelta(days=1)
A_YEAR = timedelta(days=365)
PLAYING, SINGING, COMPANIES = 5, 6, 8
SCORES = ((3, 1), (2, 2), (0, 1), (4, 2))
SONGS = ("茉莉花", "在希望的田野上", "工友之歌", "赶海的小姑娘", "夜空中最亮的星", "南海渔歌")
JURY = ("何老师", "谭老师", "苏老师")
STARS = (
    ("麦小舟", "带出十二名技工，办起周末夜校。"),
    ("凌秋月", "把车间的旧布头做成绘本，教会一百多个孩子。"),
    ("巫大勇", "组织跨厂夜跑三年，从没停过一周。"),
)
"""Laureates of last year, and what their dossiers tell."""

STAR = Translated("创思之星", {"en": "Star of new ideas"})
CREATORS = (
    ("骆小满", "写了三十首打工诗，配上同事的照片印成小册子。"),
    ("纪远航", "用废铝料做了一套南海风物雕塑，摆在厂区路口。"),
    ("温可儿", "拍了短片《下夜班的路》，二十个工友出镜。"),
)
"""Who is proposed for the award for creation."""


def compete(session: Session, care: Care, now: datetime) -> None:
    """Tell of contests; a second start finds them there."""
    if tournaments.listed(session):
        return
    district = stations.district(session)
    assert district is not None
    _matches(session, district.id, care, now)
    _company_cup(session, district, now)
    _singing(session, district.id, now)
    _stars_of_last_year(session, district.id, care, now - A_YEAR)
    _stars_of_this_year(session, district.id, now)
    _creators(session, district.id, now)


def _people(session: Session, many: int) -> list[Member]:
    query = select(Member).where(Member.name != "").order_by(col(Member.id)).limit(many)
    return list(session.exec(query).all())


def _matches(session: Session, station_id: int, care: Care, now: datetime) -> None:
    """A round robin of five teams, half of it played, the next matches with their times."""
    then = now - 12 * A_DAY
    title = Translated("兴趣队趣味赛", {"en": "Games between interest teams"})
    told = tournaments.Told(title, "投篮、踢毽、拔河三项，周末打。", promotes=2)
    row = tournaments.open_one(session, told, station_id, None, then)
    for team in teams.browse(session, limit=PLAYING):
        sides.put_in(session, row.id, team, None, then)
    fixtures.draw(session, row.id, "", None, then + A_DAY)
    every = fixtures.of_tournament(session, row.id)
    half = len(every) // 2
    for match, (home, away) in zip(every[:half], cycle(SCORES), strict=False):
        matches.decide(session, match.id, home, away, "记录表", None, then + 5 * A_DAY)
    for at, match in enumerate(every[half : half + 3], start=2):
        evening = (now + at * A_DAY).astimezone(care.zone).replace(hour=19, minute=0, second=0)
        starts_at = evening.replace(microsecond=0).astimezone(UTC)
        matches.set_time(session, match.id, starts_at, "桂城体育馆", None, now)


def _company_cup(session: Session, district: Station, now: datetime) -> None:
    """A knock-out between companies, whose first matches are played."""
    then = now - 10 * A_DAY
    title = Translated("厂际拔河", {"en": "Tug of war between companies"})
    told = tournaments.Told(title, "每队八人，三局两胜。", Mode.KNOCKOUT, of_companies=True)
    row = tournaments.open_one(session, told, district.id, None, then)
    points = session.exec(
        select(Station)
        .where(Station.kind == StationKind.CONTACT_POINT, col(Station.enterprise_id).is_not(None))
        .order_by(col(Station.id))
        .limit(COMPANIES)
    ).all()
    for point in points:
        sides.put_in(session, row.id, point, None, then)
    fixtures.draw(session, row.id, "", None, then + A_DAY)
    first = [each for each in fixtures.of_tournament(session, row.id) if each.round == 1]
    for match, (home, away) in zip(first[: COMPANIES // 4], ((2, 1), (0, 2)), strict=False):
        matches.decide(session, match.id, home, away, "记录表", None, then + 4 * A_DAY)


def _singing(session: Session, station_id: int, now: datetime) -> None:
    """A semi-final amid its evening: some have sung, one is on the stage."""
    then = now - 9 * A_DAY
    title = Translated("企业歌手赛", {"en": "Singing contest between companies"})
    contest = _opened(session, station_id, title, Form.STAGE, then, then + 5 * A_DAY)
    for member, song in zip(_people(session, SINGING), SONGS, strict=False):
        _hand_in(session, contest, member, song, then)
    criteria = tuple(
        Asked(Translated(zh, {"en": en}))
        for zh, en in (("音准", "Pitch"), ("台风", "Presence"), ("感染力", "Expression"))
    )
    plan = judging.Plan(criteria, now + 30 * A_DAY, method=Method.TRIMMED)
    judging.set_up(session, contest.id, plan, None, then)
    jury = [_judge(session, contest, name, then) for name in JURY]
    contests.close(session, contest.id, None, then + 6 * A_DAY)
    semi = rounds.add(
        session,
        contest.id,
        Told(Translated("复赛", {"en": "Semi-final"}), 1, None, Rule(3, standby=1)),
        None,
        then,
    )
    final = Told(Translated("决赛", {"en": "Final"}), 2)
    rounds.add(session, contest.id, final, None, then)
    rounds.draw(session, contest.id, 1, "", None, then + 7 * A_DAY)
    assert isinstance(semi, rounds.ContestRound)
    for at in range(3):
        calling.call_next(session, semi.id, None, now - timedelta(minutes=20 - 5 * at))
        if at < 2:
            _score(session, contest, semi, jury, 9 - at, now)


def _opened(
    session: Session,
    station_id: int,
    title: Translated,
    form: Form,
    opens_at: datetime,
    closes_at: datetime,
) -> Contest:
    limits = Limits(entries=99, authors=2)
    evening = closes_at.replace(hour=12, minute=0, second=0, microsecond=0)
    draft = Draft(station_id, title, opens_at, evening, form=form, limits=limits)
    contest = contests.create(session, draft, None, opens_at)
    contests.publish(session, contest.id, None, opens_at)
    return contest


def _hand_in(session: Session, contest: Contest, member: Member, title: str, at: datetime) -> None:
    begun = entries.begin(session, contest.id, member.id, at, title=title)
    assert isinstance(begun, entries.Done), begun
    parts.add(session, begun.entry.id, PartKind.TEXT, member.id, text=title)
    entries.declare(session, begun.entry.id, at)
    entries.hand_in(session, begun.entry.id, at)


def _new(session: Session, name: str, station_id: int | None, at: datetime) -> Member:
    made = Member(name=name, station_id=station_id, consented_at=at, created_at=at)
    session.add(made)
    session.flush()
    return made


def _judge(session: Session, contest: Contest, name: str, at: datetime) -> judges.Judge:
    member = _new(session, name, None, at)
    asked = judges.invite(session, contest.id, member.id, None, at)
    assert isinstance(asked, judges.Invited)
    judges.answer(session, asked.judge.id, member.id, at, yes=True)
    return asked.judge


def _score(
    session: Session,
    contest: Contest,
    row: rounds.ContestRound,
    jury: list[judges.Judge],
    points: int,
    now: datetime,
) -> None:
    """Let the judges score whoever is on the stage, none like the other."""
    on = next(
        each
        for each in rounds.of_round(session, row.id)
        if each.state is rounds.AppearanceState.ON_STAGE
    )
    for more, given in enumerate(calling.assigned(session, row.id, on.entry_id)):
        judge = next(each for each in jury if each.id == given.judge_id)
        assert judge.member_id is not None
        for criterion in judging.criteria_of(session, contest.id):
            mark = min(points + more % 2, criterion.most)
            scores.give(session, given.id, criterion.id, mark, judge.member_id, now)


def _stars_of_last_year(session: Session, station_id: int, care: Care, then: datetime) -> None:
    """An award that was nominated for, published and decided a year ago."""
    contest = _award(session, station_id, then, then + 3 * A_DAY)
    organizer = _new(session, "骆老师", None, then)
    chosen = list[int]()
    for name, told in STARS:
        star = _new(session, name, None, then - A_YEAR)
        row = _nominated(session, contest, star, organizer, told, then + A_DAY)
        nominations.answer(session, row.id, star.id, then + 2 * A_DAY, yes=True)
        nominations.shortlist(session, row.id, "材料扎实", None, then + 4 * A_DAY, is_in=True)
        chosen.append(row.id)
    deciding.propose(session, contest.id, chosen, None, then + 5 * A_DAY)
    deciding.decide(session, contest.id, None, care.zone, then + 11 * A_DAY)


def _stars_of_this_year(session: Session, station_id: int, now: datetime) -> None:
    """The award of this year, amid its nominations."""
    contest = _award(session, station_id, now - 5 * A_DAY, now + 12 * A_DAY)
    nominator, *others = _people(session, 4)
    for star, told in zip(
        others, ("教新工友用游标卡尺，手把手。", "连办四期手机摄影课。"), strict=False
    ):
        row = _nominated(session, contest, star, nominator, told, now - 3 * A_DAY)
        nominations.answer(session, row.id, star.id, now - 2 * A_DAY, yes=True)


def _creators(session: Session, station_id: int, now: datetime) -> None:
    """An award amid its public notice, of whose three one was objected to."""
    then = now - 15 * A_DAY
    title = Translated("青年产业工人年度创作大奖", {"en": "Young workers' award for creation"})
    contest = _award(session, station_id, then, then + 8 * A_DAY, title)
    organizer = _new(session, "邹老师", None, then)
    chosen = list[int]()
    for name, told in CREATORS:
        creator = _new(session, name, None, then - A_YEAR)
        row = _nominated(session, contest, creator, organizer, told, then + A_DAY)
        nominations.answer(session, row.id, creator.id, then + 2 * A_DAY, yes=True)
        nominations.shortlist(session, row.id, "作品完整", None, then + 9 * A_DAY, is_in=True)
        chosen.append(row.id)
    deciding.propose(session, contest.id, chosen, None, now - A_DAY)


def _award(
    session: Session,
    station_id: int,
    opens_at: datetime,
    closes_at: datetime,
    title: Translated = STAR,
) -> Contest:
    contest = _opened(session, station_id, title, Form.AWARD, opens_at, closes_at)
    plan = Plan(
        of=Of.PERSON,
        terms=Terms(years=2),
        places=10,
        prize=Translated("购书卡", {"en": "A book voucher"}),
    )
    awards.set_up(session, contest.id, plan, None, opens_at)
    return contest


def _nominated(
    session: Session,
    contest: Contest,
    star: Member,
    nominator: Member,
    told: str,
    at: datetime,
) -> Nomination:
    row = nominations.nominate(session, contest.id, Who(member_id=star.id), nominator.id, at)
    assert isinstance(row, Nomination), row
    dossiers.add_text(session, row.id, told, nominator.id, at)
    nominations.ask(session, row.id, nominator.id, at)
    return row
