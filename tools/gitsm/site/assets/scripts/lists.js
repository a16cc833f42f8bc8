/* Lists: words and choices that hide rows, and headings that sort them, all remembered in the address. */
(function () {
  "use strict";

  const MOST_CHIPS = 6; // more choices than that become a menu
  const MOST_CHOICES = 60; // more than that are for the words
  const LONGEST = 48;
  const collator = new Intl.Collator(document.documentElement.lang || undefined, { numeric: true, sensitivity: "base" });

  function element(name, attributes, text) {
    const made = document.createElement(name);
    Object.entries(attributes || {}).forEach(function (pair) { made.setAttribute(pair[0], pair[1]); });
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function plain(text) {
    return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/\s+/g, " ").trim();
  }

  // --- what a row says

  function duration(text) {
    const parts = text.match(/^(?:(\d+) days?)? ?(?:(\d+) h)? ?(?:(\d+) min)?$/);
    return parts && text ? (+parts[1] || 0) * 1440 + (+parts[2] || 0) * 60 + (+parts[3] || 0) : null;
  }

  // By what a cell is sorted: a number of its own, a time, how long, a figure, else its words.
  function keyOf(cell) {
    if (!cell) return null;
    const own = cell.querySelector("[data-g-order]");
    if (own) return Number(own.getAttribute("data-g-order"));
    const time = cell.querySelector("time[datetime]");
    if (time) return Date.parse(time.getAttribute("datetime"));
    const text = cell.textContent.replace(/\s+/g, " ").trim();
    if (!text) return null;
    const long = duration(text);
    if (long !== null) return long;
    return /^-?\d[\d ,]*(\.\d+)? ?%?$/.test(text) ? parseFloat(text.replace(/[ ,%]/g, "")) : text;
  }

  function compared(one, other) {
    if (typeof one === "number" && typeof other === "number") return one - other;
    if (typeof one === typeof other) return collator.compare(one, other);
    return typeof one === "number" ? -1 : 1;
  }

  // What may be chosen by a cell: its chips where it leads the row, else its links, else its words.
  function choicesOf(cell, leads) {
    if (!cell || cell.querySelector("time")) return [];
    const inside = cell.querySelectorAll(leads ? ".g-chip" : "a, .g-chip");
    // "3 missing" is chosen as "missing".
    if (leads || inside.length) return Array.from(inside, function (one) { return one.textContent.trim().replace(/^\d+ (?=\D)/, ""); });
    const text = cell.textContent.trim();
    return text && text.length <= LONGEST ? [text] : [];
  }

  function read(table) {
    const headings = Array.from(table.tHead.rows[0].cells, function (cell) { return cell.textContent.trim(); });
    const rows = Array.from(table.tBodies[0].rows, function (row, place) {
      return { row: row, place: place, words: null, choices: {} };
    });
    const wrapper = table.closest(".g-scroll") || table;
    const above = wrapper.previousElementSibling;
    const title = above && above.tagName === "H2" ? above : null;
    return { table: table, headings: headings, rows: rows, wrapper: wrapper, title: title,
      heading: title ? title.textContent : "",
      said: title ? title.textContent.replace(/\([^)]*\)$/, "") : "" };
  }

  // --- the columns that offer choices

  function facets(lists) {
    const found = new Map(), orders = new Map();
    let count = 0;
    lists.forEach(function (list) {
      count += list.rows.length;
      list.rows.forEach(function (one) {
        list.headings.forEach(function (heading, index) {
          const name = index || list.headings.includes("State") ? heading : "State";
          const cell = one.row.cells[index];
          const choices = choicesOf(cell, !index);
          const own = cell && cell.querySelector("[data-g-order]");
          if (own && choices.length === 1) orders.set(choices[0], Number(own.getAttribute("data-g-order")));
          one.choices[name] = choices;
          if (!found.has(name)) found.set(name, new Map());
          const counts = found.get(name);
          new Set(choices).forEach(function (choice) { counts.set(choice, (counts.get(choice) || 0) + 1); });
        });
      });
    });
    return Array.from(found).filter(function (pair) {
      const size = pair[1].size;
      if (size < 2 || size > MOST_CHOICES) return false;
      // A column whose every cell is another one is no choice.
      let largest = 0;
      pair[1].forEach(function (one) { largest = Math.max(largest, one); });
      return largest > 1 && size <= Math.max(4, count / 2);
    }).map(function (pair) {
      const order = Array.from(pair[1].keys()).sort(function (one, other) {
        return (orders.get(one) || 0) - (orders.get(other) || 0) || collator.compare(one, other);
      });
      return { name: pair[0], counts: pair[1], choices: order };
    });
  }

  // --- the page

  const place = document.querySelector("[data-g-filter]");
  const tables = Array.from(document.querySelectorAll("table[data-g-list]"));
  const lists = tables.filter(function (table) {
    return table.tHead && table.tHead.rows.length && table.tBodies.length;
  }).map(read);
  const total = lists.reduce(function (sum, list) { return sum + list.rows.length; }, 0);
  if (!place || total < 2) return;

  const offered = facets(lists);
  const state = { q: "", chosen: {}, sort: "", down: false };
  const setters = [];

  function remembered() {
    const found = new URLSearchParams(location.hash.slice(1));
    state.q = found.get("q") || "";
    state.sort = found.get("sort") || "";
    state.down = found.get("down") === "1";
    offered.forEach(function (facet) {
      const wanted = found.getAll("is." + facet.name);
      state.chosen[facet.name] = facet.choices.filter(function (choice) { return wanted.includes(choice); });
    });
  }

  function remember() {
    const said = new URLSearchParams();
    if (state.q) said.set("q", state.q);
    offered.forEach(function (facet) {
      state.chosen[facet.name].forEach(function (choice) { said.append("is." + facet.name, choice); });
    });
    if (state.sort) said.set("sort", state.sort);
    if (state.down) said.set("down", "1");
    const hash = said.toString();
    // An address that leads to a heading stays as it is until somebody filters.
    if (!hash && !location.hash.includes("=")) return;
    try { history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search); } catch (error) { /* a file */ }
  }

  function shows(list, one, words) {
    if (one.words === null) one.words = plain(one.row.textContent + " " + list.said);
    if (!words.every(function (word) { return one.words.includes(word); })) return false;
    return offered.every(function (facet) {
      const chosen = state.chosen[facet.name];
      return !chosen.length || chosen.some(function (choice) { return (one.choices[facet.name] || []).includes(choice); });
    });
  }

  function filter() {
    const words = plain(state.q).split(" ").filter(Boolean);
    let shown = 0;
    lists.forEach(function (list) {
      let here = 0;
      list.rows.forEach(function (one) {
        const visible = shows(list, one, words);
        if (one.row.hidden === visible) one.row.hidden = !visible;
        if (visible) here += 1;
      });
      list.wrapper.hidden = !here;
      if (list.title) {
        list.title.hidden = !here;
        list.title.textContent = here === list.rows.length ? list.heading : list.said + "(" + here + " of " + list.rows.length + ")";
      }
      shown += here;
    });
    count.textContent = shown === total ? total.toLocaleString() + " listed" : shown.toLocaleString() + " of " + total.toLocaleString();
    reset.hidden = shown === total && !state.q && !state.sort;
  }

  function sort() {
    lists.forEach(function (list) {
      const index = list.headings.indexOf(state.sort);
      const keys = new Map();
      if (index >= 0) list.rows.forEach(function (one) { keys.set(one, keyOf(one.row.cells[index])); });
      const order = list.rows.slice().sort(function (one, other) {
        const first = index < 0 ? null : keys.get(one), second = index < 0 ? null : keys.get(other);
        // What is empty comes last, whichever way.
        if (first === null || second === null) return (first === null) - (second === null) || one.place - other.place;
        return (state.down ? -1 : 1) * compared(first, second) || one.place - other.place;
      });
      const sorted = document.createDocumentFragment();
      order.forEach(function (one) { sorted.append(one.row); });
      list.table.tBodies[0].append(sorted);
      Array.from(list.table.tHead.rows[0].cells).forEach(function (cell, at) {
        if (at === index) cell.setAttribute("aria-sort", state.down ? "descending" : "ascending");
        else cell.removeAttribute("aria-sort");
      });
    });
  }

  function changed(sorts) {
    if (sorts) sort();
    filter();
    setters.forEach(function (set) { set(); });
    remember();
  }

  function sortBy(heading) {
    // Up, down, and back to how the page had it.
    if (state.sort !== heading) { state.sort = heading; state.down = false; }
    else if (!state.down) state.down = true;
    else { state.sort = ""; state.down = false; }
    changed(true);
  }

  // --- what is put on the page

  function words() {
    const label = element("label", { class: "g-filter__words" });
    const input = element("input", { type: "search", placeholder: "Filter", "aria-label": "Filter by words", autocomplete: "off", spellcheck: "false" });
    input.addEventListener("input", function () { state.q = input.value; changed(false); });
    setters.push(function () { if (input.value !== state.q) input.value = state.q; });
    label.append(input);
    return label;
  }

  function menu(label, options, get, set) {
    const wrapper = element("label", { class: "g-filter__menu" }, label + " ");
    const select = element("select");
    options.forEach(function (option) { select.append(element("option", { value: option[0] }, option[1])); });
    select.addEventListener("change", function () { set(select.value); });
    setters.push(function () { select.value = get(); });
    wrapper.append(select);
    return wrapper;
  }

  function chooser(facet) {
    if (facet.choices.length > MOST_CHIPS) {
      const options = [["", "any"]].concat(facet.choices.map(function (choice) {
        return [choice, choice + " (" + facet.counts.get(choice) + ")"];
      }));
      return menu(facet.name, options, function () { return state.chosen[facet.name][0] || ""; }, function (value) {
        state.chosen[facet.name] = value ? [value] : [];
        changed(false);
      });
    }
    const group = element("span", { class: "g-filter__chips", role: "group", "aria-label": facet.name });
    group.append(element("span", { class: "g-quiet", "aria-hidden": "true" }, facet.name + " "));
    facet.choices.forEach(function (choice) {
      const button = element("button", { type: "button", class: "g-pick" }, choice + " ");
      button.append(element("span", { class: "g-quiet" }, String(facet.counts.get(choice))));
      button.addEventListener("click", function () {
        const chosen = state.chosen[facet.name], at = chosen.indexOf(choice);
        if (at < 0) chosen.push(choice); else chosen.splice(at, 1);
        changed(false);
      });
      setters.push(function () { button.setAttribute("aria-pressed", String(state.chosen[facet.name].includes(choice))); });
      group.append(button);
    });
    return group;
  }

  function headings() {
    lists.forEach(function (list) {
      Array.from(list.table.tHead.rows[0].cells).forEach(function (cell, index) {
        if (!list.headings[index]) return;
        const button = element("button", { type: "button", class: "g-sort" }, list.headings[index]);
        button.addEventListener("click", function () { sortBy(list.headings[index]); });
        // Where a phone has no place for the button the heading keeps its words.
        cell.replaceChildren(button, element("span", { class: "g-sort__name" }, list.headings[index]));
      });
    });
  }

  function sorter() {
    // On a phone there are no headings to tap.
    const names = Array.from(new Set(lists.flatMap(function (list) { return list.headings; }))).filter(Boolean);
    const options = [["", "as it is"]];
    names.forEach(function (name) { options.push(["+" + name, name + " ↑"], ["-" + name, name + " ↓"]); });
    const made = menu("Sort", options, function () { return state.sort && (state.down ? "-" : "+") + state.sort; }, function (value) {
      state.sort = value.slice(1);
      state.down = value[0] === "-";
      changed(true);
    });
    made.classList.add("g-filter__sort");
    return made;
  }

  const count = element("span", { class: "g-filter__count g-quiet", role: "status" });
  const reset = element("button", { type: "button", class: "g-button" }, "Show all");
  reset.addEventListener("click", function () {
    state.q = state.sort = "";
    state.down = false;
    offered.forEach(function (facet) { state.chosen[facet.name] = []; });
    changed(true);
    place.querySelector("input").focus();
  });

  headings();
  const first = element("div", { class: "g-filter__row" });
  first.append(words(), count, sorter(), reset);
  place.append(first);
  const choices = element("div", { class: "g-filter__row g-filter__choices" });
  offered.forEach(function (facet) { choices.append(chooser(facet)); });
  if (offered.length) {
    // Folded on a phone, where the list itself comes first.
    const fold = element("details", { class: "g-filter__fold" });
    const small = window.matchMedia("(max-width: 44.9375em)");
    fold.append(element("summary", {}, "Choices"), choices);
    fold.open = !small.matches;
    place.append(fold);
  }
  function restore() { remembered(); changed(true); }
  remembered();
  sort();
  filter();
  setters.forEach(function (set) { set(); });
  window.addEventListener("hashchange", function () { if (location.hash.includes("=") || state.q || state.sort) restore(); });
})();
