"""Evidence in a bucket of S3 or of what speaks its language. Objects appear whole by themselves."""

from datetime import datetime
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from django.utils.deconstruct import deconstructible
from storages.backends.s3 import S3Storage

from orders.policies.files import BYTES_AT_MOST

CONNECT_SECONDS = 3
READ_SECONDS = 8
TRIES = 2


@deconstructible
class EvidenceBucket(S3Storage):  # type: ignore[misc]
    """A name stands for its content, so an object that is there already is written over by itself."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            client_config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path" if options.get("endpoint_url") else "auto"},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"total_max_attempts": TRIES, "mode": "standard"},
                # Storages that are not Amazon's refuse the checksums that boto3 would add by itself.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            # One request for each file, in the caller's thread.
            transfer_config=TransferConfig(multipart_threshold=BYTES_AT_MOST + 1, use_threads=False),
            **options,
        )

    def url(self, *_args: object, **_options: object) -> str:
        raise ValueError("Evidence has no address of its own.")

    def get_modified_time(self, name: str) -> datetime:
        """As the storage's clock says. Raises FileNotFoundError."""
        try:
            moment: datetime = super().get_modified_time(name)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from None
            raise
        return moment
