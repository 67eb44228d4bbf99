"""Text recognition by tesseract, which is installed beside this program or not at all."""

import csv
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from itertools import groupby

LANGUAGE = "vie"
SECONDS = 50.0
"""What one page may take; the process around it gives up after 60 (archive/attachments.py)."""
LEGIBLE = 30.0
"""Confidence below which nothing was recognised: a photograph, a map."""
MISSING = "tesseract is not installed"


class NoRecognitionError(Exception):
    """A picture that could not be read; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """Lines of text, and how sure tesseract was of their words on the whole: 0 to 100."""

    text: str
    confidence: float


@cache
def means() -> str:
    """What recognises text here, such as `tesseract 5.3.0`; nothing where it or its Vietnamese is missing."""
    program = shutil.which("tesseract")
    if not program:
        return ""
    version, languages = (_said(program, option) for option in ("--version", "--list-langs"))
    return version.split("\n")[0].strip() if LANGUAGE in languages.split() else ""


def _said(program: str, option: str) -> str:
    asked = subprocess.run([program, option], capture_output=True, text=True, check=False, timeout=SECONDS)  # noqa: S603
    return asked.stdout


def recognise(picture: bytes) -> Recognised:
    """The text of a picture in a format that tesseract knows (PGM, PNG, TIFF). Raises NoRecognitionError."""
    if not means():
        raise NoRecognitionError(MISSING)
    # One thread: four would take four times the processor for a quarter less time.
    here = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    command = ["tesseract", "-", "-", "-l", LANGUAGE, "--psm", "1", "tsv"]
    try:
        done = subprocess.run(command, input=picture, capture_output=True, check=False, timeout=SECONDS, env=here)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise NoRecognitionError(f"recognition gave up after {SECONDS:g} seconds") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1][:120]
        raise NoRecognitionError(f"recognition failed: {said or f'exit {done.returncode}'}")
    found = read_table(done.stdout.decode("utf-8", "replace"))
    if found.confidence < LEGIBLE:
        raise NoRecognitionError("nothing legible")
    return found


def read_table(table: str) -> Recognised:
    """Tesseract's table of words (tsv) as lines; the confidence of each word counts by its letters."""
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [row for row in rows if row["level"] == "5" and (row["text"] or "").strip()]
    lines = groupby(words, lambda row: (row["block_num"], row["par_num"], row["line_num"]))
    text = "\n".join(" ".join(word["text"] for word in line) for _, line in lines)
    letters = sum(len(word["text"]) for word in words)
    sure = sum(max(float(word["conf"]), 0) * len(word["text"]) for word in words)
    return Recognised(text, round(sure / letters, 1) if letters else 0.0)
