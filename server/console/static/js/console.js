// What our pages do in the browser: small, and never needed to read or to decide.
(() => {
  "use strict";

  // A row is a link.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href], tr[data-sa-href]");
    if (row && !event.target.closest("a, button, input, label, form")) {
      window.location.assign(row.dataset.href || row.dataset.saHref);
    }
  });

  // Ask before what cannot be taken back.
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // A modal takes its address, title and first values from the button that opens it.
  document.addEventListener("show.bs.modal", (event) => {
    const opener = event.relatedTarget, modal = event.target;
    if (!opener) return;
    const form = modal.querySelector("form");
    if (opener.dataset.action) form.action = opener.dataset.action;
    modal.querySelectorAll("[data-title]").forEach((title) => { title.textContent = opener.dataset.name || ""; });
    modal.querySelectorAll("[data-show]").forEach((part) => { part.hidden = part.dataset.show !== opener.dataset.stop; });
    const fill = JSON.parse(opener.dataset.fill || "{}");
    Object.entries(fill).forEach(([name, value]) => { form.elements[name].value = value; });
    const code = form.elements.namedItem("code");
    if (code && opener.dataset.code) code.value = opener.dataset.code.replace(/000$/, "");
  });
  document.addEventListener("shown.bs.modal", (event) => {
    const first = event.target.querySelector("input:not([type=hidden]), select, textarea");
    if (first) first.focus();
  });

  // Esc leaves an open dialog wherever the focus is, also while the dialog still comes in; then the
  // focus is where it was: on what opened it, or on the menu that this stood in.
  const opened = new Map(), leaving = new Set();
  const leave = (modal) => modal.querySelector("[data-bs-dismiss=modal]")?.click();
  document.addEventListener("show.bs.modal", (event) => {
    opened.set(event.target, { by: event.relatedTarget || document.activeElement, stands: false });
  });
  document.addEventListener("shown.bs.modal", (event) => {
    opened.get(event.target).stands = true;
    if (leaving.delete(event.target)) leave(event.target);
  });
  document.addEventListener("hidden.bs.modal", (event) => {
    const opener = opened.get(event.target)?.by;
    opened.delete(event.target);
    const menu = opener?.closest(".dropdown-menu");
    const toggle = menu?.parentElement.querySelector("[data-bs-toggle=dropdown]");
    (toggle || opener)?.focus();
  });
  document.addEventListener("keydown", (event) => {
    const [modal, state] = [...opened].at(-1) || [];
    if (event.key !== "Escape" || !modal || event.defaultPrevented) return;
    if (!state.stands) leaving.add(modal); else if (!modal.contains(event.target)) leave(modal);
  });

  // "/" goes to the search; keys of a page press what carries them.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const wanted = document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
    if (!wanted) return;
    event.preventDefault();
    if (wanted.matches("input, select, textarea")) wanted.focus(); else wanted.click();
  });

  // J and K walk through the lines of a list, X ticks the one that is chosen, Enter opens it.
  const lines = [...document.querySelectorAll("[data-walk] > tr")];
  let at = -1;
  const choose = (place) => {
    if (!lines.length) return;
    lines[at]?.classList.remove("is-chosen");
    at = Math.max(0, Math.min(place, lines.length - 1));
    lines[at].classList.add("is-chosen");
    lines[at].scrollIntoView({ block: "nearest" });
    document.querySelectorAll("[data-walk] [data-hotkey=Enter]").forEach((link) => link.removeAttribute("data-hotkey"));
    lines[at].querySelector("a.btn")?.setAttribute("data-hotkey", "Enter");
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    if (event.key === "j") choose(at + 1);
    if (event.key === "k") choose(at - 1);
    if (event.key === "x" && at >= 0) lines[at].querySelector("input[type=checkbox]")?.click();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-tick-all]")) return;
    event.target.form.querySelectorAll("tbody input[type=checkbox]").forEach((box) => { box.checked = event.target.checked; });
  });

  // A select that leads somewhere, and a form that goes as soon as something is chosen.
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-goes]")) window.location.assign(event.target.value);
    if (event.target.matches("[data-sends]")) event.target.form.requestSubmit();
  });

  // The enrolment code: how long it lasts, and whether a phone has used it.
  const sheet = document.querySelector("[data-code-state]");
  if (sheet) {
    const drift = Number(sheet.dataset.now) - Date.now();
    const expires = Number(sheet.dataset.expires);
    const part = (name) => sheet.querySelector(`.desk-code-${name}`);
    const show = (name) => ["wait", "over", "used"].forEach((other) => { part(other).hidden = other !== name; });
    const tick = () => {
      const left = Math.max(0, Math.floor((expires - Date.now() - drift) / 1000));
      sheet.querySelector("[data-countdown]").textContent =
        left >= 3600 ? `${Math.floor(left / 3600)}:${String(Math.floor(left / 60) % 60).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`
          : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      return left;
    };
    const ask = async () => {
      const answer = await fetch(sheet.dataset.codeState, { headers: { Accept: "application/json" } });
      if (!answer.ok) return false;
      const state = await answer.json();
      if (!state.used) return false;
      sheet.querySelector("[data-words]").textContent = state.words;
      show("used");
      return true;
    };
    let done = false;
    tick();
    const clock = setInterval(() => { if (done) return clearInterval(clock); if (tick() === 0) { done = true; show("over"); } }, 1000);
    const asking = setInterval(async () => {
      if (done) return clearInterval(asking);
      try { done = await ask(); } catch { /* asked again in a moment */ }
    }, 3000);
  }
})();

// The columns of a list are part of its address.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-columns]");
  if (!form) return;
  event.preventDefault();
  const chosen = [...form.querySelectorAll("input:checked")].map((box) => box.value);
  const address = new URL(window.location.href);
  address.searchParams.set("cols", chosen.join(","));
  window.location.assign(address);
});

// A page whose counting goes on looks again by itself.
(() => {
  const again = document.querySelector("[data-again]");
  if (again) setTimeout(() => window.location.reload(), Number(again.dataset.again) * 1000);
})();

// A page that is made to be printed.
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

// A long choice is narrowed by typing; what is ticked stays in sight.
document.addEventListener("input", (event) => {
  const list = document.querySelector(event.target.dataset.narrows || "[data-none]");
  if (!list) return;
  const wanted = event.target.value.trim().toLowerCase();
  list.querySelectorAll("[data-text]").forEach((line) => {
    line.hidden = !line.dataset.text.toLowerCase().includes(wanted) && !line.querySelector("input:checked");
  });
});

// What takes some seconds says so, and is not asked for twice.
document.addEventListener("submit", (event) => {
  const button = event.target.querySelector("[data-takes-long]");
  if (button) button.classList.add("btn-loading", "disabled");
});

// The preview of a form: its width at once, its language and look by way of the app that shows it.
document.addEventListener("change", async (event) => {
  const form = event.target.closest("[data-stage-look]");
  if (!form) return;
  document.querySelector("[data-stage]").dataset.width = form.elements.width.value;
  if (event.target.name === "width") return;
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (!answer.ok) window.location.reload();
});
