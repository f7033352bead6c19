"""The whole plant: every table, each made from those before it."""

from collections.abc import Iterator

from recipe import aliases, customers, floor, history, items, lots, open_orders, prices, rules
from recipe.customers import Debt
from recipe.parties import firms
from recipe.tables import Setting, Table, table
from recipe.trade import habits


def tables(setting: Setting) -> Iterator[Table]:
    """All files of the plant, master data first."""
    goods = items.catalogue()
    lists = prices.price_lists(setting, goods)
    parties = firms()
    baskets = habits(setting, goods, parties)
    past = history.orders(setting, items=goods, lists=lists, firms=parties, habits=baskets)
    writer = history.Writer(setting=setting, items=goods, lists=lists)
    current = open_orders.open_orders(setting, writer=writer, firms=parties, habits=baskets, invoiced=len(past))
    debts = {
        firm.code: Debt(
            invoiced=history.invoiced(setting, goods, past, firm),
            ordered=open_orders.still_to_invoice(goods, current, firm),
        )
        for firm in parties
    }
    yield table("plants.csv", "code,name,state,gstin,timezone,calendar,cutoff", customers.plants())
    yield from rules.tables(setting)
    yield from customers.tables(setting, parties, debts)
    yield from items.tables(goods)
    yield from prices.tables(setting, goods, lists)
    yield from aliases.tables(goods)
    yield from history.tables(past)
    yield from open_orders.tables(setting, current)
    yield from _shop_floor(setting, goods)


def _shop_floor(setting: Setting, goods: items.Catalogue) -> Iterator[Table]:
    orders = floor.production_orders(setting, goods)
    products = lots.product_lots(setting, goods, orders)
    arrived = lots.deliveries(setting, goods)
    links = lots.genealogy(products, arrived)
    yield from floor.tables(goods, orders)
    yield from lots.tables(setting, products=products, bought=lots.filled(setting, arrived, links), links=links)
