// A chart that is pointed at or focused becomes the same chart drawn by Vega-Embed, whose marks say what they are.
// The library is fetched when the first reader points at the first chart. The page's policy forbids evaluating text,
// so expressions are walked by Vega's interpreter; the drawn SVG stays for print and wherever anything fails.

let library;

function loaded(address) {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(globalThis.oresightEmbed);
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

const label = document.createElement("div");
label.className = "told";
label.hidden = true;

function written(value) {
  if (typeof value !== "object" || value === null) {
    const line = document.createElement("p");
    line.textContent = String(value);
    return [line];
  }
  return Object.entries(value).map(([name, said]) => {
    const line = document.createElement("p"), head = document.createElement("b");
    head.textContent = `${name.replaceAll("_", " ")} `;
    line.append(head, String(said));
    return line;
  });
}

function tell(handler, event, item, value) {
  if (value === null || value === undefined || value === "") {
    label.hidden = true;
    return;
  }
  label.replaceChildren(...written(value));
  label.hidden = false;
  const { width, height } = label.getBoundingClientRect();
  const x = event.clientX + 14, y = event.clientY + 14;
  label.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 8))}px`;
  label.style.top = `${y + height > innerHeight - 8 ? event.clientY - height - 10 : y}px`;
}

async function enliven(place, address) {
  const [embed, answer] = await Promise.all([loaded(address), fetch(place.dataset.spec)]);
  if (!answer.ok) throw new Error(String(answer.status));
  // ink and paper follow the page, as in the drawn SVG
  const text = (await answer.text()).replaceAll("#1b1e23", "currentColor").replaceAll('"stroke":"white"', '"stroke":"var(--paper)"');
  const view = document.createElement("div");
  view.className = "live-view";
  view.setAttribute("role", "img");
  const drawn = place.querySelector("svg.drawn");
  view.setAttribute("aria-label", drawn?.getAttribute("aria-label") ?? "");
  place.append(view);
  try {
    await embed(view, JSON.parse(text), {
      ast: true, actions: false, defaultStyle: false, renderer: "svg", mode: "vega-lite", tooltip: tell, logLevel: 1,
    });
    place.classList.add("live");
  } catch (error) {
    view.remove();
    throw error;
  }
}

export function pictures(places, address) {
  if (!address || !places.length) return;
  document.body.append(label);
  addEventListener("scroll", () => { label.hidden = true; }, { passive: true, capture: true });
  for (const place of places) {
    const begin = () => {
      for (const name of ["pointerenter", "focus"]) place.removeEventListener(name, begin);
      enliven(place, address).catch(() => { place.dataset.live = "failed"; });
    };
    for (const name of ["pointerenter", "focus"]) place.addEventListener(name, begin);
    place.addEventListener("pointerleave", () => { label.hidden = true; });
  }
}
