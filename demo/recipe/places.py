"""Where everything is: plants, depot, warehouses, cities, territories and the routes between them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class City:
    """A town with its GST state code and the first digits of its pincodes."""

    state: str
    pincode: str
    streets: tuple[str, ...]


COMPANY = "Reva Shipra Foods Private Limited"

PLANTS = (
    ("PTH", "Pithampur Biscuit Plant", "23", "MALWA", "16:00"),
    ("BTB", "Butibori Snacks and Noodles Plant", "27", "VIDARBHA", "15:30"),
    ("LKO", "Lucknow Depot", "09", "AWADH", "14:00"),
)
"""Code, name, GST state code, calendar, order cut-off."""

WAREHOUSES = (
    ("PTH-FG", "PTH", "Pithampur finished goods", "fg"),
    ("PTH-RM", "PTH", "Pithampur raw material", "rm"),
    ("PTH-WIP", "PTH", "Pithampur shop floor", "wip"),
    ("PTH-HOLD", "PTH", "Pithampur quality cage", "hold"),
    ("BTB-FG", "BTB", "Butibori finished goods", "fg"),
    ("BTB-RM", "BTB", "Butibori raw material", "rm"),
    ("BTB-WIP", "BTB", "Butibori shop floor", "wip"),
    ("BTB-HOLD", "BTB", "Butibori quality cage", "hold"),
    ("LKO-DEP", "LKO", "Lucknow depot", "depot"),
    ("IND-VAN1", "PTH", "Indore van 1", "van"),
)

SUPPLY = {
    "MALWA": "PTH-FG",
    "MPEAST": "PTH-FG",
    "RAJ": "PTH-FG",
    "GUJ": "PTH-FG",
    "VIDARBHA": "BTB-FG",
    "CG": "BTB-FG",
    "UP": "LKO-DEP",
    "BIHAR": "LKO-DEP",
}
"""Territory → the warehouse that supplies it."""

ROUTES = {
    "MALWA": ("R-MALWA", ("mon", "tue", "wed", "thu", "fri", "sat")),
    "MPEAST": ("R-MPEAST", ("mon", "wed", "fri")),
    "RAJ": ("R-RAJ", ("tue", "fri")),
    "GUJ": ("R-GUJ", ("tue", "sat")),
    "VIDARBHA": ("R-VIDARBHA", ("mon", "tue", "wed", "thu", "fri", "sat")),
    "CG": ("R-CG", ("mon", "thu")),
    "UP": ("R-UP", ("mon", "tue", "thu", "sat")),
    "BIHAR": ("R-BIHAR", ("wed", "sat")),
}
"""Territory → route and the days it runs."""

CITIES = {
    "Indore": City(state="23", pincode="4520", streets=("Siyaganj", "Palasia", "Malharganj")),
    "Ujjain": City(state="23", pincode="4560", streets=("Freeganj", "Chhatri Chowk", "Nanakheda")),
    "Dewas": City(state="23", pincode="4550", streets=("AB Road", "Station Road", "Subhash Chowk")),
    "Ratlam": City(state="23", pincode="4570", streets=("Chandni Chowk", "Do Batti", "New Road")),
    "Mandsaur": City(state="23", pincode="4580", streets=("Gandhi Chauraha", "Sadar Bazar")),
    "Dhar": City(state="23", pincode="4540", streets=("Trimurti Nagar", "Bus Stand Road")),
    "Bhopal": City(state="23", pincode="4620", streets=("Hamidia Road", "Jumerati", "Govindpura")),
    "Jabalpur": City(state="23", pincode="4820", streets=("Marhatal", "Gorakhpur Chowk", "Ranital")),
    "Sagar": City(state="23", pincode="4700", streets=("Katra Bazar", "Gujrati Bazar")),
    "Rewa": City(state="23", pincode="4860", streets=("Ghoghar", "Sirmour Chowk")),
    "Satna": City(state="23", pincode="4850", streets=("Rewa Road", "Pannilal Chowk", "Semaria Chowk")),
    "Kota": City(state="08", pincode="3240", streets=("Rampura Bazar", "Gumanpura", "Nayapura")),
    "Udaipur": City(state="08", pincode="3130", streets=("Mandi Ki Nal", "Hiran Magri", "Delhi Gate")),
    "Chittorgarh": City(state="08", pincode="3120", streets=("Gol Pyau", "Station Road")),
    "Jhalawar": City(state="08", pincode="3260", streets=("Bada Bazar", "Mangalpura")),
    "Vadodara": City(state="24", pincode="3900", streets=("Hathikhana", "Makarpura", "Alkapuri")),
    "Dahod": City(state="24", pincode="3891", streets=("Station Road", "Padav Chowk")),
    "Godhra": City(state="24", pincode="3890", streets=("Patel Wada", "Chitra Road")),
    "Nagpur": City(state="27", pincode="4400", streets=("Itwari", "Kalamna Market", "Sitabuldi")),
    "Amravati": City(state="27", pincode="4446", streets=("Jawahar Road", "Badnera Road")),
    "Akola": City(state="27", pincode="4440", streets=("Tilak Road", "Old Cotton Market")),
    "Wardha": City(state="27", pincode="4420", streets=("Main Road", "Bajaj Chowk")),
    "Chandrapur": City(state="27", pincode="4424", streets=("Gandhi Chowk", "Mul Road")),
    "Raipur": City(state="22", pincode="4920", streets=("Gudhiyari", "Bhanpuri", "Pandri")),
    "Bilaspur": City(state="22", pincode="4950", streets=("Vyapar Vihar", "Telipara")),
    "Durg": City(state="22", pincode="4910", streets=("Indira Market", "Power House")),
    "Lucknow": City(state="09", pincode="2260", streets=("Rakabganj", "Transport Nagar", "Aliganj")),
    "Kanpur": City(state="09", pincode="2080", streets=("Collectorganj", "Naya Ganj", "Dada Nagar")),
    "Varanasi": City(state="09", pincode="2210", streets=("Vishweshwarganj", "Lahartara")),
    "Gorakhpur": City(state="09", pincode="2730", streets=("Sahebganj", "Golghar")),
    "Prayagraj": City(state="09", pincode="2110", streets=("Chowk Gangadas", "Mutthiganj")),
    "Patna": City(state="10", pincode="8000", streets=("Maroofganj", "Mithapur", "Kankarbagh")),
    "Gaya": City(state="10", pincode="8230", streets=("Purani Godown", "Tekari Road")),
    "Muzaffarpur": City(state="10", pincode="8420", streets=("Gola Road", "Saraiyaganj")),
}
