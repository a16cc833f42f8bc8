/* The tables and the feeds of the calendar: the reader's own time in each row, folded on a phone; addresses to copy. */
(function () {
  "use strict";
  var about = window.gitsmCalendar, times = about && about.times;
  if (!times) return;

  document.querySelectorAll(".g-page td[data-label=Window]").forEach(function (cell) {
    var found = cell.querySelectorAll("time");
    if (found.length < 2) return;
    var start = new Date(found[0].getAttribute("datetime")), end = new Date(found[1].getAttribute("datetime"));
    if (!times.differs(start, about.zone)) return;
    var day = cell.previousElementSibling ? cell.previousElementSibling.textContent.trim() : "";
    var own = document.createElement("strong");
    own.className = "g-own";
    own.textContent = times.span(start, end, times.here, day) + " your time";
    cell.prepend(own, document.createElement("br"));
  });

  // On a phone the list of the view says the same, and pages of tables below it would only be in the way.
  if (window.matchMedia("(max-width: 44.9375em)").matches && document.querySelector(".g-schedule .ec")) {
    document.querySelectorAll(".g-page td[data-label=Window]").forEach(function (cell) {
      var table = cell.closest("table");
      if (table.closest(".g-folded")) return;
      var fold = document.createElement("details"), name = document.createElement("summary");
      fold.className = "g-folded";
      name.textContent = "Show the table of " + table.tBodies[0].rows.length;
      table.before(fold);
      fold.append(name, table);
    });
  }

  // From a folder nobody subscribes.
  if (!/^https?:$/.test(location.protocol)) return;
  document.querySelectorAll("a[data-g-feed]").forEach(function (link) {
    var copy = document.createElement("button"), open = document.createElement("a");
    copy.type = "button";
    copy.className = "g-button";
    copy.textContent = "Copy address";
    copy.setAttribute("aria-label", "Copy address of the feed of " + link.textContent);
    copy.addEventListener("click", function () {
      document.dispatchEvent(new CustomEvent("gitsm:copy", { detail: { text: link.href, button: copy } }));
    });
    open.href = link.href.replace(/^https?:/, "webcal:");
    open.textContent = "subscribe";
    open.setAttribute("aria-label", "subscribe to " + link.textContent);
    link.after(" ", open, " ", copy);
  });
})();
