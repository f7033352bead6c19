import time
from collections import Counter
from sqlalchemy import event
from tests.scenarios.stage import Stage
def test_profile(stage: Stage):
    p=stage.phone("+919000041001")
    p.says("20 peti kutku g chota"); p.ignores()
    seen=Counter()
    event.listen(stage.app.database.engine,"before_cursor_execute",lambda c,cur,s,pa,ctx,m: seen.update([" ".join(s.split())[:110]]))
    t=time.process_time()
    for i in range(20):
        p.says(f"{i+3} peti marie 120 aur {i+1} ctn lachhi bhej do please {i}"); p.ignores()
    print("cpu per order turn ms",(time.process_time()-t)/20*1000)
    for s,n in seen.most_common(60): print(round(n/20,1),s)
