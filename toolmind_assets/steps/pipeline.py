"""All steps in the order in which data flows, and what follows from their order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from toolmind_assets.steps.step import Partitions, Stage, Step
from toolmind_resources.chat.embedded import Rule
from toolmind_resources.chat.model import Role
from toolmind_resources.delta.table import Table


@dataclass(frozen=True)
class Pipeline:
    """The stages, in order.

    Catalogs come first, each a partition; then the corpus, made whole from all of them; then shards; then what is
    made of all shards.
    """

    stages: tuple[Stage, ...]

    @cached_property
    def steps(self) -> tuple[Step[Any], ...]:
        """All steps in the order in which data flows."""
        return tuple(step for stage in self.stages for step in stage.steps)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """All tables in the order in which data flows; of a step its main table first, dropped rows last."""
        return tuple(table for step in self.steps for table in reversed(step.makes))

    @cached_property
    def stand_in(self) -> Mapping[Role, Rule]:
        """Role -> the rule by which the embedded model plays it, in the order of the steps that ask it."""
        rules = {role: rule for stage in self.stages for role, rule in stage.stand_in.items()}
        return {role: rules[role] for role in self.roles}

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """All roles in the order of the steps that ask them."""
        return tuple(dict.fromkeys(role for step in self.steps for role in step.roles))

    @cached_property
    def contexts(self) -> tuple[type, ...]:
        """What the roles know: the types of their requests' contexts."""
        return tuple(kind for stage in self.stages for kind in stage.contexts)

    @property
    def of_catalogs(self) -> tuple[Step[Any], ...]:
        """The steps that are cut into catalogs."""
        return tuple(step for step in self.steps if step.partitions is Partitions.CATALOG)

    @property
    def of_corpus(self) -> tuple[Step[Any], ...]:
        """The steps that are made whole before any shard is."""
        first = next((i for i, step in enumerate(self.steps) if step.partitions.is_shard), len(self.steps))
        return tuple(step for step in self.steps[:first] if step.partitions is Partitions.WHOLE)

    def of_shards(self, kind: Partitions) -> tuple[Step[Any], ...]:
        """The steps that make a shard of a kind."""
        return tuple(step for step in self.steps if step.partitions.is_shard and step.partitions.meets(kind))

    @property
    def of_all_shards(self) -> tuple[Step[Any], ...]:
        """The steps that are made whole of all shards."""
        wholes = [step for step in self.steps if step.partitions is Partitions.WHOLE and not step.is_closing]
        return tuple(step for step in wholes if step not in self.of_corpus)

    @property
    def closing(self) -> tuple[Step[Any], ...]:
        """The steps that are made last, also where a run stops."""
        return tuple(step for step in self.steps if step.is_closing)

    def before(self, step: Step[Any]) -> tuple[Table, ...]:
        """The tables of all steps before a step."""
        place = self.steps.index(step)
        return tuple(table for other in self.steps[:place] for table in reversed(other.makes))

    def maker_of(self, table: Table) -> Step[Any]:
        """The step that makes a table."""
        return next(step for step in self.steps if table in step.makes)

    def is_of_all_catalogs(self, step: Step[Any]) -> bool:
        """Whether a step is made whole of tables that are cut into catalogs."""
        makers = [self.maker_of(read.table) for read in step.reads]
        is_cut = any(maker.partitions is Partitions.CATALOG for maker in makers)
        return step.partitions is Partitions.WHOLE and is_cut

    def title_of(self, steps: Iterable[Step[Any]]) -> str:
        """What some steps are called while they are made: the titles of their stages."""
        titles = {stage.name: stage.title or stage.name for stage in self.stages}
        return " and ".join(dict.fromkeys(titles[step.stage] for step in steps))


def tables_of(steps: Sequence[Step[Any]]) -> list[Table]:
    """All tables that some steps make."""
    return [table for step in steps for table in step.makes]
