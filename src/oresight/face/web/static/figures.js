// The figures of a table are one stop of the tab key; arrow keys move among them, Enter asks where one comes from.

export function figures(table) {
  const body = table.tBodies[0];
  if (!body) return;
  const links = [...body.querySelectorAll("td a.from")];
  if (links.length < 2) return;
  for (const link of links.slice(1)) link.tabIndex = -1;
  body.addEventListener("focusin", (event) => {
    const link = event.target.closest("td a.from");
    if (!link) return;
    for (const other of body.querySelectorAll('td a.from:not([tabindex="-1"])')) other.tabIndex = -1;
    link.tabIndex = 0;
  });
  body.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!cell || !step || !event.target.closest("a.from")) return;
    let row = cell.parentElement.sectionRowIndex, at = cell.cellIndex;
    for (;;) {
      row += step[0];
      at += step[1];
      const next = body.rows[row]?.cells[at];
      if (!next) return;
      const link = next.querySelector("a.from");
      if (link) {
        event.preventDefault();
        link.focus();
        return;
      }
    }
  });
}
