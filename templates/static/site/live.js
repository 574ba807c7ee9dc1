// A part of a page that asks for itself anew: [data-poll] stands in it, and htmx asks by it. Nothing is asked while the tab
// is hidden; what has not changed is not touched; whoever looks is told whether the page still lives.
(() => {
  "use strict";

  const isPoll = (element) => element instanceof Element && element.matches("[data-poll]");
  const clock = () => new Date().toLocaleTimeString("en-GB", { timeZone: "Europe/London", timeStyle: "long" });
  let answered = null;

  const tell = (lives) => {
    const state = document.querySelector("[data-live-state]");
    if (!state) return;
    if (lives) answered = clock();
    state.textContent = lives
      ? `Live: it updates by itself. Last checked at ${answered}.`
      : `NOT LIVE: no answer${answered ? ` since ${answered}` : ""}. What stands here may be old.`;
    state.classList.toggle("live-stale", !lives);
  };

  // A status that is announced changes only where its words do: a burst would be said again and again otherwise.
  const say = (words) => {
    const place = document.querySelector("[data-live-said]");
    if (place && place.textContent !== words) place.textContent = words;
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isPoll(event.target) && document.hidden) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { requestConfig, xhr } = event.detail;
    if (!isPoll(requestConfig?.elt)) return;
    if (xhr.status === 304) event.detail.shouldSwap = false;
    else if (new URL(xhr.responseURL).pathname !== location.pathname) { // signed out meanwhile: led to another page
      event.detail.shouldSwap = false;
      location.reload();
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isPoll(event.detail.requestConfig?.elt ?? event.target)) return;
    const status = event.detail.xhr?.status ?? 0;
    tell(status >= 200 && status < 400);
    if (!(status >= 200 && status < 400)) say("This page is not live any more.");
  });
  document.addEventListener("htmx:afterSettle", () => {
    const poll = document.querySelector("[data-poll]");
    if (poll) say(poll.dataset.said);
  });
})();
