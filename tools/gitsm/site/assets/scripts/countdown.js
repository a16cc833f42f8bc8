/* How far a window is from the reader's now: the page was made at another moment. */
(function () {
  "use strict";

  const MINUTE = 60000;

  function lasting(minutes) {
    if (minutes < 100) return minutes + " min";
    if (minutes < 48 * 60) return Math.round(minutes / 60) + " h";
    return Math.round(minutes / 1440) + " days";
  }

  function told(begins, ends, now) {
    if (now < begins) return "begins in " + lasting(begins - now);
    if (now < ends) return "now, " + lasting(ends - now) + " left";
    return "over since " + lasting(now - ends);
  }

  function refresh() {
    const now = Math.floor(Date.now() / MINUTE);
    document.querySelectorAll("[data-g-begins][data-g-ends]").forEach(function (one) {
      const words = " " + told(Number(one.getAttribute("data-g-begins")), Number(one.getAttribute("data-g-ends")), now);
      if (one.textContent !== words) one.textContent = words;
      one.className = "g-quiet";
    });
  }

  // An example stays at a moment of its own for ever, and so do its windows.
  if (!document.querySelector("[data-g-begins]") || !document.querySelector(".g-now")) return;
  refresh();
  window.setInterval(refresh, MINUTE);
  document.addEventListener("visibilitychange", refresh);
})();
