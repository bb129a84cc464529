"""The same files in a bucket of S3, against a server that speaks it; and the setting that chooses."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.test import override_settings
from moto.server import ThreadedMotoServer

from config.evidence import evidence_storage
from config.parts.ports import free_ports
from core import clock
from orders.evidence_files import examine, forget_orphans, keep, keep_preview, open_kept
from tests.evidence.files import jpeg, noise, written

FIVE = timedelta(minutes=5)
KEY, SECRET = "the-key", "a/secret+with=signs"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    (port,) = free_ports(1)
    running = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    running.start()
    yield f"127.0.0.1:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, tmp_path: Path) -> Iterator[str]:
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{server}",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        region_name="ru-1",
    )
    client.create_bucket(Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": "ru-1"})
    address = f"s3+http://{KEY}:a%2Fsecret+with%3Dsigns@{server}/evidence/rop?region=ru-1"
    with override_settings(STORAGES={"evidence": evidence_storage(address, folder=tmp_path)}):
        yield "evidence"
    for found in client.list_objects_v2(Bucket="evidence").get("Contents", ()):
        client.delete_object(Bucket="evidence", Key=found["Key"])
    client.delete_bucket(Bucket="evidence")


@pytest.mark.usefixtures("bucket")
def test_files_go_there_and_come_back() -> None:
    content = jpeg()
    facts = examine(content, "photo.jpg")
    names = [keep(facts, content), keep_preview(facts, facts.preview)]
    assert keep(facts, content) == names[0]
    for name, expected in zip(names, (content, facts.preview), strict=True):
        with open_kept(name) as kept:
            assert kept.read() == expected


@pytest.mark.usefixtures("bucket")
def test_a_large_file_goes_there_in_one_request(tmp_path: Path) -> None:
    content = written(noise(2000, 2000), "PNG")
    assert len(content) > 12_000_000
    facts = examine(content, "photo.png")
    with open_kept(keep(facts, content)) as kept:
        assert kept.read() == content
    # An object of several parts has a tag that says how many.
    tag = storages["evidence"].bucket.Object(f"rop/{facts.sha256[:2]}/{facts.sha256}.png").e_tag
    assert "-" not in tag


@pytest.mark.usefixtures("bucket")
def test_what_is_not_there_is_said_to_be_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        open_kept(f"ab/ab{'0' * 62}.jpg")
    with pytest.raises(FileNotFoundError):
        storages["evidence"].get_modified_time(f"ab/ab{'0' * 62}.jpg")


@pytest.mark.usefixtures("bucket")
def test_no_address_of_it_is_given_out() -> None:
    with pytest.raises(ValueError, match="no address"):
        storages["evidence"].url("ab/x.jpg")


@pytest.mark.django_db
@pytest.mark.usefixtures("bucket")
def test_orphans_go_from_there_too() -> None:
    content = jpeg()
    facts = examine(content, "photo.jpg")
    stored_as = keep(facts, content)
    keep_preview(facts, facts.preview)
    turn = int(facts.sha256[:2], 16)
    now = clock.now()
    shelves = {int(at.timestamp() // 300) % 256: at for at in (now + number * FIVE for number in range(256))}

    assert forget_orphans(now=shelves[turn]) == 0
    assert forget_orphans(now=shelves[(turn + 1) % 256] + 256 * FIVE * 4) == 0
    # 256 times five minutes are a little less than a day.
    assert forget_orphans(now=shelves[turn] + 256 * FIVE * 4) == 2
    with pytest.raises(FileNotFoundError):
        open_kept(stored_as)


# ── the setting ──


def test_without_an_address_it_is_a_folder(tmp_path: Path) -> None:
    assert evidence_storage("", folder=tmp_path) == {
        "BACKEND": "orders.evidence_files.folder.EvidenceFolder",
        "OPTIONS": {"location": str(tmp_path)},
    }


def test_an_address_names_everything_that_a_bucket_needs(tmp_path: Path) -> None:
    options = evidence_storage(
        "s3://k%2Fey:se%40cret@s3.example:9000/files/a/b?region=ru-1", folder=tmp_path
    )["OPTIONS"]
    assert options == {
        "bucket_name": "files",
        "location": "a/b",
        "access_key": "k/ey",
        "secret_key": "se@cret",
        "endpoint_url": "https://s3.example:9000",
        "region_name": "ru-1",
    }


def test_amazons_own_needs_neither_host_nor_key(tmp_path: Path) -> None:
    options = evidence_storage("s3:///files?region=eu-central-1", folder=tmp_path)["OPTIONS"]
    assert options == {"bucket_name": "files", "region_name": "eu-central-1"}


@pytest.mark.parametrize(
    "address", ["https://s3.example/files", "s3://s3.example", "s3://s3.example/", "files"]
)
def test_an_address_that_can_be_none_is_refused_without_repeating_it(address: str, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        evidence_storage(address.replace("://", "://key:secret@"), folder=tmp_path)
    assert "secret" not in str(refused.value)
