"""Read the files that organizers send to the desk, and write those that they want written."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlmodel import Session

from bot.conversation.language import Phrasebook
from bot.conversation.messages import Sayable, say
from models.loading import uploads
from models.loading.uploads import Due, ThrownAway, UploadState
from models.network.roles import NotAllowed
from models.network.stations import Care
from models.store import Store, StoreDown

log = structlog.get_logger(__name__)

ENTRYPOINT = "uploads"


class Uploads:
    """One file after the other: a job of its own, because a file is read and checked as a whole.

    Whatever it is that goes wrong, the file ends with a sentence for whoever sent it; only a store
    that is away leaves it as it is, to be taken up again.
    """

    def __init__(
        self, store: Store, care: Care, phrasebook: Phrasebook, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._care = care
        self._phrasebook = phrasebook
        self._now = now

    async def work(self, _payload: str = "") -> None:
        """Read and write whatever waits."""
        while (due := await self._store.read(uploads.next_due, self._now())) is not None:
            await self._do(due)

    async def _do(self, due: Due) -> None:
        from models.loading.network import SecondDistrict, Unreadable

        failed: Sayable
        try:
            await (self._write(due) if due.is_wanted else self._read(due))
            return
        except StoreDown:
            raise
        except ThrownAway:
            return
        except (Unreadable, SecondDistrict) as problem:
            failed = problem.why
        except NotAllowed:
            failed = say("You may not load files any more.")
        except Exception:
            log.exception("a file could not be loaded", is_wanted=due.is_wanted)
            failed = say("Something went wrong on our side.")
        state = UploadState.BROKEN_OFF if due.is_wanted else UploadState.UNREADABLE
        told = {"why": self._phrasebook.into(due.language)(failed)}
        await self._store.write(uploads.end, due.id, state, told, self._now())

    async def _read(self, due: Due) -> None:
        told, total = await self._store.read(self._preview, due)
        await self._store.write(uploads.show, due.id, told, total, self._now())

    def _preview(self, session: Session, due: Due) -> tuple[dict[str, Any], int]:
        from models.loading import network

        found = network.preview(
            *(session, due.content, due.name, self._care, self._now()), by=due.member_id
        )
        put = self._phrasebook.into(due.language)
        rows = [
            {
                "sheet": each.sheet,
                "line": each.line,
                "label": each.label,
                "fate": each.fate,
                "fields": each.fields,
                "problems": [put(problem) for problem in each.problems],
            }
            for each in found.rows
        ]
        good = sum(each.fate in (network.Fate.ADDED, network.Fate.CHANGED) for each in found.rows)
        told = _counts(found.report) | {"rows": rows, "problems": _problems(found.problems, put)}
        return told, good

    async def _write(self, due: Due) -> None:
        from models.loading import network

        note = partial(_note, number=due.id)
        report = await network.write(
            *(self._store, due.content, due.name, self._care, self._now()),
            by=due.member_id,
            were_there=due.were_there,
            note=note,
        )
        put = self._phrasebook.into(due.language)
        told = _counts(report) | {"problems": _problems(report.problems, put)}
        await self._store.write(uploads.end, due.id, UploadState.WRITTEN, told, self._now())


def _note(session: Session, done: int, total: int, number: int) -> None:
    uploads.note(session, number, done, total)


def _counts(report: Any) -> dict[str, Any]:
    return {
        "counts": [[sheet, *numbers] for sheet, numbers in report.counts()],
        "bad": {sheet: number for sheet, number in report.bad.items() if number},
    }


def _problems(problems: Sequence[Any], put: Callable[[Sayable], str]) -> list[list[Any]]:
    return [[each.sheet, each.line, put(each.text)] for each in problems]
