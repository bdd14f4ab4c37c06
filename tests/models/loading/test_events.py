"""Events out of files: when they are, what people did meanwhile, who is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from models.events import lookup, partnering, pictures, questionnaire, questions, quotas, running
from models.events.events import Event, EventState, Signup, SignupState
from models.events.groups import Mode, Repeating, Series
from models.network import audit
from models.network.partners import Part, Partner
from models.rules.events import undated
from models.rules.events.states import DrawState
from models.sending.deliveries import Delivery
from models.store import Store
from tests.miniature.rows import ZONE
from tests.models.loading.walk import NETWORK, WALK, event, put, somebody_signs_up, topics_owed
from tests.pictures import png


def test_a_day_counts_from_the_day_of_loading(store: Store, tmp_path: Path, now: datetime) -> None:
    assert put(store, tmp_path, NETWORK + WALK, now).problems == []
    walk = event(store, "walk")
    assert walk.starts_at == datetime(2026, 12, 4, 14, 0, tzinfo=ZONE)
    assert walk.ends_at == datetime(2026, 12, 4, 16, 30, tzinfo=ZONE)
    assert walk.closes_at == datetime(2026, 12, 4, 12, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"2026-12-24"', (12, 24)),
        ("2026-12-24", (12, 24)),
        ('"2026年12月24日"', (12, 24)),
        ('"2026/12/24"', (12, 24)),
        ("1", (12, 2)),
        ('"+3"', (12, 4)),
        # It is a Tuesday: the next Tuesday is a week away.
        ('"wed"', (12, 2)),
        ('"sat"', (12, 5)),
        ('"sat+1"', (12, 12)),
        ('"周六"', (12, 5)),
        ('"星期日+1"', (12, 13)),
        ('"Mon"', (12, 7)),
        ('"tue"', (12, 8)),
    ],
)
def test_days_are_written_in_a_few_ways(
    tmp_path: Path, written: str, meant: tuple[int, int], sqlite_url: str, now: datetime
) -> None:
    store = Store(sqlite_url)
    text = NETWORK + WALK.replace("day = 3", f"day = {written}")
    assert put(store, tmp_path, text, now).problems == []
    assert event(store, "walk").starts_at == datetime(2026, *meant, 14, 0, tzinfo=ZONE)
    store.close()


def test_without_a_deadline_sign_up_ends_when_the_event_begins(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + WALK.replace('closes_before = "2h"\n', ""), now)
    walk = event(store, "walk")
    assert walk.closes_at == walk.starts_at


def test_a_night_shift_event_may_end_on_the_next_day(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    late = WALK.replace('"14:00"', '"23:00"').replace('"16:30"', '"1:00"\nuntil_day = 4')
    assert put(store, tmp_path, NETWORK + late, now).problems == []
    walk = event(store, "walk")
    assert walk.ends_at - walk.starts_at == timedelta(hours=2)


def test_loading_again_the_next_day_leaves_a_coming_event_where_it_is(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + WALK, now)
    was = event(store, "walk").starts_at
    again = put(store, tmp_path, NETWORK + WALK, now + timedelta(days=1))
    assert event(store, "walk").starts_at == was
    assert (again.same["events"], again.changed["events"]) == (1, 0)


def test_a_past_event_comes_round_again_only_if_nobody_had_signed_up(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    text = NETWORK + WALK + WALK.replace('"walk"', '"ride"')
    put(store, tmp_path, text, now)
    somebody_signs_up(store, "ana", "ride", now)
    rode = event(store, "ride").starts_at
    later = now + timedelta(days=30)
    assert put(store, tmp_path, text, later).problems == []
    assert event(store, "walk").starts_at == datetime(2027, 1, 3, 14, 0, tzinfo=ZONE)
    assert event(store, "ride").starts_at == rode


def test_an_event_moved_in_the_file_keeps_its_signups_and_tells_them(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    fixed = WALK.replace("day = 3", "day = 2026-12-05")
    put(store, tmp_path, NETWORK + fixed, now)
    somebody_signs_up(store, "ana", "walk", now)
    somebody_signs_up(store, "ben", "walk", now)
    moved = fixed.replace("12-05", "12-06") + 'reason = "下雨"\n'
    report = put(store, tmp_path, NETWORK + moved, now)
    assert (report.changed["events"], report.problems) == (1, [])
    walk = event(store, "walk")
    assert walk.starts_at == datetime(2026, 12, 6, 14, 0, tzinfo=ZONE)
    assert (walk.held, walk.waiting, walk.turns) == (1, 1, 2)

    def told(session: Session) -> int:
        return len(session.exec(select(Delivery).where(Delivery.topic == "moved")).all())

    assert (store.read_now(told), walk.reason) == (2, "下雨")
    assert put(store, tmp_path, NETWORK + moved, now).same["events"] == 1


def test_more_seats_in_the_file_are_offered_to_the_queue(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + WALK, now)
    somebody_signs_up(store, "ana", "walk", now)
    somebody_signs_up(store, "ben", "walk", now)
    put(store, tmp_path, NETWORK + WALK.replace("seats = 1", "seats = 2"), now)

    def states(session: Session) -> list[SignupState]:
        return [each.state for each in session.exec(select(Signup).order_by(col(Signup.turn)))]

    assert store.read_now(states) == [SignupState.SEATED, SignupState.OFFERED]
    walk = event(store, "walk")
    assert (walk.seats, walk.held, walk.waiting) == (2, 2, 0)


def test_seats_are_drawn_where_the_file_says_so(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    drawn = NETWORK + WALK.replace('closes_before = "2h"', 'draw = "含网页"')
    assert put(store, tmp_path, drawn, now).problems == []
    walk = event(store, "walk")
    assert walk.draw is DrawState.ENTERING
    assert walk.starts_at - walk.closes_at == timedelta(days=1)
    somebody_signs_up(store, "ana", "walk", now)
    assert event(store, "walk").entered == 1
    # The same file again changes nothing.
    assert not any(put(store, tmp_path, drawn, now).changed.values())
    # Who has a seat already keeps it: such an event is not drawn any more.
    first = WALK.replace('"walk"', '"run"')
    put(store, tmp_path, NETWORK + first, now)
    somebody_signs_up(store, "ben", "run", now)
    late = put(
        store, tmp_path, NETWORK + first.replace("seats = 1", "seats = 1\ndraw = 'yes'"), now
    )
    assert "draw: somebody has signed up" in str(late.problems[0])
    assert event(store, "run").draw is DrawState.NONE


def test_a_cancelled_event_stays_cancelled_when_loaded_again(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + WALK, now)

    def call_off(session: Session) -> None:
        found = session.exec(select(Event)).one()
        running.call_off(session, found.id, "下雨", None, now)

    store.write_now(call_off)
    put(store, tmp_path, NETWORK + WALK, now)
    assert event(store, "walk").state is EventState.CANCELLED
    assert event(store, "walk").reason == "下雨"


def test_a_postponed_event_gets_its_date_from_the_file_by_another_day_or_by_a_no(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    fixed = NETWORK + WALK.replace("day = 3", "day = 2026-12-04")
    later = fixed.replace("seats = 1", 'seats = 1\npostponed = "是"\nreason = "下雨"')
    put(store, tmp_path, fixed, now)
    was = event(store, "walk")
    assert put(store, tmp_path, later, now).problems == []
    walk = event(store, "walk")
    assert undated.is_to_come(walk.starts_at)
    assert (undated.planned(walk.starts_at), walk.reason) == (was.starts_at, "下雨")
    # The day that stood in the file before is no date for it.
    put(store, tmp_path, fixed, now)
    assert event(store, "walk").starts_at == walk.starts_at
    put(store, tmp_path, fixed.replace("2026-12-04", "2026-12-11"), now)
    assert event(store, "walk").starts_at == was.starts_at + timedelta(days=7)
    assert event(store, "walk").closes_at == was.closes_at + timedelta(days=7)
    put(store, tmp_path, later, now)
    put(store, tmp_path, fixed.replace("seats = 1", 'seats = 1\npostponed = "否"'), now)
    assert event(store, "walk").starts_at == was.starts_at


def test_loaded_events_are_found_by_pinyin(store: Store, tmp_path: Path, now: datetime) -> None:
    put(store, tmp_path, NETWORK + WALK, now)
    walk = event(store, "walk").id
    assert store.read_now(lookup.matching, "hubian", now) == [walk]
    assert store.read_now(lookup.matching, "桂城 散步", now) == [walk]
    assert store.read_now(lookup.matching, "hubian", now + timedelta(days=9)) == []


def test_times_are_kept_in_utc(store: Store, tmp_path: Path, now: datetime) -> None:
    put(store, tmp_path, NETWORK + WALK, now)
    assert event(store, "walk").starts_at.utcoffset() == timedelta(0)
    assert event(store, "walk").starts_at.astimezone(UTC).hour == 6


def test_the_audience_of_a_row_is_kept_where_the_file_says_nothing_of_it(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    narrowed = WALK + 'audience = "guicheng, chess"\n'
    put(store, tmp_path, NETWORK + narrowed, now)
    aim = event(store, "walk").aim
    assert (len(aim.stations), len(aim.teams)) == (1, 1)
    report = put(store, tmp_path, NETWORK + WALK, now)
    assert event(store, "walk").aim == aim
    assert report.same["events"] == 1
    put(store, tmp_path, NETWORK + WALK + 'audience = "全区"\n', now)
    assert event(store, "walk").audience == ""
    report = put(store, tmp_path, NETWORK + WALK + 'audience = ["guicheng", "nobody"]\n', now)
    assert "'nobody' is the code of no station" in str(report.problems[0])
    assert event(store, "walk").audience == ""


def test_seats_are_shared_out_by_a_row_and_kept_where_it_says_nothing(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    def shared(session: Session) -> list[tuple[str, int, int | None]]:
        return [(e.who, e.least, e.most) for e in (q.share for q in quotas.of_event(session, 1))]

    many = WALK.replace("seats = 1", "seats = 9")
    row = many + 'shares = "guicheng 至少 3；chess 最多 4"\nshared_until = "1d"\n'
    put(store, tmp_path, NETWORK + row, now)
    kept = store.read_now(shared)
    assert [each[1:] for each in kept] == [(3, None), (0, 4)]
    walk = event(store, "walk")
    assert walk.quotas_until == walk.starts_at - timedelta(days=1)
    put(store, tmp_path, NETWORK + many, now)
    assert store.read_now(shared) == kept
    report = put(store, tmp_path, NETWORK + many + 'shares = "guicheng 10"\n', now)
    assert "they keep 10 of 9 seats" in str(report.problems[0])
    put(store, tmp_path, NETWORK + many + 'shares = ""\n', now)
    assert store.read_now(shared) == kept
    by_profile = many + 'shares = "夜班 2；喜欢摄影的 1；第一次来的 至少 1"\n'
    put(store, tmp_path, NETWORK + by_profile, now)
    groups = [("/h:night/", 2, 2), ("/i:photography/", 1, 1), ("/n:first/", 1, None)]
    assert store.read_now(shared) == groups

    # By answers and stops as well; a second time changes nothing.
    row = many + 'questions = "每人：男还是女？男/女；忌口？"\nmeet = "8:20 桂城站；8:40 狮山站"\n'
    row += 'shares = "男/女 各 4；桂城站 最多 5"\n'
    put(store, tmp_path, NETWORK + row, now)

    def by_answers(session: Session) -> list[tuple[str, str, bool]]:
        asked = {each.id: each for each in questions.of_event(session, 1)}
        shares = [each.share for each in quotas.of_event(session, 1)]
        return [
            (each.choice, asked[each.question_id].text, asked[each.question_id].per_person)
            if each.question_id is not None
            else (each.choice, "", False)
            for each in shares
        ]

    told = [("男", "男还是女？", True), ("女", "男还是女？", True), ("桂城站", "", False)]
    assert store.read_now(by_answers) == told
    put(store, tmp_path, NETWORK + row, now)
    assert store.read_now(by_answers) == told
    assert [each.text for each in store.read_now(questions.of_event, 1)] == ["男还是女？", "忌口？"]


def test_a_row_names_partners_of_its_place_and_keeps_those_of_parts_it_leaves_empty(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + WALK, now)

    def add(session: Session) -> list[int]:
        names = (("青少年宫", "teaches"), ("灯具协会", "hosts sponsors"), ("红十字会", "teaches"))
        rows = [Partner(station_id=1, name=name, parts=does, since=now) for name, does in names]
        session.add_all(rows)
        session.flush()
        rows[2].ended_at = now
        return [each.id for each in rows]

    palace, lamps, _ended = store.write_now(add)
    row = NETWORK + WALK + 'teaches = "青少年宫"\nhosts = "灯具协会"\n'
    report = put(store, tmp_path, row, now)
    assert (report.problems, report.changed["events"]) == ([], 1)
    number = event(store, "walk").id
    both = {(palace, Part.TEACHES), (lamps, Part.HOSTS)}
    assert store.read_now(partnering.chosen, number) == both
    assert put(store, tmp_path, row, now).same["events"] == 1
    # An empty cell leaves its part; each problem names its cell, and nothing is changed.
    put(store, tmp_path, NETWORK + WALK + 'sponsors = ["灯具协会"]\n', now)
    assert store.read_now(partnering.chosen, number) == {*both, (lamps, Part.SPONSORS)}
    for wrong in ("红十字会", "灯具协会", "谁也不是"):
        report = put(store, tmp_path, NETWORK + WALK + f'teaches = "{wrong}"\n', now)
        assert str(report.problems[0]).endswith(
            f"teaches: '{wrong}' is no partner of this place that does so"
        )
    assert store.read_now(partnering.chosen, number) == {*both, (lamps, Part.SPONSORS)}
    other = WALK.replace('"walk"', '"ride"')
    put(store, tmp_path, NETWORK + other + 'teaches = "青少年宫"\n', now)
    ride = event(store, "ride").id
    assert store.read_now(partnering.chosen, ride) == {(palace, Part.TEACHES)}


def test_a_picture_beside_the_file_is_kept_once_and_of_a_photo_the_pixels_alone(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    def shown(session: Session) -> tuple[int, bytes]:
        number = session.exec(select(Event.picture_id).where(Event.code == "walk")).one()
        found = pictures.named(session, pictures.name(session, number))
        assert found is not None
        return number or 0, found[1]

    drawn = png()
    (tmp_path / "walk.png").write_bytes(drawn)
    row = WALK + 'picture = "walk.png"\n'
    assert put(store, tmp_path, NETWORK + row, now).problems == []
    number, content = store.read_now(shown)
    assert content == drawn
    assert put(store, tmp_path, NETWORK + row, now).same["events"] == 1
    assert put(store, tmp_path, NETWORK + WALK, now).same["events"] == 1
    assert store.read_now(shown) == (number, drawn)
    at_home = len(drawn) - 12
    (tmp_path / "walk.png").write_bytes(
        drawn[:at_home] + b"\0\0\0\x04tEXtHome\x8e\xcd\x6d\x14" + drawn[at_home:]
    )
    put(store, tmp_path, NETWORK + row, now)
    assert store.read_now(shown) == (number, drawn)


def test_what_chats_have_written_is_kept_where_the_file_says_nothing_of_it(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    told = 'meet = "8:00 东门"\nmeet_en = "8:00, east gate"\ncost = "免费"\n'
    told += 'companions = "可带家属"\ncontact = "小陈"\n'
    assert put(store, tmp_path, NETWORK + WALK + told, now).problems == []
    somebody_signs_up(store, "ana", "walk", now)
    walk = event(store, "walk")
    assert (walk.meet, walk.cost, walk.contact) == ("8:00 东门", "免费", "小陈")
    assert (walk.companions, walk.text_of("meet").to("en")) == ("family", "8:00, east gate")
    assert put(store, tmp_path, NETWORK + WALK, now).same["events"] == 1
    # Who has a seat hears of another meeting point, and of nothing else.
    put(store, tmp_path, NETWORK + WALK + told.replace("免费", "AA"), now)
    assert topics_owed(store) == []
    put(store, tmp_path, NETWORK + WALK + told.replace("东门", "西门"), now)
    assert topics_owed(store) == ["relocated"]
    walk = event(store, "walk")
    assert (walk.meet, walk.text_of("meet").to("en")) == ("8:00 西门", "8:00, east gate")


def test_what_a_file_changes_about_a_coming_event_is_audited_and_only_a_place_is_told(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + WALK, now)
    somebody_signs_up(store, "ana", "walk", now)
    corrected = WALK.replace("湖边散步", "湖边健步走") + 'bring = "水"\nplace = "湖边"\n'
    report = put(store, tmp_path, NETWORK + corrected, now)
    assert report.changed["events"] == 1
    walk = event(store, "walk")
    assert (walk.title, walk.bring, walk.place, walk.held) == ("湖边健步走", "水", "湖边", 1)
    acts = store.read_now(audit.about, f"event:{walk.id}")
    assert [(each.member_id, each.details["what"]) for each in acts] == [
        (None, "relocated"),
        (None, "edited"),
    ]
    assert acts[1].details["changes"]["title"] == ["湖边散步", "湖边健步走"]
    assert topics_owed(store) == ["relocated"]
    assert put(store, tmp_path, NETWORK + corrected, now).same["events"] == 1
    # Fewer seats than are taken are refused with the row as a whole.
    fewer = corrected.replace("湖边健步走", "散步").replace("seats = 1", "seats = 2")
    put(store, tmp_path, NETWORK + fewer, now)
    somebody_signs_up(store, "ben", "walk", now)
    report = put(store, tmp_path, NETWORK + corrected, now)
    assert "seats: already taken: 2" in str(report.problems[0])
    assert event(store, "walk").title == "散步"


def test_a_file_that_changes_when_sign_up_closes_is_audited_as_an_organizer_is(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    put(store, tmp_path, NETWORK + WALK, now)
    report = put(store, tmp_path, NETWORK + WALK.replace('"2h"', '"1h"'), now)
    walk = event(store, "walk")
    # Of a relative day the times stay as they were first loaded.
    assert (report.same["events"], walk.starts_at - walk.closes_at) == (1, timedelta(hours=2))
    dated = WALK.replace("day = 3", f"day = {walk.starts_at.astimezone(ZONE):%Y-%m-%d}")
    report = put(store, tmp_path, NETWORK + dated.replace('"2h"', '"1h"'), now)
    walk = event(store, "walk")
    assert (report.changed["events"], walk.starts_at - walk.closes_at) == (1, timedelta(hours=1))
    (act,) = store.read_now(audit.about, f"event:{walk.id}")
    assert (act.member_id, act.details["what"]) == (None, "closing time")


def test_a_row_asks_every_kind_of_question_and_adds_only_what_is_new(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    def asked(session: Session) -> list[tuple[object, ...]]:
        found = questions.of_event(session, 1)
        places = {each.id: place for place, each in enumerate(found)}
        return [
            (
                each.text,
                each.kind.value,
                len(each.choices),
                each.required,
                each.per_person,
                places.get(each.if_question or 0),
                each.if_choice,
                each.asked_again,
                each.keep_days,
            )
            for each in found
        ]

    first = "订餐；忌口[答“要”才问]；上车点：桂城/狮山[签到时再问，保留7天]"
    row = WALK + f'questions = "{first}"\n'
    assert put(store, tmp_path, NETWORK + row, now).problems == []
    told = [
        ("要不要订餐？", "choice", 2, True, True, None, "", False, 30),
        ("有什么忌口或过敏吗？", "text", 0, False, True, 0, "要", False, 30),
        ("在哪上车？", "choice", 2, True, False, None, "", True, 7),
    ]
    assert store.read_now(asked) == told
    assert put(store, tmp_path, NETWORK + row, now).same["events"] == 1
    more = "每人：带什么？水果/零食[several, optional]；哪天生日？[日期]；几个孩子？[数字，每人]；"
    more += "同意拍照[同意，if 水果]；焊工证[照片]；紧急电话[电话]；鞋码[尺码，shown at check-in]"
    row = WALK + f'questions = "{first}；{more}"\n'
    assert put(store, tmp_path, NETWORK + row, now).problems == []
    assert store.read_now(asked) == [
        *told,
        ("带什么？", "choices", 2, False, True, None, "", False, 30),
        ("哪天生日？", "date", 0, True, False, None, "", False, 30),
        ("几个孩子？", "number", 0, True, True, None, "", False, 30),
        ("同意拍照", "consent", 0, True, False, 3, "水果", False, 30),
        ("焊工证", "photo", 0, True, False, None, "", False, 7),
        ("紧急电话", "phone", 0, True, False, None, "", False, 30),
        ("鞋码", "size", 0, True, False, None, "", False, 30),
    ]
    english = [each.text_of("text").to("en") for each in store.read_now(questions.of_event, 1)]
    assert english[0] == "Would you like a meal?"


def test_the_dates_of_a_course_ask_what_the_one_above_asks(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    first = WALK.replace("seats = 1", 'seats = 1\ncourse = "家庭教育课"\nquestions = "订餐"')
    second = first.replace('"walk"', '"walk-2"').replace("day = 3", "day = 10")
    second = second.replace('\nquestions = "订餐"', "")
    own = first.replace('"walk"', '"walk-3"').replace("day = 3", "day = 17").replace("订餐", "电话")
    other = second.replace('"walk-2"', '"run"').replace("家庭教育课", "跑步课")
    text = NETWORK + first + second + own + other
    assert put(store, tmp_path, text, now).problems == []

    def asked(session: Session, code: str) -> list[str]:
        return [each.ready for each in questions.of_event(session, event(store, code).id)]

    codes = ("walk", "walk-2", "walk-3", "run")
    told = [store.read_now(asked, each) for each in codes]
    assert told == [["meal"], ["meal"], ["phone"], []]
    assert put(store, tmp_path, text, now).changed["events"] == 0

    # What an organizer deleted since stays so; a date that is new asks it.
    def deletes(session: Session) -> None:
        (meal,) = questions.of_event(session, event(store, "walk-2").id)
        questionnaire.remove(session, meal.id, None, now)

    store.write_now(deletes)
    report = put(store, tmp_path, text, now)
    assert (report.problems, report.changed["events"]) == ([], 0)
    new = second.replace('"walk-2"', '"walk-4"').replace("day = 10", "day = 24")
    assert put(store, tmp_path, NETWORK + first + second + new, now).added["events"] == 1
    told = [store.read_now(asked, each) for each in ("walk", "walk-2", "walk-4")]
    assert told == [["meal"], [], ["meal"]]


def test_dates_of_a_course_and_what_comes_again_stand_in_a_sheet(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    first = WALK.replace("seats = 1", 'seats = 1\ncourse = "家庭教育课；只能全报"')
    second = first.replace('"walk"', '"walk-2"').replace("day = 3", "day = 10")
    again = (
        WALK.replace('"walk"', '"run"')
        .replace("day = 3", 'day = "fri"')
        .replace("seats = 1", 'seats = 1\nrepeat = "每周五；节假日跳过"')
    )
    text = NETWORK + first + second + again
    assert put(store, tmp_path, text, now).problems == []
    course = event(store, "walk").series_id
    assert course is not None
    assert event(store, "walk-2").series_id == course

    def rows(session: Session) -> tuple[list[Mode], list[str], int]:
        kinds = [each.mode for each in session.exec(select(Series))]
        rules = [each.rule for each in session.exec(select(Repeating))]
        return kinds, rules, len(session.exec(select(Event)).all())

    modes, rules, number = store.read_now(rows)
    assert modes == [Mode.WHOLE]
    assert rules == ["week|4|1|0|0||0|skipped|"]
    # Loaded again nothing changes: neither a second course nor a second rule.
    report = put(store, tmp_path, text, now)
    assert (report.problems, report.changed["events"]) == ([], 0)
    assert store.read_now(rows) == (modes, rules, number)
    # Every bad cell is named, and nothing of its row is written.
    bad = (
        again.replace('"run"', '"bad-1"').replace("每周五；节假日跳过", "有空就办")
        + again.replace('"run"', '"bad-2"').replace("每周五；节假日跳过", "每周六")
        + first.replace('"walk"', '"bad-3"').replace("只能全报", "随便")
        + first.replace("家庭教育课", "别的课")
        + again.replace("每周五；节假日跳过", "每两周周五")
    )
    said = [str(each.text) for each in put(store, tmp_path, NETWORK + bad, now).problems]
    assert [each.split(":")[0] for each in said] == [
        "repeat",
        "repeat",
        "course",
        "course",
        "repeat",
    ]
    assert "'有空就办' is no rule" in said[0]
    assert "none of these days" in said[1]
    assert "只能全报" in said[2]
    assert "another course" in said[3]
    assert "another rule" in said[4]
    assert store.read_now(rows) == (modes, rules, number)
