"""The list of an event as a workbook.

Only what makes the file imports this: openpyxl takes 16 MB.
"""

from io import BytesIO
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from sqlmodel import Session

from models.events import running
from models.events.events import Signup, SignupState
from models.network import stations

FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEADINGS = {
    "zh": ("序号", "姓名", "单位 / 镇街", "状态", "排队", "报名时间", "签到时间"),
    "en": ("No.", "Name", "Company or town", "State", "Queue", "Signed up", "Came"),
}
STATES = {
    "zh": {
        SignupState.SEATED: "有位子",
        SignupState.ATTENDED: "已签到",
        SignupState.NO_SHOW: "没来",
        SignupState.OFFERED: "已询问",
        SignupState.WAITING: "排队",
    },
    "en": {
        SignupState.SEATED: "seat",
        SignupState.ATTENDED: "came",
        SignupState.NO_SHOW: "didn't come",
        SignupState.OFFERED: "asked",
        SignupState.WAITING: "waits",
    },
}
WIDTHS = (6, 16, 24, 10, 8, 18, 18)


def workbook(session: Session, event_id: int, language: str, zone: str) -> bytes:
    """Everybody with a claim, in the order of the list, times in the station's zone."""
    language = language if language in HEADINGS else "zh"
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名单" if language == "zh" else "List")
    for number, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFG"[number]].width = width
    sheet.append(HEADINGS[language])
    queue = 0
    for number, (signup, member, station) in enumerate(running.people(session, event_id), start=1):
        queue += signup.state == SignupState.WAITING
        place = station or stations.district(session) if member is None else station
        sheet.append(
            (
                number,
                harmless(member.name if member is not None else ""),
                harmless((place.name_en if language == "en" else "") or place.name)
                if place is not None and member is not None
                else "",
                STATES[language].get(SignupState(signup.state), ""),
                queue if signup.state == SignupState.WAITING else "",
                *_times(signup, ZoneInfo(zone)),
            )
        )
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def harmless(text: str) -> str:
    """The text as text: what a table would take for a formula has an apostrophe before it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _times(signup: Signup, zone: ZoneInfo) -> tuple[str, str]:
    at, came = signup.at.astimezone(zone), signup.attended_at
    return f"{at:%Y-%m-%d %H:%M}", f"{came.astimezone(zone):%Y-%m-%d %H:%M}" if came else ""
