"""Faults of constructs and manifests, ours and foreign ones."""

from __future__ import annotations

from tests.k8sgen.cli.faults import Fault, in_web, web

CONSTRUCTS = (
    Fault(
        "a construct id twice",
        in_web(
            "import constructs",
            'constructs.Construct(self, "more")',
            'constructs.Construct(self, "more")',
        ),
        "services/web.py:27: There is already a Construct with name 'more' in Construct [web]\n"
        "  give it a name of its own (name=…), or an id where it takes one",
    ),
    Fault(
        "a resource twice",
        in_web(
            "import constructs, k8sgen",
            'body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}}',
            'k8sgen.Manifest(self, "again", body)',
        ),
        "services/web.py:27: ConfigMap/web is made twice: by stack/web/config-map and by "
        "stack/web/again\n  give one of them another name",
    ),
    Fault(
        "a body that names no kind",
        in_web("import k8sgen", 'k8sgen.Manifest(self, "x", {"apiVersion": "v1"})'),
        "services/web.py:26: the body has no kind",
    ),
    Fault(
        "a value that JSON cannot say",
        web("timeout = 30\\n'}", "timeout = 30\\n', 'hosts': {1}}"),
        "services/web.py:18: files: hosts: {1} is a set, not a string, a mapping, a list, "
        "a function or a ConfigFile",
    ),
    Fault(
        "a number that JSON cannot say",
        in_web(
            "import k8sgen",
            'body = {"apiVersion": "v1", "kind": "X", "metadata": {"name": "x"}}',
            'k8sgen.Manifest(self, "x", {**body, "spec": {"items": [1, float("nan")]}})',
        ),
        "services/web.py:27: spec.items.1: nan (float) cannot be in a manifest",
    ),
    Fault(
        "a key that is no string",
        web('{"web.toml":', "{80:"),
        "services/web.py:18: files: 80 is a whole number, not a string",
    ),
    Fault(
        "a body that contains itself",
        in_web(
            "import k8sgen",
            'body = {"apiVersion": "v1", "kind": "X", "metadata": {"name": "x"}}',
            'body["spec"] = body',
            'k8sgen.Manifest(self, "x", body)',
        ),
        "services/web.py:28: this calls or contains itself endlessly\n"
        "  --debug shows the traceback",
    ),
    Fault(
        "an exception in a function that is called at the end",
        web("f'level = \"{settings.log_level}\"\\ntimeout = 30\\n'", "lambda: scope.nod"),
        "services/web.py:18: 'Stack' object has no attribute 'nod'\n  did you mean 'node'?",
    ),
    Fault(
        "a patch of what is not there",
        in_web(
            "import cdk8s, k8sgen",
            'body = {"apiVersion": "v1", "kind": "X", "metadata": {"name": "x"}}',
            'x = k8sgen.Manifest(self, "x", body)',
            'x.add_json_patch(cdk8s.JsonPatch.replace("/spec/replicas", 2))',
        ),
        "services/web.py:27: Cannot read properties of undefined (reading 'replicas')",
    ),
    Fault(
        "a wrong argument of a foreign construct",
        in_web(
            "import cdk8s_plus_33 as kplus",
            'kplus.Deployment(self, "x", replicas="two")',
        ),
        "services/web.py:26: type of argument replicas must be one of (int, float, NoneType); "
        "got str instead",
    ),
    Fault(
        "a foreign construct that JavaScript refuses",
        in_web(
            "import cdk8s_plus_33 as kplus",
            'kplus.ConfigMap(self, "x", data={"a": "1"}).add_data("a", "2")',
        ),
        'services/web.py:26: unable to add a ConfigMap entry with key "a". It is already used',
    ),
    Fault(
        "a foreign construct that finds itself incomplete",
        in_web("import cdk8s_plus_33 as kplus", 'kplus.Ingress(self, "x")'),
        "services/web.py:26: stack/web/x: ingress with no rules or default backend",
    ),
    Fault(
        "a foreign construct that is given another type, deep inside",
        in_web(
            "import cdk8s_plus_33 as kplus",
            'kplus.Pod(self, "x", containers=[{"image": "a", "port": "y"}])',
        ),
        "services/web.py:26: cdk8s-plus-33.Pod: containers[0].port: value is not a number: 'y'",
    ),
    Fault(
        "a dependency on what is no construct",
        in_web(
            "import cdk8s",
            'cdk8s.ApiObject(self, "x", api_version="v1", kind="X").add_dependency(3)',
        ),
        "services/web.py:26: cdk8s.ApiObject#addDependency: dependencies: value is not a "
        "construct: 3",
    ),
    Fault(
        "a container that is a string",
        in_web(
            "import k8sgen",
            'k8sgen.Manifest(self, "x", {"apiVersion": "v1", "kind": "Pod", '
            '"metadata": {"name": "x"}, "spec": {"containers": ["web"]}})',
        ),
        "services/web.py:26: spec.containers[0] is 'web', and should be a mapping",
    ),
    Fault(
        "a null in a list",
        in_web(
            "import k8sgen",
            'spec = {"podSelector": {}, "ingress": [{"from": [None]}]}',
            'k8sgen.Manifest(self, "x", {"apiVersion": "networking.k8s.io/v1", '
            '"kind": "NetworkPolicy", "metadata": {"name": "x"}, "spec": spec})',
        ),
        "services/web.py:27: spec.ingress[0].from[0] is null, which no list can hold",
    ),
    Fault(
        "a manifest that a validation refuses",
        in_web(
            "import constructs, jsii, k8sgen",
            "@jsii.implements(constructs.IValidation)",
            "class Never:",
            "    def validate(self) -> list[str]:",
            '        return ["not on a Friday", "nor on a Monday"]',
            "self.node.add_validation(Never())",
        ),
        "services/web.py:16: stack/web: not on a Friday; nor on a Monday",
    ),
    Fault(
        "several manifests at once",
        in_web(
            "import k8sgen",
            'body = {"apiVersion": "v1", "kind": "X", "metadata": {"name": "x"}}',
            'k8sgen.Manifest(self, "x", {**body, "spec": {1}})',
            'k8sgen.Manifest(self, "y", {**body, "spec": {2}})',
        ),
        "services/web.py:27: spec: {1} (set) cannot be in a manifest\n"
        "error: services/web.py:28: spec: {2} (set) cannot be in a manifest",
    ),
)
