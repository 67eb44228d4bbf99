"""Which keys of bands may be rows: a bit for each that is, small enough to be kept in memory.

Nearly every band of a new article is its own. Without the mask each of its 32 keys is looked for at another place of
a table with 32 rows an article; with it, those of which the bit is set: its copies' and one in sixteen others.
A bit too many costs one look; none is ever missing. Stored when bands become rows, within the same transaction.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from archive import tables as t
from archive.store_plain import ask, do_each

SPARE = 16
"""Bits for each key, at least."""
SMALLEST = 1 << 21
"""Bytes: room for 32,000 articles."""
GROWS = 4
PART = 1 << 20
"""Bytes in a row."""
SCANNED = 50_000
KEYS = "SELECT key FROM band WHERE key > {sign} ORDER BY key LIMIT {sign}"
LOWEST = -(1 << 63)
PARTS = select(t.band_mask.c.bits).order_by(t.band_mask.c.part)
SAVE = (
    "INSERT INTO band_mask (part, bits) VALUES ({sign}, {sign}) ON CONFLICT (part) DO UPDATE SET bits = excluded.bits"
)


class Mask:
    """The bits, a power of two of bytes; a key's highest bits say which byte its own is in, its lowest which bit.

    So keys in their order set bits in their order, which a processor's cache likes.
    """

    def __init__(self, bits: bytearray) -> None:
        self.bits, self._last = bits, len(bits) - 1
        self._shift = 64 - self._last.bit_length()

    @classmethod
    def load(cls, connection: Connection, keys: int) -> "Mask":
        """The mask as it was stored, or made from the rows where none was; `keys` is about how many there are."""
        bits = bytearray()
        for part in connection.execute(PARTS, execution_options={"yield_per": 1}).scalars():
            bits += part  # one at a time: at a million articles all of them are 64 MB
        return cls(bits) if bits else cls.of_rows(connection, keys)

    @classmethod
    def of_rows(cls, connection: Connection, keys: int) -> "Mask":
        """A mask with room for so many keys, made from the rows."""
        size = SMALLEST
        while size * 8 < keys * SPARE:
            size *= GROWS
        mask = cls(bytearray(size))
        rows = ask(connection, KEYS, (LOWEST, SCANNED))
        while rows:
            mask.add(key for (key,) in rows)
            rows = ask(connection, KEYS, (rows[-1][0], SCANNED))
        return mask

    def full(self, keys: int) -> bool:
        """Whether so many keys want a larger one."""
        return len(self.bits) * 8 < keys * SPARE

    def add(self, keys: Iterable[int]) -> None:
        """Set the bits of some keys."""
        bits, last, shift = self.bits, self._last, self._shift
        for key in keys:
            bits[key >> shift & last] |= 1 << (key & 7)

    def among(self, keys: Iterable[int]) -> list[int]:
        """Those of some keys that may be rows."""
        bits, last, shift = self.bits, self._last, self._shift
        return [key for key in keys if bits[key >> shift & last] >> (key & 7) & 1]

    def save(self, connection: Connection) -> None:
        """Store it."""
        parts = range(0, len(self.bits), PART)
        do_each(connection, SAVE, ((at // PART, bytes(self.bits[at : at + PART])) for at in parts))
