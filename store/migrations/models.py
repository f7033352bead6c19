"""Every module that holds mapped classes, by name: `store` may not import them, Alembic must know them."""

from importlib import import_module

MODELS = (
    "store.parked",
    "store.heartbeat",
    "store.holds",
    "store.alarms",
    "store.nightly",
    "people.model",
    "routing.model",
    "routing.ask_model",
    "erp.outbox_model",
    "erp.mirror_model",
    "erp.rule_model",
    "orders.model",
    "orders.approval_model",
    "orders.credit_model",
    "orders.change_model",
    "bot.model",
)


def load() -> None:
    """Import them all, so that `Base.metadata` is complete."""
    for module in MODELS:
        import_module(module)
