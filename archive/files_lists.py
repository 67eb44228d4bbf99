"""What is in archives of files: their names, which is all that is read of them."""

import io
import zipfile
from collections.abc import Iterator

from archive.files_kinds import ENCRYPTED, NoTextError


def zipped(body: bytes) -> Iterator[str]:
    """The names of a zip's files; those without the UTF-8 flag are tried as UTF-8 all the same."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                yield entry.filename if entry.flag_bits & 0x800 else _utf8(entry.filename.encode("cp437"))


def _utf8(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("cp437")


def rar(body: bytes) -> Iterator[str]:
    """The names of a RAR's files, versions 1.5 to 5, any part of several. Raises NoTextError, OSError."""
    # Only archives of this kind need it.
    import rarfile  # type: ignore[import-untyped] # noqa: PLC0415

    try:
        with rarfile.RarFile(io.BytesIO(body), errors="strict", part_only=True) as archive:
            if archive.needs_password() and not archive.infolist():
                raise NoTextError(ENCRYPTED)
            yield from (entry.filename for entry in archive.infolist() if not entry.is_dir())
    except rarfile.Error as error:
        raise OSError(str(error) or type(error).__name__) from None
