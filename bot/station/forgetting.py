"""What is deleted by itself, and at what age; docs/retention.md says why."""

from collections.abc import Iterator
from datetime import timedelta

from bot.station.settings import Settings
from models.announcements import announcements
from models.desk import misses
from models.events import feedback, id_pages, photos
from models.gala import lines, stage, voting
from models.hooks import delivering
from models.loading import uploads
from models.members import binding, leftovers, personal_codes, retention
from models.network import consoles, erased_rows, tokens
from models.rules.events import windows
from models.sending import daily, inbox
from scheduler.planning import Forgetting, ForgettingInTurns

MONTH, SEASON = timedelta(days=30), timedelta(days=90)


def at_once(settings: Settings) -> tuple[Forgetting, ...]:
    """What one statement each deletes."""
    return (
        Forgetting(timedelta(days=14), announcements.forget_drafts, ("announcement",)),
        Forgetting(timedelta(days=3), inbox.forget_before, ("inbox",)),
        Forgetting(timedelta(days=2), daily.forget_before, ("daily_count",)),
        Forgetting(misses.KEEP, misses.forget_before, ("miss",)),
        Forgetting(timedelta(days=1), personal_codes.forget_codes, ("personal_code",)),
        Forgetting(timedelta(), id_pages.forget_expired, ("id_page",)),
        Forgetting(timedelta(), consoles.forget_expired, ("console_link", "console_session")),
        Forgetting(timedelta(), uploads.forget_before, ("uploaded_file",)),
        Forgetting(timedelta(), tokens.forget_expired, ("api_token",)),
        Forgetting(binding.LASTS, binding.forget_requests, ("binding_request",)),
        Forgetting(erased_rows.KEEP, erased_rows.forget_before, ("erased_row",)),
        Forgetting(windows.AFTERWARDS, feedback.cut_off, ("feedback",)),
        Forgetting(delivering.KEEP, delivering.forget_before, ("hook_delivery",)),
        Forgetting(MONTH, retention.forget_invites, ("invite",)),
        Forgetting(timedelta(days=1), retention.forget_wrong_codes, ("wrong_codes",)),
        Forgetting(MONTH, retention.forget_repeats, ("check_in_repeat",)),
        Forgetting(MONTH, retention.forget_handovers, ("seat_handover",)),
        Forgetting(
            timedelta(days=settings.station.photo_days), photos.erase_before, ("event_photo",)
        ),
    )


def in_turns(settings: Settings) -> tuple[ForgettingInTurns, ...]:
    """What may be many rows, so that it goes some at a time."""
    return (*_always(), *_as_set(settings))


def _always() -> Iterator[ForgettingInTurns]:
    for keep, find, work, table in (
        (leftovers.KEEP_STRANGERS, leftovers.strangers, leftovers.forget_strangers, "member"),
        (leftovers.KEEP_PICTURES, leftovers.unused_pictures, leftovers.forget_pictures, "picture"),
        (leftovers.KEEP_PICTURES, leftovers.unused_sounds, leftovers.forget_sounds, "sound"),
        (lines.KEPT, lines.old, lines.forget, "screen_line"),
        (lines.KEPT, stage.old, stage.forget, "stage_question"),
        (lines.KEPT, voting.old, voting.forget, "poll_vote"),
    ):
        yield ForgettingInTurns(keep, find, work, (table,))
    yield ForgettingInTurns(
        SEASON, retention.old_arrivals, retention.unname_arrivals, ("poster_arrival",)
    )


def _as_set(settings: Settings) -> Iterator[ForgettingInTurns]:
    """What the operator keeps for so many days; 0 for as long as the station runs."""
    keep = settings.keep
    for days, find, work, tables in (
        (
            *(keep.letters_days, retention.old_letters, retention.forget_letters),
            ("thread", "thread_line"),
        ),
        (keep.sign_ups_days, retention.old_claims, retention.unname_claims, ("signup",)),
        (
            *(keep.announcements_days, retention.old_announcements),
            *(retention.forget_announcements, ("announcement",)),
        ),
    ):
        if days:
            yield ForgettingInTurns(timedelta(days=days), find, work, tables)
