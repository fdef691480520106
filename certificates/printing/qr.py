"""QR codes (ISO/IEC 18004), module by module: segno makes the empty symbols, we fill them in.

Filling in is fifteen times as fast here as in segno, which asks of every module whether it may be written;
tests/certificates/printing/test_qr.py holds every size to segno's modules and reads them with ZBar.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import segno
from segno import consts

MASK = 4  # fixed: trying all eight masks costs ten times as much and every reader takes any of them
# Tables of the standard as segno has them, which types them as plain objects.
CAPACITY: Any = consts.SYMBOL_CAPACITY
BLOCKS: Any = consts.ECC
LEVELS = {"l": consts.ERROR_LEVEL_L, "m": consts.ERROR_LEVEL_M}
MODE_BITS, ALPHANUMERICS, BYTES = 4, 0b0010, 0b0100
COUNT_BITS = {ALPHANUMERICS: (9, 11, 13), BYTES: (8, 16, 16)}
ALPHANUMERIC = {
    character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
}
PADDING = b"\xec\x11"
VALUES = bytes.maketrans(b"01", b"\x00\x01")


@dataclass(frozen=True)
class Form:
    """An empty symbol: where each bit goes, what the mask turns, and how the code words are blocked."""

    size: int
    places: tuple[int, ...]  # for every module the position of its bit in the message followed by (0, 1)
    mask: int
    blocks: tuple[tuple[int, int], ...]  # (words of data, words of correction) of each block
    message_bits: int

    @property
    def data_words(self) -> int:
        """How many bytes of data it holds."""
        return sum(data for data, _ in self.blocks)


@dataclass(frozen=True)
class Segment:
    """A part of the text in one mode: how many characters it counts, and their bits (7.4)."""

    mode: int
    count: int
    value: int
    length: int

    def count_bits(self, version: int) -> int:
        """How many bits say how many characters follow (7.4.1, table 3)."""
        group = 0 if version < 10 else 1 if version < 27 else 2
        return COUNT_BITS[self.mode][group]


def matrix(text: str, level: str = "m") -> tuple[int, bytes]:
    """(Edge in modules, every module as 0 or 1 row by row) of the smallest code. Raises ValueError.

    What follows «#» is packed tighter when it has only the characters of the alphanumeric mode.
    """
    segments = _segments(text)
    version = _version(segments, level)
    form = _form(version, level)
    message = _message(segments, version, form)
    bits = bin(1 << form.message_bits | int.from_bytes(message, "big") << (form.message_bits % 8))[3:]
    symbols = (bits + "01").encode("ascii")
    raw = int(bytes(map(symbols.__getitem__, form.places)), 2) ^ form.mask
    return form.size, bin(raw | 1 << form.size**2)[3:].encode("ascii").translate(VALUES)


def _segments(text: str) -> list[Segment]:
    head, mark, tail = text.partition("#")
    if mark and tail and not set(tail) - ALPHANUMERIC.keys():
        return [_bytes(head + mark), _alphanumeric(tail)]
    return [_bytes(text)]


def _bytes(text: str) -> Segment:
    data = text.encode("utf-8")
    return Segment(BYTES, len(data), int.from_bytes(data, "big"), 8 * len(data))


def _alphanumeric(text: str) -> Segment:
    """Two characters in eleven bits, a last single one in six (7.4.4)."""
    values = [ALPHANUMERIC[character] for character in text]
    pairs = [f"{one * 45 + other:011b}" for one, other in zip(values[::2], values[1::2], strict=False)]
    last = [f"{values[-1]:06b}"] if len(values) % 2 else []
    bits = "".join(pairs + last)
    return Segment(ALPHANUMERICS, len(text), int(bits, 2), len(bits))


def _version(segments: list[Segment], level: str) -> int:
    for version in range(1, 41):
        needed = sum(MODE_BITS + one.count_bits(version) + one.length for one in segments)
        if needed <= CAPACITY[version][LEVELS[level]]:
            return version
    raise ValueError("The text is too long for a QR code.")


@cache
def _form(version: int, level: str) -> Form:
    empty = segno.make(
        b"0", version=version, error=level, mode="byte", mask=MASK, boost_error=False, micro=False
    )
    kinds = [tuple(row) for row in empty.matrix_iter(border=0, verbose=True)]
    size = len(kinds)
    places, order = {}, 0
    for column, row in _zigzag(size):
        is_data = kinds[row][column] in {consts.TYPE_DATA_DARK, consts.TYPE_DATA_LIGHT}
        if is_data or (row, column) == (8, size - 9):  # segno 1.6 takes this one for format (7.9.1)
            places[row, column] = order
            order += 1
    fixed = [[order + module for module in row] for row in empty.matrix]
    cells = [(row, column) for row in range(size) for column in range(size)]
    turned = "".join(str(int((row, column) in places and _is_turned(row, column))) for row, column in cells)
    return Form(
        size=size,
        places=tuple(places.get(cell, fixed[cell[0]][cell[1]]) for cell in cells),
        mask=int(turned, 2),
        blocks=tuple(
            (info.num_data, info.num_total - info.num_data)
            for info in BLOCKS[version][LEVELS[level]]
            for _ in range(info.num_blocks)
        ),
        message_bits=order,
    )


def _zigzag(size: int) -> list[tuple[int, int]]:
    """(Column, row) in the order in which bits are placed: two columns up, two down (7.7.3)."""
    cells = []
    rights = [right if right > 6 else right - 1 for right in range(size - 1, 0, -2)]
    for number, right in enumerate(rights):
        rows = range(size) if number % 2 else range(size - 1, -1, -1)
        cells += [(column, row) for row in rows for column in (right, right - 1)]
    return cells


def _is_turned(row: int, column: int) -> bool:
    """Mask 4 (7.8.2, table 10)."""
    return (row // 2 + column // 3) % 2 == 0


def _message(segments: list[Segment], version: int, form: Form) -> bytes:
    """Mode, count and characters, padded; then the correction; both woven block by block (7.4 to 7.6)."""
    head, used = 0, 0
    for one in segments:
        count_bits = one.count_bits(version)
        head = ((head << MODE_BITS | one.mode) << count_bits | one.count) << one.length | one.value
        used += MODE_BITS + count_bits + one.length
    closing = min(4, 8 * form.data_words - used)
    whole = -(-(used + closing) // 8)
    words = (head << (whole * 8 - used)).to_bytes(whole, "big")
    words += (PADDING * form.data_words)[: form.data_words - whole]
    blocks, corrections, start = [], [], 0
    for size, correction in form.blocks:
        blocks.append(words[start : start + size])
        corrections.append(_correction(blocks[-1], correction))
        start += size
    return _woven(blocks) + _woven(corrections)


def _woven(blocks: list[bytes]) -> bytes:
    longest = max(map(len, blocks))
    return bytes(block[index] for index in range(longest) for block in blocks if index < len(block))


def _correction(block: bytes, words: int) -> bytes:
    """The remainder of the block by the generator: each step takes one word with one look-up."""
    multiples, top, rest = _multiples(words), 8 * (words - 1), 0
    kept = (1 << top) - 1
    for word in block:
        rest = ((rest & kept) << 8) ^ multiples[rest >> top ^ word]
    return rest.to_bytes(words, "big")


@cache
def _multiples(words: int) -> tuple[int, ...]:
    """The generator polynomial of that many words times each element of the field, as one number each."""
    generator = [1]
    for power in range(words):
        root = consts.GALIOS_EXP[power]
        shifted = [*generator, 0]
        for index, factor in enumerate(generator):
            shifted[index + 1] ^= _times(factor, root)
        generator = shifted
    return tuple(
        int.from_bytes(bytes(_times(factor, element) for factor in generator[1:]), "big")
        for element in range(256)
    )


def _times(one: int, other: int) -> int:
    if not one or not other:
        return 0
    return int(consts.GALIOS_EXP[(consts.GALIOS_LOG[one] + consts.GALIOS_LOG[other]) % 255])
