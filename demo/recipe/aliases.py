"""`aliases.csv`: the names people use for items, everybody's and single customers'."""

from collections.abc import Iterator

from recipe.items import Catalogue
from recipe.tables import Table, table

EVERYBODYS = """
kutku g chota|KG-050
kutku chota|KG-050
kutku g 5 wala|KG-050
कुटकु जी छोटा|KG-050
कुटकु छोटा|KG-050
kutku g bada|KG-200
kutku 10 wala|KG-100
kutku family|KG-800
kutku doodh chota|KG-DO-050
24 24 butter|CB-BU-075
24-24 butter|CB-BU-075
chaubis butter|CB-BU-075
chaubis kaju|CB-KA-075
24-24 choco chip|CB-CC-075
marie 120|SM-120
marie 365 120|SM-120
marie chota|SM-060
marie 250|SM-250
मारी 120|SM-120
gur marie|SM-GU-120
oats marie|SM-OA-120
orange cream chota|MC-OR-040
orange cream 80|MC-OR-080
elaichi cream 80|MC-EL-080
choco cream 80|MC-CH-080
jeera cracker|KB-JE-100
khari baat jeera 100|KB-JE-100
khari baat namkeen chota|KB-NA-050
ajwain cracker|KB-AJ-100
7 grain|DG-M7-250
ragi digestive|DG-RA-250
fibre digestive chota|DG-HF-100
elaichi rusk 300|SR-EL-300
elaichi toast|SR-EL-300
suji rusk|SR-SU-200
milk rusk 200|SR-MI-200
मिल्क रस्क|SR-MI-200
pankh choco|PW-CH-075
nariyal biscuit|NG-100
rustam choco chota|CR-CH-030
gift tin chota|RT-AS-250
rajwada 400|RT-AS-400
nankhatai khuli|LB-NK-4K
bakery toast|LB-TO-4K
lachhi masala|LN-MA-070
lachhi masala 70|LN-MA-070
lachhi masala chota|LN-MA-035
lachhi 2 pack|LN-MA-140
lachhi 4 pack|LN-MA-280
लच्छी मसाला|LN-MA-070
lachhi atta|LN-AT-070
lachhi chatpata|LN-CP-070
cup masala|LC-MA-045
cup manchow bada|LC-MN-070
hakka 150|LH-PL-150
hakka 300|LH-PL-300
sewai roasted|LV-RO-150
bhuni sewai|LV-RO-150
aloo bhujia chota|G5-AB-020
aloo bhujia 5 wala|G5-AB-020
aloo bhujia 10 wala|G5-AB-045
आलू भुजिया 10 वाला|G5-AB-045
aloo bhujia 200|G5-AB-200
aloo bhujia kilo pack|G5-AB-1K
ratlami 200|G5-RS-200
ratlami 180|G5-RS-180
ratlami chota|G5-RS-020
ratlami 10 wala|G5-RS-045
ratlami sev khula|G5L-RS-5K
khuli ratlami|G5L-RS-5K
bhujia khula|G5L-AB-5K
boondi khuli|G5L-BO-5K
sev 2 number 200|G5-S2-200
sev no 4 200|G5-S4-200
sev no 1 200|G5-S1-200
navratan 200|G5-N9-200
mix 36 200|G5-M36-200
khatta meetha namkeen chota|G5-KM-045
falahari|G5-FC-200
bhel 200|G5-BM-200
masala peanut chota|G5-PN-020
rings masala chota|PR-MA-015
rings tamatar chota|PR-TO-015
phurr 5 wala masala|PR-MA-015
sticks cheese chota|PS-CZ-015
salted chips chota|KC-SA-012
salted chips 10 wala|KC-SA-028
cream onion chips|KC-CO-028
lemon chips chota|KC-LM-012
moong papad|RP-MO-200
urad papad|RP-UR-200
punjabi papad|RP-PM-200
sabudana papad|RP-SA-200
"""

SINGLE_CUSTOMERS = """
C101|lachhi|LN-MA-070|
C101|glucose|KG-050|
C101|ratlami|G5-RS-200|
C102|bhujia|G5-AB-020|LADI
C102|toast|SR-EL-300|
C103|kutku|KG-050|
C103|lachhi|LN-MA-070|
C104|butter cookies|CB-BU-075|
C104|jeera|KB-JE-100|
C105|कुटकु|KG-050|
C105|भुजिया|G5-AB-045|LADI
C105|लच्छी|LN-MA-070|
C106|lachhi|LN-MA-070|
C106|chips|KC-MA-012|LADI
C107|ratlami|G5-RS-045|LADI
C108|laung sev|G5-LS-200|
C109|salted|KC-SA-028|
C109|bhujia|G5-AB-200|
C110|ratlami|G5-RS-200|
C110|bhujia|G5-AB-200|
C110|papad|RP-MO-200|
C111|kutku|KG-050|
C111|lachhi chota|LN-MA-035|
C112|kaju cookies|CB-KA-075|
C112|hakka|LH-PL-300|
C112|navratan|G5-N9-200|
C113|marie|SM-120|
C118|digestive|DG-HF-250|
C118|sev patli|G5-S1-200|
C125|sewai|LV-RO-400|
C131|rings|PR-MA-015|LADI
C137|family pack|KG-800|
C140|मारी|SM-120|
C142|कुटकु|KG-050|
C145|रस्क|SR-SU-200|
C152|khula bhujia|G5L-AB-5K|
C154|peanut|G5-PN-045|LADI
C157|छोटा मारी|SM-060|
"""


def tables(items: Catalogue) -> Iterator[Table]:
    """`aliases.csv`; a SKU that does not exist stops the run."""
    rows = [f"|{line}|".split("|") for line in EVERYBODYS.strip().splitlines()]
    rows += [line.split("|") for line in SINGLE_CUSTOMERS.strip().splitlines()]
    yield table(
        "aliases.csv",
        "customer,alias,sku,uom",
        (
            {"customer": customer, "alias": alias, "sku": items[sku].sku, "uom": uom}
            for customer, alias, sku, uom in rows
        ),
    )
