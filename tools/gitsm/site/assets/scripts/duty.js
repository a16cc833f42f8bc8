/* Who is on duty at this moment, by the reader's clock and in the reader's time; what is due by now is shown.
   The hours come from a script of their own, and the hours in words stay where that can't tell. */
(function () {
  "use strict";
  var MINUTE = 60000, DAY = 86400000, paths = new Map();

  function state(id, now) {
    var data = window.gitsmDuty, minute = now / MINUTE;
    if (!data || !data.hours || !Object.prototype.hasOwnProperty.call(data.hours, id)) return null;
    if (minute < data.from || minute >= data.to) return null;
    var hours = data.hours[id], at = data.from;
    for (var i = 0; i < hours.on.length; i += 2) {
      var start = at + hours.on[i], end = start + hours.on[i + 1];
      if (minute < start) return { on: false, zone: hours.zone, back: start * MINUTE };
      if (minute < end) {
        // A stretch that reaches the end of what is known has no end that is known.
        var open = end >= data.to;
        return { on: true, zone: hours.zone, until: open ? null : end * MINUTE, always: open && i === 0 && !hours.on[0] };
      }
      at = end;
    }
    return { on: false, zone: hours.zone, back: null };
  }

  function clock(moment, now, zone) {
    var options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
    var day = { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone };
    function date(at) { return new Intl.DateTimeFormat("en-CA", day).format(at); }
    var shown = new Intl.DateTimeFormat("en-GB", options).format(moment);
    if (date(moment) === date(now)) return shown;
    var words = { weekday: "short", timeZone: zone };
    if (moment - now > 6 * DAY) { words.day = "numeric"; words.month = "short"; }
    return new Intl.DateTimeFormat("en-GB", words).format(moment).replace(",", "") + " " + shown;
  }

  function told(moment, now, zone) {
    var mine = clock(moment, now);
    try {
      var theirs = clock(moment, now, zone);
      return theirs === mine ? mine : mine + " your time (" + theirs + " " + zone + ")";
    } catch (error) {
      return mine + " your time"; // a zone that this browser has not heard of
    }
  }

  function words(duty, now) {
    if (!duty.on) return duty.back === null ? "off duty" : "off duty, back " + told(duty.back, now, duty.zone);
    if (duty.always) return "on duty now, around the clock";
    return duty.until === null ? "on duty now" : "on duty now until " + told(duty.until, now, duty.zone);
  }

  function element(name, class_, text) {
    var made = document.createElement(name);
    made.className = class_;
    if (text) made.textContent = text;
    return made;
  }

  function said(mark) {
    var before = mark.previousElementSibling;
    if (before && before.classList.contains("g-duty")) return before;
    return mark.parentNode.insertBefore(element("span", "g-duty"), mark);
  }

  function write(node, text) { if (node.textContent !== text) node.textContent = text; }

  function sort(now, zone) {
    // Day, night or between, and whether it is a weekend, by the team's own clocks: as the pages count them.
    try {
      var options = { hour: "2-digit", weekday: "short", hourCycle: "h23", timeZone: zone };
      var parts = {};
      new Intl.DateTimeFormat("en-GB", options).formatToParts(now).forEach(function (part) { parts[part.type] = part.value; });
      var hour = Number(parts.hour), weekend = parts.weekday === "Sat" || parts.weekday === "Sun";
      return (weekend ? 3 : 0) + (hour >= 22 || hour < 5 ? 1 : hour >= 8 && hour < 18 ? 0 : 2);
    } catch (error) { return null; }
  }

  function judge(mark, now) {
    var duty = state(mark.getAttribute("data-g-duty"), now);
    var line = said(mark);
    line.hidden = !duty;
    line.classList.toggle("g-duty--on", !!duty && duty.on);
    line.classList.toggle("g-duty--always", !!duty && !!duty.always);
    write(line, duty ? words(duty, now) : "");
    // The ways to reach a team that are not meant for this hour.
    var row = mark.closest("tr, li, [data-g-team]");
    var place = duty ? sort(now, duty.zone) : null;
    (row ? row.querySelectorAll("[data-g-fits]") : []).forEach(function (way) {
      var told = way.getAttribute("data-g-fits");
      way.classList.toggle("g-not-now", place !== null && told.charAt(place + (duty.on ? 0 : 6)) === "0");
    });
    return duty;
  }

  function call(mark, class_, text) {
    var row = mark.closest("tr, li"), place = row && row.querySelector("[data-g-call]");
    if (!place) return;
    row.classList.toggle("g-call--now", text === "Call now");
    row.classList.toggle("g-call--next", text === "Next");
    write(place, text);
    place.className = text ? "g-chip g-chip--" + class_ : "";
  }

  function lead(list, steps, first) {
    // In a list whoever is called now stands first, so that nobody has to look for it; tables stay as they are.
    if (!list || steps.indexOf(null) >= 0) return;
    var wanted = first < 0 ? steps : steps.slice(first, first + 2).concat(steps.slice(0, first), steps.slice(first + 2));
    var same = wanted.every(function (step, index) { return list.children[index] === step; });
    if (!same) wanted.forEach(function (step) { list.appendChild(step); });
  }

  function path(group, now) {
    var first = -1, known = true, some = false;
    // As the path has them: the list may have been put into another order.
    if (!paths.has(group)) paths.set(group, [].slice.call(group.querySelectorAll("[data-g-duty]")));
    var marks = paths.get(group);
    marks.forEach(function (mark, index) {
      var duty = judge(mark, now);
      known = known && !!duty;
      some = some || !!duty;
      if (first < 0 && duty && duty.on) first = index;
    });
    marks.forEach(function (mark, index) {
      var now_ = index === first, next = first >= 0 && index === first + 1;
      call(mark, now_ ? "good" : "info", now_ ? "Call now" : next ? "Next" : "");
    });
    lead(group.querySelector("ol.g-calls"), marks.map(function (mark) { return mark.closest("li"); }), first);
    var note = group.querySelector(".g-nobody");
    if (note && (first >= 0 || !some)) note.remove();
    if (first >= 0 || !some) return;
    if (!note || note.parentNode !== group) note = group.insertBefore(element("p", "g-nobody"), group.firstChild);
    write(note, known ? "Nobody on this path is on duty now." : "Nobody on this path is known to be on duty now.");
  }

  function refresh() {
    var now = Date.now();
    document.querySelectorAll("[data-g-path]").forEach(function (group) { path(group, now); });
    document.querySelectorAll("[data-g-duty]").forEach(function (mark) {
      if (!mark.closest("[data-g-path]")) judge(mark, now);
    });
    document.querySelectorAll(".g-later[data-g-from]").forEach(function (note) {
      if (now / MINUTE >= Number(note.getAttribute("data-g-from"))) {
        note.classList.remove("g-later");
        note.hidden = false;
      }
    });
  }

  function start() {
    if (!document.querySelector("[data-g-duty], .g-later")) return;
    refresh();
    (function wait() {
      window.setTimeout(function () { refresh(); wait(); }, MINUTE - (Date.now() % MINUTE) + 20);
    })();
    document.addEventListener("visibilitychange", refresh); // a phone sleeps, and its timers with it
  }

  // The hours are in a script that stands after this one.
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
