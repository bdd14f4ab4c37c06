"""Verbs ask for the right where the act is done: every one of them, and whoever calls it."""

import ast
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel

from models.announcements import announcements, lifecycle
from models.contests import (
    arranging,
    awards,
    contests,
    judges,
    judging,
    organizing,
    rounds,
    sides,
    thanking,
    tournaments,
    voting,
)
from models.contests.entries import Entry
from models.desk import answering, known, misses
from models.desk.misses import Miss
from models.desk.threads import Thread, ThreadLine
from models.events import (
    answers,
    asking_again,
    chains,
    checking_in,
    course_questions,
    doors,
    doubling,
    draws,
    editing,
    gating,
    halls,
    helping,
    id_pages,
    kept_names,
    partnering,
    photos,
    posters,
    postponing,
    publishing,
    questionnaire,
    repeating,
    requests,
    running,
    templates,
    walking_in,
)
from models.events.chains import Chosen
from models.events.events import Event, EventState, Signup, SignupState
from models.events.groups import Mode, Series
from models.events.pictures import Photo, StoredPicture
from models.events.questionnaire import Added, NewQuestion
from models.events.questions import EventQuestion
from models.events.quotas import Share
from models.events.repeating import Plan
from models.hooks import keeping
from models.hooks.keeping import Kept
from models.members import at_once, binding, blocking, removing
from models.members.looking_up import Wanted
from models.members.removing import WhyErased
from models.network import describing as describing_places
from models.network import invites, partners, roles, tokens
from models.network.helpers import Helper
from models.network.members import Address, Member
from models.network.partners import Part, Partner
from models.network.roles import NotAllowed
from models.network.sealing import Sealing
from models.network.stations import Station
from models.network.tokens import LASTS, Made
from models.rules.contests.states import EntryState, Form
from models.rules.dates.repeats import By, Repeat
from models.rules.events.gates import Gates
from models.rules.events.questions import QuestionKind
from models.rules.languages import Translated
from models.rules.network.audience import Audience
from models.rules.network.floors import Count
from models.rules.network.permissions import Role, SoloLimits
from models.rules.network.scopes import Scope
from models.rules.sending.hook_kinds import HookKind
from models.rules.teams.joining import JoinMode, TeamState
from models.rules.teams.weekly import WeeklySession
from models.rules.understanding.intents import Intent
from models.store import Store
from models.teams import (
    closing,
    describing,
    dismissing,
    founding,
    joining,
    leading,
    sessions,
    teams,
)
from models.teams.teams import BidKind
from tests.miniature.rows import CARE, badminton, local, network, team
from tests.models.network import rights_at_galas
from tests.models.network.rights_at_galas import Evening

MODELS = Path(roles.__file__).parents[1]
SHISHAN, ZHAOXIN = 3, 4
AT = local(5, 13)
"""An hour before the match: its check-in is open."""

LIMITS = SoloLimits()
SCOPES = (Scope.EVENTS_READ,)
SEALED = replace(CARE, sealing=Sealing((b"k" * 32,)))
WEEKLY = WeeklySession(local(9, 19), timedelta(hours=2), "体育馆")
TITLE = Translated("{team}训练")
PARTNER = partners.Told(Translated("青少年宫"), (Part.TEACHES,))
AWARDED = awards.Plan()
ROUND = rounds.Told(Translated("复赛"), 1)
CUP = tournaments.Told(Translated("拔河赛"))
EVERY_WEEK = Repeat(By.WEEK, ())
JUDGED = judging.Plan((judging.Asked(Translated("立意")),), local(27, 18))
QUESTION = NewQuestion(QuestionKind.TEXT, Translated("尺码？"), asked_again=True)


class Scene:
    """A town with everything that can be acted on, and two members: without a right, and with."""

    def __init__(self, session: Session) -> None:
        network(session)
        self.session = session
        self.nobody, self.boss, self.author, self.ana = (
            self._member(name) for name in ("路人", "镇长", "点长", "小安")
        )
        self._add(Member(name="李伟", station_id=ZHAOXIN, loaded_as="s4/李伟", created_at=AT))
        self.shishan = session.get_one(Station, SHISHAN)
        self.town = roles.give(session, self.boss, Role.TOWN, self.shishan, AT).grant.id
        point = session.get_one(Station, ZHAOXIN)
        given = roles.give(session, self.author, Role.CONTACT_POINT, point, AT)
        self.grant = given.grant.id
        made = tokens.make(session, self.grant, "大屏", SCOPES, LASTS[0], self.author, AT)
        assert isinstance(made, Made)
        self.token = made.token.id
        url, kinds = "https://firm.example/", (HookKind.SIGN_UP,)
        told = keeping.make(session, self.grant, url, kinds, self.author, SEALED, AT)
        assert isinstance(told, Kept)
        told.hook.disabled_at = AT
        self.hook = told.hook.id
        invites.invite(session, Role.CORE_MEMBER, self.shishan, AT, by=self.boss)
        self.event = self._add(badminton()).id
        union = Partner(station_id=SHISHAN, name="狮山工会", parts="hosts", since=AT)
        self.partner = int(self._add(union).id)
        texts = contests.Draft(ZHAOXIN, Translated("征文"), AT, local(20, 18))
        self.contest = contests.create(session, texts, self.author, AT).id
        opened = tournaments.open_one(session, CUP, SHISHAN, self.boss, AT)
        self.tournament = opened.id
        work = Entry(contest_id=self.contest, code="ABCD2345", begun_at=AT, changed_at=AT)
        work.state = EntryState.HANDED_IN
        self.entry = int(self._add(work).id)
        self.stage, self.award = (
            contests.create(session, replace(texts, form=each), self.author, AT).id
            for each in (Form.STAGE, Form.AWARD)
        )
        self.asked = self._add(badminton(code="asked", state=EventState.ASKED)).id
        self.seat = self._seat(SignupState.SEATED, self.ana, 1)
        self.came = self._seat(SignupState.ATTENDED, self.author, 2)
        self.request = self._seat(SignupState.ASKED, self._member("小问"), 3)
        self.code = checking_in.code_of(session, self.event, 1)
        self.team = self._add(team())
        later = {"starts_at": local(8, 14), "ends_at": local(8, 17), "closes_at": local(7, 12)}
        before = {"starts_at": local(4, 14), "ends_at": local(4, 17), "closes_at": local(4, 12)}
        self.over = self._add(badminton(code="over", **before)).id
        helper = Helper(event_id=self.over, member_id=self.ana, since=AT, until=local(4, 17))
        self.helper = int(self._add(helper).id)
        taken: dict[str, Any] = {"hash": "1", "media_type": "image/png", "content": b"1", "at": AT}
        self.picture = int(self._add(StoredPicture(**taken, by=self.boss)).id)
        other = int(self._add(StoredPicture(**taken, by=self.author)).id)
        row = Photo(event_id=self.over, picture_id=other, at=AT, hidden_at=AT)
        self.photo = int(self._add(row).id)
        self.gala = Evening(session, self.event, self.over, self.boss, AT)
        self.hall = self._add(badminton(code="hall", hall="2排×3座", hall_seats=6)).id
        self.to_draw = self._add(badminton(code="to-draw", seats=3, **later)).id
        self.drawn = self._add(badminton(code="drawn", seats=3, **later)).id
        kept = Signup(event_id=self.to_draw, name="老李", state=SignupState.SEATED, at=AT)
        self.kept = int(self._add(kept).id)
        draws.set_up(session, self.drawn, self.boss, AT)
        added = questionnaire.add(session, self.event, QUESTION, self.boss, AT)
        assert isinstance(added, Added)
        self.question = added.question.id
        questionnaire.add(session, self.event, QUESTION, self.boss, AT)
        course = self._add(Series(code="course", station_id=SHISHAN, mode=Mode.BOTH))
        first, _second = (
            self._add(badminton(code=f"course-{date}", series_id=course.id, **later)).id
            for date in (1, 2)
        )
        asked = questionnaire.add(session, first, QUESTION, self.boss, AT)
        assert isinstance(asked, Added)
        self.of_course = asked.question.id
        self.proposed = self._add(team(code="new", name="新队", state=TeamState.WAITING)).id
        for each in (self.ana, self.author):
            teams.join(session, self.team, each, AT)
        roles.give(session, self.author, Role.DEPUTY, self.shishan, AT, team_id=self.team.id)
        bid = teams.bid(session, self.team.id, self.boss, BidKind.JOIN, AT)
        assert bid is not None
        self.bid = bid.id
        sessions.meet_weekly(session, self.team, WEEKLY, TITLE, self.boss, CARE, AT)
        repeats = repeating.session_of(session, self.team.id)
        assert repeats is not None
        self.sessions = repeats
        self.thread = self._thread()
        self.known = known.keep(session, SHISHAN, "在哪里", "桥头", None, AT).id
        self.miss = self._add(Miss(text="打球", language="zh", count=3, last_at=AT))
        misses.teach(
            session,
            self._add(Miss(text="球", language="zh", last_at=AT)),
            Intent.EVENTS,
            self.boss,
            AT,
        )
        everybody = Audience(stations=(SHISHAN,))
        self.draft = announcements.draft(session, self.shishan, self.author, AT, audience=everybody)
        self.draft.text = "明天停水。"
        session.flush()

    def _member(self, name: str) -> int:
        row = self._add(Member(name=name, station_id=SHISHAN, consented_at=AT, created_at=AT))
        self._add(
            Address(member_id=row.id, account="telegram.nanhai", external=name, created_at=AT)
        )
        return int(row.id)

    def _add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def _thread(self) -> int:
        row = Thread(member_id=self.ana, station_id=SHISHAN, opened_at=AT, last_at=AT)
        row.chosen_station_id = ZHAOXIN
        row.waits_since = AT
        thread_id = int(self._add(row).id)
        self._add(ThreadLine(thread_id=thread_id, text="想要篮球场", at=AT))
        return thread_id

    def _seat(self, state: SignupState, member_id: int, turn: int) -> int:
        row = Signup(event_id=self.event, member_id=member_id, state=state, turn=turn, at=AT)
        return int(self._add(row).id)


Verb = Callable[[Session, Scene, int], object]

VERBS: dict[str, Verb] = {
    "contests.contests.create": lambda s, at, by: contests.create(
        s, contests.Draft(SHISHAN, Translated("征文"), AT, local(20, 18)), by, AT
    ),
    "contests.contests.edit": lambda s, at, by: contests.edit(
        s, at.contest, contests.draft_of(s.get_one(contests.Contest, at.contest)), by, AT
    ),
    "contests.contests.open_gallery": lambda s, at, by: contests.open_gallery(
        s, at.contest, by, AT, is_open=True
    ),
    "contests.arranging.put": lambda s, at, by: arranging.put(
        s, at.contest, [Translated("文案")], by, AT
    ),
    "contests.arranging.put_prizes": lambda s, at, by: arranging.put_prizes(
        s, at.contest, [arranging.Prize(Translated("一等奖"))], by, AT
    ),
    "contests.organizing.cancel": lambda s, at, by: organizing.cancel(s, at.contest, "", by, AT),
    "contests.organizing.send_back": lambda s, at, by: organizing.send_back(
        s, at.entry, "太短", None, by, AT
    ),
    "contests.organizing.hide": lambda s, at, by: organizing.hide(s, at.entry, "广告", by, AT),
    "contests.thanking.thank": lambda s, at, by: thanking.thank(s, at.contest, {}, by, AT),
    "contests.contests.publish": lambda s, at, by: contests.publish(s, at.contest, by, AT),
    "contests.judging.set_up": lambda s, at, by: judging.set_up(s, at.contest, JUDGED, by, AT),
    "contests.judges.make_code": lambda s, at, by: judges.make_code(s, at.contest, by, AT),
    "contests.judges.invite": lambda s, at, by: judges.invite(s, at.contest, at.ana, by, AT),
    "contests.voting.set_up": lambda s, at, by: voting.set_up(
        s, at.contest, voting.Plan(AT, local(25, 12)), by, AT
    ),
    "contests.rounds.add": lambda s, at, by: rounds.add(s, at.stage, ROUND, by, AT),
    "contests.awards.set_up": lambda s, at, by: awards.set_up(s, at.award, AWARDED, by, AT),
    "contests.tournaments.open_one": lambda s, at, by: tournaments.open_one(
        s, CUP, SHISHAN, by, AT
    ),
    "contests.sides.put_in": lambda s, at, by: sides.put_in(s, at.tournament, at.team, by, AT),
    "contests.tournaments.cancel": lambda s, at, by: tournaments.cancel(
        s, at.tournament, "下雨", by, AT
    ),
    "network.describing.describe": lambda s, at, by: describing_places.describe(
        s, SHISHAN, {"name": Translated("狮山镇")}, "", by, AT
    ),
    "network.partners.add": lambda s, at, by: partners.add(s, SHISHAN, PARTNER, by, AT),
    "network.partners.change": lambda s, at, by: partners.change(s, at.partner, PARTNER, by, AT),
    "network.partners.end": lambda s, at, by: partners.end(s, at.partner, by, AT),
    "events.partnering.choose": lambda s, at, by: partnering.choose(
        s, at.event, [(at.partner, Part.HOSTS)], by, AT
    ),
    "network.invites.invite": lambda s, at, by: invites.invite(
        s, Role.CORE_MEMBER, at.shishan, AT, by=by
    ),
    "network.invites.withdraw_invite": lambda s, at, by: invites.withdraw_invite(s, 1, by, AT),
    "network.tokens.make": lambda s, at, by: tokens.make(
        s, at.town, "大屏", SCOPES, LASTS[0], by, AT
    ),
    "network.tokens.end": lambda s, at, by: tokens.end(s, at.token, by, AT),
    "hooks.keeping.make": lambda s, at, by: keeping.make(
        s, at.town, "https://town.example/", (HookKind.SIGN_UP,), by, SEALED, AT
    ),
    "hooks.keeping.turn_on": lambda s, at, by: keeping.turn_on(s, at.hook, by, AT),
    "hooks.keeping.test": lambda s, at, by: keeping.test(s, at.hook, by, AT),
    "hooks.keeping.end": lambda s, at, by: keeping.end(s, at.hook, by, AT),
    "network.roles.withdraw": lambda s, at, by: roles.withdraw(s, at.grant, by, AT),
    "teams.dismissing.dismiss": lambda s, at, by: dismissing.dismiss(s, at.grant, by, AT),
    "events.publishing.approve": lambda s, at, by: publishing.approve(s, at.asked, by, AT),
    "events.publishing.send_back": lambda s, at, by: publishing.send_back(
        s, at.asked, "太挤", by, AT
    ),
    "events.running.close_sign_up": lambda s, at, by: running.close_sign_up(s, at.event, by, AT),
    "events.running.open_sign_up": lambda s, at, by: running.open_sign_up(
        s, at.event, local(5, 13, 30), by, CARE, AT
    ),
    "events.running.change_seats": lambda s, at, by: running.change_seats(
        s, at.event, 9, by, CARE, AT
    ),
    "events.running.move": lambda s, at, by: running.move(
        s, at.event, local(6, 14), local(6, 17), by, CARE, AT
    ),
    "events.running.relocate": lambda s, at, by: running.relocate(s, at.event, "文化站", by, AT),
    "events.running.gather": lambda s, at, by: running.gather(s, at.event, "东门", by, AT),
    "events.running.record_view": lambda s, at, by: running.record_view(
        s, s.get_one(Event, at.event), by, AT
    ),
    "events.running.call_off": lambda s, at, by: running.call_off(s, at.event, "下雨", by, AT),
    "events.postponing.postpone": lambda s, at, by: postponing.postpone(s, at.event, "", by, AT),
    "events.doubling.hold_twice": lambda s, at, by: doubling.hold_twice(
        s, at.event, AT + timedelta(days=3), AT + timedelta(days=4), 9, by, CARE, AT
    ),
    "events.running.open_page": lambda s, at, by: running.open_page(
        s, at.event, by, AT, is_open=True
    ),
    "events.running.share_out": lambda s, at, by: running.share_out(
        s, at.event, [Share("/s3/", least=2)], None, by, CARE, AT
    ),
    "events.gating.put": lambda s, at, by: gating.put(
        s, at.event, Gates(approval=True), None, by, CARE, AT
    ),
    "events.requests.let_in": lambda s, at, by: requests.let_in(
        s, at.event, at.request, by, CARE, AT
    ),
    "events.requests.let_in_all": lambda s, at, by: requests.let_in_all(s, at.event, by, CARE, AT),
    "events.requests.refuse": lambda s, at, by: requests.refuse(
        s, at.event, at.request, "下次", by, AT
    ),
    "events.halls.set_hall": lambda s, at, by: halls.set_hall(
        s, at.event, "2排×3座", by, AT, seen=None
    ),
    "events.halls.seat": lambda s, at, by: halls.seat(s, at.hall, by, AT),
    "events.draws.set_up": lambda s, at, by: draws.set_up(s, at.to_draw, by, AT),
    "events.draws.name_number": lambda s, at, by: draws.name_number(s, at.drawn, "体彩", by, AT),
    "events.draws.admit_web": lambda s, at, by: draws.admit_web(s, at.drawn, by, AT),
    "events.draws.take_back": lambda s, at, by: draws.take_back(s, at.drawn, by, AT),
    "events.questionnaire.add": lambda s, at, by: questionnaire.add(s, at.event, QUESTION, by, AT),
    "events.questionnaire.change": lambda s, at, by: questionnaire.change(
        s, at.question, "required", False, by, AT
    ),
    "events.questionnaire.ask_if": lambda s, at, by: questionnaire.ask_if(
        s, at.question, None, "", by, AT
    ),
    "events.questionnaire.move": lambda s, at, by: questionnaire.move(
        s, at.question, False, by, AT
    ),
    "events.questionnaire.keep_for": lambda s, at, by: questionnaire.keep_for(
        s, at.question, 7, by, AT
    ),
    "events.questionnaire.remove": lambda s, at, by: questionnaire.remove(s, at.question, by, AT),
    "events.course_questions.spread": lambda s, at, by: course_questions.spread(
        s, at.of_course, by, AT
    ),
    "events.course_questions.remove": lambda s, at, by: course_questions.remove(
        s, at.of_course, by, AT
    ),
    "events.course_questions.ask_those_signed_up": lambda s, at, by: (
        course_questions.ask_those_signed_up(
            s, s.get_one(Event, s.get_one(EventQuestion, at.of_course).event_id), by, AT
        )
    ),
    "events.answers.ask_those_signed_up": lambda s, at, by: answers.ask_those_signed_up(
        s, s.get_one(Event, at.event), by, AT
    ),
    "events.id_pages.make_for_all": lambda s, at, by: id_pages.make_for_all(
        s, at.event, "保险", by, AT
    ),
    "events.posters.hang": lambda s, at, by: posters.hang(s, at.event, "食堂", by, AT),
    "events.doors.choose": lambda s, at, by: doors.choose(s, at.event, True, by, AT),
    "events.chains.sign_up": lambda s, at, by: chains.sign_up(
        s, at.to_draw, [Chosen("小李")], by, CARE, AT
    ),
    "events.kept_names.take_off": lambda s, at, by: kept_names.take_off(
        s, at.to_draw, at.kept, by, CARE, AT
    ),
    "events.templates.keep": lambda s, at, by: templates.keep(s, at.event, by, AT),
    "events.photos.send": lambda s, at, by: photos.send(s, at.over, [at.picture], by, AT),
    "events.photos.decide": lambda s, at, by: photos.decide(s, at.photo, by, AT, keep=True),
    "events.helping.give": lambda s, at, by: helping.give(s, at.event, at.ana, by, AT),
    "events.helping.correct": lambda s, at, by: helping.correct(s, at.helper, 90, by, AT),
    "events.helping.invite": lambda s, at, by: helping.invite(s, at.event, by, AT),
    "events.walking_in.let_in": lambda s, at, by: walking_in.let_in(
        s, at.event, ["小李"], by, CARE, AT
    ),
    "events.editing.edit": lambda s, at, by: editing.edit(
        s, at.event, {"title": Translated("单打赛")}, by, AT
    ),
    "events.checking_in.by_code": lambda s, at, by: checking_in.by_code(
        s, at.event, at.code, by, AT
    ),
    "events.checking_in.by_code_anywhere": lambda s, at, by: checking_in.by_code_anywhere(
        s, at.code, by, AT
    ),
    "events.checking_in.from_list": lambda s, at, by: checking_in.from_list(
        s, at.event, at.seat, by, AT
    ),
    "events.asking_again.note": lambda s, at, by: asking_again.note(
        s, at.event, {at.came: {at.question: "要"}}, by, CARE, AT
    ),
    "events.checking_in.undo": lambda s, at, by: checking_in.undo(s, at.event, at.came, by, AT),
    "teams.founding.approve": lambda s, at, by: founding.approve(s, at.proposed, by, AT, CARE.zone),
    "teams.founding.send_back": lambda s, at, by: founding.send_back(
        s, at.proposed, by, "太像", AT
    ),
    "teams.joining.answer_request": lambda s, at, by: joining.answer_request(
        s, at.bid, by, yes=True, now=AT
    ),
    "teams.joining.set_join_mode": lambda s, at, by: joining.set_join_mode(
        s, at.team, JoinMode.APPROVAL, by, AT
    ),
    "teams.closing.close": lambda s, at, by: closing.close(s, at.team.id, "没人", by, AT),
    "teams.describing.describe": lambda s, at, by: describing.describe(
        s, at.team.id, {"name": Translated("晨星队")}, by, AT
    ),
    "teams.leading.appoint_deputy": lambda s, at, by: leading.appoint_deputy(
        s, at.team, at.ana, by, AT
    ),
    "teams.leading.demote": lambda s, at, by: leading.demote(s, at.team, at.author, by, AT),
    "teams.leading.remove": lambda s, at, by: leading.remove(s, at.team, at.ana, by, AT),
    "teams.leading.offer_captaincy": lambda s, at, by: leading.offer_captaincy(
        s, at.team, at.ana, by, AT
    ),
    "events.repeating.begin": lambda s, at, by: repeating.begin(
        s, at.event, EVERY_WEEK, by, CARE, AT
    ),
    "events.repeating.change": lambda s, at, by: repeating.change(
        s, at.sessions, Plan(EVERY_WEEK, local(10, 19), timedelta(hours=2)), by, CARE, AT
    ),
    "events.repeating.stop": lambda s, at, by: repeating.stop(s, at.sessions, by, AT),
    "events.repeating.skip": lambda s, at, by: repeating.skip(s, at.sessions, "检修", by, CARE, AT),
    "teams.sessions.meet_weekly": lambda s, at, by: sessions.meet_weekly(
        s, at.team, WEEKLY, TITLE, by, CARE, AT
    ),
    "teams.sessions.stop": lambda s, at, by: sessions.stop(s, at.team, by, AT),
    "teams.sessions.skip": lambda s, at, by: sessions.skip(s, at.team, "检修", by, AT),
    "teams.sessions.change_once": lambda s, at, by: sessions.change_once(
        s, at.team, WEEKLY, by, CARE, AT
    ),
    "desk.answering.answer": lambda s, at, by: answering.answer(s, at.thread, "好的", by, CARE, AT),
    "desk.answering.give": lambda s, at, by: answering.give(s, at.thread, at.boss, by, AT),
    "desk.answering.settle": lambda s, at, by: answering.settle(s, at.thread, by, CARE, AT),
    "desk.answering.hand_over": lambda s, at, by: answering.hand_over(
        s, at.thread, ZHAOXIN, by, CARE, AT
    ),
    "desk.known.keep": lambda s, at, by: known.keep(s, SHISHAN, "几点开门", "九点", by, AT),
    "desk.known.change": lambda s, at, by: known.change(s, at.known, {"answer": "十点"}, by, AT),
    "desk.known.remove": lambda s, at, by: known.remove(s, at.known, by, AT),
    "desk.misses.teach": lambda s, at, by: misses.teach(s, at.miss, Intent.EVENTS, by, AT),
    "desk.misses.drop": lambda s, at, by: misses.drop(s, at.miss, by, AT),
    "desk.misses.unteach": lambda s, at, by: misses.unteach(s, 1, by, AT),
    "members.at_once.take_list": lambda s, at, by: at_once.take_list(s, Wanted(), "排班", by, AT),
    "members.blocking.block": lambda s, at, by: blocking.block(s, at.ana, "骚扰", by, CARE, AT),
    "members.removing.ask": lambda s, at, by: removing.ask(
        s, at.ana, WhyErased.ASKED, by, CARE, AT
    ),
    "members.binding.take_codes": lambda s, at, by: binding.take_codes(
        s, at.shishan, by, "发码", AT
    ),
    "announcements.lifecycle.start": lambda s, at, by: lifecycle.start(
        s, at.draft, by, AT, people=Count(4), limits=LIMITS
    ),
    **rights_at_galas.verbs(AT),
}
"""Each verb as a member ``by`` calls it; the member with the right succeeds."""

UNRECORDED = {"teams.leading.offer_captaincy"}
"""What is put into the audit when somebody accepts it."""

READS = {
    "contests.lists.record_view",
    "contests.apart.signs",
    *("finding.searching.search", "finding.things.teams"),
    *(f"finding.written.{name}_with" for name in ("threads", "announcements")),
    *("members.looking_up.look_up", "members.looking_up.meant", "members.seeing.require_above"),
    *("members.seeing.visible_to", "members.seeing.find", "members.sheets.open_sheet"),
    *("members.doubles.candidates", "members.doubles.preview"),
    *("members.sheets.may_open", "members.sheets.opened", "reports.reports.of"),
    *(f"events.answer_photos.{name}" for name in ("asked", "may_see", "open_one")),
    *("events.running.has_viewed", "desk.answering.is_open_to"),
    "events.chains.look",
    "contests.deciding.lacks_of",
    *(f"loading.network.{name}" for name in ("prepare", "check", "preview")),
    *("loading.uploads.require", "members.holders.holders"),
    "events.pictures.has_enough",
    "network.roles.require",
    "network.roles.may_grant",
    "network.invites.open_invites",
    "events.checking_in.events_of_the_day",
    "teams.leading.may_change",
    "announcements.lifecycle.limit_of",
    "announcements.lifecycle.record",
    "announcements.progress.record_view",
    "desk.answering.record_view",
    "desk.misses.taught",
    "desk.threads.for_organizer",
    *("teams.leading.record_view", "teams.leading.has_viewed"),
}
"""What only looks, records that somebody looked, or acts by itself."""

OWN = {
    *("contests.scores.give", "contests.scores.note"),
    *(f"contests.gathering.{name}" for name in ("add", "take_out", "move_up", "name", "sort")),
    *("contests.gathering.enter_for_team", "contests.gathering.enter_for_company"),
    *("contests.authors.ask", "contests.authors.leave_out", "contests.parts.add"),
    *("contests.sounds.keep", "contests.sounds.has_enough"),
    "desk.misses.note",
    "events.publishing.publish",
    "events.pictures.keep",
    "events.series.publish",
    "teams.teams.bid",
    "announcements.announcements.draft",
    "announcements.announcements.correct",
    "announcements.streams.draft",
    *("loading.uploads.send", "loading.uploads.throw_away"),
}
"""What is the member's own until it is sent or decided, which asks then; ``publish`` answers so."""

STEPS = {
    *("events.cancelling.call_off", "members.at_once.block", "members.at_once.erase"),
    *("events.running.to_change", "events.running.note"),
    *("contests.contests.locked", "contests.contests.record"),
    *("gala.screens.locked", "gala.screens.record"),
    *("contests.tournaments.require", "contests.tournaments.record"),
    *("contests.settling.give", "contests.settling.note"),
    *("events.certificates.locked", "events.certificates.record"),
    *("events.checking_in.check_in", "events.checking_in.to_check_in"),
    *(f"events.parties.{name}" for name in ("add", "give_up", "tell_given_up", "tell_one")),
}
"""Steps of verbs that ask for the right, or that a member does for themselves; or many verbs."""

DECIDED = (
    {"contests.contests.close", "contests.judging.put_off", "contests.fixtures.draw"}
    | {"contests.organizing.show"}
    | {"contests.assignments.assign", "contests.assignments.leave"}
    | {f"contests.apart.{name}" for name in ("set_apart", "count_again")}
    | {"contests.results.settle", "contests.results.publish"}
    | {"contests.rounds.draw", "contests.nominations.shortlist"}
    | {"contests.deciding.propose", "contests.deciding.decide"}
    | {f"contests.calling.{name}" for name in ("call_next", "mark_absent", "bring_back")}
    | {f"contests.calling.{name}" for name in ("withdraw", "close", "correct")}
    | {f"contests.matches.{name}" for name in ("set_time", "decide", "walk_over", "withdraw")}
    | {f"announcements.lifecycle.{name}" for name in ("approve", "refuse", "stop")}
    | {f"announcements.holding.{name}" for name in ("resume", "put_off", "skip_week", "take_back")}
    | {"members.blocking.unblock", "members.removing.take_back", "members.doubles.merge_doubles"}
    | {
        "desk.answering.put_back",
        "members.binding.decide",
        "loading.uploads.want",
        "events.draws.enter_number",
        "events.history.decide",
    }
    | {"events.issuing.issue", "events.certificates.withdraw"}
    | {"events.helping.withdraw", "events.walking_in.let_in_from_queue", "events.stops.write"}
    | {"events.checking_in.with_party", "events.postponing.restore"}
)
"""What is decided about something under way, which their own tests bring so far."""


def _rows(session: Session) -> dict[str, list[Any]]:
    """Every row of every table."""
    session.flush()
    return {
        name: sorted(map(repr, session.execute(table.select()).all()))
        for name, table in SQLModel.metadata.tables.items()
    }


def _changes(session: Session, verb: Verb, scene: Scene, by: int) -> list[str]:
    """The tables that a call changes, before it raises as well; what it did is undone."""
    before = _rows(session)
    undone = session.begin_nested()
    with suppress(NotAllowed):
        verb(session, scene, by)
    after = _rows(session)
    undone.rollback()
    session.expire_all()
    return [name for name in after if after[name] != before[name]]


def test_without_the_right_nothing_is_done_and_with_it_it_is(store: Store) -> None:
    def walk(session: Session) -> list[tuple[str, str]]:
        scene, faults = Scene(session), []
        for name, verb in VERBS.items():
            if _changes(session, verb, scene, scene.nobody):
                faults.append((name, "done without the right"))
            done = _changes(session, verb, scene, scene.boss)
            if not done or (name not in UNRECORDED and "audit" not in done):
                faults.append((name, f"not done, or not in the audit: {done}"))
        return faults

    assert store.write_now(walk) == []


def test_every_verb_that_somebody_does_stands_in_the_table() -> None:
    assert _verbs() == VERBS.keys() | READS | OWN | DECIDED | STEPS


def _verbs() -> set[str]:
    """The public functions of models that take ``by``."""
    found = set()
    for path in MODELS.rglob("*.py"):
        module = ".".join(path.relative_to(MODELS).with_suffix("").parts)
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                arguments = (*node.args.args, *node.args.kwonlyargs)
                if any(each.arg == "by" for each in arguments):
                    found.add(f"{module}.{node.name}")
    return found
