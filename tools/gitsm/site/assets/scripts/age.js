/* A page that is old says so: at three in the morning a stale page is dangerous. */
(function () {
  "use strict";
  var origin = document.querySelector(".g-origin .g-now time");
  var page = document.querySelector(".g-page");
  if (!origin || !page) return;
  var hours = (Date.now() - Date.parse(origin.getAttribute("datetime"))) / 3600000;
  if (!(hours > 26)) return;
  var told = hours < 48 ? Math.floor(hours) + " hours" : Math.floor(hours / 24) + " days";
  var note = document.createElement("p");
  note.className = "g-old";
  note.setAttribute("role", "status");
  note.textContent = "This page is " + told + " old. What has happened since is not on it.";
  page.insertBefore(note, page.firstChild);
})();
