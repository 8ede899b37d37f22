"""The public names: what services, environments and stacks are written with."""

from k8sgen.constructs.config_map import ConfigFile, ConfigMap, FileContent
from k8sgen.constructs.container import Container, EnvValue, FieldRef
from k8sgen.constructs.daemon_set import DaemonSet
from k8sgen.constructs.deployment import Deployment
from k8sgen.constructs.endpoint import Endpoint
from k8sgen.constructs.ingress import Ingress
from k8sgen.constructs.job import CronJob, Job
from k8sgen.constructs.manifest import Manifest
from k8sgen.constructs.persistent_volume_claim import PersistentVolumeClaim
from k8sgen.constructs.pod import Pod
from k8sgen.constructs.probe import Probe, Probes
from k8sgen.constructs.role import PolicyRule, Role
from k8sgen.constructs.route import Route
from k8sgen.constructs.service import Service
from k8sgen.constructs.stack import Stack
from k8sgen.constructs.stateful_set import StatefulSet
from k8sgen.constructs.volume import Claim, EmptyDir, Mount, SecretFiles, Volume
from k8sgen.constructs.workload import Workload
from k8sgen.kubernetes.config_file import ConfigUse
from k8sgen.kubernetes.public_routes import PublicRoute
from k8sgen.secrets.contract.keys import (
    Alternate,
    Derived,
    Given,
    KeySet,
    LiveUpdate,
    PublicKeys,
    Random,
    SecretKey,
    SigningKey,
)
from k8sgen.settings.autoscaling import Autoscaling, Metric, Pace
from k8sgen.settings.cluster import Addresses, Cluster, Gateway, Pods
from k8sgen.settings.environment import Environment, Priority, Quota
from k8sgen.settings.image import Image
from k8sgen.settings.outside import Outside
from k8sgen.settings.port import Port
from k8sgen.settings.resources import Compute, Resources, Storage
from k8sgen.settings.scheduling import Affinity, NodeLabel, PodLabels, Toleration
from k8sgen.settings.service import ServiceSettings
from k8sgen.settings.value import at_least, at_most, host_name

__all__ = [
    "Addresses",
    "Affinity",
    "Alternate",
    "Autoscaling",
    "Claim",
    "Cluster",
    "Compute",
    "ConfigFile",
    "ConfigMap",
    "ConfigUse",
    "Container",
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Derived",
    "EmptyDir",
    "Endpoint",
    "EnvValue",
    "Environment",
    "FieldRef",
    "FileContent",
    "Gateway",
    "Given",
    "Image",
    "Ingress",
    "Job",
    "KeySet",
    "LiveUpdate",
    "Manifest",
    "Metric",
    "Mount",
    "NodeLabel",
    "Outside",
    "Pace",
    "PersistentVolumeClaim",
    "Pod",
    "PodLabels",
    "Pods",
    "PolicyRule",
    "Port",
    "Priority",
    "Probe",
    "Probes",
    "PublicKeys",
    "PublicRoute",
    "Quota",
    "Random",
    "Resources",
    "Role",
    "Route",
    "SecretFiles",
    "SecretKey",
    "Service",
    "ServiceSettings",
    "SigningKey",
    "Stack",
    "StatefulSet",
    "Storage",
    "Toleration",
    "Volume",
    "Workload",
    "at_least",
    "at_most",
    "host_name",
]
