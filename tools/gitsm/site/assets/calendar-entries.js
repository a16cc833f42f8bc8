/* What is planned: loaded month by month when it is looked at, filtered, and made into what the views show. */
(function () {
  "use strict";
  var root = document.querySelector(".g-schedule"), about = window.gitsmCalendar, times = about && about.times;
  if (!root || !times) return;
  var services = new Map(Object.entries(about.services)), teams = new Map(Object.entries(about.teams));
  var top = root.getAttribute("data-g-top") || "", folder = root.getAttribute("data-g-data");
  var ORDER = ["freeze", "", "peak", "maintenance", "more"], MOST_A_DAY = 5;
  var ROWS = { ".freezes": "Freezes", ".others": "Peaks and maintenance" };  // no id has a dot
  var waiting = new Map();

  function loaded(month) {
    if (!waiting.has(month)) {
      waiting.set(month, new Promise(function (resolve) {
        var script = document.createElement("script");
        script.src = folder + month + ".js";
        script.onload = script.onerror = resolve;
        document.head.appendChild(script);
      }));
    }
    return waiting.get(month);
  }

  /* Each time that something comes in a stretch of time. */
  function between(start, end) {
    // A day more on both sides: months are those of the policy's zone, and the reader's day begins elsewhere.
    var first = times.dayOf(new Date(start - times.DAY)).slice(0, 7);
    var last = times.dayOf(new Date(+end + times.DAY)).slice(0, 7);
    var wanted = about.all.filter(function (month) { return month >= first && month <= last; });
    return Promise.all(wanted.map(loaded)).then(function () {
      var found = new Map();
      wanted.forEach(function (month) {
        (about.months[month] || []).forEach(function (entry) {
          entry.times.forEach(function (time) {
            var from = time[0] * times.MINUTE, to = time[1] * times.MINUTE;
            if (from >= end || to <= start) return;
            found.set(entry.id + "-" + time[0], { entry: entry, start: new Date(from), end: new Date(to) });
          });
        });
      });
      return Array.from(found.values()).sort(function (a, b) { return a.start - b.start || a.entry.id - b.entry.id; });
    });
  }

  /* What it is, apart from changes: a freeze, a peak or maintenance. */
  function layer(entry) {
    return entry.what === "change" ? "" : entry.what.indexOf("freeze") > 0 ? "freeze" : entry.what;
  }

  function owners(entry) {
    return entry.services ? entry.services.map(function (id) { return (services.get(id) || [])[2]; }) : Array.from(teams.keys());
  }

  function wanted(entry, chosen) {
    if (chosen.service && entry.services && entry.services.indexOf(chosen.service) < 0) return false;
    if (chosen.team && entry.services && entry.team !== chosen.team && owners(entry).indexOf(chosen.team) < 0) return false;
    if (layer(entry)) return chosen.without.split(",").indexOf(layer(entry)) < 0;
    return (!chosen.type || entry.type === chosen.type) && (!chosen.state || entry.state === chosen.state) &&
      (!chosen.conflicts || Boolean(entry.conflicts));
  }

  function names(known, ids) {
    var shown = ids.slice(0, 6).map(function (id) { return (known.get(id) || [id])[0]; }).join(", ");
    return ids.length > 6 ? shown + " and " + (ids.length - 6) + " more" : shown;
  }

  function describe(one) {
    var entry = one.entry, lines = [entry.title, times.both(one.start, one.end, entry.zone)];
    lines.push(layer(entry) ? entry.what : entry.type + " change, " + entry.state);
    lines.push(entry.services ? "Services: " + names(services, entry.services) : "All services");
    if (entry.team) lines.push("Team: " + names(teams, [entry.team]));
    (entry.conflicts || []).forEach(function (found) { lines.push(found[0] + ": " + found[1]); });
    if (entry.more) lines.push("and " + entry.more + " more conflicts");
    return lines.join("\n");
  }

  function classes(entry) {
    var found = ["g-event", "g-event--" + (layer(entry) || "change")];
    if (entry.what === "hard freeze") found.push("g-event--hard");
    if (entry.conflicts) found.push("g-event--" + entry.conflicts[0][0]);
    if (/^(closed|review|canceled)$/.test(entry.state)) found.push("g-event--over");
    if (entry.state === "canceled") found.push("g-event--canceled");
    return found;
  }

  function event(one, key, more) {
    return Object.assign({
      id: key + one.entry.id + "-" + +one.start, classNames: classes(one.entry), title: one.entry.title, extendedProps: one
    }, more);
  }

  /* The days that something touches, each by its midnight. */
  function days(one, range) {
    var day = new Date(Math.max(one.start, range.start)), last = Math.min(one.end, range.end), found = [];
    for (day.setHours(0, 0, 0, 0); day < last; day.setDate(day.getDate() + 1)) found.push(new Date(day));
    return found;
  }

  // --- a list

  /* On which further days something comes: each of a few, else how many and the last of them. */
  function again(one) {
    var days = Array.from(new Set((one.again || []).map(function (other) { return times.parts(other.start, times.here).day; })));
    if (!days.length) return "";
    if (days.length < 4) return "again on " + days.join(", ");
    return "again on " + days.length + " days to " + days[days.length - 1];
  }

  function listed(found, range) {
    var first = new Map(), kept = [];
    found.forEach(function (one) {
      // A peak of each day is named once, with the days on which it comes again: else it hides the changes.
      var known = layer(one.entry) ? first.get(one.entry.id) : null;
      if (known) { known.again.push(one); return; }
      var made = Object.assign({ again: [] }, one);
      first.set(one.entry.id, made);
      kept.push(made);
    });
    return kept.map(function (one) {
      // What is no change and lasts for days is named once, on the first of them.
      var begun = new Date(Math.max(one.start, range.start)), midnight = new Date(begun);
      midnight.setHours(24, 0, 0, 0);
      return event(one, "", times.walls(begun, layer(one.entry) ? new Date(Math.min(one.end, midnight)) : one.end));
    });
  }

  // --- a month

  function lasts(one) { return times.dayOf(one.start) !== times.dayOf(new Date(one.end - 1)); }

  /* What lasts over midnight comes first and by its start, else the component would lay others over it. */
  function order(a, b) {
    function place(event) {
      var one = event.extendedProps;
      return one.rank !== undefined ? one.rank : lasts(one) ? -1 : ORDER.indexOf(layer(one.entry));
    }
    return place(a) - place(b) || a.start - b.start ||
      ORDER.indexOf(layer(a.extendedProps.entry)) - ORDER.indexOf(layer(b.extendedProps.entry));
  }

  function monthly(found, range) {
    var made = [], shaded = new Set(), counts = new Map(), left = new Map();
    var ordered = found.map(function (one) { return event(one, "", times.walls(one.start, one.end)); });
    ordered.sort(function (a, b) { return order(
      { start: a.extendedProps.start, extendedProps: a.extendedProps }, { start: b.extendedProps.start, extendedProps: b.extendedProps }
    ); });
    ordered.forEach(function (made_) {
      var one = made_.extendedProps, touched = days(one, range);
      if (/^(freeze|peak)$/.test(layer(one.entry))) touched.forEach(function (day) {
        // A day is shaded once, however many peaks there are. The component shades whole days here only.
        var key = classes(one.entry).join() + +day;
        if (!shaded.has(key)) made.push(event(one, "shade-" + +day + "-", Object.assign(
          { display: "background", allDay: true }, times.walls(day, new Date(+day + times.MINUTE))
        )));
        shaded.add(key);
      });
      // More than a few a day nobody reads, and a browser takes seconds to place: a link leads to the rest.
      var room = touched.every(function (day) { return (counts.get(+day) || 0) < MOST_A_DAY; });
      touched.forEach(function (day) {
        var map = room ? counts : left;
        map.set(+day, (map.get(+day) || 0) + 1);
      });
      if (room) made.push(made_);
    });
    left.forEach(function (count, day) {
      var entry = { id: "more", what: "more", title: "+" + count + " more" };
      var one = { entry: entry, start: new Date(day), end: new Date(day + times.MINUTE), rank: ORDER.length };
      made.push(event(one, "", times.walls(one.start, one.end)));
    });
    return made;
  }

  // --- a timeline

  function timeline(found, chosen, most) {
    var known = chosen.by === "team" ? teams : services, there = new Map(), made = [];
    function within(entry) {
      if (layer(entry)) return [layer(entry) === "freeze" ? ".freezes" : ".others"];
      return chosen.by === "team" ? [entry.team || "?"] : entry.services || [];
    }
    found.forEach(function (one) { within(one.entry).forEach(function (id) { there.set("/" + id, id); }); });
    var ids = Array.from(there.values()).filter(function (id) {
      return !ROWS[id] && (chosen.by !== "service" || !chosen.service || id === chosen.service);
    }).sort(function (a, b) { return names(known, [a]).localeCompare(names(known, [b]), "en"); });
    var kept = ids.slice(0, most), total = ids.length;
    found.forEach(function (one) {
      var entry = one.entry, span = times.walls(one.start, one.end);
      made.push(event(one, "", Object.assign({ resourceIds: within(entry).map(function (id) { return "/" + id; }) }, span)));
      if (!/^(freeze|peak)$/.test(layer(entry))) return;
      var about_ = new Set(chosen.by === "team" ? owners(entry) : entry.services);
      var shaded = kept.filter(function (id) { return !entry.services || about_.has(id); });
      // Over a month the component shades whole days only.
      if (shaded.length) made.push(event(one, "shade-", Object.assign({
        display: "background", allDay: chosen.over === "month", resourceIds: shaded.map(function (id) { return "/" + id; })
      }, span)));
    });
    if (there.has("/.freezes")) kept = [".freezes"].concat(kept);
    if (there.has("/.others")) kept = kept.concat([".others"]);
    // A row whose first change lies beyond what is seen looks empty: its name says what is in it.
    var counted = new Map();
    found.forEach(function (one) {
      if (!layer(one.entry)) within(one.entry).forEach(function (id) { counted.set(id, (counted.get(id) || []).concat(one)); });
    });
    function said(id) {
      var changes = counted.get(id);
      if (!changes) return "";
      var days = Array.from(new Set(changes.map(function (one) { return times.parts(one.start, times.here).day; })));
      return changes.length + (changes.length === 1 ? " change, " : " changes, ") + days.slice(0, 2).join(", ") + (days.length > 2 ? " …" : "");
    }
    return { events: made, rows: kept.map(function (id) {
      var url = known.has(id) ? top + known.get(id)[1] : "";
      return { id: "/" + id, label: ROWS[id] || names(known, [id]), said: said(id), url: url };
    }), total: total };
  }

  about.entries = {
    services: services, teams: teams, top: top, between: between, wanted: wanted, layer: layer, names: names,
    describe: describe, again: again, order: order, listed: listed, monthly: monthly, timeline: timeline
  };
})();
