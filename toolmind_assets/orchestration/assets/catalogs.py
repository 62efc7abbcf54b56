"""Assets of the stage `catalogs`."""

from collections.abc import Iterator, Mapping

import dagster as dg

from toolmind_assets.errors import InputError
from toolmind_assets.orchestration.factory import defaults_from, partition_keys, table_outs, yield_builds
from toolmind_assets.orchestration.partitions import CATALOGS, SETTINGS
from toolmind_assets.settings.catalog_folder import Catalog, find_catalogs
from toolmind_assets.stages.catalogs.read import read_catalog
from toolmind_assets.stages.catalogs.sources import CatalogParams
from toolmind_assets.steps.step import Rows, Step, Work
from toolmind_assets.tables import CATALOGS_DROPPED, COMPONENTS, FILES, RAW_FUNCTIONS
from toolmind_resources.delta.resource import StoreResource

STEP = Step("read_catalogs", makes=(CATALOGS_DROPPED, FILES, COMPONENTS, RAW_FUNCTIONS), reads=())
LIMITS = set(CatalogParams.model_fields)


@defaults_from(SETTINGS.config.catalogs)
class CatalogsConfig(dg.Config, CatalogParams):
    """Limits on what is read."""


def work(params: CatalogParams) -> Work:
    """The step with these parameters, over the catalogs as they lie on disk now."""
    catalogs = find_catalogs(SETTINGS)

    def settings(catalog: str | None) -> object:
        found = _catalog_of(catalogs, catalog)
        limits = params.model_dump(include=LIMITS)
        return [limits, found.source.model_dump(mode="json"), found.digest(params.max_file_bytes)]

    return Work(STEP, settings)


@dg.multi_asset(
    name=STEP.name,
    outs=table_outs(STEP, "json"),
    partitions_def=CATALOGS,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def read_catalogs(
    context: dg.AssetExecutionContext, config: CatalogsConfig, store: StoreResource
) -> Iterator[dg.Output]:
    """Raw function entries of each catalog, kept as found."""
    catalogs = find_catalogs(SETTINGS)

    def make(name: str | None) -> Rows:
        catalog = _catalog_of(catalogs, name)
        located = catalog.located(config.max_file_bytes)
        read = read_catalog(catalog.source, located.files(), config, located.file_named)
        return {
            FILES: read.files,
            COMPONENTS: read.components,
            RAW_FUNCTIONS: read.functions,
            CATALOGS_DROPPED: read.drops,
        }

    builds = work(config).build(store.store(), partition_keys(context), make)
    yield from yield_builds(context, builds)


def _catalog_of(catalogs: Mapping[str, Catalog], name: str | None) -> Catalog:
    """The catalog of this name.

    Raises:
        InputError: it has gone since its partition was asked for.
    """
    if name is None or name not in catalogs:
        raise InputError(
            f"catalog {name!r} is no longer configured; its partition goes with the next look at the folder"
        )
    return catalogs[name]
