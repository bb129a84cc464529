"""MP4: a picture in a usual codec, whose first frame can be shown."""

import io

import av
from av.video.stream import VideoStream

from orders.openers.bounds import Opened, answer
from orders.openers.previews import fitted, jpeg
from orders.policies.files import PIXELS_AT_MOST, BadFile

CODECS = frozenset({"h264", "hevc", "mpeg4", "av1", "libdav1d", "vp9"})
"""What telephones and messengers write; a hundred other decoders are never fed with a stranger's bytes."""


def open_video(content: bytes, _code: str) -> Opened:
    """Raises BadFile: broken, no_picture, codec, too_many_pixels."""
    try:
        # The demuxer by name: a guess could take it for a playlist, which names other files.
        with av.open(io.BytesIO(content), "r", format="mp4") as video:
            return _open(video, _stream(video))
    except av.FFmpegError as error:
        raise BadFile("broken") from error


def _stream(video: av.container.InputContainer) -> VideoStream:
    for stream in video.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            return stream
    raise BadFile("no_picture")


def _open(video: av.container.InputContainer, stream: VideoStream) -> Opened:
    context = stream.codec_context
    if context.codec.name not in CODECS:
        raise BadFile("codec")
    if context.width * context.height > PIXELS_AT_MOST:
        raise BadFile("too_many_pixels")
    context.thread_count = 1
    frame = next(video.decode(stream), None)
    if frame is None:
        raise BadFile("broken")
    width, height = frame.width, frame.height
    small_width, small_height = fitted(width, height)
    image = frame.reformat(width=small_width, height=small_height, format="rgb24").to_image()
    if frame.rotation:
        image = image.rotate(frame.rotation, expand=True)
    if frame.rotation % 180:
        width, height = height, width
    return Opened(jpeg(image), width, height)


if __name__ == "__main__":
    answer(open_video)
