/* The steps of a runbook can be ticked off. Ticks and their times survive a reload, belong to the text of their
   step and not to its place, and can be copied as lines for an incident's timeline. */
(function () {
  "use strict";
  var DAY = 86400000, OLD = DAY / 2, FIRST = Date.UTC(2000, 0);
  var stretches = document.querySelectorAll(".g-steps[data-g-steps]");
  if (!stretches.length) return;

  // A page from a folder shares its storage with every other, so that the place of the site is in the key.
  var script = document.querySelector('script[src$="assets/gitsm/gitsm.js"]');
  var site = script ? script.src.replace(/assets\/gitsm\/gitsm\.js$/, "") : "";
  var key = "gitsm-steps " + site + " " + stretches[0].getAttribute("data-g-steps");
  var ticks = read(), steps = [], cleared = null;

  // Nobody can have ticked a step in a century past, or tomorrow: another page may have written there.
  function canBe(at) { return typeof at === "number" && at > FIRST && at < Date.now() + DAY; }

  function read() {
    try {
      var found = JSON.parse(window.localStorage.getItem(key) || "{}"), kept = Object.create(null);
      Object.keys(found).forEach(function (id) { if (canBe(found[id])) kept[id] = found[id]; });
      return kept;
    } catch (error) { return Object.create(null); }
  }

  function keep() {
    try {
      if (Object.keys(ticks).length) window.localStorage.setItem(key, JSON.stringify(ticks));
      else window.localStorage.removeItem(key);
    } catch (error) { /* then they last as long as the page */ }
  }

  function hash(text) {
    var a = 0x811c9dc5, b = 0x9e3779b9;
    for (var i = 0; i < text.length; i++) {
      a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
      b = Math.imul(b ^ text.charCodeAt(i), 0x85ebca6b);
    }
    return (a >>> 0).toString(36) + (b >>> 0).toString(36);
  }

  function two(number) { return (number < 10 ? "0" : "") + number; }

  function instant(at) {
    // As records write it: local time, with its distance from UTC.
    var moment = new Date(at), apart = -moment.getTimezoneOffset(), far = Math.abs(apart);
    return moment.getFullYear() + "-" + two(moment.getMonth() + 1) + "-" + two(moment.getDate()) + "T" +
      two(moment.getHours()) + ":" + two(moment.getMinutes()) +
      (apart < 0 ? "-" : "+") + two(Math.floor(far / 60)) + ":" + two(far % 60);
  }

  function told(at) {
    var moment = new Date(at), time = two(moment.getHours()) + ":" + two(moment.getMinutes());
    if (moment.toDateString() === new Date().toDateString()) return time;
    return moment.toLocaleDateString("en-GB", { day: "numeric", month: "short" }) + ", " + time;
  }

  function button(text, class_) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "g-button " + class_;
    made.textContent = text;
    return made;
  }

  function words(text) { return text.replace(/\s+/g, " ").trim(); }

  function own(item) {
    // What an item says itself, without the items below it and what we added.
    var copy = item.cloneNode(true);
    copy.querySelectorAll("ol, ul, button, .md-clipboard, .md-code__nav").forEach(function (below) { below.remove(); });
    return copy;
  }

  function command(code) {
    var lines = code.split("\n").map(words).filter(function (line) { return line && line.charAt(0) !== "#"; });
    var more = lines.length - 1;
    return lines.length ? lines[0] + (more > 0 ? " (and " + more + " more)" : "") : words(code);
  }

  function isTask(item) { return /^\s*\[[ xX]\]\s/.test(own(item).textContent); }

  function found(stretch) {
    var all = [].slice.call(stretch.querySelectorAll("li, .highlight"));
    return all.filter(function (node) {
      if (node.tagName === "LI") return node.parentNode.tagName === "OL" || isTask(node);
      var item = node.parentNode.closest("ol > li");
      return !item || !stretch.contains(item);
    });
  }

  function plain(item) {
    // The box that a task list draws with brackets is the button now.
    var walker = document.createTreeWalker(item, NodeFilter.SHOW_TEXT), first;
    while ((first = walker.nextNode()) && !words(first.data)) { /* space */ }
    if (first) first.data = first.data.replace(/^\s*\[[ xX]\]\s/, "");
  }

  function add(node, counts) {
    var isItem = node.tagName === "LI";
    var task = isItem && node.parentNode.tagName !== "OL";
    var code = node.querySelector("pre > code");
    var whole = isItem ? words(own(node).textContent) : code ? code.textContent : node.textContent;
    if (!words(whole)) return;
    var id = hash(whole);
    counts[id] = (counts[id] || 0) + 1;
    if (counts[id] > 1) id += "-" + counts[id];
    if (isItem && isTask(node)) plain(node);
    var said = isItem ? words(own(node).textContent) : command(whole);
    var step = { id: id, node: node, text: said.slice(0, 300), button: button("", "g-tick") };
    step.button.setAttribute("aria-pressed", "false");
    step.button.addEventListener("click", function () {
      if (ticks[id]) delete ticks[id];
      else ticks[id] = Date.now();
      cleared = null;
      keep();
      show();
    });
    node.classList.add("g-step");
    if (task) node.classList.add("g-step--task");
    if (isItem) node.insertBefore(step.button, node.firstChild);
    else node.appendChild(step.button);
    steps.push(step);
  }

  function name(text) { return text.length > 80 ? text.slice(0, 79) + "…" : text; }

  function show() {
    var done = steps.filter(function (step) { return ticks[step.id]; });
    steps.forEach(function (step) {
      var at = ticks[step.id];
      step.node.classList.toggle("g-step--done", !!at);
      step.button.setAttribute("aria-pressed", at ? "true" : "false");
      step.button.textContent = at ? "Done " + told(at) : "Done?";
      step.button.setAttribute("aria-label", (at ? "Done " + told(at) + ": " : "Done? ") + name(step.text));
    });
    bar.hidden = !done.length && !cleared;
    bar.classList.toggle("g-ticked--cleared", !!cleared);
    copying.hidden = !!cleared;
    clearing.textContent = cleared ? "Undo" : "Clear";
    if (cleared) {
      count.textContent = "Cleared: nothing is ticked any more";
      return;
    }
    var last = Math.max.apply(null, done.map(function (step) { return ticks[step.id]; }));
    var old = done.length > 0 && Date.now() - last > OLD;
    bar.classList.toggle("g-ticked--old", old);
    count.textContent = done.length + " of " + steps.length + " steps done" + (old ? ", last " + told(last) : "");
  }

  function timeline() {
    var done = steps.filter(function (step) { return ticks[step.id]; });
    done.sort(function (one, other) { return ticks[one.id] - ticks[other.id]; });
    return done.map(function (step) {
      // As JSON a text is YAML as well, whatever stands in it.
      return "  - {at: " + instant(ticks[step.id]) + ", what: " + JSON.stringify(step.text) + "}\n";
    }).join("");
  }

  var counts = {};
  stretches.forEach(function (stretch) { found(stretch).forEach(function (node) { add(node, counts); }); });
  if (!steps.length) return;

  var bar = document.createElement("div"), count = document.createElement("span");
  bar.className = "g-ticked";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Steps done");
  count.className = "g-ticked__count";
  count.setAttribute("role", "status");
  var copying = button("Copy as timeline", "g-ticked__copy"), clearing = button("Clear", "g-ticked__clear");
  copying.addEventListener("click", function () {
    document.dispatchEvent(new CustomEvent("gitsm:copy", { detail: { text: timeline(), button: copying } }));
  });
  clearing.addEventListener("click", function () {
    // Where a thumb slipped the same place brings them back.
    var before = ticks;
    ticks = cleared || Object.create(null);
    cleared = cleared ? null : before;
    keep();
    show();
  });
  bar.append(clearing, count, copying);
  var page = document.querySelector(".g-page") || stretches[0].parentNode;
  page.appendChild(bar);
  window.addEventListener("storage", function (event) { if (event.key === key) { ticks = read(); cleared = null; show(); } });
  show();
})();
