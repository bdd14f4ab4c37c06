"""Partners at the desk: who hosts, teaches or sponsors; listed, added, changed, ended."""

from bot.conversation.messages import say
from console.desk import Desk
from console.pages.network.roles import named_place
from console.pages.network.section import PARTNERS, section, tabs
from console.routing import Asked, Done, Missing, NotTaken, Page, Wrong
from handlers.events.partners import PARTS
from models.network import partners, stations
from models.network.partners import LONGEST_LINK, LONGEST_NAME, LONGEST_NOTE, Part, Partner, Told
from models.rules.languages import LANGUAGES, LanguageName, Translated
from models.rules.network.permissions import Act
from models.rules.texts import is_link, one_line

NEEDS = Act.KEEP_PARTNER
ONE = f"{PARTNERS}/{{partner:int}}"
HERE = f"/console{PARTNERS}"
SHOWN = 30
OTHERS = [code for code in LANGUAGES if code != "zh"]


@section.page(PARTNERS, needs=NEEDS)
def shows_partners(desk: Desk, asked: Asked) -> Page:
    below = [each.path for each in desk.places(NEEDS)]
    words, after = asked.word("words")[:60], asked.number("after", 0)
    rows = partners.page(desk.session, below, words, after, SHOWN + 1)
    more = len(rows) > SHOWN and not words
    facts = {
        "tabs": tabs(desk),
        "open": "partners",
        "here": HERE,
        "rows": rows[:SHOWN],
        "parts": PARTS,
        "following": asked.query(after=rows[SHOWN - 1][0].id) if more else "",
    }
    return Page("network/partners.html", say("Partners"), facts)


@section.page(f"{PARTNERS}/new", needs=NEEDS)
def shows_new(desk: Desk, asked: Asked) -> Page:
    return _form(desk, asked, None)


@section.page(ONE, needs=NEEDS)
def shows_partner(desk: Desk, asked: Asked) -> Page:
    return _form(desk, asked, _found(desk, asked))


def _found(desk: Desk, asked: Asked) -> Partner:
    """The partner of the path. Raises Missing where it is none of the member's places."""
    row = partners.get(desk.session, asked.number("partner"))
    if row is None or not desk.may(NEEDS, stations.get(desk.session, row.station_id)):
        raise Missing
    return row


def _form(desk: Desk, asked: Asked, row: Partner | None) -> Page:
    said = row.text_of("name") if row is not None else Translated("")
    own = desk.places(NEEDS)
    station = stations.get(desk.session, row.station_id) if row is not None else own[0]
    typed = asked.wrong is not None
    facts = {
        "row": row,
        "here": f"{HERE}/{row.id}" if row is not None else f"{HERE}/new",
        "name": said.text,
        "names": [
            (f"name-{code}", LanguageName(code), said.translations.get(code, "")) for code in OTHERS
        ],
        "parts": [
            (str(part), label, part in asked.every("does") if typed else _does(row, part))
            for part, label in PARTS.items()
        ],
        "place": station.text_of("name") if station is not None else "",
        "most": (LONGEST_NAME, LONGEST_LINK, LONGEST_NOTE),
    }
    title = said if row is not None else say("New partner")
    return Page("network/partner.html", title, facts)


def _does(row: Partner | None, part: Part) -> bool:
    return row is not None and part in row.does


def _told(asked: Asked) -> Told:
    """What the form tells. Raises NotTaken for what is missing or too long."""
    fields = {"name": LONGEST_NAME, "link": LONGEST_LINK, "note": LONGEST_NOTE}
    fields |= {f"name-{code}": LONGEST_NAME for code in OTHERS}
    words = {field: one_line(asked.word(field)) for field in fields}
    for field, most in fields.items():
        if len(words[field]) > most:
            raise NotTaken(say("That's long; {n} characters at most.", n=most), field)
    if not words["name"]:
        raise NotTaken(say("A partner has a name."), "name")
    does = [part for part in Part if part in asked.every("does")]
    if not does:
        raise NotTaken(say("Tick what they do."), "does")
    if words["link"] and not is_link(words["link"]):
        raise NotTaken(say("A link begins with https:// and has no spaces."), "link")
    name = Translated(words["name"], {code: words[f"name-{code}"] for code in OTHERS})
    return Told(name, does, words["link"], words["note"])


@section.act(f"{PARTNERS}/new", needs=NEEDS, again=shows_new)
def add(desk: Desk, asked: Asked) -> Done | Wrong:
    station = named_place(desk, asked.word("place"), NEEDS)
    if isinstance(station, Wrong):
        return station
    row = partners.add(desk.session, station.id, _told(asked), desk.member.id, desk.now)
    return Done(HERE, say("Added: {name}", name=row.text_of("name")))


@section.act(ONE, needs=NEEDS, again=shows_partner)
def change(desk: Desk, asked: Asked) -> Done | Wrong:
    row = _found(desk, asked)
    partners.change(desk.session, row.id, _told(asked), desk.member.id, desk.now)
    return Done(HERE, say("Saved."))


@section.act(f"{ONE}/end", needs=NEEDS, again=shows_partner)
def end(desk: Desk, asked: Asked) -> Done | Wrong:
    row = _found(desk, asked)
    if not partners.end(desk.session, row.id, desk.member.id, desk.now):
        return Wrong(say("That's settled already."))
    return Done(HERE, say("No partner any more; events that are published keep the name."))
