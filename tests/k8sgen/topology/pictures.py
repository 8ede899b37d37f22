"""Topologies for the tests: hostile ones, and any that hypothesis thinks of."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from k8sgen.topology import Arrow, Entry, Node, Pin, Runner, Topology

HTTP = Pin("http", 80, "TCP")
HOSTILE = (
    "<script>alert(1)</script>",
    '"]; end',
    "end",
    "a-b",
    "a_b",
    "#35; & `x`",
    "\N{LATIN SMALL LETTER O WITH DIAERESIS}l",
    "%%{init}%%",
)


def hostile() -> Topology:
    """A topology whose names mean something to HTML, XML and Mermaid."""
    nodes = (
        Node(
            name=name,
            running=(
                Runner(kind="Deployment", name=name, pods="1"),
                Runner(kind="Job", name=name),
            ),
            scraped=(Pin("metrics", 9000, "TCP"),),
        )
        for name in HOSTILE
    )
    pairs = pairwise(HOSTILE)
    return Topology(
        environment=HOSTILE[0],
        nodes=tuple(nodes),
        edges=tuple(Arrow(client=a, server=b, port=HTTP) for a, b in pairs),
        entries=(Entry(service=HOSTILE[0], port=HTTP, urls=(f"//{HOSTILE[0]}",)),),
    )


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    """Any services, each of which uses some that come before it."""
    name = st.text("ab-", min_size=1, max_size=20)
    names = draw(st.lists(name, unique=True, max_size=8))
    ports = (HTTP, Pin("postgres", 5432, "TCP"), Pin("quite-long-name", 65535, "TCP"))
    edges = [
        Arrow(client=client, server=server, port=port)
        for n, client in enumerate(names)
        for server in names[:n]
        for port in ports
        if draw(st.booleans())
    ]
    entries = [
        Entry(service=name, port=ports[0], urls=(f"https://{name}.example.com",))
        for name in names
        if draw(st.booleans())
    ]
    nodes = (
        Node(name=name, running=(Runner(kind="Deployment", name=name, pods="3-12"),))
        for name in names
    )
    return Topology(
        environment="any", nodes=tuple(nodes), edges=tuple(edges), entries=tuple(entries)
    )
