from k8sgen import Autoscaling, Cluster, Priority
from services.backend import BackendSettings
from services.stack import Environment

production = Environment(
    name="production",
    cluster=Cluster(issuer="letsencrypt"),
    priority=Priority(name="example-production", value=1000000),
    backend=BackendSettings(autoscaling=Autoscaling(min_replicas=3, max_replicas=10)),
)
