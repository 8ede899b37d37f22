"""Faults in the Python of `services/`."""

from __future__ import annotations

from tests.k8sgen.cli.faults import CACHE, Fault, in_web, overrides, production, stack, web
from tests.projects import FILES, edited

LEFT_OUT = "\n  give the environment that service, or leave out this one too"
SUPER = "call super().__init__(…) first in its __init__"

PYTHON = (
    Fault(
        "a bracket that is never closed",
        web("class Web(Service):", "class Web(Service:"),
        "services/web.py:14: SyntaxError: invalid syntax\n  class Web(Service:",
    ),
    Fault(
        "a merge conflict",
        web("HTTP = Port", "<<<<<<< HEAD\nHTTP = Port"),
        "services/web.py:5: merge conflict marker\n  resolve the merge",
    ),
    Fault(
        "a module that is not installed",
        web("import attrs\n", "import requets\n"),
        "services/web.py:1: there is no module 'requets'\n"
        "  correct its name, or install it beside k8sgen",
    ),
    Fault(
        "a misspelt import from k8sgen",
        web("import Deployment,", "import Deploymnt,"),
        "services/web.py:3: k8sgen has no 'Deploymnt'\n  did you mean 'Deployment'?",
    ),
    Fault(
        "a misspelt attribute of k8sgen",
        stack("k8sgen.Ingress", "k8sgen.Ingres"),
        "services/stack.py:26: module 'k8sgen' has no attribute 'Ingres'\n"
        "  did you mean 'Ingress'?",
    ),
    Fault(
        "two files that import each other",
        {
            **edited(CACHE, "import attrs\n", "import attrs\nfrom services.web import HTTP\n"),
            **web("import attrs\n", "import attrs\nfrom services.cache import PORT\n"),
        },
        "services/web.py:2: services.cache and this file import each other\n"
        "  move what both need into a file of its own, or import it under TYPE_CHECKING",
    ),
    Fault(
        "a misspelt variable",
        web("cache.address", "cahe.address"),
        "services/web.py:21: name 'cahe' is not defined\n  did you mean 'cache'?",
    ),
    Fault(
        "a misspelt attribute",
        web("cache.address", "cache.adress"),
        "services/web.py:21: 'Endpoint' object has no attribute 'adress'\n"
        "  did you mean 'address'?",
    ),
    Fault(
        "an endless recursion",
        web("HTTP = Port", "def port() -> Port:\n    return port()\n\n\nHTTP = port() or Port"),
        "services/web.py:6: this calls or contains itself endlessly\n  --debug shows the traceback",
    ),
    Fault(
        "an exit",
        web("HTTP = Port", "exit(0)\nHTTP = Port"),
        "services/web.py:5: this ends the program\n  remove the call of exit()",
    ),
    Fault(
        "any other exception",
        in_web("[][0]"),
        "services/web.py:25: IndexError: list index out of range\n  --debug shows the traceback",
    ),
)

STACK = (
    Fault(
        "no stack",
        stack("class Stack(", "class Stck("),
        "services/stack.py: there is no class Stack that extends k8sgen.Stack\n"
        "  write class Stack(k8sgen.Stack)",
    ),
    Fault(
        "no class for the environments",
        {
            **stack("class Environment(k8sgen.Environment)", "class Environment"),
            **production("services.stack", "k8sgen"),
        },
        "services/stack.py: there is no class Environment that extends k8sgen.Environment\n"
        "  write class Environment(k8sgen.Environment)",
    ),
    Fault(
        "no name for the product",
        stack('    part_of = "example"\n', ""),
        "services/stack.py: class Stack has no part_of\n"
        '  write part_of = "…", the name of the product, in it',
    ),
    Fault(
        "a setting without a default, so that there is no base",
        stack("    cache: CacheSettings |", "    region: str\n    cache: CacheSettings |"),
        "services.stack.Environment, of which the base is the defaults: Environment is not given "
        "region\n  pass region=… where it is made",
    ),
    Fault(
        "a stack that is no construct yet",
        stack("        super().__init__(scope, environment)\n", ""),
        f"services/cache.py:17: Stack is used before it is a construct\n  {SUPER}",
    ),
    Fault(
        "a service that is no construct yet",
        web("        super().__init__(scope, settings, given=[cache])\n", ""),
        f"services/web.py:16: Web is used before it is a construct\n  {SUPER}",
    ),
    Fault(
        "a service that is given nothing for a dependency",
        stack(", cache=cache.port)", ")"),
        "services/stack.py:25: Web is not given cache\n  pass cache=… where it is made",
    ),
    Fault(
        "a service that is given None for a dependency",
        stack("cache=cache.port", "cache=None"),
        "services/web.py:16: given: an Endpoint or an Outside is required\n"
        "  if its service is left out here, leave this one out too",
    ),
    Fault(
        "a dependency that is only named",
        web("given=[cache]", 'given=["cache"]'),
        "services/web.py:16: given: 'cache' is a string, not an Endpoint or an Outside",
    ),
    Fault(
        "a dependency that is no list",
        web("given=[cache]", 'given="cache"'),
        "services/web.py:16: given: 'cache' is a string, not a list",
    ),
    Fault(
        "a service that is made with another type",
        stack("cache=cache.port", 'cache="cache"'),
        "services/stack.py:25: cache: 'cache' is a string, not an Endpoint",
    ),
    Fault(
        "None for a pod",
        web("Pod(container)", "None"),
        "services/web.py:25: pod: a Pod is required",
    ),
    Fault(
        "None for a container",
        web("Pod(container)", "Pod(None)"),
        "services/web.py:25: containers: a Container is required",
    ),
    Fault(
        "something of None",
        web("Pod(container)", "Pod(None.container)"),
        "services/web.py:25: what should have .container is None\n"
        "  if its service is left out here, leave out what needs it too",
    ),
    Fault(
        "a service left out that another needs",
        production("cache=CacheSettings()", "cache=None"),
        "services/stack.py:25: 'cache' is used, but was not made: its service is left out here "
        f"(in production){LEFT_OUT}",
    ),
    Fault(
        "a service left out that the stack makes all the same",
        {
            **stack("        if environment.cache:\n            cache =", "        cache ="),
            **production("cache=CacheSettings()", "cache=None"),
        },
        "services/stack.py:22: Cache is made, but the environment leaves it out (in production)\n"
        "  put it under `if environment.cache:`",
    ),
    Fault(
        "a service whose name Kubernetes cannot use",
        web("given=[cache])", "given=[cache], name='Web_2')"),
        "services/web.py:16: name: 'Web_2' is not a DNS label; write for instance web-2",
    ),
    Fault(
        "a secret key that is declared in two ways",
        in_web(
            "import k8sgen",
            'self.secret("key", k8sgen.Random())',
            'self.secret("key", k8sgen.Random(length=9))',
        ),
        "services/web.py:27: the key 'key' of the Secret web is declared twice, differently",
    ),
    Fault(
        "a StatefulSet that is to scale itself",
        overrides("cache: {replicas: {min_replicas: 1, max_replicas: 2}}\n"),
        "services/cache.py:21: the StatefulSet cache cannot be autoscaled; set replicas to a "
        "number (in production)",
    ),
    Fault(
        "a StatefulSet's own volume in a Deployment",
        {CACHE: FILES[CACHE].replace("StatefulSet", "Deployment")},
        "services/cache.py:21: Claim 'data' is for a StatefulSet, which cache is not; mount "
        "PersistentVolumeClaim(self, storage, name='cache-data')",
    ),
    Fault(
        "a probe that asks two things",
        in_web("import k8sgen", 'k8sgen.Probe(path="/", command=["true"])'),
        "services/web.py:26: a probe checks one thing, not path and command",
    ),
    Fault(
        "a gRPC probe by a port's name",
        in_web("import k8sgen", 'k8sgen.Probe(port="http", grpc="")'),
        "services/web.py:26: port: a gRPC probe needs the Port, not its name 'http'",
    ),
    Fault(
        "a right on everything",
        in_web("import k8sgen", 'k8sgen.PolicyRule(verbs=["*"], resources=["pods"])'),
        "services/web.py:26: verbs: '*' also grants what does not exist yet; name each",
    ),
    Fault(
        "an autoscaler without anything to scale by",
        in_web(
            "import k8sgen",
            "k8sgen.Autoscaling(min_replicas=1, max_replicas=2, cpu_utilization=None)",
        ),
        "services/web.py:26: metrics: nothing to scale by; set cpu_utilization, "
        "memory_utilization or metrics",
    ),
    Fault(
        "two main Deployments",
        in_web("Deployment(self, Pod(container))"),
        "services/web.py:26: There is already a Construct with name 'deployment' in "
        "Construct [web]\n"
        "  give it a name of its own (name=…), or an id where it takes one",
    ),
    Fault(
        "something outside that has no address",
        in_web("import k8sgen", 'self.uses(k8sgen.Outside("mail", ports=[587]))'),
        "services/web.py:26: 'mail' has neither hosts nor cidrs; name one of them",
    ),
    Fault(
        "something outside without a port",
        in_web("import k8sgen", 'self.uses(k8sgen.Outside("mail", hosts=["a.example"], ports=[]))'),
        "services/web.py:26: ports: it is empty; the least is 1",
    ),
    Fault(
        "an address that is no block",
        in_web("import k8sgen", 'k8sgen.Outside("db", cidrs=["10.20.0.1/16"], ports=[5432])'),
        "services/web.py:26: cidrs: '10.20.0.1/16' is not a CIDR block (10.20.0.1/16 has host bits "
        "set); write for instance 10.20.0.0/16",
    ),
    Fault(
        "an address that is no block, but nearly",
        in_web("import k8sgen", 'k8sgen.Outside("db", cidrs=["10.20.0.1"], ports=[5432])'),
        "services/web.py:26: cidrs: '10.20.0.1' is not a CIDR block; write 10.20.0.1/32",
    ),
    Fault(
        "the same service twice",
        stack(
            "        if environment.web:\n",
            "        if environment.cache:\n"
            "            Cache(self, environment.cache)\n"
            "        if environment.web:\n",
        ),
        "services/stack.py:25: the stack has a service cache already\n"
        "  give one a name of its own: super().__init__(…, name=…)",
    ),
    Fault(
        "an Outside that has the name of a service",
        in_web("import k8sgen", 'self.uses(k8sgen.Outside("cache", hosts=["a.com"], ports=[1]))'),
        "services/web.py:26: Outside('cache'): something else has this name; give it another one",
    ),
)

VALUES = (
    Fault(
        "an image name with a tag in it",
        web('Image("ghcr.io/example/web", "1.0.0")', 'Image("ghcr.io/example/web:1.0.0")'),
        "services/web.py:10: name: 'ghcr.io/example/web:1.0.0' is not an image name without tag",
    ),
    Fault(
        "an image that is another one tomorrow",
        web('"1.0.0"', '"latest"'),
        "services/web.py:10: image 'ghcr.io/example/web' needs a tag (other than latest) or a "
        "digest",
    ),
    Fault(
        "a port number beyond all ports",
        web("8000", "80000"),
        "services/web.py:5: number: 80000 is not between 1 and 65535",
    ),
    Fault(
        "a port name that is too long",
        web('Port("http"', 'Port("http-of-the-server"'),
        "services/web.py:5: name: 'http-of-the-server' is not a port name (lower-case letters, "
        "digits and -, at most 15)",
    ),
    Fault(
        "a bad host",
        stack("www.{environment.domain}", "www_{environment.domain}"),
        "services/stack.py:26: hosts: 'www_example.localhost' is not a host name; write for "
        "instance api.example.com",
    ),
    Fault(
        "a command in one string",
        web("probes=Probes", 'command="serve --all", probes=Probes'),
        "services/web.py:19: command: 'serve --all' is a string, not a list",
    ),
    Fault(
        "an environment variable without a value",
        web("cache.address}", "None}"),
        "services/web.py:19: env: CACHE: a string, a whole number, a boolean, a SecretKey, a "
        "FieldRef or a function is required",
    ),
    Fault(
        "an argument that does not exist",
        web("mounts={", "volumes={"),
        "services/web.py:19: Service.container takes no 'volumes'\n"
        "  known: name, image, resources, command, args, ports, env, env_from, mounts, "
        "probes, drain",
    ),
)
