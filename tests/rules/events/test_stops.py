"""The stops of a tour, read out of where its people meet."""

import pytest

from models.rules.events import stops

THREE = [("桂城站", "8:20"), ("狮山站", "8:40"), ("大沥站", "9:00")]


@pytest.mark.parametrize(
    "meet",
    [
        "8:20 桂城站；8:40 狮山站；9:00 大沥站",
        "8:20桂城站，8:40狮山站，9:00大沥站",
        "桂城站 8：20、狮山站 8：40、大沥站 9：00",
        "1. 桂城站（8:20）\n2. 狮山站（8:40）\n3. 大沥站（9点）",
        "第一站：桂城站 8:20\n第二站：狮山站 8:40\n第三站：大沥站 9:00",
        "早上8:20 桂城站 → 8:40 狮山站 → 9:00 大沥站",
    ],
)
def test_stops_are_read_however_they_are_written(meet: str) -> None:
    assert [(each.name, each.clock) for each in stops.of(meet)] == THREE


@pytest.mark.parametrize(
    "meet",
    [
        "",
        "8:40 桂城站门口",
        "桂城站；狮山站",
        "8:20 桂城站；狮山站",
        "8:20-8:40 桂城站；9:00 狮山站",
        "8:20 桂城站；8:40 桂城站",
        "8:20；8:40",
    ],
)
def test_one_place_or_no_time_is_a_meeting_point(meet: str) -> None:
    assert stops.of(meet) == ()


def test_hours_of_the_afternoon_and_english() -> None:
    later = stops.of("下午1点半 桂城站；14:00 狮山站")
    assert [each.clock for each in later] == ["13:30", "14:00"]
    english = stops.of("8:20 Guicheng station; 8:40 Shishan station")
    assert [each.label for each in english] == ["8:20 Guicheng station", "8:40 Shishan station"]
    assert stops.named(english, "Shishan station") == english[1]
    assert stops.named(english, "Dali station") is None


def test_stops_in_lines_below_a_label_are_read_in_an_announcement() -> None:
    text = "上车点：\n8:20 桂城站\n8:40 狮山站\n9:00 大沥站\n费用：免费"
    one = "上车点：8:20 桂城站；8:40 狮山站；9:00 大沥站"
    assert stops.on_one_line(text) == [(one, 4), ("费用：免费", 1)]
    alone = ["集合点：", "8:20 桂城站", "费用：免费"]
    assert stops.on_one_line("\n".join(alone)) == [(line, 1) for line in alone]
