"""Photos of the demo's hazards, drawn by the program: what was found, and the same place put right."""

import datetime as dt
import io
import math
import random
from collections.abc import Callable, Iterable
from functools import cache

from django.utils import timezone
from PIL import ExifTags, Image, ImageDraw

from demo.register import random_for
from facts.models import Attachment
from foundation.attachments import files
from foundation.attachments.reading import receive
from inspections.choices import Origin
from inspections.models import Hazard

SIZE = (800, 600)  # of the drawing
KEPT_SIZE = (640, 480)
OF_EACH = 10  # one hazard in so many has photos
DAYS = 400
Colour = tuple[int, int, int]
Scene = Callable[[ImageDraw.ImageDraw, random.Random, bool], None]


def photograph(bureau_id: int, hazards: Iterable[Hazard]) -> list[Attachment]:
    """Return the photos of some of the hazards that the police found, of the last year and a bit. Their files are written."""
    made = []
    since = timezone.localdate() - dt.timedelta(days=DAYS)
    for hazard in hazards:
        rng = random_for("photo", hazard.item, str(hazard.found_on), str(hazard.enterprise_id))
        if hazard.origin != Origin.POLICE or hazard.found_on < since or rng.randrange(OF_EACH):
            continue
        seed = rng.random()
        made.append(_photo(bureau_id, hazard, Attachment.Shows.FOUND, hazard.found_on, seed, hazard.found_by))
        if hazard.rectified_on:
            by = hazard.submitted_by or "单位安全管理员"
            shows = Attachment.Shows.PUT_RIGHT
            made.append(_photo(bureau_id, hazard, shows, hazard.rectified_on, seed, by))
    return made


def _photo(bureau_id: int, hazard: Hazard, shows: str, day: dt.date, seed: float, by: str) -> Attachment:
    is_right = shows == Attachment.Shows.PUT_RIGHT
    at = dt.datetime.combine(day, dt.time(9 + int(seed * 8), int(seed * 997) % 60))
    received = receive(
        f"IMG_{at:%Y%m%d_%H%M}{int(seed * 59):02d}.jpg", drawn(hazard.item, seed, at, is_right=is_right)
    )
    return Attachment(
        enterprise_id=hazard.enterprise_id,
        station_id=hazard.station_id,
        kind="hazard",
        record_id=hazard.pk,
        shows=shows,
        name=received.name,
        content_type=received.content_type,
        size=len(received.data),
        width=received.width,
        height=received.height,
        key=files.put(bureau_id, received.data, received.thumbnail),
        sha256=received.sha256,
        received_sha256=received.received_sha256,
        difference_hash=received.difference_hash,
        captured_at=received.captured_at,
        by_enterprise=is_right,
        added_by=by,
        added_at=timezone.make_aware(at + dt.timedelta(minutes=4)),
    )


def drawn(item: str, seed: float, at: dt.datetime, *, is_right: bool) -> bytes:
    """Return a photo of what is wrong, or of the same place put right, as a camera writes it at that moment."""
    rng = random.Random(seed)
    image = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(image)
    _room(draw, rng)
    next((scene for words, scene in SCENES if any(word in item for word in words)), _desk)(
        draw, rng, is_right
    )
    image = _by_hand(image, random.Random(f"{seed} {is_right}"))
    image.paste((18, 20, 26), mask=_shadow())
    ImageDraw.Draw(image).text(
        (KEPT_SIZE[0] - 154, KEPT_SIZE[1] - 25), f"{at:%Y-%m-%d %H:%M}", (255, 214, 120), font_size=16
    )
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{at:%Y:%m:%d %H:%M:%S}"
    into = io.BytesIO()
    image.save(into, "JPEG", quality=78, exif=exif)
    return into.getvalue()


@cache
def _shadow() -> Image.Image:
    return Image.linear_gradient("L").resize(KEPT_SIZE).point(lambda value: value // 3)


def _by_hand(image: Image.Image, rng: random.Random) -> Image.Image:
    """Return a picture as somebody takes it: a little turned, from a little nearer, somewhat to the side."""
    angle, width = math.radians(rng.uniform(-4, 4)), rng.randrange(560, 700)
    left, top = rng.randrange(50, 750 - width), rng.randrange(30, 570 - width * 3 // 4)
    scale = width / KEPT_SIZE[0]
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    return image.transform(
        KEPT_SIZE,
        Image.Transform.AFFINE,
        (cosine, -sine, left + sine * width / 4, sine, cosine, top - sine * width / 4),
        Image.Resampling.BILINEAR,
    )


def _room(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    wall = tuple(rng.randrange(168, 214) for _part in range(3))
    draw.rectangle((0, 0, 800, 430), wall)
    draw.polygon([(0, 430), (800, 430), (800, 600), (0, 600)], tuple(part - 62 for part in wall))
    draw.rectangle((0, 418, 800, 430), tuple(part - 38 for part in wall))
    for x in range(-200, 1000, 110):
        draw.line([(400 + (x - 400) * 0.7, 430), (x, 600)], tuple(part - 76 for part in wall), 2)
    for _thing in range(rng.randrange(4, 8)):  # what hangs on the wall or stands before it
        left, top = rng.randrange(-20, 760), rng.randrange(10, 380)
        grey = rng.randrange(60, 230)
        colour = (grey, grey + rng.randrange(-24, 24), grey + rng.randrange(-24, 24))
        draw.rectangle((left, top, left + rng.randrange(20, 190), top + rng.randrange(20, 150)), colour)


def _corridor(draw: ImageDraw.ImageDraw, rng: random.Random, is_right: bool) -> None:
    draw.polygon([(0, 0), (230, 110), (230, 430), (0, 600)], (176, 178, 172))
    draw.polygon([(800, 0), (570, 110), (570, 430), (800, 600)], (164, 166, 160))
    draw.rectangle((330, 190, 470, 430), (52, 96, 84))
    draw.rectangle((350, 140, 450, 172), (30, 150, 82))
    draw.line([(260, 600), (330, 430)], (232, 196, 60), 6)
    draw.line([(540, 600), (470, 430)], (232, 196, 60), 6)
    if is_right:
        return
    for _box in range(9):
        x, size = rng.randrange(210, 520), rng.randrange(60, 120)
        y = rng.randrange(330, 560 - size // 2)
        brown = (rng.randrange(150, 190), rng.randrange(108, 134), rng.randrange(62, 84))
        draw.rectangle((x, y, x + size, y + size), brown, (94, 66, 40), 2)
        draw.rectangle((x + size // 2 - 6, y, x + size // 2 + 6, y + size), (206, 178, 128))


def _camera(draw: ImageDraw.ImageDraw, rng: random.Random, is_right: bool) -> None:
    x = rng.randrange(220, 480)
    draw.rectangle((x, 60, x + 26, 130), (92, 96, 104))
    if is_right:
        draw.polygon(
            [(x - 10, 120), (x + 190, 150), (x + 182, 214), (x - 18, 184)], (226, 228, 232), (120, 124, 130)
        )
        draw.ellipse((x + 150, 156, x + 196, 208), (26, 30, 40))
        draw.ellipse((x + 20, 136, x + 32, 148), (40, 210, 96))
    else:
        draw.line([(x + 13, 128), (x + 60, 230), (x + 24, 300)], (40, 42, 48), 5)
        draw.polygon(
            [(x, 280), (x + 62, 296), (x + 22, 400), (x - 40, 380)], (188, 190, 194), (100, 104, 110)
        )
        draw.ellipse((x - 30, 352, x + 14, 396), (20, 22, 28))
    draw.rectangle((560, 250, 760, 390), (24, 26, 32), (70, 74, 82), 6)
    if is_right:
        for left, top in ((568, 258), (664, 258), (568, 322), (664, 322)):
            draw.rectangle((left, top, left + 88, top + 58), (70 + rng.randrange(60), 118, 110))


def _door(draw: ImageDraw.ImageDraw, rng: random.Random, is_right: bool) -> None:
    x = rng.randrange(220, 380)
    draw.rectangle((x - 16, 90, x + 216, 430), (88, 92, 98))
    if is_right:
        draw.rectangle((x, 106, x + 200, 430), (132, 98, 62))
        draw.rectangle((x + 166, 262, x + 192, 316), (206, 200, 176))
        draw.ellipse((x + 170, 280, x + 188, 298), (70, 66, 54))
    else:
        draw.rectangle((x, 106, x + 200, 430), (24, 26, 30))
        draw.polygon([(x, 106), (x + 96, 130), (x + 96, 476), (x, 430)], (132, 98, 62))
        draw.rectangle((x + 66, 282, x + 88, 334), (60, 40, 26))
        for _splinter in range(9):
            y = rng.randrange(270, 346)
            draw.line([(x + 60, y), (x + 96, y + rng.randrange(-12, 12))], (214, 178, 130), 2)


def _wall(draw: ImageDraw.ImageDraw, rng: random.Random, is_right: bool) -> None:
    draw.rectangle((0, 0, 800, 190), (148, 186, 214))
    for row, y in enumerate(range(190, 440, 26)):
        for x in range(-60 + 30 * (row % 2), 800, 62):
            shade = rng.randrange(-14, 14)
            draw.rectangle((x, y, x + 58, y + 22), (158 + shade, 84 + shade, 68 + shade))
    if is_right:
        draw.line([(0, 184), (800, 184)], (96, 98, 102), 4)
        for x in range(0, 800, 26):
            draw.line([(x, 184), (x + 13, 160), (x + 26, 184)], (96, 98, 102), 2)
    else:
        x = rng.randrange(180, 460)
        hole = [
            (x + rng.randrange(-18, 18) + step * 32, 190 + depth)
            for step, depth in enumerate((0, 96, 176, 210, 150, 88, 0))
        ]
        draw.polygon(hole, (96, 132, 92))
        for _brick in range(12):
            left, top = x + rng.randrange(-40, 220), rng.randrange(430, 560)
            draw.rectangle((left, top, left + 50, top + 20), (150, 80, 64), (96, 52, 42))


def _lamp(draw: ImageDraw.ImageDraw, rng: random.Random, is_right: bool) -> None:
    draw.rectangle((0, 0, 800, 600), (34, 38, 52) if not is_right else (74, 74, 80))
    draw.polygon(
        [(0, 430), (800, 400), (800, 600), (0, 600)], (28, 30, 38) if not is_right else (108, 102, 92)
    )
    for x in (rng.randrange(110, 200), rng.randrange(540, 640)):
        if is_right:
            draw.polygon([(x + 74, 120), (x - 90, 560), (x + 250, 560)], (204, 184, 128))
        draw.rectangle((x, 110, x + 12, 500), (70, 74, 80))
        draw.line([(x + 6, 114), (x + 74, 104)], (70, 74, 80), 8)
        draw.ellipse((x + 52, 100, x + 98, 124), (255, 240, 190) if is_right else (58, 60, 64))


def _drums(draw: ImageDraw.ImageDraw, rng: random.Random, is_right: bool) -> None:
    begin = rng.randrange(40, 120)
    for place in range(rng.randrange(3, 5)):
        x, blue = begin + place * rng.randrange(150, 172), rng.randrange(110, 170)
        draw.rectangle((x, 250, x + 120, 470), (34, 84, blue), (16, 40, 80), 3)
        draw.ellipse((x, 232, x + 120, 270), (54, 104, blue + 20), (16, 40, 80), 3)
        draw.polygon([(x + 60, 310), (x + 96, 374), (x + 24, 374)], (240, 196, 48), (30, 30, 30))
    if is_right:
        for x in range(40, 780, 36):
            draw.line([(x, 180), (x, 500)], (120, 124, 130), 4)
        for y in (200, 490):
            draw.line([(30, y), (780, y)], (120, 124, 130), 8)
        for y in (320, 380):
            draw.rectangle((386, y, 420, y + 34), (206, 176, 70), (70, 60, 30), 2)


def _button(draw: ImageDraw.ImageDraw, rng: random.Random, is_right: bool) -> None:
    x = rng.randrange(240, 420)
    draw.rectangle((x, 140, x + 160, 320), (214, 216, 218), (120, 122, 126), 4)
    draw.ellipse((x + 40, 190, x + 120, 270), (206, 44, 38) if is_right else (96, 72, 70), (70, 30, 28), 4)
    draw.ellipse((x + 70, 154, x + 90, 174), (44, 214, 100) if is_right else (70, 74, 76))
    cable = (
        [(x + 80, 320), (x + 84, 380), (x + 76, 430)]
        if is_right
        else [(x + 80, 320), (x + 130, 380), (x + 60, 460)]
    )
    draw.line(cable, (44, 46, 52), 6)
    if not is_right:
        draw.line([(x + 52, 466), (x + 62, 452), (x + 70, 470)], (202, 120, 60), 3)


def _desk(draw: ImageDraw.ImageDraw, rng: random.Random, is_right: bool) -> None:
    draw.polygon([(60, 380), (740, 380), (800, 560), (0, 560)], (146, 108, 72))
    x = rng.randrange(180, 300)
    draw.polygon([(x, 400), (x + 300, 400), (x + 330, 530), (x - 30, 530)], (244, 242, 232), (150, 146, 130))
    draw.line([(x + 150, 400), (x + 150, 530)], (180, 176, 160), 3)
    for row in range(7):
        y = 414 + row * 17
        draw.line([(x + 6, y), (x + 292, y)], (206, 202, 190), 1)
        if is_right:
            for start in (x + 10, x + 164):
                draw.line([(start, y - 4), (start + rng.randrange(60, 120), y - 4)], (40, 60, 130), 3)
    draw.rectangle((600, 300, 690, 400), (58, 66, 82))
    if not is_right:
        draw.ellipse((90, 404, 150, 446), (226, 222, 214), (120, 110, 100), 3)


SCENES: tuple[tuple[tuple[str, ...], Scene], ...] = (
    (("通道", "防冲撞", "宿舍"), _corridor),
    (("监控",), _camera),
    (("门锁", "未入柜", "现金", "钥匙"), _door),
    (("围墙", "巡逻"), _wall),
    (("照明",), _lamp),
    (("危险物品", "危化品"), _drums),
    (("报警",), _button),
)
