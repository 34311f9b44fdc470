"""The opt-out for machines: TDM Reservation Protocol, in its file, its headers and its policy."""

from __future__ import annotations

from visitors import Visitor


def test_everything_is_reserved_at_the_well_known_place(visitor: Visitor) -> None:
    answer = visitor.get("/.well-known/tdmrep.json")
    assert answer.status_code == 200 and answer.mimetype == "application/json"
    (rule,) = answer.get_json()
    assert rule["location"] == "/" and rule["tdm-reservation"] == 1
    assert rule["tdm-policy"] == "http://localhost/tdm-policy.json"


def test_every_page_says_so_in_its_headers(visitor: Visitor) -> None:
    for path in ("/", "/voices", "/voices/tiny-open", "/static/consonance.css", "/nowhere"):
        headers = visitor.get(path).headers
        assert headers["tdm-reservation"] == "1", path
        assert headers["tdm-policy"] == "http://localhost/tdm-policy.json", path


def test_the_policy_asks_for_consent_and_says_of_whom(visitor: Visitor) -> None:
    answer = visitor.get("/tdm-policy.json")
    assert answer.mimetype == "application/ld+json"
    policy = answer.get_json()
    assert policy["profile"] == "http://www.w3.org/ns/tdmrep" and policy["@type"] == "Offer"
    assert policy["uid"] == "http://localhost/tdm-policy.json"
    (permission,) = policy["permission"]
    assert permission["action"] == "tdm:mine" and permission["duty"] == [{"action": "obtainConsent"}]
    contact = visitor.get(policy["assigner"]["vcard:hasURL"])
    assert contact.status_code == 200 and "Lent by" in contact.text
