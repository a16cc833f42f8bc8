/* What is too wide for the screen is moved by the arrow keys as well, once the Tab key has reached it. */
(function () {
  "use strict";
  var wide = document.querySelectorAll(".g-page .g-scroll, .g-page .md-typeset__scrollwrap");
  if (!wide.length) return;
  function told() {
    wide.forEach(function (one) {
      var moves = one.scrollWidth > one.clientWidth;
      if (moves) one.setAttribute("tabindex", "0");
      else one.removeAttribute("tabindex");
    });
  }
  told();
  window.addEventListener("resize", told);
})();
