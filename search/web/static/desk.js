// Sugar over pages that work without it: results while typing, keys, copy buttons.
"use strict";
{
  const field = document.querySelector("#q");
  const form = field && field.form;
  let waiting, asked = 0;

  const address = () => {
    const pairs = new URLSearchParams(new FormData(form));
    for (const [name, usual] of [["mode", "smart"], ["sort", "relevance"], ["q", ""]])
      if (pairs.get(name) === usual) pairs.delete(name);
    const said = pairs.toString();
    return said ? `/?${said}` : "/";
  };

  const show = async () => {
    const number = ++asked, url = address();
    const answer = await fetch(url, { headers: { "X-Fragment": "results" } }).catch(() => null);
    if (!answer || !answer.ok || number !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#results"), here = document.querySelector("#results");
    if (!fresh || !here) return;
    here.replaceWith(document.importNode(fresh, true));
    history.replaceState(null, "", url);
  };

  if (form && "live" in form.dataset) {
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(show, 250); });
  }

  const hits = () => [...document.querySelectorAll(".hits h3 a")];
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches && event.target.matches("input, textarea, select");
    if (event.key === "Escape" && typing) event.target.blur();
    if (typing) return;
    if (event.key === "/" && field) { event.preventDefault(); field.focus(); field.select(); }
    if (event.key === "j" || event.key === "k") {
      const all = hits(), at = all.indexOf(document.activeElement);
      const next = all[at < 0 ? 0 : at + (event.key === "j" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
    }
  });

  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    const usual = button.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = usual; }, 2000);
    });
  }
}
