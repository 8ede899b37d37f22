"""production: what the public uses; production.yaml beside it says which images run."""

from k8sgen import Autoscaling, Cluster, Compute, Pods, Priority, Quota, Resources, Storage
from services.auth_handler import AuthHandlerSettings
from services.backend import BackendSettings
from services.hydra import HydraSettings
from services.oathkeeper import OathkeeperSettings
from services.postgres import PostgresSettings
from services.redis import RedisSettings
from services.stack import Environment
from services.template_system import TemplateSystemSettings

SSD = "ssd"  # the storage class

production = Environment(
    name="production",
    domain="example.com",
    cluster=Cluster(
        ingress_controller=Pods(namespace="traefik", labels={"app.kubernetes.io/name": "traefik"}),
        issuer="letsencrypt",
    ),
    # All services at their most, and a rollout of each at the same time.
    quota=Quota(
        requests=Compute(cpu="16", memory="24Gi"),
        limits=Compute(cpu="64", memory="48Gi"),
        pods=60,
        storage=Storage(size="120Gi"),
    ),
    priority=Priority(name="example-production", value=1_000_000),
    postgres=PostgresSettings(
        resources=Resources(
            requests=Compute(cpu="2", memory="8Gi"), limits=Compute(cpu="4", memory="8Gi")
        ),
        storage=Storage(size="100Gi", class_name=SSD),
        max_connections=300,
        slow_query_ms=500,
    ),
    redis=RedisSettings(
        resources=Resources(
            requests=Compute(cpu="250m", memory="1Gi"), limits=Compute(cpu="1", memory="1Gi")
        ),
        storage=Storage(size="4Gi", class_name=SSD),
    ),
    template_system=TemplateSystemSettings(
        replicas=Autoscaling(min_replicas=3, max_replicas=6),
    ),
    hydra=HydraSettings(replicas=Autoscaling(min_replicas=3, max_replicas=6)),
    auth_handler=AuthHandlerSettings(replicas=Autoscaling(min_replicas=3, max_replicas=6)),
    backend=BackendSettings(
        replicas=Autoscaling(min_replicas=3, max_replicas=12),
        resources=Resources(
            requests=Compute(cpu="250m", memory="256Mi"), limits=Compute(cpu="1", memory="512Mi")
        ),
    ),
    oathkeeper=OathkeeperSettings(
        replicas=Autoscaling(min_replicas=3, max_replicas=9),
        cors_origins=["https://example.com"],
    ),
)
