/* Times of the calendar: in the reader's zone, with those of the record's zone beside them where clocks differ. */
(function () {
  "use strict";
  var about = window.gitsmCalendar;
  if (!about) return;
  var MINUTE = 60000, formats = new Map();
  var here = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

  function two(number) { return String(number).padStart(2, "0"); }

  /* The day, by the reader's clock, as addresses and the component have it. */
  function dayOf(moment) {
    return moment.getFullYear() + "-" + two(moment.getMonth() + 1) + "-" + two(moment.getDate());
  }

  function wall(moment) { return dayOf(moment) + "T" + two(moment.getHours()) + ":" + two(moment.getMinutes()) + ":00"; }

  /* The component knows one offset from UTC, and would tell times beyond the night on which clocks change an hour
     wrong: it gets what the reader's clock on the wall shows. In that night the end may stand before the start. */
  function walls(start, end) {
    var first = wall(start), last = wall(end);
    return { start: first, end: last > first ? last : wall(new Date(+start + Math.max(end - start, MINUTE) + 60 * MINUTE)) };
  }

  function parts(moment, zone) {
    if (!formats.has(zone)) {
      formats.set(zone, new Intl.DateTimeFormat("en-GB", {
        timeZone: zone, hourCycle: "h23", weekday: "short", day: "numeric", month: "short",
        hour: "2-digit", minute: "2-digit"
      }));
    }
    var found = {};
    formats.get(zone).formatToParts(moment).forEach(function (part) { found[part.type] = part.value; });
    return { day: found.weekday + " " + found.day + " " + found.month, time: found.hour + ":" + found.minute };
  }

  /* From when to when, without the day where the reader knows it already. */
  function span(start, end, zone, day) {
    var first = parts(start, zone), last = parts(end, zone);
    return (first.day === day ? "" : first.day + ", ") + first.time +
      (first.day === last.day ? "–" + last.time : " – " + last.day + ", " + last.time);
  }

  function differs(moment, zone) {
    var one = parts(moment, here), other = parts(moment, zone);
    return one.day !== other.day || one.time !== other.time;
  }

  function both(start, end, zone, day) {
    var told = span(start, end, here, day);
    return differs(start, zone) ? told + " (" + span(start, end, zone, parts(start, here).day) + " " + zone + ")" : told;
  }

  /* When something begins, for where there is no room for more. */
  function begins(start, zone) {
    var own = parts(start, here), other = parts(start, zone);
    if (!differs(start, zone)) return own.time;
    return own.time + " (" + (other.day === own.day ? "" : other.day.slice(0, 3) + " ") + other.time + " " +
      zone.split("/").pop().replace(/_/g, " ") + ")";
  }

  about.times = {
    MINUTE: MINUTE, DAY: 1440 * MINUTE, here: here, dayOf: dayOf, walls: walls, parts: parts, span: span,
    differs: differs, both: both, begins: begins
  };
})();
