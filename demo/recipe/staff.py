"""The firm's own people: reps, approvers, desk, planners, floor, stores, finance and heads."""

from collections.abc import Iterator
from dataclasses import dataclass

from recipe.tables import Row, Setting

FIRST_PHONE = 919000049001

STAFF_AS_TEXT = """
Vikas Patidar|sales_rep|PTH|hi-Latn|territory:MALWA
Shabnam Qureshi|sales_rep|PTH|en|territory:MPEAST
Bhanwar Singh Rathore|sales_rep|PTH|hi-Latn|territory:RAJ
Jignesh Parmar|sales_rep|PTH|en|territory:GUJ
Nilesh Kale|sales_rep|BTB|hi-Latn|territory:VIDARBHA
Dhanesh Dewangan|sales_rep|BTB|hi-Latn|territory:CG
Anurag Shukla|sales_rep|LKO|hi-Latn|territory:UP;C143
Md. Tauseef|sales_rep|LKO|hi-Latn|territory:BIHAR
Prerna Joshi|sales_rep|PTH|en|C113;C114;C115;C116;C146
Rajesh Nema|approver:1|PTH|en|
Sneha Gokhale|approver:1|BTB|en|
Arvind Mehrotra|approver:2|PTH|en|
Lata Subramaniam|approver:2;finance|BTB|en|
Chandrakant Rewal|approver:3|PTH|en|
Deepika Solanki|order_desk|PTH|hi-Latn|
Mohit Wadhwani|order_desk|PTH|en|
Rutuja Patil|order_desk|BTB|en|
Sameer Trivedi|planner|PTH|en|
Ashwini Bhute|planner|BTB|en|
Kamlesh Yadav|planner|LKO|hi-Latn|
Dr. Meera Kulkarni|quality|PTH|en|
Santosh Bairagi|quality|PTH|hi-Latn|
Archana Meshram|quality|BTB|en|
Jitendra Chouhan|materials|PTH|hi-Latn|
Vandana Dongre|materials|BTB|hi-Latn|
Harish Bisht|maintenance|PTH|hi-Latn|
Rafique Sheikh|maintenance|BTB|hi-Latn|
Umesh Prajapati|supervisor|PTH|hi-Latn|
Kalpana Uikey|supervisor|PTH|hi|
Dilip Thakre|supervisor|BTB|hi-Latn|
Manda Ingole|supervisor|BTB|hi-Latn|
Ramkumar Bhil|operator|PTH|hi|
Bherulal Dodiyar|operator|PTH|hi|
Sukhwati Markam|operator|BTB|hi|
Oven line 2 phone|operator|PTH|hi|shared
Fryer line phone|operator|BTB|hi|shared
Tulsiram Kushwah|dispatch|PTH|hi-Latn|
Pramod Gajbhiye|dispatch|BTB|hi-Latn|
Rehan Khan|dispatch|LKO|hi-Latn|
Kishore Mali|driver|PTH|hi|
Gurucharan Singh|driver|BTB|hi-Latn|
Ramdhari Yadav|driver|LKO|hi|
Sushma Vyas|finance|PTH|en|
Girish Pande|finance|BTB|en|
Col. Sudhir Bakshi|plant_head|PTH|en|
Vaishali Ghate|plant_head|BTB|en|
Nikhil Rewal|admin|PTH|en|
Tanvi Deshpande|admin;order_desk|BTB|en|
Ajay Baghel|sales_rep|PTH|hi-Latn|gone
Ritika Arora|order_desk|PTH|en|leaves
"""
"""Name, roles, plant, language, and what else there is to say: a rep's firms, a shared phone, who left."""

SEES_MONEY = ("approver", "finance", "plant_head", "order_desk", "admin", "sales_rep")


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One of the firm's own people with their phone."""

    phone: str
    name: str
    roles: str
    plant: str
    language: str
    note: str

    @property
    def firms(self) -> str:
        """The firms a rep may order for, as the file format writes them."""
        return self.note if self.roles == "sales_rep" and self.note not in ("gone", "leaves") else ""


def staff() -> list[Member]:
    """All of them; phones follow the order of the list."""
    lines = STAFF_AS_TEXT.strip().splitlines()
    made = []
    for place, line in enumerate(lines):
        name, roles, plant, language, note = line.split("|")
        phone = f"+{FIRST_PHONE + 7 * place}"
        made.append(Member(phone=phone, name=name, roles=roles, plant=plant, language=language, note=note))
    return made


def rep_of(territory: str) -> Member:
    """Who travels a territory."""
    return next(member for member in staff() if f"territory:{territory}" in member.firms.split(";"))


def phone_of(name: str) -> str:
    """Return the phone of one of the staff by name."""
    return next(member.phone for member in staff() if member.name == name)


def people(setting: Setting) -> Iterator[Row]:
    """Yield the staff's rows of `people.csv`."""
    for member in staff():
        yield {
            "phone": member.phone,
            "name": member.name,
            "roles": member.roles,
            "plant": member.plant,
            "language": member.language,
            "customers": member.firms,
            "active": member.note != "gone",
            "until": {"gone": setting.ago(40), "leaves": setting.ahead(9)}.get(member.note),
            "shared": member.note == "shared",
            "sees_money": member.roles.startswith(SEES_MONEY),
            "main": False,
        }
