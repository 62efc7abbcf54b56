"""What a function is about: keywords over its name, namespace and description.

Each keyword that is found counts once a place: 3 points in the name, 2 in the namespace, 1 in the
description. The domain with most points wins, the first of `Domain` where two have as many; without any it
is `other`. Words are compared without a plural `s`.
"""

from toolmind_assets.model.functions import Domain
from toolmind_assets.specs.words import words_of

NAME_POINTS, NAMESPACE_POINTS, DESCRIPTION_POINTS = 3, 2, 1

_KEYWORDS = {
    Domain.FINANCE: """account accounting asset bank banking bitcoin bond bookkeeping credit crypto currency
        debit deposit dividend equity exchange finance financial fund interest invest investment invoice
        ledger loan money mortgage payment payroll portfolio profit revenue roi salary stock tax ticker
        trading transaction wallet withdraw""",
    Domain.COMMERCE: """amazon basket buy cart catalogue checkout commerce coupon customer discount ebay
        inventory merchant price product purchase quote refund retail sale sell seller shipping shop
        shopping sku store supplier walmart""",
    Domain.TRAVEL: """accommodation airbnb airline airport booking flight hotel itinerary journey
        landmark museum passport reservation room sightseeing tourism tourist travel trip vacation visa""",
    Domain.MOBILITY: """brake bus car commute driver driving engine fuel lyft navigation parking ride route
        subway taxi tire traffic train transit transport uber vehicle""",
    Domain.WEATHER: "climate forecast humidity precipitation rain snow storm temperature weather wind",
    Domain.HEALTH: """appointment bmi body calorie clinic diet disease doctor dose exercise fitness gym health
        hospital medical medication medicine nutrition patient pharmacy symptom therapy workout yoga""",
    Domain.EDUCATION: """class course education exam grade homework learning lecture lesson library quiz
        scholarship school student teacher tutor university""",
    Domain.SCIENCE: """acceleration astronomy atom biology cell chemical chemistry density dna earth ecology
        electric electromagnetic element energy entropy evolution experiment force galaxy gene genetic geology
        gravity kinematic kinetic magnetic mass molecule motion orbit particle photosynthesis physic planet plant
        protein quantum reaction science scientific solar sound space species speed star thermodynamic velocity
        wavelength""",
    Domain.MATHEMATICS: """algebra angle area arithmetic average binomial calculus circle circumference
        cosine derivative deviation distance divide equation factorial fibonacci gcd geometry hypot
        integral lcm logarithm math mathematic matrix mean median multiply number permutation polygon
        polynomial prime probability quadratic radius rectangle regression sphere square statistic
        subtract sum triangle variance vector volume""",
    Domain.DATA: """analytic cell chart column csv data database dataframe dataset excel index metric pivot
        query record row schema search sheet spreadsheet sql table workbook worksheet""",
    Domain.SOFTWARE: """bug build class codebase commit compiler component debug dependency deploy developer element
        git github html http issue java javascript json library merge module notebook
        package parser plugin pull repository script software token unit webhook
        xml browser page""",
    Domain.CLOUD: """aws azure bucket cloud cluster connection container docker firewall instance
        kinesis kubernetes lambda mesh network node prometheus region scaling server storage stream
        virtual workspace""",
    Domain.FILES: "attachment directory disk document file filename folder path pdf upload download zip",
    Domain.COMMUNICATION: """call channel chat contact conversation email inbox mail mention message
        notification phone post retweet sms tweet twitter""",
    Domain.PRODUCTIVITY: """agenda alarm assignee board calendar event holiday meeting note notion project
        reminder schedule task team ticket time timer timesheet timezone todo workflow""",
    Domain.MEDIA: """album art artist artwork audio book camera cinema color colour concert game genre image
        instrument lyric movie music news painting photo picture playlist podcast poem radio sculpture song
        spotify television theater track tv video youtube""",
    Domain.SPORT: """athlete baseball basketball boxing championship chess coach football goal league match nba
        nfl olympic player score soccer sport team tennis tournament""",
    Domain.FOOD: """bake beverage cook cooking cuisine dessert dinner dish drink food grocery ingredient meal
        menu nutritional pizza recipe restaurant sushi vegan""",
    Domain.HOME: """appliance cleaning device door furniture garden heater home house housing interior light
        property rent rental room smart thermostat""",
    Domain.LAW: """attorney case civil complaint contract court crime criminal judge judicial law lawsuit
        lawyer legal legislation patent police statute trial""",
    Domain.PEOPLE: """age biography celebrity demographic employee family group historical history identity
        king leader member membership person population president profile religion user""",
}


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


_DOMAINS_OF: dict[str, list[Domain]] = {}
for _domain, _words in _KEYWORDS.items():
    for _word in _words.split():
        _DOMAINS_OF.setdefault(_singular(_word), []).append(_domain)


def derive_domain(source_name: str, namespace: str, description: str) -> Domain:
    """The domain that most keywords speak for; `other` where none does."""
    points = dict.fromkeys(Domain, 0)
    for text, worth in (
        (source_name, NAME_POINTS),
        (namespace, NAMESPACE_POINTS),
        (description, DESCRIPTION_POINTS),
    ):
        for word in dict.fromkeys(_singular(word) for word in words_of(text)):
            for domain in _DOMAINS_OF.get(word, ()):
                points[domain] += worth
    best = max(points, key=lambda domain: points[domain])
    return best if points[best] else Domain.OTHER
