"""staging: as production is wired, at two replicas, for what is about to be released."""

from k8sgen import Cluster, Compute, Quota, Storage
from services.auth_handler import AuthHandlerSettings
from services.backend import BackendSettings
from services.hydra import HydraSettings
from services.oathkeeper import OathkeeperSettings
from services.postgres import PostgresSettings
from services.stack import Environment
from services.template_system import TemplateSystemSettings

staging = Environment(
    name="staging",
    domain="staging.example.com",
    cluster=Cluster(issuer="letsencrypt-staging"),
    quota=Quota(
        requests=Compute(cpu="4", memory="6Gi"),
        limits=Compute(cpu="20", memory="12Gi"),
        pods=30,
        storage=Storage(size="30Gi"),
    ),
    postgres=PostgresSettings(storage=Storage(size="20Gi")),
    template_system=TemplateSystemSettings(replicas=2),
    hydra=HydraSettings(replicas=2),
    auth_handler=AuthHandlerSettings(replicas=2),
    backend=BackendSettings(replicas=2),
    oathkeeper=OathkeeperSettings(replicas=2, cors_origins=["https://staging.example.com"]),
)
