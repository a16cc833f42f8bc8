/* How far times are from the reader's now, in the words that the page was made with at another moment. */
(function () {
  "use strict";
  const MINUTE = 60000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
  const page = document.querySelector(".g-origin .g-now");
  // An example stays at a moment of its own for ever, and all its times with it.
  if (!page || !document.querySelector("[data-g-apart], [data-g-while]")) return;

  let days;
  try {
    days = new Intl.DateTimeFormat("en-CA", {
      timeZone: page.getAttribute("data-g-zone") || undefined, year: "numeric", month: "2-digit", day: "2-digit"
    });
  } catch (error) { return; } // a zone that this browser has not heard of

  function told(sign, count, unit) { return sign > 0 ? "in " + count + " " + unit : count + " " + unit + " ago"; }

  function short(apart) {
    const minutes = Math.round(Math.abs(apart) / MINUTE);
    if (!minutes) return "now";
    return minutes < 100 ? told(apart, minutes, "min") : told(apart, Math.round(minutes / 60), "h");
  }

  // A time is a day, or an instant with its offset.
  function isDay(time) { return time.length === 10; }

  function distance(time, now) {
    const apart = Date.parse(time) - now;
    if (!isDay(time) && Math.abs(apart) < DAY) return short(apart);
    const day = isDay(time) ? time : days.format(Date.parse(time));
    const count = Math.round((Date.parse(day) - Date.parse(days.format(now))) / DAY), far = Math.abs(count);
    if (far < 2) return ["yesterday", "today", "tomorrow"][count + 1];
    if (far < 60) return told(count, far, "days");
    return far < 730 ? told(count, Math.round(far / 30.44), "months") : told(count, Math.round(far / 365.25), "years");
  }

  function begun(time, now) { return isDay(time) ? time <= days.format(now) : Date.parse(time) <= now; }
  function over(time, now) { return isDay(time) ? time < days.format(now) : Date.parse(time) <= now; }

  function left(end, now) {
    const words = distance(end, now);
    if (words === "now") return "about to end";
    return words.startsWith("in ") ? words.slice(3) + " left" : "until " + words;
  }

  function span(start, end, now) {
    if (!begun(start, now)) return distance(start, now);
    return over(end, now) ? distance(end, now) : "now, " + left(end, now);
  }

  // The times that words speak of stand right before them.
  function timesOf(one) {
    const found = [];
    let at = one.previousElementSibling;
    for (let left = Number(one.getAttribute("data-g-apart")); left > 0 && at && at.tagName === "TIME"; left -= 1) {
      found.unshift(at.getAttribute("datetime"));
      at = at.previousElementSibling;
    }
    return found;
  }

  const known = Array.from(document.querySelectorAll("[data-g-apart]"), function (one) { return [one, timesOf(one)]; });
  const passing = Array.from(document.querySelectorAll("[data-g-while]"));

  function refresh() {
    const now = Date.now();
    known.forEach(function (pair) {
      const one = pair[0], times = pair[1];
      if (!times.length || times.some(function (time) { return isNaN(Date.parse(time)); })) return;
      const words = " " + (times.length > 1 ? span(times[0], times[1], now) : distance(times[0], now));
      if (one.textContent !== words) one.textContent = words;
    });
    passing.forEach(function (one) {
      const minutes = one.getAttribute("data-g-while").split(" ").map(Number);
      one.hidden = now < minutes[0] * MINUTE || now >= minutes[1] * MINUTE;
    });
  }

  refresh();
  window.setInterval(refresh, MINUTE);
  document.addEventListener("visibilitychange", refresh);
})();
