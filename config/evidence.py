"""Where files of evidence are kept: a folder, or a bucket of S3; one setting decides."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SCHEMES = {"s3": "https", "s3+http": "http"}


def evidence_storage(url: str, *, folder: Path) -> dict[str, Any]:
    """The entry of STORAGES. Without an address: `folder`.

    `s3://KEY:SECRET@HOST/BUCKET[/PREFIX][?region=NAME]`; `s3+http://` without TLS; without HOST: Amazon's own.
    Without KEY the machine's own identity is used.
    """
    if not url:
        return {
            "BACKEND": "orders.evidence_files.folder.EvidenceFolder",
            "OPTIONS": {"location": str(folder)},
        }
    parts = urlsplit(url)
    bucket, _slash, prefix = parts.path.strip("/").partition("/")
    if parts.scheme not in SCHEMES or not bucket:
        raise ImproperlyConfigured(
            "EVIDENCE_STORAGE_URL has to be as s3://KEY:SECRET@HOST/BUCKET?region=NAME."
        )
    host = parts.netloc.rpartition("@")[2]
    options = {
        "bucket_name": bucket,
        "location": prefix,
        "access_key": unquote(parts.username or ""),
        "secret_key": unquote(parts.password or ""),
        "endpoint_url": f"{SCHEMES[parts.scheme]}://{host}" if host else "",
        "region_name": parse_qs(parts.query).get("region", [""])[0],
    }
    return {
        "BACKEND": "orders.evidence_files.bucket.EvidenceBucket",
        "OPTIONS": {name: value for name, value in options.items() if value},
    }
