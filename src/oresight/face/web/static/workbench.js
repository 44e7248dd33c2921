// Everything here adds to pages that work without it: sorting, the side panel, progress, copying the link.
import { sortable } from "./sorting.js";
import { figures } from "./figures.js";
import { origins } from "./origins.js";
import { progress } from "./progress.js";
import { later } from "./later.js";
import { pictures } from "./pictures.js";

for (const table of document.querySelectorAll("table.sortable")) {
  sortable(table);
  figures(table);
}
origins(document, document.querySelector("#from"));
progress(document.querySelector("[data-progress]"));
later(document.querySelector("[data-later]"));
pictures(document.querySelectorAll("[data-spec]"), document.querySelector("script[data-vega]")?.dataset.vega);

for (const link of document.querySelectorAll("a.copy")) {
  link.addEventListener("click", async (event) => {
    if (!navigator.clipboard) return;
    event.preventDefault();
    await navigator.clipboard.writeText(link.href);
    const said = link.textContent;
    link.textContent = "link copied";
    setTimeout(() => { link.textContent = said; }, 1600);
  });
}

document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.querySelector("#q")?.focus();
  }
});

// The address is the state: a page that is come back to shows what its address says, not what was ticked when it was left.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form.switch, form.play:not([method=post])")) form.reset();
});
