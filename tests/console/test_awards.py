"""An award at the desk: its nominations, the jury's points, proposed by one and decided by two."""

from datetime import timedelta

from sqlmodel import Session, select

from handlers.contests import award_pages
from models.contests import awards, dossiers, judging, nominations, unsealing, voting
from models.contests.awards import Plan
from models.contests.contests import Contest
from models.contests.laureates import Laureate
from models.contests.nominations import Nomination
from models.contests.nominees import Who
from models.events import pictures
from models.rules.contests.states import Form
from models.rules.events.audience import to_column
from models.rules.languages import Translated
from models.rules.network.audience import Audience
from models.rules.network.permissions import Role
from tests.console.browsing import GUICHENG, SHISHAN, Nanhai
from tests.miniature.contests import call
from tests.miniature.juries import close_and_assign, jury, mark_all, set_up
from tests.miniature.rows import CARE
from tests.pictures import png

PHOTO = "带徒弟的照片"


def nominated(desks: Nanhai) -> tuple[int, int, int]:
    """An award of Guicheng with a nomination that waits for consent, and who it is about."""
    organizer, star = desks.member("提名人"), desks.member("小本")

    def make(session: Session) -> tuple[int, int]:
        now = desks.now
        contest = call(
            session, now, form=Form.AWARD, title=Translated("创思之星"), station_id=GUICHENG
        )
        awards.set_up(session, contest.id, Plan(notice_days=0), None, now)
        row = nominations.nominate(session, contest.id, Who(member_id=star), organizer, now)
        assert isinstance(row, Nomination)
        dossiers.add_text(session, row.id, "带出了三个徒弟。", organizer, now)
        picture = pictures.keep(session, png(), "image/png", organizer, now)
        dossiers.add_picture(session, row.id, picture, PHOTO, organizer, now)
        nominations.ask(session, row.id, organizer, now)
        return contest.id, row.id

    return *desks.store.write_now(make), star


async def test_nothing_of_a_nomination_is_read_before_consent_and_two_decide(
    desks: Nanhai,
) -> None:
    contest_id, number, star = nominated(desks)
    here, entries = f"/console/awards/{contest_id}", f"/console/contests/{contest_id}/entries"
    first = await desks.desk_of(Role.TOWN, GUICHENG)
    page = await first.opens(here)
    assert "本人同意前什么都不显示" in page.text
    for path in (here, entries):
        said = (await first.opens(path)).text
        assert not any(each in said for each in ("小本", "三个徒弟", PHOTO)), path
    assert (await first.opens(f"{entries}/1")).status == 404
    assert (await first.opens(f"{entries}/1/files/2")).status == 404

    def agreed(session: Session) -> None:
        nominations.answer(session, number, star, desks.now, yes=True)

    desks.store.write_now(agreed)
    page = await first.opens(here)
    assert all(each in page.html for each in ("小本", "三个徒弟", PHOTO, "/files/2"))
    assert (await first.opens(f"{entries}/1/files/2")).status == 200
    await first.opens(here)
    listed = await first.sends(f"{here}/shortlist", None, nomination=str(number))
    assert listed.status in (400, 422)
    await first.opens(here)
    await first.sends(
        f"{here}/shortlist", None, nomination=str(number), reason="扎实", **{"is": "in"}
    )

    jurors = [desks.member(name) for name in ("李评委", "王评委")]

    def judged(session: Session) -> None:
        contest, now = session.get_one(Contest, contest_id), desks.now
        set_up(session, contest, now)
        rows = jury(session, contest, jurors, now)
        close_and_assign(session, contest, now)
        for each in rows:
            mark_all(session, each, (9, 8), now)
        unsealing.unseal(session, judging.locked(session, contest_id), now)

    desks.store.write_now(judged)
    assert "评委：86 分，第 1" in (await first.opens(here)).text
    # Its jury is set up at the desk; votes are not, whatever form is sent.
    jury_page = f"/console/contests/{contest_id}/judging"
    assert "大家不对表彰投票" in (await first.opens(jury_page)).text
    plan = {"opens": "2026-12-20T18:00", "closes": "2026-12-22T18:00", "votes": "1"}
    refused = await first.sends(f"{jury_page}/votes", None, **plan, percent="0")
    assert refused.status == 422
    assert "大家不对表彰投票" in refused.text
    assert desks.store.read_now(voting.of_contest, contest_id) is None
    await first.opens(here)
    published = await first.sends(f"{here}/propose", None, **{f"place-{number}": "1"})
    assert "已公示，到" in published.text
    # A notice for one company has no page, so nothing links to one.
    public, ours = f'/h/{contest_id}"', to_column(Audience(stations=(GUICHENG,)))
    for audience, has_page in ((ours, False), ("", True)):

        def narrow(session: Session, audience: str = audience) -> None:
            session.get_one(Contest, contest_id).audience = audience
            session.get_one(Contest, contest_id).is_gallery_open = False

        desks.store.write_now(narrow)
        told = desks.store.read_now(award_pages.award, contest_id, "zh", CARE.zone, desks.now)
        assert (told is not None) is has_page
        assert (public in (await first.opens(here)).html) is has_page
    refused = await first.sends(f"{here}/decide")
    assert "另一个人来决定" in refused.text or refused.status == 422
    for role, station, status in ((Role.CORE_MEMBER, GUICHENG, 403), (Role.TOWN, SHISHAN, 404)):
        other = await desks.desk_of(role, station)
        assert (await other.opens(here)).status == status
    second = await desks.desk_of(Role.TOWN, GUICHENG)
    await second.opens(here)
    decided = await second.sends(f"{here}/decide")
    assert decided.status == 200
    [won] = desks.look(lambda session: session.exec(select(Laureate)).all())
    assert (won.name, won.public_at - won.decided_at) == ("小本", timedelta(hours=2))
