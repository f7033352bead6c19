// Small behaviours of the pages: CSRF for HTMX, live refresh, checkbox ranges. No rules live here.
"use strict";

(() => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = token;
  });

  // A region with data-live is asked about through one event source; when something is new it refreshes itself.
  const regions = document.querySelectorAll("[data-live]");
  let source = null;
  const listen = () => {
    if (source || !regions.length || document.hidden) return;
    source = new EventSource(regions[0].dataset.live);
    source.addEventListener("changed", () => {
      for (const region of document.querySelectorAll("[data-live]")) htmx.trigger(region, "changed");
    });
  };
  const rest = () => { source?.close(); source = null; };
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  window.addEventListener("pagehide", rest);
  listen();

  // "Choose all" ticks every box of its form; the count of chosen ones is shown where asked for.
  const recount = (form) => {
    const chosen = form.querySelectorAll('input[name="id"]:checked').length;
    for (const place of form.querySelectorAll("[data-chosen]")) place.textContent = String(chosen);
    for (const button of form.querySelectorAll("[data-needs-choice]")) button.disabled = chosen === 0;
  };
  document.addEventListener("change", (event) => {
    const box = event.target;
    const form = box.closest?.("form[data-choices]");
    if (!form || box.type !== "checkbox") return;
    if (box.dataset.all !== undefined) {
      for (const other of form.querySelectorAll('input[name="id"]')) other.checked = box.checked;
    }
    recount(form);
  });
  document.addEventListener("htmx:afterSwap", () => document.querySelectorAll("form[data-choices]").forEach(recount));
  document.querySelectorAll("form[data-choices]").forEach(recount);

  // Focus moves to what was swapped in when it asks for it: an opened editor, or the row after saving.
  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.elt?.querySelector?.("[data-focus]") ?? event.detail.elt?.closest?.("[data-focus]");
    target?.focus();
  });

  // A menu closes with Escape and gives the focus back.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // A conversation opens at its end, like a chat does.
  const toTheEnd = (within) => {
    for (const log of within.querySelectorAll("[data-at-end]")) log.scrollTop = log.scrollHeight;
  };
  toTheEnd(document);
  document.addEventListener("htmx:afterSwap", (event) => toTheEnd(event.detail.target?.parentElement ?? document));
})();
