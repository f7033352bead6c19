"""The alias editor, from the proposal a customer's answer made to what it matches afterwards."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.app import Munshi
from orders import aliases
from orders.aliases import Wish
from orders.model import Alias, AliasState
from tests.web.visitors import Visitor

RAMESH = "+919000000001"


@pytest.fixture
def keeper(visitor: Callable[[str], Visitor]) -> Visitor:
    """Somebody with the page role aliases."""
    one = visitor("aliases")
    one.opens("/aliases/")
    return one


def find(munshi: Munshi, phrase: str, party: str = "") -> Alias:
    with munshi.database.transaction() as session:
        return session.scalars(select(Alias).where(Alias.phrase == phrase, Alias.party_code == party)).one()


def propose(munshi: Munshi, phrase: str, sku: str, *, message: str = "", inbound_id: int | None = None) -> int:
    with munshi.database.transaction() as session:
        aliases.learn_pick(
            session,
            party_code="C001",
            phrase=phrase,
            sku=sku,
            uom=None,
            inbound_id=inbound_id,
            message=message or phrase,
        )
    return find(munshi, aliases.fold(phrase), "C001").id


def test_a_proposal_stands_first_with_the_message_it_came_from(keeper: Visitor, munshi: Munshi) -> None:
    propose(munshi, "Chhota  Parle", "PG-070", message="10 peti Chhota Parle bhejo")
    page = keeper.opens("/aliases/").text
    assert page.index("chhota parle") < page.index("namak")
    assert "“10 peti Chhota Parle bhejo” · picked once" in page


def test_one_or_many_proposals_are_approved_at_once_and_undone_together(keeper: Visitor, munshi: Munshi) -> None:
    first, second = propose(munshi, "chhota parle", "PG-070"), propose(munshi, "bada parle", "PG-140")
    answer = keeper.sends("/aliases/many", {"id": [first, second], "act": "approve"}, follow_redirects=True)
    assert "2 aliases approved." in answer.text
    assert {find(munshi, phrase, "C001").state for phrase in ("chhota parle", "bada parle")} == {"approved"}
    assert f'value="{first}"' in answer.text
    keeper.sends("/aliases/many", {"id": [first, second], "act": "undo"})
    assert {find(munshi, phrase, "C001").state for phrase in ("chhota parle", "bada parle")} == {"proposed"}


def test_a_rejected_proposal_is_out_of_use_and_on_record(keeper: Visitor, munshi: Munshi) -> None:
    number = propose(munshi, "chhota parle", "PG-070")
    keeper.sends("/aliases/many", {"id": number, "act": "reject"})
    assert find(munshi, "chhota parle", "C001").state == AliasState.RETIRED
    assert "chhota parle" not in keeper.opens("/aliases/").text.split("rows")[-1]
    assert "chhota parle" in keeper.opens("/aliases/?state=retired").text


def test_an_alias_is_added_found_and_matches_the_next_message(
    keeper: Visitor, munshi: Munshi, stranger: Visitor, run: Callable[[], int]
) -> None:
    answer = keeper.sends(
        "/aliases/new", {"phrase": " Tiger  Wala ", "sku": "PG-140", "uom": "CASE", "party_code": "C001"}
    )
    assert answer.status_code == 302
    assert "tiger wala" in keeper.opens("/aliases/?words=tiger").text
    stranger.says(RAMESH, "5 tiger wala")
    run()
    assert "Parle G 140 g" in stranger.opens("/console/", query_string={"a": RAMESH}).text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"phrase": "tiger", "sku": "NO-SUCH"}, "The erp lists no item no-such"),
        ({"phrase": "tiger", "sku": "PG-140", "uom": "TIN"}, "Pg-140 is not kept in tin: use one of case, pcs"),
        ({"phrase": "tiger", "sku": "PG-140", "party_code": "C999"}, "There is no customer c999"),
        ({"phrase": "  ", "sku": "PG-140"}, "There are no words"),
        ({"phrase": "20", "sku": "PG-140"}, "has no letter"),
        ({"phrase": "x" * 100, "sku": "PG-140"}, "These are 100 characters"),
        ({"phrase": "NAMAK", "sku": "00123", "uom": "BAG"}, "means 00123 for everyone already"),
    ],
)
def test_what_is_wrong_with_an_alias_is_said_at_its_field_with_what_to_do(
    keeper: Visitor, munshi: Munshi, form: dict[str, str], said: str
) -> None:
    answer = keeper.sends("/aliases/new", form)
    assert answer.status_code == 422
    assert said.casefold() in answer.text.casefold()
    assert "aria-invalid" in answer.text


def test_a_changed_alias_of_the_erps_file_survives_the_next_pull_and_can_be_undone(
    keeper: Visitor, munshi: Munshi
) -> None:
    before = find(munshi, "chota parle")
    answer = keeper.sends(f"/aliases/{before.id}", {"phrase": "chota parle", "sku": "PG-140", "uom": ""})
    assert answer.status_code == 302
    with munshi.database.transaction() as session:
        kept = {alias.sku: alias.state for alias in session.scalars(select(Alias).where(Alias.phrase == "chota parle"))}
        assert kept == {"PG-070": "retired", "PG-140": "approved"}
        new = session.scalars(select(Alias).where(Alias.sku == "PG-140", Alias.phrase == "chota parle")).one()
        assert [one.id for one in aliases.overridden(session)] == [before.id]
    keeper.sends("/aliases/many", {"id": new.id, "act": "undo"})
    with munshi.database.transaction() as session:
        kept = {alias.sku: alias.state for alias in session.scalars(select(Alias).where(Alias.phrase == "chota parle"))}
        assert kept == {"PG-070": "approved", "PG-140": "retired"}
        assert not aliases.overridden(session), "the file's row is the file's again"


def test_a_change_of_the_unit_is_undone_and_done_again(keeper: Visitor, munshi: Munshi) -> None:
    number = find(munshi, "namak").id
    keeper.sends(f"/aliases/{number}", {"phrase": "namak", "sku": "00123", "uom": "PCS"})
    assert find(munshi, "namak").uom == "PCS"
    keeper.sends("/aliases/many", {"id": number, "act": "undo"})
    assert find(munshi, "namak").uom == "BAG"
    keeper.sends("/aliases/many", {"id": number, "act": "undo"})
    assert find(munshi, "namak").uom == "PCS"


def test_a_preview_replays_past_messages_and_writes_nothing(
    keeper: Visitor, munshi: Munshi, stranger: Visitor, run: Callable[[], int]
) -> None:
    stranger.says(RAMESH, "10 case tiger wala")
    stranger.says(RAMESH, "3 bag namak")
    run()
    form = {"phrase": "tiger wala", "sku": "PG-140", "uom": "", "party_code": "C001"}
    shown = keeper.sends("/aliases/preview", form).text
    assert "1 of 1 past message" in shown
    assert "10 case tiger wala" in shown
    assert "Parle G 140 g" in shown
    assert "namak" not in shown
    assert "No past message holds these words." in keeper.sends("/aliases/preview", form | {"phrase": "unheard"}).text
    with munshi.database.transaction() as session:
        assert not session.scalars(select(Alias).where(Alias.phrase == "tiger wala")).all()


def test_a_preview_shows_what_would_be_lost_without_an_alias(
    keeper: Visitor, munshi: Munshi, stranger: Visitor, run: Callable[[], int]
) -> None:
    stranger.says(RAMESH, "3 bag namak")
    run()
    number = find(munshi, "namak").id
    shown = keeper.sends("/aliases/preview", {"without": number, "only_without": "1"}).text
    assert "1 of 1 past message" in shown
    assert "Salt 1 kg" in shown


def upload(visitor: Visitor, text: str) -> str:
    file = (io.BytesIO(text.encode()), "names.csv")
    return visitor.sends("/aliases/file", {"file": file}, content_type="multipart/form-data").text


def test_an_import_takes_sound_rows_and_names_every_other_one_with_its_remedy(keeper: Visitor, munshi: Munshi) -> None:
    shown = upload(
        keeper,
        "customer,alias,sku,uom\n"
        ",glucose,PG-070,CASE\n"
        "C001,meetha,SUG-50,\n"
        "\n"
        "C999,x wala,PG-070,\n"
        ",nowhere,NO-1,\n"
        ",123,PG-070,\n"
        ",namak,00123,BAG\n",
    )
    assert "names.csv: 2 added, 0 changed, 1 there already, 3 problems." in shown
    for row, said in ((5, "there is no customer C999"), (6, "the ERP lists no item NO-1"), (7, "has no letter")):
        assert f'<td class="number">{row}</td>' in shown
        assert said in shown
    assert find(munshi, "glucose").state == AliasState.APPROVED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("customer,alias,uom\n,x,y\n", "sku"),
        ("", "empty"),
        ('customer,alias,sku,uom\n,"open,PG-070,\n', "quote"),
        ("customer;alias;sku;uom\n;glucose;PG-070;CASE\n", "1 added"),
    ],
)
def test_a_broken_file_gets_a_clear_answer(keeper: Visitor, text: str, said: str) -> None:
    assert said in upload(keeper, text)


def test_a_file_above_64_kb_is_taken_where_a_file_is_asked_for(keeper: Visitor) -> None:
    rows = "".join(f",{'a long name ' * 6}{one},PG-070,\n" for one in range(800))
    assert len(rows) > 64 * 1024
    assert "800 added" in upload(keeper, "customer,alias,sku,uom\n" + rows)


def test_an_export_holds_what_matches_and_no_cell_a_spreadsheet_would_run(keeper: Visitor, munshi: Munshi) -> None:
    with munshi.database.transaction() as session:
        made = aliases.add(session, Wish(phrase="=cmd|' /C calc'!A0 x", sku="PG-070"), by="aliases")
        assert isinstance(made, Alias)
    answer = keeper.opens("/aliases/export.csv")
    text = answer.data.decode("utf-8-sig")
    assert text.splitlines()[0] == "customer,alias,sku,uom"
    assert not any(cell.startswith("=") for line in text.splitlines() for cell in line.split(","))
    assert f"{len(text.splitlines()) - 1} there already" in upload(keeper, text), "read in again it means the same"


def test_items_are_offered_by_words_of_their_name(keeper: Visitor) -> None:
    assert 'value="PG-140"' in keeper.opens("/aliases/items?sku=parle+140").text
    assert "PG-070" not in keeper.opens("/aliases/items?sku=parle+140").text
    assert 'value="C001"' in keeper.opens("/aliases/parties?party_code=sharma").text
