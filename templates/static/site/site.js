// Small comforts. Every page works without them.
(() => {
  "use strict";

  const spell = (seconds) => {
    const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
    if (days) return `${days} day${days > 1 ? "s" : ""}${hours ? ` ${hours} h` : ""}`;
    if (hours) return `${hours} h${minutes ? ` ${minutes} min` : ""}`;
    return minutes ? `${minutes} min${minutes < 10 ? ` ${seconds % 60} s` : ""}` : `${seconds} s`;
  };

  // Countdowns run from the seconds that were left at market time when the page was made; the reader's own clock
  // may be wrong, so only its differences are used.
  const tick = () => {
    for (const place of document.querySelectorAll("[data-seconds-left]")) {
      place.dataset.since ??= performance.now();
      const left = Math.ceil(place.dataset.secondsLeft - (performance.now() - place.dataset.since) / 1000);
      place.textContent = left > 0 ? spell(left) : "now: reload the page";
    }
  };

  // One box that ticks or clears all windows of a competition.
  const wireAll = () => {
    const all = document.querySelector("[data-ticks]");
    if (!all) return;
    const boxes = [...document.querySelectorAll(`input[name="${all.dataset.ticks}"]`)];
    const show = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
      boxes.forEach((box) => box.closest("tr").classList.toggle("chosen", box.checked));
    };
    all.closest("[hidden]")?.removeAttribute("hidden");
    all.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); show(); });
    boxes.forEach((box) => box.addEventListener("change", show));
    show();
  };

  // On a phone a chart is wider than its place: it begins where the first half-hour is asked for, not at midnight.
  const scrollToBars = (chart) => {
    const bars = [...chart.querySelectorAll("rect:not(.missing)")].map((bar) => bar.getBoundingClientRect().left);
    const days = chart.querySelector(".days").getBoundingClientRect().width;
    if (bars.length) chart.scrollLeft = Math.min(...bars) - chart.getBoundingClientRect().left - days - 16;
  };

  // A list that htmx has filtered says how many rows it found, for those who do not see it.
  document.addEventListener("htmx:afterSwap", (event) => {
    const said = event.target.querySelector("caption, .nothing strong");
    const found = document.getElementById("found");
    if (said && found) found.textContent = said.textContent;
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector(".problems")?.focus();
    wireAll();
    document.querySelectorAll(".asked").forEach(scrollToBars);
    tick();
    setInterval(tick, 1000);
  });
  // An open menu closes on Escape and when something else is clicked.
  const closeMenus = (except) => document.querySelectorAll("details.unfold[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.unfold")));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenus(); });
})();
