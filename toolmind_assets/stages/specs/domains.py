"""What a function is about: keywords over its name, namespace and description.

Each keyword that is found counts once a place: 3 points in the name, 2 in the namespace, 1 in the
description. The domain with most points wins, the first of `Domain` where two have as many; without any it
is `other`. A keyword and its plural are one. Words that any API uses of itself (account, group, page,
property, record, search) are no keywords, whatever domain they may also belong to.
"""

import re
from functools import cache, lru_cache

from toolmind_assets.model.functions import Domain
from toolmind_assets.stages.specs.word_splitting import words_of
from toolmind_resources.language.plurals import singular

NAME_POINTS, NAMESPACE_POINTS, DESCRIPTION_POINTS = 3, 2, 1

_KEYWORDS = {
    Domain.FINANCE: """accounting balance bank banking bill billing bitcoin bond bookkeeping credit crypto currency
        debit deposit dividend equity exchange finance financial fund iban insurance interest invest
        investment invoice ledger loan money mortgage payment payroll portfolio profit revenue roi
        salary stock tax ticker trading transaction wallet withdraw""",
    Domain.COMMERCE: """basket buy cart catalogue checkout commerce coupon customer discount ebay inventory merchant
        price product purchase quote refund retail sale sell seller shipping shop shopping sku store
        supplier walmart""",
    Domain.TRAVEL: """accommodation airbnb airline airport booking flight hotel itinerary journey
        landmark museum passport reservation room sightseeing tourism tourist travel trip vacation visa""",
    Domain.MOBILITY: """brake bus car commute driver driving engine fuel lyft navigation parking ride route
        subway taxi tire traffic train transit transport uber vehicle""",
    Domain.WEATHER: "climate forecast humidity precipitation rain snow storm temperature weather wind",
    Domain.HEALTH: """appointment bmi calorie clinic diet disease doctor dose exercise fitness gym health hospital
        medical medication medicine nutrition patient pharmacy symptom therapy workout yoga""",
    Domain.EDUCATION: """class course diploma education exam grade homework learning lecture lesson library marksheet
        quiz scholarship school student teacher tutor university""",
    Domain.SCIENCE: """acceleration astronomy atom biology cell chemical chemistry density dna earth ecology
        electric electromagnetic element energy entropy evolution experiment force galaxy gene genetic geology
        gravity kinematic kinetic magnetic mass molecule motion orbit particle photosynthesis physic planet plant
        protein quantum reaction science scientific solar sound space species speed star thermodynamic velocity
        wavelength""",
    Domain.MATHEMATICS: """algebra angle area arithmetic average binomial calculus circle circumference cosine derivative
        deviation distance divide equation factorial fibonacci gcd geometry hypot integral lcm logarithm
        math mathematic matrix mean median multiply permutation polygon polynomial prime probability
        quadratic radius rectangle regression sphere statistic subtract sum triangle variance
        vector volume""",
    Domain.DATA: """analytic cell chart column csv data database dataframe dataset excel metric pivot query schema
        sheet spreadsheet sql table workbook worksheet""",
    Domain.SOFTWARE: """branch browser bug build class codebase commit compiler component debug dependency deploy
        developer git github html http issue java javascript json library merge module notebook package
        parser pipeline plugin pull repository script snippet software token webhook xml""",
    Domain.CLOUD: """autoscale aws azure bucket cloud cluster connection container datacenter dns docker failover
        firewall gateway iam instance kinesis kubernetes lambda mesh network node prometheus region
        replication scaling server storage stream subnet tenant virtual vm vpc vpn workspace""",
    Domain.FILES: "attachment directory disk document file filename folder path pdf upload download zip",
    Domain.COMMUNICATION: """blog channel chat comment contact conversation email inbox mail mention message notification
        phone retweet sms tweet twitter voicemail""",
    Domain.PRODUCTIVITY: """agenda alarm assignee board calendar event holiday meeting note notion project
        reminder schedule task team ticket time timer timesheet timezone todo workflow""",
    Domain.MEDIA: """album art artist artwork audio book camera cinema color colour concert game genre image
        instrument lyric movie music news painting photo picture playlist podcast poem radio sculpture
        song speech spotify television theater track tv video voice youtube""",
    Domain.SPORT: """athlete baseball basketball boxing championship chess coach football goal league match mlb nba nfl
        olympic player score season soccer sport standing team tennis tournament""",
    Domain.FOOD: """bake beverage cook cooking cuisine dessert dinner dish drink food grocery ingredient meal
        menu nutritional pizza recipe restaurant sushi vegan""",
    Domain.HOME: """apartment appliance cleaning device door estate furniture garden heater home house housing
        interior light rent rental room smart thermostat""",
    Domain.LAW: """attorney case civil complaint contract court crime criminal judge judicial law lawsuit
        lawyer legal legislation patent police statute trial""",
    Domain.PEOPLE: """age biography celebrity demographic employee family historical history identity king leader
        member membership person population president profile religion user""",
}


DESCRIPTION_CHARS = 600
"""Of a description only the start is read: it says what the function is for."""
_WORD = re.compile(r"[a-z]{2,}")
_NOISE = re.compile(r"\.(?:projects|locations)\b|\.json\Z")
"""Parts of a name that say under which project or at which place of a cloud something stands."""


_RANK = {domain: rank for rank, domain in enumerate(Domain)}


def derive_domain(source_name: str, namespace: str, description: str) -> Domain:
    """The domain that most keywords speak for; `other` where none does."""
    known, points = _domains_of(), dict[Domain, int]()
    for words, worth in (
        (words_of(_NOISE.sub("", source_name)), NAME_POINTS),
        (_namespace_words(namespace), NAMESPACE_POINTS),
        (_WORD.findall(description[:DESCRIPTION_CHARS].lower()), DESCRIPTION_POINTS),
    ):
        for word in known.keys() & set(map(singular, words)):
            for domain in known[word]:
                points[domain] = points.get(domain, 0) + worth
    if not points:
        return Domain.OTHER
    return min(points, key=lambda domain: (-points[domain], _RANK[domain]))


@cache
def _domains_of() -> dict[str, tuple[Domain, ...]]:
    """Keyword, in the singular -> the domains that it speaks for."""
    found: dict[str, tuple[Domain, ...]] = {}
    for domain, words in _KEYWORDS.items():
        for word in map(singular, words.split()):
            found[word] = (*found.get(word, ()), domain)
    return found


@lru_cache(maxsize=4096)
def _namespace_words(namespace: str) -> tuple[str, ...]:
    return tuple(words_of(namespace))
