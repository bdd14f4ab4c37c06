"""Export and erase what is stored about a member, as ``inventory`` lists it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, or_, select

from models.announcements import announcements, streams
from models.announcements.announcements import Announcement
from models.contests import (
    assignments,
    contests,
    judges,
    judging,
    laureates,
    rounds,
    sounds,
    tournaments,
    votes,
)
from models.contests import forgetting as contest_entries
from models.contests import voting as contest_voting
from models.desk import known, misses, threads
from models.desk.threads import Thread, ThreadLine
from models.events import (
    answers,
    certificates,
    events,
    feedback,
    forgetting,
    handovers,
    id_pages,
    parties,
    photos,
    pictures,
    posters,
    signups,
    stops,
)
from models.events.entries import DrawEntry
from models.events.events import Event, Signup, SignupState
from models.gala import lines, polls, programme, stage, voting
from models.hooks import keeping
from models.loading import uploads
from models.members import binding, erasures, inventory, personal_codes
from models.members.profile import interests_of
from models.network import (
    aliases,
    audit,
    consoles,
    erased_rows,
    guesses,
    helpers,
    invites,
    roles,
    second_factors,
    stations,
    tokens,
)
from models.network.members import Address, Caller, Member, get
from models.network.memberships import Membership
from models.network.stations import Care
from models.rules.events import undated
from models.sending import alerts, daily, history, inbox, reach
from models.store import Moment, memory_of
from models.teams import leading, teams
from models.teams.teams import Bid, Team


def _member(session: Session, member_id: int) -> dict[str, Any]:
    member = get(session, member_id)
    station = stations.get(session, member.station_id)
    return {
        "number": member.id,
        "name": member.name,
        "digits": member.tail,
        "language": member.language,
        "station": station.name if station else None,
        "shift": member.shift,
        "born_in": member.birth_year,
        "interests": interests_of(session, member_id),
        "quiet_hours": member.quiet,
        "reminded_minutes_before": member.leads,
        "muted": member.muted,
        "wants_no_photos": member.no_photos,
        "blocked_until": member.blocked_until,
        "calendar_link_key": member.calendar_key,
        "agreed_to_privacy_notice_at": member.consented_at,
        "known_since": member.created_at,
        "staff_number": member.staff_number,
        "row_of_file": member.loaded_as,
        "numbers_before": aliases.all_of(session, member_id)[1:],
    }


def _chats(session: Session, member_id: int) -> list[dict[str, Any]]:
    addresses = session.exec(select(Address).where(Address.member_id == member_id)).all()
    ids = [each.id for each in addresses]
    consents, alerted = reach.grants_of(session, ids), alerts.of_addresses(session, ids)
    return [
        {
            "account": each.account,
            "address": each.external,
            "since": each.created_at,
            "open_question": each.dialog,
            "templates_agreed_to": consents.get(each.id, {}),
            "browsers_alerted": alerted.get(each.id, []),
        }
        for each in addresses
    ]


def _sign_ups(session: Session, member_id: int) -> list[dict[str, Any]]:
    claims = session.exec(
        select(Signup, Event, DrawEntry.code)
        .select_from(Signup)
        .join(Event, col(Event.id) == col(Signup.event_id))
        .join(DrawEntry, col(DrawEntry.signup_id) == col(Signup.id), isouter=True)
        .where(Signup.member_id == member_id)
    ).all()
    return [
        {
            "event": event.title,
            "starts_at": undated.planned(event.starts_at),
            "date_is_to_come": undated.is_to_come(event.starts_at),
            "state": claim.state,
            "at": claim.at,
            "checked_in_at": claim.attended_at,
            "code_in_draw": code,
            "answers": answers.said(session, claim.id),
            "said_to_have_been_there_at": claim.disputed_at,
            "not_let_in_because": claim.refused,
        }
        for claim, event, code in claims
    ]


def _signed_up_for_others(session: Session, member_id: int) -> list[dict[str, Any]]:
    rows = session.exec(
        select(Signup, Event)
        .join(Event)
        .where(
            Signup.by_member_id == member_id,
            # Their own claim points to them where they said no to it.
            or_(
                col(Signup.member_id).is_(None),
                col(Signup.member_id) != member_id,
                col(Signup.state) != SignupState.CANCELLED,
            ),
        )
    ).all()
    return [
        {
            "event": event.title,
            "name": claim.name,
            "is_child": claim.is_child,
            "at": claim.at,
            "answers": answers.said(session, claim.id),
        }
        for claim, event in rows
    ]


def _teams(session: Session, member_id: int) -> list[dict[str, Any]]:
    joined = session.exec(
        select(Membership, Team).join(Team).where(Membership.member_id == member_id)
    ).all()
    return [{"team": team.name, "joined_at": membership.joined_at} for membership, team in joined]


def _teams_founded(session: Session, member_id: int) -> list[dict[str, Any]]:
    founded = session.exec(select(Team).where(Team.founder_id == member_id)).all()
    return [
        {
            "team": team.name,
            "about": team.about,
            "translations": team.text_of("name").translations,
            "state": team.state,
        }
        for team in founded
    ]


def _bids(session: Session, member_id: int) -> list[dict[str, Any]]:
    return _told_bids(session, col(Bid.member_id) == member_id)


def _captaincies_offered(session: Session, member_id: int) -> list[dict[str, Any]]:
    return _told_bids(session, col(Bid.by_member_id) == member_id)


def _told_bids(session: Session, which: Any) -> list[dict[str, Any]]:
    bids = session.exec(select(Bid, Team).join(Team, col(Team.id) == col(Bid.team_id)).where(which))
    return [
        {"team": team.name, "what": bid.kind, "state": bid.state, "at": bid.at}
        for bid, team in bids
    ]


def _threads(session: Session, member_id: int) -> list[dict[str, Any]]:
    rows = session.exec(
        select(Thread).where(Thread.member_id == member_id).order_by(col(Thread.id))
    ).all()
    return [
        {
            "what": each.kind,
            "with_name": each.with_name,
            "state": each.state,
            "answer_helped": each.helped,
            "lines": [
                {"is_answer": line.is_answer, "text": line.text, "at": line.at}
                for line in threads.lines_of(session, each.id)
            ],
        }
        for each in rows
    ]


def _threads_answered(session: Session, member_id: int) -> list[dict[str, Any]]:
    rows = session.exec(select(ThreadLine).where(ThreadLine.by_member_id == member_id))
    return [{"answer": each.text, "at": each.at} for each in rows]


def _threads_taken(session: Session, member_id: int) -> list[dict[str, Any]]:
    rows = session.exec(select(Thread).where(Thread.assigned_to == member_id))
    return [{"letter": each.id, "what": each.kind, "state": each.state} for each in rows]


def _events_published(session: Session, member_id: int) -> list[dict[str, Any]]:
    return [
        {"title": title.text, "translations": title.translations}
        for title in events.titles_by(session, member_id)
    ]


def _announcements_approved(session: Session, member_id: int) -> list[dict[str, Any]]:
    theirs = or_(
        col(Announcement.approved_by) == member_id, col(Announcement.released_by) == member_id
    )
    rows = session.exec(select(Announcement).where(theirs))
    return [{"text": each.text, "at": each.created_at} for each in rows]


SECTIONS: Mapping[str, Callable[[Session, int], Any]] = {
    "member": _member,
    "chats": _chats,
    "sign_ups": _sign_ups,
    "certificates": certificates.told_to,
    "certificates_issued": certificates.issued_by,
    "came_by_posters": posters.of_member,
    "feedback": feedback.of_member,
    "photos_sent": photos.of_member,
    "posters_made": posters.made_by,
    "contests_written": contests.made_by,
    "entries": contest_entries.entries_of,
    "entries_as_author": contest_entries.authorships_of,
    "parts_of_entries": contest_entries.parts_of,
    "sounds": sounds.of_member,
    "judgings_set_up": judging.set_by,
    "judged": judges.of_one,
    "judges_asked": judges.asked_by,
    "votings_set_up": contest_voting.set_by,
    "votes": votes.of_member,
    "votes_set_apart": votes.set_apart_by,
    "matches": tournaments.of_member,
    "rounds_planned": rounds.made_by,
    "nominations": contest_entries.nominations_of,
    "awards_given": laureates.of_member,
    "signed_up_for_others": _signed_up_for_others,
    "seats_handed_over": handovers.of_member,
    "teams": _teams,
    "teams_founded": _teams_founded,
    "teams_supported_or_asked": _bids,
    "captaincies_offered": _captaincies_offered,
    "roles": roles.of_member,
    "helped_at_events": helpers.of_member,
    "helpers_named": helpers.given_by,
    "written_at_events": stops.written_by,
    "votes_at_events": voting.of_member,
    "lines_on_screens": lines.of_member,
    "questions_to_the_stage": stage.of_member,
    "polls_written": polls.made_by,
    "programmes_written": programme.made_by,
    "streams_named": streams.named_by,
    "codes_made": invites.codes_of_member,
    "wrong_codes": guesses.of_member,
    "erasure_asked_for": erasures.of_member,
    "erasures_arranged": erasures.asked_by,
    "personal_codes": personal_codes.codes_of_member,
    "bindings_proposed": binding.proposed_by,
    "threads": _threads,
    "threads_answered": _threads_answered,
    "threads_taken": _threads_taken,
    "answers_kept_for_next_time": answers.kept_for_export,
    "pages_for_id_numbers": id_pages.of_member,
    "answers_kept": known.of_member,
    "signed_in_at_the_desk": consoles.of_member,
    "file_sent_to_the_desk": uploads.of_member,
    "second_step": second_factors.of_member,
    "tokens_of_programs": tokens.of_member,
    "hooks": keeping.of_member,
    "pictures": pictures.of_member,
    "events_published": _events_published,
    "announcements": announcements.of_member,
    "announcements_approved": _announcements_approved,
    "notices": history.of_member,
    "notices_about_you": history.about_member,
    "not_understood": misses.of_member,
    "announcements_of_a_day": daily.of_member,
    "last_answers": inbox.of_member,
    "acts": audit.of_member,
}
"""What the export tells, by the names that ``inventory`` gives its sections."""


def export(session: Session, member_id: int) -> dict[str, Any]:
    """All that is stored about a member: plain values under readable names, for JSON.

    Moments are aware datetimes in UTC. Raises LookupError if there is no such member.
    """
    told = {name: tell(session, member_id) for name, tell in SECTIONS.items()}
    return told | inventory.told_by_extensions(session, member_id)


def erase(session: Session, caller: Caller, care: Care, now: Moment) -> None:
    """Erase the caller as ``erase_member`` does.

    ``caller.address_id`` is 0 afterwards, so that nothing is written to the deleted address.
    """
    erase_member(session, caller.id, care, now)
    caller.address_id = 0


def erase_member(
    session: Session, member_id: int, care: Care, now: Moment, *, may_come_again: bool = False
) -> None:
    """Erase a member: seats go to the queue, counts stay, no row points to them.

    A file that names them again makes them anew only where they ``may_come_again``.
    """
    if not may_come_again:
        erased_rows.note(session, member_id, care.sealing, now)
    for _signup, event in signups.of_member(session, member_id, now):
        signups.give_up(session, event.id, member_id, care, now)
    leading.leave_all(session, member_id, now)
    forget(session, member_id, now)
    memory_of(session).erased.append(member_id)


def erase_by_number(
    session: Session, number: int, care: Care, now: Moment, *, erased_at: Moment | None = None
) -> bool:
    """Erase the member of this number; return whether there was one.

    ``erased_at`` is when the one who is meant was erased, to the second. After a backup was
    restored, a number that was given since may be somebody else's, who came later and stays.
    """
    member = session.get(Member, number)
    if member is None:
        return False
    if erased_at is not None and member.created_at >= erased_at + timedelta(seconds=1):
        return False
    erase_member(session, number, care, now)
    return True


def forget(session: Session, member_id: int, now: Moment) -> None:
    """Delete what is stored about a member who has no seat and no team."""
    # Words first: afterwards nothing tells whose they were.
    history.forget_member(session, member_id, now)
    threads.forget_member(session, member_id)
    # Before it is forgotten who brought whom.
    forgetting.forget_member(session, member_id)
    parties.forget_member(session, member_id)
    stage.forget_member(session, member_id)
    teams.forget_proposals(session, member_id)
    announcements.forget_drafts_of(session, member_id)
    invites.forget_codes(session, member_id)
    assignments.forget_member(session, member_id, now)
    votes.forget_member(session, member_id)
    contest_entries.forget_nominee(session, member_id)
    contest_entries.forget_member(session, member_id)
    pictures.forget_member(session, member_id)
    certificates.forget_member(session, member_id)
    inbox.forget_member(session, member_id)
    keeping.forget_hooks(session, member_id)
    session.flush()
    session.expunge_all()
    inventory.forget(session, member_id)
