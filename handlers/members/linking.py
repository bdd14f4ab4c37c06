"""One person in several chats: linking them by a code, leaving a shared page, signing out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from bot.conversation.chat import Chat
from bot.conversation.messages import (
    Action,
    Button,
    Reply,
    Sayable,
    Text,
    lines,
    listing,
    listing_or,
    say,
    say_n,
)
from bot.conversation.routing import Drop, Router
from handlers.actions import MENU, MINE, PROFILE, Change, ToCalendar
from handlers.words import DOT, masked, station_name
from models.members import linking, personal_codes, profile
from models.members.linking import (
    BadPersonalCode,
    Bound,
    Joined,
    Summary,
    ToAgree,
    ToBind,
    Waits,
)
from models.members.personal_codes import CodeKind
from models.network import guesses
from models.rules.network import codes
from models.sending import accounts
from models.sending.reasons import Reason

router = Router()

BAD_CODES = {
    BadPersonalCode.UNKNOWN: say("There's nothing to join any more. Make a new code with “link”."),
    BadPersonalCode.USED: say("This code has been used already. Make a new one with “link”."),
    BadPersonalCode.EXPIRED: say("This code has expired. Make a new one with “link”."),
    BadPersonalCode.OWN: say("This code is from this very chat. Send it in the other one."),
    BadPersonalCode.TOO_MANY: say("Too many wrong codes. Try again in ten minutes."),
    BadPersonalCode.HAS_OWN: say(
        "Somebody is at home in this chat already. Come back on a new page with this code; to join "
        "two chats, write “link”."
    ),
}


@dataclass(frozen=True, slots=True)
class Link(Action, tag="link"):
    """Makes a code that joins this chat with another."""


@dataclass(frozen=True, slots=True)
class Merge(Action, tag="merge"):
    """Agrees to join the two chats of a code."""

    code_id: int


@dataclass(frozen=True, slots=True)
class Bind(Action, tag="be-them"):
    """Agrees to be the person for whom a code stands."""

    code_id: int


@dataclass(frozen=True, slots=True)
class KeepApart(Action, tag="apart"):
    code_id: int


@dataclass(frozen=True, slots=True)
class LeavePage(Action, tag="leave-page"):
    """Has a page forget its person; first shows the code with which they come back."""

    sure: int = 0


@dataclass(frozen=True, slots=True)
class SignOutElsewhere(Action, tag="elsewhere"):
    """Takes every other page from the member."""


@dataclass(frozen=True, slots=True)
class RenewCalendar(Action, tag="new-calendar"):
    """Gives the calendar another secret link; the old one shows nothing any more."""


# Linking


@router.command(
    "link",
    zh="换手机",
    also=(
        "绑定账号",
        "绑定微信",
        "绑定网页",
        "绑定手机",
        "合并账号",
        "登录",
        "登陆",
        "同步",
        "link account",
        "log in",
        "login",
        "sync",
        "new phone",
    ),
    about=say("Join this chat with another"),
)
def link_by_words(chat: Chat, words: str) -> Reply:
    if codes.is_code(words):
        if (taken := take(chat, words)) is not None:
            return taken
        note_wrong(chat)
        return Reply(BAD_CODES[BadPersonalCode.UNKNOWN], buttons=(MENU,))
    return link(chat, Link())


@router.button(Link)
def link(chat: Chat, press: Link) -> Reply:
    """Show a code, to be sent in the other chat."""
    member = chat.member
    code = personal_codes.make(
        chat.session, member.id, CodeKind.LINK, chat.now, at=member.address_id
    )
    return Reply(
        lines(
            say("To be one person here and in another chat, send there within 15 minutes:"),
            say("claim {code}", code=codes.in_groups(code)),
            say("Then both chats ask you once more. Sign-ups, teams and roles come along."),
            say("Have you got a code from there? Write “claim” and the code here."),
        ),
        buttons=(PROFILE, MENU),
    )


def take(chat: Chat, words: str) -> Reply | None:
    """The answer to a typed code; None where it may be one for a role."""
    match linking.type_code(chat.session, chat.member, words, chat.now):
        case BadPersonalCode.UNKNOWN:
            return None
        case BadPersonalCode() as why:
            return Reply(BAD_CODES[why], buttons=(MENU,))
        case found:
            return _ask(found)


def _ask(found: ToAgree | ToBind) -> Reply:
    """What will be joined, before it is: who was given a code by a stranger sees whose it is."""
    match found:
        case ToAgree(code_id, here, there):
            return Reply(
                lines(
                    say("Two chats will become one person:"),
                    say("This one: {what}", what=_described(here)),
                    say("The other: {what}", what=_described(there)),
                    say("The other chat is asked as well. It can't be undone. Merge them?"),
                ),
                buttons=_choice(code_id),
            )
        case ToBind(code_id, _kind, name, station, whole):
            return Reply(
                lines(
                    say("With this code you become:"),
                    lines(masked(name), station_name(station), _described(whole), between=DOT),
                    say("Is that you? It can't be undone."),
                    say("Did somebody else give you the code, and it isn't you? Press Not me."),
                ),
                buttons=(
                    Button(say("That's me"), Bind(code_id)),
                    Button(say("Not me"), KeepApart(code_id)),
                ),
            )
        case never:
            assert_never(never)


@router.button(Bind)
def bind(chat: Chat, press: Bind) -> Reply:
    match linking.bind(chat.session, chat.member, press.code_id, chat.care, chat.now):
        case BadPersonalCode() as why:
            return Reply(BAD_CODES[why], buttons=(MENU,))
        case Bound(kind, whole):
            return _bound(chat, kind, whole)
        case never:
            assert_never(never)


def note_wrong(chat: Chat) -> None:
    """Count a code that is none of any kind."""
    guesses.note(chat.session, chat.member.id, chat.now)


def _choice(code_id: int) -> tuple[Button, ...]:
    return (Button(say("Merge"), Merge(code_id)), Button(say("Leave apart"), KeepApart(code_id)))


def _bound(chat: Chat, kind: CodeKind, whole: Summary) -> Reply:
    first = (
        say("✅ Welcome back, {name}.", name=chat.member.name)
        if kind is CodeKind.RETURN and chat.member.name
        else say("✅ Welcome back.")
        if kind is CodeKind.RETURN
        else say("✅ Found you in the list: {name}.", name=chat.member.name)
    )
    return Reply(lines(first, _described(whole)), buttons=(MINE, PROFILE, MENU))


def _described(what: Summary) -> Sayable:
    """The platforms of a member, and what they have in numbers."""
    return lines(
        lines(*(Text(each) for each in what.platforms), between=" + "),
        say_n("{n} sign-up", "{n} sign-ups", what.sign_ups),
        say_n("in {n} team", "in {n} teams", what.teams),
        say_n("{n} role", "{n} roles", what.roles) if what.roles else None,
        between=DOT,
    )


@router.button(Merge)
def merge(chat: Chat, press: Merge) -> Reply:
    match linking.agree(chat.session, chat.member, press.code_id, chat.care, chat.now):
        case BadPersonalCode() as why:
            return Reply(BAD_CODES[why], buttons=(MENU,))
        case Waits(there):
            where = listing(*(Text(each) for each in there.platforms))
            return Reply(
                say(
                    "Now agree in the other chat as well ({where}): press there, or write “merge”.",
                    where=where,
                ),
                buttons=(MENU,),
            )
        case Joined(whole):
            return Reply(
                lines(
                    say("✅ One person now: {what}.", what=_described(whole)),
                    say("Each notice comes once, to the chat that reaches you best."),
                ),
                buttons=(MINE, PROFILE, MENU),
            )
        case never:
            assert_never(never)


@router.command("merge", zh="合并", also=("join them",))
def merge_by_words(chat: Chat, words: str) -> Reply:
    """Show what the newest code would join; the word said again agrees, as the button does."""
    found = linking.open_for(chat.session, chat.member, chat.now)
    return _ask(found) if found is not None else link(chat, Link())


@router.button(KeepApart)
def keep_apart(chat: Chat, press: KeepApart) -> Reply:
    linking.refuse(chat.session, chat.member, press.code_id)
    return Reply(say("All right, nothing was joined. The code holds no more."), buttons=(MENU,))


@router.notice("link-asked")
def link_asked(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    asked = linking.asked(chat.session, facts["code_id"], chat.now)
    if asked is None:
        return Drop(Reason.OUTDATED)
    return Reply(
        lines(
            say("Your code was sent in another chat, which agrees to become one with this:"),
            say("This one: {what}", what=_described(asked.here)),
            say("The other: {what}", what=_described(asked.there)),
            say("Was that you? It can't be undone. Press Merge, or write “merge”."),
        ),
        buttons=_choice(asked.code_id),
    )


@router.notice("linked")
def linked(chat: Chat, facts: Mapping[str, Any]) -> Reply | Drop:
    whole = linking.summary(chat.session, chat.member.id, chat.now)
    return Reply(
        lines(
            say("✅ This chat was joined with another by a code: {what}.", what=_described(whole)),
            say("Wasn't it you? Tell the organizers of your station at once."),
        ),
        buttons=(MINE, PROFILE),
    )


# Pages that others use


@router.command(
    "leavepage",
    zh="换个人用",
    also=("换人用", "退出登录", "退出登陆", "登出", "退出账号", "sign out", "log out", "logout"),
)
def leave_page_by_words(chat: Chat, words: str) -> Reply:
    return leave_page(chat, LeavePage())


@router.button(LeavePage)
def leave_page(chat: Chat, press: LeavePage) -> Reply:
    """Show the code for coming back, and then forget who talked here."""
    if not accounts.knows_by_cookie(chat.session, chat.member.account):
        return Reply(
            say("This chat is yours by your own account, so nothing need be signed out here."),
            buttons=(Button(say("Other pages"), SignOutElsewhere()), PROFILE, MENU),
        )
    if press.sure:
        linking.leave(chat.session, chat.member, chat.now)
        return Reply(
            say("Done. This page knows nobody now. Whoever writes next begins anew."), forget=True
        )
    code = personal_codes.make(chat.session, chat.member.id, CodeKind.RETURN, chat.now)
    return Reply(
        lines(
            say("This page forgets the conversation; your sign-ups, teams and settings stay."),
            say("Note this first. It brings you back once, within 90 days:"),
            say("claim {code}", code=codes.in_groups(code)),
        ),
        buttons=(Button(say("Noted, leave"), LeavePage(1)), Button(say("Stay"), Change("chats"))),
    )


@router.command(
    "signoutelsewhere",
    zh="在别处退出",
    also=("别处退出", "其他地方退出", "退出其他网页", "sign out elsewhere", "log out elsewhere"),
)
def sign_out_elsewhere_by_words(chat: Chat, words: str) -> Reply:
    return sign_out_elsewhere(chat, SignOutElsewhere())


@router.button(SignOutElsewhere)
def sign_out_elsewhere(chat: Chat, press: SignOutElsewhere) -> Reply:
    pages = linking.leave_elsewhere(chat.session, chat.member, chat.now)
    text = (
        say_n("✅ {n} other page is signed out.", "✅ {n} other pages are signed out.", pages)
        if pages
        else say("No other page is signed in.")
    )
    return Reply(text, buttons=(PROFILE, MENU))


@router.command(
    "newlink",
    zh="新的链接",
    also=("新链接", "换链接", "新的日历链接", "换日历链接", "new link", "new calendar link"),
)
def renew_calendar_by_words(chat: Chat, words: str) -> Reply:
    return renew_calendar(chat, RenewCalendar())


@router.button(RenewCalendar)
def renew_calendar(chat: Chat, press: RenewCalendar) -> Reply:
    profile.renew_calendar_key(chat.session, chat.member)
    return Reply(
        say("✅ Your calendar has a new link, and the old one shows nothing any more."),
        buttons=(Button(say("Add to calendar"), ToCalendar()), PROFILE, MENU),
    )


def show_chats(chat: Chat) -> Reply:
    """In which chats they are one person, and what can be done about it."""
    mine = linking.summary(chat.session, chat.member.id, chat.now)
    is_page = accounts.knows_by_cookie(chat.session, chat.member.account)
    leave = Button(say("Leave page"), LeavePage())
    elsewhere = Button(say("Leave others"), SignOutElsewhere())
    return Reply(
        lines(
            say("Your chats: {chats}.", chats=in_short(mine)),
            say("“sign out elsewhere” signs other pages out."),
            say("“new link” changes the link of your calendar."),
        ),
        buttons=(Button(say("Link a chat"), Link()), leave if is_page else elsewhere, PROFILE),
    )


def chats_to_link(chat: Chat) -> Sayable | None:
    """Where the station can tell one person from another, other than on its pages; None nowhere."""
    named = accounts.that_know_people(chat.session)
    return listing_or(*map(Text, named)) if named else None


def in_short(mine: Summary) -> Sayable:
    return listing(*(Text(each) for each in mine.platforms))
