/* The search. Alerts come before services before runbooks before history, and closed changes last. */
(function () {
  "use strict";
  var box = document.querySelector(".g-search");
  var toggle = document.getElementById("__search");
  if (!box || !toggle) return;
  var input = box.querySelector("input");
  var meta = box.querySelector(".md-search-result__meta");
  var list = box.querySelector(".md-search-result__list");
  var address = new URL(box.getAttribute("data-g-pages"), location.href).href;

  var SHOWN = 30, MOST_TERMS = 16, LONGEST = 1000, ENOUGH = 0.4;
  var TELLING = 1.5; // what a word weighs that a fifth of the pages have
  var OPEN = 5, PAGE = 7, REFERENCE = 8, OVER = 9; // ranks, as the data has them
  var HINT = "An alert, a service, an error text, a team or a change";

  // --- words

  function fold(text) {
    // eslint-disable-next-line no-control-regex
    if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
    return text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase().replace(/ß/g, "ss");
  }
  function spaced(text) {
    return fold(text).replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  }
  function squashed(text) {
    return spaced(text).replace(/ /g, "");
  }
  function parted(text) {
    // PayrollRunLate is found by its parts as well.
    return text.replace(/([\p{Ll}\p{N}])(?=\p{Lu})/gu, "$1 ").replace(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, "$1 ");
  }
  function variants(text) {
    var found = [spaced(parted(text)), spaced(text)];
    if (!/\s/.test(text)) found.push(squashed(text));
    return found.filter(function (one, place) { return one && found.indexOf(one) === place; });
  }
  function spelled(texts) {
    // Each stretch begins with a space, so that a term after a space is the beginning of a word.
    return " " + texts.filter(Boolean).join("\n ");
  }

  // --- the data

  var entries = null, asked = false;
  var vocabulary = [], holders = [], starts = null, joined = "", exact = new Map(), columns = new Map();

  function prepared(data) {
    return data.entries.map(function (row, order) {
      var kind = data.kinds[row[1]], names = row[5] || [], title = String(row[2]), id = row[3] || "";
      return {
        rank: row[0], kind: kind[0], title: title, id: id, state: row[4] || "", names: names, words: row[6] || "",
        text: row[7] || "", address: row[8] || kind[1] + "/" + id + data.suffix, order: order,
        own: spelled(variants(title).concat(id ? variants(id) : [])),
        about: spelled([].concat.apply([], names.map(variants)).concat(variants(row[6] || ""), [spaced(kind[0])])),
        body: row[7] ? " " + spaced(row[7]) : ""
      };
    }).sort(function (a, b) {
      // Of pages that match as well: short titles first, and what has a date by it, the latest first.
      if (a.rank !== b.rank) return a.rank - b.rank;
      if (a.rank !== OPEN && a.rank < OVER) return a.title.length - b.title.length || a.order - b.order;
      return a.id === b.id ? a.order - b.order : a.id < b.id ? 1 : -1;
    });
  }

  // Which entries have each word, and how closely: 1 in the title or the id, 3 in what it is about, 4 in the text.
  function index() {
    var numbers = new Map(), last = [];
    function put(text, place, level) {
      text.split(/\s+/).forEach(function (word) {
        if (!word) return;
        var number = numbers.get(word);
        if (number === undefined) {
          number = vocabulary.length;
          numbers.set(word, number);
          vocabulary.push(word);
          holders.push([]);
          last.push(-1);
        }
        if (last[number] === place) return;
        last[number] = place;
        holders[number].push(place * 8 + level);
      });
    }
    entries.forEach(function (entry, place) {
      put(entry.own, place, 1);
      put(entry.about, place, 3);
      put(entry.body, place, 4);
      if (entry.rank === REFERENCE) return; // a rule is not what somebody means by a word of its name
      [entry.title, entry.id].concat(entry.names).map(squashed).forEach(function (name) {
        if (!exact.has(name)) exact.set(name, new Set());
        exact.get(name).add(place);
      });
    });
    starts = new Int32Array(vocabulary.length + 1);
    vocabulary.forEach(function (word, number) { starts[number + 1] = starts[number] + word.length + 1; });
    joined = vocabulary.join("\n") + "\n";
  }

  function load() {
    if (asked) return;
    asked = true;
    tell("Loading…");
    var script = document.createElement("script");
    script.src = address;
    script.onload = function () {
      entries = prepared(window.gitsmPages);
      index();
      show();
    };
    script.onerror = function () {
      asked = false;
      tell("The search could not be loaded. The lists in the navigation lead to every page.");
    };
    document.head.appendChild(script);
  }

  // --- matching

  function wordAt(place) {
    var low = 0, high = vocabulary.length - 1;
    while (low < high) {
      var middle = (low + high + 1) >> 1;
      if (starts[middle] <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // How well each entry has a term: 1 begins a word of its title or id, 2 inside one, 3 in what it is about,
  // 4 begins a word of its text, 5 inside one, 0 not at all.
  function column(term) {
    if (columns.has(term)) return columns.get(term);
    var levels = new Uint8Array(entries.length);
    for (var at = joined.indexOf(term); at >= 0; at = joined.indexOf(term, at)) {
      var number = wordAt(at), inside = at > starts[number], places = holders[number];
      at = starts[number + 1];
      for (var i = 0; i < places.length; i++) {
        var place = places[i] >> 3, level = places[i] & 7;
        if (inside && level !== 3) level++;
        if (level === 5 && term.length < 3) continue;
        if (!levels[place] || level < levels[place]) levels[place] = level;
      }
    }
    if (columns.size > 100) columns.clear();
    columns.set(term, levels);
    return levels;
  }
  function best(alternatives) {
    var levels = alternatives.map(column);
    if (levels.length === 1) return levels[0];
    return levels[0].map(function (_, place) {
      return levels.reduce(function (least, one) {
        return one[place] && (!least || one[place] < least) ? one[place] : least;
      }, 0);
    });
  }

  function questionOf(value) {
    var phrase = spaced(value.slice(0, LONGEST));
    var terms = Array.from(new Set(phrase.split(" "))).filter(Boolean);
    if (terms.length > MOST_TERMS) {
      // A pasted log: what names something is kept, moments and counts are not.
      var telling = terms.filter(function (term) { return term.length > 2 && !/^[\da-f]*\d[\da-f]*$/.test(term); });
      terms = (telling.length ? telling : terms).slice(0, MOST_TERMS);
    }
    return { phrase: phrase, squashed: phrase.replace(/ /g, ""), terms: terms };
  }

  // The entries that have every term.
  function all(question, levels) {
    var groups = new Map(), count = 0, named = exact.get(question.squashed);
    for (var place = 0; place < entries.length; place++) {
      var worst = 0, meant = named !== undefined && named.has(place);
      for (var i = 0; i < levels.length && !meant; i++) {
        if (!levels[i][place]) break;
        worst = Math.max(worst, levels[i][place]);
      }
      if (!meant && i < levels.length) continue;
      var entry = entries[place], begins = entry.own.startsWith(" " + question.phrase) ? 0 : 1;
      var key = group(entry, question, meant ? 0 : worst) * 1000 + entry.rank * 10 + begins;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(entry);
      count++;
    }
    var found = [];
    Array.from(groups.keys()).sort(function (a, b) { return a - b; }).forEach(function (key) {
      if (found.length < SHOWN) found = found.concat(groups.get(key).slice(0, SHOWN));
    });
    return { count: count, found: found.slice(0, SHOWN).map(function (entry) { return { entry: entry, missing: [] }; }) };
  }

  function group(entry, question, worst) {
    var several = question.terms.length > 1, tier = worst;
    if (worst >= 4 && several) tier = entry.body.indexOf(" " + question.phrase) >= 0 ? 4 : 5;
    if (!worst || entry.rank < REFERENCE) return tier;
    // Who looks up a rule types its name; for everybody else the reference is in the way.
    if (entry.rank === REFERENCE) return (entry.own + "\n").startsWith(" " + question.phrase + "\n") ? tier : tier + 5;
    // History comes after everything, unless its name is what is being typed.
    var start = (question.terms.length > 2 ? " " : "\n ") + question.phrase;
    var named = several && worst < 3 && ("\n" + entry.own).indexOf(start) >= 0;
    return named ? 3.5 : 10 * (entry.rank - OVER + 1) + tier;
  }

  // How much a term counts for in a page that has it at a level of `column`: most in a name, least inside a word.
  var CLOSE = [0, 1.5, 1.4, 1.2, 1, 0.6];

  // When no page has every word: those that have some of them, where a rare word counts for more and one that
  // stands on every other page for next to nothing.
  function most(terms, levels) {
    var weights = levels.map(function (one) {
      var count = one.reduce(function (sum, level) { return level ? sum + 1 : sum; }, 0);
      return count ? Math.log(entries.length / count) : 0;
    });
    var telling = Math.min(TELLING, Math.max.apply(null, weights) / 2), found = [], highest = 0;
    weights = weights.map(function (weight) { return weight > telling ? weight : weight / 4; });
    entries.forEach(function (entry, place) {
      var score = 0, tells = false;
      for (var i = 0; i < levels.length; i++) {
        if (!levels[i][place]) continue;
        score += weights[i] * CLOSE[levels[i][place]];
        if (weights[i] > telling) tells = true;
      }
      if (!tells) return;
      for (i = 1; i < levels.length; i++) {
        // Two words that stand together there too are no accident.
        if (!levels[i][place] || !levels[i - 1][place]) continue;
        var pair = " " + terms[i - 1] + " " + terms[i];
        if (entry.body.indexOf(pair) >= 0 || entry.own.indexOf(pair) >= 0) score += weights[i] / 2;
      }
      if (entry.rank >= PAGE) score *= entry.rank < OVER ? 0.7 : 0.5;
      if (entry.rank !== REFERENCE) highest = Math.max(highest, score);
      found.push({ entry: entry, score: score, place: place });
    });
    found = found.filter(function (one) { return one.score >= highest * ENOUGH; });
    // What scores the same stays by its rank. Whoever pastes an error does not look for the words of a command.
    found.sort(function (a, b) {
      return (a.entry.rank === REFERENCE) - (b.entry.rank === REFERENCE) || b.score - a.score;
    });
    var shown = found.slice(0, SHOWN).map(function (one) {
      var missing = terms.filter(function (_, i) { return !levels[i][one.place]; });
      return { entry: one.entry, missing: missing };
    });
    var part = shown.length && shown[0].missing.length * 2 <= terms.length ? "most" : "some";
    return { count: found.length, found: shown, part: part };
  }

  // --- typing errors

  // Whether a term is the first letters of a word but for one letter: another, one too many, one too few, or two
  // that changed places.
  function isNear(term, word, length) {
    var longer = length - term.length, at = 0;
    if (longer > 1 || longer < -1) return false;
    while (at < term.length && at < length && term[at] === word[at]) at++;
    function goesOn(inTerm, inWord) {
      while (inTerm < term.length && inWord < length && term[inTerm] === word[inWord]) {
        inTerm++;
        inWord++;
      }
      return inTerm >= term.length && inWord >= length;
    }
    if (longer) return goesOn(longer < 0 ? at + 1 : at, longer > 0 ? at + 1 : at);
    return goesOn(at + 1, at + 1) || (term[at] === word[at + 1] && term[at + 1] === word[at] && goesOn(at + 2, at + 2));
  }
  function near(term) {
    if (term.length < 4 || /^\d+$/.test(term)) return [];
    var whole = [], begun = [], length = term.length;
    vocabulary.forEach(function (word) {
      if (isNear(term, word, word.length)) whole.push(word);
      else if (word.length > length && (isNear(term, word, length) || isNear(term, word, length + 1))) begun.push(word);
    });
    return whole.concat(begun).slice(0, 8);
  }

  // What is found, and what has to be said about it.
  function search(value) {
    var question = questionOf(value), told = "";
    if (!question.terms.length) return { found: [], told: HINT, terms: [] };
    var alternatives = question.terms.map(function (term) { return [term]; });
    var result = all(question, alternatives.map(best));
    if (!result.count) {
      var mended = [];
      alternatives = alternatives.map(function (one) {
        var instead = column(one[0]).some(Boolean) ? [] : near(one[0]);
        if (instead.length) mended.push([one[0], instead[0]]);
        return instead.length ? instead : one;
      });
      if (mended.length) {
        question = questionOf(alternatives.map(function (one) { return one[0]; }).join(" "));
        result = all(question, alternatives.map(best));
      }
      if (result.count) told = "Nothing has " + quoted(mended, 0) + "; this is what " + quoted(mended, 1) + " finds";
    }
    if (!result.count && alternatives.length > 1) {
      var terms = alternatives.map(function (one) { return one[0]; });
      result = most(terms, alternatives.map(best));
      if (result.count) told = "No page has all of these words; these have " + result.part + " of them";
    }
    return { found: result.found, told: told || counted(result.count), terms: alternatives };
  }
  function quoted(pairs, place) {
    return pairs.map(function (pair) { return "“" + pair[place] + "”"; }).join(" and ");
  }
  function counted(count) {
    if (!count) return "Nothing found";
    if (count === 1) return "1 page";
    return count + " pages" + (count > SHOWN ? ", the first " + SHOWN + " of them here" : "");
  }

  // --- showing

  function tell(text) {
    if (meta.textContent !== text) meta.textContent = text;
  }

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  // Where terms stand in a text; a folded text of another length has other places, and then nothing is marked.
  function places(text, terms) {
    var folded = fold(text), found = [];
    if (folded.length !== text.length) folded = text.toLowerCase();
    if (folded.length !== text.length) return found;
    [].concat.apply([], terms).forEach(function (term) {
      for (var at = folded.indexOf(term); at >= 0 && found.length < 200; at = folded.indexOf(term, at + term.length)) {
        var inside = /[\p{L}\p{N}]/u.test(folded[at - 1] || " ");
        if (term.length > 2 || !inside) found.push({ from: at, to: at + term.length, term: term });
      }
    });
    return found.sort(function (a, b) { return a.from - b.from || b.to - a.to; });
  }

  function marked(parent, text, terms) {
    var done = 0;
    places(text, terms).forEach(function (place) {
      if (place.to <= done) return;
      var from = Math.max(place.from, done);
      parent.appendChild(document.createTextNode(text.slice(done, from)));
      parent.appendChild(element("mark", "", text.slice(from, place.to)));
      done = place.to;
    });
    parent.appendChild(document.createTextNode(text.slice(done)));
    return parent;
  }

  // The stretch of a text that has most of the terms.
  function excerpt(text, terms) {
    var hits = places(text, terms), from = 0, most = 0;
    hits.forEach(function (hit, first) {
      var seen = new Set();
      for (var i = first; i < hits.length && hits[i].to < hit.from + 150; i++) seen.add(hits[i].term);
      if (seen.size > most) {
        most = seen.size;
        from = hit.from;
      }
    });
    var start = from < 50 ? 0 : text.indexOf(" ", from - 40) + 1;
    if (start > from) start = from;
    var end = start + 190 < text.length ? text.lastIndexOf(" ", start + 190) : text.length;
    if (end <= from) end = Math.min(start + 190, text.length);
    return (start ? "… " : "") + text.slice(start, end) + (end < text.length ? " …" : "");
  }

  // Why a page was found, where its title and id don't show it.
  function context(entry, terms) {
    function has(text) {
      return function (alternatives) {
        return alternatives.some(function (term) { return text.indexOf(term) >= 0; });
      };
    }
    var inOwn = has(entry.own);
    var rest = terms.filter(function (alternatives) { return !inOwn(alternatives); });
    if (!rest.length) return "";
    var names = entry.names.filter(function (name) { return rest.some(has(spelled(variants(name)))); });
    if (names.length) return names.join(", ");
    if (entry.text && rest.some(has(entry.body))) return excerpt(entry.text, rest);
    return rest.some(has(spaced(entry.words))) ? excerpt(entry.words, rest) : "";
  }

  var top = address.replace(/search\/pages\.js([?#].*)?$/, "");

  function option(found, terms, place) {
    var entry = found.entry, item = element("li", "md-search-result__item");
    item.setAttribute("role", "none");
    var link = element("a", "md-search-result__link");
    link.href = top + entry.address;
    link.id = "__search_result_" + place;
    link.tabIndex = -1;
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", "false");
    var article = element("div", "md-search-result__article md-typeset g-found");
    article.setAttribute("data-g-rank", String(entry.rank));
    var head = element("div", "g-found-head");
    head.appendChild(element("span", "g-found-kind", entry.kind));
    if (entry.state) head.appendChild(element("span", "g-found-state", entry.state));
    article.appendChild(head);
    article.appendChild(marked(element("div", "g-found-title"), entry.title, terms));
    if (entry.id && squashed(entry.id) !== squashed(entry.title)) {
      article.appendChild(marked(element("div", "g-found-id"), entry.id, terms));
    }
    var line = context(entry, terms);
    if (line) article.appendChild(marked(element("div", "g-found-context"), line, terms));
    if (found.missing.length) {
      article.appendChild(element("div", "g-found-missing", "without " + found.missing.join(", ")));
    }
    link.appendChild(article);
    item.appendChild(link);
    return item;
  }

  var active = -1, links = [];

  function activate(place) {
    if (links[active]) {
      links[active].setAttribute("aria-selected", "false");
      links[active].classList.remove("g-active");
    }
    active = place;
    if (!links[active]) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    links[active].setAttribute("aria-selected", "true");
    links[active].classList.add("g-active");
    input.setAttribute("aria-activedescendant", links[active].id);
  }

  function show() {
    if (!entries) return;
    var result = search(input.value), all = document.createDocumentFragment();
    result.found.forEach(function (found, place) {
      all.appendChild(option(found, result.terms, place));
    });
    list.replaceChildren(all);
    links = Array.from(list.querySelectorAll("a"));
    active = -1;
    activate(links.length ? 0 : -1);
    expanded();
    tell(result.told);
    list.parentNode.parentNode.scrollTop = 0;
  }

  // --- opening and closing

  function expanded() {
    input.setAttribute("aria-expanded", String(toggle.checked && links.length > 0));
  }
  function open(wanted) {
    // The theme listens to the box being clicked, and holds the page behind it still on a phone.
    if (toggle.checked !== wanted) toggle.click();
    expanded();
  }
  function close() {
    input.blur();
    open(false);
  }

  if (!input.value) tell(HINT);
  input.addEventListener("focus", function () {
    load();
    open(true);
  });
  input.addEventListener("input", function () {
    load();
    show();
  });
  toggle.addEventListener("change", function () {
    if (toggle.checked) input.focus();
    // The theme shuts the search shortly after a page was opened, also under the hands of who types already.
    else if (document.activeElement === input) open(true);
    expanded();
  });
  input.form.addEventListener("submit", function (event) { event.preventDefault(); });
  input.form.addEventListener("reset", function () {
    setTimeout(function () {
      show();
      input.focus();
    });
  });
  list.addEventListener("click", function (event) {
    if (event.target.closest("a") && !event.ctrlKey && !event.metaKey && !event.shiftKey) close();
  });

  input.addEventListener("keydown", function (event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      var step = event.key === "ArrowDown" ? 1 : -1;
      if (links.length) activate((active + step + links.length) % links.length);
      if (links[active]) links[active].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      if (links[active]) links[active].click();
    } else if (event.key === "Escape") {
      close();
    } else {
      if (event.key === "Tab") open(false);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });

  document.addEventListener("keydown", function (event) {
    var at = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.key !== "/" && event.key !== "s" && event.key !== "f") return;
    if (at.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(at.tagName || "")) {
      // A box that is ticked takes no letters.
      if (!/^(?:checkbox|radio|button)$/.test(at.type || "")) return;
    }
    event.preventDefault();
    input.focus();
    input.select();
  });
})();
