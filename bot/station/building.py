"""The composition root: everything that runs in a process, listed in one place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session
from starlette.routing import BaseRoute

from bot.channels import Channel
from bot.channels.web.channel import Web
from bot.conversation.watched import Span, untraced
from bot.station import forgetting, printing
from bot.station.accounts import Account, build_accounts, web_of
from bot.station.award_pages import award_routes
from bot.station.bells import Bells
from bot.station.certificates import certificate_routes
from bot.station.contest_pages import contest_routes
from bot.station.core import Core, Now, build_core
from bot.station.desk import desk_routes, program_routes
from bot.station.door_page import door_routes
from bot.station.draw_pages import draw_routes
from bot.station.event_pages import event_routes
from bot.station.files import calendar_routes
from bot.station.id_page import id_routes
from bot.station.match_pages import match_routes
from bot.station.parts import EVERYTHING, Part
from bot.station.protocol_pages import protocol_routes
from bot.station.screens import screen_routes
from bot.station.settings import Settings
from bot.station.uploads import ENTRYPOINT, Uploads
from models.announcements import running
from models.announcements.running import Step
from models.contests import deadlines, sources, unsealing, watching
from models.desk import levels
from models.events import (
    absences,
    drawing,
    feedback,
    issuing,
    offers,
    publishing,
    repeating,
    sitting,
)
from models.events import forgetting as event_answers
from models.gala import ranking
from models.hooks import delivering, spreading
from models.loading import uploads
from models.members import removing
from models.network.stations import Care
from models.reports import monthly
from models.store import Store
from scheduler import hooks
from scheduler.clock import Clock
from scheduler.delivery import Engine, sender_for
from scheduler.jobs import Jobs
from scheduler.pace import Pace
from scheduler.planning import CHUNK, Duty, Errand, Planner

if TYPE_CHECKING:
    from console.desk import House


@dataclass(frozen=True, slots=True)
class Worker:
    """What plans and sends: the clock's work, and an engine for each shard of each account.

    ``bells`` tells other processes about settled web messages; None in a station of one process.
    """

    jobs: Jobs
    planner: Planner
    clock: Clock
    engines: tuple[Engine, ...]
    bells: Bells | None


@dataclass(frozen=True, slots=True)
class Process:
    """Everything that one process runs; ``worker`` is None where others work."""

    core: Core
    accounts: tuple[Account, ...]
    worker: Worker | None

    @property
    def channels(self) -> list[Channel]:
        return [each.channel for each in self.accounts]

    @property
    def web(self) -> Web | None:
        return web_of(self.accounts)

    def problems(self) -> dict[str, str]:
        """The accounts that do not work now, and why."""
        problems = {each.account: getattr(each, "problem", "") for each in self.channels}
        for engine in self.worker.engines if self.worker else ():
            problems[engine.account] = problems[engine.account] or engine.problem
        return {account: problem for account, problem in problems.items() if problem}

    def http_routes(self) -> list[BaseRoute]:
        """The routes of all channels, of files and calendars, and of the pages beside the chat."""
        core = self.core
        of_channels = [route for channel in self.channels for route in channel.routes()]
        own = core.settings.station
        calendars = calendar_routes(
            core.store, core.settings.care().zone, core.now, own.called, own.language
        )
        at_doors = door_routes(core.store, core.link_to, core.now, own.language)
        certificates = certificate_routes(
            core.store, core.settings.care().zone, core.now, own.language
        )
        drawn = draw_routes(core.store, core.settings.care().zone, core.now, own.language)
        drawn += protocol_routes(
            core.store, core.settings.care().zone, core.now, own.called, own.language
        )
        pages = event_routes(
            *(core.store, core.settings.care().zone, core.now),
            *(own.called, own.language, core.link_to),
        )
        played = match_routes(
            core.store, core.settings.care().zone, core.now, own.called, own.language
        )
        galleries = contest_routes(
            *(core.store, core.settings.care().zone, core.now),
            *(own.called, own.language, core.link_to),
        )
        honours = award_routes(
            core.store, core.settings.care().zone, core.now, own.called, own.language
        )
        asked = id_routes(core.store, core.settings.care(), core.now, own.language)
        papers = (*certificates, *at_doors, *drawn, *asked, *played, *honours)
        desk = (*desk_routes(self._desk), *program_routes(self._programs))
        screens = screen_routes(
            *(core.store, core.settings.care(), core.now, own.language, core.link_to),
            secure_cookies=core.settings.server.public_url.startswith("https:"),
        )
        # What a crowd asks for comes first: each request looks for its route in this order.
        return [
            *screens,
            *pages,
            *galleries,
            *of_channels,
            *core.files.routes(),
            *calendars,
            *papers,
            *desk,
        ]

    def _desk(self) -> list[BaseRoute]:
        """What the desk alone needs is imported when it is opened."""
        from console.app import console_routes

        core = self.core
        return console_routes(
            core.store,
            self._house(),
            core.now,
            draw=printing.draw,
            origin=core.settings.server.public_url,
            secure_cookies=core.settings.server.public_url.startswith("https:"),
        )

    def _programs(self) -> list[BaseRoute]:
        """What programs alone need is imported when the first one comes."""
        from console.api.app import api_routes

        return api_routes(self.core.store, self._house(), self.core.now)

    def _house(self) -> "House":
        from console.desk import House

        core = self.core
        own = core.settings.station
        return House(
            *(core.settings.care(), core.phrasebook, own.called, own.language),
            *(core.link_to, self.problems),
        )


def build_process(
    settings: Settings,
    store: Store,
    now: Now,
    parts: frozenset[Part] = EVERYTHING,
    span: Span = untraced,
) -> Process:
    """Build what these parts of the station are made of. Nothing is started."""
    core = build_core(settings, store, now, parts, span)
    accounts = build_accounts(core)
    if not core.runs(Part.WORKER):
        return Process(core, accounts, None)
    several_processes = not store.is_sqlite
    jobs = Jobs(settings.store.url if several_processes else "")
    # A process that holds chat pages open hears its own bell as well.
    bells = Bells(store) if several_processes and web_of(accounts) else None
    return Process(core, accounts, build_worker(core, accounts, jobs, bells))


def build_worker(
    core: Core, accounts: Sequence[Account], jobs: Jobs, bells: Bells | None = None
) -> Worker:
    """Build the planner, its clock and the engines, each registered as a job."""
    engines = tuple(
        _engine(core, account, shard, bells)
        for account in accounts
        for shard in range(account.channel.shards)
    )
    for engine in engines:
        jobs.register(engine.name, engine.send_due)
    care = core.settings.care()
    jobs.register(hooks.ENTRYPOINT, hooks.Hooks(core.store, care, core.now).work)
    jobs.register(ENTRYPOINT, Uploads(core.store, care, core.phrasebook, core.now).work)
    planner = Planner(
        core.store,
        jobs,
        {each.channel.account: each.channel.shards for each in accounts},
        care,
        duties=(*_duties(care), *core.extensions.duties(care)),
        long_duties=_long_duties(care),
        errands=[
            Errand(ENTRYPOINT, uploads.any_due),
            Errand(hooks.ENTRYPOINT, delivering.any_due),
        ],
        forgetting=(*forgetting.at_once(core.settings), *core.extensions.forgetting()),
        in_turns=forgetting.in_turns(core.settings),
    )
    return Worker(jobs, planner, Clock(core.store, planner.ticks(), core.now), engines, bells)


def _engine(core: Core, account: Account, shard: int, bells: Bells | None) -> Engine:
    channel = account.channel
    on_sent: Callable[[str], None] | None = None
    if isinstance(channel, Web):
        on_sent = bells.ring if bells else channel.announce
    return Engine(
        core.store,
        channel,
        core.dispatcher.compose,
        core.settings.care(),
        core.now,
        sender=sender_for(channel, core.process, shard, channel.shards),
        pace=Pace(
            channel.messages_per_second / channel.shards,
            recent_sends=channel.recent_sends,
            # Where another process answers people, their part of the pace is left free.
            elsewhere=not account.receives,
        ),
        on_sent=on_sent,
    )


def _duties(care: Care) -> list[Duty]:
    """What comes due at a time and takes milliseconds."""

    def end_contests(session: Session, at: datetime) -> int:
        return deadlines.work(session, at, care)

    def lapse_offers(session: Session, at: datetime) -> int:
        return offers.lapse_offers(session, at, care)

    def publish_again(session: Session, at: datetime) -> int:
        return repeating.publish_due(session, at, care)

    def release_quotas(session: Session, at: datetime) -> int:
        return offers.release_quotas(session, at, care)

    def ask_above(session: Session, at: datetime) -> int:
        return levels.go_up(session, at, care)

    def erase_due(session: Session, at: datetime) -> int:
        return removing.erase_due(session, at, care)

    def any_feedback(session: Session, at: datetime) -> bool:
        return feedback.any_to_ask(session, at, care)

    def ask_for_feedback(session: Session, at: datetime) -> int:
        return feedback.ask(session, at, care)

    def unseal(session: Session, at: datetime) -> int:
        return unsealing.work(session, at, care)

    return [
        Duty("letters", levels.any_due, ask_above),
        Duty("offers", offers.any_lapsed, lapse_offers),
        Duty("quotas", offers.any_quotas_to_release, release_quotas),
        Duty("queues", offers.any_queue_to_tell, offers.tell_queues),
        Duty("approvals", publishing.any_unanswered, publishing.remind_or_give_up),
        Duty("halls", sitting.any_due, sitting.seat_due),
        Duty("absent", absences.any_absent, absences.mark_absent),
        Duty("answers", event_answers.any_due, event_answers.erase_due),
        Duty("repeats", repeating.any_due, publish_again),
        Duty("feedback", any_feedback, ask_for_feedback),
        Duty("erasures", removing.any_due, erase_due),
        Duty("contests", deadlines.any_due, end_contests),
        Duty("judging", unsealing.any_due, unseal),
        Duty("voting", watching.any_due, watching.work, watching.look),
        Duty("hooks", spreading.any_noted, spreading.spread),
    ]


def _long_duties(care: Care) -> list[Duty]:
    """What may take minutes, in steps."""

    def look(session: Session, at: datetime) -> Step | None:
        return running.look(session, at, care)

    def announce(session: Session, at: datetime, step: Step, rows: int = 0) -> int:
        return CHUNK if running.take(session, at, step, care, rows) else 0

    def draw(session: Session, at: datetime, step: drawing.Step) -> int:
        return CHUNK if drawing.take(session, at, step, care) else 0

    def certify(session: Session, at: datetime) -> int:
        return CHUNK if issuing.take(session, care.zone, at) else 0

    def rank(session: Session, at: datetime, step: ranking.Ranked) -> int:
        return CHUNK if ranking.take(session, at, step) else 0

    def any_account(session: Session, at: datetime) -> bool:
        return monthly.any_due(session, at, care)

    def count(session: Session, at: datetime) -> monthly.Step | None:
        return monthly.look(session, at, care)

    def account(session: Session, at: datetime, step: monthly.Step) -> int:
        return CHUNK if monthly.take(session, at, step) else 0

    def erase_sources(session: Session, at: datetime, found: sources.Found) -> int:
        return CHUNK if sources.work(session, at, found) else 0

    return [
        Duty("certificates", issuing.any_due, certify),
        Duty("draws", drawing.any_due, draw, drawing.look),
        Duty("quizzes", ranking.any_due, rank, ranking.look),
        Duty("announcements", running.any_due, announce, look, running.most_rows),
        Duty("accounts", any_account, account, count),
        Duty("sources", sources.any_due, erase_sources, sources.look),
    ]
