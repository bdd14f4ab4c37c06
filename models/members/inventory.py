"""Every column that points to a member or holds their words, and what becomes of it.

Erasure and the export of own data work from ``PLACES``. A test fails when a table has a column that
points to a member, or one of JSON, and neither ``PLACES`` nor ``NOBODY`` lists it. The tables of an
extension declare the same on their columns, by ``keeps`` and ``nobody``.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Delete,
    LargeBinary,
    Table,
    Update,
    bindparam,
    select,
)
from sqlmodel import Session, SQLModel

from models.network.members import Address
from models.store import table_of


class Erasure(StrEnum):
    """What erasing a member does with a column.

    DELETE deletes the rows that point to the member, CLEAR writes NULL into them. VERB has been
    emptied by its subject's verb before. ROW goes with the row, by another column of the same
    table. KEEP stays: it is a number that belongs to nobody afterwards.
    """

    DELETE = "delete"
    CLEAR = "clear"
    VERB = "verb"
    ROW = "row"
    KEEP = "keep"


class Merge(StrEnum):
    """What merging two members does with a column.

    POINT writes the number of the member who stays. VERB needs a choice, because a member has one
    such row, or one for each of something; ONE lets the row of the member who stays be that one.
    ROW goes with the row, by another column of the same table. DELETE deletes what the member who
    goes had. KEEP stays, and is read by the alias.
    """

    POINT = "point"
    ONE = "one"
    VERB = "verb"
    ROW = "row"
    DELETE = "delete"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Place:
    """A column, as ``table.column``.

    ``told`` is the section of the export that tells of it; it is empty where ``untold`` says why
    there is none. ``by_address`` says that the column holds the number of an address, not of the
    member.
    """

    at: str
    erasure: Erasure
    merge: Merge
    told: str = ""
    untold: str = ""
    by_address: bool = False


PLACES = (
    # In the order of erasure: a row goes before the one that it refers to.
    Place("reminder.member_id", Erasure.DELETE, Merge.VERB, untold="follows from the sign-ups"),
    Place("signup.member_id", Erasure.CLEAR, Merge.VERB, "sign_ups"),
    Place("signup.by_member_id", Erasure.VERB, Merge.POINT, "signed_up_for_others"),
    Place("signup.from_member_id", Erasure.CLEAR, Merge.POINT, "seats_handed_over"),
    Place("seat_handover.from_member_id", Erasure.DELETE, Merge.POINT, "seats_handed_over"),
    Place("seat_handover.to_member_id", Erasure.DELETE, Merge.POINT, "seats_handed_over"),
    Place("feedback.member_id", Erasure.DELETE, Merge.VERB, "feedback"),
    Place("membership.member_id", Erasure.DELETE, Merge.VERB, "teams"),
    Place("team_bid.member_id", Erasure.DELETE, Merge.VERB, "teams_supported_or_asked"),
    Place("team_bid.by_member_id", Erasure.CLEAR, Merge.POINT, "captaincies_offered"),
    Place("team.founder_id", Erasure.CLEAR, Merge.POINT, "teams_founded"),
    Place("member_alias.member_id", Erasure.DELETE, Merge.POINT, "member"),
    Place("personal_code.member_id", Erasure.DELETE, Merge.DELETE, "personal_codes"),
    Place("personal_code.other_member_id", Erasure.DELETE, Merge.DELETE, "personal_codes"),
    Place("personal_code.address_id", Erasure.ROW, Merge.ROW, "personal_codes", by_address=True),
    Place(
        "personal_code.other_address_id", Erasure.ROW, Merge.ROW, "personal_codes", by_address=True
    ),
    Place("binding_request.row_member_id", Erasure.DELETE, Merge.DELETE, "bindings_proposed"),
    Place("binding_request.member_id", Erasure.DELETE, Merge.POINT, "bindings_proposed"),
    Place("role_grant.member_id", Erasure.DELETE, Merge.VERB, "roles"),
    Place("erasure_request.member_id", Erasure.DELETE, Merge.VERB, "erasure_asked_for"),
    Place("erasure_request.by_member_id", Erasure.CLEAR, Merge.POINT, "erasures_arranged"),
    Place("event_helper.member_id", Erasure.DELETE, Merge.POINT, "helped_at_events"),
    Place("event_helper.by_member_id", Erasure.CLEAR, Merge.POINT, "helpers_named"),
    Place("event_word.by_member_id", Erasure.CLEAR, Merge.POINT, "written_at_events"),
    Place("invite.by_member_id", Erasure.CLEAR, Merge.POINT, "codes_made"),
    Place("wrong_codes.member_id", Erasure.DELETE, Merge.VERB, "wrong_codes"),
    Place("stage_backing.member_id", Erasure.DELETE, Merge.VERB, "questions_to_the_stage"),
    Place("stage_question.member_id", Erasure.VERB, Merge.POINT, "questions_to_the_stage"),
    Place("stage_question.by_member_id", Erasure.CLEAR, Merge.POINT, untold="stands in the audit"),
    Place("screen_line.member_id", Erasure.DELETE, Merge.POINT, "lines_on_screens"),
    Place("screen_line.by_member_id", Erasure.CLEAR, Merge.POINT, untold="stands in the audit"),
    Place("poll_vote.member_id", Erasure.CLEAR, Merge.VERB, "votes_at_events"),
    Place("poll_place.member_id", Erasure.CLEAR, Merge.POINT, "votes_at_events"),
    Place("poll.by_member_id", Erasure.CLEAR, Merge.POINT, "polls_written"),
    Place("programme_item.by_member_id", Erasure.CLEAR, Merge.POINT, "programmes_written"),
    Place("screen.by_member_id", Erasure.CLEAR, Merge.POINT, untold="stands in the audit"),
    Place("stream_link.by_member_id", Erasure.CLEAR, Merge.POINT, "streams_named"),
    Place("announcement.by_member_id", Erasure.CLEAR, Merge.POINT, "announcements"),
    Place("announcement.approved_by", Erasure.CLEAR, Merge.POINT, "announcements_approved"),
    Place("announcement.released_by", Erasure.CLEAR, Merge.POINT, "announcements_approved"),
    Place("contest_round.by_member_id", Erasure.CLEAR, Merge.POINT, "rounds_planned"),
    Place("award.proposed_by", Erasure.CLEAR, Merge.POINT, "nominations"),
    Place("award.decided_by", Erasure.CLEAR, Merge.POINT, "nominations"),
    Place("nomination.by_member_id", Erasure.CLEAR, Merge.POINT, "nominations"),
    Place("nomination.asked_member_id", Erasure.CLEAR, Merge.POINT, "nominations"),
    Place("nomination.shortlisted_by", Erasure.CLEAR, Merge.POINT, "nominations"),
    Place("laureate.member_id", Erasure.VERB, Merge.POINT, "awards_given"),
    Place("match_result.by_member_id", Erasure.CLEAR, Merge.POINT, "matches"),
    Place("tournament_side.captain_id", Erasure.CLEAR, Merge.POINT, "matches"),
    Place("tournament.by_member_id", Erasure.CLEAR, Merge.POINT, "matches"),
    Place("event.by_member_id", Erasure.CLEAR, Merge.POINT, "events_published"),
    Place("certificate.member_id", Erasure.VERB, Merge.VERB, "certificates"),
    Place("certificate.by_member_id", Erasure.CLEAR, Merge.POINT, "certificates_issued"),
    Place("contest.by_member_id", Erasure.CLEAR, Merge.POINT, "contests_written"),
    Place("entry.member_id", Erasure.VERB, Merge.POINT, "entries"),
    Place("entry_author.member_id", Erasure.DELETE, Merge.VERB, "entries_as_author"),
    Place("entry_part.by_member_id", Erasure.VERB, Merge.POINT, "parts_of_entries"),
    Place("sound.by_member_id", Erasure.VERB, Merge.POINT, "sounds"),
    Place("judging.by_member_id", Erasure.CLEAR, Merge.POINT, "judgings_set_up"),
    Place("judge.member_id", Erasure.VERB, Merge.VERB, "judged"),
    Place("judge.by_member_id", Erasure.CLEAR, Merge.POINT, "judges_asked"),
    Place("voting.by_member_id", Erasure.CLEAR, Merge.POINT, "votings_set_up"),
    Place("vote.member_id", Erasure.VERB, Merge.VERB, "votes"),
    Place("vote_apart.by_member_id", Erasure.CLEAR, Merge.POINT, "votes_set_apart"),
    Place("event_photo.by_member_id", Erasure.DELETE, Merge.POINT, "photos_sent"),
    Place("event_poster.by_member_id", Erasure.CLEAR, Merge.POINT, "posters_made"),
    Place("poster_arrival.member_id", Erasure.CLEAR, Merge.VERB, "came_by_posters"),
    Place("id_page.member_id", Erasure.DELETE, Merge.DELETE, "pages_for_id_numbers"),
    Place("console_link.member_id", Erasure.DELETE, Merge.DELETE, untold="holds for five minutes"),
    Place("uploaded_file.member_id", Erasure.DELETE, Merge.DELETE, "file_sent_to_the_desk"),
    Place("console_session.member_id", Erasure.DELETE, Merge.DELETE, "signed_in_at_the_desk"),
    Place("hook.member_id", Erasure.VERB, Merge.POINT, "hooks"),
    Place("api_token.member_id", Erasure.DELETE, Merge.DELETE, "tokens_of_programs"),
    # A secret is sealed for one member: who is merged sets the second step up anew.
    Place("second_factor.member_id", Erasure.DELETE, Merge.DELETE, "second_step"),
    Place("member_answer.member_id", Erasure.DELETE, Merge.VERB, "answers_kept_for_next_time"),
    Place("thread.member_id", Erasure.VERB, Merge.POINT, "threads"),
    Place("thread_line.by_member_id", Erasure.CLEAR, Merge.POINT, "threads_answered"),
    Place("thread.assigned_to", Erasure.CLEAR, Merge.POINT, "threads_taken"),
    Place("known_answer.by_member_id", Erasure.CLEAR, Merge.POINT, "answers_kept"),
    Place("delivery.member_id", Erasure.VERB, Merge.VERB, "notices"),
    Place("delivery.address_id", Erasure.VERB, Merge.ROW, "notices", by_address=True),
    Place("delivery.about_member_id", Erasure.VERB, Merge.POINT, "notices_about_you"),
    Place("delivery.facts", Erasure.VERB, Merge.VERB, untold="what the notice says, in numbers"),
    Place("delivery.message", Erasure.VERB, Merge.ROW, "notices"),
    Place("miss.by_member_id", Erasure.DELETE, Merge.POINT, "not_understood"),
    Place("daily_count.member_id", Erasure.DELETE, Merge.VERB, "announcements_of_a_day"),
    Place("picture.by", Erasure.VERB, Merge.POINT, "pictures"),
    Place(
        "member_name_key.member_id", Erasure.DELETE, Merge.DELETE, untold="follows from the name"
    ),
    Place("member_interest.member_id", Erasure.DELETE, Merge.VERB, "member"),
    Place("subscription_grant.address_id", Erasure.DELETE, Merge.ROW, "chats", by_address=True),
    Place("alert_subscription.address_id", Erasure.DELETE, Merge.ROW, "chats", by_address=True),
    Place("inbox.address_id", Erasure.VERB, Merge.ROW, "last_answers", by_address=True),
    Place("inbox.reply", Erasure.VERB, Merge.ROW, "last_answers"),
    Place("address.member_id", Erasure.DELETE, Merge.POINT, "chats"),
    Place("address.dialog", Erasure.ROW, Merge.ROW, "chats"),
    Place("member.leads", Erasure.ROW, Merge.ROW, "member"),
    Place("member.muted", Erasure.ROW, Merge.ROW, "member"),
    Place("member.id", Erasure.DELETE, Merge.DELETE, "member"),
    # The database refuses changes of the audit.
    Place("audit.member_id", Erasure.KEEP, Merge.KEEP, "acts"),
    Place("audit.details", Erasure.KEEP, Merge.KEEP, "acts"),
)

NOBODY = frozenset(
    (
        "announcement.audience",
        "announcement.counts",
        "announcement.translations",
        "contest.translations",
        "contest_category.translations",
        "award.translations",
        "contest_prize.translations",
        "criterion.translations",
        "draw.earlier",
        "draw.gone",
        "draw.listed",
        "draw.result",
        "enterprise.translations",
        "event.translations",
        "event_question.choices",
        "event_question.translations",
        "known_answer.translations",
        "known_answer.variants",
        "partner.translations",
        "protocol.record",
        "repeating.translations",
        "signup.knows",
        "station.translations",
        "team.translations",
        "contest_round.drawn",
        "contest_round.listed",
        "contest_round.translations",
        "tournament.drawn",
        "tournament.listed",
        "tournament.translations",
    )
)
"""Columns of JSON that never point to a member: what an event was, places, teams, public words.

The codes of a draw tell nothing of who is in it: which are whose is in ``draw_entry``, by sign-up.
So it is with the codes of entries and judges in the record of a judging.
"""


# What the tables of an extension declare

_DECLARED = "place"

_POINTS = re.compile(r"(.*_)?(member_id|by|founder_id|captain_id|address_id)")
"""How a column is called that points to a member or an address without a foreign key."""


def keeps(
    erasure: Erasure,
    merge: Merge,
    *,
    told: str = "",
    untold: str = "",
    by_address: bool = False,
) -> dict[str, Any]:
    """Declare a column of an extension that points to a member: for ``sa_column_kwargs``.

    Its rows are exported in the section ``told``, without keys. Raises ValueError for what only a
    verb of the station could do.
    """
    if Erasure.VERB is erasure or Merge.VERB is merge or bool(told) == bool(untold):
        raise ValueError("a column says how it is erased and merged, and told or why untold")
    return {"info": {_DECLARED: Place("", erasure, merge, told, untold, by_address)}}


def nobody() -> dict[str, Any]:
    """Declare that a column of an extension never points to a member: for ``sa_column_kwargs``."""
    return {"info": {_DECLARED: None}}


def may_point(column: Column[Any]) -> bool:
    """Whether a column points to a member or to an address, or could hold such a number."""
    targets = {key.target_fullname for key in column.foreign_keys}
    return (
        not targets.isdisjoint(("member.id", "address.id"))
        or _POINTS.fullmatch(column.name) is not None
        or isinstance(column.type, JSON)
    )


def is_declared(column: Column[Any]) -> bool:
    """Whether a column of an extension says what becomes of it."""
    return _DECLARED in column.info


@cache
def _declared() -> tuple[Place, ...]:
    return tuple(
        replace(column.info[_DECLARED], at=str(column))
        for table in reversed(SQLModel.metadata.sorted_tables)
        for column in table.columns
        if column.info.get(_DECLARED) is not None
    )


def places() -> Iterator[Place]:
    """All places: those of extensions first, since their rows refer to ours."""
    yield from _declared()
    yield from PLACES


def told_by_extensions(session: Session, member_id: int) -> dict[str, list[dict[str, Any]]]:
    """What the tables of extensions hold of a member, by section: columns that are no keys."""
    told: dict[str, list[dict[str, Any]]] = {}
    for place in _declared():
        column = column_of(place)
        assert isinstance(column.table, Table)
        said = [
            each
            for each in column.table.columns
            if not (each.primary_key or each.foreign_keys or isinstance(each.type, LargeBinary))
        ]
        if place.told and said:
            rows = session.execute(
                select(*said).where(pointing(column, place)), {"member": member_id}
            )
            told.setdefault(place.told, []).extend(dict(row) for row in rows.mappings())
    return told


# Everything


def column_of(place: Place) -> Column[object]:
    """Return the column of a place."""
    table, _, name = place.at.partition(".")
    return SQLModel.metadata.tables[table].c[name]


def pointing(column: Column[object], place: Place) -> ColumnElement[bool]:
    """Return the condition of a row that points to the member bound as ``member``."""
    if not place.by_address:
        return column == bindparam("member")
    addresses = table_of(Address)
    own = select(addresses.c.id).where(addresses.c.member_id == bindparam("member"))
    return column.in_(own)


def forget(session: Session, member_id: int) -> None:
    """Delete the rows that point to a member, and clear the columns that do, place by place."""
    for statement in _statements():
        session.execute(statement, {"member": member_id})


@cache
def _statements() -> tuple[Delete | Update, ...]:
    return tuple(_made(places()))


def _made(places: Iterable[Place]) -> Iterable[Delete | Update]:
    for place in places:
        column = column_of(place)
        table, concerned = column.table, pointing(column, place)
        assert isinstance(table, Table)
        if place.erasure is Erasure.DELETE:
            yield table.delete().where(concerned)
        elif place.erasure is Erasure.CLEAR:
            yield table.update().where(concerned).values({column.name: None})
