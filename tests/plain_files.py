"""A small, sound plant in the plain-file format, to be damaged by tests."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SOUND: Mapping[str, str] = {
    "warehouses.csv": "code,plant,name,kind\nFG1,LDH,Finished goods,fg\nHOLD,LDH,On hold,hold\n",
    "calendar.csv": (
        "calendar,weekday,date,open,close,name\n"
        "PUNJAB,mon,,09:00,18:00,\nPUNJAB,tue,,09:00,18:00,\nPUNJAB,sat,,09:00,13:00,\n"
        "PUNJAB,,2026-11-24,,,Gurpurab\nPUNJAB,,2026-11-29,10:00,00:00,Stocktaking\n"
    ),
    "plants.csv": "code,name,state,gstin,timezone,calendar,cutoff\nLDH,Ludhiana,PB,,Asia/Kolkata,PUNJAB,16:30\n",
    "routes.csv": "route,weekday,cutoff,plant\nR1,tue,15:00,LDH\nR1,sat,,LDH\n",
    "customers.csv": (
        "code,name,tier,price_list,credit_limit,outstanding,overdue_days,blocked,language,city\n"
        "C001,Sharma Traders,A,PL-A,500000,12500.50,0,no,hi-Latn,Lucknow\n"
        "C002,Gupta Stores,B,PL-A,,0,0,no,en,Kanpur\n"
        "C003,Verma & Sons,B,PL-A,0,0,12,yes,hi,Agra\n"
        "C004,New Bharat,C,PL-A,100000,0,0,no,en,Delhi\n"
        "C005,Anand Kirana,C,PL-A,100000,0,0,no,en,Delhi\n"
        "C006,Mishra Bros,C,PL-A,100000,0,0,no,en,Delhi\n"
    ),
    "addresses.csv": (
        "customer,code,name,address,city,state,pincode,gstin,route,active\n"
        "C001,MAIN,Shop,1 Hazratganj,Lucknow,UP,226001,,,yes\n"
        "C001,GODOWN,Godown,Talkatora,Lucknow,UP,226011,,,yes\n"
    ),
    "people.csv": (
        "phone,name,customer,roles,functions,plant,language\n"
        "+919000000001,Ramesh Sharma,C001,buyer,,,hi-Latn\n"
        "+919000000002,Suresh Gupta,C002;C003,buyer,,,en\n"
        "+919000000003,Asha Rep,,sales_rep,,,en\n"
        "+919000000004,Vikram,,dispatch,dispatch,LDH,en\n"
        "+919000000005,Meena,,finance,finance,LDH,en\n"
        "+919000000006,Om,,admin,it,LDH,en\n"
    ),
    "items.csv": (
        "sku,name,brand,category,base_uom,order_uom,mrp,cost,active,gst_rate,pack\n"
        "PG-070,Parle G 70 g,Parle,Biscuits,PCS,CASE,10,6.5,yes,5,70 g\n"
        "PG-140,Parle G 140 g,Parle,Biscuits,PCS,CASE,20,13,yes,5,140 g\n"
        "00123,Salt 1 kg,Tata,Salt,PCS,BAG,28,20,yes,0,1 kg\n"
        "MG-12,Maggi 12,Nestle,Noodles,PCS,CASE,144,110,yes,12,\n"
        "OLD-1,Old biscuit,Parle,Biscuits,PCS,CASE,5,3,no,5,\n"
        "SUG-50,Sugar,,Sugar,KG,BAG,,40,yes,5,50 kg\n"
    ),
    "uoms.csv": (
        "sku,uom,factor\n"
        "PG-070,PCS,1\nPG-070,CASE,96\nPG-140,PCS,1\nPG-140,CASE,48\n00123,PCS,1\n00123,BAG,25\n"
        "MG-12,PCS,1\nMG-12,CASE,12\nOLD-1,PCS,1\nOLD-1,CASE,100\nSUG-50,KG,1\nSUG-50,BAG,50\n"
    ),
    "prices.csv": (
        "price_list,sku,uom,min_qty,price,floor\n"
        "PL-A,PG-070,CASE,1,820,780\nPL-A,PG-070,CASE,50,800,780\nPL-A,PG-140,CASE,1,810,\n"
        "PL-A,00123,BAG,1,610,600\nPL-A,MG-12,CASE,1,1500,1450\nPL-A,SUG-50,BAG,1,2150,2100\n"
    ),
    "stock.csv": (
        "sku,warehouse,lot,qty,status\n"
        "PG-070,FG1,L1,9600,available\nPG-070,HOLD,L0,960,hold\nPG-140,FG1,L2,480,available\n"
        "00123,FG1,,250,available\nMG-12,FG1,L3,120,inspection\nSUG-50,FG1,,5000.5,available\n"
    ),
    "history.csv": (
        "order,customer,date,sku,qty,uom,price\n"
        "SO1,C001,2026-10-01,PG-070,20,CASE,820\nSO1,C001,2026-10-01,MG-12,5,CASE,1500\n"
        "SO2,C002,2026-10-05,SUG-50,10,BAG,2150\nSO3,C001,2026-11-01,PG-070,25,CASE,820\n"
        "SO4,C004,2026-11-02,00123,4,BAG,610\nSO5,C005,2026-11-03,PG-140,3,CASE,810\n"
    ),
    "orders.csv": (
        "erp_number,our_number,customer,ship_to,date,line,sku,uom,ordered,dispatched,invoiced,cancelled,price,status,"
        "promised_on,invoice,vehicle,lr_no,as_of\n"
        "E100,,C001,MAIN,2026-11-18,1,PG-070,CASE,30,10,10,0,820,open,2026-11-25,,,,2026-11-20T18:00:00+05:30\n"
        "E100,,C001,MAIN,2026-11-18,2,MG-12,CASE,5,0,0,0,1500,open,2026-11-25,,,,2026-11-20T18:00:00+05:30\n"
    ),
    "aliases.csv": "customer,alias,sku,uom\n,chota parle,PG-070,\n,namak,00123,BAG\nC001,maggi,MG-12,CASE\n",
    "work_centres.csv": "code,name,plant\nL1,Oven 1,LDH\n",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainFiles:
    """The files of one folder."""

    folder: Path

    @classmethod
    def sound(cls, folder: Path) -> "PlainFiles":
        folder.mkdir(parents=True, exist_ok=True)
        files = cls(folder=folder)
        for name, text in SOUND.items():
            files.write(name, text)
        return files

    def write(self, name: str, text: str | bytes) -> None:
        """As an ERP's export does it: whole, by rename."""
        aside = self.folder / f".{name}"
        aside.write_bytes(text.encode() if isinstance(text, str) else text)
        aside.replace(self.folder / name)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def append(self, name: str, *rows: str) -> None:
        self.write(name, self.read(name) + "".join(f"{row}\n" for row in rows))

    def change(self, name: str, old: str, new: str) -> None:
        text = self.read(name)
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new, 1))

    def drop(self, name: str, *starts: str) -> None:
        """Remove the rows that begin so."""
        lines = self.read(name).splitlines(keepends=True)
        self.write(name, "".join(line for line in lines if not line.startswith(starts)))

    def age(self) -> None:
        """As if the files had lain there for a while: nobody waits for them to stop growing."""
        for path in self.folder.glob("*.csv"):
            os.utime(path, (path.stat().st_mtime - 60,) * 2)

    def generate(self, name: str, header: str, rows: Sequence[str]) -> None:
        self.write(name, header + "\n" + "".join(f"{row}\n" for row in rows))
