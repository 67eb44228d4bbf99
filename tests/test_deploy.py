"""What deploy/ holds fits the program and is what its readers accept: systemd, nginx, logrotate, and our rules."""

import grp
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

import caicach
from archive.captures import CaptureWriter
from archive.database import connect, upgrade
from config.settings import Settings
from deploy.runtime_lock import runtime
from tests.archive.receivers import Hook

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
SYSTEMD = DEPLOY / "systemd"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8"))
KUBERNETES = [
    document
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
]
QUEUE = {"schedule", "worker"}
"""Commands of the compose profile "queue", in place of the service `nightly`."""
WHOLE = re.compile(r"(?<![\w./-])(?:/opt/caicach/bin/)?caicach ((?:[a-z]+ ?)+)((?:--[a-z-]+ ?)*)")


def known(words: list[str]) -> "list[str] | None":
    """The options of a command of ours; None when there is none of that name."""
    found: Any = typer.main.get_command(caicach.app)
    for word in words:
        inner = getattr(found, "commands", None)
        if inner is None:
            break
        if word not in inner:
            return None
        found = inner[word]
    if getattr(found, "commands", None):
        return None
    return [option for parameter in found.params for option in parameter.opts]


def called() -> Iterator[tuple[str, list[str], list[str]]]:
    """Every command that a file calls: the file, its words, its options."""
    for path in [*SYSTEMD.glob("*.service"), DEPLOY / "nightly", DEPLOY / "cron/caicach"]:
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith(("#", "Description")):
                for found in WHOLE.finditer(line):
                    yield path.name, found[1].split(), found[2].split()
    for name, service in COMPOSE["services"].items():
        if "caicach" in service["image"] and service["command"]:
            yield f"compose: {name}", *apart(service["command"])
    for container in containers():
        if container["image"] == "caicach" and "args" in container:
            yield f"kubernetes: {container['name']}", *apart(container["args"])


def apart(words: list[str]) -> tuple[list[str], list[str]]:
    return [word for word in words if word.isalpha()], [word for word in words if word.startswith("--")]


def containers() -> Iterator[dict[str, Any]]:
    for pod in pods():
        yield from [*pod.get("initContainers", []), *pod["containers"]]


def pods() -> Iterator[dict[str, Any]]:
    for one in KUBERNETES:
        if one["kind"] in {"Deployment", "StatefulSet"}:
            yield one["spec"]["template"]["spec"]
        if one["kind"] == "CronJob":
            yield one["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_every_command_that_is_called_exists() -> None:
    seen = list(called())
    assert len(seen) > 20
    for file, words, options in seen:
        taken = known(words)
        assert taken is not None, f"{file} calls caicach {' '.join(words)}"
        assert set(options) <= set(taken), f"{file} calls caicach {' '.join(words)} {options}"


def test_the_queue_is_started_by_its_profile_alone() -> None:
    services = COMPOSE["services"]
    assert {service["command"][0] for service in services.values() if service.get("profiles")} == QUEUE


def test_every_setting_that_is_set_exists() -> None:
    names = {f"CAICACH_{name.upper()}" for name in Settings.model_fields}
    only_here = {"CAICACH_TAG", "CAICACH_PORT", "CAICACH_SEARCH_KEY_READ"}
    for path in [*DEPLOY.rglob("*")]:
        if path.is_file() and path.suffix != ".pyc":
            used = set(re.findall(r"\bCAICACH_[A-Z_]+\b", path.read_text(encoding="utf-8")))
            assert used <= names | only_here, path.name


def services() -> list[str]:
    return sorted(COMPOSE["services"])


@pytest.mark.parametrize("name", services())
def test_compose(name: str) -> None:
    """A fixed image, a policy of restarts, a check of health, bounded logs, no privilege, no secret, known volumes."""
    service = COMPOSE["services"][name]
    assert ":" in service["image"]
    assert not service["image"].endswith(":latest")
    assert service["restart"] in {"unless-stopped", "no"}
    assert "no-new-privileges:true" in service["security_opt"]
    assert "max-size" in service["logging"]["options"]
    for volume in service["volumes"]:
        assert volume.split(":")[0] in COMPOSE["volumes"]
    assert set(service["networks"]) <= COMPOSE["networks"].keys()
    assert set(service.get("depends_on", {})) <= COMPOSE["services"].keys()
    for key, value in service["environment"].items():
        if re.search("PASSWORD|KEY|URL", key) and "://" not in value:
            assert value.startswith("${"), f"{key} is written down"
    if "caicach" in service["image"]:
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        long_lived = name == "app"
        assert long_lived is not service.get("healthcheck", {}).get("disable", False)
    else:
        assert service["healthcheck"]["test"][0] == "CMD"
        assert "ports" not in service
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_no_secret_is_written_down() -> None:
    lines = (DEPLOY / "env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if re.match(r"\w*(PASSWORD|KEY)\w*=", line) and not line.endswith("=")] == []
    wanted = set(re.findall(r"\$\{(\w+):\?", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    assert wanted <= {line.partition("=")[0] for line in lines}
    assert "/deploy/.env" in (ROOT / ".gitignore").read_text() or ".env" in (ROOT / ".gitignore").read_text().split()


def test_dockerfile() -> None:
    """Two stages of one fixed base, hashes required, a user of its own, a check of health, all that is copied there."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    names = [name for name, _ in steps]
    assert names.count("FROM") == 2
    assert re.search(r"^ARG PYTHON=\d\.\d+-slim-\w+$", text, re.MULTILINE)
    assert "--require-hashes" in text
    assert "http" not in text.replace("http://127.0.0.1:8000/healthz", ""), "no registry, no download"
    assert names.index("USER") > max(i for i, name in enumerate(names) if name == "RUN")
    assert dict(map(tuple, steps))["USER"] == "10001:10001"
    assert "HEALTHCHECK" in names
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    for name, words in steps:
        if name == "COPY" and "--from" not in words:
            *sources, _ = [word for word in words.split() if not word.startswith("--")]
            for source in sources:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in ignored, f"{source} is kept from the build"
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {f"!{package.rstrip('*')}" for package in packages} <= set(ignored)


def test_the_image_gets_what_runs_and_not_what_tests() -> None:
    """Every distribution that a run imports is there, with its hashes, as the lock pins it."""
    project, lock = ((ROOT / name).read_text(encoding="utf-8") for name in ("pyproject.toml", "requirements.lock"))
    entries = list(runtime(project, lock))
    names = {re.split(r"==| ", entry)[0].lower() for entry in entries}
    assert {"scrapy", "twisted", "sqlmodel", "psycopg-binary", "uvicorn", "setuptools", "lxml", "tantivy"} <= names
    assert not names & {"pytest", "ruff", "mypy", "playwright", "hypothesis", "schemathesis"}
    assert all("--hash=sha256:" in entry for entry in entries)
    left = [line for line in lock.splitlines() if "==" in line and line.split("==")[0] in names]
    assert sorted(left) == sorted(entry.splitlines()[0] for entry in entries), "one version for each Python stays"
    installed = subprocess.run(
        [sys.executable, "-c", REQUIRED], input="\n".join(names), capture_output=True, text=True, check=True
    )
    assert installed.stdout.split() == []


REQUIRED = """
import sys
from importlib.metadata import requires, PackageNotFoundError
from packaging.requirements import Requirement
names = set(sys.stdin.read().split())
for name in names:
    try:
        wanted = map(Requirement, requires(name) or [])
    except PackageNotFoundError:
        continue
    for one in wanted:
        if one.marker is None or one.marker.evaluate({"extra": ""}):
            if one.name.lower().replace("_", "-").replace(".", "-") not in names:
                print(name, "wants", one.name)
"""


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units as a machine would have them, with the program where it is here."""
    folder = tmp_path_factory.mktemp("root") / "etc/systemd/system"
    shutil.copytree(SYSTEMD, folder)
    for path in folder.glob("*.service"):
        here = str(Path(sys.executable).parent / "caicach")
        path.write_text(path.read_text(encoding="utf-8").replace("/opt/caicach/bin/caicach", here), encoding="utf-8")
    return folder


def analyze(*words: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine: Debian's package systemd has it")
    path = os.environ | {"SYSTEMD_UNIT_PATH": f"{folder}:", "SYSTEMD_COLORS": "0"}
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False, env=path)


def test_systemd_takes_the_units(units: Path) -> None:
    named = [str(path) for path in sorted(units.iterdir()) if path.suffix in {".service", ".timer"}]
    done = analyze("verify", *named, folder=units)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("unit", sorted(path.name for path in SYSTEMD.glob("*.service")))
def test_units_can_do_little(unit: str, units: Path) -> None:
    """At most 3.0 of the 10 that a unit without any fence has; the figure has a decimal only when it is an OK one."""
    root = str(units.parents[2])
    done = analyze("security", "--offline=true", f"--root={root}", "--no-pager", unit, folder=units)
    level = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert level, done.stderr
    assert float(level[1]) <= 3.0


@pytest.mark.parametrize("timer", sorted(path.name for path in SYSTEMD.glob("*.timer")))
def test_timers_start_something_and_catch_up(timer: str, units: Path) -> None:
    text = (SYSTEMD / timer).read_text(encoding="utf-8")
    assert (SYSTEMD / timer.replace(".timer", ".service")).exists()
    assert "Persistent=true" in text
    when = re.search(r"OnCalendar=(.*)", text)
    assert when
    assert when[1].endswith("Asia/Ho_Chi_Minh")
    assert analyze("calendar", when[1], folder=units).returncode == 0


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [one for one in KUBERNETES if one["kind"] == kind]


def test_kubernetes_names_lead_somewhere() -> None:
    """Services and policies choose pods that exist; claims, settings, files and ports are there."""
    labels = [
        (one["spec"].get("jobTemplate", one)["spec"]["template"])["metadata"]["labels"]
        for kind in ("Deployment", "StatefulSet", "CronJob")
        for one in of_kind(kind)
    ]
    for service in of_kind("Service"):
        assert any(service["spec"]["selector"].items() <= pod.items() for pod in labels), service["metadata"]["name"]
    for one in [*of_kind("Deployment"), *of_kind("StatefulSet"), *of_kind("PodDisruptionBudget")]:
        assert any(one["spec"]["selector"]["matchLabels"].items() <= pod.items() for pod in labels)
    claims = {one["metadata"]["name"] for one in of_kind("PersistentVolumeClaim")}
    for one in of_kind("StatefulSet"):
        claims |= {claim["metadata"]["name"] for claim in one["spec"]["volumeClaimTemplates"]}
    for pod in pods():
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        assert {
            v["persistentVolumeClaim"]["claimName"] for v in volumes.values() if "persistentVolumeClaim" in v
        } <= claims
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes.keys() | claims
            ports = {port["name"] for port in container.get("ports", [])}
            probes = [container[key] for key in container if key.endswith("Probe")]
            assert {probe["httpGet"]["port"] for probe in probes if "httpGet" in probe} <= ports
    (bundle,) = of_kind("Kustomization")
    files = {path.name for path in (DEPLOY / "kubernetes").glob("*.yaml")} - {"kustomization.yaml"}
    assert set(bundle["resources"]) == files
    assert not of_kind("Secret"), "secrets are made by hand"


def test_kubernetes_pods_can_do_little() -> None:
    for pod in pods():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
        assert pod["automountServiceAccountToken"] is False
    for container in containers():
        allowed = container["securityContext"]
        assert allowed["readOnlyRootFilesystem"] is True
        assert allowed["allowPrivilegeEscalation"] is False
        assert allowed["capabilities"] == {"drop": ["ALL"]}
    for night in of_kind("CronJob"):
        assert night["spec"]["timeZone"] == "Asia/Ho_Chi_Minh"
        assert night["spec"]["concurrencyPolicy"] == "Forbid"


def test_the_workflow_asks_what_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    steps = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    targets = {found for step in steps for found in re.findall(r"^make (\w+)", step.get("run", ""))}
    assert targets
    assert all(f"\n{target}:" in makefile for target in targets)
    assert WORKFLOW["permissions"] == {"contents": "read"}
    named = WORKFLOW["jobs"]["tests"]["services"]
    for name, service in named.items():
        assert service["image"] == COMPOSE["services"][name]["image"], "the tests ask what is deployed"


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not nginx:
        pytest.skip("nginx is not on this machine: Debian's package nginx-light has it")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=caicach", "-days", "2"]
    keys = ["-keyout", str(tmp_path / "caicach.key"), "-out", str(tmp_path / "caicach.crt")]
    subprocess.run([*made, *keys], check=True, capture_output=True)
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8").replace("/etc/nginx/tls", str(tmp_path))
    (tmp_path / "site.conf").write_text(site, encoding="utf-8")
    logs = f"error_log {tmp_path}/error.log; pid {tmp_path}/pid;"
    (tmp_path / "nginx.conf").write_text(
        f"{logs} events {{}} http {{ access_log off; include {tmp_path}/site.conf; }}", encoding="utf-8"
    )
    done = subprocess.run(
        [nginx, "-t", "-q", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_logrotate_rotates(tmp_path: Path) -> None:
    """By its file, with this user and folder in place of those of a server."""
    logrotate = shutil.which("logrotate", path=f"{os.environ['PATH']}:/usr/sbin")
    if not logrotate:
        pytest.skip("logrotate is not on this machine: Debian's package logrotate has it")
    (tmp_path / "crawl.log").write_text("a night\n")
    text = (DEPLOY / "cron/logrotate").read_text(encoding="utf-8").replace("/var/log/caicach", str(tmp_path))
    user = f"{pwd.getpwuid(os.getuid()).pw_name} {grp.getgrgid(os.getgid()).gr_name}"
    (tmp_path / "rules").write_text(text.replace("caicach caicach", user), encoding="utf-8")
    (tmp_path / "rules").chmod(0o644)
    command = [logrotate, "--force", "--state", tmp_path / "state", tmp_path / "rules"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "crawl.log.1").read_text() == "a night\n"
    assert (tmp_path / "crawl.log").read_text() == ""


def nightly(*words: str, **environment: str) -> "subprocess.Popen[str]":
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    own = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)} | environment
    command = [str(DEPLOY / "nightly"), *words]
    return subprocess.Popen(command, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("at", ["21:00", "00:00", "08:09", "23:59"])
def test_the_night_begins_by_the_clock_of_vietnam(at: str) -> None:
    told, _ = nightly("wait", NIGHT_AT=at).communicate(timeout=20)
    seconds = int(told)
    begins = datetime.now(UTC) + timedelta(hours=7, seconds=seconds)
    assert 0 < seconds <= 86_400
    wanted = begins.replace(hour=int(at[:2]), minute=int(at[3:]), second=0, microsecond=0)
    assert abs((begins - wanted).total_seconds()) < 20 or abs((begins - wanted).total_seconds()) > 86_380


def test_one_night_in_a_container(tmp_path: Path) -> None:
    """A step that fails is said, and the next ones follow: a portal file is wrong, a backup is made all the same."""
    settings = Settings(data=tmp_path / "data")
    settings.data.mkdir()
    engine = connect(settings.database)
    upgrade(engine)
    engine.dispose()
    with CaptureWriter(settings.data) as writer:
        writer.metadata("run:1:start", {"run": 1})
    (tmp_path / "backup").mkdir()
    (tmp_path / "portals").mkdir()
    (tmp_path / "portals" / "wrong.toml").write_text("name =")
    own = {
        "CAICACH_DATA": str(settings.data),
        "CAICACH_PORTALS": str(tmp_path / "portals"),
        "CAICACH_CONTACT": "t@localhost",
    }
    with Hook() as hook:
        running = nightly("once", BACKUP_DIR=str(tmp_path / "backup"), CAICACH_WEBHOOK_URL=hook.url, **own)
        told, said = running.communicate(timeout=120)
    assert running.returncode == 0
    assert [json.loads(body)["event"] for _, body in hook.posts] == ["report"]
    assert "nightly: begins" in told
    assert "nightly: caicach crawl --all ended with" in said
    assert "index verify ended with" not in said
    assert [path.suffix for path in (tmp_path / "backup").iterdir()] == [".tar"]
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_waiting_night_ends_at_once(number: int) -> None:
    later = datetime.now(UTC) + timedelta(hours=10)
    with nightly(NIGHT_AT=f"{later:%H:%M}") as running:
        assert running.stdout
        assert "sleeps" in running.stdout.readline()
        running.send_signal(number)
        try:
            assert running.wait(timeout=20) == 0
        finally:
            running.kill()


def test_nothing_names_a_registry() -> None:
    hosts = re.compile(
        r"pypi|pythonhosted|docker\.io|ghcr\.io|quay\.io|gcr\.io|npmjs|crates\.io|proxy\.golang", re.IGNORECASE
    )
    for path in [*DEPLOY.rglob("*"), ROOT / ".github/workflows/tests.yml", ROOT / "docs/runbook.md"]:
        if path.is_file() and path.suffix != ".pyc":
            assert not hosts.search(path.read_text(encoding="utf-8")), path.name
