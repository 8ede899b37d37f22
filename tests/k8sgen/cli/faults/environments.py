"""Faults in the values and the override files of `environments/`."""

from __future__ import annotations

from tests.k8sgen.cli.faults import PRODUCTION, Fault, overrides, production
from tests.projects import edited

VALUES = (
    Fault(
        "a misspelt service",
        production("web=WebSettings(", "wep=WebSettings("),
        "environments/production.py:6: Environment takes no 'wep'\n  did you mean 'web'?",
    ),
    Fault(
        "a service that the stack does not have",
        production("web=WebSettings(", "mailer=WebSettings("),
        "environments/production.py:6: Environment takes no 'mailer'\n"
        "  known: name, namespace, cluster, quota, default_resources, priority, recipients, "
        "require_digests, domain, cache, web",
    ),
    Fault(
        "a setting that does not exist",
        production("replicas=3", "replcas=3"),
        "environments/production.py:10: WebSettings takes no 'replcas'\n  did you mean 'replicas'?",
    ),
    Fault(
        "a string for a number",
        production("replicas=3", 'replicas="3"'),
        "environments/production.py:10: replicas: '3' is a string, "
        "not a whole number or an Autoscaling",
    ),
    Fault(
        "a boolean for a number",
        production("replicas=3", "replicas=True"),
        "environments/production.py:10: replicas: True is a boolean, "
        "not a whole number or an Autoscaling",
    ),
    Fault(
        "another service's settings",
        production("cache=CacheSettings()", "cache=WebSettings()"),
        "environments/production.py:6: cache: this is a WebSettings, not a CacheSettings",
    ),
    Fault(
        "a negative number of replicas",
        production("replicas=3", "replicas=-3"),
        "environments/production.py:10: replicas: -3 is too small; the least is 0",
    ),
    Fault(
        "a bad quantity",
        production('"100m"', '"100 millicores"'),
        "environments/production.py:13: cpu: '100 millicores' is not a quantity; write for "
        "instance 250m, 2, 512Mi or 10Gi",
    ),
    Fault(
        "a quantity of nothing",
        production('"100m"', '"0"'),
        "environments/production.py:13: cpu: '0' must be more than zero",
    ),
    Fault(
        "a request beyond its limit",
        production('"128Mi"', '"1Gi"'),
        "environments/production.py:12: the memory request 1Gi is more than its limit 256Mi",
    ),
    Fault(
        "a bad host name",
        production('"example.com"', '"https://example.com"'),
        "environments/production.py:6: domain: 'https://example.com' is not a host name; write "
        "for instance api.example.com",
    ),
    Fault(
        "an address for a host name",
        production('"example.com"', '"10.0.0.1"'),
        "environments/production.py:6: domain: '10.0.0.1' is not a host name; write for instance "
        "api.example.com",
    ),
    Fault(
        "a bad namespace",
        production('domain="example.com"', 'namespace="My_Space"'),
        "environments/production.py:6: namespace: 'My_Space' is not a DNS label (lower-case "
        "letters, digits and -, at most 63)",
    ),
    Fault(
        "another name than the file's",
        production('name="production"', 'name="prod"'),
        "environments/production.py: the environment's name is 'prod', and the file's "
        "'production'\n  make both the same",
    ),
    Fault(
        "no value of the file's name",
        production("production = ", "prod = "),
        "environments/production.py: there is no 'production' in it that is an Environment of "
        'services/stack.py\n  write production = Environment(name="production", …)',
    ),
    Fault(
        "an environment of the library's class, not the project's",
        {PRODUCTION: 'import k8sgen\n\nproduction = k8sgen.Environment(name="production")\n'},
        "environments/production.py: there is no 'production' in it that is an Environment of "
        'services/stack.py\n  write production = Environment(name="production", …)',
    ),
    Fault(
        "an environment that takes the base's name",
        {"environments/base.py": edited(PRODUCTION, "production = ", "base = ")[PRODUCTION]},
        "environments/base.py: base is the name for what all environments share: the defaults of "
        "services/\n  give the environment another name",
    ),
)

OVERRIDES = (
    Fault(
        "an unknown setting",
        overrides("# by CI\nweb:\n  replcas: 4\n"),
        "environments/production.yaml:3: unknown setting 'web.replcas'\n  did you mean 'replicas'?",
    ),
    Fault(
        "an unknown service",
        overrides("weg:\n  replicas: 4\n"),
        "environments/production.yaml:1: unknown setting 'weg'\n  did you mean 'web'?",
    ),
    Fault(
        "a service that the environment leaves out",
        {**production("cache=CacheSettings()", "cache=None"), **overrides("cache:\n  image: {}\n")},
        "environments/production.yaml:2: cache: the environment leaves this service out\n"
        "  give it settings in the environment's Python file",
    ),
    Fault(
        "a word for a number",
        overrides("web:\n  replicas: four\n"),
        "environments/production.yaml:2: web.replicas: 'four' is a string, "
        "not a whole number or an Autoscaling",
    ),
    Fault(
        "a number in quotes",
        overrides('web:\n  replicas: "4"\n'),
        "environments/production.yaml:2: web.replicas: '4' is a string, "
        "not a whole number or an Autoscaling\n"
        "  take the quotes away: 4",
    ),
    Fault(
        "a tag that YAML reads as a number",
        overrides("web:\n  image:\n    tag: 1.10\n"),
        "environments/production.yaml:3: web.image.tag: 1.1 is a number, not a string\n"
        '  put quotes around it: "1.10"',
    ),
    Fault(
        "a tag that YAML reads as a date",
        overrides("web: {image: {tag: 2026-10-01}}\n"),
        "environments/production.yaml:1: web.image.tag: datetime.date(2026, 10, 1) is a date, "
        'not a string\n  put quotes around it: "2026-10-01"',
    ),
    Fault(
        "nothing where something is needed",
        overrides("web:\n  image:\n"),
        "environments/production.yaml:2: web.image: an Image is required",
    ),
    Fault(
        "half a value",
        overrides("web:\n  replicas:\n    min_replicas: 2\n"),
        "environments/production.yaml:3: web.replicas needs 'max_replicas'",
    ),
    Fault(
        "a value that the class refuses",
        overrides("web:\n  replicas:\n    min_replicas: 2\n    max_replicas: 1\n"),
        "environments/production.yaml:3: web.replicas: max_replicas 1 is less than min_replicas 2",
    ),
    Fault(
        "a number for a whole service",
        overrides("web: 3\n"),
        "environments/production.yaml:1: web must be a mapping of settings",
    ),
    Fault(
        "a list for the whole file",
        overrides("- web\n"),
        "environments/production.yaml:1: this file must be a mapping of settings",
    ),
    Fault(
        "the same setting twice",
        overrides("domain: a.example\nweb:\n  replicas: 1\ndomain: b.example\n"),
        "environments/production.yaml:4: 'domain' is set twice\n  keep one",
    ),
    Fault(
        "another name for the environment",
        overrides("name: staging\n"),
        "environments/production.yaml:1: an override cannot rename its environment\n"
        "  take the line out",
    ),
    Fault(
        "a merge conflict",
        overrides("web:\n<<<<<<< HEAD\n  replicas: 4\n=======\n  replicas: 5\n>>>>>>> main\n"),
        "environments/production.yaml:2: merge conflict marker\n  resolve the merge",
    ),
    Fault(
        "a bracket that is never closed",
        overrides("web:\n  image: {tag: a\n"),
        "environments/production.yaml:3: not YAML: expected ',' or '}', but got '<stream end>'",
    ),
    Fault(
        "a tab",
        overrides("web:\n\treplicas: 1\n"),
        "environments/production.yaml:2: not YAML: found character '\\t' that cannot start any "
        "token\n  indent with spaces; YAML allows no tabs there",
    ),
    Fault(
        "two documents",
        overrides("web:\n  replicas: 1\n---\nweb:\n  replicas: 2\n"),
        "environments/production.yaml:3: not YAML: but found another document",
    ),
    Fault(
        "bytes that are not UTF-8",
        overrides(b"web:\n  log_level: d\xe9bug\n"),
        "environments/production.yaml:2: not UTF-8\n  save it as UTF-8",
    ),
    Fault(
        "a control character",
        overrides("web:\n  log_level: \x01\n"),
        "environments/production.yaml:2: not YAML: the character U+0001\n  remove it",
    ),
    Fault(
        "a Python object",
        overrides("web:\n  log_level: !!python/object:os.system {}\n"),
        "environments/production.yaml:2: web.log_level: could not determine a constructor for the "
        "tag 'tag:yaml.org,2002:python/object:os.system'",
    ),
    Fault(
        "a file that belongs to no environment",
        {"environments/prodution.yaml": "web:\n  replicas: 1\n"},
        "environments/prodution.yaml: no environment reads this file\n  name it production.yaml",
    ),
    Fault(
        "a file with another suffix",
        {"environments/production.yml": "web:\n  replicas: 1\n"},
        "environments/production.yml: no environment reads this file\n  name it production.yaml",
    ),
    Fault(
        "several faults in two files",
        {
            **overrides(
                "domian: x\nweb:\n  replicas: -1\n  resources:\n    limits:\n      cpu: 2 cores\n"
                "  image: {tag: 2}\n"
            ),
            "environments/staging.yaml": "web: {replicas: many}\n",
        },
        "environments/production.yaml:1: unknown setting 'domian'\n  did you mean 'domain'?\n"
        "error: environments/production.yaml:3: web.replicas: -1 is too small; the least is 0\n"
        "error: environments/production.yaml:6: web.resources.limits.cpu: '2 cores' is not a "
        "quantity; write for instance 250m, 2, 512Mi or 10Gi\n"
        "error: environments/production.yaml:7: web.image.tag: 2 is a whole number, not a string\n"
        '  put quotes around it: "2"\n'
        "error: environments/staging.yaml:1: web.replicas: 'many' is a string, "
        "not a whole number or an Autoscaling",
    ),
)
