"""The interests, and the words that speak of each."""

import re
from enum import StrEnum
from functools import lru_cache


class Interest(StrEnum):
    """The interests a member can choose; a team has one of them."""

    BALL_GAMES = "ball_games"
    FITNESS = "fitness"
    OUTDOORS = "outdoors"
    MUSIC = "music"
    DANCE = "dance"
    PHOTOGRAPHY = "photography"
    READING = "reading"
    CRAFTS = "crafts"
    CHESS = "chess"
    FOOD = "food"
    TECHNOLOGY = "technology"
    LANGUAGES = "languages"
    VOLUNTEERING = "volunteering"
    FAMILY = "family"


INTERESTS: dict[Interest, tuple[str, str]] = {
    Interest.BALL_GAMES: ("球类", "ball games"),
    Interest.FITNESS: ("健身", "fitness"),
    Interest.OUTDOORS: ("户外", "outdoors"),
    Interest.MUSIC: ("音乐", "music"),
    Interest.DANCE: ("舞蹈", "dance"),
    Interest.PHOTOGRAPHY: ("摄影", "photography"),
    Interest.READING: ("阅读", "reading"),
    Interest.CRAFTS: ("手工", "crafts"),
    Interest.CHESS: ("棋牌", "chess"),
    Interest.FOOD: ("美食", "food"),
    Interest.TECHNOLOGY: ("科技", "technology"),
    Interest.LANGUAGES: ("语言", "languages"),
    Interest.VOLUNTEERING: ("志愿服务", "volunteering"),
    Interest.FAMILY: ("亲子", "family"),
}
"""The Chinese and English name of each interest, for sheets and for search."""

_WORDS = {
    Interest.BALL_GAMES: (
        r"(?:羽毛|乒乓|保龄|高尔夫|[篮足排网台桌毽])?球(?!菜|鞋)|打波|网羽|\b(?:ball|balls|badminton|basketball|football|soccer|tennis|"
        r"volleyball|ping ?pong|billiards|snooker|bowling)\b"
    ),
    Interest.FITNESS: (
        r"健身|跑步|夜跑|晨跑|慢跑|马拉松|瑜[伽珈]|普拉提|游泳|武术|太极|拳击|散打|跳绳|骑行|单车"
        r"|举铁|撸铁|八段锦|\b(?:fitness|gym|run|running|jog|jogging|yoga|swim|swimming|"
        r"cycling|boxing|marathon)\b"
    ),
    Interest.OUTDOORS: (
        r"户外|爬山|登山|徒步|露营|钓鱼|郊游|远足|攀岩|一日游|采摘|野餐|旅游|"
        r"\b(?:outdoors?|hike|hiking|climb|climbing|camp|camping|fish|fishing)\b"
    ),
    Interest.MUSIC: (
        r"唱歌|唱k|k歌|卡拉|歌唱|合唱|音乐|吉他|钢琴|笛|二胡|乐队|乐器|粤剧|粤曲|戏曲|歌手|"
        r"\b(?:music|sing|singing|songs?|choir|guitar|piano|karaoke|band)\b"
    ),
    Interest.DANCE: r"跳舞|舞蹈|街舞|广场舞|交谊舞|拉丁|[跳学]舞|\b(?:dance|dancing)\b",
    Interest.PHOTOGRAPHY: (
        r"摄影|拍照|拍片|照相|航拍|短视频|拍视频|\b(?:photo|photos|photography|camera|video)\b"
    ),
    Interest.READING: (
        r"阅读|看书|读书|写作|写字|书法|书画|诗|小说|文学|朗诵|演讲|"
        r"\b(?:read|reading|books?|writing|poems?|poetry)\b"
    ),
    Interest.CRAFTS: (
        r"手工|编织|剪纸|陶艺|折纸|刺绣|木工|画画|绘画|插花|花艺|香囊|"
        r"\b(?:crafts?|handicrafts?|pottery|knitting|painting|drawing)\b"
    ),
    Interest.CHESS: (
        r"象棋|围棋|五子棋|军棋|跳棋|下棋|棋|打牌|扑克|麻将|桌游|掼蛋|"
        r"\b(?:chess|cards|mahjong|board ?games?|poker)\b"
    ),
    Interest.FOOD: (
        r"美食|做饭|做菜|烹饪|烘焙|厨艺|煮|包饺子|点心|下厨|"
        r"\b(?:cook|cooking|bake|baking|food)\b"
    ),
    Interest.TECHNOLOGY: (
        r"科技|机器人|编程|电脑|无人机|3d|数控|plc|人工智能|模型|"
        r"\b(?:technology|tech|robots?|robotics|coding|programming|computers?|drones?)\b"
    ),
    Interest.LANGUAGES: (
        r"语言|英语|英文|外语|日语|韩语|粤语|白话(?!文)|普通话|"
        r"\b(?:languages?|english|cantonese|mandarin|japanese)\b"
    ),
    Interest.VOLUNTEERING: r"志愿|义工|公益|献血|\b(?:volunteers?|volunteering)\b",
    Interest.FAMILY: r"亲子|带娃|家庭|陪孩子|\b(?:family|families|kids|children)\b",
}
READ = {
    interest: re.compile(rf"{zh}|\b{en}\b|{_WORDS[interest]}")
    for interest, (zh, en) in INTERESTS.items()
}
"""The words that speak of each interest, in lower case."""


@lru_cache(maxsize=4096)
def named_in(text: str) -> tuple[Interest, ...]:
    """Return the interests that words in a text speak of: 羽毛球、唱歌, "I like singing"."""
    text = text.casefold()
    return tuple(interest for interest, words in READ.items() if words.search(text))
