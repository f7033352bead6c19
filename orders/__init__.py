"""The life of a sales order: draft, price, credit, confirmation; and the aliases people order by."""
