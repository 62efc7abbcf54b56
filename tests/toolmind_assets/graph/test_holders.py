from collections.abc import Callable

from toolmind_assets.graph.fields import FunctionField, fields_of
from toolmind_assets.graph.holders import Holders
from toolmind_assets.graph.params import GraphParams
from toolmind_assets.model.functions import FunctionSpec

Make = Callable[..., FunctionSpec]


def crowd_of(make: Make, size: int) -> list[FunctionField]:
    functions = [make(f"get_{n}", {"city": {"type": "string"}}, namespace=f"api{n % 5}") for n in range(size)]
    fields = [fields_of(function, GraphParams()).inputs[0] for function in functions]
    return sorted(fields, key=lambda field: field.function.function_id)


def test_a_field_meets_all_of_a_small_crowd(make_function: Make) -> None:
    crowd, holders = crowd_of(make_function, 6), Holders()
    for field in crowd:
        holders.add(field)
    assert {field.path for field in holders.around(crowd[0], 6).values()} == {"city"}
    assert len(holders.around(crowd[0], 6)) == 6


def test_of_a_large_crowd_it_meets_its_own_namespace_first_and_a_bounded_number(make_function: Make) -> None:
    crowd, holders = crowd_of(make_function, 60), Holders()
    for field in crowd:
        holders.add(field)
    met = [list(holders.around(field, 4).values()) for field in crowd]
    assert all(len(fields) <= 3 * 4 for fields in met)
    namespaces = [fields[0].function.namespace for fields in met]
    assert namespaces == [field.function.namespace for field in crowd]


def test_every_member_of_a_crowd_is_met_by_another(make_function: Make) -> None:
    crowd, holders = crowd_of(make_function, 60), Holders()
    for field in crowd:
        holders.add(field)
    met = {
        met.function.function_id
        for field in crowd
        for met in holders.around(field, 4).values()
        if met.function.function_id != field.function.function_id
    }
    assert met == {field.function.function_id for field in crowd}
