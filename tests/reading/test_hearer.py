"""Voice messages become text, or nothing."""

from bot.conversation.incoming import Sound
from bot.reading import Models
from bot.reading.hearer import LONGEST_TEXT, ModelHearer
from tests.platforms.models.server import KEY
from tests.platforms.models.server import Models as Server

SOUND = Sound("voice.ogg", b"OggS")


async def test_a_voice_becomes_a_text_of_bounded_length_or_none() -> None:
    async with Server() as server:
        hearer = ModelHearer(server.base_url, "ears", KEY)
        server.hears = "  明天\x00有什么 "
        assert await hearer.hear(SOUND, "a") == "明天有什么"
        assert server.heard == [("voice.ogg", b"OggS")]
        server.hears = "啊" * 2000
        assert len(await hearer.hear(SOUND, "a")) == LONGEST_TEXT
        server.hears = 500
        assert await hearer.hear(SOUND, "a") == ""
        await server.goes_away()
        assert await hearer.hear(SOUND, "a") == ""
        await hearer.close()


async def test_the_check_sends_silence() -> None:
    async with Server() as server:
        models = Models(server.base_url, KEY, reads="", hears="ears")
        assert (models.read, await models.trouble()) == (None, "")
        assert server.heard[0][1].startswith(b"RIFF")
        server.hears = 404
        models = Models(server.base_url, KEY, reads="", hears="ears")
        assert await models.trouble() == "HTTP 404"
