// A table whose heads are buttons: the first press sorts numbers down and words up, the next turns it round.

const number = (cell) => (cell?.dataset.v === undefined ? null : Number(cell.dataset.v));

export function compare(a, b, at, down) {
  const x = a.cells[at], y = b.cells[at];
  const p = number(x), q = number(y);
  const unknown = (cell) => !cell || cell.classList.contains("unknown") || cell.textContent.trim() === "";
  // what is unknown stays at the end either way
  if (unknown(x) !== unknown(y)) return unknown(x) ? 1 : -1;
  const order = p !== null && q !== null
    ? p - q
    : x.textContent.trim().localeCompare(y.textContent.trim(), "en", { numeric: true });
  return down ? -order : order;
}

export function sortable(table) {
  const heads = table.tHead?.rows[table.tHead.rows.length - 1];
  const body = table.tBodies[0];
  if (!heads || !body || body.rows.length < 2) return;
  [...heads.cells].forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const numeric = head.classList.contains("n");
      const was = head.getAttribute("aria-sort");
      const down = was ? was === "ascending" : numeric;
      for (const other of heads.cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      body.append(...[...body.rows].sort((a, b) => compare(a, b, at, down)));
    });
  });
}
