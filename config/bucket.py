"""The settings of an S3-compatible bucket, and the address its files come from."""

from __future__ import annotations

from typing import Any


def bucket_storage(
    name: str, endpoint_url: str, region: str, *, access_key: str, secret_key: str
) -> dict[str, Any]:
    """Return the entry of ``STORAGES`` for a bucket; empty keys mean those of the machine's role.

    An endpoint of one's own (MinIO and the like) is addressed by path, Amazon's by host name.
    """
    return {
        "BACKEND": "config.lib.s3.BucketStorage",
        "OPTIONS": {
            "bucket_name": name,
            "region_name": region or None,
            "endpoint_url": endpoint_url or None,
            "access_key": access_key or None,
            "secret_key": secret_key or None,
            "addressing_style": "path" if endpoint_url else "virtual",
            "signature_version": "s3v4",
            "querystring_expire": 600,
            "max_memory_size": 8 << 20,  # larger objects are opened through a temporary file
        },
    }


def bucket_origin(name: str, endpoint_url: str, region: str) -> str:
    """Return the origin of presigned addresses, for the content security policy."""
    if endpoint_url:
        return "/".join(endpoint_url.split("/")[:3])
    zone = "" if region in {"", "us-east-1"} else f".{region}"  # as botocore writes them
    return f"https://{name}.s3{zone}.amazonaws.com"
