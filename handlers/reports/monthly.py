"""The account of the month before, as it is sent to organizers."""

from collections.abc import Mapping
from typing import Any

from bot.conversation.chat import Chat
from bot.conversation.messages import Reply, lines, say
from bot.conversation.routing import Drop, Router
from handlers.reports import accounts, labels
from handlers.words import station_name
from models.network import roles, stations
from models.reports import monthly
from models.rules.network.permissions import Act
from models.rules.reports import periods
from models.rules.reports.figures import unpacked
from models.sending.reasons import Reason

router = Router()


@router.notice(monthly.TOPIC)
def told(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    station = stations.get(chat.session, facts["station_id"])
    month = periods.read_code(facts["month"], chat.care.zone)
    if station is None or month is None:
        return Drop(Reason.GONE)
    if not roles.may(chat.session, chat.member.id, Act.SEE_REPORT, station, chat.now):
        return Drop(Reason.NOT_THEIRS)
    now, before = unpacked(facts["now"]), unpacked(facts["before"])
    heading = say(
        "🔔 {place}, {month} in figures:",
        place=station_name(station),
        month=labels.period_name(month),
    )
    return Reply(
        lines(heading, *accounts.summary(now, before, month.before)),
        buttons=accounts.ways_on(station.id, month.code),
    )
