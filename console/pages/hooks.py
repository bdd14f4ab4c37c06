"""Hooks at the desk: addresses of programs that are told of what happens, and what they took."""

from collections.abc import Mapping
from functools import partial

from bot.conversation.messages import Sayable, say
from console.desk import Desk
from console.pages.programs import section
from console.routing import Asked, Done, Missing, Page, Wrong
from models.hooks import addresses, keeping
from models.hooks.delivering import Trouble
from models.hooks.keeping import Held, HookDelivery, NotKept
from models.rules.network import permissions
from models.rules.network.permissions import Act
from models.rules.sending.hook_kinds import HookKind

PATH = "/programs/hooks"
HERE = f"/console{PATH}"
ONE = f"{PATH}/{{hook:int}}"

KINDS: Mapping[HookKind, Sayable] = {
    HookKind.SIGN_UP: say("somebody signs up, or gets a seat from the queue"),
    HookKind.CANCEL: say("somebody gives up"),
    HookKind.CHECK_IN: say("somebody is checked in"),
    HookKind.EVENT: say("an event is published or changed"),
    HookKind.THREAD: say("a letter comes"),
    HookKind.TEST: say("a test"),
}
NOT_KEPT: Mapping[NotKept, tuple[Sayable, str]] = {
    NotKept.NO_KEY: (
        say("Signing needs a key that the operator has not set: [server] answers_key."),
        "url",
    ),
    NotKept.BAD_ADDRESS: (
        say("The address begins with https:// and leads to a machine of the public internet."),
        "url",
    ),
    NotKept.NO_KIND: (say("Tick what the program shall hear of."), "kind"),
    NotKept.TOO_MANY: (say("You have as many as one can have; end one first."), "url"),
}

TROUBLES: Mapping[Trouble, Sayable] = {
    Trouble.NOT_PUBLIC: say("no machine of the public internet"),
    Trouble.SILENT: say("no answer in time"),
    Trouble.UNREACHED: say("no connection"),
    Trouble.OFF: say("turned off"),
    Trouble.NO_KEY: say("its secret can't be opened any more"),
}


@section.page(PATH)
def hooks(desk: Desk, asked: Asked) -> Page:
    facts = {
        "hooks": keeping.at_places(desk.session, desk.member.id, desk.now),
        "called": partial(_called, desk),
        "grants": [
            (grant.id, station.text_of("name"))
            for grant, station in desk.grants
            if grant.role in permissions.roles_for(Act.LET_PROGRAMS)
        ],
        "kinds": [
            (kind, said, kind in asked.every("kind"))
            for kind, said in KINDS.items()
            if kind is not HookKind.TEST
        ],
        "said_of": KINDS,
        "longest": addresses.LONGEST_URL,
    }
    return Page("hooks.html", say("What programs are told"), facts)


def _called(desk: Desk, held: Held) -> str:
    """The address for whoever made it; for others its host: a secret may be in the rest."""
    is_own = held.member.id == desk.member.id
    return held.hook.url if is_own else addresses.host_of(held.hook.url)


@section.act(PATH, again=hooks)
def make(desk: Desk, asked: Asked) -> Done | Wrong:
    """Tell an address from now on; the secret by which it knows the station is shown once."""
    known = set(HookKind)
    kinds = [HookKind(each) for each in asked.every("kind") if each in known]
    made = keeping.make(
        *(desk.session, asked.number("grant"), asked.word("url"), kinds),
        *(desk.member.id, desk.care, desk.now),
    )
    if isinstance(made, NotKept):
        return Wrong(*NOT_KEPT[made])
    said = say("✅ Copy the secret now, it is shown only once: {secret}", secret=made.secret)
    return Done(HERE, said)


@section.page(ONE)
def log(desk: Desk, asked: Asked) -> Page:
    """What one of them was told, and what it answered."""
    held = _held(desk, asked)
    rows = keeping.log_of(desk.session, held.hook.id)
    facts = {
        "held": held,
        "called": _called(desk, held),
        "rows": [(row, KINDS[row.kind], *_standing(row)) for row in rows],
        "said_of": KINDS,
        "troubles": TROUBLES,
        "path": f"{HERE}/{held.hook.id}",
    }
    return Page(
        "hook.html", say("What {host} was told", host=addresses.host_of(held.hook.url)), facts
    )


def _held(desk: Desk, asked: Asked) -> Held:
    number = asked.number("hook")
    for each in keeping.at_places(desk.session, desk.member.id, desk.now):
        if each.hook.id == number:
            return each
    raise Missing


def _standing(row: HookDelivery) -> tuple[Sayable, str]:
    """How a delivery stands, and the class of its tag."""
    if row.took_at is not None:
        return say("taken"), "good"
    if row.next_at is None:
        return say("given up"), "bad"
    return (say("not yet"), "") if not row.attempts else (say("again later"), "care")


@section.act(f"{ONE}/on", again=log)
def turn_on(desk: Desk, asked: Asked) -> Done:
    held = _held(desk, asked)
    keeping.turn_on(desk.session, held.hook.id, desk.member.id, desk.now)
    return Done(f"{HERE}/{held.hook.id}", say("✅ It is told again from now on."))


@section.act(f"{ONE}/test", again=log)
def send_test(desk: Desk, asked: Asked) -> Done:
    held = _held(desk, asked)
    keeping.test(desk.session, held.hook.id, desk.member.id, desk.now)
    return Done(f"{HERE}/{held.hook.id}", say("✅ A test is on its way; look again in a moment."))


@section.act(f"{ONE}/end", again=log)
def end(desk: Desk, asked: Asked) -> Done:
    held = _held(desk, asked)
    keeping.end(desk.session, held.hook.id, desk.member.id, desk.now)
    return Done(HERE, say("✅ It is told nothing any more."))
