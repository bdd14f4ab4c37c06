"""Recognize sounds by their first bytes (the formats' magic numbers), and make a playable copy."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer

LARGEST = 10 * 1024 * 1024
LONGEST = 300
"""Bytes as sent, and seconds."""

SLOWEST = 4_000
"""Samples a second; speech needs 8,000. Of fewer, megabytes would last for hours."""

COPY_TYPE = "audio/mpeg"
RATE, BITS = 44_100, 64_000
"""Samples and bits a second of the copy, which has one channel."""

FORMATS = {
    "amr": "audio/amr",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
    "mov": "audio/mp4",
    "wav": "audio/wav",
    "matroska": "audio/webm",
}
"""What is read, by FFmpeg's names of the demuxers."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A sound of ``seconds``, as it was sent and as a copy that browsers play."""

    media_type: str
    content: bytes = field(repr=False)
    copy_type: str
    copy_content: bytes = field(repr=False)
    seconds: int


def format_of(content: bytes) -> str:
    """The demuxer for these bytes; empty for anything else, and above ``LARGEST`` bytes."""
    if len(content) > LARGEST:
        return ""
    if content.startswith(b"#!AMR"):
        return "amr"
    if content.startswith(b"OggS"):
        return "ogg"
    if content.startswith(b"ID3") or (content[:1] == b"\xff" and content[1:2] >= b"\xe0"):
        return "mp3"
    if content[4:8] == b"ftyp":
        return "mov"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "wav"
    return "matroska" if content.startswith(b"\x1a\x45\xdf\xa3") else ""


def recorded(content: bytes) -> Recording | None:
    """Return a sound with its copy, made anew from its samples alone: MP3 of one channel.

    None for what is no sound, is damaged, has fewer samples than ``SLOWEST``, or lasts longer than
    ``LONGEST``. Takes up to a few seconds: call it in a thread.
    """
    demuxer = format_of(content)
    if not demuxer:
        return None
    # FFmpeg's libraries take some twenty megabytes, which a station without sounds need not pay.
    import av

    try:
        # The demuxer is named, so that no playlist and no address in the bytes is followed.
        with av.open(BytesIO(content), "r", format=demuxer) as source:
            if source.streams.audio[0].rate < SLOWEST:
                return None
            written = BytesIO()
            samples = _copy(source, written)
    except Exception:
        # The decoders raise about everything, and whatever it is, the bytes are no sound.
        return None
    seconds = -(-samples // RATE)
    if not 0 < seconds <= LONGEST:
        return None
    return Recording(FORMATS[demuxer], content, COPY_TYPE, written.getvalue(), seconds)


def is_longer(content: bytes, seconds: int) -> bool | None:
    """Whether a sound lasts longer than so many seconds, by its samples and not by what it says.

    None where it is damaged; False where it is of no format in ``FORMATS``, as some platforms have.
    Takes up to a second: call it in a thread.
    """
    demuxer = format_of(content)
    if not demuxer:
        return False
    import av

    lasted = 0.0
    try:
        with av.open(BytesIO(content), "r", format=demuxer) as source:
            for frame in source.decode(audio=0):
                lasted += frame.samples / frame.sample_rate
                if lasted > seconds:
                    return True
    except Exception:
        return None
    return False


def _copy(source: "InputContainer", written: BytesIO) -> int:
    """Write the sound as MP3; return its samples, more than ``LONGEST`` has if longer."""
    import av
    from av.audio.resampler import AudioResampler

    most, samples = LONGEST * RATE, 0
    with av.open(written, "w", format="mp3") as target:
        stream = target.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = BITS
        resampler = AudioResampler(format=stream.format, layout="mono", rate=RATE)

        def put(frames: "list[AudioFrame]") -> int:
            for each in frames:
                each.pts = None
                target.mux(stream.encode(each))
            return sum(each.samples for each in frames)

        for frame in source.decode(audio=0):
            samples += put(resampler.resample(frame))
            if samples > most:
                return samples
        samples += put(resampler.resample(None))
        target.mux(stream.encode(None))
    return samples
