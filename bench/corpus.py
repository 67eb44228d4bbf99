"""Articles for the search benchmark, the same for the same seed: what they are made of is stated here.

An article has about 520 words (3.3 KiB): 400 syllables drawn from 3,000 by Zipf's law (weight 1 / (rank + 2.7)),
and 30 phrases of the administration, drawn from the two or three topics it is about, early phrases of a topic more
often. A share of the articles thus has each question's words: from one article to two thirds of all, and
`bench/search.py` prints it. Titles have two phrases; facets have 8 to 3,000 values, as unevenly drawn.
"""

import random
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import accumulate

from archive.records import ActMention, ArchivedArticle, Role

TOPICS = [
    topic.split("|")
    for topic in (
        "cải cách hành chính|kế hoạch năm|CCHC|công tác cải cách hành chính|chỉ số PAR INDEX|tự chấm điểm",
        "thủ tục hành chính|TTHC|bộ phận một cửa|tiếp nhận và trả kết quả|đơn giản hóa hồ sơ|cắt giảm thời gian",
        "dịch vụ công trực tuyến|chuyển đổi số|chữ ký số|chính quyền điện tử|thanh toán không dùng tiền mặt|đề án 06",
        "tinh giản biên chế|sắp xếp tổ chức bộ máy|đơn vị sự nghiệp công lập|vị trí việc làm|phân cấp, ủy quyền",
        "đội ngũ cán bộ|cán bộ, công chức, viên chức|bồi dưỡng nghiệp vụ|thi tuyển công chức|đánh giá, xếp loại",
        "kỷ luật, kỷ cương hành chính|kiểm tra công vụ|người đứng đầu cơ quan|đạo đức công vụ|tiếp công dân",
        "văn bản quy phạm pháp luật|rà soát, hệ thống hóa|phổ biến pháp luật|theo dõi thi hành|trợ giúp pháp lý",
        "tài chính công|quyền tự chủ|chống lãng phí|quản lý tài sản công|khoán biên chế|thu ngân sách",
        "môi trường đầu tư kinh doanh|doanh nghiệp|chỉ số PCI|đối thoại với doanh nghiệp|tháo gỡ khó khăn",
        "chỉ số hài lòng của người dân|SIPAS|nâng cao chất lượng phục vụ|khảo sát ý kiến|PAPI",
        "nông thôn mới|đất đai|giấy chứng nhận quyền sử dụng|hộ tịch|bảo hiểm xã hội|giảm nghèo",
    )
]
COMMON = ["Ủy ban nhân dân huyện", "Ủy ban nhân dân tỉnh", "trên địa bàn", "UBND xã", "triển khai thực hiện", "báo cáo"]
QUESTIONS = [
    "cải cách hành chính",
    "ke hoach cai cach hanh chinh",
    "kế hoạch CCHC",
    "thủ tục hành chính",
    "82 qd ubnd",
    '"bộ phận một cửa"',
    "dịch vụ công trực tuyến -TTHC",
    "chuyển đổi số huyện",
    "title:kế hoạch",
    "tinh giản biên chế",
    "chu ky so",
    "thi tuyển công chức",
    "kiểm tra công vụ đột xuất",
    "quyền tự chủ đơn vị sự nghiệp",
    "SIPAS",
    "giấy chứng nhận đất đai",
    "theo doi thi hanh phap luat",
    "khoán biên chế",
    "Huyện 125",
    "ke hoahc tinh gianr bien che",
]
"""Broad and narrow ones, with marks and without, an act number, a phrase, a word left out, typos."""
PROVINCES = ["Quảng Nam", "Bình Định", "Hà Tĩnh", "Kon Tum", "Đồng Tháp", "Đà Nẵng", "Gia Lai", "Huế"]
AREAS = ["Cải cách thể chế", "Cải cách thủ tục hành chính", "Cải cách chế độ công vụ", "Cải cách tài chính công"]
TYPES = ["Quyết định", "Kế hoạch", "Báo cáo", "Công văn", "Thông báo"]
SYMBOLS = ["QĐ", "KH", "BC", "CV", "TB"]
HEADS = "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x".split()  # noqa: SIM905
RHYMES = "a an ang anh ao at âu em ên êt i iên inh ich o oan oc ôi ông ơi u uân ung ưu ương y".split()  # noqa: SIM905
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
VOCABULARY = 3_000
START = datetime(2015, 1, 1, 8, tzinfo=timezone(timedelta(hours=7)))


def articles(count: int, seed: int = 1) -> Iterator[ArchivedArticle]:
    """So many articles with ids from 1."""
    draw = random.Random(seed)
    words = _words(draw)
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))
    for number in range(1, count + 1):
        yield _article(number, draw, draw.choices(words, cum_weights=weights, k=430))


def _words(draw: random.Random) -> list[str]:
    """Syllables in every tone, in an order of chance: the first will be the most frequent."""
    made = sorted({
        unicodedata.normalize("NFC", head + rhyme[0] + tone + rhyme[1:])
        for head in HEADS for rhyme in RHYMES for tone in TONES
    })  # fmt: skip
    return draw.sample(made, VOCABULARY)


def _article(number: int, draw: random.Random, words: list[str]) -> ArchivedArticle:
    topics = [TOPICS[_early(draw, len(TOPICS))] for _ in range(draw.choice([2, 2, 3]))]
    phrases = [topic[_early(draw, len(topic))] for topic in topics for _ in range(24 // len(topics))]
    phrases += draw.sample(COMMON, 3) * 2
    kind = _early(draw, len(TYPES))
    act = f"{draw.randrange(1, 9000)}/{SYMBOLS[kind]}-UBND"
    province = PROVINCES[_early(draw, len(PROVINCES))]
    portal, district = _early(draw, 3000), number % 696
    row: dict[str, object] = {
        "url": f"https://cong-{portal}.gov.vn/tin/{number}.html",
        "portal": f"cong-{portal}",
        "portal_name": f"Cổng thông tin {portal}",
        "level": draw.choice(["province", "district", "commune"]),
        "province": province,
        "district": f"Huyện {district}",
        "commune": None,
        "province_now": province,
        "title": " ".join([*draw.sample(phrases, 2), *words[:5]]),
        "summary": " ".join(words[5:30]),
        "body": f"Ngày ban hành văn bản số {act}. {_woven(words[30:], phrases, draw)}",
        "published_at": START + timedelta(minutes=draw.randrange(5_000_000)),
        "published_precision": "minute",
        "source": "",
        "issuing_body": f"UBND huyện {district}",
        "act_type": TYPES[kind],
        "reform_areas": tuple(draw.sample(AREAS, draw.choice([1, 2]))),
        "indicators": ("PAPI",) if number % 5 == 0 else (),
        "kind": draw.choice(["plan", "report", "decision", "other"]),
        "family": "nukeviet",
    }
    announced = (ActMention(TYPES[kind], act, None, None, Role.ANNOUNCED),)
    return ArchivedArticle(number, row, number % 10 > 0, announced, (), ())


def _early(draw: random.Random, among: int) -> int:
    """A number below `among`, the small ones more often."""
    return int(among * draw.random() ** 2)


def _woven(words: list[str], phrases: list[str], draw: random.Random) -> str:
    """The words with the phrases between them, in some order."""
    step = len(words) // len(phrases)
    draw.shuffle(phrases)
    woven = [piece for at, phrase in enumerate(phrases) for piece in (*words[at * step : (at + 1) * step], phrase)]
    return " ".join([*woven, *words[len(phrases) * step :]])
