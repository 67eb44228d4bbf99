"""Lines that stand around an article and are never part of it; every rule matches a whole line.

Source of the strings: PORTALS.md 1.1 to 1.5, 1.7 and the five seeds of section 2. A rule that could
match a sentence of an announcement has no place here: toolbars, counters, ratings, forms only.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crawler.body import Line

COUNT = r"[\d.,\s]*"
TOOLBAR = (
    r"(?:(?:cỡ chữ|mặc định|a ?[-+]?|[-+]|\||:|tăng tương phản|giảm tương phản|tương phản|in bài viết|in trang|bản in|"
    r"đọc bài viết|nghe bài viết|gửi email|gửi mail|chia sẻ|lưu bài|lưu bài viết này|in ra|100%|facebook|zalo|twitter|tweet|print|email|"
    r"[🔼🔽🖨])\s*)+"
)
COUNTERS = (
    rf"(?:(?:số )?(?:lượt xem|lượt đọc|lượt truy cập|đã xem|lần xem|phản hồi|bình luận|online|đang truy cập|"
    rf"đang online|hôm nay|hôm qua|trong ngày|trong tuần|trong tháng|trong năm|tuần này|tháng này|tháng hiện tại|"
    rf"tổng lượt truy cập|tổng truy cập|truy cập hôm nay|thống kê|thống kê truy cập|views?)\s*:?\s*{COUNT})+"
)
RATING = (
    r"tổng số điểm của bài viết là:? \d* ?trong \d* ?đánh giá|(?:click|bấm|nhấn) để đánh giá bài viết|"
    r"xếp hạng: [\d.,]+ - \d+ phiếu bầu|đánh giá ?:?|(?:đánh giá ?: )?lượt đánh giá ?: ?\d*,? ?trung bình ?:? ?[\d.,]*(?: ?bình luận)?|"
    r"trung bình ?:? ?[\d.,]*|đánh giá bài viết"
)
FORMS = (
    r"mã xác thực(?: không đúng)?\.?|mã an toàn|mã bảo mật|ý kiến bạn đọc|gửi (?:ý kiến|bình luận|phản hồi)(?: của bạn)?|"
    r"bình luận|viết bình luận|ý kiến của bạn|họ (?:và )?tên\s*:?|email\s*:?|nội dung\s*:?"
)
FRAME = r"article|top page desktop|top page mobile|xuất bản thông tin|trang chủ|chi tiết bài viết|chi tiết tin|publishingportal - \w+"
STAMP = r"(?:ngày đăng|đăng ngày|đăng lúc|cập nhật(?: lúc| ngày)?|ngày cập nhật|đăng tải|thời gian đăng)\s*:?\s*[\w\s,:/|.()+-]*\d{4}[\s\d:/|.()+a-zA-Z-]*"
FILES = r"(?:các )?(?:tập tin|tệp|file|tài liệu|văn bản)(?: tin)? (?:đính kèm|kèm theo)\s*:?"
RELATED = (
    r"(?:các )?(?:tin|bài|tin bài|bài viết|tin tức)(?: viết)? (?:liên quan|khác|cùng chuyên mục|mới hơn|cũ hơn|đã đưa)|"
    r"những tin (?:mới|cũ) hơn|các tin (?:mới|cũ) hơn|tin cùng chuyên mục|theo dòng sự kiện|có thể bạn quan tâm|tin mới nhất|tin đọc nhiều"
)

AROUND = re.compile(rf"(?:{TOOLBAR}|{COUNTERS}|{RATING}|{FORMS}|{FRAME}|{STAMP}|{FILES})", re.IGNORECASE)
ENDS = re.compile(
    rf"(?:{RELATED}|{FILES}|{RATING}|mã xác thực không đúng\.?|gửi bình luận của bạn)\s*:?", re.IGNORECASE
)
ANYWHERE = re.compile(
    rf"(?:a ?- ?a ?a ?\+.*|tăng tương phản\s*giảm tương phản|{RATING.split('|đánh giá ?:?', maxsplit=1)[0]}|mã xác thực không đúng\.?|"
    r"top page desktop|publishingportal - \w+)",
    re.IGNORECASE,
)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){3,}")
POINTER = re.compile(
    r"(?:\W*(?:xem|tải|download|mời|nội dung|chi tiết|toàn văn|file|tệp|kèm theo|văn bản|kế hoạch|quyết định)\b.{0,100})?"
    r"\b(?:tại đây|ở đây|tải về|đính kèm)\W*",
    re.IGNORECASE,
)


def same(one: str, other: str) -> bool:
    """Whether two lines say the same, whatever their case, blanks and final stop."""
    return _key(one) == _key(other)


def _key(line: str) -> str:
    return unicodedata.normalize("NFC", "".join(line.split())).casefold().rstrip(".!:")


def is_pointer(line: str) -> bool:
    """Whether a line with a file link only points at the file: "Xem Kế hoạch tại đây !"."""
    return POINTER.fullmatch(line) is not None


def is_around(line: str, title: str = "") -> bool:
    """Whether a line at either end of a body is the frame's: toolbar, counter, stamp, slug, repeated title."""
    return AROUND.fullmatch(line) is not None or SLUG.fullmatch(line) is not None or bool(title and same(line, title))


@dataclass(slots=True)
class Trimmed:
    """A body without its frame, and what the frame's lines said of author and source."""

    lines: list[Line]
    author: str = ""
    source: str = ""


AUTHOR = re.compile(
    r"(?:tác giả|người viết|tin,? (?:và )?ảnh|bài,? (?:và )?ảnh|tin|bài viết)\s*:\s*(.{2,70})", re.IGNORECASE
)
SOURCE = re.compile(r"(?:nguồn(?: tin)?|theo)\s*:\s*(.{2,100})", re.IGNORECASE)
SIGNATURE = re.compile(r"(?=.{3,70}$)(?!.*\d)[^\W\d_].*(?<![.!?;:,…])")
DATELINE = re.compile(r"(?:\(([A-ZĐa-zÀ-ỹ]{2,12})\)|(ĐTO|HBĐT|GLO|QNO|HNM|YBĐT|TTĐT|HG))\s*[-–—]\s*(?=\S)")


def trimmed(lines: Sequence[Line], title: str) -> Trimmed:
    """The lines of a body without what stands around it; a signature is the author, a dateline the source."""
    kept = [line for line in lines if not (line.files and is_pointer(line.text)) and not ANYWHERE.fullmatch(line.text)]
    while kept and is_around(kept[0].text, title):
        del kept[0]
    for place, line in enumerate(kept):
        if place and ENDS.fullmatch(line.text):
            del kept[place:]
            break
    result = Trimmed(kept)
    while kept and _closing(kept, result):
        del kept[-1]
    _dateline(result)
    return result


def _closing(kept: list[Line], result: Trimmed) -> bool:
    """Whether the last line is the frame's or a signature, which is then taken up."""
    line = kept[-1]
    if AROUND.fullmatch(line.text):
        return True
    if len(kept) < 2:
        return False
    source = SOURCE.fullmatch(line.text)
    if source and not result.source:
        result.source = source[1]
        return True
    author = AUTHOR.fullmatch(line.text)
    signed = (line.right or (line.emphasised and len(line.text.split()) <= 6)) and SIGNATURE.fullmatch(line.text)
    if result.author or not (author or signed):
        return False
    result.author = author[1] if author else line.text
    return True


def _dateline(result: Trimmed) -> None:
    found = DATELINE.match(result.lines[0].text) if result.lines else None
    if found:
        first = result.lines[0]
        result.lines[0] = replace(first, text=first.text[found.end() :])
        result.source = result.source or found[1] or found[2]
