"""An event at the desk as its people see it on each platform."""

from models.rules.network.permissions import Role
from tests.console.browsing import GUICHENG, SHISHAN, Nanhai
from tests.console.rows import keep
from tests.miniature.rows import lamp_works


async def test_an_event_is_shown_as_each_platform_lays_it_out(desks: Nanhai) -> None:
    (number,) = keep(desks, lamp_works(about="师傅带着走一圈。"))
    browser = await desks.desk_of(Role.TOWN, GUICHENG)
    page = await browser.opens(f"/console/events/{number}/preview")
    parts = page.html.split('<section class="panel">')[1:]
    assert len(parts) == 8
    for chinese, english in zip(parts[::2], parts[1::2], strict=True):
        assert "走进灯具厂" in chinese
        assert "The lamp works" in english
        # Whoever looks is no member of the place who could be signed up already.
        assert "报名" in chinese
        assert "Sign up" in english
    wechat, telegram = parts[2], parts[0]
    assert 'class="tag"' in telegram
    assert 'class="tag"' not in wechat
    assert "weixin" not in wechat
    other = await desks.desk_of(Role.TOWN, SHISHAN)
    assert (await other.opens(f"/console/events/{number}/preview")).status == 404
