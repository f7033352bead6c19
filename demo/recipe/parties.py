"""The sixty firms and the people who buy for them, written down by hand."""

from dataclasses import dataclass
from enum import StrEnum


class Credit(StrEnum):
    """How a firm stands with its credit limit."""

    OK = "ok"
    NEAR = "near"
    OVER = "over"
    NOT_CONFIGURED = "none"
    CASH_ONLY = "cash"


@dataclass(frozen=True, kw_only=True, slots=True)
class Firm:
    """One customer as the sales office knows it; `buyers` main buyer first."""

    code: str
    name: str
    city: str
    tier: str
    territory: str
    language: str
    buyers: tuple[str, ...]
    credit: Credit
    places: int
    default_place: bool
    trade: str
    blocked: bool = False


FIRMS_AS_TEXT = """
C101|Agrawal Trading Company|Indore|DIST|MALWA|hi-Latn|Ramesh Agrawal, Ankit Agrawal|ok|1|cast
C102|Jain Kirana Bhandar|Ujjain|DIST|MALWA|hi-Latn|Sunita Jain|ok|1|cast
C103|New Vijay Agencies|Dewas|DIST|MALWA|hi-Latn|Vijay Choudhary|ok|1|cast
C104|Lakeview Mart Distribution|Bhopal|DIST|MPEAST|en|Farida Contractor, Joel Fernandes|ok|2d|cast
C105|गुप्ता किराना स्टोर्स|Sagar|DIST|MPEAST|hi|रामस्वरूप गुप्ता, मनीष गुप्ता|ok|1|cast
C106|Kothari Agencies|Nagpur|DIST|VIDARBHA|hi-Latn|Mahendra Kothari|ok|1|cast
C107|Shree Kothari Provision|Nagpur|RET|VIDARBHA|hi-Latn|= C106|ok|1|cast
C108|Balaji Kirana Ratlam|Ratlam|DIST|MALWA|hi-Latn|Dinesh Soni, Pawan Soni|ok|1|cast
C109|Chhattisgarh Sales Corporation|Raipur|SS|CG|en|Harish Sahu|near|1|cast
C110|Poddar Enterprises|Kota|DIST|RAJ|hi-Latn|Sanjay Poddar|ok|1|cast
C111|Gayatri Stores|Dewas|RET|MALWA|hi-Latn|Lakhan Verma|ok|1|cast
C112|Lucknow Confectionery House|Lucknow|SS|UP|en|Imran Siddiqui, Rashid Siddiqui|ok|3|cast
C113|Mahakal Super Stockist|Ujjain|SS|MALWA|hi-Latn|Omprakash Rathore, Nilesh Rathore|ok|2d|all
C114|Siddhivinayak Marketing|Indore|SS|MALWA|hi-Latn|Sachin Bhandari|ok|2|all
C115|Narmada Trade Links|Jabalpur|SS|MPEAST|en|Anil Dubey, Rachna Dubey|ok|2d|all
C116|Orange City Foods Agency|Nagpur|SS|VIDARBHA|en|Prakash Deshmukh|ok|2d|all
C117|Magadh Distributors|Patna|SS|BIHAR|hi-Latn|Awadhesh Sinha, Rohit Sinha|over|2|all
C118|Sayaji Sales|Vadodara|SS|GUJ|en|Ketan Shah|ok|2d|all
C119|Hadoti Marketing|Kota|SS|RAJ|hi-Latn|Mukesh Meena|ok|1|all
C120|Bundelkhand Traders|Sagar|DIST|MPEAST|hi-Latn|Devendra Patel|ok|1|biscuit
C121|Shri Ram Provision|Mandsaur|DIST|MALWA|hi-Latn|Ghanshyam Porwal|ok|1|all
C122|Maheshwari Brothers|Dhar|DIST|MALWA|hi-Latn|Gopal Maheshwari, Nitin Maheshwari|near|1|all
C123|Rewa Khadya Bhandar|Rewa|DIST|MPEAST|hi-Latn|Bhupendra Singh|ok|1|biscuit
C124|Satna Wholesale Mart|Satna|DIST|MPEAST|en|Alok Tiwari|ok|2|all
C125|Udaipur Food Products|Udaipur|DIST|RAJ|en|Kavita Nahar|ok|2d|savoury
C126|Mewar Agencies|Chittorgarh|DIST|RAJ|hi-Latn|Lalit Sisodia|ok|1|all
C127|Jhalawar Kirana Samiti|Jhalawar|DIST|RAJ|hi-Latn|Babulal Nagar|none|1|all
C128|Dahod Traders|Dahod|DIST|GUJ|hi-Latn|Hitesh Panchal|ok|1|savoury
C129|Panchmahal Provision|Godhra|DIST|GUJ|hi-Latn|Yusuf Ghanchi|ok|1|all
C130|Ambika Marketing|Vadodara|DIST|GUJ|en|Nirav Patel, Heena Patel|ok|2d|all
C131|Amravati Distributors|Amravati|DIST|VIDARBHA|hi-Latn|Gajanan Raut|ok|1|savoury
C132|Akola Trading House|Akola|DIST|VIDARBHA|hi-Latn|Suresh Agrawal|over|1|all
C133|Wardha Food Supply|Wardha|DIST|VIDARBHA|en|Smita Wankhede|ok|1|all
C134|Chanda Enterprises|Chandrapur|DIST|VIDARBHA|hi-Latn|Ravindra Bhoyar|ok|1|biscuit
C135|Bilaspur Agencies|Bilaspur|DIST|CG|hi-Latn|Manoj Kashyap|ok|1|all
C136|Durg Kirana Supply|Durg|DIST|CG|hi-Latn|Tikaram Verma|near|1|savoury
C137|Raipur Biscuit Depot|Raipur|DIST|CG|hi-Latn|Jaspal Chhabra, Gurmeet Chhabra|ok|2d|biscuit
C138|Ganga Provision Stores|Kanpur|DIST|UP|hi-Latn|Shivam Katiyar|ok|1|all
C139|Sharma Traders|Kanpur|DIST|UP|hi-Latn|Pradeep Sharma|ok|2|all
C140|Kashi Food Agency|Varanasi|DIST|UP|hi|विनोद जायसवाल|ok|1|all
C141|Gorakhnath Agencies|Gorakhpur|DIST|UP|hi-Latn|Ashok Mishra|ok|1|all
C142|Sangam Traders|Prayagraj|DIST|UP|hi|राकेश केसरवानी|near|1|biscuit
C143|Patliputra Sales|Patna|DIST|BIHAR|hi-Latn|Santosh Kumar|ok|1|all
C144|Gaya Kirana Mart|Gaya|DIST|BIHAR|hi-Latn|Firoz Alam|ok|1|all
C145|Tirhut Agencies|Muzaffarpur|DIST|BIHAR|hi|नवीन ठाकुर|over|1|biscuit
C146|Saloni Supermart|Indore|RET|MALWA|en|Neha Khandelwal|ok|2d|all
C147|Apna Ghar Mart Palasia|Indore|RET|MALWA|en|Tarun Malviya|none|1|all
C148|Anusuya General Store|Ujjain|RET|MALWA|hi-Latn|Kailash Panwar|cash|1|all
C149|Sai Kirana|Bhopal|RET|MPEAST|hi-Latn|Mohammad Arif|ok|1|all
C150|Daily Needs Corner|Bhopal|RET|MPEAST|en|Shalini Mathur|ok|1|savoury
C151|Patel Provision|Jabalpur|RET|MPEAST|hi-Latn|Rajaram Patel|cash|1|biscuit
C152|Kothari Sweets & Namkeen|Kota|RET|RAJ|hi-Latn|Mahavir Kothari|ok|1|savoury
C153|City Fresh Retail|Vadodara|RET|GUJ|en|Parth Desai|ok|2|all
C154|Wardhaman Kirana|Nagpur|RET|VIDARBHA|hi-Latn|Pooja Wankhade|ok|1|all
C155|Shri Ganesh Bhandar|Amravati|RET|VIDARBHA|hi-Latn|= C131|ok|1|all
C156|Bhilai Mini Mart|Durg|RET|CG|hi-Latn|Rekha Sahu|none|1|all
C157|Awadh General Store|Lucknow|RET|UP|hi|अब्दुल करीम|ok|1|all
C158|Kanpur Tea & Biscuit|Kanpur|RET|UP|hi-Latn|Gyan Prakash|cash|1|biscuit
C159|Banaras Kirana Kendra|Varanasi|RET|UP|hi|सुरेश मौर्य|ok|1|all
C160|Old Town Traders|Bhopal|DIST|MPEAST|hi-Latn|Iqbal Khan|ok|1|all|blocked
"""


def firms() -> list[Firm]:
    """List the firms by code; "= C106" says that the same people buy for both."""
    made: dict[str, Firm] = {}
    for line in FIRMS_AS_TEXT.strip().splitlines():
        code, name, city, tier, territory, language, buyers, credit, places, trade, *blocked = line.split("|")
        same_as = buyers.removeprefix("= ")
        made[code] = Firm(
            code=code,
            name=name,
            city=city,
            tier=tier,
            territory=territory,
            language=language,
            buyers=made[same_as].buyers if buyers.startswith("= ") else tuple(buyers.split(", ")),
            credit=Credit(credit),
            places=int(places[0]),
            default_place=places.endswith("d"),
            trade=trade,
            blocked=bool(blocked),
        )
    return list(made.values())


def bought_for_together() -> dict[str, str]:
    """Firm whose people are another firm's: that other firm's code."""
    shared = {}
    for line in FIRMS_AS_TEXT.strip().splitlines():
        code, *_, buyers = line.split("|")[:7]
        if buyers.startswith("= "):
            shared[code] = buyers.removeprefix("= ")
    return shared
