from sqlalchemy import text

from points.service.transactions import transaction
from tests.web.served import Served


def get(served: Served, path: str) -> tuple[int, str]:
    answer = served.http.get(path)
    said = answer.json()
    return answer.status_code, said.get("status") if answer.is_success else said["code"]


def test_a_running_service_is_alive_and_ready(served: Served) -> None:
    assert [get(served, path) for path in ("/healthz", "/readyz")] == [(200, "ok"), (200, "ok")]


def test_without_its_tables_the_service_is_alive_but_not_ready(served: Served) -> None:
    with transaction(served.book.database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))

    assert get(served, "/healthz") == (200, "ok")
    assert get(served, "/readyz") == (503, "database_unavailable")


def test_once_nobody_posts_the_service_is_not_ready(served: Served) -> None:
    served.poster.stop()

    assert get(served, "/healthz") == (200, "ok")
    assert get(served, "/readyz") == (503, "shutting_down")
