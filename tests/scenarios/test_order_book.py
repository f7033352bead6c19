"""“Pending Sharma”, “aaj ke order Lucknow”: the order book answers by message, each as much as his role may know."""

from tests.scenarios.cast import DEEPIKA, IMRAN, MANISH, RAMESH, UMESH, VIJAY, VIKAS
from tests.scenarios.stage import Stage

REHAN = "+919000049267"
"""Dispatch at the Lucknow depot; sees no money."""


def test_the_office_asks_for_todays_orders_of_a_city_and_sees_money_only_if_it_may(stage: Stage) -> None:
    order = stage.phone(RAMESH).orders("20 peti kutku g chota")
    deepika = stage.phone(DEEPIKA)
    deepika.says("aaj ke order Indore")
    deepika.expects("Sat 21 Nov ke order", order.erp_number or order.number, "₹11,108.60", "lines: 1")
    rehan = stage.phone(REHAN)
    rehan.says("aaj ke order Indore")
    rehan.expects(order.erp_number or order.number, without=["₹"])
    rehan.says("kal ke order Indore")
    rehan.expects("Fri 20 Nov ke order, Indore: 1", "SO26-04803", "ERP mein dala gaya", without=["₹"])


def test_pending_is_what_the_erp_still_has_to_dispatch_and_what_it_has_not_listed_yet(stage: Stage) -> None:
    deepika = stage.phone(DEEPIKA)
    deepika.says("pending Magadh")
    deepika.expects("Kuch pending nahi: Magadh Distributors", without=["SO26-04762"])
    order = stage.phone(RAMESH).orders("20 peti kutku g chota")
    deepika.says("pending Agrawal Trading")
    deepika.expects("Agrawal Trading Company", order.erp_number or order.number, "₹")


def test_a_rep_hears_of_his_customers_alone(stage: Stage) -> None:
    order = stage.phone(RAMESH).orders("20 peti kutku g chota")
    vikas = stage.phone(VIKAS)
    vikas.says("aaj ke order")
    vikas.expects(order.erp_number or order.number, without=["Lucknow"])
    vikas.says("pending Lucknow Confectionery")
    vikas.expects("/nahi|not/", without=["SO", "₹"])


def test_a_buyer_hears_of_his_own_firm_and_of_no_other(stage: Stage) -> None:
    order = stage.phone(RAMESH).orders("20 peti kutku g chota")
    ramesh = stage.phone(RAMESH)
    ramesh.says("pending")
    ramesh.expects(order.erp_number or order.number, "Agrawal Trading Company")
    ramesh.says("pending Kothari")
    ramesh.expects(without=["Kothari", "SO"])
    vijay = stage.phone(VIJAY)
    vijay.says("aaj ke order")
    vijay.expects("New Vijay Agencies", without=[order.erp_number or order.number])


def test_it_is_asked_and_answered_in_english_and_hindi_too(stage: Stage) -> None:
    order = stage.phone(IMRAN)
    order.says("todays orders")
    order.expects("No orders on Sat 21 Nov", "Lucknow Confectionery House")
    manish = stage.phone(MANISH)
    manish.says("आज के ऑर्डर")
    manish.expects("order")


def test_who_has_no_business_with_orders_is_not_told_of_them(stage: Stage) -> None:
    stage.phone(RAMESH).orders("20 peti kutku g chota")
    umesh = stage.phone(UMESH)
    umesh.says("aaj ke order Indore")
    umesh.expects(without=["₹", "Agrawal"])
