"""Image: which container image runs."""

from __future__ import annotations

import re

import attrs

from k8sgen.settings.value import Value, _matches

# Source: distribution/reference regexp.go.
_IMAGE_NAME = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?/)?[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*"
    r"(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*"
)
_IMAGE_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_IMAGE_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@attrs.frozen
class Image(Value):
    """
    A container image.

    Args:
        name: With its registry where that is not Docker Hub: `ghcr.io/example/backend`.
        tag: Never `latest`, which is another image tomorrow.
        digest: `sha256:` and 64 hexadecimal digits; it decides which image is pulled, not the tag.
    """

    name: str = attrs.field(validator=_matches(_IMAGE_NAME, "an image name without tag"))
    tag: str | None = attrs.field(default=None, validator=_matches(_IMAGE_TAG, "an image tag"))
    digest: str | None = attrs.field(
        default=None,
        validator=_matches(_IMAGE_DIGEST, "a digest (sha256: and 64 hexadecimal digits)"),
    )

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.digest is None and self.tag in (None, "latest"):
            msg = f"image {self.name!r} needs a tag (other than latest) or a digest"
            raise ValueError(msg)

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.name}{tag}" + (f"@{self.digest}" if self.digest else "")
