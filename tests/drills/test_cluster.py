from pathlib import Path
from typing import Any

import pytest

from tests.drills.cluster import Ports, Site, etcd_command, patroni_settings, reserved_nodes
from tests.drills.fetching import Fetched

PORTS = tuple(
    Ports(postgresql=one, patroni=one + 1, etcd=one + 2, etcd_peers=one + 3)
    for one in (5000, 6000, 7000)
)


def make_site(*, is_synchronous: bool = True) -> Site:
    return Site(
        folder=Path("/run"),
        programs=Fetched(patroni=Path("/bin/patroni"), etcd=Path("/bin/etcd")),
        postgresql=Path("/postgresql/bin"),
        ports=PORTS,
        password="secret",
        is_synchronous=is_synchronous,
    )


def test_an_etcd_is_told_of_itself_and_of_all_peers() -> None:
    assert etcd_command(make_site(), 1) == [
        "/bin/etcd",
        "--name=e1",
        "--data-dir=/run/etcd1",
        "--listen-client-urls=http://127.0.0.1:6002",
        "--advertise-client-urls=http://127.0.0.1:6002",
        "--listen-peer-urls=http://127.0.0.1:6003",
        "--initial-advertise-peer-urls=http://127.0.0.1:6003",
        "--initial-cluster=e0=http://127.0.0.1:5003,e1=http://127.0.0.1:6003,e2=http://127.0.0.1:7003",
        "--initial-cluster-token=drill",
        "--initial-cluster-state=new",
    ]


@pytest.mark.parametrize("is_synchronous", [True, False])
def test_whether_commits_wait_is_all_that_differs(*, is_synchronous: bool) -> None:
    def agreed(settings: Any) -> Any:
        return settings["bootstrap"]["dcs"]

    found = agreed(patroni_settings(make_site(is_synchronous=is_synchronous), 0))

    assert found == agreed(patroni_settings(make_site(), 0)) | {
        "synchronous_mode": is_synchronous,
        "synchronous_mode_strict": is_synchronous,
    }


def test_a_node_listens_where_it_says_and_keeps_what_is_its_own_apart() -> None:
    first, second = (patroni_settings(make_site(), node) for node in (0, 1))

    assert (
        first["etcd3"]
        == second["etcd3"]
        == {"hosts": ["127.0.0.1:5002", "127.0.0.1:6002", "127.0.0.1:7002"]}
    )
    assert (first["name"], first["restapi"]["listen"]) == ("n0", "127.0.0.1:5001")
    assert (second["name"], second["restapi"]["listen"]) == ("n1", "127.0.0.1:6001")
    own = ("listen", "data_dir", "pgpass")
    assert [second["postgresql"][name] for name in own] == [
        "127.0.0.1:6000",
        "/run/pg1",
        "/run/pgpass1",
    ]


def test_the_url_names_every_server_and_asks_for_the_one_that_leads() -> None:
    assert make_site().url() == (
        "postgresql://points:secret@/points?connect_timeout=2"
        "&host=127.0.0.1%3A5000&host=127.0.0.1%3A6000&host=127.0.0.1%3A7000"
        "&target_session_attrs=read-write"
    )


def test_every_program_of_every_node_has_a_port_of_its_own() -> None:
    with reserved_nodes() as nodes:
        ports = [
            port
            for node in nodes
            for port in (node.postgresql, node.patroni, node.etcd, node.etcd_peers)
        ]

    assert len(nodes) == 3
    assert len(set(ports)) == 12
