"""What articles are about: verdicts on labelled texts, areas, indices, kinds, and what sounds like reform."""

import json
import tomllib
from pathlib import Path

import pytest

from archive.records import Relevance
from archive.text import fold
from archive.topics import indicators, kind, reform_areas, relevance, sounds_like_reform
from config import vocabulary

LABELLED = tomllib.loads((Path(__file__).parent / "relevance.toml").read_text(encoding="utf-8"))


JUDGED = {
    name: tomllib.loads((Path(__file__).parent / f"relevance_{name}.toml").read_text(encoding="utf-8"))
    for name in ("tuned", "held")
}


def test_there_are_enough_labels() -> None:
    counted = [len(labels[key]) for labels in (LABELLED, *JUDGED.values()) for key in ("yes", "no", "texts")]
    assert sum(counted[:3]) >= 60
    assert sum(counted[3:]) >= 300


@pytest.mark.parametrize("name", ["tuned", "held"])
def test_precision_and_recall_over_many_labels(name: str) -> None:
    """One half of the labels the words were tuned on, the other never: it is seen as totals only."""
    labels = JUDGED[name]
    judged = [(title, "", True) for title in labels["yes"]] + [(title, "", False) for title in labels["no"]]
    verdicts = [(gold, relevance(title, "", body).is_reform) for title, body, gold in judged + labels["texts"]]
    right = sum(gold and found for gold, found in verdicts)
    assert right / sum(found for _, found in verdicts) >= 0.97
    assert right / sum(gold for gold, _ in verdicts) >= 0.97


@pytest.mark.parametrize("name", ["tuned", "held"])
def test_nearly_every_reform_title_is_worth_a_request(name: str) -> None:
    heard = [sum(map(sounds_like_reform, JUDGED[name][key])) / len(JUDGED[name][key]) for key in ("yes", "no")]
    assert heard[0] >= 0.97
    assert heard[1] <= 0.1


@pytest.mark.parametrize("title", LABELLED["yes"])
def test_titles_of_reform(title: str) -> None:
    assert relevance(title, "", "").is_reform, relevance(title, "", "")
    assert sounds_like_reform(title)
    assert sounds_like_reform("/tin-tuc/" + "-".join(fold(title).split()) + "-1234.html")


@pytest.mark.parametrize("title", LABELLED["no"])
def test_titles_of_other_things(title: str) -> None:
    assert not relevance(title, "", "").is_reform, relevance(title, "", "")


def test_most_other_titles_do_not_sound_like_reform() -> None:
    heard = [title for title in LABELLED["no"] if sounds_like_reform(title)]
    assert len(heard) <= len(LABELLED["no"]) / 10, heard


@pytest.mark.parametrize(("title", "body", "verdict"), LABELLED["texts"])
def test_short_texts(title: str, body: str, verdict: bool) -> None:
    assert relevance(title, "", body).is_reform is verdict, relevance(title, "", body)


def test_a_reform_listing_is_evidence_and_not_the_verdict() -> None:
    title, body = "Thông báo lịch làm việc", "Bộ phận một cửa nghỉ lễ hai ngày."
    assert relevance(title, "", body, listed=True).score > relevance(title, "", body).score
    assert not relevance("Giải bóng đá thiếu niên", "", "Trận chung kết diễn ra sôi nổi.", listed=True).is_reform


def test_the_words_that_decided_are_told() -> None:
    verdict = relevance("Kế hoạch CCHC năm 2026", "", "Xử phạt vi phạm hành chính không phải là nội dung này.")
    assert verdict.words[0] in {"CCHC", "xử phạt vi phạm hành chính"}
    assert verdict.is_reform
    assert relevance("", "", "") == Relevance(0.0474, False, ())


@pytest.fixture(scope="module")
def portal(shared: Path) -> list[dict[str, str]]:
    lines = (shared / "portals" / "nukeviet" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_verdicts_on_the_recorded_portal(portal: list[dict[str, str]]) -> None:
    verdicts = [(bool(one["is_reform"]), relevance(one["title"], one["summary"], one["body_text"])) for one in portal]
    right = sum(gold and verdict.is_reform for gold, verdict in verdicts)
    assert right / sum(verdict.is_reform for _, verdict in verdicts) >= 0.95
    assert right / sum(gold for gold, _ in verdicts) >= 0.95


def test_every_reform_title_and_address_of_the_recorded_portal_is_worth_a_request(portal: list[dict[str, str]]) -> None:
    for one in portal:
        if one["is_reform"]:
            assert sounds_like_reform(one["title"]), one["title"]
            assert sounds_like_reform(one["url"]), one["url"]
            assert sounds_like_reform(one["url"].rsplit("/", 1)[-1]), one["url"]
    others = [one for one in portal if not one["is_reform"]]
    assert sum(sounds_like_reform(one["title"]) for one in others) <= len(others) / 10


@pytest.mark.parametrize(
    "slug",
    [
        "kiem-tra-ca-i-ca-ch-ha-nh-chi-nh",
        "/portal/pages/2021-12-28/UBND-huyen-ban-hanh-Ke-hoach-Cai-cach-hanh-c-468686.aspx",
        "/portal/pages/2021-12-28/UBND-huyen-trien-khai-ke-hoach-cai-cach-h5x8k2a.aspx",
        "ke-hoach-CCHC-nam-2020",
        "cong-bo-chi-so-par-index-nam-2021-123456.html",
        "/web/guest/-/ay-manh-cai-cach-thu-tuc-hanh-chinh",
    ],
)
def test_slugs_as_portals_make_them(slug: str) -> None:
    assert sounds_like_reform(slug)


@pytest.mark.parametrize("slug", ["", "/", "index.html", "gioi-thieu", "xu-phat-vi-pham-hanh-chinh-12.html", "tin-tuc"])
def test_other_slugs(slug: str) -> None:
    assert not sounds_like_reform(slug)


def test_all_seven_task_groups_are_known_by_their_official_names() -> None:
    text = (
        "(1) Công tác chỉ đạo, điều hành và tuyên truyền CCHC; (2) Cải cách thể chế; (3) Cải cách thủ tục hành chính; "
        "(4) Cải cách tổ chức bộ máy hành chính nhà nước; (5) Cải cách chế độ công vụ; (6) Cải cách tài chính công; "
        "(7) Xây dựng và phát triển Chính quyền điện tử, Chính quyền số."
    )
    assert reform_areas(text) == tuple(vocabulary.reform_areas())
    assert len(reform_areas(text)) == 7


@pytest.mark.parametrize("area", vocabulary.reform_areas())
def test_each_area_is_found_by_its_own_name_alone(area: str) -> None:
    assert area in reform_areas(f"Trong năm, huyện tập trung {area.lower()}.")


def test_areas_need_their_words() -> None:
    assert reform_areas("Lễ hội đình làng thu hút hàng nghìn du khách.") == ()
    assert reform_areas("Tăng cường kỷ luật kỷ cương hành chính") == ("Cải cách chế độ công vụ",)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Cải cách hành chính (PAR INDEX), (PAPI) và (ICT Index)", ("ICT Index", "PAPI", "PAR INDEX")),
        ("Par-Index, PARINDEX và PAR Index", ("PAR INDEX",)),
        ("chỉ số hài lòng của người dân; Chỉ số cải cách hành chính", ()),
        ("chỉ số SIPAS, PCI, DDCI, DTI, PGI", ("DDCI", "DTI", "PCI", "PGI", "SIPAS")),
        ("mua sắm PCIe và DTIX", ()),
    ],
)
def test_indices(text: str, names: tuple[str, ...]) -> None:
    assert indicators(text) == names


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Kê hoạch Cải cách hành chính năm 2020", "plan"),
        ("Kế hoạch cải cách hành chính tỉnh năm 2020", "plan"),
        ("Ban hành Chương trình tổng thể cải cách hành chính", "programme"),
        ("Quyết định kiện toàn Ban Chỉ đạo CCHC", "decision"),
        ("Báo cáo công tác CCHC quý I", "report"),
        ("Công bố Chỉ số cải cách hành chính năm 2021", "ranking"),
        ("Hội nghị đánh giá công tác CCHC", "conference"),
        ("Kiểm tra công tác CCHC tại xã A", "inspection"),
        ("Tập huấn nghiệp vụ CCHC", "training"),
        ("Khai trương nhà văn hóa thôn 3", "other"),
        ("Nâng cao chất lượng Bộ phận Tiếp nhận và Trả kết quả", "other"),
        ("Số hóa hồ sơ, kết quả giải quyết thủ tục hành chính", "other"),
        ("Triển khai Đề án 06 gắn với cải cách hành chính", "other"),
        ("Huyện Sa Thầy xếp thứ nhất về cải cách hành chính", "ranking"),
        ("Công điện về chấn chỉnh việc giải quyết thủ tục hành chính", "decision"),
    ],
)
def test_kinds(title: str, name: str) -> None:
    assert kind(title, "") == name


def test_the_summary_is_asked_when_the_title_does_not_say() -> None:
    assert kind("Huyện A", "UBND huyện ban hành Kế hoạch số 5") == "plan"
    assert kind("Kế hoạch CCHC", "Hội nghị triển khai") == "plan"
