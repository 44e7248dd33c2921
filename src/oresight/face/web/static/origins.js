// Where a figure comes from, beside the page: the part of /explain in a dialog; without it the link opens the page.
import { figures } from "./figures.js";
import { sortable } from "./sorting.js";

export function origins(page, dialog) {
  if (!dialog || !dialog.showModal) return;
  const body = dialog.querySelector(".from-body");
  let asked = 0;
  page.addEventListener("click", async (event) => {
    const link = event.target.closest("a.from");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const mine = ++asked;
    const href = new URL(link.href);
    href.searchParams.set("bare", "1");
    try {
      const answer = await fetch(href, { headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      if (mine !== asked) return;
      body.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
      for (const table of body.querySelectorAll("table.sortable")) {
        sortable(table);
        figures(table);
      }
      if (!dialog.open) dialog.showModal();
      dialog.scrollTop = 0;
    } catch {
      location.assign(link.href);
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest(".close")) dialog.close();
  });
}
