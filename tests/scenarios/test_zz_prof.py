import time, cProfile, pstats
from tests.scenarios.stage import Stage
def test_profile(stage: Stage):
    p=stage.phone("+919000041001")
    p.says("20 peti kutku g chota"); p.ignores()
    pr=cProfile.Profile(); t=time.time(); pr.enable()
    for i in range(20):
        p.says(f"{i+3} peti marie 120 aur {i+1} ctn lachhi bhej do please {i}"); p.ignores()
        p.taps("cancel"); p.ignores()
    pr.disable(); print("per turn ms",(time.time()-t)/40*1000)
    pstats.Stats(pr).sort_stats("cumulative").print_stats(45)
