"""The access rules: one a route, never two for a request; and how Oathkeeper is run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from k8sgen import Cluster, Endpoint, Environment, Port, Route, Service, SigningKey
from k8sgen.project.compose import Composition
from services._oathkeeper_files import read_routes
from services.oathkeeper import (
    IdTokens,
    Oathkeeper,
    OathkeeperSettings,
    access_rules,
)
from tests.services.stacks import Composed, composed

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NOBODY = cast(Service, SimpleNamespace(name="target"))
TARGET = Endpoint(server=NOBODY, host="target", port=Port("http", 80))


def route(id: str, path: str = "/", **options: Any) -> Route:  # noqa: A002
    """Return a route of a service that needs not be there."""
    return Route(**{"id": id, "endpoint": TARGET, "host": "a.example.com", "path": path, **options})


def fits(rule: Mapping[str, Any], method: str, url: str) -> bool:
    """
    Return whether Oathkeeper's `regexp` strategy matches; *url* is clean, as it makes it first.

    Source:
        ory/oathkeeper rule/rule.go, ory/ladon compiler/regex.go
    """
    parts = re.split(r"<(.*)>", rule["match"]["url"])
    odd = [f"({part})" if index % 2 else re.escape(part) for index, part in enumerate(parts)]
    pattern = "^" + "".join(odd) + "$"
    return method in rule["match"]["methods"] and re.search(pattern, url) is not None


def answering(rules: Sequence[Mapping[str, Any]], method: str, url: str) -> list[str]:
    """Return the ids of the rules that match."""
    return [rule["id"] for rule in rules if fits(rule, method, url)]


class TestAccessRules:
    """What `access_rules` makes of routes."""

    def test_longest_path_decides(self) -> None:
        """
        A path below another route's belongs to the deeper one, in whole segments.
        """
        rules = access_rules(
            [route("all"), route("api", "/api"), route("hooks", "/api/hooks")], scheme="https"
        )
        expected = {
            "": "all",
            "/": "all",
            "/apis": "all",
            "/api": "api",
            "/api/hooksmith": "api",
            "/api/hooks": "hooks",
            "/api/hooks/1/2": "hooks",
        }
        found = {p: answering(rules, "GET", f"https://a.example.com{p}") for p in expected}
        assert found == {path: [only] for path, only in expected.items()}

    def test_dots_stand_for_themselves(self) -> None:
        """
        A dot of a host or a path is no wildcard.
        """
        rules = access_rules([route("all"), route("known", "/.well-known")], scheme="https")
        assert answering(rules, "GET", "https://axexample.com/") == []
        assert answering(rules, "GET", "https://a.example.com/xwell-known") == ["all"]

    def test_wrong_scheme_or_host_fits_nothing(self) -> None:
        """
        What comes in plain text, or for another host, is refused.
        """
        rules = access_rules([route("all")], scheme="https")
        assert answering(rules, "GET", "http://a.example.com/") == []
        assert answering(rules, "GET", "https://b.example.com/") == []
        assert answering(rules, "GET", "https://a.example.com.evil.example/") == []

    def test_methods_may_have_rules_of_their_own(self) -> None:
        """
        Two routes of one path are told apart by their methods; HEAD goes where GET goes.
        """
        reading = route("read", methods=["GET"], access="public")
        rules = access_rules([reading, route("write", methods=["POST"])], scheme="https")
        found = {method: answering(rules, method, "https://a.example.com/x") for method in METHODS}
        assert {method: ids for method, ids in found.items() if ids} == {
            "GET": ["read"],
            "HEAD": ["read"],
            "POST": ["write"],
        }

    def test_public_route_passes_as_it_is(self) -> None:
        """
        Its credentials, such as a client's at Hydra's token endpoint, reach the service.
        """
        (rule,) = access_rules([route("open", access="public")], scheme="https")
        assert rule["authenticators"] == [{"handler": "noop"}]
        assert rule["mutators"] == [{"handler": "noop"}]
        assert rule["upstream"] == {"url": "http://target:80", "preserve_host": True}

    def test_token_route_asks_hydra_for_its_scopes(self) -> None:
        """
        The token is introspected, and replaced by a signed ID token.
        """
        (rule,) = access_rules([route("api", scopes=["orders.read"])], scheme="https")
        config = {"required_scope": ["orders.read"]}
        assert rule["authenticators"] == [{"handler": "oauth2_introspection", "config": config}]
        (mutator,) = rule["mutators"]
        assert mutator["handler"] == "id_token"
        assert '"aud": ["target"]' in mutator["config"]["claims"]

    @pytest.mark.parametrize(
        ("routes", "message"),
        [
            ([], "there is no route"),
            ([route("a"), route("a", "/x")], "'a' and 'a'"),
            ([route("a"), route("b", methods=["POST"])], "'a' and 'b' both answer a.example.com/"),
        ],
    )
    def test_ambiguous_routes_are_refused(self, routes: list[Route], message: str) -> None:
        """
        What could not be told apart is an error that names both.
        """
        with pytest.raises(ValueError, match=re.escape(message)):
            access_rules(routes, scheme="https")


SEGMENTS = st.sampled_from(["api", "apis", "v1", "v1.0", ".well-known", "a-b", "a"])
PATHS = st.lists(SEGMENTS, max_size=3).map(lambda segments: "/" + "/".join(segments))
HOSTS = st.sampled_from(["a.example.com", "b.example.com"])
PLACES = st.lists(st.tuples(HOSTS, PATHS), min_size=1, max_size=8, unique=True)


@given(PLACES, st.lists(st.tuples(HOSTS, PATHS), min_size=1, max_size=20))
def test_no_request_fits_two_rules(
    places: list[tuple[str, str]], requests: list[tuple[str, str]]
) -> None:
    """
    Of random routes, exactly the one with the longest fitting path answers a random request.
    """
    routes = [route(f"{host}{path}", path, host=host) for host, path in places]
    rules = access_rules(routes, scheme="https")
    for host, path in [*requests, *places]:
        above = [p for h, p in places if h == host and f"{path}/".startswith(f"{p.rstrip('/')}/")]
        expected = [f"{host}{max(above, key=len)}"] if above else []
        assert answering(rules, "GET", f"https://{host}{path}") == expected


def rules_of(composition: Composition) -> list[dict[str, Any]]:
    """Return the rules that Oathkeeper reads."""
    (text,) = (
        resource.body["data"]["rules.yaml"]
        for resource in composition.resources
        if resource.service == "oathkeeper" and resource.body["kind"] == "ConfigMap"
    )
    found: list[dict[str, Any]] = yaml.safe_load(text)
    return found


@pytest.mark.parametrize("environment", ["base", "local", "production", "staging"])
class TestRulesOfTheEnvironments:
    """The rules of this repository."""

    def test_ids_are_unique(
        self, environment: str, compositions: Mapping[str, Composition]
    ) -> None:
        """
        No two rules share an id.
        """
        ids = [rule["id"] for rule in rules_of(compositions[environment])]
        assert len(ids) == len(set(ids))

    def test_no_request_fits_two(
        self, environment: str, compositions: Mapping[str, Composition]
    ) -> None:
        """
        Around every rule's path, on every host, each method finds one rule or none.
        """
        rules = rules_of(compositions[environment])
        prefixes = [rule["match"]["url"].partition("<")[0] for rule in rules]
        hosts = {"/".join(prefix.split("/")[:3]) for prefix in prefixes}
        paths = {"/".join(["", *prefix.split("/")[3:]]).rstrip("/") for prefix in prefixes}
        ends = ("", "/", "/x", "x", "/../x", "/x/y", "%2F")
        urls = [f"{host}{path}{end}" for host in hosts for path in paths for end in ends]
        assert not [(u, m) for u in urls for m in METHODS if len(answering(rules, m, u)) > 1]
        assert all(answering(rules, "GET", prefix) for prefix in prefixes)

    def test_only_the_api_asks_for_a_token(
        self, environment: str, compositions: Mapping[str, Composition]
    ) -> None:
        """
        People log in, and clients fetch tokens, without one; the backend never answers without.
        """
        public = {
            rule["id"]: rule["upstream"]["url"]
            for rule in rules_of(compositions[environment])
            if rule["authenticators"] == [{"handler": "noop"}]
        }
        assert set(public.values()) == {"http://hydra-public:4444", "http://auth-handler:3000"}


class Target(Service):
    """A service with one port."""


BASE = Environment()


def stack(environment: Environment = BASE, **settings: Any) -> Composed:
    """Compose Oathkeeper in front of one service."""

    def wire(stack: Any) -> None:
        target = Target(stack, cast(Any, OathkeeperSettings()))
        http = target.endpoint(Port("http", 80))
        Oathkeeper(
            stack,
            OathkeeperSettings(**settings),
            routes=[route("api", endpoint=http)],
            introspection=http,
            id_tokens=IdTokens(issuer="https://api.example.com"),
        )

    return composed(wire, environment)


class TestOathkeeper:
    """How it is run."""

    def test_signing_key_is_a_file_of_the_secret(self) -> None:
        """
        The ID token's key is read from where the Secret is mounted.
        """
        made = stack()
        config = yaml.safe_load(made.files("oathkeeper")["oathkeeper.yaml"])
        url = config["mutators"]["id_token"]["config"]["jwks_url"]
        (mount,) = (
            mount
            for mount in made.container("oathkeeper")["volumeMounts"]
            if mount["name"] == "oathkeeper-secret"
        )
        volume = next(v for v in made.pod("oathkeeper")["volumes"] if v["name"] == mount["name"])
        (item,) = volume["secret"]["items"]
        assert url == f"file://{mount['mountPath']}/{item['path']}"

    def test_its_key_has_no_other_beside_it(self) -> None:
        """
        It signs with one key, of the set whose public half others mount.
        """
        secrets = stack().service(Oathkeeper).secrets
        keys = IdTokens(issuer="https://api.example.com").keys
        assert secrets["id-token.jwks.json"] == keys
        assert secrets["signing-key.jwks.json"].recipe == SigningKey(keys)

    def test_rules_are_read_from_the_config_map(self) -> None:
        """
        The file that the configuration names is the one that is mounted.
        """
        made = stack()
        config = yaml.safe_load(made.files("oathkeeper")["oathkeeper.yaml"])
        (rules,) = config["access_rules"]["repositories"]
        mounts = {mount["mountPath"] for mount in made.container("oathkeeper")["volumeMounts"]}
        folder, _, file = rules.removeprefix("file://").rpartition("/")
        assert folder in mounts
        assert file in made.files("oathkeeper")

    def test_scheme_of_the_rules_is_the_ingress(self) -> None:
        """
        With an issuer of certificates the rules fit https only.
        """
        secure = Environment(name="base", cluster=Cluster(issuer="letsencrypt"))
        for environment, scheme in ((BASE, "http"), (secure, "https")):
            (rule,) = yaml.safe_load(stack(environment).files("oathkeeper")["rules.yaml"])
            assert rule["match"]["url"] == f"{scheme}://a.example.com<(/.*)?>"

    def test_browsers_of_named_origins_may_call(self) -> None:
        """
        Cross-origin requests are answered for the origins in the settings, and for none without.
        """
        for origins, expected in (
            ((), {"enabled": False}),
            (
                ("https://example.com",),
                {
                    "enabled": True,
                    "allowed_origins": ["https://example.com"],
                    "allowed_headers": ["Authorization", "Content-Type"],
                },
            ),
        ):
            text = stack(cors_origins=origins).files("oathkeeper")["oathkeeper.yaml"]
            assert yaml.safe_load(text)["serve"]["proxy"]["cors"] == expected

    def test_its_memory_has_bounds(self) -> None:
        """
        Neither cached tokens nor the paths that anybody asks for take what they want.
        """
        config = yaml.safe_load(stack().files("oathkeeper")["oathkeeper.yaml"])
        cache = config["authenticators"]["oauth2_introspection"]["config"]["cache"]
        assert cache["max_cost"] == 10_000
        assert config["serve"]["prometheus"]["hide_request_paths"] is True

    def test_what_has_begun_ends_before_the_signal_to_stop(self) -> None:
        """
        Oathkeeper cuts a request five seconds after it, whatever the pod's grace.
        """
        made = stack(request_timeout=90)
        timeout = yaml.safe_load(made.files("oathkeeper")["oathkeeper.yaml"])["serve"]["proxy"]
        assert timeout["timeout"] == {"read": "90s", "write": "90s", "idle": "120s"}
        sleep = made.container("oathkeeper")["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert sleep > 90
        assert made.pod("oathkeeper")["terminationGracePeriodSeconds"] > sleep

    def test_without_a_token_nobody_is_sent_in_circles(self) -> None:
        """
        The answer is 401 for browsers too: no login page sets what a rule would read.
        """
        errors = yaml.safe_load(stack().files("oathkeeper")["oathkeeper.yaml"])["errors"]
        assert errors["fallback"] == ["json"]
        assert list(errors["handlers"]) == ["json"]

    def test_a_new_route_rolls_the_pods(self) -> None:
        """
        The checksum of the files is an annotation of the pods.
        """

        def annotations(**settings: Any) -> Any:
            template = stack(**settings)["Deployment", "oathkeeper"]["spec"]["template"]
            return template["metadata"]["annotations"]["checksum/config"]

        assert annotations() == annotations()
        assert annotations() != annotations(id_token_ttl="1m")

    @pytest.mark.parametrize(
        "wrong", [{"id_token_ttl": "5 minutes"}, {"cors_origins": ["https://example.com/"]}]
    )
    def test_settings_check_themselves(self, wrong: dict[str, Any]) -> None:
        """
        A wrong duration or origin is refused when the settings are made.
        """
        with pytest.raises(ValueError, match="must match regex"):
            OathkeeperSettings(**wrong)


def test_the_routes_are_read_back_from_the_rules() -> None:
    """
    With hosts, paths, methods and what they require; HEAD is asked as GET is.
    """
    routes = [
        route("one", methods=["GET"], access="public"),
        route("two", "/api", scopes=["read"]),
        route("three", "/api/v1", methods=["PUT"]),
    ]
    read = read_routes(yaml.safe_dump(access_rules(routes, scheme="https")))
    assert [(r.host, r.path, sorted(r.requires)) for r in read] == [
        ("a.example.com", "/", []),
        ("a.example.com", "/api", ["scope read", "token"]),
        ("a.example.com", "/api/v1", ["token"]),
    ]
    assert [sorted(read[0].methods), sorted(read[2].methods)] == [["GET", "HEAD"], ["PUT"]]


def test_a_rule_that_lets_anybody_pass_requires_nothing() -> None:
    """
    Of several authenticators the least strict counts, and one that is unknown asks for nothing.
    """
    (rule,) = access_rules([route("one")], scheme="https")
    for others in ([{"handler": "anonymous"}], [{"handler": "noop"}], []):
        rule["authenticators"] = [{"handler": "oauth2_introspection"}, *others]
        (read,) = read_routes(yaml.safe_dump([rule]))
        assert read.requires == (set() if others else {"token"})
