"""local: k3s or k3d on one's own machine, with the Traefik that it brings; plain HTTP."""

from k8sgen import Cluster, Compute, Resources, Storage
from services.auth_handler import AuthHandlerSettings
from services.backend import BackendSettings
from services.hydra import HydraSettings
from services.oathkeeper import OathkeeperSettings
from services.postgres import PostgresSettings
from services.redis import RedisSettings
from services.stack import Environment
from services.template_system import TemplateSystemSettings

SMALL = Resources(
    requests=Compute(cpu="10m", memory="32Mi"), limits=Compute(cpu="500m", memory="256Mi")
)

local = Environment(
    name="local",
    domain="example.localhost",
    cluster=Cluster(plain_http=True),
    postgres=PostgresSettings(
        resources=Resources(
            requests=Compute(cpu="25m", memory="128Mi"), limits=Compute(cpu="1", memory="512Mi")
        ),
        storage=Storage(size="1Gi"),
        slow_query_ms=100,
    ),
    redis=RedisSettings(
        resources=Resources(
            requests=Compute(cpu="10m", memory="32Mi"), limits=Compute(cpu="500m", memory="128Mi")
        ),
        storage=Storage(size="256Mi"),
    ),
    template_system=TemplateSystemSettings(resources=SMALL, log_level="debug"),
    hydra=HydraSettings(resources=SMALL, log_level="debug"),
    auth_handler=AuthHandlerSettings(resources=SMALL, log_level="debug"),
    backend=BackendSettings(resources=SMALL, log_level="debug"),
    oathkeeper=OathkeeperSettings(resources=SMALL),
)
