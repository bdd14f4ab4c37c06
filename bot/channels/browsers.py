"""What a browser tells of its reader."""

from starlette.requests import Request

from models.rules.languages import ABROAD, DEFAULT, LANGUAGES

MOST_LANGUAGES = 20
"""How many languages of a request are looked at."""


def language_of(request: Request, own: str = DEFAULT) -> str:
    """The language of the station that a browser likes best; ``own`` where it names none.

    RFC 9110, 12.5.4: ranges with weights, of which 0 means "not this one".
    """
    wanted: list[tuple[float, str]] = []
    for each in request.headers.get("accept-language", "").split(",")[:MOST_LANGUAGES]:
        code, _, weight = (part.strip() for part in each.partition(";"))
        try:
            weighs = float(weight.removeprefix("q=") or 1)
        except ValueError:
            continue
        if code and code != "*" and weighs > 0:
            wanted.append((-weighs, code.replace("_", "-").partition("-")[0].casefold()))
    wanted.sort(key=lambda each: each[0])
    known = [code for _, code in wanted if code in LANGUAGES]
    return known[0] if known else ABROAD if wanted else own
