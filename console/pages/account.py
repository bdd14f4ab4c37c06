"""One's own account at the desk: the browsers that are signed in, the second step, the language."""

from io import BytesIO

from bot.conversation.messages import say
from console.desk import Desk
from console.routing import Asked, Done, Missing, Page, Section, Wrong
from models.members import profile
from models.network import consoles, second_factors
from models.rules.languages import LANGUAGES
from models.rules.network.permissions import Act

section = Section("account", path="/account", needs=Act.OPEN_CONSOLE)
PATH = "/account"
HERE = f"/console{PATH}"


@section.page(PATH)
def account(desk: Desk, asked: Asked) -> Page:
    mine = desk.member.id
    facts = {
        "sessions": consoles.sessions_of(desk.session, mine, desk.now),
        "languages": LANGUAGES,
        "is_on": second_factors.is_on(desk.session, mine),
        "can_seal": bool(desk.care.sealing),
    }
    return Page("account.html", say("My account"), facts)


@section.page(f"{PATH}/codes")
def codes(desk: Desk, asked: Asked) -> Page:
    """A secret to be read by an app; it is kept when its first code has come."""
    if not desk.care.sealing or second_factors.is_on(desk.session, desk.member.id):
        raise Missing
    secret = asked.word("secret") if asked.wrong is not None else second_factors.new_secret()
    called = desk.in_words(desk.house.called)
    address = second_factors.address_of(secret, desk.member.name or str(desk.member.id), called)
    import segno

    drawn = BytesIO()
    segno.make(address).save(drawn, kind="svg", scale=5, border=2, xmldecl=False)
    facts = {"secret": secret, "drawn": drawn.getvalue().decode()}
    return Page("codes.html", say("Codes of an app"), facts)


@section.act(f"{PATH}/codes", again=codes)
def turn_on(desk: Desk, asked: Asked) -> Done | Wrong:
    secret, code = asked.word("secret"), asked.word("code")
    sealing = desk.care.sealing
    if second_factors.turn_on(desk.session, desk.member.id, secret, code, sealing, desk.now):
        return Done(HERE, say("✅ From now on the desk asks for a code of your app."))
    return Wrong(say("That's not the code that your app shows now."), "code")


@section.act(f"{PATH}/codes/off", again=account)
def turn_off(desk: Desk, asked: Asked) -> Done | Wrong:
    code, sealing = asked.word("code"), desk.care.sealing
    if second_factors.turn_off(desk.session, desk.member.id, code, sealing, desk.now):
        return Done(HERE, say("The desk asks for no code any more."))
    return Wrong(say("That's not the code that your app shows now."), "code")


@section.act(f"{PATH}/sessions/{{session:int}}/end", again=account)
def end_session(desk: Desk, asked: Asked) -> Done:
    number = asked.number("session")
    consoles.end(desk.session, number, desk.member.id, desk.now)
    is_this = number == desk.browser.id
    return Done("/console" if is_this else HERE, "" if is_this else say("That browser is out."))


@section.act(f"{PATH}/leave", again=account)
def leave(desk: Desk, asked: Asked) -> Done:
    consoles.end(desk.session, desk.browser.id, desk.member.id, desk.now)
    return Done("/console")


@section.act(f"{PATH}/language", again=account)
def speak(desk: Desk, asked: Asked) -> Done | Wrong:
    language = asked.word("language")
    if language not in LANGUAGES:
        return Wrong(say("The station doesn't speak it."), "language")
    profile.set_language(desk.session, desk.chat.member, language)
    return Done(asked.word("to") if asked.word("to").startswith("/console") else HERE)
