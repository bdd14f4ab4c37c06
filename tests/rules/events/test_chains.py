"""Lists of names as groups pass them on, and whom a name means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.events import chains
from models.rules.events.chains import Entry, Known, Meant


@pytest.mark.parametrize(
    ("line", "name", "along"),
    [
        ("1. 张三", "张三", (0, 0)),
        ("2、李四 2人", "李四", (1, 0)),
        ("3 王五（带小孩）", "王五", (0, 1)),
        ("4. 昭信-小陈", "昭信 小陈", (0, 0)),
        ("5）Li Na", "Li Na", (0, 0)),
        ("6️⃣ 王麻子+1", "王麻子", (1, 0)),
        ("⑦ 赵六 一家三口", "赵六", (2, 0)),
        ("8: 孙八夫妻", "孙八", (1, 0)),
        ("9. 周九 2大1小", "周九", (1, 1)),
        ("10. 吴十 x2", "吴十", (1, 0)),
        ("11. 郑一 带2个娃和老婆", "郑一", (1, 2)),
        ("12. 陈静 13800000001", "陈静", (0, 0)),
        ("13. 李和平 带一大一小", "李和平", (1, 1)),
        ("14. 小陈 带3人", "小陈", (3, 0)),
    ],
)
def test_a_line_names_a_person_and_how_many_come_along(
    line: str, name: str, along: tuple[int, int]
) -> None:
    (entry,) = chains.read(f"#接龙\n{line}").entries
    assert (entry.name, (entry.grown, entry.kids)) == (name, along)


@pytest.mark.parametrize(
    "line",
    ["1.", "2. ", "例 姓名", "12.5 羽毛球", "8:30 集合", "3. 张三 取消", "1. 请自带水杯",
     "张三", "5. 时间：周六", "6. 13800000001", "7. 。。。"],
)  # fmt: skip
def test_a_line_without_somebody_who_comes_names_nobody(line: str) -> None:
    assert chains.read(f"#接龙\n{line}").entries == ()


def test_a_list_is_read_once_in_its_order_and_from_where_it_begins_anew() -> None:
    text = "#接龙\n周六爬山\n1. 穿运动鞋\n2. 早点来\n\n1. 张三\n2. 李四\n2. 王五\n3. 张三\n备注"
    chain = chains.read(text)
    assert [each.name for each in chain.entries] == ["张三", "李四", "王五"]
    assert chain.heading.startswith("周六爬山")
    many = chains.read("\n".join(f"{n}. 小{chr(0x4E00 + n)}" for n in range(1, 250)))
    assert (len(many.entries), many.left_out) == (chains.MOST_NAMES, 49)


HAN = st.text("张李王陈梅强东信昭小阿", min_size=1, max_size=4)
NAME = HAN.filter(lambda name: len(name) > 1)


@given(st.lists(NAME, unique=True, max_size=20), st.sampled_from(["{}. {}", "{}、{}", "{} {}"]))
def test_every_name_of_a_list_is_found_again(names: list[str], form: str) -> None:
    lines = [form.format(number, name) for number, name in enumerate(names, start=1)]
    found = chains.read("\n".join(["#接龙", *lines])).entries
    assert [each.name for each in found] == names
    assert sum(each.people for each in found) == len(names)


@given(st.text(max_size=300))
def test_any_text_is_read_within_bounds(text: str) -> None:
    for each in chains.read(f"#接龙\n1. {text}").entries:
        assert 0 < len(each.name) <= chains.LONGEST_NAME
        assert 1 <= each.people <= 1 + chains.MOST_ALONG
        assert not any(part.isdecimal() for part in each.parts)


CHEN, OTHER, UNSEEN = Known(1, "小陈", "昭信集团"), Known(2, "小陈", "桂城"), Known(3, "小陈")


@pytest.mark.parametrize(
    ("said", "known", "meant"),
    [
        (("小陈",), [CHEN], Meant((1,), is_sure=True)),
        (("小陈",), [UNSEEN], Meant((3,), is_sure=True)),
        (("小陈",), [CHEN, OTHER], Meant((1, 2))),
        (("昭信", "小陈"), [OTHER, CHEN], Meant((1, 2), is_sure=True)),
        (("昭信", "小陈"), [OTHER], Meant((2,))),
        # Where nobody may see the place, it neither proves nor tells anything.
        (("昭信", "小陈"), [UNSEEN], Meant((3,))),
        (("昭信小陈",), [CHEN], Meant((1,), is_sure=True)),
        (("大昭信小陈",), [CHEN], Meant((1,))),
        (("小刘",), [CHEN], Meant()),
        ((), [CHEN], Meant()),
    ],
)
def test_a_name_is_sure_where_one_fits_and_nothing_speaks_against_it(
    said: tuple[str, ...], known: list[Known], meant: Meant
) -> None:
    assert chains.meant_by(Entry(" ".join(said), said), known) == meant


@given(NAME, HAN, st.lists(st.tuples(NAME, st.booleans()), max_size=8))
def test_nobody_of_another_name_is_ever_sure(
    name: str, place: str, others: list[tuple[str, bool]]
) -> None:
    known = [Known(n, each, place if sees else "") for n, (each, sees) in enumerate(others)]
    entry = Entry(name, (name,))
    meant = chains.meant_by(entry, known)
    if meant.is_sure:
        sure = known[meant.ids[0]]
        assert name.endswith(sure.name)
        assert sure.name in set(chains.names_of(entry))


def test_a_list_without_its_first_line_is_nothing_but_names() -> None:
    names = "1. 何伟明\n2、张三 2人\n\n3 老王（带小孩）"
    assert chains.is_bare(names)
    assert chains.is_bare(f"周六徒步名单：\n{names}")
    for text in (
        "名单：\n1. 何伟明",
        "周六徒步\n1. 何伟明\n2. 张三",
        "1. 何伟明",
        "周六 9:00 徒步\n1. 何伟明\n2. 张三",
        "1. 集合：8:20\n2. 张三",
        "何伟明",
    ):
        assert not chains.is_bare(text), text


def test_where_names_are_asked_for_they_need_no_numbers() -> None:
    read = chains.read_asked("#接龙\n安娜\n\n阿本 2人\n几点集合？")
    assert [(each.name, each.people) for each in read.entries] == [("安娜", 1), ("阿本", 2)]
    assert chains.read_asked("谁去\n1. 安娜") == chains.read("谁去\n1. 安娜")
    assert not chains.read_asked("").entries
