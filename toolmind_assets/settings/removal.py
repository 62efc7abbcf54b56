"""Catalogs that are gone: what rests on one, and taking its rows away. No Dagster.

Only the tables that hold a catalog as a partition are emptied here. Everything made from them is made anew by
its own step, whose input digest has changed.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from toolmind_assets.errors import InputError
from toolmind_assets.settings.catalog_folder import find_catalogs
from toolmind_assets.settings.config import Settings
from toolmind_assets.settings.home import locked_home
from toolmind_assets.settings.resting import Resting
from toolmind_assets.stages.catalogs.manifest import parse_manifest
from toolmind_assets.stages.catalogs.sources import MANIFEST
from toolmind_assets.steps.pipeline import Pipeline, tables_of
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table


@dataclass(frozen=True, slots=True)
class Removal:
    """What goes with a catalog.

    Attributes:
        catalog: Its name.
        rows: Table -> rows of the catalog in it; tables without the partition are left out.
        functions: Names of the functions that come from this catalog alone, sorted.
        n_shared: Functions that another catalog holds too; they stay, with one source less.
        resting: Table -> rows that rest on what goes, by what it declares as its parents; those without any are left out.
    """

    catalog: str
    rows: Mapping[str, int]
    functions: tuple[str, ...] = ()
    n_shared: int = 0
    resting: Mapping[str, int] = field(default_factory=dict)


def catalog_tables(pipeline: Pipeline) -> list[Table]:
    """Tables partitioned by catalog, in the order in which rows are removed: those made from others first."""
    return tables_of(pipeline.of_catalogs[::-1])


def stray_catalogs(store: DeltaStore, pipeline: Pipeline, configured: Collection[str]) -> tuple[str, ...]:
    """The catalogs that tables hold, but that are no longer configured, sorted.

    Raises:
        InputError: tables hold catalogs, and none at all is configured.
    """
    held = {name for table in catalog_tables(pipeline) for name in store.partitions(table)}
    if held and not configured:
        raise InputError(
            f"no catalog is found any more, and tables hold {len(held)}: is the folder of catalogs there? "
            "To remove them all the same, name each: toolmind forget NAME --yes"
        )
    return tuple(sorted(held.difference(configured)))


def remove_catalogs(store: DeltaStore, pipeline: Pipeline, names: Iterable[str]) -> None:
    """Removes every row of these catalogs; those that no table holds are passed over."""
    for name in names:
        for table in catalog_tables(pipeline):
            store.remove_partition(table, name)


def remove_stray_catalogs(settings: Settings, store: DeltaStore) -> tuple[str, ...]:
    """Removes the catalogs that are no longer configured from every table that holds them; returns their names."""
    gone = stray_catalogs(store, settings.pipeline, find_catalogs(settings))
    remove_catalogs(store, settings.pipeline, gone)
    return gone


def plan_removal(store: DeltaStore, pipeline: Pipeline, catalog: str) -> Removal:
    """What would go with a catalog; nothing is changed."""
    rows = {
        table.name: record.row_count
        for table in catalog_tables(pipeline)
        if (record := store.latest(table, catalog)) is not None
    }
    losses = dict(Resting(store, pipeline, catalog).losses())
    functions = losses.pop(FUNCTIONS)
    names = store.read(FUNCTIONS, columns=["function_id", "name"])
    return Removal(
        catalog,
        rows,
        functions=tuple(sorted(names.join(functions.going, on="function_id", how="semi")["name"])),
        n_shared=functions.n_cut,
        resting={table.name: loss.going.height for table, loss in losses.items() if loss.going.height},
    )


def place_of(settings: Settings, catalog: str) -> str | None:
    """Where a catalog is configured, in words; None where it is not.

    Raises:
        ConfigError: the catalogs cannot be told.
    """
    found = find_catalogs(settings).get(catalog)
    if found is None:
        return None
    if not found.is_confined:
        return f"catalogs.sources of {settings.file}"
    manifest = found.folder / MANIFEST
    if manifest.is_file():
        named = parse_manifest(manifest.read_text(encoding="utf-8"), str(manifest))
        if any(source.name == catalog for source in named):
            return f"its entry in {manifest}"
    return str(found.folder / found.source.path)


def forget_catalog(settings: Settings, catalog: str, is_confirmed: bool) -> Removal:
    """What goes with a catalog that is no longer configured; its rows go at once where that is confirmed.

    Raises:
        InputError: the catalog is still configured, or no table holds it.
        ConfigError: another run is under way, or the catalogs cannot be told.
    """
    if (place := place_of(settings, catalog)) is not None:
        raise InputError(f"catalog {catalog!r} is still configured: remove {place} first, then forget it")
    store = DeltaStore(settings.tables)
    removal = plan_removal(store, settings.pipeline, catalog)
    if not removal.rows:
        strays = stray_catalogs(store, settings.pipeline, find_catalogs(settings))
        known = f"to be forgotten are: {', '.join(strays)}" if strays else "there is none to be forgotten"
        raise InputError(f"no table holds a row of a catalog {catalog!r}; {known}")
    if is_confirmed:
        with locked_home(settings.home):
            remove_catalogs(store, settings.pipeline, [catalog])
    return removal


def removal_lines(removal: Removal) -> list[str]:
    """The removal in words, a line each."""
    names = ", ".join(removal.functions[:10])
    rest = len(removal.functions) - 10
    return [
        *(f"{table}: {n_rows:,} rows" for table, n_rows in removal.rows.items()),
        f"functions from this catalog alone: {len(removal.functions):,}"
        + (f" ({names}{f' and {rest:,} more' if rest > 0 else ''})" if names else ""),
        f"functions that other catalogs hold too, which stay: {removal.n_shared:,}",
        *(
            f"{table}: {n_rows:,} rows that rest on those that go"
            for table, n_rows in removal.resting.items()
        ),
        *([] if removal.resting else ["nothing rests on those that go"]),
    ]
