"""Pictures of the pages are small, and what a colour means stays."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from tools.page_pictures import SIGNATURE, chunk, with_palette

WIDE, HIGH = 64, 64
STARVED = (0xDC, 0xBF, 0x68)


def grey_with_one_stripe() -> NDArray[np.uint8]:
    """Noise of many colours around grey, and a few pixels of the colour of starved."""
    noise = np.random.default_rng(7).integers(90, 210, (HIGH, WIDE, 1))
    tint = np.random.default_rng(8).integers(-9, 10, (HIGH, WIDE, 3))
    pixels = (noise + tint).astype(np.uint8)
    pixels[10, 20:24] = STARVED
    return pixels


def png_of(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG as a browser writes it, without filters."""
    rows = np.hstack([np.zeros((HIGH, 1), np.uint8), pixels.reshape(HIGH, -1)])
    header = struct.pack(">IIBBBBB", WIDE, HIGH, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b""))
    return SIGNATURE + b"".join(chunk(name, data) for name, data in parts)


def shown(png: bytes) -> NDArray[np.uint8]:
    """The pixels of a PNG with a palette."""
    parts, at = {}, len(SIGNATURE)
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        parts[name] = png[at + 8 : at + 8 + length]
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(HIGH, WIDE + 1)
    palette = np.frombuffer(parts[b"PLTE"], np.uint8).reshape(-1, 3)
    return palette[rows[:, 1:]]


def test_a_rare_colour_keeps_its_hue() -> None:
    """Sixteen colours of hundreds: four pixels of one that means something are not another one."""
    found = shown(with_palette(png_of(grey_with_one_stripe()), 16))
    apart = np.abs(found[10, 20:24].astype(int) - np.array(STARVED)).max()
    assert apart <= 8, "within the width by which colours are gathered"
    assert len(np.unique(found.reshape(-1, 3), axis=0)) <= 16
