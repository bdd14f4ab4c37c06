"""Learn to pick titles and places out of announcements: ``make understanding``.

It is learnt from the announcements of ``pasted_seen.txt``, from the same with other titles and
places put into them, from the forms of ``announcements/``, filled in, and from what
``composing.py`` puts together. numpy and scipy, which
come with scikit-learn, are needed here and nowhere else. ``--held-out`` prints how well each part
of the texts is read by weights that had not seen it.
"""

import hashlib
import math
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from models.rules.events import pasted as rules
from models.rules.events import picking, weighing
from models.rules.events.picking import Marks, Sheet
from tests.understanding import pasted
from tests.understanding.composing import Composer

HERE = Path(__file__).parent / "announcements"
FIELDS = ("place", "title")
"""The place first: a title is picked from what it leaves."""
PARTS = (83, 143, 207, 327, 495, 689, 737)
"""Where the announcements of one author, or of one sitting, end."""
SEED = 20261129
SWAPPED, FILLED = 2, 4
"""How often each announcement comes with other names, and each form."""
COMPOSED = ((True, 1400), (False, 250))
"""How many are composed in Chinese, and in English."""
SHARE = 4
"""Of the candidates that are nowhere near the marked one, one in so many is learnt from."""
HASHED = 25
"""Of every so many announcements the features are hashed, too."""
RAREST = 4
STRENGTH = 0.5
TURNS = 60
LEAST = 3
"""Weights below LEAST hundredths are left out."""

_CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Marked:
    """An announcement with its names, and the parts whose texts it was made of."""

    text: str
    title: str
    place: str
    parts: frozenset[int] = frozenset()


def _lines(name: str) -> list[str]:
    return (HERE / f"{name}.txt").read_text("utf-8").split("\n")[:-1]


def _part_of(number: int) -> int:
    return sum(number >= each for each in PARTS)


def seen() -> list[Marked]:
    """The announcements that were marked by hand."""
    return [
        Marked(
            each.text,
            each.wanted["title"],
            each.wanted["place"] or "",
            frozenset([_part_of(number)]),
        )
        for number, each in enumerate(pasted.pasted("seen"))
    ]


def marked() -> list[Marked]:
    """All that is learnt from; those that were marked by hand come first."""
    chance = random.Random(SEED)
    by_hand = seen()
    found = list(by_hand)
    for each in by_hand:
        alike = [other for other in by_hand if _is_chinese(other) == _is_chinese(each)]
        for turn in range(SWAPPED):
            found += _swapped(each, alike, chance, whole=turn % 2 == 0)
    for form in (HERE / "forms.txt").read_text("utf-8").strip().split("\n====\n"):
        is_chinese = _CHINESE.search(form) is not None
        for _turn in range(FILLED if is_chinese else 2 * FILLED):
            title, place, time = (
                _one(name, chance, is_chinese=is_chinese) for name in ("titles", "places", "times")
            )
            many = str(chance.choice((8, 12, 20, 30, 45, 100)))
            text = form.replace("{title}", title).replace("{place}", place)
            text = text.replace("{time}", time).replace("{n}", many)
            found.append(Marked(text, title, place if "{place}" in form else ""))
    for is_chinese, many_of in COMPOSED:
        composer = Composer(chance, is_chinese=is_chinese)
        for _turn in range(many_of):
            made = composer.compose()
            found.append(Marked(made.text, made.title, made.place))
    return found


def _is_chinese(each: Marked) -> bool:
    return _CHINESE.search(each.title) is not None


def _one(name: str, chance: random.Random, *, is_chinese: bool) -> str:
    named = [
        each
        for each in _lines(name)
        if (_CHINESE.search(each) is not None or (name == "times" and not re.search("[A-Z]", each)))
        == is_chinese
    ]
    return chance.choice(named)


def _swapped(
    each: Marked, alike: Sequence[Marked], chance: random.Random, *, whole: bool
) -> Iterator[Marked]:
    """An announcement with the title, and now and then the place, of another."""
    other = chance.choice(alike)
    title, parts = other.title, each.parts | other.parts
    if whole:
        title, parts = _one("titles", chance, is_chinese=_is_chinese(each)), each.parts
    spans = occurrences(each.text, each.title)
    if not spans:
        return
    text = _replaced(each.text, spans, title)
    place = each.place
    far = occurrences(text, place) if place and place not in title else []
    if far and chance.random() < 0.5:
        place = _one("places", chance, is_chinese=_is_chinese(each))
        text = _replaced(text, far, place)
        if not occurrences(text, title):
            return
    yield Marked(text, title, place, parts)


def _replaced(text: str, spans: Sequence[tuple[int, int]], by: str) -> str:
    for begins, ends in reversed(spans):
        text = text[:begins] + by + text[ends:]
    return text


def occurrences(text: str, name: str) -> list[tuple[int, int]]:
    """Where a name stands, whatever the spaces in it."""
    if not name:
        return []
    pattern = r"\s*".join(map(re.escape, re.sub(r"\s+", "", name)))
    return [each.span() for each in re.finditer(pattern, text)]


def _quoted(text: str, span: tuple[int, int]) -> tuple[int, int] | None:
    """A name with the quotes around it, which are taken off again."""
    begins, ends = span[0] - 1, span[1] + 1
    is_quoted = begins >= 0 and rules.QUOTED.fullmatch(text[begins:ends]) is not None
    return (begins, ends) if is_quoted else None


def hash_of_texts() -> str:
    """Return what changes with each text that is learnt from, and with what is looked at in it."""
    digest = hashlib.sha256()
    for path in (*sorted(HERE.glob("*.txt")), Path(pasted.HERE / pasted.SETS["seen"])):
        digest.update(path.read_bytes())
    for each in seen()[::HASHED]:
        marks = Marks(Sheet(each.text, each.text, " " * len(each.text)))
        digest.update(" ".join(marks.around(marks.length // 2)).encode())
        digest.update(" ".join(sorted(marks.shape(0, marks.length))).encode())
    return digest.hexdigest()


class Data:
    """The candidates of every text, in arrays: what each is made of, and whether it is the one.

    Of those that share no end with the marked stretch one in ``share`` is kept, which stands for
    the others; ``weight`` is the logarithm of how many.
    """

    def __init__(self, texts: Sequence[Marked], field: str, share: int) -> None:
        import numpy as np

        self.texts, self.field = texts, field
        chance = random.Random(SEED)
        weight: list[float] = []
        around: list[list[str]] = [[]]
        inside: list[list[str]] = []
        shapes: list[list[str]] = []
        rows: list[tuple[int, int, int, int, int, bool]] = []
        self.said: list[str] = []
        for number, each in enumerate(texts):
            sheet = _sheet(each.text, field)
            if sheet is None:
                continue
            name = getattr(each, field)
            wanted = {*occurrences(sheet.text, name)}
            wanted |= {each for each in map(partial(_quoted, sheet.text), wanted) if each}
            marks = Marks(sheet)
            base, inner = len(around), len(inside)
            around += [marks.around(at) for at in range(marks.length + 1)]
            inside += [[marks.inside(at)] for at in range(marks.length)]
            rows.append((number, 0, 0, 0, 0, not name))
            shapes.append(picking.nothing(sheet))
            self.said.append("")
            weight.append(0)
            first = {each[0] for each in wanted}
            end = {each[1] for each in wanted}
            last = list(marks.places_to_end())
            for begins in marks.places_to_begin():
                for ends in last:
                    if not marks.may_be(begins, ends):
                        continue
                    is_far = begins not in first and ends not in end
                    if is_far and share > 1 and chance.randrange(share):
                        continue
                    weight.append(math.log(share) if is_far else 0)
                    is_it = (begins, ends) in wanted
                    at = (base + begins, base + ends, inner + begins, inner + ends - 1)
                    rows.append((number, *at, is_it))
                    shapes.append(marks.shape(begins, ends))
                    self.said.append(sheet.text[begins:ends])
        table = np.array(rows)
        self.text, self.begins, self.ends, self.first, self.last = table.T[:5]
        self.is_it = table.T[5].astype(bool)
        self.weight = np.array(weight)
        self.features = [_Features(each) for each in (around, inside, shapes)]

    def candidates(self, number: int) -> Any:
        import numpy as np

        return np.arange(*np.searchsorted(self.text, [number, number + 1]))


class _Features:
    """A matrix of the features that are frequent enough, a row for each list of names."""

    def __init__(self, lists: Sequence[Sequence[str]]) -> None:
        import numpy as np
        from scipy import sparse

        counted = Counter(each for row in lists for each in set(row))
        self.names = sorted(each for each, times in counted.items() if times >= RAREST)
        places = {name: place for place, name in enumerate(self.names)}
        columns, ends = [], [0]
        for row in lists:
            columns += [places[each] for each in row if each in places]
            ends.append(len(columns))
        values = np.ones(len(columns), np.float32)
        shape = (len(lists), len(self.names))
        self.matrix = sparse.csr_matrix((values, columns, ends), shape=shape)


def fit(data: Data, learnt: Any) -> Any:
    """Weights under which the marked stretch is the likeliest of its text, for texts in a mask."""
    import numpy as np
    from scipy.optimize import minimize

    has = np.zeros(len(data.texts), bool)
    has[data.text[data.is_it]] = True
    keep = (has & learnt)[data.text]
    around, inside, shape = (each.matrix for each in data.features)
    shape = shape[keep]
    turned = [each.T.tocsr() for each in (around, inside, shape)]
    text, begins, ends, first, last, is_it = (
        each[keep]
        for each in (data.text, data.begins, data.ends, data.first, data.last, data.is_it)
    )
    weight = data.weight[keep]
    opens = np.flatnonzero(np.r_[True, text[1:] != text[:-1]])
    many = np.diff(np.r_[opens, len(text)])
    sizes = np.cumsum([around.shape[1], around.shape[1], inside.shape[1]])

    def loss(weights: Any) -> tuple[float, Any]:
        scores = _scores(data, weights, begins, ends, first, last, shape) + weight
        raised = np.exp(scores - np.repeat(np.maximum.reduceat(scores, opens), many))
        whole = np.add.reduceat(raised, opens)
        right = np.where(is_it, raised, 0)
        share = np.add.reduceat(right, opens)
        off = raised / np.repeat(whole, many) - right / np.repeat(share, many)
        by_begin = np.bincount(begins, off, around.shape[0])
        by_end = np.bincount(ends, off, around.shape[0])
        passed = np.bincount(last, off, inside.shape[0] + 1)
        passed -= np.bincount(first, off, inside.shape[0] + 1)
        by_inside = passed[::-1].cumsum()[::-1][1:]
        slope = np.r_[
            turned[0] @ by_begin, turned[0] @ by_end, turned[1] @ by_inside, turned[2] @ off
        ]
        value = float((np.log(whole) - np.log(share)).sum() + STRENGTH / 2 * (weights @ weights))
        return value, slope + STRENGTH * weights

    start = np.zeros(sizes[-1] + shape.shape[1])
    options = {"maxiter": TURNS, "maxfun": 2 * TURNS}
    return minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x


def _scores(data: Data, weights: Any, *rows: Any) -> Any:
    import numpy as np

    begins, ends, first, last, shape = rows
    around, inside, _ = (each.matrix for each in data.features)
    sizes = np.cumsum([around.shape[1], around.shape[1], inside.shape[1]])
    at_begin, at_end, in_it, of_shape = np.split(weights, sizes)
    passed = np.r_[0, np.cumsum(inside @ in_it)]
    beside = (around @ at_begin)[begins] + (around @ at_end)[ends]
    return beside + passed[last] - passed[first] + shape @ of_shape


def every_score(data: Data, weights: Any) -> Any:
    rows = (data.begins, data.ends, data.first, data.last, data.features[2].matrix)
    return _scores(data, weights, *rows)


def _sheet(text: str, field: str) -> Sheet | None:
    return rules.sheet_for(field, text, pasted.NOW, pasted.ZONE)


def write(data: Data, weights: Any, path: Path) -> int:
    """Write the weights that say something, by their features."""
    import numpy as np

    sizes = np.cumsum([len(data.features[0].names)] * 2 + [len(data.features[1].names)])
    split = np.split(weights, sizes)
    found: dict[str, list[int]] = {}
    for place, of in enumerate(split):
        names = data.features[(0, 0, 1, 2)[place]].names
        column = (0, 1, 2, 0)[place]
        for name, weight in zip(names, of, strict=True):
            rounded = round(float(weight) * weighing.UNIT)
            if abs(rounded) >= LEAST:
                found.setdefault(name, [0, 0, 0])[column] = rounded
    lines = [hash_of_texts()]
    lines += [
        f"{weighing.escaped(name)}\t" + "\t".join(map(str, found[name])) for name in sorted(found)
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return len(found)


def held_out(data: Data, which: Iterable[int], *, show: bool) -> None:
    """Print how many of each part are read rightly by weights that saw nothing of it."""
    import numpy as np

    for part in which:
        learnt = np.array([part not in each.parts for each in data.texts])
        scores = every_score(data, fit(data, learnt))
        right = among = total = 0
        for number, each in enumerate(data.texts[: PARTS[-1]]):
            rows = data.candidates(number)
            if part not in each.parts or not len(rows):
                continue
            best = rows[np.argsort(-scores[rows])[:3]]
            total += 1
            right += bool(data.is_it[best[0]])
            among += bool(data.is_it[best].any())
            if show and not data.is_it[best[0]]:
                raised = np.exp(scores[rows] - scores[rows].max())
                said = [data.said[row] for row in best]
                sys.stdout.write(f"  {1 / raised.sum():.2f} {getattr(each, data.field)} {said}\n")
        sys.stdout.write(f"{data.field} {part}: {right} of {total}, {among} among three\n")
        sys.stdout.flush()


def _prepare() -> None:
    """The files must be there to be read."""
    for path in rules.WEIGHTS.values():
        if not path.exists():
            path.write_text("\n", "utf-8")


def learn(arguments: Sequence[str]) -> None:
    """Write the weights of both fields."""
    import numpy as np

    _prepare()
    texts = marked()
    for field in FIELDS:
        if field in arguments or not set(arguments) & set(FIELDS):
            is_tried = "--held-out" in arguments
            data = Data(texts, field, 1 if is_tried else SHARE)
            if is_tried:
                which = [int(each) for each in arguments if each.isdecimal()] or range(len(PARTS))
                held_out(data, which, show="--missed" in arguments)
                continue
            weights = fit(data, np.ones(len(texts), bool))
            written = write(data, weights, rules.WEIGHTS[field])
            weighing.weights.cache_clear()
            sys.stdout.write(f"{field}: {len(texts)} announcements, {written} features\n")


if __name__ == "__main__":
    learn(sys.argv[1:])
