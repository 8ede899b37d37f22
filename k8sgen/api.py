"""The public names: what services, environments and stacks are written with."""

from k8sgen.environment import Cluster, Environment, Pods, Priority, Quota
from k8sgen.manifest import Manifest
from k8sgen.network import Endpoint, Ingress, Route
from k8sgen.secrets.contract import (
    Alternate,
    Derived,
    Given,
    KeySet,
    Random,
    SecretKey,
    Told,
)
from k8sgen.service import Service
from k8sgen.stack import Stack
from k8sgen.values import (
    Autoscaling,
    Compute,
    Image,
    Port,
    Resources,
    ServiceSettings,
    Storage,
    at_least,
    at_most,
    host_name,
)
from k8sgen.workloads.config import ConfigMap
from k8sgen.workloads.container import Container, FieldRef
from k8sgen.workloads.pod import Pod
from k8sgen.workloads.probe import Probe, Probes
from k8sgen.workloads.volume import Claim, EmptyDir, Mount, SecretFiles, Volume
from k8sgen.workloads.workload import CronJob, Deployment, Job, StatefulSet

__all__ = [
    "Alternate",
    "Autoscaling",
    "Claim",
    "Cluster",
    "Compute",
    "ConfigMap",
    "Container",
    "CronJob",
    "Deployment",
    "Derived",
    "EmptyDir",
    "Endpoint",
    "Environment",
    "FieldRef",
    "Given",
    "Image",
    "Ingress",
    "Job",
    "KeySet",
    "Manifest",
    "Mount",
    "Pod",
    "Pods",
    "Port",
    "Priority",
    "Probe",
    "Probes",
    "Quota",
    "Random",
    "Resources",
    "Route",
    "SecretFiles",
    "SecretKey",
    "Service",
    "ServiceSettings",
    "Stack",
    "StatefulSet",
    "Storage",
    "Told",
    "Volume",
    "at_least",
    "at_most",
    "host_name",
]
