"""The restricted Pod Security Standard, control by control."""

from __future__ import annotations

from collections.abc import Iterator

from k8sgen.checks.rendered import PodTemplate, Rendered
from k8sgen.checks.rule import Issue, rule
from k8sgen.kubernetes.manifest import Body, get, label

_VOLUMES = frozenset(
    ("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim",
     "projected", "secret", "image")
)  # fmt: skip
_SYSCTLS = frozenset(
    ("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range",
     "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies",
     "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
     "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
     "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem")
)  # fmt: skip
_SELINUX_TYPES = frozenset(
    ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
)
_PROFILES = frozenset(("RuntimeDefault", "Localhost"))


@rule("pod-security", fix="keep the pod and its containers as hardened as k8sgen makes them")
def pod_security(rendered: Rendered) -> Iterator[Issue]:
    """
    Every pod is admitted by the restricted Pod Security Standard.

    Source:
        kubernetes.io/docs/concepts/security/pod-security-standards, and the checks of
        kubernetes/staging/src/k8s.io/pod-security-admission/policy
    """
    for pod in rendered.pods:
        where = label(pod.owner)
        for problem in _pod(pod):
            yield Issue(pod.owner, f"{where}: {problem}")
        for container in pod.every_container:
            for problem in _container(pod, container):
                yield Issue(pod.owner, f"{where}: container {container.get('name')}: {problem}")


def _pod(pod: PodTemplate) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.spec.get(field):
            yield f"{field} must be off"
    for volume in pod.volumes:
        for kind in sorted(set(volume) - {"name"} - _VOLUMES):
            yield f"volume {volume.get('name')}: the type {kind} is not allowed"
    for sysctl in get(pod.spec, "securityContext", "sysctls") or []:
        if sysctl.get("name") not in _SYSCTLS:
            yield f"the sysctl {sysctl.get('name')} is not allowed"
    groups = get(pod.spec, "securityContext", "supplementalGroups") or []
    if get(pod.spec, "securityContext", "runAsUser") == 0 or 0 in groups:
        yield "runAsUser and the groups must not be 0 (root)"
    yield from _context(get(pod.spec, "securityContext") or {})


def _context(context: Body) -> Iterator[str]:
    """Return what violates the controls that pods and containers share."""
    if context.get("windowsOptions", {}).get("hostProcess"):
        yield "windowsOptions.hostProcess must be off"
    selinux = context.get("seLinuxOptions") or {}
    if selinux.get("user") or selinux.get("role") or selinux.get("type", "") not in _SELINUX_TYPES:
        yield "seLinuxOptions may only name a container type"
    if get(context, "appArmorProfile", "type") == "Unconfined":
        yield "appArmorProfile must not be Unconfined"
    if get(context, "seccompProfile", "type") == "Unconfined":
        yield "seccompProfile must not be Unconfined"


def _container(pod: PodTemplate, container: Body) -> Iterator[str]:
    own = container.get("securityContext") or {}
    shared = pod.spec.get("securityContext") or {}
    if own.get("privileged"):
        yield "privileged must be off"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation must be false"
    if own.get("runAsNonRoot", shared.get("runAsNonRoot")) is not True:
        yield "runAsNonRoot must be true"
    if own.get("runAsUser") == 0:
        yield "runAsUser must not be 0 (root)"
    if get({**shared, **own}, "seccompProfile", "type") not in _PROFILES:
        yield "seccompProfile must be RuntimeDefault or Localhost"
    yield from _capabilities(own.get("capabilities") or {})
    if own.get("procMount", "Default") != "Default":
        yield "procMount must be Default"
    if any(port.get("hostPort") for port in container.get("ports") or []):
        yield "hostPort is not allowed"
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        if get(container, probe, "httpGet", "host") or get(container, probe, "tcpSocket", "host"):
            yield f"{probe} must not name a host"
    yield from _context(own)


def _capabilities(capabilities: Body) -> Iterator[str]:
    if "ALL" not in (capabilities.get("drop") or []):
        yield "capabilities.drop must have ALL"
    for added in capabilities.get("add") or []:
        if added != "NET_BIND_SERVICE":
            yield f"the capability {added} is not allowed"


@rule("root-file-system", fix="set readOnlyRootFilesystem, and mount a folder for what it writes")
def root_file_system(rendered: Rendered) -> Iterator[Issue]:
    """Every container has a read-only root file system."""
    for pod in rendered.pods:
        for container in pod.every_container:
            if get(container, "securityContext", "readOnlyRootFilesystem") is not True:
                message = f"{label(pod.owner)}: container {container.get('name')}"
                yield Issue(pod.owner, f"{message}: its root file system is writable")


@rule(
    "token", fix="set automountServiceAccountToken to false where nothing talks to the API server"
)
def tokens(rendered: Rendered) -> Iterator[Issue]:
    """No pod gets a token for the API server, unless a role is bound to its account."""
    bound = {
        subject.get("name")
        for body in rendered.of("RoleBinding", "ClusterRoleBinding")
        for subject in body.get("subjects") or []
    }
    for pod in rendered.pods:
        if pod.spec.get("serviceAccountName") in bound:
            continue
        if pod.spec.get("automountServiceAccountToken") is not False:
            yield Issue(pod.owner, f"{label(pod.owner)}: its pods get a token for the API server")
    for body in rendered.of("ServiceAccount"):
        handed = body.get("automountServiceAccountToken") is not False
        if handed and body["metadata"]["name"] not in bound:
            yield Issue(body, f"{label(body)}: hands its token to every pod")


@rule("namespace-security", fix="keep the labels that the platform gives the Namespace")
def namespace_security(rendered: Rendered) -> Iterator[Issue]:
    """Every Namespace enforces the restricted Pod Security Standard, and audits and warns by it."""
    for body in rendered.of("Namespace"):
        for mode in ("enforce", "audit", "warn"):
            key = f"pod-security.kubernetes.io/{mode}"
            if (body["metadata"].get("labels") or {}).get(key) != "restricted":
                yield Issue(body, f"{label(body)}: {key} is not restricted")


RULES = (pod_security, root_file_system, tokens, namespace_security)
