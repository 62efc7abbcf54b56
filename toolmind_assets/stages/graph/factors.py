"""By how much each thing that speaks against a link lowers its score: judgements, each with its sentence.

How they were set: docs/adr/0003-graph-thresholds.md.
"""

from toolmind_assets.stages.graph.value_roles import ValueRole

UNKNOWN_TYPE = 0.7
"""Where one side states no type: neither a match nor a mismatch."""
NUMBER_TO_INTEGER = 0.8
"""A number may have a fraction that an integer parameter refuses (IBM fms-dgt: 0.8)."""
PARTIAL_TYPE = 0.9
"""The source may also give a type that the target refuses."""
WRITTEN_NUMBER = 0.6
"""A number for a parameter that takes text: somebody has to write it down, as an id often is."""
OPEN_TO_CHOICE = 0.6
"""Free text for a parameter that takes one of a few values."""
DATE_TO_TIME = 0.7
"""A date and a moment differ by the time of day."""
MEMBER_TO_SINGLE = 0.95
"""One member of a list has to be chosen."""
SINGLE_TO_MEMBER = 0.95
"""A single value has to be put into a list."""
OPTIONAL = 0.9
"""The call works without the parameter."""
OPTIONAL_WRITE = 0.6
"""The same of a call that makes or changes something: what it is to hold is for its caller to say."""
DEEPER = 0.97
"""A level of the result below the first: the further down, the less it is what the call was made for."""
MENTIONED = 0.9
"""A result field below the first level of something that the function neither is about nor lists."""
MENTIONED_VALUE = 0.65
"""The same of a value that identifies nothing: the `range` of a chart is not where the next call works."""
TEMPLATE, NO_TEMPLATE = 0.3, 0.5
"""Resource names of two collections; a name of a collection that is stated for one that is not."""
FIXED = 0.2
"""A parameter that no caller sets."""
OWN_LOGIN = 0.4
"""Somebody's name, where one says who one is oneself."""
FILTER = 0.65
"""A value that a call merely has, for an optional filter of a call about something else."""
CIRCULAR = 0.6
"""What identifies a thing, as a filter of the list in which it is found."""
UNMANAGED = 0.6
"""An identifier of what no function of its namespace is about, where the call works without it: an attribute, mostly."""
CROWDED = 0.65
"""One of very many fields of a result, about something else: such types are shared, and mostly left empty."""
REPORT = 0.4
"""What stands in a report of what went wrong."""
INVERSE = 0.3
"""A conversion, and the one back."""
UNBORN = 0.3
"""The identifier of what is yet to be made, for a call that does not make it."""
OTHER_KIND_SAID = 0.6
"""One is described as an id, a name or a URL, and the other as another of these, whatever both are called."""
OTHER_SAID = 0.5
"""Two identifiers that are described as those of two things: the `ARN of the stream`, and `of the application`."""
OPPOSITE = 0.4
"""One side says `source`, and the other `destination`."""
ECHO = 0.45
"""The result only repeats what the caller said; the shared parameter says as much."""
OTHER_OWNER = 0.6
"""The same attribute of two different things, such as the last names of an author and of a customer."""
AFTER_DELETE = 0.4
"""What was deleted is of little use to a later call."""
COPY = 0.5
"""An attribute of one thing written to another of its kind: hardly anybody copies it by hand."""
BEFORE_CREATE = 0.4
"""What is yet to be made has no identifier to be passed, and a `new_name` is nobody's name yet."""
SAME_DOMAIN, ELSEWHERE = 0.8, 0.7
"""A value of the world, such as a city, between functions of different namespaces: what it means may differ."""
HOMELY = 0.5
"""Any other value between functions of different namespaces: a `parent` or a `bucket` is one of its own API."""
BOUND = 0.6
"""A value for the end of a range, which its caller draws."""
NEEDED_ATTRIBUTE = 0.75
"""An attribute that what is made must have, and whose maker decides on it."""
OTHER_SUBTYPE = 0.5
"""An identifier of one thing, between functions about two subtypes of it: a fax application, and a call application."""
ATTRIBUTE = 0.7
"""An optional attribute of what is written, which its writer makes up."""
CONTENT = 0.5
"""A title or a display name that is written: each thing gets one of its own."""
IDENTIFIER_SAME_DOMAIN, IDENTIFIER_ELSEWHERE = 0.6, 0.5
"""The same of identifiers where one namespace is not stated, so that it may be one API after all."""
FOREIGN_IDENTIFIER = 0.3
"""An identifier of one API names nothing in another."""

RESULT_ROLES = {
    ValueRole.IDENTIFIER: 1.0,
    ValueRole.CREDENTIAL: 1.0,
    ValueRole.VALUE: 0.9,
    ValueRole.NUMBER: 0.75,
    ValueRole.OPAQUE: 0.4,
    ValueRole.PROSE: 0.3,
    ValueRole.STATE: 0.3,
    ValueRole.AUDIT: 0.3,
    ValueRole.SETTING: 0.2,
    ValueRole.SECRET: 0.1,
    ValueRole.FLAG: 0.1,
}
"""How worthwhile it is to hand such a value from a result to a parameter."""
SHARED_ROLES = RESULT_ROLES | {ValueRole.CREDENTIAL: 0.3, ValueRole.PROSE: 0.5, ValueRole.VALUE: 0.95}
"""How much two functions that take such a value have in common: every call takes the credential."""
