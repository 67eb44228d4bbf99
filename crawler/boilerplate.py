"""Lines that stand around an article and are never part of it; every rule matches a whole line.

Source of the strings: PORTALS.md 1.1 to 1.5, 1.7 and the five seeds of section 2. A rule that could
match a sentence of an announcement has no place here: toolbars, counters, ratings, forms only.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crawler.body import Line

LONGEST = 200
LONG_TEXT = 120
TOOLS = (
    r"cỡ chữ|mặc định|tăng tương phản|giảm tương phản|tương phản|in bài viết|in trang|bản in|in ra|đọc bài viết|"
    r"nghe bài viết|gửi email|gửi mail|gửi bạn bè|chia sẻ|lưu bài viết này|lưu bài|100%|"
    r"facebook|zalo|twitter|tweet|print|a ?[-+]|a\b|[-+|:🔼🔽🖨]"
)
COUNTED = (
    r"(?:số )?lượt (?:xem|đọc|truy cập)\s*:?|(?:đã|lần) xem\s*:?|(?:đang|tổng|số lượt|tổng lượt) truy cập\s*:?|"
    r"(?:phản hồi|bình luận|(?:đang )?online|khách|tất cả|hôm nay|hôm qua|trong (?:ngày|tuần|tháng|năm)|"
    r"(?:tuần|tháng|năm) (?:này|hiện tại)|truy cập hôm nay|thống kê(?: truy cập)?|views?)\s*:"
)
WHEN = r"[\d\s:/|.,()+%-]|thứ|hai|ba|tư|năm|sáu|bảy|chủ nhật|gmt|am|pm|lúc|ngày|giờ|lượt xem|lượt đọc|đã xem"
LABEL_OF_DATE = r"ngày đăng|đăng ngày|đăng lúc|đăng tải|thời gian đăng|ngày cập nhật|cập nhật(?: lúc| ngày)?"
RATED = (
    r"tổng số điểm của bài viết là ?:? ?\d* ?trong \d* ?đánh giá|(?:click|bấm|nhấn) để đánh giá bài viết|"
    r"xếp hạng ?: ?[\d.,]+ ?[-(] ?\d+ phiếu bầu\)?|"
    r"(?:đánh giá ?: ?)?lượt đánh giá ?: ?\d*,? ?trung bình ?:?\s?[\d.,]*(?:\s?bình luận)?"
)
CAPTCHA = r"mã xác thực(?: không đúng)?\.?|mã an toàn|mã bảo mật"
COMMENTS = r"ý kiến bạn đọc|ý kiến của bạn|(?:gửi|viết) (?:ý kiến|bình luận|phản hồi)(?: của bạn)?|bình luận"
FRAME = (
    r"article|top page (?:desktop|mobile)|xuất bản thông tin|trang chủ|chi tiết (?:bài viết|tin)|"
    r"publishingportal - \w+|đánh giá(?: bài viết)? ?:?|lượt (?:xem|đọc) ?:?"
)
TAGS = r"từ khóa ?:.*"
FILES = r"(?:các )?(?:tập tin|tệp|tệp tin|file|tài liệu|văn bản) (?:đính kèm|kèm theo) ?:?"
RELATED = (
    r"(?:các )?(?:tin|bài|tin bài|bài viết|tin tức)(?: viết)? (?:liên quan|khác|cùng chuyên mục|mới hơn|cũ hơn|đã đưa)|"
    r"những (?:tin|bài viết) (?:mới|cũ) hơn|theo dòng sự kiện|có thể bạn quan tâm|tin đọc nhiều"
)


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


AROUND = _rule(
    rf"(?:(?:{TOOLS})\s*|(?:{COUNTED})\s*[\d.,]+\s*[|/-]?\s*)++|{TAGS}|{RATED}|{CAPTCHA}|{COMMENTS}|{FRAME}|{FILES}|"
    rf"(?:{LABEL_OF_DATE})\s*:?(?=.*\d{{4}})(?:{WHEN})++|(?=.*\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{4}})(?:{WHEN})++"
)
ANYWHERE = _rule(rf"a ?- ?a ?a ?\+\s*(?:(?:{TOOLS})\s*)*+|top page desktop")
APPENDIX = _rule(rf"(?:{RELATED}|{RATED}|{CAPTCHA}|gửi (?:ý kiến|bình luận) của bạn) ?:?")
FILE_HEADING = _rule(FILES)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){3,}")
POINTER = _rule(
    r"(?:\W*(?:xem|tải|download|mời|nội dung|chi tiết|toàn văn|file|tệp|kèm theo|văn bản|kế hoạch|quyết định)\b"
    r".{0,100})?"
    r"\b(?:tại đây|ở đây|tải về|đính kèm)\W*"
)
POINTED = _rule(r"\W*(?:xem|tải(?: về| xuống)?|download|file|tệp|kèm theo)\b.{0,170}$")
AUTHOR = _rule(r"(?:tác giả|người viết|tin,? (?:và )?ảnh|bài,? (?:và )?ảnh|tin|bài viết)\s*:\s*(.{2,70})")
SOURCE = re.compile(r"(?i:nguồn(?: tin)?|theo)\s*:\s*((?=[A-ZĐÂĂÁỦỨ]|https?:|www\.).{2,100})")
SIGNATURE = re.compile(r"(?=.{3,70}$)(?!.*\d)[^\W\d_].*(?<![.!?;:,…])")
CAPITALISED = re.compile(r"(?:[^\W\d_a-zà-ỹđ]\S*\s*){2,6}(?:\([^()]{2,40}\))?")
LEAD = 40
DATELINE = re.compile(
    r"(?:\(([A-ZĐ][\w.]{1,20})\)|((?!UNESCO|NATO|WTO|WHO|CEO|ISO)[A-ZĐ]{1,5}O|HBĐT|HNM|YBĐT|TTĐT|HG))"
    r"\s*[-–—]\s*(?=\S)"
)
INITIALS = re.compile(r"()([A-ZĐ]{2,6})\s*[-–—]\s+(?=\S)")
"""How a newspaper begins any of its texts; elsewhere capitals may be anything."""


@dataclass(slots=True)
class Trimmed:
    """A body without its frame, and what the frame's lines said of author and source."""

    lines: list[Line]
    author: str = ""
    source: str = ""


def trimmed(lines: Sequence[Line], title: str, *, newspaper: bool = False) -> Trimmed:
    """The lines of a body without what stands around it; a signature is the author, a dateline the source.

    A newspaper's dateline may be any initials.
    """
    kept = [line for line in lines if not _needless(line)]
    while kept and is_around(kept[0].text, title):
        del kept[0]
    result = Trimmed(_without_appendix(_without_file_list(kept)))
    while result.lines and _closing(result):
        del result.lines[-1]
    _dateline(result, newspaper=newspaper)
    return result


def lead(lines: Sequence[Line]) -> str:
    """The sapo that is the body's first paragraph: a sentence set apart from the text below it; else empty."""
    if len(lines) < 3 or not lines[0].emphasised or lines[1].emphasised:
        return ""
    first = lines[0].text
    sentence = first[0].isupper() and first[-1] in ".…!" and sum(word.islower() for word in first.split()) >= 3
    return first if len(first) >= LEAD and sentence else ""


def _needless(line: Line) -> bool:
    """Whether a line is the frame's wherever it stands, or only points at a file that is kept as one."""
    return _is(ANYWHERE, line.text) or (line.files and POINTER.fullmatch(line.text) is not None)


def is_around(line: str, title: str = "") -> bool:
    """Whether a line at either end of a body is the frame's: toolbar, counter, stamp, slug, repeated title."""
    return _is(AROUND, line) or _is(SLUG, line) or bool(title and _key(line) == _key(title))


def _is(rule: re.Pattern[str], line: str) -> bool:
    return len(line) <= LONGEST and rule.fullmatch(line) is not None


def _key(line: str) -> str:
    return unicodedata.normalize("NFC", "".join(line.split())).casefold().rstrip(".!:")


def _without_file_list(lines: list[Line]) -> list[Line]:
    """Lines without a heading of files and the links below it; what is only named, without a link, stays."""
    heading = next((place for place, line in enumerate(lines) if place and _is(FILE_HEADING, line.text)), None)
    if heading is None:
        return lines
    after = heading + 1
    while after < len(lines) and (lines[after].files or lines[after].linked):
        after += 1
    return lines[:heading] + lines[after:] if after > heading + 1 or _is_frame(lines[after:]) else lines


def _is_frame(lines: list[Line]) -> bool:
    return not lines or is_around(lines[0].text)


def _without_appendix(lines: list[Line]) -> list[Line]:
    """Lines up to "Tin liên quan" and its like; a box amid the text loses its links, the text goes on."""
    kept: list[Line] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        place += 1
        if not (kept and _is(APPENDIX, line.text)):
            kept.append(line)
            continue
        while place < len(lines) and (lines[place].linked or is_around(lines[place].text)):
            place += 1
        if all(len(rest.text) < LONG_TEXT or rest.linked for rest in lines[place:]):
            break
    return kept


def _closing(result: Trimmed) -> bool:
    """Whether the last line is the frame's, a file's name or a signature, which is then taken up."""
    *before, line = result.lines
    if is_around(line.text) or (before and line.files and (line.linked or POINTED.match(line.text))):
        return True
    if not before:
        return False
    source = SOURCE.fullmatch(line.text)
    if source and not result.source:
        result.source = source[1]
        return True
    author = AUTHOR.fullmatch(line.text)
    if result.author or not (author or _signed(line, before[-1])):
        return False
    result.author = author[1] if author else line.text
    return True


def _signed(line: Line, before: Line) -> bool:
    """Whether a last line is the author's name by its setting; of a pasted document's signatures it is not."""
    if not SIGNATURE.fullmatch(line.text) or before.right:
        return False
    return line.right or (line.emphasised and CAPITALISED.fullmatch(line.text) is not None)


def _dateline(result: Trimmed, *, newspaper: bool) -> None:
    line = result.lines[0].text if result.lines else ""
    found = DATELINE.match(line) or (INITIALS.match(line) if newspaper else None)
    if found:
        first = result.lines[0]
        result.lines[0] = replace(first, text=first.text[found.end() :])
        result.source = result.source or found[1] or found[2]
