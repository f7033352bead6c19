"""Which functions a role implies, and what a set of roles may do. Pure."""

from collections.abc import Iterable

from people.model import Function, Role

IMPLIED: dict[Role, Function] = {
    Role.SALES_REP: Function.COMMERCIAL,
    Role.APPROVER_1: Function.COMMERCIAL,
    Role.APPROVER_2: Function.COMMERCIAL,
    Role.APPROVER_3: Function.COMMERCIAL,
    Role.ORDER_DESK: Function.COMMERCIAL,
    Role.PLANNER: Function.PLANNING,
    Role.QUALITY: Function.QUALITY,
    Role.MATERIALS: Function.MATERIALS,
    Role.MAINTENANCE: Function.MAINTENANCE,
    Role.SUPERVISOR: Function.PRODUCTION,
    Role.OPERATOR: Function.PRODUCTION,
    Role.DISPATCH: Function.DISPATCH,
    Role.DRIVER: Function.DISPATCH,
    Role.FINANCE: Function.FINANCE,
    Role.PLANT_HEAD: Function.PLANT_HEAD,
    Role.ADMIN: Function.IT,
}


def functions_of(roles: Iterable[str], functions: Iterable[str]) -> list[str]:
    """The functions somebody answers for: those named that exist, and those the roles imply, in the list's order."""
    known = {function.value for function in Function}
    named = {function for function in functions if function in known}
    named |= {IMPLIED[Role(role)].value for role in roles if role in set(Role) and Role(role) in IMPLIED}
    return [function.value for function in Function if function.value in named]
