"""An unknown sender whom the ERP's people.csv names later."""

from pathlib import Path

from tests.scenarios.stage import Stage


def test_what_an_unknown_sender_wrote_is_read_when_the_people_file_names_him(stage: Stage, plant: Path) -> None:
    new = stage.phone("+919000055777")
    new.says("10 peti kutku g chota chahiye")
    new.expects("Munshi")
    people = plant / "people.csv"
    header, first, *_ = people.read_text(encoding="utf-8").splitlines()
    names = header.split(",")
    row = dict.fromkeys(names, "") | {"phone": "+919000055777", "name": "Nandu", "customer": "C111"}
    row |= {"roles": "buyer", "language": "hi-Latn"}
    people.write_text(
        people.read_text(encoding="utf-8") + ",".join(row[name] for name in names) + "\n", encoding="utf-8"
    )
    assert first
    stage.pull()
    new.expects("Kutku-G Glucose Biscuit 50 g", "10 CASE", buttons=["confirm", "change", "cancel"])
    assert not stage.matters("unknown_sender")
