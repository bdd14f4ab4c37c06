"""What everybody may see of entries: opened, agreed to, not hidden; and nobody's name unasked."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from models.contests import authors, contests, entries, gallery, organizing, parts, sounds
from models.contests.entries import Entry, EntryAuthor
from models.events import pictures
from models.rules.contests.recording import recorded
from models.rules.contests.states import Named, PartKind
from tests.miniature import contests as rows
from tests.pictures import png
from tests.stories.contests.calls import call, entered
from tests.stories.station import Nanhai

AMR = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 50


async def opens(town: Nanhai, path: str, **headers: str) -> tuple[int, str, Any]:
    given = {"Accept-Language": "zh-CN", **headers}
    async with town.http.get(f"{town.origin}/w/{path}", headers=given) as response:
        content = await response.read()
        return response.status, content.decode(errors="replace"), response.headers


@pytest.mark.parametrize("channel", ["web"])
async def test_the_gallery_shows_what_was_agreed_to_and_nobodys_name(town: Nanhai) -> None:
    contest = call(town, named=("文案", "声音"), is_gallery_open=False)
    shown, waits, hidden = entered(town, contest, 3)
    by, now = town.hands.now, town.hands.now

    def prepare(session: Session) -> tuple[int, int]:
        found = {each.code: each for each in entries.handed_in(session, contest.id)}
        entry = found[shown]
        assert entry.member_id is not None
        picture = pictures.keep(session, png(), "image/png", entry.member_id, by, is_private=True)
        recording = recorded(AMR)
        assert recording is not None
        sound = sounds.keep(session, recording, entry.member_id, now)
        seen = parts.add(
            session, entry.id, PartKind.PICTURE, entry.member_id, picture_id=picture, text="<b>"
        )
        heard = parts.add(session, entry.id, PartKind.AUDIO, entry.member_id, sound_id=sound)
        (other,) = rows.entrants(session, 1, now)
        session.add(EntryAuthor(entry_id=found[waits].id, member_id=other, asked_at=now))
        organizing.hide(session, found[hidden].id, "广告", None, now)
        return seen.id, heard.id

    picture_id, sound_id = town.store.write_now(prepare)
    here = f"{contest.id}"
    # Before it is opened the page tells of the contest, and of no entry.
    status, page, _headers = await opens(town, here)
    assert (status, "创意文案征集" in page, shown in page) == (200, True, False)
    assert "作品还没有展示" in page
    for code in (shown, waits, hidden):
        assert (await opens(town, f"{here}/{code}"))[0] == 404

    def open_it(session: Session) -> str:
        contests.open_gallery(session, contest.id, None, now, is_open=True)
        entry = session.get_one(Entry, entries.by_code(session, contest.id, hidden).id)  # type: ignore[union-attr]
        return gallery.key_of(session, entry.id)

    key = town.store.write_now(open_it)
    town.hands.now += timedelta(seconds=2)
    status, page, headers = await opens(town, here)
    assert [code in page for code in (shown, waits, hidden)] == [True, False, False]
    assert "作者0" not in page
    assert "<script" not in page
    assert headers["Cache-Control"] == "public, max-age=1"
    again = await opens(town, here, **{"If-None-Match": headers["ETag"]})
    assert again[:2] == (304, "")
    (first, second) = [f"{here}?category={each}" for each in (1, 2)]
    assert shown in (await opens(town, first))[1]
    assert shown not in (await opens(town, second))[1]
    # An entry of its own, with its files; those of a hidden one are had by nobody but by its key.
    status, page, _headers = await opens(town, f"{here}/{shown}")
    assert (status, "平凡也发光" in page, "&lt;b&gt;" in page) == (200, True, True)
    assert f'property="og:image" content="{town.origin}/w/{here}/{shown}/{picture_id}"' in page
    assert (await opens(town, f"{here}/{shown}/{picture_id}"))[0] == 200
    status, _sound, said = await opens(town, f"{here}/{shown}/{sound_id}", Range="bytes=0-99")
    assert (status, said["Content-Type"], said["Content-Length"]) == (206, "audio/mpeg", "100")
    assert (await opens(town, f"{here}/{shown}/{sound_id}", Range="bytes=9999999-"))[0] == 416
    assert (await opens(town, f"{here}/{waits}/{picture_id}"))[0] == 404
    assert (await opens(town, f"{here}/{hidden}"))[0] == 404
    status, page, said = await opens(town, f"{here}/{hidden}?see={key}")
    assert (status, said["Cache-Control"]) == (200, "no-store")
    assert (await opens(town, f"{here}/{hidden}?see={'0' * 24}"))[0] == 404
    for nothing in ("999", "0", "x", f"{here}/nothing", f"{here}/ABCD2345"):
        assert (await opens(town, nothing))[0] == 404

    def name(session: Session) -> None:
        entry = entries.by_code(session, contest.id, shown)
        assert entry is not None
        assert entry.member_id is not None
        authors.show_as(session, entry.id, entry.member_id, Named.NAME, "", now)

    town.store.write_now(name)
    town.hands.now += timedelta(seconds=2)
    assert "作者0" in (await opens(town, f"{here}/{shown}"))[1]
