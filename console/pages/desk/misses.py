"""What several people wrote and nobody understood: taught, or dropped."""

from bot.conversation.messages import say
from console.desk import Desk
from console.pages.desk.section import MISSES, from_key, section, tabs, to_key
from console.routing import Asked, Done, Missing, Page, Wrong
from handlers.front.misses import MEANINGS
from handlers.words import station_name
from models.desk import misses
from models.desk.misses import Miss
from models.network import roles, stations
from models.rules.network.permissions import Act
from models.rules.understanding.intents import Intent

PAGE = 25
NEEDS = Act.SEE_MISSES
ONE, TAUGHT = "/desk/misses/{miss:int}", "/desk/misses/taught"


@section.page("/desk/misses", needs=NEEDS)
def shows_misses(desk: Desk, asked: Asked) -> Page:
    times, _, number = asked.word("after").partition("_")
    is_key = times.isdecimal() and number.isdecimal() and len(times) < 10 and len(number) < 10
    after = (int(times), int(number)) if is_key else None
    found = misses.frequent(desk.session, after=after, limit=PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    following = asked.query(after=f"{last.count}_{last.id}") if last is not None else ""
    facts = {
        "rows": found[:PAGE],
        "following": following,
        "tabs": tabs(desk),
        "open": "misses",
    }
    return Page("misses.html", say("Not understood"), facts)


def _miss(desk: Desk, asked: Asked) -> Miss:
    """The text of the path; what a single member wrote is for nobody to see."""
    miss = misses.get(desk.session, asked.number("miss"))
    if miss is None or miss.by_member_id is not None:
        raise Missing
    return miss


@section.page(ONE, needs=NEEDS)
def shows_miss(desk: Desk, asked: Asked) -> Page:
    miss = _miss(desk, asked)
    facts = {
        "miss": miss,
        "meanings": [(str(intent), label) for intent, label in MEANINGS.items()],
        "place": roles.where(desk.session, desk.member.id, NEEDS, desk.now),
    }
    return Page("miss.html", say("“{text}”", text=miss.text), facts)


@section.act(ONE, again=shows_miss, needs=NEEDS)
def teach(desk: Desk, asked: Asked) -> Done | Wrong:
    miss, meant = _miss(desk, asked), asked.word("intent")
    if meant not in set(MEANINGS):
        return Wrong(say("Choose what it means."), "intent")
    intent, text = Intent(meant), miss.text
    lesson = misses.teach(desk.session, miss, intent, desk.member.id, desk.now)
    said = say(
        "✅ From now on “{text}” means, for {place}: {what}.",
        text=text,
        place=station_name(stations.get(desk.session, lesson.station_id)),
        what=MEANINGS[intent],
    )
    return Done(MISSES, said)


@section.act(f"{ONE}/drop", again=shows_miss, needs=NEEDS)
def drop(desk: Desk, asked: Asked) -> Done:
    miss = _miss(desk, asked)
    text = miss.text
    misses.drop(desk.session, miss, desk.member.id, desk.now)
    return Done(MISSES, say("✅ Dropped: “{text}”.", text=text))


@section.page(TAUGHT, needs=NEEDS)
def taught(desk: Desk, asked: Asked) -> Page:
    after = from_key(asked.word("after"))
    found = misses.taught(desk.session, desk.member.id, desk.now, after=after, limit=PAGE + 1)
    last = found[PAGE - 1][0] if len(found) > PAGE else None
    key = to_key(last.taught_at, last.id) if last is not None else ""
    facts = {
        "rows": found[:PAGE],
        "following": asked.query(after=key) if key else "",
        "meanings": MEANINGS,
    }
    return Page("taught.html", say("What I learned"), facts)


@section.act(f"{TAUGHT}/{{word:int}}", again=taught, needs=NEEDS)
def take_back(desk: Desk, asked: Asked) -> Done:
    synonym = misses.unteach(desk.session, asked.number("word"), desk.member.id, desk.now)
    if synonym is None:
        raise Missing
    return Done(f"{MISSES}/taught", say("✅ Taken back: “{text}”.", text=synonym.text))
