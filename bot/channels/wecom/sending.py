"""Sends to members: cards and texts that may be repeated, and what became of each."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import orjson
import structlog

from bot.channels import Doubtful, Outcome, Refused, Sent, TryLater, Unreachable
from bot.channels.rates import RecentSends
from bot.channels.tencent.api import ApiError, MaybeSent, NotSent
from bot.channels.tencent.in_text import TextLimits
from bot.channels.wecom.api import CODES, SEND, TOO_OFTEN, UPDATE_CARD, WeComApi
from bot.channels.wecom.cards import DUPLICATE_SECONDS, Payload, TemplateCard, payloads, task_id_of
from bot.conversation.messages import Message

REPEAT_AFTER = timedelta(seconds=30)
RECOGNISED_FOR = timedelta(seconds=DUPLICATE_SECONDS) - timedelta(minutes=10)
"""How long after its first try a message may be repeated, with some room for clocks."""

OUTAGE = 3
"""How many sends in a row without an answer halt the account for a moment."""

LONGEST_HALT = timedelta(hours=1)
REMEMBERED = 20_000

log = structlog.get_logger()


class CardSender:
    """Sends the messages of one app."""

    def __init__(
        self,
        *,
        account: str,
        api: WeComApi,
        agent_id: int,
        text_limits: TextLimits,
        recent_sends: RecentSends,
        now: Callable[[], datetime],
        salt: str,
    ) -> None:
        self.problem = ""
        self._account = account
        self._api = api
        self._agent_id = agent_id
        self._text_limits = text_limits
        self._recent_sends = recent_sends
        self._now = now
        self._salt = salt
        self._begun: OrderedDict[str, datetime] = OrderedDict()
        self._updated: OrderedDict[str, None] = OrderedDict()
        self._unanswered = 0
        self._too_often = 0
        self._halted_until: datetime | None = None

    def is_halted(self) -> bool:
        """Whether WeCom takes nothing from this app just now."""
        return self._halted_until is not None and self._now() < self._halted_until

    def task_of(self, to: str, message: Message) -> str:
        """A name for a message's card: WeCom shows no second card under one name.

        The words are part of it, for a restored backup gives the same numbers to other messages.
        """
        return task_id_of(self._salt, self._account, to, message.name, message.text)

    async def send(
        self, to: str, message: Message, *, turns: int = 1, is_repeatable: bool = True
    ) -> Outcome:
        """Send one message in as many sends as it takes, ``turns`` of which were asked for.

        The same message makes the same bytes, which WeCom does not show twice. So what became of
        a send need not be known: it may be made again, all of it, as long as WeCom recognises it.
        A file's link changes with time, so its message is made once.
        """
        task_id = self.task_of(to, message)
        wanted = payloads(to, self._agent_id, message, task_id, self._text_limits)
        if not wanted:
            return Refused("nothing to say")
        mark = task_id_of(task_id, *(orjson.dumps(each).decode() for each in wanted))
        begun = self._begun.pop(mark, None)
        if begun is not None and self._now() > begun + RECOGNISED_FOR:
            reason = "its first try had no answer, and WeCom would not recognise it now"
            return Doubtful(reason, is_silent=False)
        more = max(0, len(wanted) - turns)
        if begun is None and more and (wait := self._recent_sends.wait_for(to, more)):
            # WeCom would drop its end without a word.
            return TryLater(timedelta(seconds=wait), "no room for all its parts")
        self._recent_sends.record_answer(to, more)
        first_try = begun or self._now()
        outcome: Outcome = Sent()
        for payload in wanted:
            outcome = await self._post(to, payload)
            if not isinstance(outcome, Sent):
                break
        is_begun = begun or isinstance(outcome, Doubtful) or payload is not wanted[0]
        if isinstance(outcome, Sent) or not is_begun:
            return outcome
        if not is_repeatable or message.file is not None:
            if isinstance(outcome, Doubtful):
                return outcome
            return Doubtful(f"in part: {outcome}", is_silent=False)
        return self._to_be_repeated(mark, first_try, outcome)

    def _to_be_repeated(self, mark: str, begun: datetime, outcome: Outcome) -> Outcome:
        """The outcome of a message that WeCom may have, or of which it has the beginning."""
        if isinstance(outcome, Doubtful):
            if self._now() + REPEAT_AFTER > begun + RECOGNISED_FOR:
                return outcome
            is_outage = self._unanswered >= OUTAGE
            outcome = TryLater(
                REPEAT_AFTER, outcome.reason, whole_account=is_outage, is_silent=True
            )
            self._take_note(outcome)
        self._begun[mark] = begun
        while len(self._begun) > REMEMBERED:
            self._begun.popitem(last=False)
        return outcome

    async def update(self, to: str, response_code: str, card: TemplateCard) -> bool:
        """Put a card in the place of the pressed one; WeCom lets a code do that once."""
        if response_code in self._updated:
            # The press came again, and was answered before.
            return True
        self._updated[response_code] = None
        if len(self._updated) > REMEMBERED:
            self._updated.popitem(last=False)
        payload = {
            "userids": [to],
            "agentid": self._agent_id,
            "response_code": response_code,
            "template_card": card,
        }
        try:
            answer = await self._api.call(UPDATE_CARD, payload)
        except (ApiError, NotSent, MaybeSent) as problem:
            self.note_failure(problem)
            log.info("card not updated", account=self._account, reason=str(problem))
            return False
        return not _is_named(to, answer.get("invaliduser", []))

    async def _post(self, to: str, payload: Payload) -> Outcome:
        try:
            answer = await self._api.call(SEND, payload)
        except (ApiError, NotSent, MaybeSent) as problem:
            return self.note_failure(problem)
        self.problem = ""
        self._unanswered = self._too_often = 0
        self._halted_until = None
        for field in ("invaliduser", "unlicenseduser"):
            if _is_named(to, answer.get(field, "")):
                return Unreachable(f"in WeCom's {field}")
        return Sent()

    def note_failure(self, problem: ApiError | NotSent | MaybeSent) -> Outcome:
        """What a call that met this problem came to, the whole account's trouble noted."""
        outcome = CODES.outcome(problem, self._now())
        if isinstance(problem, MaybeSent):
            self._unanswered += 1
        if isinstance(problem, ApiError) and problem.code == TOO_OFTEN:
            # The limit may be a minute's, an hour's or the day's: each time the halt is longer.
            assert isinstance(outcome, TryLater)
            longer = outcome.after * 2 ** min(self._too_often, 6)
            outcome = replace(outcome, after=min(longer, LONGEST_HALT))
            self._too_often += 1
        self._take_note(outcome)
        return outcome

    def note_success(self) -> None:
        """Clear a problem that another call than a send has shown to be over."""
        if CODES.is_over(self.problem):
            self.problem, self._halted_until = "", None

    def _take_note(self, outcome: Outcome) -> None:
        if isinstance(outcome, TryLater) and outcome.whole_account:
            if self.problem != outcome.reason:
                log.error("account halted", account=self._account, reason=outcome.reason)
            self.problem = outcome.reason
            self._halted_until = self._now() + outcome.after


def _is_named(to: str, named: object) -> bool:
    """Whether a member is among those an answer names: joined by bars, in small letters."""
    names = named.split("|") if isinstance(named, str) else named
    return isinstance(names, list) and to.casefold() in (str(each).casefold() for each in names)
