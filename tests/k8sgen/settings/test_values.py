"""The values that settings are made of refuse what Kubernetes would refuse."""

from __future__ import annotations

import re
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8sgen.settings.autoscaling import Autoscaling, least
from k8sgen.settings.image import Image
from k8sgen.settings.port import Port
from k8sgen.settings.resources import Compute, Resources, Storage
from k8sgen.settings.service import ServiceSettings
from k8sgen.settings.value import at_least, at_most, dns_label, host_name, is_host_name

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
COMPONENT = st.from_regex(r"[a-z0-9]+([._-][a-z0-9]+)*", fullmatch=True)
TAG = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", fullmatch=True)
DIGEST = st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True)


class TestImage:
    """An image is named so that it cannot change under one's feet."""

    @given(
        registry=st.sampled_from(["", "ghcr.io/", "localhost:5000/", "registry.k8s.io/"]),
        path=st.lists(COMPONENT, min_size=1, max_size=3).map("/".join),
        tag=TAG.filter(lambda tag: tag != "latest"),
    )
    def test_a_reference_is_its_parts(self, registry: str, path: str, tag: str) -> None:
        """Registry, path and tag in, the reference out."""
        assert str(Image(registry + path, tag)) == f"{registry}{path}:{tag}"

    @given(digest=DIGEST, tag=st.none() | TAG)
    def test_a_digest_stands_behind_the_tag(self, digest: str, tag: str | None) -> None:
        """Kubernetes reads it so; beside a digest even `latest` is only a remark."""
        assert str(Image("redis", tag, digest)) == f"redis{f':{tag}' if tag else ''}@{digest}"

    @given(name=st.text(max_size=12))
    def test_any_other_name_is_refused(self, name: str) -> None:
        """A name is an image's name or a ValueError that shows it."""
        try:
            Image(name, "1")
        except ValueError as error:
            assert repr(name) in str(error)  # noqa: PT017
        else:
            assert re.fullmatch(r"[A-Za-z0-9_.:/-]+", name)

    @pytest.mark.parametrize("tag", [None, "latest"])
    def test_an_image_that_may_change_is_refused(self, tag: str | None) -> None:
        """Neither no tag nor `latest`."""
        with pytest.raises(ValueError, match="needs a tag"):
            Image("redis", tag)

    @pytest.mark.parametrize("tag", ["-1", ".1", "a b", "x" * 129, "1\n"])
    def test_a_tag_is_a_tag(self, tag: str) -> None:
        """As the registry has it."""
        with pytest.raises(ValueError, match="is not an image tag"):
            Image("redis", tag)

    @pytest.mark.parametrize("digest", ["sha256:12", "md5:" + "0" * 32, "sha256:" + "G" * 64])
    def test_a_digest_is_a_digest(self, digest: str) -> None:
        """Whole, lower-case, of SHA-256."""
        with pytest.raises(ValueError, match="is not a digest"):
            Image("redis", digest=digest)


class TestHostName:
    """Hosts are those that an Ingress may have."""

    @given(st.lists(LABEL, min_size=1, max_size=5))
    def test_labels_joined_by_dots_are_a_host(self, labels: list[str]) -> None:
        """Unless the last is a number, as in an IP address."""
        assert is_host_name(".".join(labels)) == (not labels[-1].isdigit())

    @pytest.mark.parametrize(
        "host",
        ["", "A.example", "a_b.example", "-a.example", "a-.example", "a..example", "a.example.",
         "https://a.example", "a.example:80", "a.example/x", "10.0.0.1", "a.example\n", "*.example",
         "x" * 64 + ".example", ".".join(["x" * 60] * 5)],
    )  # fmt: skip
    def test_anything_else_is_refused(self, host: str) -> None:
        """Capitals, other characters, schemes, ports, paths, addresses, too many letters."""
        field: Any = attrs.make_class("Some", {"domain": attrs.field(validator=host_name)})
        with pytest.raises(ValueError, match=r"^domain: .* is not a host name; write for instance"):
            field(host)


@pytest.mark.parametrize("label", ["", "A", "a_b", "-a", "a-", "a.b", "x" * 64, "a\n", "ä"])
def test_a_dns_label_is_lower_case_letters_digits_and_dashes(label: str) -> None:
    """At most 63 of them."""
    field: Any = attrs.make_class("Some", {"name": attrs.field(validator=dns_label)})
    with pytest.raises(ValueError, match=r"^name: .* is not a DNS label"):
        field(label)
    assert field("a-1").name == "a-1"


class TestPort:
    """Ports are those that Kubernetes accepts."""

    @given(st.integers(1, 65535))
    def test_every_port_number_is_one(self, number: int) -> None:
        """From 1 to 65535."""
        assert Port("http", number).number == number

    @pytest.mark.parametrize("number", [0, -1, 65536])
    def test_no_other_number_is(self, number: int) -> None:
        """0 and below, and beyond 16 bits."""
        with pytest.raises(ValueError, match="is not between 1 and 65535"):
            Port("http", number)

    @pytest.mark.parametrize("name", ["", "Http", "80", "a--b", "a" * 16, "-a", "a-", "h_p"])
    def test_a_name_is_as_kubernetes_wants_it(self, name: str) -> None:
        """At most 15 characters, with a letter among them."""
        with pytest.raises(ValueError, match="is not a port name"):
            Port(name, 80)


class TestResources:
    """What a container asks for and may use."""

    @given(request=st.integers(1, 10**6), limit=st.integers(1, 10**6))
    def test_a_request_is_at_most_its_limit(self, request: int, limit: int) -> None:
        """Whatever the units: a thousandth of a core here, mebibytes there."""
        low, high = Compute(cpu=f"{request}m", memory="1Ki"), Compute(cpu=f"{limit}m", memory="1Mi")
        if request > limit:
            with pytest.raises(ValueError, match=f"cpu request {low.cpu} is more than its limit"):
                Resources(requests=low, limits=high)
        else:
            body = Resources(requests=low, limits=high).body()
            assert body == {"requests": low.body(), "limits": high.body()}

    def test_units_are_compared_by_amount(self) -> None:
        """1G is less than 1Gi, and 1000m is 1."""
        Resources(requests=Compute(cpu="1000m", memory="1G"), limits=Compute(cpu="1", memory="1Gi"))
        with pytest.raises(ValueError, match="memory request 1Gi is more than its limit 1G"):
            Resources(requests=Compute(cpu="1", memory="1Gi"), limits=Compute(cpu="1", memory="1G"))

    @pytest.mark.parametrize("amount", ["0", "-1", "0m", "0.0"])
    def test_an_amount_is_more_than_nothing(self, amount: str) -> None:
        """A limit of 0 would mean no limit."""
        with pytest.raises(ValueError, match=r"^cpu: .* must be more than zero"):
            Compute(cpu=amount, memory="1Mi")
        with pytest.raises(ValueError, match=r"^size: .* must be more than zero"):
            Storage(size=amount)


class TestServiceSettings:
    """What every service can be told."""

    IMAGE = Image("redis", "8")

    def test_the_autoscaler_says_how_many_run_at_least(self) -> None:
        """Else the replicas do."""
        scaling = Autoscaling(min_replicas=3, max_replicas=9)
        assert least(2) == 2
        assert least(scaling) == 3

    def test_the_most_is_not_less_than_the_least(self) -> None:
        """Of an autoscaler's bounds."""
        with pytest.raises(ValueError, match="max_replicas 1 is less than min_replicas 2"):
            Autoscaling(min_replicas=2, max_replicas=1)

    def test_a_subclass_checks_its_own_fields_too(self) -> None:
        """Without being told to."""

        @attrs.frozen(kw_only=True)
        class Own(ServiceSettings):
            verbose: bool = False

        with pytest.raises(ValueError, match=r"^verbose: 'yes' is a string, not a boolean$"):
            Own(image=self.IMAGE, verbose="yes")  # type: ignore[arg-type]


@given(st.integers(), st.integers())
def test_bounds_are_inclusive(bound: int, value: int) -> None:
    """`at_least` and `at_most` accept the bound itself."""
    for check, holds in ((at_least(bound), value >= bound), (at_most(bound), value <= bound)):
        field: Any = attrs.make_class("Some", {"size": attrs.field(validator=check)})
        if holds:
            assert field(value).size == value
        else:
            with pytest.raises(ValueError, match=f"^size: {value} is too"):
                field(value)


@pytest.mark.parametrize(
    ("cls", "field"),
    [(Image, "name"), (Compute, "cpu"), (Storage, "size"), (Port, "number"), (Port, "name")],
)
def test_a_wrong_type_is_said_in_words(cls: Any, field: str) -> None:
    """Not as a TypeError from deep within a check."""
    good = {"name": "a", "tag": "1", "cpu": "1", "memory": "1", "size": "1", "number": 1}
    names = [each.name for each in attrs.fields(cls) if each.name in good]
    with pytest.raises(ValueError, match=f"^{field}: .* is a list, not a "):
        cls(**{**{name: good[name] for name in names}, field: []})
