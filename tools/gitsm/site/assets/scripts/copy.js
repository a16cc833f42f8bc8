/* Copies text with one tap, also from a folder and where the browser has no clipboard for pages.
   Code in a `g-command` gets a button; other scripts ask by the event `gitsm:copy`, with the text and a button. */
(function () {
  "use strict";

  function select(text) {
    var field = document.createElement("textarea"), copied = false;
    field.value = text;
    field.setAttribute("readonly", "");
    field.setAttribute("aria-hidden", "true");
    field.style.cssText = "position:fixed;top:0;left:-200vw";
    document.body.appendChild(field);
    field.select();
    try { copied = document.execCommand("copy"); } catch (error) { copied = false; }
    field.remove();
    return copied;
  }

  function tell(button, text) {
    var before = button.getAttribute("data-g-label") || button.textContent;
    button.setAttribute("data-g-label", before);
    button.textContent = text;
    window.clearTimeout(Number(button.getAttribute("data-g-timer")));
    button.setAttribute("data-g-timer", window.setTimeout(function () { button.textContent = before; }, 2500));
  }

  function show(text, button) {
    // Nothing else worked: the text stands selected, ready for the keys that copy.
    var old = button.parentNode.querySelector(".g-selected");
    var field = old || document.createElement("textarea");
    field.className = "g-selected";
    field.setAttribute("readonly", "");
    field.setAttribute("aria-label", "Text to copy");
    field.rows = Math.min(8, text.split("\n").length + 1);
    field.value = text;
    if (!old) button.parentNode.appendChild(field);
    field.focus();
    field.select();
    tell(button, "Selected: press copy");
  }

  function copy(text, button) {
    var focused = document.activeElement;
    function otherwise() {
      if (select(text)) tell(button, "Copied");
      else show(text, button);
      if (focused && focused.focus && !document.querySelector(".g-selected:focus")) focused.focus();
    }
    if (!navigator.clipboard || !navigator.clipboard.writeText) { otherwise(); return; }
    navigator.clipboard.writeText(text).then(function () { tell(button, "Copied"); }, otherwise);
  }

  document.addEventListener("gitsm:copy", function (event) { copy(event.detail.text, event.detail.button); });

  document.querySelectorAll(".g-command").forEach(function (command) {
    var code = command.querySelector("pre > code");
    if (!code) return;
    var text = code.textContent.replace(/\n$/, "");
    var button = document.createElement("button");
    button.type = "button";
    button.className = "g-button g-copy";
    button.textContent = "Copy";
    button.addEventListener("click", function () { copy(text, button); });
    var label = command.querySelector(".g-command__of");
    (label || command).appendChild(button);
  });

  // With the keys alone: beside the way to the content stands one to the first command.
  var first = document.querySelector(".g-command .g-copy"), skip = document.querySelector("a.md-skip");
  if (first && skip) {
    var way = document.createElement("a");
    first.id = "first-copy";
    way.href = "#first-copy";
    way.className = "md-skip";
    way.textContent = "Skip to the first command";
    way.addEventListener("click", function (event) { event.preventDefault(); first.focus(); });
    skip.parentNode.appendChild(way);
  }
})();
