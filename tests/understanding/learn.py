"""Learn the classifier's weights from the table: ``make understanding``.

The table is ``table/*.tsv``: an intent, a tab and a phrase a line. scikit-learn is needed here and
nowhere else.
"""

import hashlib
import math
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.rules.understanding import classifier
from models.rules.understanding.pieces import pieces
from tests.understanding import measure

TABLE = Path(__file__).parent / "table"
RAREST = 3
"""A piece that fewer phrases hold says little about others, and takes memory."""
STRENGTH = 0.5
LEAST, MOST = 6, 30
"""Weights below LEAST hundredths are left out, and more than MOST for one piece."""
FOLDS = 4
SEED = 20261129

Row = tuple[str, str]


def table() -> list[Row]:
    """Return the intents and their phrases: the table, and what the rules were built with."""
    rows = {}
    for path in sorted(TABLE.glob("*.tsv")):
        for line in path.read_text("utf-8").splitlines():
            intent, _, phrase = line.partition("\t")
            rows[phrase] = intent
    for language in measure.LANGUAGES:
        for seen in measure.phrases("seen", language):
            meaning = seen.meanings[0]
            if len(seen.meanings) == 1 and meaning[-1] not in measure.CHOICE + "?":
                rows[seen.text] = str(measure.intent_of(meaning))
    return [(intent, phrase) for phrase, intent in rows.items()]


def hash_of_table() -> str:
    """Return what changes with every change of the table or of how pieces are cut."""
    digest = hashlib.sha256()
    for intent, phrase in table():
        digest.update(f"{intent}\t{phrase}\t{' '.join(sorted(pieces(phrase)))}\n".encode())
    return digest.hexdigest()


def _vocabulary(rows: Sequence[Row]) -> dict[str, int]:
    counted = Counter(piece for _, phrase in rows for piece in pieces(phrase))
    kept = sorted(piece for piece, times in counted.items() if times >= RAREST)
    return {piece: place for place, piece in enumerate(kept)}


def _matrix(rows: Sequence[Row], places: dict[str, int]) -> Any:
    from scipy.sparse import csr_matrix

    values, row_of, column_of = [], [], []
    for number, (_, phrase) in enumerate(rows):
        known = [places[piece] for piece in sorted(pieces(phrase)) if piece in places]
        row_of += [number] * len(known)
        column_of += known
        values += [1 / math.sqrt(len(known))] * len(known)
    return csr_matrix((values, (row_of, column_of)), shape=(len(rows), len(places)))


def _learnt(rows: Sequence[Row], places: dict[str, int]) -> Any:
    from sklearn.svm import LinearSVC

    learner = LinearSVC(C=STRENGTH, random_state=SEED)
    return learner.fit(_matrix(rows, places), [intent for intent, _ in rows])


def _temperature(rows: Sequence[Row]) -> float:
    """Return what the scores are multiplied with to be probabilities of phrases not learnt from."""
    import numpy as np
    from sklearn.model_selection import StratifiedKFold

    intents = np.array([intent for intent, _ in rows])
    scores, right = [], []
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for learnt, kept in folds.split(intents, intents):
        part = [rows[each] for each in learnt]
        places = _vocabulary(part)
        learner = _learnt(part, places)
        found = learner.decision_function(_matrix([rows[each] for each in kept], places))
        scores.append(found)
        right += [int(np.where(learner.classes_ == intents[each])[0][0]) for each in kept]
    every, rows_of = np.concatenate(scores), np.arange(len(right))

    def loss(by: float) -> float:
        raised = np.exp(every * by - (every * by).max(axis=1, keepdims=True))
        return float(-np.log(raised[rows_of, right] / raised.sum(axis=1)).mean())

    top = every.argsort(axis=1)[:, ::-1]
    among = [int(each) in top[number, :3] for number, each in enumerate(right)]
    sys.stdout.write(
        f"phrases not learnt from: {np.mean(top[:, 0] == right):.1%} right, "
        f"{np.mean(among):.1%} among three\n"
    )
    return min((each / 10 for each in range(10, 100)), key=loss)


def _in_hexadecimal(places: Sequence[int], weights: Sequence[int]) -> str:
    """Return a piece's weights as ``classifier`` reads them; the largest fit into a byte."""
    zero = classifier.ZERO
    written = ((each, min(max(weights[each] + zero, 0), 2 * zero - 1)) for each in places)
    return b"".join(map(bytes, written)).hex()


def learn() -> None:
    """Write the weights."""
    rows = table()
    temperature = _temperature(rows)
    places = _vocabulary(rows)
    learner = _learnt(rows, places)
    lines = [
        "\t".join(learner.classes_),
        "\t".join(str(round(each * classifier.UNIT)) for each in learner.intercept_),
        str(temperature),
        hash_of_table(),
    ]
    for piece, place in places.items():
        column = [round(each * classifier.UNIT) for each in learner.coef_[:, place]]
        spoken = sorted(range(len(column)), key=lambda each: -abs(column[each]))[:MOST]
        kept = [each for each in sorted(spoken) if abs(column[each]) >= LEAST]
        if kept:
            lines.append(f"{piece}\t{_in_hexadecimal(kept, column)}")
    classifier.WEIGHTS.write_text("\n".join(lines) + "\n", "utf-8")
    sys.stdout.write(f"{len(rows)} phrases, {len(lines) - 4} pieces\n")


if __name__ == "__main__":
    learn()
