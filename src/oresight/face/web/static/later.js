// What is still being computed: asked for once the page stands, told as it goes on, put in its place when it is there.
import { figures } from "./figures.js";
import { sortable } from "./sorting.js";

async function parsed(address) {
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

export async function later(place) {
  if (!place) return;
  const how = place.querySelector(".how"), bar = place.querySelector("progress");
  const section = document.getElementById(place.dataset.panel);

  async function arrived() {
    let fresh = null;
    // the page itself may be at work for a moment before it has the new figures
    for (let turn = 0; turn < 20 && !fresh; turn += 1) {
      if (turn) await new Promise((done) => { setTimeout(done, 700); });
      fresh = (await parsed(location.href)).getElementById(place.dataset.panel);
    }
    if (!fresh || fresh.querySelector("[data-later]")) throw new Error("not there");
    const place_of = section.contains(document.activeElement) ? document.activeElement : null;
    section.replaceChildren(...fresh.childNodes);
    for (const table of section.querySelectorAll("table.sortable")) {
      sortable(table);
      figures(table);
    }
    if (place_of) section.querySelector("a, button")?.focus({ preventScroll: true });
  }

  try {
    const page = await parsed(place.dataset.later);
    const working = page.querySelector("[data-progress]");
    if (!working) return await arrived();
    bar.hidden = false;
    const stream = new EventSource(working.dataset.progress);
    addEventListener("pagehide", () => stream.close());
    stream.onmessage = (event) => {
      const now = JSON.parse(event.data);
      bar.value = now.share;
      how.textContent = `${Math.round(now.share * 100)}%: ${now.doing}.`;
      if (now.state === "done") {
        stream.close();
        arrived().catch(failed);
      } else if (now.state === "failed" || now.state === "cancelled") {
        stream.close();
        failed();
      }
    };
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) failed();
    };
  } catch {
    failed();
  }

  function failed() {
    bar.hidden = true;
    how.textContent = "It could not be computed now; reload to try again.";
  }
}
