from tests.web.served import Served, lease, redeem


def test_the_worst_case_is_told_by_booth_and_phone(served: Served) -> None:
    served.operate("redeeming", lease(), redeem(offline=True, quantity=2), lease(reward="towel"))

    answer = served.ask("supervisor", "GET", "/exposure")

    bags = {"reward": "market/bin-bags", "name": "垃圾袋", "pieces": 3, "price": 30, "points": 90}
    towels = {"reward": "market/towel", "name": "毛巾", "pieces": 5, "price": 800, "points": 4000}
    phone = {"device": "device:4", "points": 4090, "leases": [bags, towels]}
    booth = {"event": "market", "booth": 4, "points": 4090, "yuan": "0.00", "phones": [phone]}
    assert answer.json() == {
        "points": 4090,
        "yuan": "0.00",
        "ceiling_points": 100,
        "booths": [booth],
    }


def test_another_event_is_told_nothing_of_it(served: Served) -> None:
    served.operate("redeeming", lease())

    answer = served.ask("lanes supervisor", "GET", "/exposure")

    assert (answer.json()["points"], answer.json()["booths"]) == (0, [])
