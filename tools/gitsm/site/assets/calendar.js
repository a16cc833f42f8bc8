/* The calendar as a month, a timeline and a list, above the tables that say the same without a script.

   View and filters stand in the address, so that a link shows to others what one sees. Texts are only ever put in
   as text. */
(function () {
  "use strict";
  var root = document.querySelector(".g-schedule"), about = window.gitsmCalendar;
  if (!root || !about || !about.entries || !window.EventCalendar) return;
  var times = about.times, entries = about.entries, here = times.here;
  var small = window.matchMedia("(max-width: 44.9375em)").matches, MOST_ROWS = 60;
  var LEAST_DAY = 76, ROW_NAMES = 174;  // pixels: a week is seen whole where there is room for it
  var DEFAULTS = {
    view: small ? "list" : "month", by: "service", over: "week", date: "", service: "", team: "", type: "", state: "",
    conflicts: "", without: "maintenance"
  };
  var LAYERS = { freeze: "Freezes", peak: "Peaks of demand", maintenance: "Maintenance" };
  var chosen = fromAddress(), most = MOST_ROWS, asked = 0, controls = [], calendar;

  function make(name, style, text) {
    var made = document.createElement(name);
    if (style) made.className = style;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // --- the address

  function fromAddress() {
    var found = Object.assign({}, DEFAULTS), given = new URLSearchParams(location.hash.slice(1));
    Object.keys(DEFAULTS).forEach(function (key) { if (given.has(key)) found[key] = given.get(key); });
    if (!/^(month|timeline|list)$/.test(found.view)) found.view = DEFAULTS.view;
    if (!/^(service|team)$/.test(found.by)) found.by = DEFAULTS.by;
    if (!/^(day|week|month)$/.test(found.over)) found.over = DEFAULTS.over;
    if (!/^\d{4}-\d\d-\d\d$/.test(found.date) || isNaN(new Date(found.date + "T00:00"))) found.date = "";
    return found;
  }

  function address(wanted) {
    var said = new URLSearchParams();
    Object.keys(DEFAULTS).forEach(function (key) { if (wanted[key] !== DEFAULTS[key]) said.set(key, wanted[key]); });
    return said.toString() && "#" + said;
  }

  function intoAddress() {
    var said = address(chosen);
    // What stands there may also be the anchor of a heading: without a choice it is left alone.
    if (said || location.hash.indexOf("=") > 0) history.replaceState(null, "", said || location.pathname + location.search);
  }

  function now() {
    var fixed = root.getAttribute("data-g-now");
    return fixed ? new Date(fixed) : new Date();
  }

  // --- what stands in an event

  function content(info) {
    var one = info.event.extendedProps, entry = one.entry, layer = entries.layer(entry), list = chosen.view === "list";
    if (info.event.display === "background") return { domNodes: [] };
    var link = make("a", "g-event__link"), worst = (entry.conflicts || [])[0];
    if (entry.what === "more") {
      link.textContent = entry.title;
      link.href = address(Object.assign({}, chosen, { view: "list", date: times.dayOf(one.start) }));
      return { domNodes: [link] };
    }
    link.href = entries.top + entry.url;
    link.title = entries.describe(one);
    if (worst) link.append(make("span", "g-event__mark", "!"), make("span", "g-unseen", "conflict, " + worst[0] + ": "));
    if (list) {
      var day = times.parts(info.event.start, here).day;
      link.append(make("span", "g-event__time", times.both(one.start, one.end, entry.zone, day)), " ");
    } else if (!layer) {
      link.append(make("span", "g-event__time", times.begins(one.start, entry.zone)), " ");
    }
    if (layer && (chosen.view !== "timeline" || layer !== "peak")) link.append(make("span", "g-event__kind", entry.what), " ");
    link.append(make("span", "g-event__title", entry.title));
    return { domNodes: list ? [link].concat(below(one, layer)) : [link] };
  }

  function below(one, layer) {
    var entry = one.entry, said = [entries.again(one), layer ? "" : entry.state, entry.services ? entries.names(entries.services, entry.services) : "all services"];
    if (entry.team) said.push(entries.names(entries.teams, [entry.team]));
    return [make("span", "g-event__under", said.filter(Boolean).join(" · "))].concat((entry.conflicts || []).map(function (found) {
      return make("span", "g-event__conflict g-event__conflict--" + found[0], found[0] + ": " + found[1]);
    }));
  }

  // --- what the reader chooses

  function choose(key, value) {
    chosen[key] = value;
    most = MOST_ROWS;
    show();
  }

  function pick(label, key, options) {
    var field = make("label", "g-field"), select = make("select");
    options.forEach(function (option) {
      var made = make("option", "", option[1]);
      made.value = option[0];
      select.append(made);
    });
    select.addEventListener("change", function () { choose(key, select.value); });
    select.setAttribute("aria-label", label);
    controls.push(function () { select.value = chosen[key]; });
    field.append(make("span", "", label), select);
    return field;
  }

  function tick(label, read, write) {
    var field = make("label", "g-tick"), box = make("input");
    box.type = "checkbox";
    box.addEventListener("change", function () { write(box.checked); });
    controls.push(function () { box.checked = read(); });
    field.append(box, " ", label);
    return field;
  }

  function button(label, act, pressed) {
    var made = make("button", "g-button", label);
    made.type = "button";
    made.addEventListener("click", act);
    if (pressed) controls.push(function () { made.setAttribute("aria-pressed", String(pressed())); });
    return made;
  }

  function named(known) {
    return [["", "all"]].concat(Array.from(known, function (one) { return [one[0], one[1][0]]; }).sort(function (a, b) {
      return a[1].localeCompare(b[1], "en");
    }));
  }

  function words(known) { return [["", "all"]].concat(known.map(function (word) { return [word, word]; })); }

  function views() {
    var group = make("div", "g-buttons"), line = make("div", "g-fields");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "View");
    [["month", "Month"], ["timeline", "Timeline"], ["list", "List"]].forEach(function (one) {
      group.append(button(one[1], function () { choose("view", one[0]); }, function () { return chosen.view === one[0]; }));
    });
    var by = pick("Rows", "by", [["service", "by service"], ["team", "by team"]]);
    var over = pick("Over", "over", [["day", "a day"], ["week", "a week"], ["month", "a month"]]);
    controls.push(function () { by.hidden = over.hidden = chosen.view !== "timeline"; });
    line.append(group, by, over);
    return line;
  }

  function filters() {
    var folded = make("details", "g-filters"), fields = make("div", "g-fields");
    folded.open = !small;
    fields.append(
      pick("Service", "service", named(entries.services)), pick("Team", "team", named(entries.teams)),
      pick("Type", "type", words(["standard", "normal", "emergency"])),
      pick("State", "state", words(
        ["assess", "authorized", "scheduled", "implement", "unrecorded", "review", "closed", "canceled", "unknown"]
      )),
      tick("Only conflicts", function () { return Boolean(chosen.conflicts); }, function (on) { choose("conflicts", on ? "1" : ""); })
    );
    function left() { return chosen.without.split(",").filter(Boolean); }
    Object.keys(LAYERS).forEach(function (name) {
      fields.append(tick(LAYERS[name], function () { return left().indexOf(name) < 0; }, function (on) {
        choose("without", left().filter(function (one) { return one !== name; }).concat(on ? [] : [name]).sort().join(","));
      }));
    });
    fields.append(button("Clear", function () {
      ["service", "team", "type", "state", "conflicts", "without"].forEach(function (key) { chosen[key] = DEFAULTS[key]; });
      show();
    }));
    folded.append(make("summary", "", "Filter"), fields);
    return folded;
  }

  // --- the component

  function view() {
    if (chosen.view === "month") return "dayGridMonth";
    if (chosen.view === "list") return "agenda";
    return { day: "resourceTimelineDay", week: "resourceTimelineWeek", month: "resourceTimelineMonth" }[chosen.over];
  }

  function show() {
    controls.forEach(function (follow) { follow(); });
    if (calendar.getOption("view") !== view()) calendar.setOption("view", view());
    calendar.refetchEvents();
    intoAddress();
  }

  function begin() {
    var month = root.getAttribute("data-g-month");
    return chosen.date || (month ? month + "-01" : times.dayOf(now()));
  }

  function source(range) {
    var turn = ++asked;
    return entries.between(range.start, range.end).then(function (found) {
      if (turn !== asked) return new Promise(function () { /* the reader has gone on */ });
      var kept = found.filter(function (one) { return entries.wanted(one.entry, chosen); });
      tell(kept);
      more.hidden = true;
      if (chosen.view === "list") return entries.listed(kept, range);
      if (chosen.view === "month") return entries.monthly(kept, range);
      var made = entries.timeline(kept, chosen, most);
      more.hidden = made.total <= most;
      more.textContent = "Show " + Math.min(made.total - most, MOST_ROWS) + " more of " + made.total + " rows";
      calendar.setOption("resources", made.rows.map(function (row) {
        var label = make(row.url ? "a" : "span", row.url ? "" : "g-quiet", row.label);
        if (row.url) label.href = row.url;
        return { id: row.id, title: { domNodes: row.said ? [label, " ", make("span", "g-row__said", row.said)] : [label] } };
      }));
      return made.events;
    });
  }

  function tell(found) {
    var changes = found.filter(function (one) { return one.entry.what === "change"; });
    var troubled = changes.filter(function (one) { return one.entry.conflicts; }).length;
    said.textContent = changes.length + (changes.length === 1 ? " change, " : " changes, ") + troubled +
      " with conflicts; times in your zone, " + here + (here === about.zone ? "" : ", and those of the record beside it") + ".";
  }

  /* The component says that it is a table, and has no rows as a table has: who can't see it is told nothing then. */
  function plain() {
    place.querySelectorAll("[role=row],[role=rowgroup],[role=cell],[role=rowheader],[role=columnheader],[role=listitem]")
      .forEach(function (element) { element.removeAttribute("role"); });
    place.querySelectorAll("[aria-colindex]").forEach(function (element) { element.removeAttribute("aria-colindex"); });
    place.querySelectorAll("h4:not([aria-level])").forEach(function (element) { element.setAttribute("aria-level", "3"); });
    place.querySelectorAll(".ec[role=table], .ec[role=list]").forEach(function (element) {
      element.setAttribute("role", "group");
      element.setAttribute("aria-label", "Calendar");
    });
  }

  var said = make("p", "g-quiet g-schedule__said"), place = make("div", "g-schedule__view"), started = false;
  var more = button("", function () { most += MOST_ROWS; show(); });
  said.setAttribute("role", "status");
  more.hidden = true;
  root.append(views(), filters(), said, place, more);
  new MutationObserver(plain).observe(place, { childList: true, subtree: true, attributes: true, attributeFilter: ["role"] });
  calendar = window.EventCalendar.create(place, {
    view: view(), date: begin(), locale: "en-GB", firstDay: 1, height: "auto", lazyFetching: false,
    eventSources: [{ events: source }], eventContent: content, eventOrder: entries.order,
    highlightedDates: [times.dayOf(now())], nowIndicator: !root.hasAttribute("data-g-now"),
    validRange: {
      start: times.dayOf(new Date(about.start * times.MINUTE)), end: times.dayOf(new Date(about.end * times.MINUTE + times.DAY))
    },
    headerToolbar: { start: "title", center: "", end: "now prev,next" },
    customButtons: { now: { text: "Today", click: function () { calendar.gotoDate(times.dayOf(now())); } } },
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    noEventsContent: "Nothing is planned that fits.",
    listDayFormat: { weekday: "long", day: "numeric", month: "long" }, listDaySideFormat: function () { return ""; },
    views: {
      agenda: { type: "listDay", duration: { days: 28 }, titleFormat: { day: "numeric", month: "short", year: "numeric" } },
      dayGridMonth: { dayHeaderFormat: { weekday: "short" } },
      resourceTimelineDay: { slotDuration: "01:00", slotWidth: 48 },
      resourceTimelineWeek: {
        slotDuration: "24:00", slotWidth: Math.max(LEAST_DAY, Math.floor((root.clientWidth - ROW_NAMES) / 7)), dayHeaderFormat: { weekday: "short", day: "numeric", month: "short" }
      },
      resourceTimelineMonth: { columnWidth: "4.4rem", dayHeaderFormat: { weekday: "short", day: "numeric" } }
    },
    datesSet: function (info) {
      var day = times.dayOf(info.view.currentStart);
      if (started && day !== chosen.date) { chosen.date = day; intoAddress(); }
      started = true;
    }
  });
  controls.forEach(function (follow) { follow(); });
  window.addEventListener("hashchange", function () {
    if (location.hash && location.hash.indexOf("=") < 0) return;
    chosen = fromAddress();
    calendar.gotoDate(begin());
    show();
  });
})();
