import pytest

from toolmind_resources.language.plurals import singular
from toolmind_resources.language.word_sets import word_set


@pytest.mark.parametrize(
    ("kind", "pairs"),
    [
        ("regular", "orders=order keys=key invoices=invoice databases=database houses=house uses=use expenses=expense"),
        ("in -ies", "cities=city policies=policy movies=movie cookies=cookie calories=calorie ties=tie"),
        ("in -ses", "addresses=address statuses=status buses=bus aliases=alias gases=gas canvases=canvas lenses=lens"),
        ("in -xes", "boxes=box taxes=tax suffixes=suffix indexes=index"),
        ("in -ches, -shes", "caches=cache niches=niche batches=batch branches=branch hashes=hash dishes=dish"),
        ("in -ves", "shelves=shelf knives=knife archives=archive drives=drive directives=directive"),
        ("in -oes, -os", "heroes=hero photos=photo videos=video shoes=shoe"),
        ("Latin and Greek", "indices=index matrices=matrix criteria=criterion analyses=analysis axes=axis radii=radius"),
        ("irregular", "people=person children=child men=man mice=mouse feet=foot"),
        ("abbreviations", "ids=id apis=api cpus=cpu skus=sku uris=uri urls=url ips=ip vpcs=vpc apps=app configs=config"),
        ("verbs", "returns=return creates=create identifies=identify fetches=fetch"),
        ("compounds", "datasources=datasource workspaces=workspace checkboxes=checkbox subdirectories=subdirectory"),
    ],
)  # fmt: skip
def test_plurals_become_singular(kind: str, pairs: str) -> None:
    wanted = dict(pair.split("=") for pair in pairs.split())
    assert {plural: singular(plural) for plural in wanted} == wanted, kind


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            "in -s",
            "address status alias bus gas canvas analysis atlas lens bias virus bonus campus corpus radius chaos",
        ),
        ("without a plural", "news series species data metadata media information headquarters mathematics"),
        ("abbreviations", "dns aws os sms https gps tls css cors rss kms sqs ios eks"),
        ("names", "kubernetes postgres jenkins redis prometheus kinesis"),
        ("that only tie", "this is has was does yes less across always previous various unless as its us"),
        ("that are none", "order größe 2 x _ 日本"),
    ],
)
def test_words_that_are_no_plurals_stay(kind: str, words: str) -> None:
    assert [word for word in words.split() if singular(word) != word] == [], kind


def test_the_singular_has_no_other_singular() -> None:
    words = map(
        singular, word_set("orders movies caches gases lenses indices people analyses buses apis skus media")
    )
    assert [word for word in words if singular(word) != word] == []


def test_capitals_stay() -> None:
    assert (singular("IDs"), singular("URLs"), singular("Movies"), singular("DNS")) == (
        "ID",
        "URL",
        "Movie",
        "DNS",
    )
    assert singular("") == ""
