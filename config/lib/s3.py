"""Where blobs lie in production: a private bucket of an S3-compatible object store.

Imported only when ``S3_BUCKET`` is set: boto3 costs 40 MB and 0.3 s at start.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from storages.backends.s3 import S3Storage


class BucketStorage(S3Storage):  # type: ignore[misc]  # django-storages carries no types
    """A bucket that takes finished local files; S3 shows an object only once it is whole."""

    def incoming(self) -> Path:
        """Return the machine's temporary folder: a bucket has none."""
        return Path(tempfile.gettempdir())

    def adopt(self, path: Path, name: str) -> None:
        """Upload ``path`` under ``name``, in parts when it is large, then remove it."""
        self.bucket.Object(name).upload_file(
            str(path),
            ExtraArgs={"ContentType": "application/octet-stream"},
            Config=self.transfer_config,
        )
        path.unlink()
