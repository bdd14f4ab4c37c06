"""Tournaments: teams enter, the order is drawn, scores are told by one side and confirmed."""

import json
from collections.abc import Callable

from sqlmodel import Session

from models.contests import fixtures, matches, sides, tournaments
from models.contests.tournaments import Match, Told, Tournament, TournamentState
from models.network import roles
from models.network.stations import Enterprise, Station, StationKind
from models.rules.contests.matches import MatchState, Mode, Stage
from models.rules.events import draw_records
from models.rules.events.draw_records import Proven
from models.rules.languages import Translated
from models.rules.network.permissions import Act, Role
from models.teams.teams import Team
from tests.miniature.juries import lamp_company
from tests.miniature.rows import CONTACT_POINT, SHISHAN, local, team
from tests.stories.people import Person
from tests.stories.station import Nanhai

TEAMS = ("狮山队", "桂城队", "里水队", "大沥队")


async def four_captains(town: Nanhai, names: tuple[str, ...] = TEAMS) -> dict[str, Person]:
    """Teams with a captain each, by the names of the teams."""
    found = dict[str, Person]()
    for number, name in enumerate(names):
        row: Team = town.save(team(code=f"team{number}", name=name, name_en=""))
        captain = town.person(f"队长{number}")
        await captain.arrives()
        await captain.says(f"加入 {row.id}")
        await town.appoint(captain, Role.CAPTAIN, 3, team_id=row.id)
        found[name] = captain
    return found


async def the_organizer(town: Nanhai) -> Person:
    boss = town.person("主任")
    await boss.arrives()
    await town.appoint(boss, Role.TOWN, 3)
    return boss


def opened(town: Nanhai, told: Told) -> Tournament:
    def do(session: Session) -> int:
        return tournaments.open_one(session, told, 3, _boss(session), town.hands.now).id

    return town.get(Tournament, id=town.store.write_now(do))


def _boss(session: Session) -> int:
    [one] = roles.who_can(session, Act.RUN_CONTEST, session.get_one(Station, 3), local(1, 11))
    return one.id


def does(town: Nanhai, verb: Callable[..., object], *about: object) -> None:
    """Let the organizer do something."""

    def do(session: Session) -> None:
        verb(session, *about, _boss(session), town.hands.now)

    town.store.write_now(do)


def names(town: Nanhai, row: Tournament) -> dict[int | None, str]:
    found: dict[int | None, str] = town.look(
        lambda session: {
            side: each.text for side, each in tournaments.names_of(session, row.id).items()
        }
    )
    return found


async def test_a_round_robin_and_its_final_are_played_by_four_captains(town: Nanhai) -> None:
    boss = await the_organizer(town)
    captains = await four_captains(town)
    told = Told(Translated("厂际篮球赛"), mode=Mode.ROUND_ROBIN, promotes=2)
    row = opened(town, told)
    for name, captain in captains.items():
        assert "胜 3 分、平 1 分、负 0 分" in await captain.says(f"比赛 {told.title.text[:2]}")
        assert f"报上了：{name}" in await captain.presses("给队伍报名")
    # Whoever leads no team has nothing to enter.
    await boss.says("比赛")
    assert "已有 4 支队报名" in await boss.presses("厂际篮球赛")
    assert "给队伍报名" not in boss.labels
    does(town, fixtures.draw, row.id, "03 09 14")
    await town.after(minutes=1)
    for captain in captains.values():
        await captain.hears("次序抽好了：厂际篮球赛")
    async with town.http.get(f"{town.origin}/m/{row.id}.json") as answer:
        record = json.loads(await answer.read())
    assert isinstance(draw_records.verify(record), Proven)
    assert sorted(record["sides"].values()) == sorted(TEAMS)

    sides = names(town, row)
    first, *others = town.rows(Match, tournament_id=row.id)
    home, away = captains[sides[first.home_id]], captains[sides[first.away_id]]
    does(town, matches.set_time, first.id, local(3, 19), "狮山体育馆")
    await town.after(minutes=1)
    assert "狮山体育馆" in await away.hears("时间定了")
    await town.at(local(2, 19))
    await home.hears("12月3日")
    await town.at(local(3, 21))
    await home.hears("打得怎么样")
    await home.presses("报比分")
    assert "写两个数字" in await home.says("赢了")
    assert "正在问另一方" in await home.says("3比1")
    await town.after(minutes=1)
    assert "3:1。对吗" in await away.hears("报了")
    # The other side says something else, and the organizers decide with a reason.
    await away.presses("不对")
    assert "由组织者判定" in await away.says("2:1")
    await town.after(minutes=1)
    await boss.hears("两边报的比分不一样")
    await boss.presses("判定")
    await boss.says("2:1")
    assert "算数了" in await boss.says("记录表上是 2:1")
    await town.after(minutes=1)
    for captain in (home, away):
        assert "记录表上是 2:1" in await captain.hears("算数了")
    assert "胜" in await home.says(f"比赛 {told.title.text}")

    # The others agree with what is told: the home side always wins by one.
    for match in others:
        await _agree(town, captains, match, (1, 0))
    cup = town.rows(Match, tournament_id=row.id, stage=Stage.CUP)
    assert len(cup) == 1
    await town.after(minutes=1)
    finalist = captains[sides[cup[0].home_id]]
    await finalist.hears("下一场")
    # A final has a winner.
    await _agree(town, captains, cup[0], (1, 1), refused=True)
    await _agree(town, captains, cup[0], (0, 2))
    assert town.get(Tournament, id=row.id).state is TournamentState.OVER
    await town.after(minutes=1)
    winner = sides[cup[0].away_id]
    for captain in captains.values():
        await captain.hears(f"冠军是{winner}")
    async with town.http.get(f"{town.origin}/m/{row.id}?lang=zh") as answer:
        page = await answer.text()
        assert answer.headers["ETag"]
    assert f"冠军：{winner}" in page
    assert "相互之间的比赛" in page
    assert "队长" not in page


async def _agree(
    town: Nanhai,
    captains: dict[str, Person],
    match: Match,
    score: tuple[int, int],
    *,
    refused: bool = False,
) -> None:
    row = town.get(Tournament, id=match.tournament_id)
    sides = names(town, row)
    home, away = captains[sides[match.home_id]], captains[sides[match.away_id]]
    await home.says(f"比赛 {row.title}")
    await home.presses("还没打的")
    await home.presses(f"{sides[match.home_id]} 对 {sides[match.away_id]}")
    await home.presses("报比分")
    said = await home.says(f"{score[0]}:{score[1]}")
    if refused:
        assert "要分出胜负" in said
        return
    await town.after(minutes=1)
    await away.hears(f"{score[0]}:{score[1]}。对吗")
    assert "算数了" in await away.presses("没错")
    assert town.get(Match, id=match.id).state is MatchState.SETTLED


async def test_three_play_a_knock_out_and_who_withdraws_gives_the_match_away(
    town: Nanhai,
) -> None:
    await the_organizer(town)
    captains = await four_captains(town, TEAMS[:3])
    row = opened(town, Told(Translated("拔河赛"), mode=Mode.KNOCKOUT))
    for captain in captains.values():
        await captain.says("比赛 拔河")
        await captain.presses("给队伍报名")
    does(town, fixtures.draw, row.id, "")
    sides = names(town, row)
    cup = town.rows(Match, tournament_id=row.id)
    rests, plays = cup[0], cup[1]
    assert rests.state is MatchState.SETTLED
    assert cup[2].home_id == rests.winner_id
    leaver, stayer = sides[plays.home_id], sides[plays.away_id]
    does(town, matches.withdraw, plays.home_id, "人不够")
    await town.after(minutes=1)
    assert "弃权胜" in await captains[stayer].hears("算数了")
    await captains[stayer].hears("下一场")
    assert all("算数了" not in each for each in captains[leaver].unasked())
    await _agree(town, captains, town.get(Match, id=cup[2].id), (2, 1))
    assert town.look(
        lambda session: matches.first_of(session, session.get(Tournament, row.id))
    ) == (rests.winner_id)


async def test_companies_play_by_those_who_organize_their_contact_points(town: Nanhai) -> None:
    await the_organizer(town)

    def settle(session: Session) -> int:
        """A second company beside the lamp company, with a contact point in the same town."""
        lamp_company(session)
        rival = Enterprise(code="hongji", name="鸿基铝业")
        session.add(rival)
        session.flush()
        point = Station(
            code="s5",
            parent_id=SHISHAN,
            kind=StationKind.CONTACT_POINT,
            name="鸿基联系点",
            path="/1/3/x/",
        )
        point.enterprise_id = rival.id
        session.add(point)
        session.flush()
        point.path = f"/1/3/{point.id}/"
        session.add(point)
        return point.id

    rival = town.store.write_now(settle)
    points = {"昭信集团": CONTACT_POINT, "鸿基铝业": rival}
    captains = dict[str, Person]()
    for name, place in points.items():
        captains[name] = town.person(name[:2])
        await captains[name].arrives()
        await town.appoint(captains[name], Role.CONTACT_POINT, place)
    row = opened(town, Told(Translated("厂际拔河"), mode=Mode.KNOCKOUT, of_companies=True))
    zhaoxin = captains["昭信集团"]
    await zhaoxin.says("比赛 厂际")
    assert "报上了：昭信集团" in await zhaoxin.presses("企业报名")
    # The town enters the other one; whoever organizes it speaks for it all the same.
    other = town.get(Station, id=rival)
    does(town, sides.put_in, row.id, other)
    does(town, fixtures.draw, row.id, "")
    await town.after(minutes=1)
    for each in captains.values():
        await each.hears("次序抽好了：厂际拔河")
    (match,) = town.rows(Match, tournament_id=row.id)
    await _agree(town, captains, match, (2, 1))
    assert town.get(Tournament, id=row.id).state is TournamentState.OVER
