// The console's behaviour: what arrives is shown, what is typed or tapped is sent. It knows no rule of Munshi's.
"use strict";

(() => {
  const page = document.body.dataset;
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const paneOf = (side) => document.getElementById(`pane-${side}`);
  const drafts = new Map(); // what was typed and not sent, by sender
  const quotes = new Map(); // the sid each pane quotes next
  let source = null;

  const post = (address, fields) => {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) {
      for (const one of Array.isArray(value) ? value : [value]) body.append(name, one);
    }
    return fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token } });
  };

  // --- showing ---------------------------------------------------------------------------------------------
  const atEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  const toEnd = (log) => { log.scrollTop = log.scrollHeight; };
  const parsed = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    return holder.content.firstElementChild;
  };

  const separateDays = (log) => {
    for (const old of log.querySelectorAll(".day:not(.fixed)")) old.remove();
    let day = "";
    for (const turn of log.querySelectorAll(".turn")) {
      if (turn.dataset.day && turn.dataset.day !== day) {
        day = turn.dataset.day;
        const line = document.createElement("div");
        line.className = "day";
        line.append(document.createElement("span"));
        line.firstChild.textContent = day;
        turn.before(line);
      }
    }
  };

  const place = (log, turn) => {
    // In order of time, so that what was written meanwhile does not stand below its answer.
    const later = [...log.querySelectorAll(".turn[data-at]")].find((one) => Number(one.dataset.at) > Number(turn.dataset.at));
    if (later) later.before(turn); else log.append(turn);
  };

  const show = (pane, news) => {
    const log = pane.querySelector(".talk");
    if (!log || pane.dataset.sender !== news.sender) return;
    const follow = atEnd(log);
    let fresh = false;
    for (const one of news.bubbles) {
      const old = log.querySelector(`.turn[data-key="${one.key}"]`) ?? (one.sid && log.querySelector(`.turn.pending[data-sid="${CSS.escape(one.sid)}"]`));
      if (old && old.dataset.version === one.version) continue;
      if (old?.querySelector("dialog[open]")) continue;
      const turn = parsed(one.html);
      if (old && !old.classList.contains("pending")) old.replaceWith(turn);
      else { old?.remove(); place(log, turn); fresh = true; }
    }
    if (fresh) separateDays(log);
    if (follow) toEnd(log);
    pane.querySelector("[data-typing]").hidden = !news.typing;
    tellSeen(pane);
  };

  const told = new Map(); // sid -> what the server was told of it
  const visible = (pane) => !document.hidden && pane.offsetParent !== null;
  const tellSeen = (pane) => {
    const delivered = [], read = [];
    const inView = visible(pane);
    for (const turn of pane.querySelectorAll(".turn.from-munshi[data-sid]")) {
      const { sid, tick } = turn.dataset;
      if (!sid || tick === "read" || told.get(sid) === "read") continue;
      if (inView) { read.push(sid); told.set(sid, "read"); }
      else if (tick === "sent" && !told.has(sid)) { delivered.push(sid); told.set(sid, "delivered"); }
    }
    if (delivered.length || read.length) post(page.toSeen, { delivered, read }).catch(() => {});
  };

  const showUnread = (counts) => {
    const inPanes = new Map([...document.querySelectorAll(".pane[data-sender]")].map((pane) => [pane.dataset.sender, pane]));
    let others = 0;
    for (const [sender, count] of Object.entries(counts)) if (!inPanes.has(sender)) others += count;
    for (const badge of document.querySelectorAll("[data-unread-others]")) {
      badge.textContent = others ? String(others) : "";
      badge.hidden = !others;
    }
    for (const badge of document.querySelectorAll("[data-unread-pane]")) {
      const sender = paneOf(badge.dataset.unreadPane).dataset.sender;
      const count = (sender && !visible(paneOf(badge.dataset.unreadPane)) && counts[sender]) || 0;
      badge.textContent = count ? String(count) : "";
      badge.hidden = !count;
    }
    for (const contact of document.querySelectorAll(".contact[data-sender]")) {
      const badge = contact.querySelector(".unread");
      const count = counts[contact.dataset.sender] || 0;
      badge.textContent = count ? String(count) : "";
      badge.hidden = !count;
    }
  };

  const listen = () => {
    source?.close();
    const asked = new URLSearchParams();
    for (const pane of document.querySelectorAll(".pane[data-sender]")) asked.set(pane.dataset.side, pane.dataset.sender);
    source = new EventSource(`${page.toFeed}?${asked}`);
    source.addEventListener("pane", (event) => {
      const news = JSON.parse(event.data);
      show(paneOf(news.side), news);
    });
    source.addEventListener("unread", (event) => showUnread(JSON.parse(event.data)));
  };

  // --- sending ---------------------------------------------------------------------------------------------
  const pending = (pane, sid, text) => {
    const log = pane.querySelector(".talk");
    const turn = document.createElement("div");
    turn.className = "turn from-person pending";
    turn.dataset.sid = sid;
    const bubble = document.createElement("div");
    bubble.className = "bubble";
    const words = document.createElement("div");
    words.className = "text";
    for (const line of text.split("\n")) {
      const part = document.createElement("p");
      part.textContent = line || "\u00a0";
      words.append(part);
    }
    const foot = document.createElement("div");
    foot.className = "foot";
    foot.textContent = "sending…";
    bubble.append(words, foot);
    turn.append(bubble);
    log.append(turn);
    toEnd(log);
    return turn;
  };

  const send = async (pane, address, fields, shown) => {
    const nonce = crypto.randomUUID();
    const turn = pending(pane, `CO${nonce}`, shown);
    const problem = pane.querySelector("[data-problem]");
    problem.hidden = true;
    const all = { ...fields, nonce, sender: pane.dataset.sender, called: pane.dataset.called ?? "" };
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await post(address, all);
        if (answer.ok) { turn.querySelector(".foot").textContent = "✓"; return; }
        throw Object.assign(new Error(answer.statusText), { final: answer.status < 500, status: answer.status });
      } catch (error) {
        if (!error.final && attempt < 4) {
          // The nonce makes this safe: a repeat of the same message changes nothing.
          await new Promise((done) => setTimeout(done, 400 * attempt));
          continue;
        }
        turn.querySelector(".foot").textContent = "not sent";
        problem.textContent = error.status === 400 || error.status === 401
          ? "The session has ended. Load the page again." : `Not sent (${error.status ?? "no connection"}). Try again.`;
        problem.hidden = false;
        return;
      }
    }
  };

  const unquote = (pane) => {
    quotes.delete(pane.dataset.side);
    pane.querySelector("[data-quoting]").hidden = true;
  };
  const extras = (pane) => {
    const box = pane.querySelector("[data-forwarded]");
    const fields = { quoted: quotes.get(pane.dataset.side) ?? "", forwarded: box.checked ? "1" : "" };
    box.checked = false;
    unquote(pane);
    return fields;
  };

  const say = (pane) => {
    const field = pane.querySelector("[data-text]");
    const text = field.value;
    if (!text.trim()) return;
    field.value = "";
    drafts.delete(pane.dataset.sender);
    grow(field);
    send(pane, page.toSay, { text, ...extras(pane) }, text);
  };

  const grow = (field) => { field.rows = Math.min(Math.max(field.value.split("\n").length, 1), 6); };

  // --- who plays in which pane -----------------------------------------------------------------------------
  const pick = async (pane, sender, called = "") => {
    const side = pane.dataset.side;
    const address = new URL(page.toPane, location.href);
    address.pathname = address.pathname.replace(/a$/, side);
    address.search = new URLSearchParams({ sender, called });
    const other = paneOf(side === "a" ? "b" : "a");
    if (sender && other.dataset.sender === sender) {
      // Nobody sits in both panes: go to where he is already.
      choose(other.dataset.side);
      other.querySelector("[data-text]")?.focus();
      return;
    }
    const answer = await fetch(address);
    if (!answer.ok) { location.reload(); return; }
    const fresh = parsed(await answer.text());
    pane.replaceWith(fresh);
    htmx.process(fresh);
    quotes.delete(side);
    const here = new URL(location.href);
    here.search = "";
    for (const one of document.querySelectorAll(".pane[data-sender]")) here.searchParams.set(one.dataset.side, one.dataset.sender);
    history.replaceState(null, "", here);
    begin(fresh);
    listen();
    (fresh.querySelector("[data-text]") ?? fresh.querySelector("input[type=search]"))?.focus();
  };

  const choose = (side) => {
    document.querySelector(".panes").dataset.shown = side;
    for (const button of document.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === side));
    document.querySelectorAll(".pane[data-sender]").forEach(tellSeen);
    const log = paneOf(side).querySelector(".talk");
    if (log) toEnd(log);
  };

  const begin = (pane) => {
    const log = pane.querySelector(".talk");
    if (!log) return;
    separateDays(log);
    toEnd(log);
    const field = pane.querySelector("[data-text]");
    field.value = drafts.get(pane.dataset.sender) ?? "";
    grow(field);
    tellSeen(pane);
  };

  // --- one listener for each kind of act, for both panes ------------------------------------------------------
  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    const pane = on(".pane");
    let hit;
    if ((hit = on("[data-show]"))) choose(hit.dataset.show);
    else if ((hit = on("[data-pick]")) && !event.ctrlKey && !event.metaKey) { event.preventDefault(); pick(pane, hit.dataset.pick); }
    else if (on("[data-switch]")) pick(pane, "");
    else if ((hit = on(".answer[data-payload]"))) tapped(pane, hit.closest(".turn"), hit.dataset.payload, hit.dataset.title);
    else if ((hit = on("[data-opens-list]"))) openList(pane, hit);
    else if ((hit = on("[data-goto]"))) goto(pane, hit.dataset.goto);
    else if ((hit = on("[data-reply]"))) quote(pane, hit.closest(".turn"));
    else if ((hit = on("[data-close]"))) hit.closest("dialog").close("");
    else if (on("[data-unquote]")) { unquote(pane); pane.querySelector("[data-text]").focus(); }
    else if ((hit = on("button[data-attach]"))) attach(pane, hit);
  });

  const tapped = (pane, turn, payload, title) => {
    send(pane, page.toTap, { bubble: turn.dataset.key.replace(/^out-/, ""), payload }, title);
    pane.querySelector("[data-text]").focus({ preventScroll: true });
  };
  const openList = (pane, button) => {
    const turn = button.closest(".turn");
    const sheet = turn.querySelector("dialog");
    sheet.returnValue = "";
    sheet.querySelector("form").reset();
    sheet.onclose = () => {
      const row = sheet.querySelector("input:checked");
      if (sheet.returnValue === "send" && row) tapped(pane, turn, row.value, row.dataset.title);
      else button.focus();
    };
    sheet.onclick = (event) => { if (event.target === sheet) sheet.close(""); };
    sheet.showModal();
    sheet.querySelector("input")?.focus();
  };
  const goto = (pane, key) => {
    const turn = pane.querySelector(`.turn[data-key="${key}"]`);
    turn?.scrollIntoView({ block: "center" });
    turn?.classList.add("struck");
    setTimeout(() => turn?.classList.remove("struck"), 1300);
  };
  const quote = (pane, turn) => {
    quotes.set(pane.dataset.side, turn.dataset.sid);
    const words = turn.querySelector(".text").innerText.trim().split("\n")[0] || "attachment";
    pane.querySelector("[data-quoted]").textContent = words;
    pane.querySelector("[data-quoting]").hidden = false;
    pane.querySelector("[data-text]").focus();
  };
  const attach = (pane, button) => {
    const field = pane.querySelector("[data-text]");
    const text = field.value;
    field.value = "";
    button.closest("details").open = false;
    send(pane, page.toAttach, { kind: button.dataset.attach, text, ...extras(pane) }, `${button.textContent}${text ? `: ${text}` : ""}`);
    field.focus();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-composer]")) { event.preventDefault(); say(form.closest(".pane")); }
    else if (form.matches("[data-stranger]")) {
      event.preventDefault();
      const [number, called] = form.querySelectorAll("input");
      pick(form.closest(".pane"), number.value.replace(/[\s-]/g, ""), called.value);
    }
  });
  document.addEventListener("keydown", (event) => {
    const pane = event.target.closest?.(".pane");
    if (!pane) return;
    if (event.target.matches("[data-text]") && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      say(pane);
    } else if (event.key === "Escape" && quotes.has(pane.dataset.side) && !event.target.closest("dialog")) unquote(pane);
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-text]")) return;
    grow(event.target);
    drafts.set(event.target.closest(".pane").dataset.sender, event.target.value);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { source?.close(); source = null; } else { listen(); document.querySelectorAll(".pane[data-sender]").forEach(tellSeen); }
  });
  window.addEventListener("pagehide", () => source?.close());

  document.querySelectorAll(".pane").forEach(begin);
  listen();
})();
