"""The value types that settings are made of; each checks itself when it is made."""

from __future__ import annotations

import re
from typing import Any, Literal

import attrs

from k8sgen.quantity import parse_quantity
from k8sgen.typed import check_fields

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_HOST = re.compile(rf"({_LABEL.pattern}\.)*(?![0-9]+$){_LABEL.pattern}")  # no IP address
# Source: apimachinery pkg/util/validation/validation.go IsValidPortName.
_PORT_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?")
# Source: distribution/reference regexp.go.
_IMAGE_NAME = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?/)?[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*"
    r"(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*"
)
_IMAGE_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_IMAGE_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def _matches(pattern: re.Pattern[str], what: str) -> Any:
    def check(_: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
        if isinstance(value, str) and not pattern.fullmatch(value):
            msg = f"{attribute.name}: {value!r} is not {what}"
            raise ValueError(msg)

    return check


def _quantity(_: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
    if not isinstance(value, str):
        return
    try:
        amount = parse_quantity(value)
    except ValueError as error:
        msg = f"{attribute.name}: {error}"
        raise ValueError(msg) from None
    if amount <= 0:
        msg = f"{attribute.name}: {value!r} must be more than zero"
        raise ValueError(msg)


def is_host_name(text: str) -> bool:
    """Tell whether *text* is a DNS host name in lower case."""
    return len(text) <= 253 and _HOST.fullmatch(text) is not None  # RFC 1123


def host_name(_: object, attribute: attrs.Attribute[Any], value: str) -> None:
    """Check that *value* is a DNS host name in lower case."""
    if isinstance(value, str) and not is_host_name(value):
        msg = f"{attribute.name}: {value!r} is not a host name; write for instance api.example.com"
        raise ValueError(msg)


def at_least(least: int) -> Any:
    """Make a check that a number is *least* or more."""

    def check(_: object, attribute: attrs.Attribute[Any], value: int | None) -> None:
        if isinstance(value, int) and value < least:
            msg = f"{attribute.name}: {value} is too small; the least is {least}"
            raise ValueError(msg)

    return check


def at_most(most: int) -> Any:
    """Make a check that a number is *most* or less."""

    def check(_: object, attribute: attrs.Attribute[Any], value: int | None) -> None:
        if isinstance(value, int) and value > most:
            msg = f"{attribute.name}: {value} is too large; the most is {most}"
            raise ValueError(msg)

    return check


port_name = _matches(_PORT_NAME, "a port name (lower-case letters, digits and -, at most 15)")
dns_label = _matches(_LABEL, "a DNS label (lower-case letters, digits and -, at most 63)")


class Value:
    """
    What an attrs class extends so that its fields are of their annotated types.

    The checks above leave a value of another type to it.
    """

    __slots__ = ()

    def __attrs_post_init__(self) -> None:
        check_fields(self)


@attrs.frozen
class Image(Value):
    """
    A container image.

    Args:
        name: With its registry where that is not Docker Hub: `ghcr.io/example/backend`.
        tag: Never `latest`, which is another image tomorrow.
        digest: `sha256:` and 64 hexadecimal digits; wins over the tag when the image is pulled.
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


@attrs.frozen(kw_only=True)
class Compute(Value):
    """An amount of processor (cores) and memory (bytes), as Kubernetes quantities."""

    cpu: str = attrs.field(validator=_quantity)
    memory: str = attrs.field(validator=_quantity)

    @property
    def mebibytes(self) -> int:
        """The memory in MiB, for software that must be told its limit in its own words."""
        return int(parse_quantity(self.memory)) // 2**20

    def body(self) -> dict[str, str]:
        """Give the manifest's form."""
        return {"cpu": self.cpu, "memory": self.memory}


@attrs.frozen(kw_only=True)
class Resources(Value):
    """What a container asks for and what it may use at most."""

    requests: Compute = Compute(cpu="50m", memory="64Mi")
    limits: Compute = Compute(cpu="500m", memory="256Mi")

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        for unit in ("cpu", "memory"):
            request, limit = getattr(self.requests, unit), getattr(self.limits, unit)
            if parse_quantity(request) > parse_quantity(limit):
                msg = f"the {unit} request {request} is more than its limit {limit}"
                raise ValueError(msg)

    def body(self) -> dict[str, Any]:
        """Give the manifest's form."""
        return {"requests": self.requests.body(), "limits": self.limits.body()}


@attrs.frozen(kw_only=True)
class Storage(Value):
    """
    A persistent volume.

    Args:
        size: A Kubernetes quantity of bytes.
        class_name: The storage class; `None` is the cluster's default.
    """

    size: str = attrs.field(validator=_quantity)
    class_name: str | None = None

    @property
    def mebibytes(self) -> int:
        """The size in MiB."""
        return int(parse_quantity(self.size)) // 2**20


@attrs.frozen(kw_only=True)
class Autoscaling(Value):
    """
    The bounds between which a HorizontalPodAutoscaler moves the replicas.

    Args:
        min_replicas: In pods, at least 1.
        max_replicas: In pods, at least *min_replicas*.
        cpu_utilization: The mean that it aims at, in percent of the request.
    """

    min_replicas: int = attrs.field(validator=at_least(1))
    max_replicas: int
    cpu_utilization: int = attrs.field(default=75, validator=at_least(1))

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.max_replicas < self.min_replicas:
            msg = f"max_replicas {self.max_replicas} is less than min_replicas {self.min_replicas}"
            raise ValueError(msg)


@attrs.frozen
class Port(Value):
    """
    A port that a container listens on.

    Args:
        name: At most 15 characters; Kubernetes Services and probes use it.
        number: 1 to 65535.
    """

    name: str = attrs.field(validator=port_name)
    number: int = attrs.field()
    protocol: Literal["TCP", "UDP"] = "TCP"

    @number.validator
    def _in_range(self, _: attrs.Attribute[int], value: int) -> None:
        if isinstance(value, int) and not 1 <= value <= 65535:
            msg = f"port {value} is not between 1 and 65535"
            raise ValueError(msg)


@attrs.frozen(kw_only=True)
class ServiceSettings(Value):
    """
    What every service can be told; its own settings class adds to it.

    Args:
        image: Of the main container.
        replicas: In pods; left to the autoscaler where there is one.
        autoscaling: `None` keeps the replicas as they are.
        resources: Of the main container.
    """

    image: Image
    replicas: int = attrs.field(default=1, validator=at_least(0))
    autoscaling: Autoscaling | None = None
    resources: Resources = Resources()

    @property
    def least_replicas(self) -> int:
        """The number of pods that run at any time, at least."""
        return self.autoscaling.min_replicas if self.autoscaling else self.replicas
