/* The estate as a picture that answers: search and filter it, and click a service to see what fails with it.

   Where everything stands was worked out when the site was built; what follows a failure is worked out here, by
   the rules of `gitsm impact`. What is chosen stands in the address, so that a link shows it to others. Texts are
   only ever put in as text. */
(function () {
  "use strict";
  var root = document.querySelector(".g-estate"), data = window.gitsmEstate;
  if (!root || !data || !window.cytoscape) return;

  var HARD = 1, FELT = 2, FALLBACK = 4, MOST_FOUND = 12, MOST_LISTED = 40, MANY = 400, ROW = "#service-";
  // On a phone names are read in three columns; more services than this are shown once a choice leaves fewer.
  var narrow = window.matchMedia("(max-width: 44.9375em)").matches, COLUMNS = 3, ACROSS = 162, DOWN = 92, FEW = 60;
  var top = root.getAttribute("data-g-top") || "";
  var services = data.services.map(function (told, number) {
    return {
      number: number, id: told[0], title: told[1], tier: told[2], team: data.teams[told[3]], system: told[4],
      address: told[5], stage: told[6], x: told[7], y: told[8], on: [], of: []
    };
  });
  var byId = new Map(services.map(function (service) { return [service.id, service]; }));
  var groups = data.groups.map(function (told) {
    return { owner: told[0], name: told[1], needed: told[2], members: told[3], standing: told[4], edges: [] };
  });
  data.edges.forEach(function (told) {
    var group = told.length > 3 && told[3] >= 0 ? groups[told[3]] : null;
    var edge = { service: told[0], on: told[1], bits: told[2], group: group, fallback: told[4] };
    services[edge.service].on.push(edge);
    services[edge.on].of.push(edge);
    if (group) group.edges.push(edge);
  });

  // --- what follows a failure

  var SPREADS = {
    fatal: function (edge) { return (edge.bits & HARD) && !(edge.bits & FALLBACK); },
    hard: function (edge) { return (edge.bits & HARD) && (edge.bits & FELT); },
    felt: function (edge) { return edge.bits & FELT; }
  };

  function left(group, gone) {
    return group.standing.filter(function (member) { return !gone.has(member); }).length;
  }

  function reached(start, counts) {
    var gone = new Set([start]);
    gone.forEach(function (number) {  // what is added on the way is visited too
      services[number].of.forEach(function (edge) {
        if (!edge.group) {
          if (counts(edge)) gone.add(edge.service);
        } else if (!gone.has(edge.service) && left(edge.group, gone) < edge.group.needed) {
          var felt = edge.group.edges.some(function (other) { return counts(other) && gone.has(other.on); });
          if (felt) gone.add(edge.service);
        }
      });
    });
    return gone;
  }

  function ways(start, counts, within) {
    var from = new Map([[start, null]]), edge = [start];
    while (edge.length) {
      var found = new Map();
      edge.forEach(function (number) {
        services[number].of.forEach(function (one) {
          if (counts(one) && within.has(one.service) && !from.has(one.service) && !found.has(one.service)) {
            found.set(one.service, number);
          }
        });
      });
      edge = Array.from(found.keys()).sort(function (a, b) { return a - b; });
      edge.forEach(function (number) { from.set(number, found.get(number)); });
    }
    return from;
  }

  function path(from, number) {
    var steps = [];
    for (var at = number; at !== null && at !== undefined; at = from.get(at)) steps.push(at);
    return steps;
  }

  function atRisk(edge, fatal) {
    if (!fatal.has(edge.on)) return false;
    return edge.group ? left(edge.group, fatal) <= edge.group.needed : Boolean(edge.bits & FALLBACK);
  }

  function why(state, steps, sets, counts) {
    var edge = services[steps[0]].on.find(function (one) { return one.on === steps[1] && counts(one); });
    if (!edge) return "";
    var group = edge.group, on = services[edge.on].title;
    if (group) {
      var still = left(group, sets.fatal), whole = left(group, sets.felt), of = " of " + group.members.length;
      return still < group.needed ? still + of + " left in the group " + group.name + ", " + group.needed + " needed"
        : whole + of + " as good as ever in the group " + group.name + ", " + group.needed + " needed";
    }
    if (!sets.fatal.has(edge.on)) return on + " is degraded";
    if (edge.fallback) return "without " + on + ": " + edge.fallback;
    return (state === "fails" ? "fails" : "works worse") + " without " + on;
  }

  function impact(start) {
    var sets = {}, trees = {}, found = [];
    Object.keys(SPREADS).forEach(function (name) {
      sets[name] = reached(start, SPREADS[name]);
      trees[name] = ways(start, SPREADS[name], sets[name]);
    });
    sets.felt.forEach(function (number) {
      if (number === start) return;
      var name = sets.fatal.has(number) ? "fatal" : sets.hard.has(number) ? "hard" : "felt";
      var state = name === "fatal" ? "fails" : "degrades", steps = path(trees[name], number);
      found.push({ service: number, state: state, path: steps, because: why(state, steps, sets, SPREADS[name]) });
    });
    services.forEach(function (service) {
      if (sets.felt.has(service.number)) return;
      var edge = service.on.find(function (one) { return atRisk(one, sets.fatal); });
      if (!edge) return;
      var because = edge.group ? "no redundancy left in the group " + edge.group.name
        : "without " + services[edge.on].title + ": " + edge.fallback;
      var steps = [service.number].concat(path(trees.fatal, edge.on));
      found.push({ service: service.number, state: "at risk", path: steps, because: because });
    });
    var order = ["fails", "degrades", "at risk"];
    return found.sort(function (a, b) {
      return order.indexOf(a.state) - order.indexOf(b.state) || a.path.length - b.path.length || a.service - b.service;
    });
  }

  // --- what is around the picture

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function button(label, title, act) {
    var made = element("button", "g-button", label);
    made.type = "button";
    if (title) { made.title = title; made.setAttribute("aria-label", title); }
    made.addEventListener("click", act);
    return made;
  }

  function choice(label, key, options) {
    var box = element("label", "g-estate__choice", label + " "), select = element("select");
    select.appendChild(new Option("all", ""));
    options.forEach(function (option) { select.appendChild(new Option(option[1], option[0])); });
    select.value = chosen[key];
    if (select.value !== chosen[key]) select.value = chosen[key] = "";
    select.addEventListener("change", function () { chosen[key] = select.value; filtered(); intoAddress(); });
    box.appendChild(select);
    selects[key] = select;
    return box;
  }

  function by(name) {
    return function (a, b) { return a[name].localeCompare(b[name]); };
  }

  var chosen = fromAddress(), selects = {};
  var bar = element("div", "g-estate__bar"), search = element("input", "g-estate__search");
  search.type = "search";
  search.placeholder = "Find a service";
  search.setAttribute("aria-label", "Find a service on the map");
  var matches = element("div", "g-estate__found");
  var canvas = element("div", "g-estate__canvas"), panel = element("div", "g-estate__panel");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "All services and what they stand on; the tables below say the same in words");
  panel.setAttribute("aria-live", "polite");

  bar.appendChild(search);
  var tiers = Array.from(new Set(services.map(function (one) { return one.tier; }))).filter(Boolean).sort();
  bar.appendChild(choice("Tier", "tier", tiers.map(function (tier) { return [String(tier), String(tier)]; })));
  bar.appendChild(choice("Team", "team", data.teams.map(function (team) {
    return { id: team[0], title: team[1] };
  }).sort(by("title")).map(function (team) { return [team.id, team.title]; })));
  var systems = Array.from(new Set(services.map(function (one) { return one.system; }))).filter(Boolean).sort();
  if (systems.length) {
    bar.appendChild(choice("System", "system", systems.map(function (name) { return [name, name]; })));
  }
  var view = element("span", "g-estate__view");
  view.appendChild(button("+", "Closer", function () { zoomBy(1.4); }));
  view.appendChild(button("−", "Further away", function () { zoomBy(1 / 1.4); }));
  view.appendChild(button("All", "Show all of it", function () { choose(null); whole(); }));
  bar.appendChild(view);
  var stage = element("div", "g-estate__stage");
  stage.appendChild(canvas);
  stage.appendChild(panel);
  root.appendChild(bar);
  root.appendChild(matches);
  root.appendChild(stage);

  function fromAddress() {
    var given = new URLSearchParams(location.hash.slice(1)), found = {};
    ["service", "tier", "team", "system"].forEach(function (key) { found[key] = given.get(key) || ""; });
    // The rows of the tables have addresses too, for those who come from elsewhere and have no script.
    if (location.hash.indexOf(ROW) === 0) found.service = location.hash.slice(ROW.length);
    if (!byId.has(found.service)) found.service = "";
    return found;
  }

  function intoAddress() {
    var said = new URLSearchParams();
    Object.keys(chosen).forEach(function (key) { if (chosen[key]) said.set(key, chosen[key]); });
    // What stands there may also be the anchor of a heading: without a choice it is left alone.
    if (String(said) || location.hash.indexOf("=") > 0 || location.hash.indexOf(ROW) === 0) {
      history.replaceState(null, "", String(said) ? "#" + said : location.pathname + location.search);
    }
  }

  // --- the picture

  function colour(name) { return getComputedStyle(document.body).getPropertyValue(name).trim(); }

  function opaque(name) {
    // The theme's colours may be those of text on a ground: the canvas wants them without what shines through.
    var probe = element("span");
    probe.style.color = "var(" + name + ")";
    document.body.appendChild(probe);
    var parts = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
    probe.remove();
    return { colour: "rgb(" + parts.slice(0, 3).join(",") + ")", opacity: parts.length > 3 ? parts[3] : 1 };
  }

  function styles() {
    var ground = opaque("--md-default-bg-color").colour, text = opaque("--md-default-fg-color").colour;
    var link = opaque("--md-typeset-a-color").colour, dark = document.body.dataset.mdColorScheme === "slate";
    var family = getComputedStyle(document.body).fontFamily;  // a canvas inherits nothing
    var line = dark ? "#7d8494" : "#9aa0ab";
    var tones = { bad: colour("--g-bad"), warn: colour("--g-warn"), info: colour("--g-info") };
    return [
      { selector: "node.service", style: {
        shape: "round-rectangle", width: 150, height: 44, "background-color": ground, "border-width": 1.5,
        "border-color": link, label: "data(title)", color: text, "font-size": 13, "text-valign": "center",
        "text-halign": "center", "text-wrap": "ellipsis", "text-max-width": 138, "min-zoomed-font-size": 7,
        "font-family": family
      } },
      { selector: "node.service", style: narrow ? {
        height: 66, "font-size": 17, "text-wrap": "wrap", "text-max-width": 144, "line-height": 1.1
      } : {} },
      { selector: ".away", style: { display: "none" } },
      { selector: "node.tier1", style: { "border-width": 4 } },
      { selector: "node.tier2", style: { "border-width": 2.5 } },
      { selector: "node.nowhere", style: { "border-style": "dashed", "border-color": tones.warn } },
      { selector: "node.off-duty", style: { "border-style": "dotted" } },
      { selector: "node.block", style: {
        shape: "round-rectangle", width: "data(width)", height: "data(height)", "background-color": text,
        "background-opacity": 0.05, "border-width": 0, label: "data(title)", color: text, "text-opacity": 0.75,
        "font-size": "data(font)", "font-family": family, "text-valign": "top", "text-halign": "center", "text-margin-y": "data(down)",
        "text-wrap": "ellipsis", "text-max-width": "data(width)", events: "no", "z-index": 0,
        "min-zoomed-font-size": 6
      } },
      { selector: "edge", style: {
        width: 1.5, "line-color": line, "curve-style": "straight",
        "target-arrow-shape": "triangle", "target-arrow-color": line, "arrow-scale": 0.9, events: "no",
        "line-opacity": 0.8
      } },
      { selector: "edge.soft", style: { "line-style": "dashed" } },
      { selector: ".dim", style: { opacity: 0.13 } },
      { selector: "edge.dim", style: { opacity: 0.05 } },
      { selector: "node.filtered", style: { opacity: 0.08, events: "no" } },
      { selector: "node.fails", style: { "background-color": tones.bad, color: dark ? "#1c1b1f" : "#fff", "border-color": tones.bad } },
      { selector: "node.degrades", style: { "background-color": tones.warn, color: dark ? "#1c1b1f" : "#fff", "border-color": tones.warn } },
      { selector: "node.risk", style: { "border-color": tones.info, "border-style": "double", "border-width": 5 } },
      { selector: "edge.way", style: { width: 3, "line-color": tones.bad, "target-arrow-color": tones.bad, "line-opacity": 1 } },
      { selector: "node.chosen", style: { "background-color": link, color: ground, "border-color": text, "border-width": 3, "font-weight": "bold" } }
    ];
  }

  function elements() {
    var made = data.blocks.map(function (told, number) {
      var font = Math.max(40, Math.min(150, told[3] / 8));
      return {
        group: "nodes", classes: "block", selectable: false, grabbable: false, position: { x: told[1], y: told[2] },
        data: { id: "b" + number, title: told[0], width: told[3], height: told[4], font: font, down: font * 1.15 }
      };
    });
    services.forEach(function (service) {
      var classes = ["service", "tier" + service.tier];
      if (!service.stage) classes.push("nowhere");
      else if (!/^(live|retiring|transition)$/.test(service.stage)) classes.push("off-duty");
      made.push({
        group: "nodes", classes: classes.join(" "), grabbable: false, position: { x: service.x, y: service.y },
        data: { id: "s" + service.number, title: service.title, number: service.number }
      });
      if (!many) service.on.forEach(function (edge) { made.push(drawn(edge)); });
    });
    return made;
  }

  function idOf(edge) { return "e" + edge.service + "-" + services[edge.service].on.indexOf(edge); }

  function drawn(edge, way) {
    return {
      group: "edges", selectable: false, classes: ((edge.bits & HARD) ? "" : "soft") + (way ? " way" : ""),
      data: { id: idOf(edge), source: "s" + edge.service, target: "s" + edge.on }
    };
  }

  // The lines of a large estate would be a fog, and slow: it shows those of what is chosen, or of a few that are left.
  function lines(service, effects) {
    if (!many) return;
    var wanted = new Map();
    if (service) {
      service.on.forEach(function (edge) { wanted.set(idOf(edge), drawn(edge)); });
      effects.forEach(function (effect) {
        firstSteps(effect).forEach(function (edge) { wanted.set(idOf(edge), drawn(edge, true)); });
      });
    } else {
      var kept = services.filter(fits);
      if (kept.length <= MANY / 2) {
        kept.forEach(function (one) {
          one.on.forEach(function (edge) { if (fits(services[edge.on])) wanted.set(idOf(edge), drawn(edge)); });
        });
      }
    }
    map.remove(map.edges());
    map.add(Array.from(wanted.values()));
  }

  function firstSteps(effect) {
    return services[effect.path[0]].on.filter(function (edge) { return edge.on === effect.path[1]; });
  }

  var many = services.length > MANY;
  var map = window.cytoscape({
    container: canvas, elements: elements(), style: styles(), layout: { name: "preset" }, minZoom: 0.015, maxZoom: 2.5,
    boxSelectionEnabled: false, autoungrabify: true, hideEdgesOnViewport: many, textureOnViewport: many,
    pixelRatio: many ? 1 : "auto"
  });
  root.gitsmMap = map;
  root.gitsmImpact = function (id) {
    return impact(byId.get(id).number).map(function (effect) {
      return {
        service: services[effect.service].id, state: effect.state,
        path: effect.path.map(function (number) { return services[number].id; })
      };
    });
  };

  function zoomBy(factor) {
    map.zoom({ level: map.zoom() * factor, renderedPosition: { x: map.width() / 2, y: map.height() / 2 } });
  }

  function whole() {
    if (!narrow) { map.fit(map.nodes(), 20); return; }
    var box = map.nodes().not(".away").boundingBox();
    if (!box.w) return;
    map.zoom((map.width() - 12) / Math.max(box.w, ACROSS * 2));
    map.pan({ x: map.width() / 2 - map.zoom() * (box.x1 + box.x2) / 2, y: 6 - map.zoom() * box.y1 });
  }

  // --- a phone

  var related = null;  // with what is chosen, by number; nothing where nothing is

  function shownOnAPhone() {
    if (services.length <= FEW) return services;
    if (!related) return services.filter(fits);
    var close = new Set(related);
    if (close.size > FEW) {
      var one = byId.get(chosen.service);
      close = new Set([one.number].concat(one.on.map(function (edge) { return edge.on; }), one.of.map(function (edge) { return edge.service; })));
    }
    return Array.from(close).slice(0, FEW).map(function (number) { return services[number]; });
  }

  // Who stands on others stays above them, in rows that a phone has room for.
  function arrange() {
    if (!narrow) return;
    var kept = shownOnAPhone(), rows = [], last = null;
    root.classList.toggle("g-estate--without", kept.length > FEW);
    if (kept.length > FEW) return;
    kept.slice().sort(function (a, b) { return a.y - b.y || a.x - b.x; }).forEach(function (service) {
      if (service.y !== last || rows[rows.length - 1].length === COLUMNS) rows.push([]);
      last = service.y;
      rows[rows.length - 1].push(service);
    });
    map.batch(function () {
      map.nodes().addClass("away");
      rows.forEach(function (row, number) {
        // Short rows stand a little aside, so that lines between far ones don't hide behind boxes.
        var aside = row.length === COLUMNS ? 0 : (number % 2 ? ACROSS : -ACROSS) / 4;
        row.forEach(function (service, place) {
          var x = (place - (row.length - 1) / 2) * ACROSS + aside;
          nodeOf(service).removeClass("away").position({ x: x, y: number * DOWN });
        });
      });
    });
    var zoom = canvas.clientWidth / (COLUMNS * ACROSS);
    canvas.style.height = Math.min(rows.length * DOWN * zoom + 20, window.innerHeight * 0.75) + "px";
    map.resize();
  }

  function nodeOf(service) { return map.getElementById("s" + service.number); }

  function fits(service) {
    return (!chosen.tier || String(service.tier) === chosen.tier) && (!chosen.team || (service.team && service.team[0] === chosen.team))
      && (!chosen.system || service.system === chosen.system);
  }

  function filtered() {
    map.batch(function () {
      services.forEach(function (service) { nodeOf(service).toggleClass("filtered", !fits(service)); });
      lines(null, []);
      map.edges().forEach(function (edge) {
        edge.toggleClass("dim", edge.source().hasClass("filtered") || edge.target().hasClass("filtered"));
      });
    });
    if (chosen.service) { choose(byId.get(chosen.service), true); return; }
    arrange();
    if (narrow) { whole(); return; }
    var kept = map.nodes(".service").not(".filtered");
    if (kept.length && kept.length < services.length) map.fit(kept, 40); else whole();
  }

  function show(service) {
    map.fit(map.nodes(".service").not(".dim"), 30);
    if (map.zoom() > 1.1) map.zoom(1.1);
    else if (map.zoom() > (map.width() < 500 ? 0.55 : 0.3)) return;
    else map.zoom(0.7);  // too much to be read at once: the service itself is what was asked for
    map.center(nodeOf(service));
  }

  // --- what is said beside it

  function link(service) {
    if (!service.address) return element("span", "", service.title);
    var made = element("a", "", service.title);
    made.href = top + service.address;
    return made;
  }

  function teamOf(service) {
    if (!service.team) return document.createTextNode("");
    if (!service.team[2]) return document.createTextNode(service.team[1]);
    var made = element("a", "", service.team[1]);
    made.href = top + service.team[2];
    return made;
  }

  function lookAt(service) {
    return button("◎", "Show " + service.title + " on the map", function () { choose(service); });
  }

  function line(service, words) {
    var item = element("li"), quiet = element("span", "g-quiet");
    item.appendChild(lookAt(service));
    var said = element("span", "g-estate__said");
    said.appendChild(link(service));
    quiet.appendChild(document.createTextNode(" " + (service.tier ? "tier " + service.tier + ", " : "")));
    quiet.appendChild(teamOf(service));
    said.appendChild(quiet);
    if (words) said.appendChild(element("span", "g-estate__why", words));
    item.appendChild(said);
    return item;
  }

  function list(title, tone, lines) {
    if (!lines.length) return;
    var heading = element("h3", "");
    heading.appendChild(element("span", "g-chip g-chip--" + tone, title));
    heading.appendChild(document.createTextNode(" " + lines.length));
    panel.appendChild(heading);
    var items = element("ul");
    lines.slice(0, MOST_LISTED).forEach(function (make) { items.appendChild(make()); });
    panel.appendChild(items);
    if (lines.length > MOST_LISTED) {
      var more = button("and " + (lines.length - MOST_LISTED) + " more", "", function () {
        lines.slice(MOST_LISTED).forEach(function (make) { items.appendChild(make()); });
        more.remove();
      });
      panel.appendChild(more);
    }
  }

  function say(service, effects) {
    panel.replaceChildren();
    if (!service) {
      panel.appendChild(element("p", "", narrow && services.length > FEW
        ? "Find a service above, or choose a team or a system: the picture then shows what hangs together."
        : (narrow ? "Tap" : "Click") + " a service to see what fails with it, and what it stands on." + (narrow ? "" : " A double click opens its page.")));
      if (many) panel.appendChild(element("p", "g-quiet", "Lines show once a service is chosen, or a filter leaves few."));
      var legend = element("ul", "g-estate__legend");
      [["g-estate__mark--1", "a thick frame is tier 1"], ["g-estate__mark--soft", "a dashed line is a soft dependency"],
        ["g-estate__mark--off", "a dotted frame is not in use (yet)"]].forEach(function (told) {
        var item = element("li");
        item.appendChild(element("span", "g-estate__mark " + told[0]));
        item.appendChild(document.createTextNode(told[1]));
        legend.appendChild(item);
      });
      panel.appendChild(legend);
      return;
    }
    var heading = element("h2", "");
    heading.appendChild(link(service));
    panel.appendChild(heading);
    var about = element("p", "g-quiet", [service.tier ? "tier " + service.tier : "", service.system, service.stage
      || "defined by no file"].filter(Boolean).join(", ") + (service.team ? ", " : ""));
    about.appendChild(teamOf(service));
    panel.appendChild(about);
    function of(state) {
      return effects.filter(function (effect) { return effect.state === state; }).map(function (effect) {
        var via = effect.path.slice(1, -1).map(function (number) { return services[number].title; });
        var words = effect.because + (via.length > 1 ? " (by way of " + via.join(", ") + ")" : "");
        return function () { return line(services[effect.service], words); };
      });
    }
    if (!effects.length) panel.appendChild(element("p", "", "Nothing fails with it."));
    list("fail with it", "bad", of("fails"));
    list("work worse", "warn", of("degrades"));
    list("at risk of the next failure", "info", of("at risk"));
    list("it stands on", "quiet", service.on.map(function (edge) {
      return function () {
        return line(services[edge.on], ((edge.bits & HARD) ? "hard" : "soft") + (edge.group ? ", in the group " + edge.group.name : "")
          + (edge.fallback ? "; without it: " + edge.fallback : ""));
      };
    }));
    panel.scrollTop = 0;
  }

  function choose(service, stay) {
    chosen.service = service ? service.id : "";
    var effects = service ? impact(service.number) : [];
    related = service && new Set([service.number].concat(
      service.on.map(function (edge) { return edge.on; }), effects.map(function (effect) { return effect.service; })
    ));
    map.batch(function () {
      map.elements().removeClass("dim chosen fails degrades risk way");
      lines(service, effects);
      if (!service) return;
      var kept = new Set([service.number]), classes = { fails: "fails", degrades: "degrades", "at risk": "risk" };
      service.on.forEach(function (edge) { kept.add(edge.on); });
      effects.forEach(function (effect) {
        kept.add(effect.service);
        nodeOf(services[effect.service]).addClass(classes[effect.state]);
      });
      services.forEach(function (one) { if (!kept.has(one.number)) nodeOf(one).addClass("dim"); });
      nodeOf(service).addClass("chosen");
      if (many) return;
      map.edges().addClass("dim");
      service.on.forEach(function (edge) { map.getElementById(idOf(edge)).removeClass("dim"); });
      effects.forEach(function (effect) {
        firstSteps(effect).forEach(function (edge) { map.getElementById(idOf(edge)).removeClass("dim").addClass("way"); });
      });
    });
    say(service, effects);
    if (narrow && services.length > FEW) { arrange(); whole(); } else if (service && !stay) show(service);
    intoAddress();
  }

  // --- finding

  function find(words) {
    var wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    if (!wanted.length) return [];
    function rank(service) {
      var title = service.title.toLowerCase(), id = service.id;
      if (title === words.toLowerCase() || id === words.toLowerCase()) return 0;
      return title.indexOf(wanted[0]) === 0 || id.indexOf(wanted[0]) === 0 ? 1 : 2;
    }
    return services.filter(function (service) {
      var text = (service.title + " " + service.id + " " + service.system + " " + (service.team ? service.team[1] : "")).toLowerCase();
      return wanted.every(function (word) { return text.indexOf(word) >= 0; });
    }).sort(function (a, b) { return rank(a) - rank(b) || (a.tier || 9) - (b.tier || 9) || a.number - b.number; });
  }

  function found() {
    var hits = find(search.value.trim());
    matches.replaceChildren();
    hits.slice(0, MOST_FOUND).forEach(function (service) {
      matches.appendChild(button(service.title, "", function () { take(service); }));
    });
    if (hits.length > MOST_FOUND) matches.appendChild(element("span", "g-quiet", "and " + (hits.length - MOST_FOUND) + " more"));
    if (search.value.trim() && !hits.length) matches.appendChild(element("span", "g-quiet", "No service is called that."));
    return hits;
  }

  function take(service) {
    search.value = "";
    matches.replaceChildren();
    choose(service);
  }

  search.addEventListener("input", found);
  search.addEventListener("keydown", function (event) {
    event.stopPropagation();  // letters are the theme's shortcuts elsewhere
    if (event.key === "Enter") {
      var hits = found();
      if (hits.length) take(hits[0]);
    } else if (event.key === "Escape") { search.value = ""; found(); }
  });
  map.on("tap", "node.service", function (event) { choose(services[event.target.data("number")], true); });
  map.on("tap", function (event) { if (event.target === map) choose(null); });
  map.on("dbltap", "node.service", function (event) {
    var service = services[event.target.data("number")];
    if (service.address) location.href = top + service.address;
  });
  canvas.addEventListener("pointerenter", function () { map.resize(); });  // what stands above may have moved it
  map.on("mouseover", "node.service", function () { canvas.style.cursor = "pointer"; });
  map.on("mouseout", "node.service", function () { canvas.style.cursor = ""; });
  new MutationObserver(function () { map.style(styles()); }).observe(document.body, {
    attributes: true, attributeFilter: ["data-md-color-scheme"]
  });
  window.addEventListener("hashchange", function () {
    if (location.hash.indexOf("=") < 0 && location.hash.indexOf(ROW) !== 0) return;
    chosen = fromAddress();
    Object.keys(selects).forEach(function (key) { selects[key].value = chosen[key]; });
    filtered();
    if (chosen.service) choose(byId.get(chosen.service)); else choose(null);
  });

  if (location.hash.indexOf(ROW) === 0) window.addEventListener("load", function () { root.scrollIntoView(); });
  say(null, []);
  filtered();
  if (chosen.service) choose(byId.get(chosen.service));
})();
