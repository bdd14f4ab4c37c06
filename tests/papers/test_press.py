"""Posters, certificates and lists as they come out of the press."""

import re
import subprocess
import sys

import pytest

from papers.facts import (
    Account,
    Bar,
    Bars,
    Code,
    CodeSlips,
    Named,
    NameList,
    Order,
    PlaceCards,
    Row,
    SeatOnPlan,
    SeatPlan,
    Told,
)
from papers.press import POSTER_WIDTH, TEMPLATES, draw, in_parts
from tests.papers.papers import at_home, codes_in, lamp_works, pages_of, size_of, welding


def test_every_code_of_a_poster_can_be_scanned() -> None:
    picture = draw(Order(lamp_works(), "png").addressed(at_home))
    assert codes_in(picture) == {
        "https://station.example.org/go/wechat.nanhai/e31-k7f2mq",
        "https://station.example.org/go/web/e31-k7f2mq",
    }
    assert size_of(picture)[0] == POSTER_WIDTH


def test_without_a_public_address_a_code_holds_what_can_be_typed() -> None:
    poster = lamp_works(codes=(Code("网页", "/go/web/e31-k7f2mq"),))
    assert codes_in(draw(Order(poster, "png").addressed(lambda path: ""))) == {"e31-k7f2mq"}


@pytest.mark.parametrize("channels", [0, 1, 4, 8])
def test_a_poster_is_one_page_however_much_there_is_to_say(channels: int) -> None:
    poster = lamp_works(
        title="“新市民看南海”企业体验游暨职业技能提升交流座谈会（第三期）" * 3,
        rows=tuple(Row("地点", "狮山镇科技工业园北区三号厂房二楼报告厅东侧" * 2) for _ in range(7)),
        about="走进一家真正的灯具厂，看一盏灯从压铸到装配的全过程。" * 20,
        codes=tuple(Code(f"频道{n}", f"/go/web.{n}/e31-k7f2mq") for n in range(channels)),
        hangs="三号宿舍楼一楼大门口靠右边的公告栏旁边的墙上" * 2,
    )
    order = Order(poster).addressed(at_home)
    assert pages_of(draw(order)) == 1
    scanned = codes_in(draw(Order(poster, "png").addressed(at_home)))
    assert len(scanned) == channels


def test_a_certificate_is_one_page_and_leads_to_where_it_is_checked() -> None:
    long = welding(name="Konstantinopolskaya " * 6, title="焊工技能提升" * 20, station="桂城" * 40)
    for paper in (welding(), long):
        order = Order(paper).addressed(at_home)
        assert pages_of(draw(order)) == 1
        picture = draw(Order(paper, "png").addressed(at_home))
        assert codes_in(picture) == {"https://station.example.org/c/K7F2M9QX"}


def test_a_list_for_the_door_takes_the_pages_that_it_needs() -> None:
    def pages(people: int) -> int:
        rows = tuple(Named(str(n), "欧阳明月", "昭信集团") for n in range(people))
        return pages_of(draw(Order(NameList("zh", "走进灯具厂", "", ("号", "姓名", "单位"), rows))))

    assert (pages(0), pages(10), pages(100)) == (1, 1, 4)


@pytest.mark.parametrize("parts", [0, 1, 12])
def test_an_account_is_one_page_however_much_there_is_to_tell(parts: int) -> None:
    bars = tuple(Bar("狮山镇科技工业园北区" * 2, number) for number in range(parts))
    paper = Account(
        "zh",
        "佛山市南海区" * (parts + 1),
        "2026 年第 3 季度",
        "500 支队伍、2000 名活动骨干、300 个社团、300 场活动" * (parts + 1),
        "与 2026 年第 2 季度相比",
        tuple(Told("学习时长（小时）" * 2, "1000000", "999999", "+1") for _ in range(20)),
        tuple(Bars("按类别", bars, upright=upright) for upright in (True, False, False, False)),
        "人数按五取整。" * 9,
    )
    assert pages_of(draw(Order(paper))) == 1


@pytest.mark.parametrize("are_tables", [False, True])
def test_a_hall_is_printed_whole_and_as_one_picture(are_tables: bool) -> None:
    seats = tuple(SeatOnPlan(str(number), "欧阳明月", number == 1) for number in range(1, 31))
    units = tuple((f"{number} 排", seats) for number in range(1, 31))
    plan = SeatPlan("zh", "年度汇报会", "12月5日", "舞台", units, are_tables)
    assert pages_of(draw(Order(plan))) > 1
    width, height = size_of(draw(Order(plan, "png")))
    assert width == 1080
    assert height > width * 210 / 297
    cards = PlaceCards("zh", "年度汇报会", (("Konstantinopolskaya Maria", "5 排 12 座"),) * 11)
    assert pages_of(draw(Order(cards))) == 2
    slip = ("昭信集团" * 9, "Konstantinopolskaya Maria" * 2, "A1", "绑定 7KQM-2XWP-9CTA")
    assert pages_of(draw(Order(CodeSlips("zh", "在驿站聊天里发这一行。" * 9, (slip,) * 17)))) == 2


@pytest.mark.parametrize(
    "words",
    [
        "#panic()",
        '#read("/etc/passwd")',
        "$x$ *b* @a <b> `c` \\",
        '"]) #eval("1")',
        "[=]{}//",
        "😀🏮",
    ],
)
def test_words_are_printed_and_never_read_as_markup(words: str) -> None:
    plain = draw(Order(lamp_works(title="羽毛球赛")))
    drawn = draw(Order(lamp_works(title="羽毛球赛", about=words, hint=words, hangs=words)))
    assert pages_of(drawn) == pages_of(plain) == 1


def test_templates_fetch_nothing_and_read_nothing_as_code() -> None:
    for template in TEMPLATES.glob("*.typ"):
        words = template.read_text("utf-8")
        assert not re.search(r"@\w+/|\beval\(|\bread\(|\bplugin\(", words), template.name
        assert set(re.findall(r'#import "([^"]*)"', words)) <= {"look.typ"}


def test_the_same_facts_make_the_same_file() -> None:
    assert draw(Order(welding())) == draw(Order(welding()))


def test_a_title_in_two_parts_is_broken_between_them() -> None:
    assert in_parts("企业体验游：走进灯具厂") == "企业体验游：\n走进灯具厂"
    assert in_parts("Factory visit: the lamp works") == "Factory visit:\nthe lamp works"
    for whole in ("羽毛球赛", "A: B", "报名：一：二", "19:30 瑜伽"):
        assert in_parts(whole) == whole


def test_typst_is_loaded_with_the_first_paper_and_not_before() -> None:
    asked = "import sys, papers.press; print(sorted({'typst', 'segno'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True)
    assert said.stdout.strip() == "[]"
