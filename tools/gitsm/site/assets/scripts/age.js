/* A page that is old says so: at three in the morning a stale page is dangerous. One that speaks of a day by its
   date, such as the front page, says so as soon as it is another day. */
(function () {
  "use strict";
  var HOUR = 3600000, OLD = 26;
  var moment = document.querySelector(".g-origin .g-now"), origin = moment && moment.querySelector("time");
  var page = document.querySelector(".g-page"), dated = document.querySelector("[data-g-day]"), note = null;
  if (!origin || !page) return;

  // A day as the records' zone has it: as a date to compare, and in words.
  function day(at, words) {
    var options = words ? { weekday: "short", day: "numeric", month: "short" } : { year: "numeric", month: "2-digit", day: "2-digit" };
    options.timeZone = moment.getAttribute("data-g-zone") || undefined;
    return new Intl.DateTimeFormat(words ? "en-GB" : "en-CA", options).format(at).replace(",", "");
  }

  function isOfAnotherDay(now) {
    try { return Boolean(dated) && day(now) !== dated.getAttribute("data-g-day"); }
    catch (error) { return false; } // a zone that this browser has not heard of
  }

  function told(now, made) {
    var hours = (now - made) / HOUR;
    var age = hours < 48 ? Math.floor(hours) + (Math.floor(hours) === 1 ? " hour" : " hours") : Math.floor(hours / 24) + " days";
    if (hours > 0 && isOfAnotherDay(now)) {
      return "This page speaks of " + day(made, true) + ", and it is " + day(now, true) + ": it is " +
        (hours < 1 ? "less than an hour" : age) + " old. What has happened since is not on it.";
    }
    return hours > OLD ? "This page is " + age + " old. What has happened since is not on it." : "";
  }

  function refresh() {
    var words = told(Date.now(), Date.parse(origin.getAttribute("datetime")));
    if (!words) return;
    if (!note) {
      note = document.createElement("p");
      note.className = "g-old";
      note.setAttribute("role", "status");
      page.insertBefore(note, page.firstChild);
    }
    if (note.textContent !== words) note.textContent = words;
  }

  refresh();
  window.setInterval(refresh, 60000);
  document.addEventListener("visibilitychange", refresh);
})();
