// The progress of a run: a stream moves the bar, its end loads the result, cancelling or leaving lets the run go.

export function progress(place) {
  if (!place) return;
  const bar = place.querySelector("progress");
  const doing = place.querySelector(".doing");
  const share = place.querySelector(".share");
  const cancel = place.querySelector(".cancel");
  const stream = new EventSource(place.dataset.progress);
  cancel.hidden = false;
  stream.onmessage = (event) => {
    const now = JSON.parse(event.data);
    bar.value = now.share;
    share.textContent = `${Math.round(now.share * 100)}%`;
    if (doing.textContent !== now.doing) doing.textContent = now.doing;
    if (now.state === "done" || now.state === "failed") {
      stream.close();
      location.reload();
    } else if (now.state === "cancelled") {
      stream.close();
      doing.textContent = "Cancelled";
    }
  };
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED) location.reload();
  };
  cancel.addEventListener("click", () => {
    stream.close();
    navigator.sendBeacon(place.dataset.leave);
    doing.textContent = "Cancelled";
    cancel.hidden = true;
  });
  addEventListener("pagehide", () => stream.close());
}
