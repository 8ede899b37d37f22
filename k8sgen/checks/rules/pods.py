"""The rules about what pods use: configuration, secrets, accounts, claims, volumes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from k8sgen.checks.keys import config_keys, secret_keys
from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, nearest, rule
from k8sgen.checks.texts import told
from k8sgen.kubernetes.manifest import Body, get, label
from k8sgen.kubernetes.manifests import PodTemplate
from k8sgen.kubernetes.uses import Use, uses

_VARIABLE = re.compile(r"(?<!\$)\$\(([A-Za-z_][A-Za-z0-9_]*)\)")
_PATH = re.compile(r"(?:(?<=file://)|(?<![\w.:/~*}-]))/(?:[\w.-]+/)*[\w-]+(?:\.[\w-]+)*")
_FIELD = re.compile(
    r"metadata\.(name|namespace|uid|(labels|annotations)\['[^']+'\])"
    r"|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?)"
)


def _missing(
    use: Use, pod: PodTemplate, known: Collection[str] | None, all_names: Collection[str]
) -> Iterator[Issue]:
    if use.optional:
        return
    where = f"{label(pod.owner)}: {use.where}"
    if known is None:
        message = f"{where}: there is no {use.kind} {use.name!r}"
        yield Issue(pod.owner, message, nearest(use.name, all_names))
    elif use.key is not None and use.key not in known:
        message = f"{where}: the {use.kind} {use.name!r} has no key {use.key!r}"
        yield Issue(pod.owner, message, nearest(use.key, known))


@rule("config-map-reference", fix="name a ConfigMap and a key of the same namespace")
def config_maps(rendered: Rendered) -> Iterator[Issue]:
    """Every ConfigMap that a pod uses exists, with the keys that it uses."""
    for pod in rendered.pods:
        for use in uses(pod.spec, "ConfigMap"):
            known = config_keys(rendered, use.name, pod.owner)
            yield from _missing(use, pod, known, rendered.names("ConfigMap"))


@rule("secret-reference", fix="declare the key with service.secret(…)")
def secrets(rendered: Rendered) -> Iterator[Issue]:
    """Every Secret that a pod uses is declared, with the keys that it uses."""
    for pod in rendered.pods:
        for use in uses(pod.spec, "Secret"):
            every = secret_keys(rendered)
            yield from _missing(use, pod, every.get(use.name), every)


@rule("secret-unused", severity="warning", fix="remove the key from the contract")
def unused_secrets(rendered: Rendered) -> Iterator[Issue]:
    """Every key that a contract declares is used by a pod, or goes into another key."""
    users = {(u.name, u.key): pod.owner for pod in rendered.pods for u in uses(pod.spec, "Secret")}
    owners = {name: owner for (name, _), owner in users.items()}
    templates = " ".join(t for keys in rendered.context.secrets.values() for t in keys.values())
    for name, keys in rendered.context.secrets.items():
        for key in keys if (name, None) not in users else ():
            if (name, key) not in users and f"{{{name}/{key}}}" not in templates:
                yield Issue(owners.get(name), f"Secret/{name}: no pod uses its key {key!r}")


@rule("service-account-reference", fix="name the service's own ServiceAccount")
def service_accounts(rendered: Rendered) -> Iterator[Issue]:
    """Every pod runs under a ServiceAccount that exists, not the default one."""
    for pod in rendered.pods:
        name = pod.spec.get("serviceAccountName", "default")
        if name == "default":
            yield Issue(pod.owner, f"{label(pod.owner)}: it runs under the default ServiceAccount")
        elif not rendered.find("ServiceAccount", name, pod.owner):
            message = f"{label(pod.owner)}: there is no ServiceAccount {name!r}"
            hint = nearest(name, rendered.names("ServiceAccount"))
            yield Issue(pod.owner, message, hint)


@rule("priority-class-reference", fix="name a PriorityClass that exists")
def priority_classes(rendered: Rendered) -> Iterator[Issue]:
    """Every priority class that a pod names exists."""
    builtin = ("system-cluster-critical", "system-node-critical")
    for pod in rendered.pods:
        name = pod.spec.get("priorityClassName")
        if name and name not in builtin and name not in rendered.names("PriorityClass"):
            message = f"{label(pod.owner)}: there is no PriorityClass {name!r}"
            yield Issue(pod.owner, message, nearest(name, rendered.names("PriorityClass")))


@rule("claim-reference", fix="name a PersistentVolumeClaim that exists")
def claims(rendered: Rendered) -> Iterator[Issue]:
    """Every persistent volume claim that a pod mounts exists."""
    for pod in rendered.pods:
        for volume in pod.volumes:
            name = get(volume, "persistentVolumeClaim", "claimName")
            own = volume.get("name") in _claim_names(pod)  # the controller names that one itself
            if name and not own and not rendered.find("PersistentVolumeClaim", name, pod.owner):
                message = f"{label(pod.owner)}: there is no PersistentVolumeClaim {name!r}"
                yield Issue(
                    pod.owner, message, nearest(name, rendered.names("PersistentVolumeClaim"))
                )


@rule(
    "volume-reference", fix="mount a volume of the pod, and remove those that no container mounts"
)
def volumes(rendered: Rendered) -> Iterator[Issue]:
    """Every mount names a volume of its pod, and every volume is mounted."""
    for pod in rendered.pods:
        known = _volume_names(pod)
        mounted = set()
        for container in pod.every_container:
            for mount in container.get("volumeMounts") or []:
                mounted.add(mount.get("name"))
                if mount.get("name") not in known:
                    message = f"{label(pod.owner)}: container {container.get('name')} mounts"
                    hint = nearest(mount.get("name"), known)
                    yield Issue(
                        pod.owner, f"{message} {mount.get('name')!r}, no volume of it", hint
                    )
        for name in sorted(known - mounted):
            yield Issue(pod.owner, f"{label(pod.owner)}: no container mounts the volume {name!r}")


def _volume_names(pod: PodTemplate) -> set[str]:
    return {str(volume.get("name")) for volume in pod.volumes} | _claim_names(pod)


def _claim_names(pod: PodTemplate) -> set[str]:
    templates = get(pod.owner, "spec", "volumeClaimTemplates") or []
    return {str(template["metadata"]["name"]) for template in templates}


@rule("mounted-file", fix="name a file that the mounted ConfigMap or Secret has")
def mounted_files(rendered: Rendered) -> Iterator[Issue]:
    """Every path in a pod's configuration that lies in a mounted ConfigMap or Secret exists."""
    for pod in rendered.pods:
        folders = _folders(rendered, pod)
        for each in told(rendered, pod):
            for path in sorted(set(_PATH.findall(each.text))):
                folder, _, file = path.rpartition("/")
                if folder in folders and file not in folders[folder]:
                    message = f"{label(pod.owner)}: {each.where}: {path} is not in what is mounted"
                    hint = nearest(file, folders[folder])
                    yield Issue(each.manifest or pod.owner, message, hint)


def _folders(rendered: Rendered, pod: PodTemplate) -> dict[str, set[str]]:
    """Return the files of each folder that comes whole from a ConfigMap or Secret."""
    volumes = {volume.get("name"): volume for volume in pod.volumes}
    mounts = [m for c in pod.every_container for m in c.get("volumeMounts") or []]
    found: dict[str, set[str]] = {}
    for mount in mounts:
        files = _files(rendered, pod, volumes.get(mount.get("name")) or {})
        if files is not None and not mount.get("subPath"):
            found.setdefault(str(mount.get("mountPath")).rstrip("/"), set()).update(files)
    for mount in mounts:
        folder, _, file = str(mount.get("mountPath")).rpartition("/")
        if folder in found:
            found[folder].add(file)
    return found


def _files(rendered: Rendered, pod: PodTemplate, volume: Body) -> set[str] | None:
    for source, name_field in (("configMap", "name"), ("secret", "secretName")):
        if source in volume:
            items = volume[source].get("items")
            if items:
                return {str(item["path"]) for item in items}
            name = volume[source].get(name_field)
            keys = (
                config_keys(rendered, name, pod.owner)
                if source == "configMap"
                else secret_keys(rendered).get(name)
            )
            return set(keys) if keys is not None else None
    return None


@rule("variable-reference", fix="declare the variable before the one that uses it")
def variables(rendered: Rendered) -> Iterator[Issue]:
    """Every `$(NAME)` in a command, an argument or a variable names a variable declared before."""
    for pod in rendered.pods:
        for container in pod.every_container:
            where = f"{label(pod.owner)}: container {container.get('name')}"
            known = _taken_whole(rendered, pod, container)
            for env in container.get("env") or []:
                yield from _unset(pod, f"{where}: {env['name']}", env.get("value"), known)
                known.add(env["name"])
            words = [*(container.get("command") or []), *(container.get("args") or [])]
            for word in words:
                ran = _ran(words, word)
                yield from _unset(pod, f"{where}: its command", word, known | ran)


def _ran(words: Sequence[str], word: str) -> set[str]:
    """Return what looks like a variable to Kubernetes, and to a shell is a program to run."""
    shell = any(re.fullmatch(r"(.*/)?(ba|da|a|k|z)?sh", str(each)) for each in words[:1])
    named = _VARIABLE.findall(str(word)) if shell else []
    return {name for name in named if name != name.upper()}


def _unset(pod: PodTemplate, where: str, text: object, known: Collection[str]) -> Iterator[Issue]:
    for name in _VARIABLE.findall(str(text)):
        if name not in known:
            yield Issue(
                pod.owner, f"{where} uses $({name}), which is not set", nearest(name, known)
            )


def _taken_whole(rendered: Rendered, pod: PodTemplate, container: Body) -> set[str]:
    """Return the variables that come from whole ConfigMaps and Secrets."""
    found: set[str] = set()
    for source in container.get("envFrom") or []:
        prefix = source.get("prefix", "")
        config, secret = get(source, "configMapRef", "name"), get(source, "secretRef", "name")
        keys = config_keys(rendered, config, pod.owner) or secret_keys(rendered).get(secret) or ()
        found |= {f"{prefix}{key}" for key in keys}
    return found


@rule("field-reference", fix="name a field that the downward API has, such as metadata.name")
def field_references(rendered: Rendered) -> Iterator[Issue]:
    """Every field reference in a variable is one that the downward API has."""
    for pod in rendered.pods:
        for container in pod.every_container:
            for env in container.get("env") or []:
                path = get(env, "valueFrom", "fieldRef", "fieldPath")
                if path and not _FIELD.fullmatch(str(path)):
                    yield Issue(
                        pod.owner, f"{label(pod.owner)}: {env['name']}: not a field {path!r}"
                    )


RULES = (
    config_maps,
    secrets,
    unused_secrets,
    service_accounts,
    priority_classes,
    claims,
    volumes,
    mounted_files,
    variables,
    field_references,
)
